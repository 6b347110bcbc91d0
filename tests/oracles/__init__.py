"""Judges of our log that are not ours."""
