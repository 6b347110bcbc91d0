"""Policy sets."""

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


def downgrade() -> None:
    raise RuntimeError("migrations only add; a log is never taken back")
