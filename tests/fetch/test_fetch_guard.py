"""Which addresses are connected to, in all the forms that they can be written in."""

from __future__ import annotations

import asyncio
import socket
import ssl
import subprocess
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path

import httpx
import pytest
from fakes import ScriptedWeb

from aggregator.config import FetchSettings
from aggregator.errors import RefusedError, UnreachableError
from aggregator.fetch import Client, Purpose, guard, transport

NOW = datetime(2026, 3, 4, tzinfo=UTC)
NOT_PUBLIC = """0.0.0.0 0.1.2.3 10.0.0.1 100.64.0.1 127.0.0.1 127.255.255.254 169.254.169.254 172.16.0.1 172.31.255.255
192.0.0.1 192.0.2.1 192.88.99.1 192.168.1.1 198.18.0.1 198.51.100.1 203.0.113.1 224.0.0.251 239.1.1.1
240.0.0.1 255.255.255.255 :: ::1 ::7f00:1 ::127.0.0.1 ::8.8.8.8 ::ffff:127.0.0.1 ::ffff:10.0.0.1
::ffff:a9fe:a9fe 64:ff9b::7f00:1 64:ff9b::808:808 64:ff9b:1::1 100::1 2001::1 2001:0:4136:e378::1 2001:db8::1
2002:7f00:1:: 2002:808:808::1 3fff::1 fc00::1 fd00:77::1 fe80::1 fe80::1%1 fec0::1 ff02::1 ff0e::1 4000::1
5f00::1"""
SPELLINGS = """127.0.0.2 127.1.1 2130706434 0x7f000002 0177.0.0.2 017700000002 0177.2
0x7f.2 127.2 0.0.0.0 0 [::1] [::] [::ffff:127.0.0.2]
[0:0:0:0:0:ffff:7f00:2] [::127.0.0.2] [64:ff9b::7f00:2] [2002:7f00:2::1] [fd00:77::1] [fe80::1] 169.254.169.254
10.1.2.3 192.168.77.1 100.64.9.9 224.0.0.251 １２７.0.0.2 127。0。0。2 ⑩.0.0.1"""
LOCAL = FetchSettings.model_validate({"allow_networks": ["127.0.0.1/32"], "host_pause": "0s"})


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    async with Client(LOCAL, contact="", now=lambda: NOW) as client:
        yield client


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[list[str]]]:
    """Names and what they resolve to, one answer after the other; the last one repeats."""
    table: dict[str, list[list[str]]] = {}
    real = socket.getaddrinfo

    def resolve(host: str, port: int, *args: object, **kwargs: object) -> object:
        if host not in table:
            return real(host, port, *args, **kwargs)  # type: ignore[arg-type]
        answers = table[host]
        found = answers.pop(0) if len(answers) > 1 else answers[0]
        return [entry for address in found for entry in real(address, port, type=socket.SOCK_STREAM)]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    return table


@pytest.mark.parametrize(
    "address",
    NOT_PUBLIC.split(),
)
def test_an_address_that_is_not_public_is_refused(address: str) -> None:
    assert guard.refused(address)


@pytest.mark.parametrize(
    "address",
    [
        "8.8.8.8",
        "1.1.1.1",
        "172.32.0.1",
        "192.0.1.1",
        "223.255.255.254",
        "2606:4700::1111",
        "2a00::1",
        "::ffff:8.8.8.8",
    ],
)
def test_a_public_address_is_not(address: str) -> None:
    assert guard.refused(address) is None


@pytest.mark.parametrize(
    ("address", "network", "allowed"),
    [
        ("127.0.0.1", "127.0.0.1/32", True),
        ("127.0.0.2", "127.0.0.1/32", False),
        ("::ffff:127.0.0.1", "127.0.0.1/32", True),
        ("::ffff:127.0.0.2", "127.0.0.1/32", False),
        ("::1", "127.0.0.0/8", False),
        ("fd00::1", "fd00::/8", True),
        ("fe80::1%1", "fe80::/10", True),
    ],
)
def test_what_is_allowed_is_just_the_network_named(address: str, network: str, allowed: bool) -> None:
    assert (guard.refused(address, [ip_network(network)]) is None) is allowed


@pytest.mark.parametrize(
    "host",
    SPELLINGS.split(),
)
async def test_no_spelling_gets_past(web: ScriptedWeb, client: Client, host: str) -> None:
    with pytest.raises(RefusedError) as caught:
        await client.get(f"http://{host}:{web.port}/x", purpose=Purpose.FEED)
    assert caught.value.status is None
    assert web.connections == 0


@pytest.mark.parametrize("host", SPELLINGS.split())
async def test_no_spelling_gets_past_behind_a_redirect(web: ScriptedWeb, client: Client, host: str) -> None:
    web.redirect("/way", f"http://{host}:{web.port}/x".encode().decode("latin-1"))
    with pytest.raises(RefusedError):
        await client.get(web.url("/way"), purpose=Purpose.FEED)
    assert web.paths == ["/way"]


async def test_the_refusal_says_what_to_do(client: Client) -> None:
    with pytest.raises(RefusedError, match=r"10\.0\.0\.1.*not a public address.*fetch\.allow_networks"):
        await client.get("http://user:hush@10.0.0.1/feed?token=hush", purpose=Purpose.FEED)


async def test_one_bad_answer_spoils_a_name(
    web: ScriptedWeb, client: Client, names: dict[str, list[list[str]]]
) -> None:
    names["mixed.example"] = [["127.0.0.1", "127.0.0.2"]]
    with pytest.raises(RefusedError, match=r"mixed\.example is at 127\.0\.0\.2"):
        await client.get(web.url("/feed", host="mixed.example"), purpose=Purpose.FEED)
    assert web.connections == 0


async def test_a_name_is_looked_up_once_for_check_and_connection(
    web: ScriptedWeb, client: Client, names: dict[str, list[list[str]]]
) -> None:
    web.route("/feed", "x")
    names["rebind.example"] = [["127.0.0.1"], ["127.0.0.2"]]
    response = await client.get(web.url("/feed", host="rebind.example"), purpose=Purpose.FEED)
    assert response.body == b"x"
    assert web.requests[0].header("Host") == f"rebind.example:{web.port}"


async def test_the_next_address_is_tried_when_one_does_not_answer(
    web: ScriptedWeb, names: dict[str, list[list[str]]]
) -> None:
    web.route("/feed", "x")
    names["two.example"] = [["127.0.0.9", "127.0.0.1"]]
    settings = FetchSettings.model_validate({"allow_networks": ["127.0.0.0/8"]})
    async with Client(settings, contact="", now=lambda: NOW) as client:
        assert (await client.get(web.url("/feed", host="two.example"), purpose=Purpose.FEED)).body == b"x"


async def test_a_dns_server_that_does_not_answer_costs_the_connect_timeout(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def silent(*_: object, **__: object) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", silent)
    settings = LOCAL.model_copy(update={"connect_timeout": timedelta(seconds=0.05)})
    async with Client(settings, contact="", now=lambda: NOW) as client:
        with pytest.raises(UnreachableError, match="connection"):
            await client.get("http://slow.example/", purpose=Purpose.FEED)


async def test_the_transport_serves_other_clients_too(web: ScriptedWeb) -> None:
    web.route("/api", "x")
    async with httpx.AsyncClient(
        transport=transport.guarded([ip_network("127.0.0.1/32")], setting="x"), trust_env=False
    ) as http:
        assert (await http.post(web.url("/api"), content=b"abc")).text == "x"
        assert web.requests[0].body == b"abc"
    closed = transport.guarded(setting="targets.blog.allow_networks")
    async with httpx.AsyncClient(transport=closed, trust_env=False) as http:
        with pytest.raises(RefusedError, match=r"targets\.blog\.allow_networks"):
            await http.get(web.url("/api"))


async def test_the_transport_speaks_httpx_errors(web: ScriptedWeb) -> None:
    async with ScriptedWeb() as closed:
        url = closed.url("/")
    async with httpx.AsyncClient(
        transport=transport.guarded([ip_network("127.0.0.1/32")], setting="x"), trust_env=False
    ) as http:
        with pytest.raises(httpx.ConnectError):
            await http.get(url)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tls")
    command = (
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout key.pem -out cert.pem "
        "-days 2 -subj /CN=news.example -addext subjectAltName=DNS:news.example"
    )
    try:
        subprocess.run(command.split(), cwd=folder, check=True, capture_output=True, timeout=30)
    except FileNotFoundError:
        pytest.skip("needs openssl")
    return folder


class TestTls:
    @pytest.fixture
    async def secure(self, certificate: Path) -> AsyncIterator[ScriptedWeb]:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
        async with ScriptedWeb(tls=tls) as web:
            web.route("/feed", "x")
            yield web

    async def test_the_certificate_is_checked_against_the_name_not_the_address(
        self, secure: ScriptedWeb, certificate: Path, names: dict[str, list[list[str]]]
    ) -> None:
        names["news.example"] = names["other.example"] = [["127.0.0.1"]]
        trusting = ssl.create_default_context(cafile=certificate / "cert.pem")
        async with Client(LOCAL, contact="", now=lambda: NOW, tls=trusting) as client:
            assert (await client.get(secure.url("/feed", host="news.example"), purpose=Purpose.FEED)).body == b"x"
            for host in ("other.example", None):
                with pytest.raises(UnreachableError, match="TLS certificate refused"):
                    await client.get(secure.url("/feed", host=host), purpose=Purpose.FEED)

    async def test_a_certificate_that_nobody_vouches_for_is_refused(
        self, secure: ScriptedWeb, client: Client, names: dict[str, list[list[str]]]
    ) -> None:
        names["news.example"] = [["127.0.0.1"]]
        with pytest.raises(UnreachableError, match="TLS certificate refused"):
            await client.get(secure.url("/feed", host="news.example"), purpose=Purpose.FEED)
        assert secure.requests == []

    async def test_tls_spoken_to_a_plain_server_ends_with_the_connect_timeout(self, web: ScriptedWeb) -> None:
        settings = LOCAL.model_copy(update={"connect_timeout": timedelta(seconds=0.1)})
        async with Client(settings, contact="", now=lambda: NOW) as client:
            with pytest.raises(UnreachableError, match="connection"):
                await client.get(web.url("/feed").replace("http:", "https:"), purpose=Purpose.FEED)
