"""The Admin API key of a custom integration, and the short-lived tokens that it signs."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Callable, Generator
from datetime import datetime, timedelta
from typing import Annotated

import httpx
from pydantic import AfterValidator

from aggregator.config import BadValueError, Secret

_ADMIN = re.compile(r"[0-9a-f]{24}:(?:[0-9a-f]{2}){16,64}")
_CONTENT = re.compile(r"[0-9a-f]{26}")
LIFETIME = timedelta(minutes=5)  #: the longest that Ghost takes, counted from ``iat`` by its own clock


def _admin_key(value: Secret) -> Secret:
    key = value.reveal().strip()
    if _CONTENT.fullmatch(key):
        raise BadValueError("this is a Content API key: it can only read", "use the Admin API key, which has a colon")
    if not _ADMIN.fullmatch(key):
        raise BadValueError(
            "this is not an Admin API key (24 hex digits, a colon, 64 hex digits)",
            "copy it from Ghost: Settings → Integrations → Add custom integration",
        )
    return Secret(key, value.origin)


AdminKey = Annotated[Secret, AfterValidator(_admin_key)]


class Tokens(httpx.Auth):
    """Signs every request with a token of its own (JSON Web Token, RFC 7519, with HS256)."""

    def __init__(self, key: Secret, *, now: Callable[[], datetime]) -> None:
        self._key = key
        self._now = now

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Adds the token to the request."""
        request.headers["Authorization"] = f"Ghost {token(self._key, self._now())}"
        yield request


def token(key: Secret, now: datetime) -> str:
    """A token that Ghost takes for the next five minutes."""
    name, _, secret = key.reveal().partition(":")
    issued = int(now.timestamp())
    header = {"alg": "HS256", "typ": "JWT", "kid": name}
    claims = {"iat": issued, "exp": issued + int(LIFETIME.total_seconds()), "aud": "/admin/"}
    signed = b".".join(_base64(json.dumps(part, separators=(",", ":")).encode()) for part in (header, claims))
    signature = hmac.new(bytes.fromhex(secret), signed, hashlib.sha256).digest()
    return b".".join((signed, _base64(signature))).decode("ascii")


def _base64(data: bytes) -> bytes:
    """Base64 for addresses, without padding (RFC 7515, 2)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=")
