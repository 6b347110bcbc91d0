"""The invented units: one of each kind of agency, and those that differ in what the rules ask."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Json = Any
_PREFIX = "demo-"
_COUNTRIES = {"FOREIGN_POLICE_NL": "NL", "FOREIGN_POLICE_BE": "BE"}
_CONTROLLERS = {"POLICE_INSPECTION": "pi-lueneburg", "PRIVATE_LOGISTICS": "spedition-heide"}
_CITY = "hansestadt-lueneburg"


@dataclass(frozen=True, slots=True)
class DemoUnit:
    """A unit that nobody works in; the controllers are those of the confirmations marked DEMO."""

    id: str
    name: str
    kind: str
    controller: str
    country: str
    keeps_marking: bool = True
    commitment_purpose: bool = True

    def is_as(self, facts: Mapping[str, Json]) -> bool:
        """Say whether the registry would say of it what *facts* say of a recipient."""
        own = {
            "country": self.country,
            "recipient_keeps_marking": self.keeps_marking,
            "recipient_commitment_purpose": self.commitment_purpose,
        }
        return all(facts.get(name, value) == value for name, value in own.items())


def demo_units(kinds: Mapping[str, Mapping[str, Json]]) -> tuple[DemoUnit, ...]:
    """Return the units for the table of agency kinds, always in the same order."""
    return tuple(_units(kinds))


def _units(kinds: Mapping[str, Mapping[str, Json]]) -> Iterator[DemoUnit]:
    for kind, row in sorted(kinds.items()):
        name = f"DEMO {row['label_de']}"
        own = f"{_PREFIX}{kind.lower().replace('_', '-')}"
        municipal = "ADMINISTRATION" in row["groups"]
        controller = _CONTROLLERS.get(kind, _CITY if municipal else own)
        country = _COUNTRIES.get(kind, "DE")
        yield DemoUnit(own, name, kind, controller, country)
        if kind == "FOREIGN_POLICE_NL":
            yield DemoUnit(f"{own}-drittstaat", f"{name} (Drittstaat)", kind, own, "TR")
        if "POLICE" in row["groups"] or kind == "FEDERAL_POLICE":
            yield DemoUnit(f"{own}-ohne-kennzeichnung", name, kind, own, country, False)
        if "PRIVATE" in row["groups"]:
            yield DemoUnit(
                f"{own}-ohne-verpflichtung", name, kind, f"{own}-2", country, True, False
            )
