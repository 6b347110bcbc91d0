"""A gateway, its worker and its partners as real processes, over real HTTPS."""
