"""Why an entry is looked at again: its page could not be had, or it is held.

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("second_looks", sa.Column("cause", sa.Text()))
    op.execute("UPDATE second_looks SET cause = 'page'")
    with op.batch_alter_table("second_looks") as batch:
        batch.alter_column("cause", nullable=False)


def downgrade() -> None:
    op.execute("DELETE FROM second_looks WHERE cause <> 'page'")
    op.drop_column("second_looks", "cause")
