"""The real OPA, of the very version that the embedded library has."""

from pathlib import Path

from gateway.adapters.opa_engine import OPA_VERSION
from tests.oracles.go_tools import go_tool


def opa() -> Path:
    """Return the program, built on first use.

    Raises:
        JudgeMissing: It could not be built.
    """
    return go_tool("github.com/open-policy-agent/opa", f"v{OPA_VERSION}")
