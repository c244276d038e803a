"""When a post was first put at a target, and how often a target has failed in a row.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

moment = sa.BigInteger().with_variant(sa.DateTime(timezone=True), "postgresql")


def upgrade() -> None:
    op.add_column("deliveries", sa.Column("debut_at", moment, nullable=True))
    # What is there was put there by its latest settling at the latest; what is in doubt may be there.
    op.execute("UPDATE deliveries SET debut_at = settled_at WHERE remote_id IS NOT NULL")
    op.execute(
        "UPDATE deliveries SET debut_at = created_at WHERE debut_at IS NULL AND (in_doubt OR remote_id IS NOT NULL)"
    )
    op.drop_index("ix_deliveries_state_target_published_at_next_attempt_at", "deliveries")
    op.create_index(
        op.f("ix_deliveries_state_target_published_at_next_attempt_at_debut_at_action"),
        "deliveries",
        ["state", "target", "published_at", "next_attempt_at", "debut_at", "action"],
    )
    op.create_index(op.f("ix_deliveries_target_debut_at"), "deliveries", ["target", "debut_at"])
    with op.batch_alter_table("targets") as batch:
        batch.add_column(sa.Column("failures", sa.Integer(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("told", sa.Boolean(), nullable=False, server_default=sa.true()))
        batch.alter_column("paused_until", existing_type=moment, nullable=True)
    with op.batch_alter_table("targets") as batch:
        batch.alter_column("failures", server_default=None)
        batch.alter_column("told", server_default=None)


def downgrade() -> None:
    op.execute("DELETE FROM targets WHERE paused_until IS NULL")
    with op.batch_alter_table("targets") as batch:
        batch.drop_column("failures")
        batch.drop_column("told")
        batch.alter_column("paused_until", existing_type=moment, nullable=False)
    op.drop_index("ix_deliveries_target_debut_at", "deliveries")
    op.drop_index("ix_deliveries_state_target_published_at_next_attempt_at_debut_at_action", "deliveries")
    op.create_index(
        op.f("ix_deliveries_state_target_published_at_next_attempt_at"),
        "deliveries",
        ["state", "target", "published_at", "next_attempt_at"],
    )
    with op.batch_alter_table("deliveries") as batch:
        batch.drop_column("debut_at")
