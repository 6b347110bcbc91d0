"""What leaves is what a decision names, and what free text repeats is held for a human."""

import json
import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import anyio
import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from gateway.adapters.memory.engine import MemoryEngine
from gateway.adapters.memory.keys import MemoryKeys
from gateway.errors import KeysUnavailable, PolicyUnavailable
from gateway.groups import offered
from gateway.model.decision import Decision, Verdict
from gateway.model.exchange import Exchange
from gateway.schemas import compile_schemas
from gateway.steps.decide import decide
from gateway.steps.redact import (
    FreeTextHit,
    Ruling,
    free_text_hits,
    redact,
    released_parts,
)
from tests.builders import (
    JPEG,
    NEEDLESS,
    PURPOSELESS,
    a_decision,
    a_person,
    an_exchange,
    the_policies,
)

POLICIES = the_policies()
NOTICE = POLICIES.schemas.payloads["PREMISES_HAZARD_NOTICE"]


def parsed(document: Mapping[str, Any]) -> Decision:
    return Decision.parse(document, POLICIES.digest, "memory/1")


def ruled(exchange: Exchange, document: Mapping[str, Any]) -> Ruling:
    return redact(exchange, parsed(document), {}, POLICIES, MemoryKeys())


def decision_members(document: Mapping[str, Any], action: str) -> set[str]:
    return {
        member
        for outcome in document["outcomes"]
        if outcome["action"] == action
        for member in outcome["members"]
    }


def parts_of(payload: Mapping[str, Any], document: Mapping[str, Any]) -> dict[str, Any]:
    exchange = replace(an_exchange(), payload=payload)
    offer = dict(offered(exchange.payload, exchange.groups))
    return released_parts(offer, parsed(document), NOTICE, exchange.moment, lambda: str)


# --- G2: nothing outside the decision -----------------------------------------------

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=8,
)
payloads = st.dictionaries(st.sampled_from(sorted(NOTICE.members)), values, max_size=8)
ACTIONS = ["release", "withhold", "generalise", "pseudonymise"]


@st.composite
def decisions(draw: st.DrawFn, offered: list[str]) -> dict[str, Any]:
    """Draw a document: three in four are whole, the others place anything anywhere."""
    sound = draw(st.sampled_from([True, True, True, False]))
    denials = draw(st.sampled_from([[], [], [dict(PURPOSELESS)]]))
    strays = [*offered, "guest_names", "premises_address#1", "a_member_of_no_schema"]
    members = offered if sound else draw(st.lists(st.sampled_from(strays), max_size=8))
    placed: dict[tuple[str, int], list[str]] = {}
    for member in members:
        possible = ACTIONS if not sound else ["withhold"] if denials else ACTIONS[:2]
        place = draw(st.sampled_from(possible)), draw(st.integers(0, 1))
        placed.setdefault(place, []).append(member)
    outcomes = [
        {
            "action": action,
            "parameters": {},
            "reasons": [] if action == "release" else [dict(NEEDLESS)],
            "members": sorted(set(members)),
        }
        for (action, _), members in placed.items()
    ]
    verdict = draw(st.sampled_from(["permit", "hold", "deny"]))
    if sound:
        verdict = "deny" if denials else draw(st.sampled_from(["permit", "hold"]))
    return {**a_decision(outcomes=outcomes), "verdict": verdict, "denials": denials}


async def settled(exchange: Exchange, document: dict[str, Any]) -> Ruling:
    """Carry an exchange from the engine's answer to what leaves."""
    engine = MemoryEngine(POLICIES.digest, lambda _asked: document)
    decision, asked = await decide(exchange, engine, POLICIES)
    return redact(exchange, decision, asked, POLICIES, MemoryKeys())


@given(st.data())
def test_what_leaves_is_part_of_the_payload_and_named_by_the_decision(
    data: st.DataObject,
) -> None:
    """For any payload and any answer of the engine: released by name, unchanged, or refused."""
    payload = data.draw(payloads.filter(bool))
    document = data.draw(decisions(sorted(payload)))
    exchange = replace(an_exchange(), payload=payload, member_facts={name: {} for name in payload})
    named = decision_members(document, "release")
    places = [member for outcome in document["outcomes"] for member in outcome["members"]]
    transformed = {outcome["action"] for outcome in document["outcomes"]} - {
        "release",
        "withhold",
    }
    try:
        ruling = anyio.run(settled, exchange, document)
    except PolicyUnavailable:
        sound = sorted(places) == sorted(payload) and not transformed
        assert not (sound and document["verdict"] != "deny" and named and not document["denials"])
        return
    event("decided")
    assert not transformed - {"pseudonymise"}
    unchanged = named if ruling.verdict is not Verdict.DENY else set()
    assert all(ruling.released[name] is payload[name] for name in unchanged)
    assert ruling.released.keys() == unchanged | (
        decision_members(document, "pseudonymise") if ruling.verdict is not Verdict.DENY else set()
    )
    assert sorted(places) == sorted(payload)


@given(payloads, st.sets(st.sampled_from([*sorted(NOTICE.members), "of_no_schema", "a#1"])))
def test_released_parts_are_those_that_are_offered_and_released(
    payload: dict[str, Any], release: set[str]
) -> None:
    document = a_decision(release, sorted(payload.keys() - release))

    released = parts_of(payload, document)

    assert released.keys() == payload.keys() & release
    assert all(released[name] is payload[name] for name in released)


@given(payloads)
def test_the_payload_stays_as_it_was(payload: dict[str, Any]) -> None:
    before = repr(payload)
    released = parts_of(payload, a_decision(sorted(payload)[:1], payload))
    released.clear()
    assert repr(payload) == before


def test_a_denial_releases_nothing() -> None:
    exchange = an_exchange()
    ruling = ruled(exchange, a_decision(exchange.payload, denials=[PURPOSELESS]))
    assert (ruling.released, ruling.verdict, ruling.hits) == ({}, Verdict.DENY, ())


def test_what_is_released_is_not_printed() -> None:
    ruling = ruled(an_exchange(), a_decision(["premises_address"], ["licensee_name"]))
    assert "Beispielufer" not in repr(ruling)


# --- transformations and groups -----------------------------------------------------


def a_change(action: str, *members: str, **parameters: Any) -> dict[str, Any]:
    return {
        "action": action,
        "parameters": parameters,
        "reasons": [dict(NEEDLESS)],
        "members": list(members),
    }


def changed(exchange: Exchange, release: list[str], *changes: dict[str, Any]) -> Ruling:
    document = a_decision(release)
    document["outcomes"] += changes
    return ruled(exchange, document)


def test_a_date_of_birth_leaves_as_its_year() -> None:
    ruling = changed(
        an_exchange(), ["hazard_facts"], a_change("generalise", "licensee_name", to="year")
    )
    assert ruling.released["licensee_name"] == a_person(date_of_birth="1979")
    assert ruling.released.keys() == {"hazard_facts", "licensee_name"}


def test_a_person_leaves_as_a_pseudonym_of_this_exchange_alone() -> None:
    change = a_change("pseudonymise", "licensee_name")
    first, second = (changed(an_exchange(), ["premises_address"], change) for _ in range(2))
    assert first.released["licensee_name"].keys() == {"family_name"}
    assert first.released["licensee_name"] != second.released["licensee_name"]
    assert "Musterwirt" not in str(first.released)


@pytest.mark.parametrize(
    "change",
    [
        a_change("generalise", "licensee_name"),
        a_change("generalise", "licensee_name", to="month"),
        a_change("generalise", "premises_address", to="year"),
        a_change("pseudonymise", "licensee_name", to="year"),
        a_change("release", "licensee_name", to="year"),
    ],
)
def test_a_transformation_that_the_gateway_lacks_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(PolicyUnavailable):
        changed(an_exchange(), ["hazard_facts"], change)


def test_without_a_key_there_is_no_pseudonym() -> None:
    document = a_decision(["hazard_facts"])
    document["outcomes"].append(a_change("pseudonymise", "licensee_name"))
    with pytest.raises(KeysUnavailable):
        redact(an_exchange(), parsed(document), {}, POLICIES, MemoryKeys(broken=True))


def test_a_name_in_free_text_that_a_pseudonym_hides_is_held() -> None:
    payload = {**TELLING, "licensee_name": a_person("Feldhus")}
    exchange = an_exchange(payload=payload, field_facts={})
    document = a_decision(["hazard_facts"], ["witness_name"])
    document["outcomes"].append(a_change("pseudonymise", "licensee_name"))
    ruling = ruled(exchange, document)
    assert ruling.verdict is Verdict.HOLD
    assert FreeTextHit("hazard_facts", "licensee_name") in ruling.hits


def test_a_name_that_remains_beside_its_pseudonym_is_held() -> None:
    injured = [{"person": a_person("Feldhus"), "injuries": "Frau Feldhus hat Rauch geatmet."}]
    exchange = an_exchange(payload={"injured_names_and_injuries": injured}, field_facts={})
    ruling = changed(exchange, [], a_change("pseudonymise", "injured_names_and_injuries"))
    name = "injured_names_and_injuries"
    assert (ruling.verdict, ruling.hits) == (Verdict.HOLD, (FreeTextHit(name, name),))


def test_of_a_list_the_released_groups_leave_in_their_order() -> None:
    born = ["1979-03-02", "2015-01-01", "2001-06-30"]
    guests = [a_person(f"Gast{number}", date_of_birth=date) for number, date in enumerate(born)]
    payload = {"guest_names": guests, "hazard_facts": "Auch Gast1 war da."}
    exchange = an_exchange(payload=payload, field_facts={})
    ruling = ruled(exchange, a_decision(["guest_names#1", "hazard_facts"], ["guest_names#2"]))
    assert ruling.released["guest_names"] == [guests[0], guests[2]]
    assert ruling.hits == (FreeTextHit("hazard_facts", "guest_names#2"),)


LISTS = {
    "worker_identities": st.lists(
        st.sampled_from(["suspect", "witness", "affected_worker"]), min_size=1, max_size=5
    )
}


@given(st.data())
def test_nothing_withheld_or_hidden_stands_in_what_leaves(data: st.DataObject) -> None:
    """Every value is a canary: what leaves holds those of released members and groups alone."""
    roles = data.draw(LISTS["worker_identities"])
    payload = {
        "worker_identities": [
            {
                "family_name": f"Kanari{number}",
                "given_names": f"Vorname{number}",
                "date_of_birth": f"19{70 + number}-03-02",
            }
            for number in range(len(roles))
        ],
        "premises_address": "Kanarienweg 12",
        "employer_name": {"person": a_person("Kanarienwirt", date_of_birth="1968-05-04")},
    }
    said = {
        f"worker_identities[{place}]": {"data_subject_role": role}
        for place, role in enumerate(roles)
    }
    exchange = an_exchange(exchange_kind="UNDECLARED_WORK", payload=payload, field_facts=said)
    offer = dict(offered(exchange.payload, exchange.groups))
    actions = {name: data.draw(st.sampled_from(ACTIONS), label=name) for name in sorted(offer)}
    actions["premises_address"] = "release"
    document = a_decision()
    document["outcomes"] = [
        a_change(action, name, **({"to": "year"} if action == "generalise" else {}))
        for name, action in actions.items()
    ]

    left = json.dumps(ruled(exchange, document).released)

    for name, value in offer.items():
        for canary in canaries(value):
            is_date = canary.startswith("19")
            stays = actions[name] == "release" or (actions[name] == "generalise" and not is_date)
            assert (canary in left) is stays, (name, actions[name])


def canaries(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    inner = value.values() if isinstance(value, dict) else value
    return [canary for part in inner for canary in canaries(part)]


# --- free text ----------------------------------------------------------------------


def hits(text: str, withheld: Mapping[str, Any], **released: Any) -> list[FreeTextHit]:
    """Search one released text for what stands in withheld members."""
    shown = {"hazard_facts": text, **released}
    return free_text_hits({**shown, **withheld}, shown, NOTICE)


HIT = FreeTextHit("hazard_facts", "witness_name")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Frau Brockmann-Feldhus hat es gesehen.", "Brockmann-Feldhus"),
        ("frau BROCKMANN-FELDHUS", "Brockmann-Feldhus"),
        ("Herr GROSSMANN", "Großmann"),
        ("Herr Großmann", "GROSSMANN"),
        ("Frau Mu\N{COMBINING DIAERESIS}ller", "Müller"),
        ("Frau Müller", "Mu\N{COMBINING DIAERESIS}ller"),
        ("SchmidtBäckerei", " Schmidt "),
        ("Zeugin:Anna", "Anna"),
        ("Brock", "Brock"),
    ],
)
def test_a_withheld_name_in_released_text_is_found(text: str, name: str) -> None:
    """Whatever its case and its Unicode form."""
    assert hits(text, {"witness_name": {"family_name": name}}) == [HIT]


@pytest.mark.parametrize(
    "withheld",
    [
        {"witness_name": a_person("Feldhus")},
        {"witness_name": {"family_name": "x", "aliases": ["y", "Feldhus"]}},
        {"guest_names": [a_person("x"), {"family_name": "Feldhus"}]},
    ],
)
def test_it_is_found_however_deep_it_stands(withheld: dict[str, Any]) -> None:
    (hit,) = hits("Frau Feldhus hat es gesehen.", withheld)
    assert (hit.member, hit.withheld) == ("hazard_facts", next(iter(withheld)))


@pytest.mark.parametrize(
    "value",
    [
        "Ria",
        "ab",
        "",
        "2026-11-18",
        "2026-11-18T02:40:00+01:00",
        "2026-11-18T02:40:00Z",
        "04131 8306-0",
        "21335",
        "3.000,50",
        "12/2026",
    ],
)
def test_short_strings_dates_and_numbers_do_not_count(value: str) -> None:
    assert hits(f"Am {value} war es.", {"witness_name": {"family_name": value}}) == []


def test_numbers_that_are_no_strings_do_not_count() -> None:
    assert hits("Es waren 8000 Gäste", {"number_of_sleepers": 8000}) == []


def test_what_also_stands_in_a_released_member_does_not_count() -> None:
    """The recipient gets it anyway; in another text of the same kind it is still found."""
    withheld = {"witness_name": {"family_name": "Feldhus"}}
    text = "Frau Feldhus hat es gesehen."
    assert hits(text, withheld, licensee_name={"family_name": "FELDHUS"}) == []
    assert hits(text, withheld, licensee_name={"family_name": "Feldhus-Meier"}) == [HIT]
    both = hits(text, withheld, current_warning_facts="Feldhus")
    assert [hit.member for hit in both] == ["current_warning_facts", "hazard_facts"]


def test_what_the_schema_itself_spells_out_does_not_count() -> None:
    files = POLICIES.policy_set.schemas
    notice = files["payloads/PREMISES_HAZARD_NOTICE.json"]
    colour = {
        "enum": ["dunkelblau", "hellgrün"],
        "x-datenschleuse": {"category": "PREMISES", "label_de": "Farbe"},
    }
    changed = {**notice, "properties": {**notice["properties"], "colour": colour}}
    schemas = compile_schemas({**files, "payloads/PREMISES_HAZARD_NOTICE.json": changed})
    schema = schemas.payloads["PREMISES_HAZARD_NOTICE"]
    shown = {"hazard_facts": "Die Tür ist Dunkelblau."}
    assert free_text_hits({**shown, "colour": "dunkelblau"}, shown, schema) == []


def test_attachments_are_not_searched() -> None:
    picture = {"media_type": "image/jpeg", "content": JPEG}
    assert hits(f"image/jpeg {JPEG}", {"photos_exits_no_persons": [picture]}) == []


def test_withheld_free_text_that_is_repeated_is_found_too() -> None:
    (hit,) = hits("gilt als „clan-nah“", {"assessment_clan_affinity": "Gilt als „clan-nah“"})
    assert hit == FreeTextHit("hazard_facts", "assessment_clan_affinity")


def test_only_free_text_is_searched() -> None:
    shown = {"premises_address": "Am Feldhus 1"}
    withheld = {"witness_name": {"family_name": "Feldhus"}}
    assert free_text_hits({**shown, **withheld}, shown, NOTICE) == []


def test_a_hit_names_members_and_nothing_else() -> None:
    found = hits("Frau Feldhus", {"witness_name": {"family_name": "Feldhus"}})
    assert "eldhus" not in repr(found)


names = st.text(st.characters(categories=["Lu", "Ll", "Lo", "Mn"]), min_size=4, max_size=12).filter(
    lambda name: len(unicodedata.normalize("NFC", name).casefold().strip()) >= 4
)


@given(names, st.sampled_from(["NFC", "NFD"]), st.sampled_from(["NFC", "NFD"]))
def test_any_name_is_found_in_any_form(name: str, here: Any, there: Any) -> None:
    text = f"Frau {unicodedata.normalize(here, name)} hat es gesehen."
    withheld = {"witness_name": {"family_name": unicodedata.normalize(there, name)}}
    assert hits(text, withheld) == [HIT]


# --- hold ---------------------------------------------------------------------------

TELLING = {
    "hazard_facts": "Frau Feldhus hat es gesehen.",
    "witness_name": a_person("Feldhus"),
}
SPLIT = a_decision(["hazard_facts"], ["witness_name"])


def telling(**changes: Any) -> Exchange:
    return an_exchange(payload=TELLING, field_facts={}, **changes)


def test_a_hit_is_held_for_a_human() -> None:
    ruling = ruled(telling(), SPLIT)
    assert (ruling.verdict, ruling.hits) == (Verdict.HOLD, (HIT,))
    assert ruling.released == {"hazard_facts": TELLING["hazard_facts"]}


def test_a_hit_that_the_official_has_looked_at_is_recorded_and_not_held() -> None:
    ruling = ruled(telling(free_text_checked=True), SPLIT)
    assert (ruling.verdict, ruling.hits) == (Verdict.PERMIT, (HIT,))


def test_a_danger_that_allows_no_delay_is_not_held() -> None:
    danger = {"danger_level": "present_life_limb_freedom"}
    ruling = ruled(telling(facts=danger), SPLIT)
    assert (ruling.verdict, ruling.hits) == (Verdict.PERMIT, (HIT,))


def test_a_lesser_danger_is_held() -> None:
    assert ruled(telling(facts={"danger_level": "present"}), SPLIT).verdict is Verdict.HOLD


def test_a_hold_of_the_policy_stays_a_hold() -> None:
    held = {**SPLIT, "verdict": "hold"}
    assert ruled(telling(free_text_checked=True), held).verdict is Verdict.HOLD
    assert ruled(telling(facts={"danger_level": "present_life_limb_freedom"}), held).verdict is (
        Verdict.HOLD
    )


def test_without_a_hit_nothing_is_held() -> None:
    assert ruled(an_exchange(), a_decision(["hazard_facts"], ["licensee_name"])).verdict is (
        Verdict.PERMIT
    )
