"""Email: each post as a mail of its own, or gathered into digests, over SMTP.

A mail can't be taken back, nor can a mail server be asked what it has sent. So each letter is written down before
it goes out and marked when its content does; its Message-ID is fixed, by which most mail systems know a second copy.
"""

from __future__ import annotations

import ipaddress
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from aggregator.config.hours import time_zone
from aggregator.targets import Connect
from aggregator.targets.email import times
from aggregator.targets.email.desk import Desk
from aggregator.targets.email.digest import Digest
from aggregator.targets.email.letters import Style
from aggregator.targets.email.options import Options, mailbox
from aggregator.targets.email.postman import Postman
from aggregator.targets.email.single import Single
from aggregator.types import Site

__all__ = ["Options", "build"]


def build(name: str, options: Options, *, site: Site, folder: Path, http: Connect) -> Single | Digest:
    """The list of recipients as configured; nothing is opened before its first use."""
    host = _host(site.base_url)
    zone = time_zone(options.zone or site.timezone)
    style = Style(
        site=site,
        host=host,
        name=name,
        sender=mailbox(options.sender),
        to=tuple(mailbox(to) for to in options.to),
        subject=options.subject or ("{{ blog }}: {{ title }}" if not options.digest else "{{ blog }}, {{ day }}"),
        full=(options.texts or ("excerpt" if options.digest else "full")) == "full",
        zone=zone,
        unsubscribe=options.unsubscribe,
    )
    postman = Postman(name, options, our_host=host)
    desk = Desk(name, options.path / f"{name}.sqlite3", postman, repeat=options.in_doubt == "repeat")
    if not options.digest:
        return Single(name, desk, style, updates=options.updates, now=lambda: datetime.now(UTC))
    return Digest(
        name, desk, style, times.read(options.digest, zone), updates=options.updates, now=lambda: datetime.now(UTC)
    )


def _host(url: str) -> str:
    """The host of an address in ASCII, as mail servers are told it; of one that is an IP address: none."""
    host = urlsplit(url).hostname or ""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        try:
            return host.encode("idna").decode("ascii") or "localhost"
        except UnicodeError:
            return "localhost"
    return "localhost"
