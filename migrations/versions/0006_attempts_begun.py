"""Deliveries that are claimed, and those whose attempt has begun: the latter alone are in doubt after a kill.

Revision ID: 0006
Revises: 0005
"""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("UPDATE deliveries SET state = 'begun' WHERE state = 'claimed'")


def downgrade() -> None:
    op.execute("UPDATE deliveries SET state = 'claimed' WHERE state = 'begun'")
