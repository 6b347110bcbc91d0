"""Examines a gateway's machine: files, certificates, database, rules, engine."""
