"""A mail server on loopback, in the loop of the test, that fails as it is told."""

from __future__ import annotations

import asyncio
import email
import ssl
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from conformance import NO_MEDIA
from posting import make_post

from aggregator.targets import email as mail
from aggregator.types import Site

SITE = Site(title="The Night Desk", base_url="https://news.example", contact="desk@news.example")
START = datetime(2026, 11, 24, 12, tzinfo=UTC)


@dataclass
class MailServer:
    """Keeps what it takes. ``replies`` are given once each instead of taking a content: a reply, or a fault."""

    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    recipients: list[list[str]] = field(default_factory=list)
    replies: list[str] = field(
        default_factory=list
    )  # "451 …", "554 …", "drop-before" or "drop-after" taking it; "": none
    refuse: dict[str, str] = field(default_factory=dict)  # recipient → reply
    sender_reply: str = ""
    helo: str = ""
    sessions: int = 0

    async def handle_EHLO(self, server, session: Session, envelope, hostname: str, responses: list[str]):  # noqa: N802
        session.host_name = self.helo = hostname
        self.sessions += 1
        return responses

    async def handle_MAIL(self, server, session, envelope: Envelope, address: str, options):  # noqa: N802
        if self.sender_reply:
            return self.sender_reply
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope: Envelope, address: str, options):  # noqa: N802
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session, envelope: Envelope):  # noqa: N802
        reply = self.replies.pop(0) if self.replies else ""
        if reply == "drop-before":
            server.transport.abort()
            return "250 OK"
        if reply and reply != "drop-after":
            return reply
        assert isinstance(envelope.content, bytes)
        self.raw.append(envelope.content)
        self.mails.append(email.message_from_bytes(envelope.content, policy=default))
        self.recipients.append(list(envelope.rcpt_tos))
        if reply:
            server.transport.abort()
        return "250 OK, taken"


@asynccontextmanager
async def running(
    *, tls: ssl.SSLContext | None = None, implicit: bool = False, login: tuple[str, str] | None = None
) -> AsyncIterator[MailServer]:
    """A server that listens; with ``tls`` it offers STARTTLS, or speaks TLS from the first byte."""
    taken = MailServer()

    def authenticate(server, session, envelope, mechanism, data) -> AuthResult:
        good = isinstance(data, LoginPassword) and (data.login.decode(), data.password.decode()) == login
        return AuthResult(success=good, handled=False)

    def protocol() -> SMTP:
        with warnings.catch_warnings(action="ignore"):  # it does not count TLS from the first byte as TLS
            return made()

    def made() -> SMTP:
        return SMTP(
            taken,
            hostname="mail.example",
            tls_context=None if implicit else tls,
            authenticator=authenticate if login else None,
            auth_required=bool(login),
            auth_require_tls=not implicit,
            loop=asyncio.get_running_loop(),
        )

    server = await asyncio.get_running_loop().create_server(protocol, "127.0.0.1", 0, ssl=tls if implicit else None)
    taken.port = server.sockets[0].getsockname()[1]
    try:
        yield taken
    finally:
        server.close()
        await server.wait_closed()


class Clock:
    """The time, as a test turns it."""

    def __init__(self) -> None:
        self.at = START

    def __call__(self) -> datetime:
        return self.at

    def forward(self, **span: float) -> None:
        self.at += timedelta(**span)


def build(
    folder: Path,
    server: MailServer,
    clock: Clock | None = None,
    *,
    base_url: str = SITE.base_url,
    timezone: str = "UTC",
    **options: object,
) -> Any:
    said: dict[str, object] = {
        "host": "127.0.0.1",
        "port": server.port,
        "security": "none",
        "sender": "The Night Desk <desk@news.example>",
        "to": ["list@readers.example"],
        "allow_networks": ["127.0.0.0/8"],
        "timeout": "5s",
    }
    read = mail.Options.model_validate(said | options, context={"folder": folder})
    site = replace(SITE, base_url=base_url, timezone=timezone)
    target = mail.build("mail", read, site=site, folder=folder, http=lambda networks: pytest.fail("no HTTP"))
    target._now = clock or Clock()
    return target


def html_of(mail: Any) -> str:
    body = mail.get_body(("html",))
    return str(body.get_content())


async def publish(target: Any, *numbers: int, **changes: object) -> Any:
    for number in numbers:
        done = await target.publish(make_post(number, **changes), media=NO_MEDIA, previous=None)
    return done
