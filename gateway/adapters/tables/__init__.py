"""The SQL tables, one module for each group of tables."""

from gateway.adapters.tables import log, outbox, rate, registry

__all__ = ["log", "outbox", "rate", "registry"]
