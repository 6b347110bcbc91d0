"""Where the policies and schemas of this repository are."""

from pathlib import Path

_REPOSITORY = Path(__file__).resolve().parents[2]
POLICIES = _REPOSITORY / "policies"
SCHEMAS = _REPOSITORY / "schemas"
