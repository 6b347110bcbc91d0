"""One thing that was examined: how it is, and what to do."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

Json = Any


class Level(StrEnum):
    """How bad it is; only `BAD` is a reason for exit status 1."""

    WELL = "well"
    NOTE = "note"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The sentence and what to do, in German, then in English."""

    name: str
    level: Level
    de: str
    en: str
    todo: str = ""
    todo_en: str = ""

    def document(self) -> dict[str, Json]:
        return {
            "check": self.name,
            "level": self.level.value,
            "de": self.de,
            "en": self.en,
            "todo": self.todo,
            "todo_en": self.todo_en,
        }


def well(name: str, de: str, en: str) -> Diagnosis:
    return Diagnosis(name, Level.WELL, de, en)


def note(name: str, de: str, en: str, todo: str, todo_en: str) -> Diagnosis:
    """Return something that an operator should know, and that stops nothing."""
    return Diagnosis(name, Level.NOTE, de, en, todo, todo_en)


def bad(name: str, de: str, en: str, todo: str, todo_en: str) -> Diagnosis:
    """Return something that must be put right."""
    return Diagnosis(name, Level.BAD, de, en, todo, todo_en)
