"""Verbs: one room for each step of the way of an exchange; no I/O but through ports."""
