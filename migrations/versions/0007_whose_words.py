"""Whose words an entry says its own are, and whether its feed's telling of a story is preferred.

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("entries", sa.Column("comes_from", sa.Text(), nullable=True))
    op.add_column("entries", sa.Column("preferred", sa.Boolean(), nullable=True))


def downgrade() -> None:
    op.drop_column("entries", "preferred")
    op.drop_column("entries", "comes_from")
