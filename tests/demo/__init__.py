"""The demonstration keeps what it promises."""
