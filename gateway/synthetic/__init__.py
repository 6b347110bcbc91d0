"""Invented exchanges that are really decided and recorded, for demonstrations and for tests."""
