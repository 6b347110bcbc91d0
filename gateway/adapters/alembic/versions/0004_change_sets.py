"""Change sets and ballots."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "change_set",
        sa.Column("id", sa.String(length=32), primary_key=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
    )
    op.create_table(
        "ballot",
        sa.Column("change_id", sa.String(length=32), primary_key=True),
        sa.Column("draft_digest", sa.String(length=64), primary_key=True),
        sa.Column("voter", sa.String(length=64), primary_key=True),
        sa.Column("said", sa.String(length=16), primary_key=True),
        sa.Column("document", sa.LargeBinary(), nullable=False),
    )


def downgrade() -> None:
    raise RuntimeError("migrations only add; a log is never taken back")
