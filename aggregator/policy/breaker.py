"""When a target that keeps failing is left alone, and for how long: it is not asked a thousand times for each post.

After each pause one delivery goes as a probe. If it succeeds, all is as before; if not, the next pause is longer.
"""

from __future__ import annotations

from datetime import timedelta

#: So many failures in a row are the target's, not a post's.
OPENS_AFTER = 5
#: A restart of the target is over by then.
FIRST_PAUSE = timedelta(seconds=15)
LONGEST_PAUSE = timedelta(hours=1)


def pause_after(failures: int) -> timedelta | None:
    """How long a target is left alone after so many failures in a row; None: not yet."""
    if failures < OPENS_AFTER:
        return None
    return min(FIRST_PAUSE * (1 << min(failures - OPENS_AFTER, 20)), LONGEST_PAUSE)


def probes(failures: int) -> bool:
    """Whether the next delivery is a probe, and goes alone."""
    return failures >= OPENS_AFTER
