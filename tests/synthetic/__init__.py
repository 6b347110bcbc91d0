"""Invented exchanges: what is written, for whom, and where they must not go."""
