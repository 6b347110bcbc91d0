"""The policy enforcement point."""

__version__ = "0.1.0"
