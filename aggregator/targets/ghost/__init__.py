"""A Ghost blog, 5 or 6, by its Admin API: each post once, as the owner left it.

A post is made as a draft, which no reader sees, and then published. Its key stands in the code injection of the post,
which outlives edits of the text; what a person changed in Ghost stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from aggregator.targets import Connect
from aggregator.targets.ghost.admin import Admin
from aggregator.targets.ghost.key import Tokens
from aggregator.targets.ghost.options import Options
from aggregator.targets.ghost.pictures import Pictures
from aggregator.targets.ghost.target import GhostTarget
from aggregator.targets.shared.pictures import Uploads
from aggregator.types import Site

__all__ = ["GhostTarget", "Options", "build"]


def build(
    name: str,
    options: Options,
    *,
    site: Site,
    folder: Path,
    http: Connect,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> GhostTarget:
    """The target of a configured Ghost."""
    key = options.key.reveal()
    api = options.api(
        name,
        http,
        headers={"Accept-Version": "v5.0"},
        auth=Tokens(options.key, now=now),
        hide=(key, key.partition(":")[2]),
    )
    # People paste the address of the admin pages as well.
    blog = re.sub(r"/ghost(?:/api/.*)?$", "", options.url)
    admin = Admin(api, blog, now=now)
    uploads = Uploads(api, blog=blog, folder=options.path, upload=admin.upload)
    return GhostTarget(name, admin, Pictures(uploads), options, site=site, now=now)
