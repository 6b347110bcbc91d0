"""The names of OPA's builtins: all of them, and those that a rule may use."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from gateway.policy.findings import Finding
from gateway.policy.policy_files import CAPABILITIES

Json = Any

# Refused even when capabilities.json lists them: they reach out of the engine, or give another
# answer the next time, or show what a rule saw.
NEVER = frozenset(
    {
        "http.send",
        "internal.print",
        "internal.test_case",
        "io.jwt.decode_verify",
        "io.jwt.encode_sign",
        "io.jwt.encode_sign_raw",
        "json.match_schema",
        "json.verify_schema",
        "net.lookup_ip_addr",
        "opa.runtime",
        "print",
        "providers.aws.sign_req",
        "rand.intn",
        "rego.metadata.chain",
        "rego.metadata.rule",
        "rego.parse_module",
        "time.now_ns",
        "trace",
        "uuid.rfc4122",
    }
)


@dataclass(frozen=True, slots=True)
class Capabilities:
    """Which builtins exist, and which a rule may name."""

    known: frozenset[str]
    allowed: frozenset[str]

    def refused(self, dotted: str) -> bool:
        return dotted in self.known and dotted not in self.allowed

    def hidden_by(self, alias: str) -> bool:
        """Whether a name hides a builtin or the first part of one."""
        return any(name == alias or name.startswith(f"{alias}.") for name in self.known)


def known_builtins() -> frozenset[str]:
    lines = files("gateway.policy").joinpath("opa_builtins.txt").read_text("utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


def read_capabilities(document: Json) -> tuple[Capabilities, list[Finding]]:
    """Read `capabilities.json` in OPA's own form: `{"builtins": [{"name": ...}, ...]}`."""
    known = known_builtins()
    rows = document.get("builtins") if isinstance(document, Mapping) else None
    if not isinstance(rows, list) or not all(
        isinstance(row, Mapping) and isinstance(row.get("name"), str) for row in rows
    ):
        finding = Finding(
            CAPABILITIES,
            0,
            "`builtins` muss eine Liste von Objekten mit `name` sein.",
            "`builtins` must be a list of objects with `name`.",
        )
        return Capabilities(known, frozenset()), [finding]
    listed = frozenset(row["name"] for row in rows)
    findings = [
        Finding(
            CAPABILITIES,
            0,
            f"`{name}` ist nie erlaubt; streichen Sie die Zeile.",
            f"`{name}` is never allowed; remove the row.",
        )
        for name in sorted(listed & NEVER)
    ]
    findings += [
        Finding(
            CAPABILITIES,
            0,
            f"`{name}` gibt es in OPA 1.20.2 nicht; streichen Sie die Zeile.",
            f"OPA 1.20.2 has no builtin `{name}`; remove the row.",
        )
        for name in sorted(listed - known)
    ]
    return Capabilities(known, listed - NEVER), findings
