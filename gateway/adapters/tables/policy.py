"""Policy sets: what rules there are."""

from sqlmodel import Field, SQLModel


class PolicySetRow(SQLModel, table=True):
    """All files of one policy set, packed; the digest names their contents."""

    __tablename__ = "policy_set"

    digest: str = Field(primary_key=True, max_length=64)
    archive: bytes
