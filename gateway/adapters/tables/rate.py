"""Counts of calls, shared by all processes."""

from sqlalchemy import BigInteger, Column
from sqlmodel import Field, SQLModel


class RateCount(SQLModel, table=True):
    """Calls of one unit in one window: *length* in seconds, *number* since 1970."""

    __tablename__ = "rate_count"

    unit: str = Field(primary_key=True, max_length=64)
    length: int = Field(primary_key=True)
    number: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    count: int = Field(sa_column=Column(BigInteger, nullable=False))
