"""What holds of every decision, whatever is asked: on the engine that the gateway uses."""

import copy
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.adapters.embedded_engine import ENTRYPOINT
from gateway.adapters.engine_session import EngineSession
from gateway.policy.case_files import read_case_file
from gateway.policy.case_input import input_of_case
from gateway.policy.loading import load_policy_set
from tests.builders import REPOSITORY
from tests.policies.folders import POLICIES, SCHEMAS
from tests.policies.random_inputs import random_inputs

Json = Any
Request = dict[str, Json]

POLICY_SET = load_policy_set(POLICIES, SCHEMAS)
DATA = POLICY_SET.data
MANY = settings(deadline=None, max_examples=150, derandomize=True)  # a build fails by its change

NO_BASES = ["COOPERATION_AGREEMENT", "LAGEBILD_CONCEPT", "PARTNERSHIP"]
ART9 = sorted(name for name, row in DATA["categories"].items() if "art9" in row["flags"])

_TRUE_PROTECTS = (
    "protected_interest_contra is_bulk is_periodic endangers_investigation private_rights_only"
    " benefit_risk obtainable_elsewhere azr_sufficient guardians_cooperate"
)
_FALSE_PROTECTS = (
    "recipient_task_competence justification_present purpose_text_specific review_date_set"
    " prosecutor_decision prosecutor_permission prosecutor_order judicial_order head_decision"
    " human_approval release_authority special_provision statutory_duty sender_task indispensable"
    " beweisnot reliability_link expulsion_ground audit_subject_link weighty_indications"
    " concrete_indications factual_indications danger_facts strictly_necessary_reason"
    " art9_exception recipient_keeps_marking recipient_could_use_same_measure"
    " recipient_commitment_purpose regional_border_crime imminent_danger bka_agreement"
    " available_without_coercion"
)
IN_FAVOUR: dict[str, Json] = {
    **dict.fromkeys(_TRUE_PROTECTS.split(), True),
    **dict.fromkeys(_FALSE_PROTECTS.split(), False),
    "danger_level": "none",
    "selection_key": "surname",
    "information_block": {"set_by": "POLICE", "ex_officio": True},
    "consent": {"valid": False},
    "request_age_days": 184,
    "recipient_collection_basis": "PARTNERSHIP",
    "third_party_collection_reason": "",
}
"""Each fact with the value that protects the person."""

FAVOURS = st.sampled_from(sorted(IN_FAVOUR))

MEMBER_IN_FAVOUR: dict[str, Json] = {
    "necessity_reason": False,
    "consent": False,
    "named_in_order": False,
    "delete_after": 0,
    "store_class": "documentation",
    "is_assessment": True,
    "origin": "professional_203",
    "cell_min": 1,
}
"""The same for what is said of a single member."""

MORE_PROTECTED = st.one_of(
    st.tuples(st.just("category"), st.sampled_from(ART9)),
    st.tuples(st.just("secrecy"), st.sampled_from(["social", "entrusted", "tax"])),
    st.tuples(st.just("data_subject_age"), st.integers(0, 17)),
)
"""What makes a member deserve more protection, where nothing is said of it yet."""


class Engine:
    """The decisions of one child that holds the rules."""

    def __init__(self, session: EngineSession) -> None:
        self._session = session

    def decide(self, request: Request) -> Mapping[str, Json]:
        """The decision. Where the engine makes none, the gateway refuses, and nothing leaves."""
        answer = self._session.evaluate(ENTRYPOINT, request).get("result")
        if not answer:
            return {"verdict": "deny", "denials": [], "outcomes": []}
        decision: Mapping[str, Json] = answer[0]["expressions"][0]["value"]
        return decision

    def releases(self, request: Request) -> set[str]:
        return {
            name
            for outcome in self.decide(request)["outcomes"]
            if outcome["action"] != "withhold"
            for name in outcome["members"]
        }


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with EngineSession() as session:
        for path, source in POLICY_SET.modules.items():
            session.add_module(path, source)
        session.add_data(POLICY_SET.data_json)
        yield Engine(session)


def _worked() -> list[Request]:
    folder = REPOSITORY / "tests" / "vectors" / "cases"
    files = sorted(path for path in folder.glob("*.json") if path.name != "fields.json")
    return [input_of_case(case, POLICY_SET) for path in files for case in read_case_file(path)]


WORKED = _worked()


@st.composite
def requests(draw: st.DrawFn) -> Request:
    """A random request, or a worked case with some facts, bases and members of another one."""
    if draw(st.booleans()):
        seed = draw(st.integers(0, 2**32))
        *_, request = random_inputs(POLICY_SET, seed, 1 + draw(st.integers(0, 3)))
        return request
    request = copy.deepcopy(draw(st.sampled_from(WORKED)))
    other = copy.deepcopy(draw(st.sampled_from(WORKED)))
    for name in draw(st.lists(st.sampled_from(sorted(other["facts"])), max_size=3)):
        request["facts"][name] = other["facts"][name]
    if draw(st.booleans()):
        request["legal_basis_claimed"] += other["legal_basis_claimed"]
    if draw(st.booleans()) and request["exchange_kind"] == other["exchange_kind"]:
        request["members"] |= other["members"]
    if draw(st.booleans()):
        request["original_purpose"] = other.get("original_purpose", "STATISTICS")
    return request


@st.composite
def requests_with_a_member(draw: st.DrawFn) -> tuple[Request, str]:
    """A request and one of its members of which something is, or can be, said."""
    request = draw(requests().filter(lambda request: bool(_members(request))))
    return request, draw(st.sampled_from(sorted(_members(request))))


def _members(request: Request) -> dict[str, Json]:
    members = request.get("members")
    if not isinstance(members, dict):
        return {}
    return {name: said for name, said in members.items() if isinstance(said, dict)}


def _with_fact(request: Request, name: str, value: Json) -> Request:
    facts = request.get("facts")
    return {**request, "facts": {**(facts if isinstance(facts, dict) else {}), name: value}}


def _with_attribute(request: Request, member: str, name: str, value: Json) -> Request:
    members = request["members"]
    return {**request, "members": {**members, member: {**members[member], name: value}}}


def _mark(request: Request, member: str) -> Mapping[str, Json]:
    kind = request.get("exchange_kind")
    if not isinstance(kind, str):
        return {}
    marks: Mapping[str, Mapping[str, Json]] = DATA["members"].get(kind, {})
    return marks.get(member.partition("#")[0], {})


def _impersonal(request: Request, member: str) -> bool:
    mark = _mark(request, member)
    category = DATA["categories"].get(mark.get("category"), {"flags": []})
    return bool(mark.get("impersonal")) or "not_personal" in category["flags"]


def test_the_empty_input_is_denied(engine: Engine) -> None:
    decision = engine.decide({})

    assert decision["verdict"] == "deny"
    assert decision["denials"] != []


@MANY
@given(request=requests())
def test_without_a_claimed_basis_nothing_personal_is_released(
    engine: Engine, request: Request
) -> None:
    bare = {**request, "legal_basis_claimed": []}
    impersonal = {name for name in _members(request) if _impersonal(request, name)}

    assert engine.releases(bare) <= impersonal
    if not impersonal:
        assert engine.decide(bare)["verdict"] == "deny"


@MANY
@given(request=requests())
def test_a_struck_out_basis_alone_releases_nothing_personal(
    engine: Engine, request: Request
) -> None:
    only = {**request, "legal_basis_claimed": [*NO_BASES, "GG-35", "VWVFG-4", "NPOG-1-2"]}

    assert {name for name in engine.releases(only) if not _impersonal(request, name)} == set()


@MANY
@given(request=requests())
def test_a_partnership_never_changes_a_decision(engine: Engine, request: Request) -> None:
    claimed = request.get("legal_basis_claimed")
    own = [basis for basis in claimed if basis not in NO_BASES] if isinstance(claimed, list) else []
    with_it = engine.decide({**request, "legal_basis_claimed": [*own, *NO_BASES]})
    without = engine.decide({**request, "legal_basis_claimed": own})

    no_basis = {"reason": "partnership_is_no_basis", "rule": "PARTNERSHIP-1"}
    assert [pair for pair in with_it["denials"] if pair != no_basis] == without["denials"]
    needed = [
        [need for need in it.get("needs", []) if need["rule"] != no_basis["rule"]]
        for it in (with_it, without)
    ]
    assert needed[0] == needed[1]
    reported = ("denials", "needs", "struck_out", "rules_applied")
    if with_it["verdict"] == "deny":
        reported += ("outcomes",)
    assert {key: value for key, value in with_it.items() if key not in reported} == {
        key: value for key, value in without.items() if key not in reported
    }


@MANY
@given(request=requests(), one=st.booleans())
def test_one_legal_entity_never_changes_a_decision(
    engine: Engine, request: Request, one: bool
) -> None:
    here = engine.decide(_with_fact(request, "same_legal_entity", one))
    apart = engine.decide(_with_fact(request, "same_legal_entity", not one))

    named = {"rules_applied": []}
    assert {**here, **named} == {**apart, **named}


@MANY
@given(request=requests())
def test_only_what_the_necessity_table_lists_is_released(engine: Engine, request: Request) -> None:
    for name in engine.releases(request):
        table = DATA["necessity"][request["exchange_kind"]][request["recipient_kind"]]
        assert table[name.partition("#")[0]]["need"] in {"needed", "conditional"}


@MANY
@given(request=requests())
def test_a_conditional_member_is_released_with_a_ground_only(
    engine: Engine, request: Request
) -> None:
    for name in engine.releases(request):
        table = DATA["necessity"][request["exchange_kind"]][request["recipient_kind"]]
        row, said = table[name.partition("#")[0]], _members(request).get(name, {})
        if row["need"] == "conditional" and not said.get("necessity_reason"):
            assert row.get("suffices", []) != []


@MANY
@given(request=requests(), cell_min=st.one_of(st.none(), st.integers(-9, 4)))
def test_figures_with_a_small_cell_or_an_unknown_one_stay(
    engine: Engine, request: Request, cell_min: int | None
) -> None:
    for name in _members(request):
        if _mark(request, name).get("category") == "AGGREGATE":
            assert name not in engine.releases(_with_attribute(request, name, "cell_min", cell_min))


@MANY
@given(asked=requests_with_a_member(), more=MORE_PROTECTED)
def test_a_member_that_deserves_more_protection_never_releases_more(
    engine: Engine, asked: tuple[Request, str], more: tuple[str, Json]
) -> None:
    request, member = asked
    attribute, value = more
    before = {**_members(request)[member]}
    before.pop(attribute, None)
    request = {**request, "members": {**request["members"], member: before}}

    after = engine.releases(_with_attribute(request, member, attribute, value))

    assert after <= engine.releases(request)


@MANY
@given(
    request=requests(), names=st.sets(st.sampled_from(sorted(IN_FAVOUR)), min_size=1, max_size=3)
)
def test_more_facts_in_the_persons_favour_never_release_more(
    engine: Engine, request: Request, names: set[str]
) -> None:
    protected = request
    for name in names:
        protected = _with_fact(protected, name, IN_FAVOUR[name])

    assert engine.releases(protected) <= engine.releases(request)


@MANY
@given(asked=requests_with_a_member(), name=st.sampled_from(sorted(MEMBER_IN_FAVOUR)))
def test_more_said_in_favour_of_a_member_never_releases_more(
    engine: Engine, asked: tuple[Request, str], name: str
) -> None:
    request, member = asked

    protected = engine.releases(_with_attribute(request, member, name, MEMBER_IN_FAVOUR[name]))

    assert protected <= engine.releases(request)


@MANY
@given(asked=requests_with_a_member())
def test_a_member_less_never_releases_another_one(
    engine: Engine, asked: tuple[Request, str]
) -> None:
    request, member = asked
    rest = {name: said for name, said in request["members"].items() if name != member}

    assert engine.releases({**request, "members": rest}) >= engine.releases(request) - {member}


@MANY
@given(request=requests())
def test_a_need_names_the_members_that_stay_for_its_very_reason(
    engine: Engine, request: Request
) -> None:
    """Else a sender would be told to bring evidence for what it cannot change."""
    decision = engine.decide(request)

    for need in decision.get("needs", []):
        pair = {"reason": need["reason"], "rule": need["rule"]}
        stay = {
            name
            for outcome in decision["outcomes"]
            if pair in outcome["reasons"]
            for name in outcome["members"]
        }
        if decision["verdict"] == "deny":
            assert pair in decision["denials"]
            assert need["members"] == []
        else:
            assert set(need["members"]) <= stay
            assert need["members"] != []
