"""What the engine library answers: a value, nothing, or an error with its place."""

import json
import re
from collections.abc import Mapping
from typing import Any, NoReturn

from gateway.errors import PolicySetRefused, PolicyUnavailable

Json = Any

_PLACE = re.compile(r"^(?:\d+ errors? occurred:\s*)?(\S+:\d+): (\w+)")


def read_answer(answer: bytes) -> Json:
    """Return the value of the evaluated document.

    An error's own text may quote facts, so only its place and kind are passed on.

    Raises:
        PolicyUnavailable: The value is undefined, holds a fraction, or a rule gave an error.
    """
    envelope = _envelope(answer)
    error = envelope.get("error")
    if error:
        raise PolicyUnavailable(f"the rules gave an error: {_place_and_kind(error)}")
    result = envelope.get("result")
    if not result:
        raise PolicyUnavailable("the rules leave the decision undefined")
    return result[0]["expressions"][0]["value"]


def read_loading(answer: bytes) -> None:
    """Check that the library took a module or the data.

    Raises:
        PolicySetRefused: With the library's text, which names file, line and what is wrong.
    """
    error = _envelope(answer).get("error")
    if error:
        message = str(error.get("message", ""))
        raise PolicySetRefused(message.removeprefix("bundle activation failed: "))


def read_first(answer: bytes) -> None:
    """Check the answer to the empty input, which is also when the rules are compiled.

    Raises:
        PolicySetRefused: With the library's text: nobody's facts were in the input.
    """
    read_loading(answer)
    if not _envelope(answer).get("result"):
        raise PolicySetRefused(
            "Für die leere Eingabe gibt es keine Entscheidung; `decision` braucht immer einen Wert."
            " (No decision for the empty input; `decision` must always have a value.)"
        )


def _envelope(answer: bytes) -> Mapping[str, Json]:
    try:
        envelope = json.loads(answer, parse_float=_refuse, parse_constant=_refuse)
    except ValueError as error:
        raise PolicyUnavailable("the policy engine's answer cannot be read") from error
    if not isinstance(envelope, dict):
        raise PolicyUnavailable("the policy engine's answer is no object")
    return envelope


def _place_and_kind(error: Mapping[str, str]) -> str:
    found = _PLACE.match(error.get("message", ""))
    return " ".join(found.groups()) if found else error.get("code", "unknown")


def _refuse(text: str) -> NoReturn:
    raise ValueError("a fraction in a decision")
