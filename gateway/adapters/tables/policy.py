"""Policy sets: which there are, which are to be loaded, and which process has loaded them."""

from sqlalchemy import BigInteger, Column
from sqlmodel import Field, SQLModel


class PolicySetRow(SQLModel, table=True):
    """All files of one policy set, packed; the digest names their contents."""

    __tablename__ = "policy_set"

    digest: str = Field(primary_key=True, max_length=64)
    archive: bytes


class StagingRow(SQLModel, table=True):
    """A set that every node is to load; *since* in seconds by the clock of the database."""

    __tablename__ = "staging"

    digest: str = Field(primary_key=True, max_length=64)
    since: int = Field(sa_column=Column(BigInteger, nullable=False))


class NodeRow(SQLModel, table=True):
    """A process that decides: when it was last seen, by the clock of the database.

    *staged* are the digests of all sets that it has loaded, with spaces between; *active* is
    that of the one it decides by, empty while it has none.
    """

    __tablename__ = "node"

    id: str = Field(primary_key=True, max_length=32)
    process: str
    seen_at: int = Field(sa_column=Column(BigInteger, nullable=False))
    staged: str
    active: str = Field(max_length=64)
