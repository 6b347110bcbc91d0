"""The demonstration: real processes, real HTTPS, one exchange after the other."""
