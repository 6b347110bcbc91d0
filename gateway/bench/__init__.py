"""The bench: what an exchange costs beside a bare proxy, measured on real processes."""
