"""Tests of the log as mathematics."""
