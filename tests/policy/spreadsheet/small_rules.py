"""A small set of rules with the tables of one kind, quick to load, and workbooks of it."""

from io import BytesIO
from pathlib import Path

from openpyxl import load_workbook

from gateway.policy.loading import load_policy_set
from gateway.policy.policy_set import PolicySet
from gateway.policy.spreadsheet.columns import vocabulary_of
from gateway.policy.spreadsheet.kind_table import kind_table
from gateway.policy.spreadsheet.writing import workbook_of
from tests.policy.sets import MAIN, write_set

KIND = "NOTE"
NECESSITY = "necessity/NOTE/data.json"
_MAIN = """package exchange.main

# METADATA
# title: Not necessary
# custom: {id: LAW-1, reason: not_necessary, de: Nicht nötig., en: Not needed.}
decision := {"verdict": "deny"}
"""
_FILES = {
    MAIN: _MAIN,
    "policies/agency_kinds/data.json": {
        "POLICE": {"label_de": "Polizei", "groups": []},
        "OFFICE": {"label_de": "Ordnungsamt", "groups": []},
    },
    "policies/needs/data.json": {"reasons": {"LAW-1": {"not_necessary": {"any_of": []}}}},
    "policies/purposes/data.json": {"vocabulary": {"DANGER": {}, "STATISTICS": {}}},
    "policies/necessity/NOTE/data.json": """{
  "OFFICE": {
    "text": {
      "label_de": "Text",
      "need": "needed",
      "status": "V"
    },
    "names": {
      "label_de": "Namen",
      "need": "withhold",
      "status": "V",
      "reason": "not_necessary",
      "rule": "LAW-1"
    }
  }
}
""",
    "policies/routes/data.json": """{
  "NOTE": {
    "POLICE": {
      "OFFICE": {
        "recipient_purposes": [
          "DANGER"
        ]
      }
    }
  }
}
""",
    "schemas/payloads/NOTE.json": {
        "type": "object",
        "title": "Notiz",
        "properties": {
            name: {"x-datenschleuse": {"category": "INCIDENT_FACT", "label_de": label}}
            for name, label in (("text", "Text"), ("names", "Namen"))
        },
    },
}


class SmallRules:
    """The two folders, and what is in them now."""

    def __init__(self, root: Path) -> None:
        self.policies, self.schemas = write_set(root, _FILES)

    @property
    def folders(self) -> list[str]:
        """The options that name the folders on the command line."""
        return ["--policies", str(self.policies), "--schemas", str(self.schemas)]

    def load(self) -> PolicySet:
        return load_policy_set(self.policies, self.schemas)

    def contents(self) -> dict[Path, bytes]:
        files = (path for path in self.policies.rglob("*") if path.is_file())
        return {path.relative_to(self.policies): path.read_bytes() for path in files}

    def workbook(self, **cells: object) -> bytes:
        """The exported workbook with other values in cells: `D3="bedingt"`, `Wege_A3="POLICE"`."""
        rules = self.load()
        book = load_workbook(
            BytesIO(workbook_of(kind_table(rules.data, KIND), "", vocabulary_of(rules, KIND)))
        )
        for place, value in cells.items():
            sheet, _, address = place.rpartition("_")
            book[sheet or "Erforderlichkeit"][address] = value
        content = BytesIO()
        book.save(content)
        return content.getvalue()
