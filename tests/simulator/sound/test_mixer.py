"""Conferences, players, lines and the engine: who hears what, frame by frame."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import numpy as np
import pytest

from warmtransfer.simulator.clock import Clock
from warmtransfer.simulator.sound import audio
from warmtransfer.simulator.sound.audio import SAMPLES, SILENCE, TICK, Frame
from warmtransfer.simulator.sound.engine import Engine, Line, Recorder
from warmtransfer.simulator.sound.mixer import Mixer
from warmtransfer.simulator.sound.player import Player


def flat(value: int) -> Frame:
    """A frame of one value, easy to add up."""
    return np.full(SAMPLES, value, dtype=np.int16)


def clip(*values: int) -> audio.PCM:
    """A frame of each value, in a row."""
    return np.concatenate([flat(value) for value in values])


class Voice:
    """A port that says what the test sets, and keeps what it hears."""

    def __init__(self, saying: Frame = SILENCE) -> None:
        self.saying = saying
        self.heard: list[int] = []
        self.frames: list[Frame] = []

    def speak(self) -> Frame:
        return self.saying

    def hear(self, frame: Frame) -> None:
        self.frames.append(frame)
        self.heard.append(int(frame[0]))


def room(**saying: int) -> tuple[Mixer, dict[str, Voice], Callable[[], dict[str, int]]]:
    """A mixer with a voice per key, and a function that ticks once and says what each one heard."""
    mixer = Mixer()
    voices = {key: Voice(flat(value)) for key, value in saying.items()}
    seats = {key: mixer.join(key) for key in saying}

    def tick() -> dict[str, int]:
        for key, voice in voices.items():
            seats[key].hear(voice.speak())
        mixer.tick()
        for key, voice in voices.items():
            voice.hear(seats[key].speak())
        return {key: voice.heard[-1] for key, voice in voices.items()}

    return mixer, voices, tick


def in_loop(work: Callable[[], Awaitable[None]]) -> None:
    """Run a test that needs an event loop, with a time limit."""

    async def limited() -> None:
        await asyncio.wait_for(work(), 20)

    asyncio.run(limited())


def test_everyone_hears_the_sum_of_the_others_and_not_themselves() -> None:
    _, _, tick = room(a=1, b=20, c=300)
    assert tick() == {"a": 320, "b": 301, "c": 21}


def test_a_lone_talker_passes_bit_for_bit_after_mu_law() -> None:
    mixer, voices, tick = room(a=0, b=0, c=0)
    noise = np.random.default_rng(1).integers(-32768, 32767, SAMPLES, dtype=np.int16)
    code = audio.encode(noise)
    voices["a"].saying, voices["b"].saying, voices["c"].saying = audio.decode(code), SILENCE, SILENCE
    tick()
    assert audio.encode(voices["b"].frames[-1]) == code
    assert voices["c"].frames[-1] is voices["a"].saying
    assert voices["a"].frames[-1] is SILENCE
    assert set(mixer.seats) == {"a", "b", "c"}


def test_a_mix_of_loud_talkers_saturates() -> None:
    _, _, tick = room(a=30000, b=30000, c=-1)
    assert tick()["c"] == 32767


def test_speech_is_heard_once_and_not_repeated_when_the_talker_stops() -> None:
    mixer, _, tick = room(a=7, b=0)
    tick()
    mixer.tick()
    assert mixer.seats["b"].speak() is SILENCE


def test_a_muted_seat_hears_and_is_not_heard() -> None:
    mixer, _, tick = room(a=1, b=20)
    mixer.mute("a", True)
    assert tick() == {"a": 20, "b": 0}
    mixer.mute("a", False)
    assert tick() == {"a": 20, "b": 1}


@pytest.mark.parametrize("verb", ["hold", "wait"])
def test_apart_a_seat_hears_its_source_alone_and_is_not_heard(verb: str) -> None:
    mixer, _, tick = room(a=1, b=20, c=300)
    getattr(mixer, verb)("a", Voice(flat(5)))
    assert tick() == {"a": 5, "b": 300, "c": 20}
    getattr(mixer, verb)("a", None)
    assert tick() == {"a": 320, "b": 301, "c": 21}


def test_hold_outlives_the_wait_audio() -> None:
    mixer, _, tick = room(a=1, b=20)
    mixer.wait("a", Voice(flat(5)))
    mixer.hold("a", Voice(flat(6)))
    assert tick()["a"] == 6
    mixer.wait("a", None)
    assert tick()["a"] == 6


def test_a_coach_is_heard_by_the_coached_alone_and_hears_all() -> None:
    mixer, _, tick = room(agent=1, customer=20, coach=300)
    mixer.coach("coach", "agent")
    assert tick() == {"agent": 320, "customer": 1, "coach": 21}
    mixer.coach("coach", None)
    assert tick()["customer"] == 301


def test_an_announcement_to_one_is_heard_by_that_one_above_the_room() -> None:
    async def work() -> None:
        mixer, _, tick = room(a=1, b=20, c=300)
        done = mixer.announce(clip(1000, 2000), "a")
        assert tick() == {"a": 1320, "b": 301, "c": 21}
        assert tick() == {"a": 2320, "b": 301, "c": 21}
        assert await done is True
        assert tick()["a"] == 320

    in_loop(work)


def test_an_announcement_to_all_is_not_heard_on_hold_but_a_private_one_is() -> None:
    async def work() -> None:
        mixer, _, tick = room(a=0, b=0)
        mixer.hold("a", Voice(flat(5)))
        mixer.announce(clip(1000))
        assert tick() == {"a": 5, "b": 1000}
        mixer.announce(clip(2000), "a")
        assert tick() == {"a": 2005, "b": 0}

    in_loop(work)


def test_announcements_of_one_target_queue() -> None:
    async def work() -> None:
        mixer, _, tick = room(a=0)
        first, second = mixer.announce(clip(1, 1), "a"), mixer.announce(clip(2), "a")
        assert [tick()["a"] for _ in range(4)] == [1, 1, 2, 0]
        assert (await first, await second) == (True, True)

    in_loop(work)


def test_an_announcement_to_one_who_leaves_ends_unplayed() -> None:
    async def work() -> None:
        mixer, _, tick = room(a=0, b=0)
        private, public = mixer.announce(clip(1, 2, 3), "a"), mixer.announce(clip(4, 5))
        tick()
        mixer.leave("a")
        assert await private is False
        mixer.close()
        assert await public is False
        assert await mixer.announce(clip(1), "a") is False

    in_loop(work)


def test_a_seat_that_left_is_silent_and_its_key_free_again() -> None:
    mixer, _, tick = room(a=1, b=20)
    tick()
    seat = mixer.seats["a"]
    mixer.leave("a")
    assert seat.speak() is SILENCE
    assert mixer.join("a") is not seat
    with pytest.raises(ValueError, match="a is in this conference"):
        mixer.join("a")


def test_a_player_plays_to_the_end_and_then_is_silent() -> None:
    async def work() -> None:
        player = Player()
        played = asyncio.create_task(player.play(clip(1, 2), loops=2))
        await asyncio.sleep(0)
        assert [int(player.speak()[0]) for _ in range(4)] == [1, 2, 1, 2]
        assert await played is True
        assert not player.playing
        assert player.speak() is SILENCE

    in_loop(work)


def test_a_player_is_stopped_replaced_or_cancelled() -> None:
    async def work() -> None:
        player = Player()
        forever = asyncio.create_task(player.play(clip(1), loops=0))
        await asyncio.sleep(0)
        assert [int(player.speak()[0]) for _ in range(3)] == [1, 1, 1]
        second = asyncio.create_task(player.play(clip(2, 3)))
        assert await forever is False
        assert int(player.speak()[0]) == 2
        player.stop()
        assert await second is False
        third = asyncio.create_task(player.silence(1.0))
        await asyncio.sleep(0)
        assert player.playing
        third.cancel()
        await asyncio.wait([third])
        assert not player.playing

    in_loop(work)


@pytest.mark.parametrize("seconds", [0.0, 0.1])
def test_a_players_silence_lasts_as_long_as_asked(seconds: float) -> None:
    async def work() -> None:
        player = Player()
        done = asyncio.create_task(player.silence(seconds))
        await asyncio.sleep(0)
        ticks = 0
        while player.playing:
            assert player.speak() is SILENCE
            ticks += 1
        assert await done is True
        assert ticks == round(seconds / TICK)

    in_loop(work)


def test_a_line_records_both_sides_aligned_from_the_answer(tmp_path: Path) -> None:
    async def work() -> None:
        engine, phone, recorder = Engine(Clock()), Voice(flat(1)), Recorder()
        line = Line(phone, recorder)
        engine.add(line)
        engine.tick()
        line.connect(Voice(flat(9)))
        engine.tick()
        phone.saying = SILENCE
        line.connect(None)
        engine.tick()
        assert recorder.heard()[::SAMPLES].tolist() == phone.heard == [0, 9, 0]
        assert recorder.said()[::SAMPLES].tolist() == [1, 1, 0]
        assert recorder.heard(since=TICK)[::SAMPLES].tolist() == [9, 0]
        assert recorder.seconds == pytest.approx(3 * TICK)
        assert recorder.started is not None
        recorder.save(tmp_path / "heard.wav", tmp_path / "said.wav")
        assert np.array_equal(audio.load_wav(tmp_path / "heard.wav"), recorder.heard())
        assert np.array_equal(audio.load_wav(tmp_path / "said.wav"), recorder.said())

    in_loop(work)


def test_an_app_leg_in_a_room_hears_and_is_heard_without_losing_a_frame() -> None:
    async def work() -> None:
        engine, mixer = Engine(Clock()), Mixer()
        caller, app = Voice(), Voice()
        near, far = Line(caller), Line(mixer.join("ai"))
        near.connect(mixer.join("caller"))
        far.connect(app)
        for part in (mixer, near, far):
            engine.add(part)
        for value in range(1, 11):
            caller.saying, app.saying = flat(value), flat(100 + value)
            engine.tick()
        assert app.heard == [0, *range(1, 10)]
        assert caller.heard == [0, *range(101, 110)]

    in_loop(work)


class Copies:
    """Keeps what a tap gives it."""

    def __init__(self) -> None:
        self.frames: list[tuple[str, int]] = []

    def copy(self, track: str, frame: Frame) -> None:
        self.frames.append((track, int(frame[0])))


def test_a_tap_copies_the_tracks_it_asked_for() -> None:
    line, one, both = Line(Voice(flat(1))), Copies(), Copies()
    line.connect(Voice(flat(2)))
    line.tap(one, "outbound")
    line.tap(both, "both")
    line.upwards()
    line.downwards()
    line.untap(both)
    line.upwards()
    line.downwards()
    assert one.frames == [("outbound", 2), ("outbound", 2)]
    assert both.frames == [("inbound", 1), ("outbound", 2)]
    with pytest.raises(ValueError, match="no such track"):
        line.tap(one, "sideways")


class HandClock(Clock):
    """A clock that stands still until it is told otherwise, and wakes whoever sleeps too late."""

    def __init__(self) -> None:
        super().__init__()
        self.time = 0.0
        self.asleep = asyncio.Event()
        self.turned = asyncio.Event()

    def now(self) -> float:
        return self.time

    async def sleep(self, seconds: float) -> None:
        until = self.time + seconds
        while self.time < until:
            self.asleep.set()
            await self.turned.wait()
            self.turned.clear()

    async def turn(self, seconds: float) -> None:
        self.asleep.clear()
        self.time += seconds
        self.turned.set()
        await self.asleep.wait()


def test_after_a_stall_the_engine_catches_up_tick_by_tick_with_other_work_between() -> None:
    async def work() -> None:
        clock = HandClock()
        engine, voice = Engine(clock), Voice()
        engine.add(Line(voice))
        running = asyncio.create_task(engine.run())
        await clock.asleep.wait()
        begun = len(voice.heard)
        seen: list[int] = []

        async def other() -> None:
            while len(seen) < 10:
                seen.append(len(voice.heard))
                await asyncio.sleep(0)

        rest = asyncio.create_task(other())
        await clock.turn(1.0)
        await rest
        assert len(voice.heard) - begun == 50
        assert len(set(seen)) >= 5
        running.cancel()

    in_loop(work)


def test_the_engine_sleeps_without_lines_and_starts_again_at_the_present() -> None:
    async def work() -> None:
        clock = HandClock()
        engine, first, second = Engine(clock), Voice(), Voice()
        running = asyncio.create_task(engine.run())
        await asyncio.sleep(0)
        line = Line(first)
        engine.add(line)
        await clock.asleep.wait()
        engine.remove(line)
        clock.time += 500.0
        clock.turned.set()
        await asyncio.sleep(0)
        late = Line(second)
        engine.add(late)
        clock.asleep.clear()
        await clock.asleep.wait()
        assert late.recorder.started == pytest.approx(clock.time)
        assert len(second.heard) == 1
        assert len(first.heard) == 1
        running.cancel()

    in_loop(work)


def test_ten_times_the_speed_gives_the_same_number_of_frames() -> None:
    async def work() -> None:
        clock = Clock(speed=10)
        engine, voice = Engine(clock), Voice()
        line = Line(voice)
        engine.add(line)
        running = asyncio.create_task(engine.run())
        await clock.sleep(2.0)
        while clock.now() - engine.now > TICK:
            await asyncio.sleep(0)
        expected = (clock.now() - (line.recorder.started or 0)) / TICK
        assert len(voice.heard) == pytest.approx(expected, abs=2)
        running.cancel()

    in_loop(work)
