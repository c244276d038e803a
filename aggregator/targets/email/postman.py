"""Hands letters to a mail server: guarded connection, TLS, log-in, envelope, content; and what its answers mean."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import aiosmtplib
import certifi

from aggregator.errors import BlockedError, PublishError, RejectedError, TryLaterError
from aggregator.fetch import guard
from aggregator.targets.email.options import PORTS, Options, mailbox
from aggregator.targets.shared.quoting import MAX_QUOTE, quoted

#: How long a server may look at the content before it answers (RFC 5321, 4.5.3.2.6).
LONGEST_LOOK = 600.0


class Postman:
    """The way to one mail server."""

    def __init__(self, target: str, options: Options, *, our_host: str) -> None:
        self._target = target
        self._options = options
        self._our_host = our_host
        self._port = options.port or PORTS[options.security]
        self._seconds = options.timeout.total_seconds()
        self._sender = mailbox(options.sender).addr_spec
        self._recipients = tuple(dict.fromkeys(mailbox(to).addr_spec for to in options.to))

    async def hand_over(self, message: bytes, *, on_content: Callable[[], Awaitable[None]]) -> list[str]:
        """Sends a message to all recipients; answers which of them the server refused, each with its reason.

        ``on_content`` is called where the envelope is accepted and the content is about to go out. Nobody gets the
        message while one recipient is to be tried later: it could not be sent to that one alone without sending it
        twice to the others. Raises a PublishError; in doubt where the content went out and no answer came back.
        """
        async with self._session() as smtp:
            refused = await self._address(smtp)
            await on_content()
            try:
                await smtp.data(message, timeout=max(self._seconds, LONGEST_LOOK))
            except aiosmtplib.SMTPDataError as error:
                raise self._answered(error, RejectedError) from error
            except (aiosmtplib.SMTPException, OSError) as error:
                words = f"no answer after the mail was sent: {self._safe(str(error))}"
                raise TryLaterError(self._target, words, in_doubt=True) from error
            return refused

    async def ask(self) -> list[str]:
        """Goes all the way but for the content; answers which recipients the server refuses. Raises a PublishError."""
        async with self._session() as smtp:
            refused = await self._address(smtp)
            with suppress(aiosmtplib.SMTPException):
                await smtp.rset()
            return refused

    @asynccontextmanager
    async def _session(self) -> AsyncIterator[aiosmtplib.SMTP]:
        connection = await self._connect()
        options = self._options
        smtp = aiosmtplib.SMTP(
            sock=connection,
            hostname=options.host,  # the name that the certificate must have
            local_hostname=self._our_host,
            timeout=self._seconds,
            use_tls=options.security == "tls",
            start_tls=options.security == "starttls",
            tls_context=None if options.security == "none" else self._trust(),
            username=options.username or None,
            password=options.password.reveal() if options.password else None,
        )
        try:
            try:
                await smtp.connect()
            except aiosmtplib.SMTPResponseException as error:
                raise self._answered(error, BlockedError) from error
            except (
                aiosmtplib.SMTPConnectError,
                aiosmtplib.SMTPTimeoutError,
                aiosmtplib.SMTPServerDisconnected,
            ) as error:
                raise TryLaterError(self._target, f"can't be reached: {self._cause(error)}") from error
            except aiosmtplib.SMTPException as error:  # no STARTTLS, no AUTH, no common way to log in
                raise BlockedError(self._target, self._safe(str(error))) from error
            except OSError as error:
                raise TryLaterError(self._target, f"can't be reached: {self._cause(error)}") from error
            yield smtp
            with suppress(aiosmtplib.SMTPException, OSError):
                await smtp.quit(timeout=5.0)  # the mail is taken: how they part does not matter
        finally:
            smtp.close()

    async def _address(self, smtp: aiosmtplib.SMTP) -> list[str]:
        """Gives sender and recipients; answers which of these are refused while others are not."""
        refused: list[str] = []
        try:
            await smtp.mail(self._sender)
            for recipient in self._recipients:
                try:
                    await smtp.rcpt(recipient)
                except aiosmtplib.SMTPRecipientRefused as error:
                    if not 500 <= error.code < 600:
                        raise
                    refused.append(f"{recipient}: {error.code} {self._safe(str(error.message))}")
        except aiosmtplib.SMTPResponseException as error:
            raise self._answered(error, BlockedError) from error
        except (aiosmtplib.SMTPException, OSError) as error:
            raise TryLaterError(self._target, f"the connection broke off: {self._safe(str(error))}") from error
        if len(refused) == len(self._recipients):
            raise BlockedError(self._target, f"every recipient is refused: {'; '.join(refused)[: MAX_QUOTE * 2]}")
        return refused

    def _answered(self, error: aiosmtplib.SMTPResponseException, for_good: type[PublishError]) -> PublishError:
        """What a reply means (RFC 5321, 4.2.1): 5yz is for good, all else for now."""
        message = f"{error.code}, it says: {self._safe(str(error.message))}"
        return for_good(self._target, message) if 500 <= error.code < 600 else TryLaterError(self._target, message)

    def _trust(self) -> ssl.SSLContext:
        trust = ssl.create_default_context(cafile=certifi.where())
        if self._options.ca is not None:
            try:
                trust.load_verify_locations(self._options.ca)
            except OSError as error:  # ssl.SSLError is one
                raise BlockedError(
                    self._target, f"the certificates in {self._options.ca} can't be read: {error}"
                ) from error
        return trust

    async def _connect(self) -> socket.socket:
        """A connection to an address that the guard has nothing against."""
        failure = "it has no address"
        for family, address in await self._addresses():
            connection = socket.socket(family, socket.SOCK_STREAM)
            connection.setblocking(False)
            try:
                async with asyncio.timeout(self._seconds):
                    await asyncio.get_running_loop().sock_connect(connection, address)
            except (TimeoutError, OSError) as error:
                connection.close()
                failure = (getattr(error, "strerror", None) or "no answer").lower()
            except BaseException:
                connection.close()
                raise
            else:
                return connection
        raise TryLaterError(self._target, f"{self._options.host}:{self._port} can't be reached: {failure}")

    async def _addresses(self) -> list[tuple[socket.AddressFamily, tuple[object, ...]]]:
        host = self._options.host
        try:
            async with asyncio.timeout(self._seconds):
                found = await asyncio.get_running_loop().getaddrinfo(host, self._port, type=socket.SOCK_STREAM)
        except (TimeoutError, OSError, UnicodeError) as error:
            why = (getattr(error, "strerror", None) or "no answer to the DNS query").lower()
            raise TryLaterError(self._target, f"{host} can't be resolved: {why}") from error
        for *_, address in found:
            reason = guard.refused(str(address[0]), self._options.allow_networks)
            if reason is not None:
                setting = f"targets.{self._target}.allow_networks"
                message = f"{host} is at {address[0]}, which is {reason}; if it is yours, add its network to {setting}"
                raise BlockedError(self._target, message)
        return [(family, address) for family, *_, address in found[: guard.MAX_ADDRESSES]]

    def _cause(self, error: BaseException) -> str:
        """What went wrong below, in a few words."""
        below = error.__cause__ or error
        if isinstance(below, ssl.SSLCertVerificationError):
            return f"TLS certificate refused: {below.verify_message}"
        return self._safe(str(below)) or type(below).__name__

    def _safe(self, words: str) -> str:
        password = self._options.password
        return quoted(words, hide=(password.reveal(),) if password else ())
