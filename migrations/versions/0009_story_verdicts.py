"""What a person has said about entries and stories.

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.BigInteger().with_variant(sa.DateTime(timezone=True), "postgresql")
    op.create_table(
        "story_verdicts",
        sa.Column("entry_key", sa.Text(), nullable=False),
        sa.Column("feed", sa.Text(), nullable=False),
        sa.Column("post_key", sa.Text(), nullable=False),
        sa.Column("belongs", sa.Text(), nullable=False),
        sa.Column("was", sa.Text(), nullable=True),
        sa.Column("said_at", moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_key", "feed"],
            ["entries.key", "entries.feed"],
            name=op.f("fk_story_verdicts_entry_key_feed_entries"),
        ),
        sa.PrimaryKeyConstraint("entry_key", "feed", "post_key", name=op.f("pk_story_verdicts")),
    )
    op.create_index(op.f("ix_story_verdicts_post_key"), "story_verdicts", ["post_key"])


def downgrade() -> None:
    op.drop_table("story_verdicts")
