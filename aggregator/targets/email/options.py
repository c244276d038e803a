"""The options of the target, and what they come to."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, timedelta
from email.errors import MessageError
from email.headerregistry import Address
from pathlib import Path
from typing import Annotated, Literal

from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import SandboxedEnvironment
from pydantic import AfterValidator, Field, StrictBool, StrictInt, ValidationInfo, field_validator, model_validator

from aggregator import urls
from aggregator.config import BadValueError, FolderPath, Line, Secret
from aggregator.config.hours import ZoneName
from aggregator.config.values import HostName
from aggregator.targets.email import times
from aggregator.targets.shared.api import Networked
from aggregator.targets.shared.options import Timeout

Security = Literal["starttls", "tls", "none"]
#: Ports of submission (RFC 8314, 3.3; RFC 6409) and of relay.
PORTS: dict[Security, int] = {"starttls": 587, "tls": 465, "none": 25}


def subject(template: str, facts: Mapping[str, object]) -> str:
    """A subject made from its template. Raises BadValueError."""
    try:
        return SandboxedEnvironment(undefined=StrictUndefined).from_string(template).render(facts)
    except (TemplateError, ArithmeticError, TypeError, ValueError, LookupError) as error:
        raise BadValueError(f"not a Jinja2 template that works: {error}", f"it may use {', '.join(facts)}") from error


def mailbox(text: str) -> Address:
    """``Name <user@example.org>`` or the address alone. Raises BadValueError."""
    name, bracket, rest = text.rpartition("<")
    spec = rest.removesuffix(">") if bracket else text
    try:
        address = Address(display_name=name.strip().strip('"'), addr_spec=spec.strip())
    except (MessageError, ValueError, IndexError, AttributeError) as error:
        raise BadValueError(f"{text[:80]!r} is not a mail address") from error
    sound = address.username and address.domain and address.addr_spec.isascii()
    if not sound or re.search(r"[<>@]", address.display_name):
        raise BadValueError(
            f"{text[:80]!r} is not a mail address in ASCII", 'for example "The Night Desk <desk@news.example>"'
        )
    return address


def _mailbox(text: str) -> str:
    mailbox(text)
    return text


def _unsubscribe(text: str) -> str:
    if text and not (text.isascii() and (text.startswith("mailto:") or urls.resolve(None, text)) and ">" not in text):
        raise BadValueError("must be an address to leave the list by", "https://… or mailto:…")
    return text


Mailbox = Annotated[Line, AfterValidator(_mailbox)]


class Options(Networked):
    """``[targets.NAME]`` with ``kind = "email"``."""

    host: HostName = Field(description="mail server that takes the mails (SMTP)")
    security: Security = Field(default="starttls", description='"starttls", "tls" (from the first byte) or "none"')
    port: Annotated[StrictInt, Field(ge=1, le=65_535)] | None = Field(
        default=None, description="587 with starttls, 465 with tls, 25 with none"
    )
    username: Line = Field(default="", description="name to log in with; empty: no log-in")
    password: Secret | None = Field(default=None, description="its password")
    ca: FolderPath | None = Field(default=None, description="file of certificates to trust besides the usual ones")
    sender: Mailbox = Field(description="address that the mails come from")
    to: tuple[Mailbox, ...] = Field(min_length=1, max_length=100, description="addresses that they go to")
    subject: Annotated[str, Field(max_length=1_000)] = Field(default="", description="Jinja2 template of the subject")
    texts: Literal["full", "excerpt", ""] = Field(
        default="", description="whole texts or excerpts; a mail of one post has the whole, a digest excerpts"
    )
    digest: Line = Field(
        default="", description='when gathered posts are sent: "07:00" or "6h"; empty: one mail a post'
    )
    zone: ZoneName | None = Field(default=None, description="time zone of that time of day; by default the blog's")
    updates: StrictBool = Field(default=False, description="whether a post that changes is mailed again")
    in_doubt: Literal["repeat", "skip"] = Field(
        default="repeat", description="what to do with a mail that may have arrived: send it again, or not"
    )
    unsubscribe: Annotated[Line, AfterValidator(_unsubscribe)] = Field(
        default="", description="address to leave the list by: https or mailto"
    )
    path: FolderPath = Field(default=Path("data/email"), validate_default=True, description="folder of what waits")
    timeout: Timeout = Field(default=timedelta(seconds=60), description="for each answer of the server")

    @field_validator("subject")
    @classmethod
    def _subject(cls, value: str) -> str:
        subject(value, {"blog": "", "title": "", "publisher": "", "feed": "", "count": 1, "day": ""})
        return value

    @field_validator("digest")
    @classmethod
    def _digest(cls, value: str, info: ValidationInfo) -> str:
        if value:
            times.read(value, UTC)
        return value

    @model_validator(mode="after")
    def _credentials(self) -> Options:
        if bool(self.username) != (self.password is not None):
            raise BadValueError("username and password go together")
        if self.username and self.security == "none":
            raise BadValueError('a password would travel in the clear: set security to "starttls" or "tls"')
        return self
