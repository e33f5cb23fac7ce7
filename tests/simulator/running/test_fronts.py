"""The fronts and their proxy: what is fronted comes here, everything else goes where it always went."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from warmtransfer.simulator.clock import Clock
from warmtransfer.simulator.running.environment import environment
from warmtransfer.simulator.running.fronts import TWILIO, Address, Fronts
from warmtransfer.simulator.trace import Trace


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answers with the first line that came, and ends."""
    writer.write(b"got " + await reader.readline())
    writer.close()


@asynccontextmanager
async def fronts(beyond: str = "") -> AsyncIterator[tuple[Fronts, Address]]:
    """Fronts of Twilio's hosts, and the address of a server that stands for whatever is asked."""
    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    there: Address = server.sockets[0].getsockname()[:2]
    found = Fronts(dict.fromkeys(TWILIO, there), Trace(Clock()), beyond.format(there[1]))
    await found.start()
    try:
        yield found, there
    finally:
        await found.stop()
        server.close()


async def asked(place: Address, text: str) -> bytes:
    """What is answered to a text until the end."""
    reader, writer = await asyncio.open_connection(*place)
    writer.write(text.encode())
    try:
        return await asyncio.wait_for(reader.read(), 5)
    finally:
        writer.close()


@pytest.mark.parametrize(
    ("host", "fronted"),
    [
        ("api.twilio.com", True), ("API.Twilio.com", True), ("api.dublin.ie1.twilio.com.", True),
        ("twilio.com", True), ("nottwilio.com", False), ("twilio.com.example.test", False), ("", False),
    ],
)  # fmt: skip
def test_twilios_hosts_are_fronted_with_every_edge_and_no_others(host: str, fronted: bool) -> None:
    found = Fronts(dict.fromkeys(TWILIO, ("127.0.0.1", 1)), Trace(Clock()))
    assert (found.place(host) is not None) is fronted


def test_a_whole_url_in_the_clear_is_answered_here() -> None:
    async def story() -> None:
        async with fronts() as (found, _):
            answer = await asked(found.proxy, "GET https://api.twilio.com/x HTTP/1.1\r\nHost: a\r\n\r\n")
            assert answer == b"got GET https://api.twilio.com/x HTTP/1.1\r\n"

    asyncio.run(story())


def test_a_tunnel_and_a_request_to_anybody_else_lead_there() -> None:
    async def story() -> None:
        async with fronts() as (found, there):
            address = "{}:{}".format(*there)
            answer = await asked(found.proxy, f"CONNECT {address} HTTP/1.1\r\n\r\nhello\r\n")
            assert answer == b"HTTP/1.1 200 Connection established\r\n\r\ngot hello\r\n"
            answer = await asked(found.proxy, f"GET http://{address}/y HTTP/1.1\r\n\r\n")
            assert answer == f"got GET http://{address}/y HTTP/1.1\r\n".encode()

    asyncio.run(story())


def test_the_proxy_that_was_there_before_is_asked_for_the_others() -> None:
    async def story() -> None:
        async with fronts(beyond="http://127.0.0.1:{}") as (found, _):
            answer = await asked(found.proxy, "CONNECT elsewhere.test:443 HTTP/1.1\r\n\r\n")
            assert answer == b"got CONNECT elsewhere.test:443 HTTP/1.1\r\n"

    asyncio.run(story())


@pytest.mark.parametrize(
    ("request_", "status"),
    [("CONNECT 127.0.0.1:1 HTTP/1.1", b"502"), ("GET /x HTTP/1.1", b"400"), ("CONNECT a:b HTTP/1.1", b"400")],
)
def test_what_leads_nowhere_is_said_so(request_: str, status: bytes) -> None:
    async def story() -> None:
        async with fronts() as (found, _):
            answer = await asked(found.proxy, f"{request_}\r\n\r\n")
            assert answer.split(b" ")[1] == status

    asyncio.run(story())


def test_tls_is_for_the_fronted_hosts_alone_and_by_their_names() -> None:
    async def story() -> None:
        async with fronts() as (found, _):
            trust = ssl.create_default_context(cadata=found.authority.pem)
            for host in ("api.twilio.com", "voice.twilio.com", "api.dublin.ie1.twilio.com"):
                reader, writer = await asyncio.open_connection(*found.tls, ssl=trust, server_hostname=host)
                writer.write(b"hello\r\n")
                assert await asyncio.wait_for(reader.read(), 5) == b"got hello\r\n"
                writer.close()
            with pytest.raises(OSError):  # the alert, or the connection's end before it is read
                await asyncio.open_connection(*found.tls, ssl=trust, server_hostname="example.test")

    asyncio.run(story())


def test_nobody_else_trusts_its_certificates() -> None:
    async def story() -> None:
        async with fronts() as (found, _):
            with pytest.raises(ssl.SSLCertVerificationError):
                await asyncio.open_connection(
                    *found.tls, ssl=ssl.create_default_context(), server_hostname="api.twilio.com"
                )

    asyncio.run(story())


def test_node_trusts_what_it_trusted_before(tmp_path: Path) -> None:
    folder = tmp_path
    (folder / "company.pem").write_text("# the company's\n")
    found = Fronts({}, Trace(Clock()))
    env = environment({"NODE_EXTRA_CA_CERTS": str(folder / "company.pem")}, found, {}, folder, "http://a:1")
    text = Path(env["NODE_EXTRA_CA_CERTS"]).read_text()
    assert text == f"# the company's\n{found.authority.pem}"
