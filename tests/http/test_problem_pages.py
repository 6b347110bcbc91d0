"""The page behind each problem type."""

from html.parser import HTMLParser

import pytest

from gateway.http import problems
from gateway.http.problem_pages import ADVICE, page
from gateway.http.problems import Problem
from tests.http.edge import Edge
from tests.http.wire import connected


class Outline(HTMLParser):
    """Collects headings, languages and whether every element is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.languages: list[str] = []
        self.headings: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag != "meta":
            self.open.append(tag)
        self.languages += [value or "" for name, value in attrs if name == "lang"]
        if tag in {"h1", "h2", "h3"}:
            self.headings.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("problem", problems.ALL, ids=lambda problem: problem.slug)
def test_each_type_has_a_page_that_says_what_to_do(edge: Edge, problem: Problem) -> None:
    with connected(edge) as connection:
        reply = connection.request("GET", f"/problems/{problem.slug}")

    text = reply.body.decode()
    assert reply.status == 200
    assert reply.headers["content-type"] == "text/html; charset=utf-8"
    assert text.index(problem.title) < text.index(problem.title_en)
    assert ADVICE[problem].de
    assert len(ADVICE[problem].de) == len(ADVICE[problem].en)


@pytest.mark.parametrize("problem", problems.ALL, ids=lambda problem: problem.slug)
def test_a_page_is_well_formed_with_headings_in_order(problem: Problem) -> None:
    outline = Outline()
    outline.feed(page(problem))

    assert outline.open == []
    assert outline.languages == ["de", "en"]
    assert outline.headings == ["h1", "h2", "h2", "h3"]


def test_a_page_runs_no_script_and_loads_nothing(edge: Edge) -> None:
    with connected(edge) as connection:
        reply = connection.request("GET", "/problems/exchange-denied")

    policy = reply.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy


def test_a_type_that_does_not_exist_has_no_page(edge: Edge) -> None:
    with connected(edge) as connection:
        assert connection.request("GET", "/problems/nonsense").status == 404


def test_who_is_not_registered_can_read_why_he_was_refused(edge: Edge) -> None:
    stranger = edge.pki.member("leser", "https://localhost")
    with connected(edge, stranger) as connection:
        assert connection.request("GET", "/problems/authentication-failed").status == 200


def test_the_page_of_a_failing_gateway_names_telephone_and_paper() -> None:
    assert "Telefon oder Papier" in page(problems.UNAVAILABLE)
