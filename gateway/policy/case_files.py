"""Case files: exchange requests with the decision that the law asks for."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gateway.errors import GatewayError
from gateway.policy.strict_json import load_json

Json = Any

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_TEXTS = ("id", "exchange_kind", "sender_kind", "recipient_kind", "evaluation_date")
_DECISIONS = frozenset({"allow", "allow-with-redaction", "deny"})


class CaseFileUnusable(GatewayError):
    """A case file cannot be read, or a case lacks what the runner needs."""


@dataclass(frozen=True, slots=True)
class Case:
    """One case: the request as written, and what is expected of the decision."""

    id: str
    title: str
    request: Mapping[str, Json]
    expected: Mapping[str, Json]


def read_case_file(path: Path) -> tuple[Case, ...]:
    """Read a JSON list of cases.

    Raises:
        CaseFileUnusable: With the file, the case and what to do.
    """
    document = read_document(path)
    if not isinstance(document, list) or not document:
        raise CaseFileUnusable(
            f"{path}: erwartet wird eine Liste von Fällen. (A list of cases is expected.)"
        )
    return tuple(case_of(f"{path}, Fall {number}", row) for number, row in enumerate(document, 1))


def read_document(path: Path) -> Json:
    """Read the JSON of a file.

    Raises:
        CaseFileUnusable: It cannot be read, or is no JSON as it may stand in a policy set.
    """
    try:
        return load_json(path.read_bytes())
    except OSError as error:
        raise CaseFileUnusable(
            f"{path}: nicht lesbar ({error.strerror}). (Cannot be read.)"
        ) from error
    except ValueError as error:
        raise CaseFileUnusable(f"{path}: kein JSON: {error}. (Not JSON.)") from error


def case_of(where: str, row: Json, *, expected: bool = True) -> Case:
    """Return the case that *row* is; without what is *expected* of it only if that is not asked.

    Raises:
        CaseFileUnusable: With *where*, and the members that lack or have the wrong form.
    """
    if not isinstance(row, Mapping):
        raise CaseFileUnusable(f"{where}: kein Objekt. (Not an object.)")
    name = str(row.get("id", ""))
    awaited = expected or "expected" in row
    texts = _TEXTS if expected else _TEXTS[1:]
    wrong = [key for key in texts if not isinstance(row.get(key), str)]
    objects = ("facts", "expected") if awaited else ("facts",)
    wrong += [key for key in objects if not isinstance(row.get(key), Mapping)]
    wrong += [
        key
        for key in ("payload_fields", "legal_basis_claimed")
        if not isinstance(row.get(key), list)
    ]
    if not wrong and not _DATE.fullmatch(row["evaluation_date"]):
        wrong.append("evaluation_date")
    if not wrong and not all(
        isinstance(field, Mapping) and isinstance(field.get("name"), str)
        for field in row["payload_fields"]
    ):
        wrong.append("payload_fields")
    if not wrong and awaited and row["expected"].get("decision") not in _DECISIONS:
        wrong.append("expected.decision")
    if wrong:
        raise CaseFileUnusable(
            f"{where} {name}: fehlt oder hat die falsche Form: {', '.join(wrong)}."
            " (Missing or of the wrong form.)"
        )
    return Case(name, str(row.get("title", "")), row, row.get("expected", {}))
