"""What leaves is what a decision names, and what free text repeats is held for a human."""

import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import anyio
import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from gateway.adapters.memory.engine import MemoryEngine
from gateway.errors import PolicyUnavailable
from gateway.model.decision import Decision, Verdict
from gateway.model.exchange import Exchange
from gateway.schemas import compile_schemas
from gateway.steps.decide import decide
from gateway.steps.redact import (
    FreeTextHit,
    Ruling,
    free_text_hits,
    redact,
    released_members,
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
    return redact(exchange, parsed(document), {}, POLICIES)


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
    return redact(exchange, decision, asked, POLICIES)


@given(st.data())
def test_what_leaves_is_part_of_the_payload_and_named_by_the_decision(
    data: st.DataObject,
) -> None:
    """For any payload and any answer of the engine: released by name, unchanged, or refused."""
    payload = data.draw(payloads.filter(bool))
    document = data.draw(decisions(sorted(payload)))
    exchange = replace(an_exchange(), payload=payload, member_facts={name: {} for name in payload})
    named = {
        member
        for outcome in document["outcomes"]
        if outcome["action"] == "release"
        for member in outcome["members"]
    }
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
    assert all(ruling.released[name] is payload[name] for name in ruling.released)
    assert ruling.released.keys() == (named if ruling.verdict is not Verdict.DENY else set())
    assert sorted(places) == sorted(payload)


@given(payloads, st.sets(st.sampled_from([*sorted(NOTICE.members), "of_no_schema", "a#1"])))
def test_released_members_are_those_that_are_offered_and_released(
    payload: dict[str, Any], release: set[str]
) -> None:
    document = a_decision(release, sorted(payload.keys() - release))

    released = released_members(payload, parsed(document))

    assert released.keys() == payload.keys() & release
    assert all(released[name] is payload[name] for name in released)


@given(payloads)
def test_the_payload_stays_as_it_was(payload: dict[str, Any]) -> None:
    before = repr(payload)
    released = released_members(payload, parsed(a_decision(sorted(payload)[:1], payload)))
    released.clear()
    assert repr(payload) == before


def test_a_denial_releases_nothing() -> None:
    exchange = an_exchange()
    ruling = ruled(exchange, a_decision(exchange.payload, denials=[PURPOSELESS]))
    assert (ruling.released, ruling.verdict, ruling.hits) == ({}, Verdict.DENY, ())


@pytest.mark.parametrize("action", ["generalise", "pseudonymise"])
def test_a_transformation_that_the_gateway_lacks_is_refused(action: str) -> None:
    outcome = {
        "action": action,
        "parameters": {"to": "year"},
        "reasons": [dict(NEEDLESS)],
        "members": ["licensee_name"],
    }
    document = a_decision(["hazard_facts"])
    document["outcomes"].append(outcome)
    with pytest.raises(PolicyUnavailable):
        ruled(an_exchange(), document)


def test_what_is_released_is_not_printed() -> None:
    ruling = ruled(an_exchange(), a_decision(["premises_address"], ["licensee_name"]))
    assert "Beispielufer" not in repr(ruling)


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
