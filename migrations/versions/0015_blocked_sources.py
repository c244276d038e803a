"""Sources of which nothing is to be published any more.

Revision ID: 0015
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.BigInteger().with_variant(sa.DateTime(timezone=True), "postgresql")
    op.create_table(
        "blocked_sources",
        sa.Column("feed", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("blocked_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("feed", "source", name=op.f("pk_blocked_sources")),
    )


def downgrade() -> None:
    op.drop_table("blocked_sources")
