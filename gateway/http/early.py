"""What the connection itself answers, as bytes: no route and no framework is asked."""

from collections.abc import Mapping
from http import HTTPStatus

from gateway.http import problems
from gateway.http.problems import Problem


class EarlyAnswers:
    """The answers for one public address. Each ends its connection."""

    def __init__(self, public_url: str) -> None:
        self._answers: Mapping[Problem, tuple[bytes, bytes]] = {
            problem: _answer(problem, public_url) for problem in problems.EARLY
        }

    def render(self, problem: Problem, fields: list[tuple[bytes, bytes]]) -> bytes:
        """Return the answer with the *fields* that every answer has, such as its date."""
        line, rest = self._answers[problem]
        return b"".join([line, *(b"%b: %b\r\n" % field for field in fields), rest])


def _answer(problem: Problem, public_url: str) -> tuple[bytes, bytes]:
    body = problems.encode(problems.members_of(problem, public_url))
    fields = {
        "content-type": problems.MEDIA_TYPE,
        "content-length": str(len(body)),
        "connection": "close",
        **problems.headers_of(problem),
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    status = HTTPStatus(problem.status)
    return f"HTTP/1.1 {status} {status.phrase}\r\n".encode(), f"{lines}\r\n".encode() + body
