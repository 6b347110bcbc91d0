"""What small changes of the real rules do: computed from decisions, in doubt more."""

from collections.abc import Collection
from dataclasses import replace
from typing import Any

import pytest

from gateway.adapters.engine_batch import engine_batch
from gateway.errors import PolicySetRefused
from gateway.lifecycle.policy_effect import PolicyChange, Weighed, policy_effect
from gateway.lifecycle.replay_report import ReplayReport
from gateway.policy.case_files import read_case_file
from tests.builders import REPOSITORY
from tests.lifecycle.policy_changes import (
    OTHER_DIGEST,
    Edit,
    edited,
    the_reading,
    the_units,
    weighed,
    with_file,
)

Json = Any
NEEDLESS = {"need": "withhold", "reason": "not_necessary", "rule": "GDPR-5-1C"}
OTHER_REASON = {"reason": "only_police_and_prosecution", "rule": "NPOG-40-2"}
NEEDED = {"need": "needed", "reason": None, "rule": None}
READ = {"name": "A. Muster", "date": "2026-11-22", "wording_sha256": "a" * 64}
EVERYONE = ("feuerwehr", "hansestadt-lueneburg", "jugendamt", "pi-lueneburg")
KIND = "PREMISES_HAZARD_NOTICE"


def row(member: str, kind: str = KIND, recipient: str = "MUNICIPAL_ORDER", **values: Json) -> Edit:
    def edit(data: dict[str, Json]) -> None:
        cell = data["necessity"][kind][recipient][member]
        cell.update(values)
        for name in [name for name, value in values.items() if value is None]:
            del cell[name]

    return edit


def both(*edits: Edit) -> Edit:
    return lambda data: [edit(data) for edit in edits]


def codes(found: Weighed) -> list[str]:
    return sorted({why.code for why in found.effect.why})


def summed(found: Weighed) -> tuple[bool, bool, Collection[str]]:
    effect = found.effect
    return effect.releases_more, effect.tightens_only, effect.controllers


async def test_a_member_that_is_no_longer_necessary_tightens() -> None:
    """For every controller that sends this kind, and for nobody else."""
    found = await weighed(edited(row("premises_address", **NEEDLESS)))
    assert summed(found) == (False, True, ("feuerwehr", "pi-lueneburg"))
    assert codes(found) == ["probe_tightened", "tightens"]
    assert found.undecided == 0


async def test_a_member_that_becomes_necessary_is_released_more() -> None:
    found = await weighed(edited(row("guest_names", **NEEDED)))
    assert summed(found) == (True, False, ("feuerwehr", "pi-lueneburg"))
    assert codes(found) == ["loosens", "probe_loosened"]


async def test_a_label_is_wording_that_touches_nobody() -> None:
    """It releases nothing more, yet is no tightening that one person alone may make."""
    found = await weighed(edited(row("guest_names", label_de="Namen der Gäste")))
    assert summed(found) == (False, False, ())
    assert codes(found) == ["wording"]


async def test_a_label_beside_a_tightening_is_not_for_one_person_alone() -> None:
    edit = both(row("premises_address", **NEEDLESS), row("guest_names", label_de="Gäste"))
    found = await weighed(edited(edit))
    assert summed(found) == (False, False, ("feuerwehr", "pi-lueneburg"))


async def test_a_removed_route_tightens_for_its_sender_alone() -> None:
    found = await weighed(edited(lambda data: data["routes"][KIND].pop("FIRE_SERVICE")))
    assert summed(found) == (False, True, ("feuerwehr",))


async def test_an_added_route_releases_more() -> None:
    routes = edited(lambda data: data["routes"][KIND].pop("FIRE_SERVICE"))
    found = await weighed(replace_digest(the_reading()), routes)
    assert summed(found) == (True, False, ("feuerwehr",))


def replace_digest(reading: Any) -> Any:
    return replace(reading, policy_set=replace(reading.policy_set, digest=OTHER_DIGEST))


async def test_an_added_basis_releases_more() -> None:
    """One that asks for no danger, where those that there are ask for one."""
    basis = {
        "effect": "permit",
        "senders": ["NPOG_AUTHORITY"],
        "recipients": ["NPOG_AUTHORITY"],
        "conditions": [],
    }
    found = await weighed(edited(lambda data: data["legal_bases"].update({"NPOG-40-1": basis})))
    assert found.effect.releases_more
    assert {"feuerwehr", "pi-lueneburg"} <= {*found.effect.controllers}


async def test_a_condition_less_releases_more() -> None:
    found = await weighed(edited(lambda data: data["legal_bases"]["NPOG-41"].update(conditions=[])))
    assert found.effect.releases_more
    assert "probe_loosened" in codes(found)


FILES = (
    "policies/exchange/main/main.rego",
    "policies/capabilities.json",
    "schemas/payloads/STATISTICS.json",
    "schemas/decision.json",
    "schemas/policy_input.json",
    "schemas/facts.json",
)


@pytest.mark.parametrize("path", FILES)
async def test_any_byte_of_rules_and_schemas_counts_as_more_for_everyone(path: str) -> None:
    found = await weighed(with_file(path, b"\n"))
    assert summed(found) == (True, False, EVERYONE)
    assert path in found.effect.why[0].de


async def test_a_rego_test_releases_nothing() -> None:
    found = await weighed(with_file("policies/exchange/main/main_test.rego", b"\n# more\n"))
    assert summed(found) == (False, False, ())


async def test_another_layout_of_a_table_releases_nothing() -> None:
    found = await weighed(with_file("policies/routes/data.json", b"\n"))
    assert (summed(found), codes(found)) == ((False, False, ()), ["layout"])


async def test_the_same_rules_differ_in_nothing() -> None:
    found = await weighed(the_reading())
    assert (summed(found), codes(found)) == ((False, False, ()), ["nothing"])


async def test_a_confirmation_releases_more_for_its_controller_alone() -> None:
    confirmed = {"feuerwehr": {"NPOG-41": READ}}
    found = await weighed(edited(lambda data: data["norms"]["confirmations"].update(confirmed)))
    assert summed(found) == (True, False, ("feuerwehr",))
    assert codes(found) == ["loosens", "probe_loosened"]


async def test_a_confirmation_that_ends_tightens_for_its_controller_alone() -> None:
    found = await weighed(
        edited(lambda data: data["norms"]["confirmations"]["pi-lueneburg"].pop("NPOG-41"))
    )
    assert summed(found) == (False, True, ("pi-lueneburg",))


async def test_a_lower_limit_of_age_tightens_and_a_higher_one_releases_more() -> None:
    """§ 68 SGB X: so old may the request be."""
    lower = edited(lambda data: data["thresholds"].update(sgb10_68_max_age_days=100))
    higher = edited(lambda data: data["thresholds"].update(sgb10_68_max_age_days=200))
    assert summed(await weighed(lower)) == (False, True, ("jugendamt",))
    assert summed(await weighed(higher)) == (True, False, ("jugendamt",))


async def test_a_limit_that_an_obligation_names_counts_as_more_either_way() -> None:
    """An obligation with another parameter cannot be ordered."""
    found = await weighed(edited(lambda data: data["thresholds"].update(k_threshold=6)))
    assert found.effect.releases_more
    assert any("Auflage" in why.de for why in found.effect.why)


async def test_what_no_decision_shows_counts_as_more_for_everyone() -> None:
    """Read by the gateway and not by a rule: what is a bulk exchange."""
    found = await weighed(edited(lambda data: data["thresholds"].update(bulk_threshold=9)))
    assert summed(found) == (True, False, EVERYONE)
    assert codes(found) == ["effect_not_shown"]


async def test_what_is_not_shown_does_not_hide_behind_what_tightens() -> None:
    edit = both(
        row("premises_address", **NEEDLESS),
        lambda data: data["thresholds"].update(bulk_threshold=9),
    )
    found = await weighed(edited(edit))
    assert summed(found) == (True, False, EVERYONE)
    assert {"effect_not_shown", "tightens"} <= {*codes(found)}


async def test_a_figure_that_the_gateway_reads_itself_is_never_proven_to_tighten() -> None:
    """No decision shows what it does before anything is decided."""
    after = edited(lambda data: data["thresholds"].update(bulk_threshold=9))
    found = await weighed(after, history=a_history("tightened"))
    assert summed(found) == (True, False, EVERYONE)


async def test_a_whole_new_row_is_never_proven_to_tighten() -> None:
    """It strikes out a claim that only supported; what else it says nobody has asked about."""
    struck = {"effect": "struck_out", "struck_out_for": ["PUBLIC"]}
    before = edited(lambda data: data["legal_bases"].pop("PARTNERSHIP"))
    after = edited(lambda data: data["legal_bases"].update(PARTNERSHIP=struck))
    found = await weighed(after, before)
    assert found.effect.releases_more


async def test_a_door_that_must_be_confirmed_from_now_on_tightens() -> None:
    """It is looked through without a confirmation too, and back it releases more."""
    unread = edited(lambda data: data["collection_bases"]["NPOG-30-2"].update(status="U"))
    assert summed(await weighed(unread)) == (False, True, ("feuerwehr",))
    back = await weighed(replace_digest(the_reading()), unread)
    assert summed(back) == (True, False, ("feuerwehr",))


async def test_two_members_that_are_no_longer_necessary_tighten() -> None:
    edit = both(row("premises_address", **NEEDLESS), row("owner_name", **NEEDLESS))
    assert summed(await weighed(edited(edit))) == (False, True, ("feuerwehr", "pi-lueneburg"))


async def test_another_reason_is_not_proven_to_tighten() -> None:
    """It is decided otherwise, and nobody can say in which direction."""
    found = await weighed(edited(row("injured_names_and_injuries", **OTHER_REASON)))
    assert summed(found) == (True, False, ("feuerwehr", "pi-lueneburg"))
    assert codes(found) == ["otherwise"]


async def test_cases_are_asked_as_well() -> None:
    cases = [
        case
        for case in read_case_file(REPOSITORY / "tests" / "vectors" / "cases" / "cases.json")
        if case.request["exchange_kind"] == KIND
    ]
    found = await weighed(edited(row("premises_address", **NEEDLESS)), cases=cases)
    assert found.cases == len(cases) > 0
    assert "case_tightened" in codes(found)


def a_history(
    which: str, controller: str = "hansestadt-lueneburg", digest: str = OTHER_DIGEST
) -> ReplayReport:
    report = ReplayReport(the_reading().policy_set.digest, digest)
    report.found[which][KIND, "FIRE_SERVICE", controller] += 3
    return report


async def test_past_decisions_that_would_release_more_make_it_more() -> None:
    """Also where no probe shows it, and for who sent them."""
    after = edited(row("premises_address", **NEEDLESS))
    found = await weighed(after, history=a_history("loosened"))
    assert summed(found) == (True, False, ("feuerwehr", "hansestadt-lueneburg", "pi-lueneburg"))
    assert "history_loosened" in codes(found)


async def test_past_decisions_can_show_what_no_probe_shows() -> None:
    after = edited(row("guest_names", status="P"))
    found = await weighed(after, history=a_history("tightened"))
    assert summed(found) == (False, True, ("feuerwehr", "hansestadt-lueneburg"))


async def test_who_has_no_unit_any_more_is_not_asked() -> None:
    """Nobody could agree for a controller that sends nothing now."""
    after = edited(row("guest_names", status="P"))
    found = await weighed(after, history=a_history("tightened", "feuerwehr-stade"))
    assert found.effect.controllers == ("feuerwehr",)


async def test_a_replay_of_other_rules_is_refused() -> None:
    after = edited(row("premises_address", **NEEDLESS))
    change = PolicyChange(
        the_reading(), after, the_units(), history=a_history("loosened", digest="c" * 64)
    )
    with pytest.raises(PolicySetRefused):
        await policy_effect(change, engine_batch)


async def test_the_same_change_has_the_same_effect() -> None:
    after = edited(row("guest_names", **NEEDED))
    assert await weighed(after) == await weighed(after)
