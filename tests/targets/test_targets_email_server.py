"""The way to the mail server: TLS, certificates, log-in; and options that could not work."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import mailserver
import pytest
from mailserver import MailServer, build, publish
from pydantic import ValidationError

from aggregator.errors import BlockedError, TryLaterError
from aggregator.targets import email

PAGE = Path(__file__).parents[2] / "docs" / "targets" / "email.md"
LOGIN = ("desk", "sesame")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for localhost that nobody has signed but itself."""
    folder = tmp_path_factory.mktemp("certificate")
    if shutil.which("openssl") is None:
        pytest.skip("needs openssl")
    command = (
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout key.pem -out cert.pem "
        "-days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost"
    )
    subprocess.run(command.split(), cwd=folder, check=True, capture_output=True)
    return folder


@pytest.fixture
def tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
    return context


@pytest.fixture(params=["starttls", "tls"])
async def secure(request: pytest.FixtureRequest, tls: ssl.SSLContext) -> AsyncIterator[tuple[str, MailServer]]:
    """A server that wants a log-in over TLS, in either way."""
    async with mailserver.running(tls=tls, implicit=request.param == "tls", login=LOGIN) as server:
        yield request.param, server


async def test_it_logs_in_over_tls(tmp_path: Path, certificate: Path, secure: tuple[str, MailServer]) -> None:
    security, server = secure
    options = {"security": security, "host": "localhost", "ca": str(certificate / "cert.pem")}
    target = build(
        tmp_path, server, username="desk", password="sesame", allow_networks=["127.0.0.0/8", "::1/128"], **options
    )
    assert await target.check() == []
    await publish(target, 1)
    await target.close()
    assert len(server.mails) == 1


async def test_a_wrong_password_is_a_matter_for_a_person_and_is_not_shown(
    tmp_path: Path, certificate: Path, secure: tuple[str, MailServer]
) -> None:
    security, server = secure
    options = {"security": security, "host": "localhost", "ca": str(certificate / "cert.pem")}
    target = build(
        tmp_path, server, username="desk", password="pssst", allow_networks=["127.0.0.0/8", "::1/128"], **options
    )
    with pytest.raises(BlockedError, match="535") as caught:
        await publish(target, 1)
    assert "pssst" not in str(caught.value) + repr(caught.value) + repr(target)
    assert len(await target.check()) == 1
    await target.close()
    assert server.mails == []


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
async def test_a_certificate_that_is_not_trusted_or_is_another_s_is_refused(
    tmp_path: Path, certificate: Path, secure: tuple[str, MailServer], host: str
) -> None:
    security, server = secure
    options = {} if host == "localhost" else {"ca": str(certificate / "cert.pem")}
    target = build(tmp_path, server, security=security, host=host, allow_networks=["127.0.0.0/8", "::1/128"], **options)
    with pytest.raises(TryLaterError, match=r"(?i)certificate") as caught:
        await publish(target, 1)
    assert not caught.value.in_doubt
    await target.close()
    assert server.mails == []


async def test_a_server_without_starttls_gets_nothing_in_the_clear(tmp_path: Path) -> None:
    async with mailserver.running() as server:
        target = build(tmp_path, server, security="starttls", username="desk", password="sesame")
        with pytest.raises(BlockedError, match="STARTTLS"):
            await publish(target, 1)
        await target.close()
    assert server.mails == []


async def test_a_server_that_knows_no_log_in_says_so(tmp_path: Path, certificate: Path, tls: ssl.SSLContext) -> None:
    async with mailserver.running(tls=tls) as server:
        target = build(
            tmp_path, server, security="starttls", host="localhost", ca=str(certificate / "cert.pem"),
            username="desk", password="sesame", allow_networks=["127.0.0.0/8", "::1/128"],
        )  # fmt: skip
        with pytest.raises(BlockedError):
            await publish(target, 1)
        await target.close()
    assert server.mails == []


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"to": []}, "at least 1"),
        ({"to": ["nobody"]}, "not a mail address"),
        ({"to": ["a@b.example\nBcc: c@d.example"]}, "one line"),
        ({"to": ["a@b.example>, <c@d.example"]}, "not a mail address"),
        ({"sender": "Desk <jürgen@news.example>"}, "not a mail address"),
        ({"host": "smtp.example.org:587"}, "not a host name"),
        ({"port": 70_000}, "65535"),
        ({"security": "ssl"}, "starttls"),
        ({"username": "desk"}, "go together"),
        ({"password": "x"}, "go together"),
        ({"username": "desk", "password": "x", "security": "none"}, "in the clear"),
        ({"subject": "{{ title"}, "Jinja2"),
        ({"subject": "{{ tilte }}"}, "tilte"),
        ({"subject": "{{ title.__class__.__mro__ }}"}, "Jinja2"),
        ({"subject": "{{ 1 / 0 }}"}, "Jinja2"),
        ({"digest": "at noon"}, "neither a time of day"),
        ({"zone": "Middle/Earth"}, "no time zone"),
        ({"zone": "../../etc/passwd"}, "not a time zone"),
        ({"unsubscribe": "javascript:x"}, "leave the list"),
        ({"unsubscribe": "https://a.example/>,<https://b.example/"}, "leave the list"),
        ({"in_doubt": "ask"}, "repeat"),
        ({"smtp": "x"}, "Extra inputs"),
    ],
)
def test_options_that_could_not_work_are_refused(options: dict[str, object], words: str) -> None:
    said = {"host": "smtp.example.org", "sender": "desk@news.example", "to": ["list@readers.example"]}
    email.Options.model_validate(said)
    with pytest.raises(ValidationError, match=words):
        email.Options.model_validate(said | options)


@pytest.mark.parametrize("key", email.Options.model_fields)
def test_every_option_is_on_the_page(key: str) -> None:
    rows = [line.split(" | ")[0] for line in PAGE.read_text().splitlines() if line.startswith("| `")]
    assert any(f"`{key}`" in row for row in rows)
