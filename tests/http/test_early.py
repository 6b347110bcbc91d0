"""Answers of the connection itself have the form of all others."""

import json
from pathlib import Path

import jsonschema_rs
import pytest

from gateway.http import problems
from gateway.http.early import EarlyAnswers
from gateway.http.problems import Problem

PUBLIC_URL = "https://schleuse.example"


@pytest.mark.parametrize("problem", problems.EARLY, ids=lambda problem: problem.slug)
def test_an_early_answer_is_whole_and_follows_the_published_schema(problem: Problem) -> None:
    schemas = {
        name: json.loads(Path(f"schemas/{name}.json").read_text())
        for name in ("problem", "receipt")
    }
    registry = jsonschema_rs.Registry([(schemas["receipt"]["$id"], schemas["receipt"])])

    sent = EarlyAnswers(PUBLIC_URL).render(problem, [(b"cache-control", b"no-store")])

    head, _, body = sent.partition(b"\r\n\r\n")
    line, *fields = head.decode("ascii").split("\r\n")
    assert line.startswith(f"HTTP/1.1 {problem.status} ")
    assert "cache-control: no-store" in fields
    assert "connection: close" in fields
    assert f"content-length: {len(body)}" in fields
    jsonschema_rs.validator_for(schemas["problem"], registry=registry).validate(json.loads(body))
