"""Change sets and the ballots cast on them, until they are in force or withdrawn."""

from sqlmodel import Field, SQLModel


class ChangeSetRow(SQLModel, table=True):
    """A change set in canonical form: proposed, active or withdrawn."""

    __tablename__ = "change_set"

    id: str = Field(primary_key=True, max_length=32)
    kind: str
    number: int
    state: str
    document: bytes


class BallotRow(SQLModel, table=True):
    """A signed ballot on one state of a change set; a person says one thing of a kind once."""

    __tablename__ = "ballot"

    change_id: str = Field(primary_key=True, max_length=32)
    draft_digest: str = Field(primary_key=True, max_length=64)
    voter: str = Field(primary_key=True, max_length=64)
    said: str = Field(primary_key=True, max_length=16)
    document: bytes
