"""A telephone that somebody holds: what the network sees of it, and what the person is shown."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import numpy as np
import pytest

from tests.simulator.app import CALLER, SAM, World, room, world
from warmtransfer.simulator.phones.handset import Handset
from warmtransfer.simulator.phones.jitter import FIRST, MOST, SPARE, Jitter
from warmtransfer.simulator.phones.keys import HIGH, LOW, ROWS, SOUNDS, key_tone
from warmtransfer.simulator.sound.audio import RATE, SAMPLES, SILENCE, decode, encode, frames, loudness, tone

HELLO = "<Say>Hello, this is a call for you.</Say><Pause length='60'/>"


class Person:
    """A handset in the phone book, and everything that its page was told."""

    def __init__(self, net: World, number: str) -> None:
        self.net = net
        self.handset = Handset(net.sim.clock, net.sim.trace, number, "amy")
        net.network.phones.hands[number] = self.handset
        self.seen: list[str] = []
        self.ear: list[bytes] = []
        self._changed = asyncio.Event()
        self.handset.on_change = self._look
        self.handset.on_frame = self.ear.append

    def _look(self) -> None:
        shown = self.handset.shown()
        self.seen.append(f"{shown['at']} {shown['why']}".strip())
        self._changed.set()

    async def at(self, *states: str, seconds: float = 60) -> None:
        """Waits until it is there."""

        async def there() -> None:
            while self.handset.at not in states:
                self._changed.clear()
                await self._changed.wait()

        await self.net.sim.clock.wait_for(there(), seconds)

    @property
    def leg(self) -> str:
        return str(self.handset.shown()["call_sid"])


def story(work: Callable[[World, Person], Awaitable[None]], number: str = SAM, **pages: str) -> None:
    """Something that happens to one handset."""

    async def whole() -> None:
        served = {"/voice": HELLO, "/hello": HELLO, **{f"/{name}": page for name, page in pages.items()}}
        async with world(served) as net:
            await work(net, Person(net, number))

    asyncio.run(whole())


async def call(net: World, to: str = SAM, **more: Any) -> str:
    status, answer = await net.rest(
        "POST", "Calls", To=to, From=net.account.number, Url="https://app.example.test/hello", **more
    )
    assert status == 201, answer
    return str(answer["sid"])


def test_it_rings_until_the_person_answers_and_hears_what_is_said() -> None:
    async def work(net: World, sam: Person) -> None:
        sid = await call(net)
        await sam.at("ringing")
        assert sam.handset.shown()["with"] == net.account.number
        assert net.network.calls[sid].status == "ringing"
        sam.handset.answer()
        await net.until("note", event="speech", call_sid=sid)
        assert net.network.calls[sid].status == "in-progress"
        assert max(loudness(decode(frame)) for frame in sam.ear) > -30
        assert np.array_equal(decode(b"".join(sam.ear))[: 50 * SAMPLES], net.heard(sid)[: 50 * SAMPLES])
        net.network.calls[sid].finish()
        assert sam.seen == ["ringing", "talking", "idle they"]

    story(work)


def test_what_the_person_says_is_on_the_line_and_in_its_recording() -> None:
    async def work(net: World, sam: Person) -> None:
        sid = await call(net)
        await sam.at("ringing")
        sam.handset.answer()
        await sam.at("talking")
        said = tone(1.0, 500)
        for frame in frames(said):
            sam.handset.speak(encode(frame))
            await net.sim.clock.sleep(0.02)
        recorder = net.network.calls[sid].recorder
        assert recorder is not None
        spectrum = np.abs(np.fft.rfft(recorder.said()))
        loudest = np.argmax(spectrum) * RATE / len(recorder.said())
        assert abs(loudest - 500) < 5

    story(work)


@pytest.mark.parametrize(
    ("behaviour", "status", "seen"),
    [
        ("busy", "busy", []),
        ("decline", "busy", ["ringing", "idle declined"]),
        ("ring out", "no-answer", ["ringing", "idle missed"]),
        ("answer", "no-answer", ["ringing", "idle missed"]),
    ],
)
def test_nobody_touches_it(behaviour: str, status: str, seen: list[str]) -> None:
    async def work(net: World, sam: Person) -> None:
        sam.handset.behave(behaviour)
        sam.seen.clear()
        ended = await net.ended(await call(net, Timeout=10))
        assert ended["status"] == status
        assert sam.seen == seen
        assert sam.handset.at == "idle"

    story(work)


def test_a_call_that_is_declined_was_busy() -> None:
    async def work(net: World, sam: Person) -> None:
        sid = await call(net)
        await sam.at("ringing")
        sam.handset.decline()
        assert (await net.ended(sid))["status"] == "busy"
        assert sam.seen == ["ringing", "idle declined"]

    story(work)


def test_a_caller_who_gives_up_stops_the_ringing() -> None:
    async def work(net: World, sam: Person) -> None:
        sid = await call(net)
        await sam.at("ringing")
        await net.rest("POST", f"Calls/{sid}", Status="canceled")
        await sam.at("idle")
        assert sam.seen == ["ringing", "idle missed"]
        assert net.network.calls[sid].status == "canceled"
        sam.handset.answer()
        assert sam.handset.at == "idle"

    story(work)


def test_the_mailbox_is_a_machine_to_who_asks() -> None:
    async def work(net: World, sam: Person) -> None:
        sam.handset.behave("mailbox")
        sam.seen.clear()
        sid = await call(net, MachineDetection="Enable")
        amd = await net.until("note", event="amd", call_sid=sid)
        assert amd["answered_by"] == "machine_start"
        assert sam.handset.at == "mailbox"
        net.network.calls[sid].finish()
        await sam.at("idle")
        assert sam.seen == ["ringing", "mailbox", "idle mailbox"]

    story(work)


def test_the_person_is_quicker_than_the_mailbox() -> None:
    async def work(net: World, sam: Person) -> None:
        sam.handset.behave("mailbox")
        sid = await call(net)
        await sam.at("ringing")
        sam.handset.answer()
        await sam.at("talking")
        assert net.network.calls[sid].machine is False

    story(work)


def test_whoever_rings_a_telephone_that_is_in_use_finds_it_busy() -> None:
    async def work(net: World, sam: Person) -> None:
        await call(net)
        await sam.at("ringing")
        sam.handset.answer()
        await sam.at("talking")
        assert (await net.ended(await call(net)))["status"] == "busy"
        assert sam.handset.at == "talking"

    story(work)


def test_a_key_is_told_to_the_network_and_heard_on_the_line() -> None:
    async def work(net: World, sam: Person) -> None:
        sid = await call(net)
        await sam.at("ringing")
        sam.handset.answer()
        await sam.at("talking")
        await net.until("note", event="say", call_sid=sid)
        sam.handset.press("14")
        form = (await net.callback(path="/pressed"))["Digits"]
        assert form == "14"
        await net.sim.clock.sleep(0.6)
        recorder = net.network.calls[sid].recorder
        assert recorder is not None
        assert keys_in(recorder.said()) == "14"
        with pytest.raises(ValueError, match="no telephone has the key 'x'"):
            sam.handset.press("x")

    gather = "<Gather action='/pressed' numDigits='2'><Say>Press two keys.</Say></Gather>"
    story(work, hello=gather, pressed="<Pause length='60'/>")


def test_it_calls_types_is_given_steps_and_hangs_up() -> None:
    async def work(net: World, caller: Person) -> None:
        handset = caller.handset
        handset.dial(lambda phone: net.network.phone_in(CALLER, "", [], phone=phone))
        handset.type("Hello, is anybody there?")
        await caller.at("talking")
        sid = caller.leg
        spoken = await net.until("note", event="speech", call_sid=sid)
        assert (spoken["text"], spoken["who"]) == ("Hello, is anybody there?", "caller")
        await net.control("POST", f"/calls/{sid}/steps", [{"press": "5"}])
        assert (await net.until("note", event="press", call_sid=sid))["digit"] == "5"
        with pytest.raises(ValueError, match="in use"):
            handset.dial(lambda phone: net.network.phone_in(CALLER, "", [], phone=phone))
        handset.hang_up()
        assert caller.seen == ["calling", "talking", "idle you"]
        assert (await net.ended(sid))["status"] == "completed"

    story(work, CALLER, voice=room("caller"))


def test_a_call_that_nobody_takes_in_ends_with_its_reason() -> None:
    async def work(net: World, caller: Person) -> None:
        net.network.holdings.put({"status": "suspended"})
        caller.handset.dial(lambda phone: net.network.phone_in(CALLER, "", [], phone=phone))
        assert caller.seen == ["calling", "idle failed"]

    story(work, CALLER)


def keys_in(said: Any) -> str:
    """The keys whose tones are heard, in order, each once a tone."""
    found = ""
    last = ""
    for frame in frames(said):
        now = ""
        if loudness(frame) > -30:
            times = np.arange(len(frame)) / RATE
            strength = {f: abs(np.dot(frame, np.exp(-2j * np.pi * f * times))) for f in (*LOW, *HIGH)}
            low, high = max(LOW, key=strength.__getitem__), max(HIGH, key=strength.__getitem__)
            now = ROWS[LOW.index(low)][HIGH.index(high)]
        if now and now != last:
            found += now
        last = now
    return found


@pytest.mark.parametrize("key", "".join(ROWS))
def test_every_key_has_its_two_tones_for_long_enough(key: str) -> None:
    sound = key_tone(key)
    assert keys_in(sound) == key
    assert sum(loudness(frame) > -30 for frame in frames(sound)) * 0.02 >= SOUNDS - 0.02


# the jitter buffer


def numbered(count: int) -> list[Any]:
    return [np.full(SAMPLES, n + 1, dtype=np.int16) for n in range(count)]


def test_frames_leave_in_order_once_a_few_are_there() -> None:
    jitter, sent = Jitter(), numbered(6)
    for frame in sent[: FIRST - 1]:
        jitter.put(frame)
    assert jitter.take() is SILENCE
    for frame in sent[FIRST - 1 :]:
        jitter.put(frame)
    assert [jitter.take()[0] for _ in sent] == [1, 2, 3, 4, 5, 6]


def test_it_waits_for_more_after_every_gap_up_to_a_limit() -> None:
    jitter = Jitter()
    for _ in range(40):
        for frame in numbered(jitter.depth):
            jitter.put(frame)
        while jitter.take() is not SILENCE:
            pass
    assert jitter.depth == MOST


def test_it_waits_for_less_when_all_is_calm() -> None:
    jitter = Jitter()
    for frame in numbered(FIRST):
        jitter.put(frame)
    for frame in numbered(600):
        jitter.put(frame)
        jitter.take()
    assert jitter.depth == FIRST - 1


def test_what_has_piled_up_is_left_out_so_that_no_delay_stays() -> None:
    jitter, sent = Jitter(), numbered(40)
    for frame in sent:
        jitter.put(frame)
    assert jitter.take()[0] == 40 - FIRST - SPARE + 1
