"""Pages of published articles that are looked at once more, and how many of each site's on a day.

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.BigInteger().with_variant(sa.DateTime(timezone=True), "postgresql")
    op.create_table(
        "rechecks",
        sa.Column("feed", sa.Text(), nullable=False),
        sa.Column("entry_key", sa.Text(), nullable=False),
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("since", moment, nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("missing_at", moment, nullable=True),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("last_modified", sa.Text(), nullable=True),
        sa.Column("validators_url", sa.Text(), nullable=True),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_key", "feed"],
            ["entries.key", "entries.feed"],
            name=op.f("fk_rechecks_entry_key_feed_entries"),
        ),
        sa.PrimaryKeyConstraint("feed", "entry_key", name=op.f("pk_rechecks")),
    )
    op.create_index(op.f("ix_rechecks_at"), "rechecks", ["at"])
    op.create_index(op.f("ix_rechecks_domain_since"), "rechecks", ["domain", "since"])
    op.create_table(
        "recheck_days",
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("looks", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("domain", "day", name=op.f("pk_recheck_days")),
    )


def downgrade() -> None:
    op.drop_table("recheck_days")
    op.drop_table("rechecks")
