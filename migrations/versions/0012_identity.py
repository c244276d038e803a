"""By what entries are met again when their ids change; how far the ids of each feed can be trusted.

Headings of entries that stand already are made when the store is opened, out of their titles.

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("entries", sa.Column("heading", sa.BigInteger()))
    op.add_column("entries", sa.Column("words", sa.LargeBinary()))
    op.create_index(op.f("ix_entries_feed_heading"), "entries", ["feed", "heading"])
    op.create_index(op.f("ix_entries_identity_scheme"), "entries", ["identity_scheme"])
    op.add_column("feeds", sa.Column("identity", sa.Text(), nullable=False, server_default="id"))
    op.add_column("feeds", sa.Column("identity_doubts", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("feeds", sa.Column("identity_reason", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_index(op.f("ix_entries_identity_scheme"), "entries")
    op.drop_index(op.f("ix_entries_feed_heading"), "entries")
    op.execute("UPDATE entries SET identity_scheme = 1")
    for column in ("heading", "words"):
        op.drop_column("entries", column)
    for column in ("identity", "identity_doubts", "identity_reason"):
        op.drop_column("feeds", column)
