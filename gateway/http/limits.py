"""What one connection, one client and all of them together may take at the inbound edge."""

from dataclasses import dataclass, fields

from gateway.settings import Settings


@dataclass(frozen=True, slots=True)
class EdgeLimits:
    """Each has the name of its setting. Times are in seconds, sizes in bytes."""

    handshake_deadline_s: float
    header_deadline_s: float
    body_deadline_s: float
    answer_deadline_s: float
    keep_alive_s: float
    connection_age_s: float
    connection_requests: int
    pipelined_requests: int
    header_fields: int
    header_bytes: int
    header_field_bytes: int
    connections: int
    connections_per_certificate: int
    connections_per_address: int
    bodies_bytes: int

    @classmethod
    def of(cls, settings: Settings) -> "EdgeLimits":
        return cls(**{field.name: getattr(settings, field.name) for field in fields(cls)})
