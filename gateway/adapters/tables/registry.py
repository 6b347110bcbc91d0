"""The registry of units."""

from sqlmodel import Field, SQLModel


class UnitRow(SQLModel, table=True):
    """A unit's canonical document (RFC 8785); the registry digest covers exactly these bytes."""

    __tablename__ = "unit"

    id: str = Field(primary_key=True, max_length=64)
    document: bytes
