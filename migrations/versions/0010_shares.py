"""How much of its words an entry shares with the story that it tells.

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("entries", sa.Column("shared", sa.Double(), nullable=True))
    op.add_column("entries", sa.Column("contained", sa.Double(), nullable=True))


def downgrade() -> None:
    op.drop_column("entries", "contained")
    op.drop_column("entries", "shared")
