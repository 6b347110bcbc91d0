"""What a unit reads of its own: its exchanges, its events, its inbox, its self-test."""
