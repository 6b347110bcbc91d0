"""The SQL tables, one module for each group of tables."""

from gateway.adapters.tables import change, log, outbox, policy, rate, registry

__all__ = ["change", "log", "outbox", "policy", "rate", "registry"]
