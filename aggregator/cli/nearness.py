"""What ``wirecopy explain`` tells of an entry beside others: its names, and the stories nearest to its text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aggregator.cli.output import Record

if TYPE_CHECKING:
    from aggregator.store import EntryLine, Store


def names(store: Store, line: EntryLine) -> Record:
    """By what an entry is recognised, the first that fits before the others, and by which rules its key was made."""
    from aggregator.store import entries

    known = store.read_now(entries.names, line.feed, line.key)
    return {
        "rules": known.identity_scheme,
        "guid": known.guid,
        "address": known.link_key,
        "canonical": known.compare_url,
        "also_known_as": known.aliases,
        "comes_from": known.comes_from,
    }


def story(store: Store, line: EntryLine) -> Record:
    """Which post tells the story of an entry, and how much of the words both have where these told that."""
    from aggregator.store import entries, posts

    key = line.told_by or line.post_key
    post = store.read_now(posts.get, key) if key else None
    if post is None:
        return {}
    known = store.read_now(entries.names, line.feed, line.key)
    return {
        "post_key": post.key,
        "title": post.title,
        "publisher": post.source_name,
        "its_own": line.told_by is None,
        "shared": known.shared if line.told_by else None,
        "contained": known.contained if line.told_by else None,
        "named": len(post.also_reported_by),
    }


def nearest(store: Store, line: EntryLine) -> list[Record]:
    """The stories nearest to an entry that has a post: score, decision, and the passages that differ."""
    from aggregator.pipeline import comparing

    return [
        {
            "title": near.post.title,
            "publisher": near.post.source_name,
            "score": near.match.score,
            "outcome": near.match.decision.outcome,
            "reason": near.match.decision.reason,
            "difference": near.difference,
        }
        for near in store.read_now(comparing.nearest, line.feed, line.key)
    ]
