"""All tables.

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.BigInteger().with_variant(sa.DateTime(timezone=True), "postgresql")
    span = sa.BigInteger().with_variant(sa.Interval(), "postgresql")
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "feeds",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("interval", span, nullable=False),
        sa.Column("added_at", moment, nullable=False),
        sa.Column("removed_at", moment, nullable=True),
        sa.Column("lease_until", moment, nullable=True),
        sa.Column("lag", span, nullable=True),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("last_modified", sa.Text(), nullable=True),
        sa.Column("body_hash", sa.Text(), nullable=True),
        sa.Column("validators_url", sa.Text(), nullable=True),
        sa.Column("fresh_until", moment, nullable=True),
        sa.Column("freshness", span, nullable=True),
        sa.Column("next_fetch_at", moment, nullable=False),
        sa.Column("last_fetch_at", moment, nullable=True),
        sa.Column("last_success_at", moment, nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.Column("gone_at", moment, nullable=True),
        sa.Column("moved_url", sa.Text(), nullable=True),
        sa.Column("moved_since_at", moment, nullable=True),
        sa.Column("moved_count", sa.Integer(), nullable=False),
        sa.Column("moved_adopted", sa.Boolean(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("site_url", sa.Text(), nullable=True),
        sa.Column("hub_url", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("rights", sa.Text(), nullable=False),
        sa.Column("image_url", sa.Text(), nullable=True),
        sa.Column("ttl", span, nullable=True),
        sa.Column("update_period", span, nullable=True),
        sa.Column("skip_hours", sa.Text(), nullable=False),
        sa.Column("skip_days", sa.Text(), nullable=False),
        sa.Column("subscribed_at", moment, nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_feeds")),
    )
    op.create_index(
        op.f("ix_feeds_removed_at_gone_at_next_fetch_at"), "feeds", ["removed_at", "gone_at", "next_fetch_at"]
    )

    op.create_table(
        "hosts",
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("blocked_until", moment, nullable=False),
        sa.PrimaryKeyConstraint("domain", name=op.f("pk_hosts")),
    )
    op.create_table(
        "journal",
        sa.Column("id", number, nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("feed", sa.Text(), nullable=False),
        sa.Column("entry_key", sa.Text(), nullable=True),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal")),
    )
    op.create_index(op.f("ix_journal_at"), "journal", ["at"])
    op.create_index(op.f("ix_journal_feed_entry_key"), "journal", ["feed", "entry_key"])

    op.create_table(
        "posts",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("feed", sa.Text(), nullable=False),
        sa.Column("entry_key", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("source_name", sa.Text(), nullable=False),
        sa.Column("canonical_url", sa.Text(), nullable=True),
        sa.Column("published_at", moment, nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("updated_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_posts")),
    )
    op.create_index(op.f("ix_posts_feed_entry_key"), "posts", ["feed", "entry_key"])
    op.create_index(op.f("ix_posts_published_at"), "posts", ["published_at"])

    op.create_table(
        "targets",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("paused_until", moment, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_targets")),
    )
    op.create_table(
        "tombstone_patterns",
        sa.Column("pattern", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("buried_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("pattern", name=op.f("pk_tombstone_patterns")),
    )
    op.create_table(
        "tombstones",
        sa.Column("id", number, nullable=False),
        sa.Column("feed", sa.Text(), nullable=False),
        sa.Column("entry_key", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("compare_url", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("buried_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tombstones")),
        sa.UniqueConstraint("entry_key", "feed", name=op.f("uq_tombstones_entry_key_feed")),
    )
    op.create_index(op.f("ix_tombstones_compare_url"), "tombstones", ["compare_url"])

    op.create_table(
        "deliveries",
        sa.Column("id", number, nullable=False),
        sa.Column("post_key", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("claimed_revision", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("in_doubt", sa.Boolean(), nullable=False),
        sa.Column("published_at", moment, nullable=False),
        sa.Column("next_attempt_at", moment, nullable=False),
        sa.Column("lease_until", moment, nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("remote_id", sa.Text(), nullable=True),
        sa.Column("remote_url", sa.Text(), nullable=True),
        sa.Column("remote_published_at", moment, nullable=True),
        sa.Column("pushed_hash", sa.Text(), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("settled_at", moment, nullable=True),
        sa.ForeignKeyConstraint(["post_key"], ["posts.key"], name=op.f("fk_deliveries_post_key_posts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint("post_key", "target", name=op.f("uq_deliveries_post_key_target")),
    )
    op.create_index(op.f("ix_deliveries_remote_url"), "deliveries", ["remote_url"])
    op.create_index(
        op.f("ix_deliveries_state_target_published_at_next_attempt_at"),
        "deliveries",
        ["state", "target", "published_at", "next_attempt_at"],
    )

    op.create_table(
        "entries",
        sa.Column("id", number, nullable=False),
        sa.Column("feed", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("identity_scheme", sa.Integer(), nullable=False),
        sa.Column("guid", sa.Text(), nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("link_key", sa.Text(), nullable=True),
        sa.Column("canonical_url", sa.Text(), nullable=True),
        sa.Column("compare_url", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("post_key", sa.Text(), nullable=True),
        sa.Column("basis", sa.Text(), nullable=True),
        sa.Column("method", sa.Text(), nullable=True),
        sa.Column("score", sa.Double(), nullable=True),
        sa.Column("reasons", sa.Text(), nullable=True),
        sa.Column("published_at", moment, nullable=True),
        sa.Column("first_seen_at", moment, nullable=False),
        sa.Column("last_seen_at", moment, nullable=False),
        sa.ForeignKeyConstraint(["feed"], ["feeds.name"], name=op.f("fk_entries_feed_feeds")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entries")),
        sa.UniqueConstraint("key", "feed", name=op.f("uq_entries_key_feed")),
    )
    op.create_index(op.f("ix_entries_compare_url"), "entries", ["compare_url"])
    op.create_index(op.f("ix_entries_feed"), "entries", ["feed"])
    op.create_index(op.f("ix_entries_link_key"), "entries", ["link_key"])
    op.create_index(op.f("ix_entries_outcome_feed"), "entries", ["outcome", "feed"])
    op.create_index(op.f("ix_entries_post_key"), "entries", ["post_key"])

    op.create_table(
        "entry_aliases",
        sa.Column("feed", sa.Text(), nullable=False),
        sa.Column("alias", sa.Text(), nullable=False),
        sa.Column("entry_key", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_key", "feed"], ["entries.key", "entries.feed"], name=op.f("fk_entry_aliases_entry_key_feed_entries")
        ),
        sa.PrimaryKeyConstraint("feed", "alias", name=op.f("pk_entry_aliases")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "entry_revisions",
        sa.Column("id", number, nullable=False),
        sa.Column("feed", sa.Text(), nullable=False),
        sa.Column("entry_key", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("replaced_at", moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_key", "feed"],
            ["entries.key", "entries.feed"],
            name=op.f("fk_entry_revisions_entry_key_feed_entries"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entry_revisions")),
    )
    op.create_index(op.f("ix_entry_revisions_entry_key_feed"), "entry_revisions", ["entry_key", "feed"])
    op.create_index(op.f("ix_entry_revisions_replaced_at"), "entry_revisions", ["replaced_at"])


def downgrade() -> None:
    op.drop_table("entry_revisions")
    op.drop_table("entry_aliases")
    op.drop_table("entries")
    op.drop_table("deliveries")
    op.drop_table("tombstones")
    op.drop_table("tombstone_patterns")
    op.drop_table("targets")
    op.drop_table("posts")
    op.drop_table("journal")
    op.drop_table("hosts")
    op.drop_table("feeds")
