"""Webhook: each post is POSTed as signed JSON to an address of yours.

The receiver can't be asked what it holds. A delivery whose answer was lost is sent again with the same idempotency
key, by which the receiver knows it.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from aggregator import urls
from aggregator.config import BadValueError, HeaderName, Secret
from aggregator.errors import BlockedError, PublishError, RemovedError, TryLaterError
from aggregator.targets import Connect
from aggregator.targets.shared import document
from aggregator.targets.shared.api import Answer, Api, Networked
from aggregator.types import MediaFile, Post, Publication, Site

Scheme = Literal["standard", "github"]
LEAST_KEY, LARGEST_KEY = 16, 64  #: bytes of a key of the Standard Webhooks scheme
_PREFIX = "whsec_"
#: Statuses that mean something of their own here: what to tell, beside the class.
_BLOCKED = {
    404: "there is nothing at the address",
    405: "the address takes no POST",
    410: "the receiver wants no more posts",
    501: "the address takes no POST",
}
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_UNDER_WAY = 409  #: the same key is being worked on (draft-ietf-httpapi-idempotency-key-header, 2.7)


def _address(value: Secret) -> Secret:
    if urls.resolve(None, value.reveal()) is None:
        raise BadValueError("is not an http(s) address", 'for example "https://hooks.example.org/wirecopy"')
    return value


class Options(Networked):
    """``[targets.NAME]`` with ``kind = "webhook"``."""

    url: Annotated[Secret, AfterValidator(_address)] = Field(
        description="address that takes the POSTs; a secret where it has a token in it"
    )
    signature: Scheme = Field(
        default="standard", description='form of the signature: "standard" (Standard Webhooks) or "github"'
    )
    secret: Secret | None = Field(default=None, description="key that the signature is made with; none: not signed")
    headers: Mapping[HeaderName, Secret] = Field(default={}, description="further header fields, e.g. Authorization")

    @field_validator("secret")
    @classmethod
    def _key(cls, value: Secret | None, info: ValidationInfo) -> Secret | None:
        if value is not None:
            key_of(value, info.data.get("signature", "standard"))
        return value


def key_of(secret: Secret, scheme: Scheme) -> bytes:
    """The bytes that the signature is made with. Raises BadValueError where the secret has not the scheme's form."""
    if scheme == "github":
        return secret.reveal().encode()
    try:
        key = base64.b64decode(secret.reveal().removeprefix(_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not LEAST_KEY <= len(key) <= LARGEST_KEY:
        hint = "make one with: echo whsec_$(openssl rand -base64 32)"
        raise BadValueError(f"must be whsec_ and {LEAST_KEY} to {LARGEST_KEY} random bytes in base64", hint)
    return key


def signed(key: bytes, scheme: Scheme, *, number: str, sent_at: int, body: bytes) -> dict[str, str]:
    """The header fields that prove who sent a body.

    Standard Webhooks signs id, time and body together, so that an old delivery can't be sent again by another;
    GitHub's scheme signs the body alone.
    """
    if scheme == "github":
        return {"X-Hub-Signature-256": f"sha256={hmac.new(key, body, hashlib.sha256).hexdigest()}"}
    proof = hmac.new(key, b"%b.%d.%b" % (number.encode(), sent_at, body), hashlib.sha256).digest()
    return {"webhook-signature": f"v1,{base64.b64encode(proof).decode()}"}


class Webhook:
    """A receiver of posts behind an address."""

    def __init__(self, name: str, options: Options, *, api: Api, language: str, now: Callable[[], datetime]) -> None:
        self.name = name
        self._url = options.url.reveal()
        self._scheme = options.signature
        self._key = key_of(options.secret, options.signature) if options.secret else None
        self._api = api
        self._language = language
        self._now = now

    async def publish(self, post: Post, *, media: Mapping[str, MediaFile], previous: Publication | None) -> Publication:
        """Sends the post; the receiver puts it in the place of what it holds under the post's key."""
        answer = await self._send(post, "publish", previous)
        said = document.reply(answer.body)
        if said.removed:
            raise RemovedError(self.name, "the receiver says that somebody took the post away there")
        return document.publication(post, said, previous, self._now())

    async def withdraw(self, post: Post, publication: Publication | None) -> None:
        """Tells the receiver to take the post away."""
        await self._send(post, "withdraw", publication)

    async def check(self) -> list[str]:
        """Whether the address can be reached. Nothing is posted: a receiver may take all that comes for a post."""
        try:
            await self._api.send("HEAD", self._url, expect=range(200, 600))
        except PublishError as error:
            return [error.message]
        return []

    async def close(self) -> None:
        """Closes the connections; harmless when called twice."""
        await self._api.close()

    async def _send(self, post: Post, action: document.ActionName, previous: Publication | None) -> Answer:
        told = document.document(post, action=action, previous=previous, language=self._language)
        body = document.encoded(told)
        # The scheme's separator is a full stop, which an id must not have; ours has none.
        number, sent_at = told["key"], int(self._now().timestamp())
        fields = {
            "Content-Type": "application/json",
            "Idempotency-Key": number,
            "webhook-id": number,
            "webhook-timestamp": str(sent_at),
        }
        if self._key is not None:
            fields |= signed(self._key, self._scheme, number=number, sent_at=sent_at, body=body)
        answer = await self._api.send(
            "POST", self._url, content=body, headers=fields, expect={*_BLOCKED, *_REDIRECTS, _UNDER_WAY}
        )
        if answer.status in _BLOCKED:
            raise BlockedError(self.name, f"{answer.status}: {_BLOCKED[answer.status]}")
        if answer.status in _REDIRECTS:
            raise BlockedError(self.name, f"{answer.status}: the address redirects; set url to where it leads")
        if answer.status == _UNDER_WAY:
            raise TryLaterError(self.name, "409: the receiver is still working on this delivery", in_doubt=True)
        return answer


def build(name: str, options: Options, *, site: Site, folder: Path, http: Connect) -> Webhook:
    """The receiver as configured; nothing is sent before its first use."""
    fields = {field: value.reveal() for field, value in options.headers.items()}
    api = options.api(name, http, headers=fields, hide=(options.url.reveal(), *fields.values()))
    return Webhook(name, options, api=api, language=site.language, now=lambda: datetime.now(UTC))
