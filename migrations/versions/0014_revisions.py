"""Revisions with both wordings, and with what was decided about each.

Revision ID: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
moment = sa.BigInteger().with_variant(sa.DateTime(timezone=True), "postgresql")


def upgrade() -> None:
    op.create_table(
        "revisions",
        sa.Column("id", number, nullable=False),
        sa.Column("feed", sa.Text(), nullable=False),
        sa.Column("entry_key", sa.Text(), nullable=False),
        sa.Column("seen_at", moment, nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("wordings", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["entry_key", "feed"], ["entries.key", "entries.feed"], name=op.f("fk_revisions_entry_key_feed_entries")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revisions")),
    )
    op.create_index(op.f("ix_revisions_entry_key_feed"), "revisions", ["entry_key", "feed"])
    op.create_index(op.f("ix_revisions_seen_at"), "revisions", ["seen_at"])
    op.execute(
        "INSERT INTO revisions (feed, entry_key, seen_at, cause, outcome, reason, title)"
        " SELECT feed, entry_key, replaced_at, 'feed', 'carried', 'its title or text had changed', title"
        " FROM entry_revisions ORDER BY id"
    )
    op.drop_table("entry_revisions")


def downgrade() -> None:
    op.create_table(
        "entry_revisions",
        sa.Column("id", number, nullable=False),
        sa.Column("feed", sa.Text(), nullable=False),
        sa.Column("entry_key", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("replaced_at", moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_key", "feed"], ["entries.key", "entries.feed"], name=op.f("fk_entry_revisions_entry_key_feed_entries")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entry_revisions")),
    )
    op.create_index(op.f("ix_entry_revisions_entry_key_feed"), "entry_revisions", ["entry_key", "feed"])
    op.create_index(op.f("ix_entry_revisions_replaced_at"), "entry_revisions", ["replaced_at"])
    op.execute(
        "INSERT INTO entry_revisions (feed, entry_key, title, content_hash, replaced_at)"
        " SELECT feed, entry_key, title, '', seen_at FROM revisions ORDER BY id"
    )
    op.drop_table("revisions")
