"""What a key may hold: durations, secrets, addresses, names. Each says what is wrong and what to do."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit, urlunsplit

from cronsim import CronSim, CronSimError
from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    GetCoreSchemaHandler,
    PlainValidator,
    StrictInt,
    ValidationInfo,
)
from pydantic_core import CoreSchema, core_schema

from aggregator import urls
from aggregator.types import Every

NAME = re.compile(r"[A-Za-z0-9_-]{1,100}")
KIND = re.compile(r"[A-Za-z][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*")
LONGEST = timedelta(days=36_500)
SECRET_BYTES = 65_536
#: What a credit template may use.
CREDIT_FACTS = frozenset({"original", "publisher", "authors", "source", "licence"})

_DURATION = re.compile(r"(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?")
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_HOST = re.compile(r"(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*")
_LISTEN = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+):(\d{1,5})")
#: Fields that the client sets itself; another value would break its bounds or its conditional requests.
_OWN_HEADERS = (
    *("accept-encoding", "user-agent", "if-modified-since", "if-none-match"),
    *("host", "connection", "content-length", "te", "transfer-encoding", "upgrade"),
)


_HOW_OFTEN = 'an interval such as "1h", five cron fields such as "*/30 * * * *", or "auto"'


class BadValueError(ValueError):
    """A value that a key can't hold; ``hint`` says what to do."""

    def __init__(self, message: str, hint: str = "") -> None:
        self.hint = hint
        super().__init__(message)


# --- durations and intervals -----------------------------------------------------------------


@lru_cache(maxsize=4096)
def duration(text: str) -> timedelta:
    """Reads ``90s``, ``15m``, ``1h``, ``7d``, ``2w`` or several in that order of size, e.g. ``2h30m``."""
    match = _DURATION.fullmatch(text.strip().lower())
    if match is None or match.lastindex is None or len(text) > 40:
        raise BadValueError(f"{text[:60]!r} is not a duration", 'write it like "90s", "15m", "1h", "7d" or "2h30m"')
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    try:
        result = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    except OverflowError:
        result = timedelta.max
    if result > LONGEST:
        raise BadValueError(f"{text[:60]!r} is more than a hundred years", "write a shorter duration")
    return result


def _duration(value: object) -> object:
    if isinstance(value, timedelta):
        return value
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise BadValueError("must be a duration in quotes", 'for example "15m"')
    if not isinstance(value, str):
        raise BadValueError(
            f"{value} has no unit", f'write "{value}s", "{value}m", "{value}h" or "{value}d", in quotes'
        )
    return duration(value)


@lru_cache(maxsize=4096)
def every(text: str) -> Every:
    """Reads how often: an interval (``1h``), a five-field cron line in UTC, or ``auto``."""
    text = text.strip()
    if text.lower() == "auto":
        return Every(auto=True)
    if len(text.split()) == 1 and not text.startswith(("*", "@")):
        interval = duration(text)
        if not interval:
            raise BadValueError("must be more than nothing", 'for example "1h"')
        return Every(interval=interval)
    if len(text.split()) != 5 or len(text) > 200:
        raise BadValueError(f"{text[:60]!r} is neither an interval nor a cron line", _HOW_OFTEN)
    try:
        next(CronSim(text, datetime(2024, 1, 1, tzinfo=UTC)))
    except (CronSimError, ValueError) as error:
        raise BadValueError(f"{text!r} is not a cron line: {error}", _HOW_OFTEN) from error
    except StopIteration:
        raise BadValueError(f"the cron line {text!r} never comes true", _HOW_OFTEN) from None
    return Every(cron=text)


def _every(value: object) -> Every:
    if isinstance(value, Every):
        return value
    if not isinstance(value, str):
        _duration(value)  # says what is wrong with a number
        raise BadValueError('must be an interval, a cron line or "auto"', 'for example "1h"')
    return every(value)


def _max_age(value: object) -> object:
    return timedelta.max if value == "unlimited" else _duration(value)


def _max_old(value: object) -> object:
    if value == "unlimited":
        return NO_LIMIT
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 10_000:
        raise BadValueError('must be a number from 0 to 10000, or "unlimited"', "for example 10")
    return value


NO_LIMIT = -1  #: ``max_old = "unlimited"``
Duration = Annotated[timedelta, BeforeValidator(_duration)]
EveryValue = Annotated[Every, PlainValidator(_every)]
MaxAge = Annotated[timedelta, BeforeValidator(_max_age)]  #: ``unlimited`` is ``timedelta.max``
MaxOld = Annotated[int, BeforeValidator(_max_old)]


# --- text ------------------------------------------------------------------------------------


def _line(value: str) -> str:
    if not value.isprintable():
        raise BadValueError("must be one line without control characters")
    return value.strip()


def _language(value: str) -> str:
    if re.fullmatch(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*", value) is None:
        raise BadValueError(f"{value[:40]!r} is not a language tag", 'for example "en" or "pt-BR" (BCP 47)')
    return value


def _name(value: str) -> str:
    if NAME.fullmatch(value) is None:
        raise BadValueError(
            "this name has other characters than letters, digits, _ and -", f'for example "{urls.slug(value, 40)}"'
        )
    return value


def _kind(value: str) -> str:
    if KIND.fullmatch(value) is None:
        raise BadValueError(
            f"{value[:60]!r} is not the name of a kind", 'a kind of ours, such as "site", or a dotted Python module'
        )
    return value


def _template(value: str) -> str:
    if value:
        from jinja2 import TemplateSyntaxError, meta
        from jinja2.sandbox import SandboxedEnvironment

        environment = SandboxedEnvironment()
        try:
            unknown = meta.find_undeclared_variables(environment.parse(value)) - CREDIT_FACTS
            environment.compile(value)  # finds unknown filters
        except TemplateSyntaxError as error:
            raise BadValueError(
                f"not a Jinja2 template: {error.message}", "see https://jinja.palletsprojects.com/"
            ) from error
        if unknown:
            hint = f"it may use {', '.join(sorted(CREDIT_FACTS))}"
            raise BadValueError(f"this template knows no {', '.join(sorted(unknown))}", hint)
    return value


Line = Annotated[str, Field(max_length=500), AfterValidator(_line)]
Language = Annotated[str, AfterValidator(_language)]
Name = Annotated[str, AfterValidator(_name)]
Kind = Annotated[str, AfterValidator(_kind)]
Template = Annotated[str, Field(max_length=10_000), AfterValidator(_template)]
Bytes = Annotated[StrictInt, Field(ge=1_000, le=1_000_000_000)]


# --- addresses -------------------------------------------------------------------------------


def _web_address(value: str, *, what: str) -> str:
    """Complains about whatever is no http(s) address with a host and without user info."""
    try:
        parts = urlsplit(value)
        parts.port  # noqa: B018 - raises ValueError for a port that is none
    except ValueError as error:
        raise BadValueError(f"{urls.redact(value)[:200]!r} is not an address: {error}") from error
    if re.search(r"[\x00-\x20\x7f]", value):
        raise BadValueError("an address has no spaces or control characters", "write a space as %20")
    if parts.scheme.lower() not in ("http", "https") or not parts.hostname:
        raise BadValueError(
            f"{urls.redact(value)[:200]!r} is not an http(s) address", f"{what} starts with https:// or http://"
        )
    if parts.username is not None or parts.password is not None:
        raise BadValueError(
            "user name and password don't belong into an address",
            'use auth = { username = "…", password = { env = "…" } } instead',
        )
    if len(value) > urls.MAX_LENGTH:
        raise BadValueError(f"an address has at most {urls.MAX_LENGTH} characters")
    return value


def feed_url(value: str) -> str:
    """The address of a feed as it may be configured. Raises BadValueError."""
    return _web_address(value.strip(), what="a feed's address")


def _base_url(value: str) -> str:
    parts = urlsplit(_web_address(value.strip(), what="the blog's address"))
    if parts.query or parts.fragment:
        raise BadValueError("the blog's address has no ? or # part", 'for example "https://news.example.org"')
    return urlunsplit((parts.scheme.lower(), parts.netloc, parts.path.rstrip("/"), "", ""))


def _network(value: object) -> IPv4Network | IPv6Network:
    if isinstance(value, (IPv4Network, IPv6Network)):
        return value
    hint = 'write it like "127.0.0.0/8", "192.168.1.20/32" or "fd00::/8"'
    if not isinstance(value, str):
        raise BadValueError("must be a network in quotes", hint)
    with suppress(ValueError):
        return ip_network(value.strip())
    with suppress(ValueError):
        hint = f'did you mean "{ip_network(value.strip(), strict=False)}"?'
    raise BadValueError(f"{value[:60]!r} is not a network", hint)


def _host(value: str) -> str:
    name = value.strip().lower().rstrip(".")
    if not name.isascii():
        try:
            name = name.encode("idna").decode("ascii")
        except UnicodeError:
            name = ""
    if _HOST.fullmatch(name) is None:
        raise BadValueError(f"{value[:60]!r} is not a host name", 'only the host, such as "www.example.org"')
    return name


def _listen(value: str) -> str:
    if not value:
        return value
    match = _LISTEN.fullmatch(value)
    if match is None or int(match[2]) > 65_535:
        raise BadValueError(
            f"{value[:60]!r} is not an address to listen on", 'host:port, such as "127.0.0.1:8080"; "" for none'
        )
    return value


def _store_url(value: str) -> str:
    if re.fullmatch(r"sqlite:///[^?#\x00-\x1f]+", value) is None:
        raise BadValueError(
            "not the address of a store",
            'write "sqlite:///data/wirecopy.db", or with a whole path "sqlite:////var/lib/…"',
        )
    return value


def _contact(value: str) -> str:
    if not value.isascii() or re.search(r"[()<>;,\\\"]", value):
        raise BadValueError(
            "must be an address or URL in plain ASCII: it travels in the User-Agent", 'for example "editor@example.org"'
        )
    return value


FeedUrl = Annotated[str, AfterValidator(feed_url)]
BaseUrl = Annotated[str, AfterValidator(_base_url)]
Network = Annotated[IPv4Network | IPv6Network, PlainValidator(_network)]
HostName = Annotated[str, AfterValidator(_host)]
Listen = Annotated[str, AfterValidator(_listen)]
StoreUrl = Annotated[str, AfterValidator(_store_url)]
Contact = Annotated[Line, AfterValidator(_contact)]


def _folder(value: Path, info: ValidationInfo) -> Path:
    return folder_of(info) / value.expanduser()


FolderPath = Annotated[Path, AfterValidator(_folder)]  #: relative ones are relative to the file


def folder_of(info: ValidationInfo) -> Path:
    """The folder of the configuration file that is being read."""
    context = info.context
    folder = context.get("folder") if isinstance(context, dict) else None
    return folder if isinstance(folder, Path) else Path.cwd()


# --- headers and secrets ---------------------------------------------------------------------


def _header_name(value: str) -> str:
    if _TOKEN.fullmatch(value) is None:
        raise BadValueError("this is no name of a header field (RFC 9110, 5.1)", 'for example "X-Api-Key"')
    if value.lower() in _OWN_HEADERS:
        raise BadValueError("this header field is set by Wirecopy itself", "leave it out")
    return value


HeaderName = Annotated[str, AfterValidator(_header_name)]


class Secret:
    """A text that prints as ``***``; only ``reveal`` gives it away.

    In the file it is ``{ env = "NAME" }``, ``{ file = "path" }`` or the text itself.
    """

    __slots__ = ("_text", "origin")

    def __init__(self, text: str, origin: Literal["text", "env", "file"] = "text") -> None:
        self._text = text
        self.origin = origin  #: ``text``: it stands in the file for everyone to read

    def reveal(self) -> str:
        """The secret itself: for the one who sends it, never for a log or an error."""
        return self._text

    def __repr__(self) -> str:
        return "***"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._text == other._text

    def __hash__(self) -> int:
        return hash(self._text)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.with_info_plain_validator_function(
            _secret, serialization=core_schema.plain_serializer_function_ser_schema(repr)
        )


def _secret(value: object, info: ValidationInfo) -> Secret:
    if isinstance(value, Secret):
        return value
    if isinstance(value, str):
        secret = Secret(value)
    elif isinstance(value, dict) and len(value) == 1 and isinstance(value.get("env"), str):
        secret = Secret(_from_environment(value["env"]), "env")
    elif isinstance(value, dict) and len(value) == 1 and isinstance(value.get("file"), str):
        secret = Secret(_from_file(folder_of(info) / Path(value["file"]).expanduser()), "file")
    else:
        raise BadValueError("must be a secret", 'write { env = "NAME" } or { file = "path" }')
    # Secrets travel in header fields: a line break in one would start another field (RFC 9110, 5.5).
    if re.search(r"[\x00-\x08\x0a-\x1f\x7f]", secret.reveal()):
        raise BadValueError("this secret has control characters or several lines in it")
    return secret


def _from_environment(name: str) -> str:
    value = os.environ.get(name)
    if value is None:
        raise BadValueError(f"the environment variable {name[:100]} is not set", "set it before Wirecopy starts")
    return value


def _from_file(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(SECRET_BYTES + 1)
        text = content.decode("utf-8")
    except OSError as error:
        raise BadValueError(f"the file {path} can't be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise BadValueError(f"the file {path} is not UTF-8 text") from error
    if len(content) > SECRET_BYTES:
        raise BadValueError(f"the file {path} is too long for a secret")
    return text.rstrip("\r\n")
