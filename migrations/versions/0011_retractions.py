"""Withdrawals at the source: what told of them, and what was done about it.

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.BigInteger().with_variant(sa.DateTime(timezone=True), "postgresql")
    op.create_table(
        "retractions",
        sa.Column("feed", sa.Text(), nullable=False),
        sa.Column("entry_key", sa.Text(), nullable=False),
        sa.Column("sign", sa.Text(), nullable=False),
        sa.Column("handling", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("seen_at", moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_key", "feed"],
            ["entries.key", "entries.feed"],
            name=op.f("fk_retractions_entry_key_feed_entries"),
        ),
        sa.PrimaryKeyConstraint("feed", "entry_key", name=op.f("pk_retractions")),
    )


def downgrade() -> None:
    op.drop_table("retractions")
