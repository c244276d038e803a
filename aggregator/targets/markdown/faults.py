"""What of a site's own settings would keep our posts from being shown whole, told before the first post."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from aggregator.targets.markdown.profiles import Content, Profile

MAX_READ = 1_000_000  #: bytes of a settings file
_UNSAFE = re.compile(r"unsafe[\"']?\s*[:=]\s*true")


def faults(root: Path, profile: Profile, content: Content, build: Sequence[str], path: str | None) -> list[str]:
    """Sentences for a person; none where all is well."""
    found: list[str] = []
    if not os.access(root, os.W_OK | os.X_OK):
        found.append(f"{root} can't be written to")
    if not any((root / sign).exists() for sign in profile.signs):
        found.append(f"{root} does not look like a site of {profile.name}: there is no {profile.signs[0]}")
    elif profile.name == "hugo" and content == "markdown" and not any(map(_UNSAFE.search, _settings(root, profile))):
        found.append(
            "Hugo leaves out the HTML that posts in Markdown hold (tables, players, the credit): "
            'set markup.goldmark.renderer.unsafe = true in its configuration, or content = "html" here'
        )
    if build and shutil.which(build[0], path=os.pathsep.join([path or os.defpath, str(root)])) is None:
        found.append(f"there is no program {build[0]} for the build")
    return found


def _settings(root: Path, profile: Profile) -> Iterator[str]:
    for sign in profile.signs:
        path = root / sign
        for file in sorted(path.iterdir())[:50] if path.is_dir() else [path]:
            if file.is_file():
                with file.open("rb") as opened:
                    yield opened.read(MAX_READ).decode("utf-8", "replace")
