"""The real process, killed at any moment: nothing lost, nothing doubled, the store whole."""

from __future__ import annotations

import http.server
import json
import os
import random
import re
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

PROSE = (
    "The council of the harbour met on Tuesday and spoke at length about the pier, the eel grass below it and the "
    "ferry that has not run since the storm took its landing stage. "
)
FEEDS, ENTRIES = 3, 5
KILLS = int(os.environ.get("WIRECOPY_KILLS", "10"))


class Press(http.server.ThreadingHTTPServer):
    """Three feeds that grow, and the pages of their entries."""

    entries = ENTRIES

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), PressHandler)
        self.base = f"http://127.0.0.1:{self.server_port}"

    def document(self, path: str) -> tuple[str, str] | None:
        if feed := re.fullmatch(r"/feed/(\d)", path):
            return "application/rss+xml", self.feed(feed[1])
        if page := re.fullmatch(r"/story/(\d)/(\d+)", path):
            return "text/html", self.page(page[1], page[2])
        return None

    def feed(self, feed: str) -> str:
        items = "".join(
            f"<item><title>Story {n} of feed {feed}</title><guid isPermaLink='false'>{feed}-{n}</guid>"
            f"<link>{self.base}/story/{feed}/{n}</link><pubDate>Mon, {n + 1:02d} Jun 2026 10:00:00 GMT</pubDate>"
            f"<description>About token-{feed}-{n}.</description></item>"
            for n in range(self.entries)
        )
        return f"<rss version='2.0'><channel><title>Feed {feed}</title><link>{self.base}/</link>{items}</channel></rss>"

    def page(self, feed: str, number: str) -> str:
        paragraphs = "".join(f"<p>token-{feed}-{number} in paragraph {n}. {PROSE}</p>" for n in range(4))
        return f"<html><title>Story</title><body><article><h1>Story {number} of feed {feed}</h1>{paragraphs}</article>"

    def tokens(self) -> set[str]:
        return {f"token-{feed}-{n}" for feed in range(FEEDS) for n in range(self.entries)}


class PressHandler(http.server.BaseHTTPRequestHandler):
    server: Press

    def log_message(self, *_: object) -> None:
        return

    def do_GET(self) -> None:
        found = self.server.document(self.path)
        kind, body = found or ("text/plain", "not here")
        try:
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body.encode())))
            self.end_headers()
            self.wfile.write(body.encode())
        except OSError:
            return  # the client was killed


@pytest.fixture
def press() -> Iterator[Press]:
    with Press() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


class Daemon:
    """``wirecopy run`` in a folder of its own."""

    def __init__(self, folder: Path, press: Press) -> None:
        self.folder = folder
        feeds = "\n".join(f'[feeds.f{n}]\nurl = "{press.base}/feed/{n}"\nevery = "1s"' for n in range(FEEDS))
        (folder / "config.toml").write_text(
            f"""
            [site]
            title = "Killed often"
            base_url = "http://blog.example"
            contact = "ops@blog.example"
            [daemon]
            listen = ""
            [store]
            url = "sqlite:///data/wirecopy.db"
            [fetch]
            allow_networks = ["127.0.0.0/8"]
            floor = "1s"
            host_pause = "0s"
            [targets.blog]
            kind = "site"
            path = "public"
            {feeds}
            """
        )

    def start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "aggregator", "run"]
        log = (self.folder / "daemon.log").open("ab")
        with log:
            return subprocess.Popen(command, cwd=self.folder, stdout=log, stderr=log, start_new_session=True)

    def run(self, verb: str, *options: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "aggregator", verb, *options]
        return subprocess.run(command, cwd=self.folder, capture_output=True, text=True, timeout=60, check=False)

    def articles(self) -> Counter[str]:
        """How many article pages of the blog tell each story."""
        found: Counter[str] = Counter()
        for page in self.folder.glob("public/2*/*/*/index.html"):
            found.update(set(re.findall(r"(token-\d-\d+) in paragraph 0", page.read_text())))
        return found


def killed(process: subprocess.Popen[bytes]) -> None:
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def wait_for(daemon: Daemon, tokens: set[str], process: subprocess.Popen[bytes], limit: float = 60) -> None:
    end = time.monotonic() + limit
    while set(daemon.articles()) != tokens and time.monotonic() < end:
        assert process.poll() is None, (daemon.folder / "daemon.log").read_text()[-2000:]
        time.sleep(0.1)


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_killed_at_random_it_loses_and_doubles_nothing(tmp_path: Path, press: Press) -> None:
    daemon, chance = Daemon(tmp_path, press), random.Random(7)
    for number in range(KILLS):
        if number == KILLS // 2:
            press.entries += 2
        process = daemon.start()
        time.sleep(chance.uniform(0.3, 2.5))
        killed(process)
    process = daemon.start()
    wait_for(daemon, press.tokens(), process)
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0
    assert daemon.articles() == Counter(press.tokens())
    with sqlite3.connect(tmp_path / "data" / "wirecopy.db") as store:
        assert store.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert store.execute("PRAGMA foreign_key_check").fetchall() == []
    store.close()
    listed = [json.loads(line) for line in daemon.run("entries", "--json").stdout.splitlines()]
    assert Counter(line["outcome"] for line in listed) == {"published": len(press.tokens())}
    assert all(line["reason"] and line["remote_url"] for line in listed)
    explained = daemon.run("explain", listed[0]["url"])
    assert explained.returncode == 0
    assert "published" in explained.stdout


@pytest.mark.slow
def test_a_second_daemon_refuses_and_names_the_first(tmp_path: Path, press: Press) -> None:
    daemon = Daemon(tmp_path, press)
    first = daemon.start()
    try:
        wait_for(daemon, press.tokens(), first)
        second = daemon.run("once")
        assert second.returncode == 1
        assert str(first.pid) in second.stderr
        assert "Traceback" not in second.stderr
    finally:
        killed(first)
