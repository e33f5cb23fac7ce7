"""Media streams against a real WebSocket server on loopback."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from itertools import pairwise
from typing import Any

import pytest
from aiohttp import WSMsgType, web
from hypothesis import given
from hypothesis import strategies as st

from warmtransfer.simulator.clock import Clock
from warmtransfer.simulator.sound import audio
from warmtransfer.simulator.sound.audio import RATE, SAMPLES, SILENCE
from warmtransfer.simulator.streams.playback import LONGEST, Playback, Refused, parse
from warmtransfer.simulator.streams.stream import MediaStream, StreamFailed
from warmtransfer.simulator.trace import Trace
from warmtransfer.simulator.wire import HostMap

TOKEN, ACCOUNT, CALL = "0123456789abcdef", "AC" + "1" * 32, "CA" + "2" * 32
PUBLIC = "wss://app.example.test/media"


class Server:
    """An app's media socket: keeps what arrives, and sends what the test says."""

    def __init__(self) -> None:
        self.headers: dict[str, str] = {}
        self.messages: list[dict[str, Any]] = []
        self.closed = asyncio.Event()
        self.socket: web.WebSocketResponse | None = None
        self.path = ""
        self.transport: asyncio.Transport | None = None
        self._changed = asyncio.Condition()

    async def route(self, request: web.Request) -> web.WebSocketResponse:
        self.socket = web.WebSocketResponse()
        await self.socket.prepare(request)
        self.transport = request.transport
        self.headers, self.path = dict(request.headers), request.path_qs
        async for message in self.socket:
            if message.type is WSMsgType.TEXT:
                async with self._changed:
                    self.messages.append(json.loads(message.data))
                    self._changed.notify_all()
        self.closed.set()
        return self.socket

    def of(self, event: str) -> list[dict[str, Any]]:
        return [message for message in self.messages if message["event"] == event]

    async def until(self, event: str, count: int = 1) -> list[dict[str, Any]]:
        """The messages of this kind, once there are so many."""
        async with self._changed:
            await asyncio.wait_for(self._changed.wait_for(lambda: len(self.of(event)) >= count), 5)
        return self.of(event)

    async def send(self, **message: Any) -> None:
        assert self.socket is not None
        await self.socket.send_str(json.dumps(message))


class Call:
    """A stream that is open, the server at its other end, and the trace of both."""

    def __init__(self, server: Server, port: int, **options: Any) -> None:
        self.server, self.clock = server, Clock()
        self.trace = Trace(self.clock)
        hosts = HostMap({"https://app.example.test": f"http://127.0.0.1:{port}"})
        url, parameters = options.pop("url", PUBLIC), options.pop("parameters", {"token": "t"})
        self.stream = MediaStream(
            self.clock, url, hosts, TOKEN, ACCOUNT, CALL, parameters, self.trace, **options
        )
        self.run: asyncio.Task[str] | None = None

    async def open(self) -> None:
        await self.stream.open()
        self.run = asyncio.create_task(self.stream.run())
        await self.server.until("start")

    async def reason(self) -> str:
        assert self.run is not None
        return await asyncio.wait_for(self.run, 5)

    async def app_sent(self, count: int) -> None:
        """Wait until so many messages of the app have been taken."""
        while sum(row["dir"] == "app" for row in self.trace.rows("stream")) < count:
            await asyncio.sleep(0.002)

    def codes(self) -> list[int]:
        return [row["code"] for row in self.trace.rows("note")]

    async def media(self, pcm: audio.PCM) -> None:
        payload = base64.b64encode(audio.encode(pcm)).decode()
        await self.server.send(event="media", streamSid=self.stream.sid, media={"payload": payload})

    async def mark(self, name: str) -> None:
        await self.server.send(event="mark", streamSid=self.stream.sid, mark={"name": name})

    async def clear(self) -> None:
        await self.server.send(event="clear", streamSid=self.stream.sid)


@asynccontextmanager
async def serving(route: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> Any:
    """A server on a free port of loopback."""
    app = web.Application()
    app.router.add_get("/{rest:.*}", route)
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


def story(work: Callable[[Call], Awaitable[None]], opened: bool = True, **options: Any) -> None:
    """Run a story with a stream and its server, and see that everything ends."""

    async def whole() -> None:
        server = Server()
        async with serving(server.route) as port:
            call = Call(server, port, **options)
            if opened:
                await call.open()
            await work(call)
            await call.stream.stop()
            if call.run is not None:
                await call.reason()

    asyncio.run(asyncio.wait_for(whole(), 20))


def test_the_handshake_is_signed_over_the_public_url_and_names_the_public_host() -> None:
    async def work(call: Call) -> None:
        digest = hmac.new(TOKEN.encode(), PUBLIC.encode(), hashlib.sha1).digest()
        assert call.server.headers["X-Twilio-Signature"] == base64.b64encode(digest).decode()
        assert call.server.headers["Host"] == "app.example.test"
        assert call.server.path == "/media"
        assert "Sec-WebSocket-Extensions" not in call.server.headers

    story(work)


def test_connected_and_start_are_as_captured() -> None:
    async def work(call: Call) -> None:
        sid = call.stream.sid
        assert call.server.messages[:2] == [
            {"event": "connected", "protocol": "Call", "version": "1.0.0"},
            {
                "event": "start",
                "sequenceNumber": "1",
                "start": {
                    "accountSid": ACCOUNT,
                    "streamSid": sid,
                    "callSid": CALL,
                    "tracks": ["inbound"],
                    "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
                    "customParameters": {"token": "t"},
                },
                "streamSid": sid,
            },
        ]
        assert sid.startswith("MZ")
        assert len(sid) == 34

    story(work)


def test_frames_are_160_bytes_numbered_in_strings_with_a_first_timestamp_above_0() -> None:
    async def work(call: Call) -> None:
        tone = audio.frames(audio.tone(0.2, 440))
        for frame in [*tone, SILENCE]:
            call.stream.hear(frame)
        media = await call.server.until("media", 11)
        assert [message["sequenceNumber"] for message in media] == [str(n) for n in range(2, 13)]
        assert [message["media"]["chunk"] for message in media] == [str(n) for n in range(1, 12)]
        assert all(set(message["media"]) == {"track", "chunk", "timestamp", "payload"} for message in media)
        sound = [base64.b64decode(message["media"]["payload"]) for message in media]
        assert sound == [*map(audio.encode, tone), b"\xff" * 160]
        stamps = [int(message["media"]["timestamp"]) for message in media]
        assert 0 < stamps[0] < 300
        assert all(15 <= after - before <= 25 for before, after in pairwise(stamps))

    story(work)


def test_the_app_s_audio_of_any_chunk_size_plays_in_order_and_bit_for_bit() -> None:
    async def work(call: Call) -> None:
        data = bytes((7 * n) % 251 + 1 for n in range(1000))
        for start, end in ((0, 1), (1, 400), (400, 405), (405, 1000)):
            await call.media(audio.decode(data[start:end]))
        await call.app_sent(4)
        played = b"".join(audio.encode(call.stream.speak()) for _ in range(7))
        assert played == audio.encode(audio.decode(data)) + b"\xff" * 120
        assert call.stream.speak() is SILENCE

    story(work)


def test_a_mark_is_echoed_when_all_before_it_has_played_and_not_sooner() -> None:
    async def work(call: Call) -> None:
        await call.media(audio.tone(0.04, 440))
        await call.mark("first")
        await call.media(audio.tone(0.02, 440))
        await call.mark("second")
        await call.app_sent(4)
        for ticks, names in ((2, []), (1, ["first"]), (1, ["first", "second"])):
            for _ in range(ticks):
                call.stream.speak()
            sent = [row["msg"] for row in call.trace.rows("stream") if row["dir"] == "twilio"]
            assert [msg["mark"]["name"] for msg in sent if msg["event"] == "mark"] == names
        echo = (await call.server.until("mark", 2))[0]
        assert set(echo) == {"event", "sequenceNumber", "streamSid", "mark"}

    story(work)


def test_a_mark_with_nothing_buffered_is_echoed_at_once() -> None:
    async def work(call: Call) -> None:
        await call.mark("now")
        assert (await call.server.until("mark"))[0]["mark"] == {"name": "now"}

    story(work)


def test_clear_empties_the_buffer_and_gives_the_outstanding_marks_back_in_order() -> None:
    async def work(call: Call) -> None:
        await call.media(audio.tone(1.0, 440))
        await call.mark("a")
        await call.media(audio.tone(1.0, 440))
        await call.mark("b")
        await call.app_sent(4)
        assert call.stream.speak() is not SILENCE
        await call.clear()
        marks = await call.server.until("mark", 2)
        assert [mark["mark"]["name"] for mark in marks] == ["a", "b"]
        assert call.stream.speak() is SILENCE
        await call.mark("c")
        assert (await call.server.until("mark", 3))[2]["mark"] == {"name": "c"}

    story(work)


def test_more_than_ten_minutes_of_audio_are_discarded_with_31931_and_the_stream_goes_on() -> None:
    async def work(call: Call) -> None:
        await call.media(audio.pause(599.0))
        await call.media(audio.pause(2.0))
        await call.media(audio.pause(1.0))
        await call.app_sent(3)
        assert call.codes() == [31931]
        assert call.stream.playback.seconds == 600.0
        await call.clear()
        await call.mark("alive")
        await call.server.until("mark")

    story(work)


REFUSED = [
    ("{", 31950),
    ("[1]", 31950),
    ('{"streamSid":"SID"}', 31950),
    ('{"event":7}', 31950),
    ('{"event":"shout","streamSid":"SID"}', 31951),
    ('{"event":"clear"}', 31951),
    ('{"event":"clear","streamSid":"MZother"}', 31951),
    ('{"event":"clear","streamSid":"SID","now":true}', 31951),
    ('{"event":"media","streamSid":"SID","media":{}}', 31951),
    ('{"event":"media","streamSid":"SID","media":{"payload":"?"}}', 31951),
    ('{"event":"media","streamSid":"SID","media":{"payload":"//8=","track":"outbound"}}', 31951),
    ('{"event":"media","streamSid":"SID","media":{"payload":5}}', 31951),
    ('{"event":"mark","streamSid":"SID","mark":"name"}', 31951),
]


@pytest.mark.parametrize(("text", "code"), REFUSED)
def test_a_bad_message_is_refused_with_its_code(text: str, code: int) -> None:
    with pytest.raises(Refused) as refused:
        parse(text, "SID")
    assert refused.value.code == code


SCALARS = st.none() | st.text(max_size=9) | st.integers()


@given(st.text(max_size=60) | st.recursive(SCALARS, st.lists).map(json.dumps))
def test_no_text_breaks_the_reader(text: str) -> None:
    with pytest.raises(Refused):
        parse(text, "SID")


def test_after_a_refused_message_the_stream_goes_on() -> None:
    async def work(call: Call) -> None:
        await call.server.send(event="shout")
        assert call.server.socket is not None
        await call.server.socket.send_str("}{")
        await call.mark("still here")
        await call.server.until("mark")
        assert call.codes() == [31951, 31950]

    story(work)


def test_a_binary_message_ends_the_stream_with_31924() -> None:
    async def work(call: Call) -> None:
        assert call.server.socket is not None
        await call.server.socket.send_bytes(b"\xff" * 160)
        assert await call.reason() == "protocol"
        assert call.codes() == [31924]
        await asyncio.wait_for(call.server.closed.wait(), 5)

    story(work)


def test_the_server_s_close_ends_the_stream_as_server_closed_and_what_was_buffered_is_gone() -> None:
    async def work(call: Call) -> None:
        await call.media(audio.tone(1.0, 440))
        await call.app_sent(1)
        assert call.server.socket is not None
        await call.server.socket.close()
        assert await call.reason() == "server_closed"
        assert call.codes() == [31921]
        assert call.stream.speak() is SILENCE
        call.stream.hear(SILENCE)
        call.stream.dtmf("1")
        assert not call.server.of("stop")

    story(work)


def test_a_connection_that_vanishes_is_broken() -> None:
    async def work(call: Call) -> None:
        assert call.server.transport is not None
        call.server.transport.abort()
        assert await call.reason() == "broken"
        assert call.codes() == [31903]

    story(work)


def test_break_off_cuts_without_a_stop_message() -> None:
    async def work(call: Call) -> None:
        call.stream.break_off()
        assert await call.reason() == "broken"
        await asyncio.wait_for(call.server.closed.wait(), 5)
        assert not call.server.of("stop")

    story(work)


def test_stop_is_the_last_message_before_the_close() -> None:
    async def work(call: Call) -> None:
        call.stream.hear(SILENCE)
        await call.stream.stop()
        assert await call.reason() == "stopped"
        await asyncio.wait_for(call.server.closed.wait(), 5)
        last = call.server.messages[-1]
        stop = {"accountSid": ACCOUNT, "callSid": CALL}
        sid = call.stream.sid
        assert last == {"event": "stop", "sequenceNumber": "3", "stop": stop, "streamSid": sid}
        assert call.codes() == []

    story(work)


def test_keys_are_told_to_a_two_way_stream_only() -> None:
    async def work(call: Call) -> None:
        call.stream.dtmf("5")
        told = (await call.server.until("dtmf"))[0]
        assert told["dtmf"] == {"track": "inbound_track", "digit": "5"}
        assert told["sequenceNumber"] == "2"

    story(work)


def test_a_one_way_stream_numbers_each_track_and_takes_no_messages() -> None:
    async def work(call: Call) -> None:
        for _ in range(2):
            call.stream.copy("inbound", SILENCE)
            call.stream.copy("outbound", SILENCE)
        media = await call.server.until("media", 4)
        chunks = [(message["media"]["track"], message["media"]["chunk"]) for message in media]
        assert chunks == [("inbound", "1"), ("outbound", "1"), ("inbound", "2"), ("outbound", "2")]
        await call.media(audio.tone(0.1, 440))
        await call.app_sent(1)
        assert call.stream.speak() is SILENCE
        assert call.codes() == [31951]
        assert call.server.messages[1]["start"]["tracks"] == ["inbound", "outbound"]

    story(work, tracks=("inbound", "outbound"), bidirectional=False)


def test_every_message_of_both_sides_is_in_the_trace() -> None:
    async def work(call: Call) -> None:
        call.stream.hear(SILENCE)
        await call.mark("x")
        await call.server.until("mark")
        rows = [(row["dir"], row["msg"]["event"], row["sid"]) for row in call.trace.rows("stream")]
        sid = call.stream.sid
        twilio = [(sid, event) for who, event, sid in rows if who == "twilio"]
        assert twilio == [(sid, event) for event in ("connected", "start", "media", "mark")]
        assert ("app", "mark", sid) in rows

    story(work)


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("ws://app.example.test/media", 31922),
        ("https://app.example.test/media", 31922),
        ("wss:///media", 31923),
        ("wss://[bad/media", 31923),
        ("wss://app.example.test/media?token=t", 31920),
        ("ws://127.0.0.1:1/media", 31902),
    ],
)
def test_a_stream_that_cannot_be_opened_says_why(url: str, code: int) -> None:
    async def work(call: Call) -> None:
        with pytest.raises(StreamFailed) as failed:
            await call.stream.open()
        assert failed.value.code == code
        assert call.codes() == [code]

    story(work, opened=False, url=url)


@pytest.mark.parametrize("status", [403, 500, 200])
def test_a_handshake_answered_otherwise_is_31920(status: int) -> None:
    async def whole() -> None:
        async def refuse(_: web.Request) -> web.Response:
            return web.Response(status=status)

        async with serving(refuse) as port:
            call = Call(Server(), port)
            with pytest.raises(StreamFailed, match="31920"):
                await call.stream.open()

    asyncio.run(asyncio.wait_for(whole(), 20))


def test_an_app_that_does_not_answer_is_31901_after_the_simulated_time() -> None:
    async def whole() -> None:
        released = asyncio.Event()

        async def hang(_: web.Request) -> web.Response:
            await released.wait()
            return web.Response()

        async with serving(hang) as port:
            call = Call(Server(), port)
            call.clock.speed = 100.0
            with pytest.raises(StreamFailed, match="31901"):
                await call.stream.open()
            released.set()

    asyncio.run(asyncio.wait_for(whole(), 20))


ACTS = st.binary(min_size=1, max_size=700) | st.sampled_from("abc") | st.none() | st.just(0)


@given(st.lists(ACTS, max_size=40))
def test_marks_come_back_once_and_bytes_play_in_order(script: list[bytes | str | int | None]) -> None:
    """Bytes feed, a letter marks, None clears, 0 takes a frame."""
    playback, fed, taken, marks, echoed = Playback(), b"", b"", 0, 0
    for act in script:
        if isinstance(act, bytes):
            fed += act
            assert playback.feed(act)
        elif isinstance(act, str):
            marks += 1
            echoed += playback.mark(act)
        elif act is None:
            echoed += len(playback.clear())
            fed = taken = b""
        else:
            echoed += len(playback.due())
            waiting = round(playback.seconds * RATE)
            taken += audio.encode(playback.take())[: min(SAMPLES, waiting)]
        assert taken.replace(b"\x7f", b"\xff") == fed[: len(taken)].replace(b"\x7f", b"\xff")
    while playback.seconds:
        playback.take()
    assert echoed + len(playback.due()) == marks


def test_exactly_ten_minutes_fit() -> None:
    playback = Playback()
    assert playback.feed(bytes(LONGEST))
    assert not playback.feed(b"\0")
    playback.take()
    assert playback.feed(bytes(SAMPLES))
