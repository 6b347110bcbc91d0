"""The outbox: sealed payloads and where each of them stands."""

from sqlalchemy import BigInteger, Column, Index
from sqlmodel import Field, SQLModel


class DeliveryRow(SQLModel, table=True):
    """One sealed payload; times are epoch seconds, `jwe` is gone once it is settled.

    `acknowledged` is the digest of what the recipient fetched and acknowledged.
    """

    __tablename__ = "delivery"
    __table_args__ = (Index("delivery_due", "state", "next_at"),)

    id: str = Field(primary_key=True, max_length=32)
    index: int = Field(sa_column=Column("index", BigInteger, nullable=False, index=True))
    recipient: str = Field(index=True)
    sender: str = Field(index=True)
    jwe: bytes | None
    state: str
    lease_token: str | None
    lease_until: int | None = Field(sa_column=Column(BigInteger))
    next_at: int = Field(sa_column=Column(BigInteger, nullable=False))
    attempts: int
    failures_logged: bool
    created_at: int = Field(sa_column=Column(BigInteger, nullable=False))
    expires_at: int = Field(sa_column=Column(BigInteger, nullable=False))
    delete_at_day: int | None
    acknowledged: str | None = Field(default=None, max_length=64)
