"""Concerns of a unit, with the digests of its acknowledgements."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "concern",
        sa.Column("unit", sa.String(length=64), nullable=False),
        sa.Column("index", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("unit", "index"),
        sqlite_with_rowid=False,
    )
    op.add_column("delivery", sa.Column("acknowledged", sa.String(length=64), nullable=True))
    _concern_senders_of_earlier_decisions()


def _concern_senders_of_earlier_decisions() -> None:
    """Of older entries only this stands in the clear: who claimed the key of a decision."""
    key = sa.table(
        "idempotency", sa.column("unit", sa.String()), sa.column("index", sa.BigInteger())
    )
    concern = sa.table(
        "concern",
        sa.column("unit", sa.String()),
        sa.column("index", sa.BigInteger()),
        sa.column("role", sa.String()),
    )
    op.execute(
        concern.insert().from_select(
            ["unit", "index", "role"], sa.select(key.c.unit, key.c.index, sa.literal("sender"))
        )
    )


def downgrade() -> None:
    raise RuntimeError("migrations only add; a log is never taken back")
