"""Checks a gateway's database against itself: entries, tiles, records, outbox, claims."""
