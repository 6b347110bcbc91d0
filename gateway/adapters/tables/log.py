"""Tables of the decision log: head, entries, parts, keys, tiles, checkpoints, claims."""

from sqlalchemy import BigInteger, Column, LargeBinary
from sqlmodel import Field, SQLModel


class LogHead(SQLModel, table=True):
    """The one row that every append locks; size, root and frontier are always read from it."""

    __tablename__ = "log_head"

    id: int = Field(default=1, primary_key=True)
    origin: str
    size: int = Field(sa_column=Column(BigInteger, nullable=False))
    root: bytes
    frontier: bytes
    checkpoint: str
    policy_digest: str
    registry_digest: str


class Entry(SQLModel, table=True):
    """One leaf of the log. `size` is the tree size of the checkpoint signed with it."""

    __tablename__ = "entry"

    index: int = Field(sa_column=Column("index", BigInteger, primary_key=True, autoincrement=False))
    id: str = Field(unique=True, max_length=32)
    type: str
    leaf: bytes
    leaf_hash: bytes
    size: int = Field(sa_column=Column(BigInteger, nullable=False))


class PartRow(SQLModel, table=True):
    """One part of a record, encrypted under the record's key; erasing deletes the row."""

    __tablename__ = "part"

    index: int = Field(sa_column=Column("index", BigInteger, primary_key=True, autoincrement=False))
    name: str = Field(primary_key=True)
    ciphertext: bytes


class RecordKey(SQLModel, table=True):
    """A record's key, wrapped by a bucket key that lies outside the database."""

    __tablename__ = "record_key"

    index: int = Field(sa_column=Column("index", BigInteger, primary_key=True, autoincrement=False))
    bucket: str = Field(index=True)
    wrapped: bytes


class SubjectIndex(SQLModel, table=True):
    """Blind index from a person's token to the entries that released data about them."""

    __tablename__ = "subject_index"

    key_id: str = Field(primary_key=True)
    token: bytes = Field(sa_column=Column(LargeBinary, primary_key=True))
    index: int = Field(
        sa_column=Column("index", BigInteger, primary_key=True, autoincrement=False, index=True)
    )


class Tile(SQLModel, table=True):
    """Hashes of tile level 1 and above; level 0 is `entry.leaf_hash`, kept only there."""

    __tablename__ = "tile"

    level: int = Field(primary_key=True)
    n: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    data: bytes


class CheckpointRow(SQLModel, table=True):
    """The signed note of each batch, so that a receipt can be given again byte for byte."""

    __tablename__ = "checkpoint"

    size: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    note: str


class Idempotency(SQLModel, table=True):
    """An idempotency key, bound to the entry that answered it for as long as its record lives."""

    __tablename__ = "idempotency"

    unit: str = Field(primary_key=True)
    key: str = Field(primary_key=True, max_length=36)
    body_hmac: bytes
    index: int = Field(sa_column=Column("index", BigInteger, nullable=False, index=True))
    status: int


class ConcernRow(SQLModel, table=True):
    """An entry that concerns a unit, and the part of its record that the unit may read.

    One tree of its own, in the order in which a unit reads: no row id beside the key.
    """

    __tablename__ = "concern"
    __table_args__ = {"sqlite_with_rowid": False}

    unit: str = Field(primary_key=True, max_length=64)
    index: int = Field(sa_column=Column("index", BigInteger, primary_key=True, autoincrement=False))
    role: str
