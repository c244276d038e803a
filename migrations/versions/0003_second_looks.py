"""Entries whose page could not be had for a passing reason, and when it is looked at again.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.BigInteger().with_variant(sa.DateTime(timezone=True), "postgresql")
    op.create_table(
        "second_looks",
        sa.Column("feed", sa.Text(), nullable=False),
        sa.Column("entry_key", sa.Text(), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("looks", sa.Integer(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_key", "feed"],
            ["entries.key", "entries.feed"],
            name=op.f("fk_second_looks_entry_key_feed_entries"),
        ),
        sa.PrimaryKeyConstraint("feed", "entry_key", name=op.f("pk_second_looks")),
    )
    op.create_index(op.f("ix_second_looks_at"), "second_looks", ["at"])


def downgrade() -> None:
    op.drop_table("second_looks")
