"""The fronts: TLS for the hosts that the simulator stands for, and a proxy that leads to it."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from contextlib import suppress
from urllib.parse import urlsplit

from warmtransfer.simulator.running.authority import Authority, HostContext
from warmtransfer.simulator.trace import Trace

Address = tuple[str, int]
Serving = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
#: Twilio's hosts, its regions' and edges' too, and the model's.
TWILIO, OPENAI = ("twilio.com", "*.twilio.com"), ("api.openai.com",)
HTTPS = 443
CHUNK = 65536
LOOPBACK = "127.0.0.1"
ESTABLISHED = b"HTTP/1.1 200 Connection established\r\n\r\n"
UNREACHED = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
BAD = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


def under(host: str, pattern: str) -> bool:
    """Whether a host is the one named, or below `*.name`."""
    return host == pattern or (pattern.startswith("*.") and host.endswith(pattern[1:]))


class Fronts:
    """Listens twice on loopback: for TLS to the fronted hosts, and as a proxy that opens the way there.

    `places` says where each of the hosts really is. What the proxy is asked for besides is connected as if
    there were no proxy, by way of `beyond`, the proxy that the application had before, if it had one.
    """

    def __init__(self, places: dict[str, Address], trace: Trace, beyond: str = "") -> None:
        self.places = places
        self.authority = Authority()
        self.tls: Address = (LOOPBACK, 0)
        self.proxy: Address = (LOOPBACK, 0)
        self._trace = trace
        self._beyond = urlsplit(beyond if "//" in beyond else f"http://{beyond}") if beyond else None
        self._servers: list[asyncio.Server] = []
        self._live: set[asyncio.Task[None]] = set()

    def place(self, host: str) -> Address | None:
        """Where a host is, if it is fronted."""
        name = host.rstrip(".").lower()
        return next((place for pattern, place in self.places.items() if under(name, pattern)), None)

    async def start(self) -> None:
        """Listens on two free ports."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.sni_callback = self._named
        self._servers = [
            await asyncio.start_server(self._kept(self._front), LOOPBACK, 0, ssl=context),
            await asyncio.start_server(self._kept(self._guide), LOOPBACK, 0),
        ]
        ports = [server.sockets[0].getsockname()[1] for server in self._servers]
        self.tls, self.proxy = (LOOPBACK, ports[0]), (LOOPBACK, ports[1])

    async def stop(self) -> None:
        """Listens no more, and cuts what is open."""
        for server in self._servers:
            server.close()
        live = list(self._live)
        for task in live:
            task.cancel()
        if live:
            await asyncio.wait(live, timeout=2)

    def _named(self, tls: ssl.SSLSocket | ssl.SSLObject, name: str | None, _: object) -> int | None:
        """Shows the certificate of the host that a client asks for; one that is not fronted is refused."""
        if name is None or self.place(name) is None:
            self._trace.note("warning", text=f"the front was asked for {name or 'no host'}, which it has not")
            return ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME
        tls.context = self.authority.context(name.lower())
        return None

    def _kept(self, work: Serving) -> Serving:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            if task is not None:
                self._live.add(task)
            try:
                # A client that goes away ends its own connection, and nobody else minds.
                with suppress(OSError, EOFError, asyncio.LimitOverrunError, asyncio.CancelledError):
                    await work(reader, writer)
            finally:
                writer.close()
                if task is not None:
                    self._live.discard(task)

        return serve

    async def _front(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One TLS connection: what is inside goes to where the host is, as it comes."""
        context = writer.get_extra_info("ssl_object").context
        place = self.place(context.host) if isinstance(context, HostContext) else None
        if place is not None:
            await _joined((reader, writer), await asyncio.open_connection(*place))

    async def _guide(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection to the proxy: CONNECT, or a request with a whole URL."""
        head = await reader.readuntil(b"\r\n\r\n")
        method, _, rest = head.partition(b"\r\n")[0].decode("latin-1").partition(" ")
        target = rest.rpartition(" ")[0]
        try:
            host, port = _where(method, target)
        except ValueError:
            writer.write(BAD)
            return
        try:
            far, answer = await self._towards(method, host, port, head)
        except OSError as exc:
            self._trace.note("warning", text=f"{host}:{port} cannot be reached: {type(exc).__name__}")
            writer.write(UNREACHED)
            return
        writer.write(answer)
        await _joined((reader, writer), far)

    async def _towards(self, method: str, host: str, port: int, head: bytes) -> tuple[Streams, bytes]:
        """The other end of a connection, and what is answered before it is joined."""
        connect = method == "CONNECT"
        place = self.place(host) if port == HTTPS else None
        if place is not None and connect:
            return await asyncio.open_connection(*self.tls), ESTABLISHED
        if place is not None:  # some clients ask a proxy for https:// in the clear, with the whole URL
            return await _sent(place, head), b""
        if self._beyond is not None and self._beyond.hostname:
            return await _sent((self._beyond.hostname, self._beyond.port or 80), head), b""
        if connect:
            return await asyncio.open_connection(host, port), ESTABLISHED
        return await _sent((host, port), head), b""


def _where(method: str, target: str) -> Address:
    """Host and port that a request to the proxy is for; ValueError for none."""
    parts = urlsplit(f"//{target}" if method == "CONNECT" else target)
    if not parts.hostname:
        raise ValueError(target)
    return parts.hostname, parts.port or (HTTPS if parts.scheme in ("https", "") else 80)


async def _sent(place: Address, head: bytes) -> Streams:
    reader, writer = await asyncio.open_connection(*place)
    writer.write(head)
    return reader, writer


async def _joined(near: Streams, far: Streams) -> None:
    """Hands bytes on, both ways, until both sides have ended or one breaks off."""
    ways = [
        asyncio.ensure_future(_poured(near[0], far[1])),
        asyncio.ensure_future(_poured(far[0], near[1])),
    ]
    try:
        await asyncio.gather(*ways)
    finally:
        for way in ways:
            way.cancel()
        far[1].close()


async def _poured(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    while data := await source.read(CHUNK):
        sink.write(data)
        await sink.drain()
    if sink.can_write_eof():
        sink.write_eof()
    else:  # TLS cannot close one half: whoever has nothing more to say ends it
        sink.close()
