"""The table from errors to answers is complete."""

import json
from pathlib import Path

import jsonschema_rs
import pytest

from gateway import errors
from gateway.errors import (
    CallerError,
    DependencyFailed,
    Fault,
    GatewayError,
    InvalidRequest,
    KeyRefused,
    LogUnavailable,
    Stopped,
)
from gateway.http import problems
from gateway.http.json_faults import IN_GERMAN
from gateway.model.evidence import Part
from gateway.model.stop import Stop
from gateway.steps.receive import JsonFault, NotStrictJson
from tests.tlog.memory_log import a_log

PUBLIC_URL = "https://schleuse.example"

_SCHEMAS = {
    name: json.loads(Path(f"schemas/{name}.json").read_text()) for name in ("problem", "receipt")
}
SCHEMA = jsonschema_rs.validator_for(
    _SCHEMAS["problem"],
    registry=jsonschema_rs.Registry([(_SCHEMAS["receipt"]["$id"], _SCHEMAS["receipt"])]),
)


def below(root: type[GatewayError]) -> list[type[GatewayError]]:
    return [
        kind
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, root) and kind is not root
    ]


@pytest.mark.parametrize("kind", below(CallerError), ids=lambda kind: kind.__name__)
def test_each_fault_of_a_caller_has_a_row_of_its_own(kind: type[GatewayError]) -> None:
    assert problems.PROBLEMS[kind].status in range(400, 500)


def test_no_two_rows_share_a_slug() -> None:
    slugs = [problem.slug for problem in problems.ALL]

    assert len(set(slugs)) == len(slugs)


@pytest.mark.parametrize("kind", below(DependencyFailed), ids=lambda kind: kind.__name__)
def test_whatever_is_unavailable_is_503(kind: type[GatewayError]) -> None:
    assert problems.problem_of(kind("why")).status == 503


def test_an_error_without_a_row_is_a_bare_500() -> None:
    answer = problems.answer_error(KeyRefused("KANARIE"), PUBLIC_URL)

    assert answer.status_code == 500
    assert set(json.loads(answer.body)) == {"type", "status", "title", "title_en"}


def test_the_text_of_an_error_never_stands_in_its_answer() -> None:
    answer = problems.answer_error(LogUnavailable("KANARIE"), PUBLIC_URL)

    assert b"KANARIE" not in bytes(answer.body)


def test_faults_of_the_shape_stand_in_the_answer() -> None:
    error = InvalidRequest([Fault("/facts/x", "an integer is needed"), Fault("", "2 unknown")])

    members = json.loads(problems.answer_error(error, PUBLIC_URL).body)

    assert members["faults"] == [
        {"pointer": "/facts/x", "what": "an integer is needed"},
        {"pointer": "", "what": "2 unknown"},
    ]


@pytest.mark.parametrize("fault", JsonFault)
def test_each_fault_of_a_body_has_a_german_sentence(fault: JsonFault) -> None:
    error = NotStrictJson(fault, 2, 7, 31)

    members = json.loads(problems.answer_error(error, PUBLIC_URL).body)

    assert members["detail"] == f"{IN_GERMAN[fault]}: Zeile 2, Spalte 7, Byte 31."
    assert members["position"] == {"line": 2, "column": 7, "byte": 31}
    assert members["fault"] == fault.name.lower()


@pytest.mark.parametrize(
    "error",
    [
        NotStrictJson(JsonFault.NUL, 1, 2, 3),
        InvalidRequest([Fault("/a", "b")]),
        LogUnavailable(""),
        KeyRefused(""),
        Stopped(Stop("a" * 32, "Verdacht", "anna", 1, unit="polizei")),
        Stopped(Stop("a" * 32, "Verdacht", "anna", 1, None, "X", "Y", "Z")),
        Stopped(Stop("a" * 32, "Verdacht", "anna", 1)),
    ],
    ids=lambda error: type(error).__name__,
)
def test_answers_follow_the_published_schema(error: GatewayError) -> None:
    members = json.loads(problems.answer_error(error, PUBLIC_URL).body)

    SCHEMA.validate(members)


def test_a_stop_is_shown_without_who_placed_it() -> None:
    """It is no fault of the caller and no failure: the page says what to do meanwhile."""
    answer = problems.answer_error(
        Stopped(Stop("a" * 32, "Verdacht", "anna", 1, unit="polizei")), PUBLIC_URL
    )

    members = json.loads(answer.body)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "300"
    assert members["type"] == f"{PUBLIC_URL}/problems/stopped"
    assert members["stop"] == {
        "id": "a" * 32,
        "reason": "Verdacht",
        "since": 1,
        "unit": "polizei",
    }


def test_a_denial_with_its_receipt_follows_the_published_schemas() -> None:
    receipt = a_log(4).receipt(3, Part.SENDER).document()
    members = problems.members_of(problems.DENIED, PUBLIC_URL)
    members |= {"instance": f"/v1/exchanges/{'ab' * 16}", "verdict": "deny", "receipt": receipt}

    SCHEMA.validate(members)
    with pytest.raises(jsonschema_rs.ValidationError):
        SCHEMA.validate(members | {"receipt": receipt | {"proof": "x"}})
