"""Fingerprints of articles, by which near-duplicates are found, and which post tells the story of an entry.

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
told = sa.text("told_by IS NOT NULL")


def upgrade() -> None:
    op.add_column("entries", sa.Column("told_by", sa.Text(), nullable=True))
    op.create_index(op.f("ix_entries_told_by"), "entries", ["told_by"], sqlite_where=told, postgresql_where=told)
    op.create_table(
        "fingerprints",
        sa.Column("entry_id", number, nullable=False, autoincrement=False),
        sa.Column("kept", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=op.f("fk_fingerprints_entry_id_entries")),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_fingerprints")),
    )
    op.create_table(
        "fingerprint_hashes",
        sa.Column("hash", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("entry_id", number, nullable=False, autoincrement=False),
        sa.PrimaryKeyConstraint("hash", "entry_id", name=op.f("pk_fingerprint_hashes")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("fingerprint_hashes")
    op.drop_table("fingerprints")
    op.drop_index("ix_entries_told_by", "entries")
    op.drop_column("entries", "told_by")
