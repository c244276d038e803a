"""How long a file of 10,000 feeds takes to load: ``python benchmarks/config/run.py [FEEDS]``."""

import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from aggregator import config
from aggregator.errors import ConfigError

HEAD = """\
[site]
title = "A planet of many"
base_url = "https://planet.example.org"
contact = "editor@example.org"

[targets.blog]
kind = "site"
path = "public"

[groups.news]
rights = "excerpt"
"""
FEED = """
# The {n}th of many.
[feeds.site-{n}]
url = "https://host{host}.example.org/feeds/{n}/rss.xml"
name = "Site number {n}"
every = "{hours}h"
group = "news"
"""


def main() -> None:
    """Prints the seconds of three readings, of a merge of all feeds, and of one reading with complaints."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    text = HEAD + "".join(FEED.format(n=n, host=n % 3_000, hours=1 + n % 5) for n in range(count))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "config.toml"
        path.write_text(text)
        for _ in range(3):
            with timed(f"load {count} feeds"):
                loaded = config.load(path)
        with timed("merge them"):
            feeds = [loaded.feed(name) for name in loaded.feed_names]
        assert len(feeds) == count
        path.write_text(text.replace('h"\n', 'h."\n'))
        with timed(f"complain about {count} feeds"), suppress(ConfigError):
            config.load(path)


class timed:  # noqa: N801 - reads like a word
    def __init__(self, what: str) -> None:
        self.what = what

    def __enter__(self) -> None:
        self.begun = time.perf_counter()

    def __exit__(self, *_: object) -> None:
        print(f"{time.perf_counter() - self.begun:6.2f} s  {self.what}")


if __name__ == "__main__":
    main()
