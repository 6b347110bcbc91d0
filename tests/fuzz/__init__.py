"""Requests that nobody wrote: generated from the schemas, mutated, or random."""
