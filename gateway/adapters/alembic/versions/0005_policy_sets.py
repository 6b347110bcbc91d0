"""Policy sets, what is to be loaded, and who has loaded it."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "policy_set",
        sa.Column("digest", sa.String(length=64), primary_key=True),
        sa.Column("archive", sa.LargeBinary(), nullable=False),
    )
    op.create_table(
        "staging",
        sa.Column("digest", sa.String(length=64), primary_key=True),
        sa.Column("since", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "node",
        sa.Column("id", sa.String(length=32), primary_key=True),
        sa.Column("process", sa.String(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.Column("staged", sa.String(), nullable=False),
        sa.Column("active", sa.String(length=64), nullable=False),
    )


def downgrade() -> None:
    raise RuntimeError("migrations only add; a log is never taken back")
