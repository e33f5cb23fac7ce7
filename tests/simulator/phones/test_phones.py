"""Scripted phones: what they say, wait for, press, and how the phone book has them react."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import pytest

from warmtransfer.simulator.clock import Clock
from warmtransfer.simulator.phones.phone import Phone
from warmtransfer.simulator.phones.scripts import PhoneBook
from warmtransfer.simulator.phones.steps import check_steps
from warmtransfer.simulator.sound import audio, speech
from warmtransfer.simulator.sound.audio import SAMPLES, SILENCE, TICK, Frame
from warmtransfer.simulator.sound.ear import Ear, is_voice
from warmtransfer.simulator.sound.engine import Engine, Line
from warmtransfer.simulator.sound.player import Player
from warmtransfer.simulator.trace import Trace

OWN, OTHER, ROOM = "CA" + "1" * 32, "CA" + "2" * 32, "CF" + "3" * 32


class Story:
    """A phone on a line to a player, at twenty times the speed."""

    def __init__(self, *steps: Mapping[str, Any], **options: Any) -> None:
        self.clock = Clock(speed=20)
        self.trace = Trace(self.clock)
        self.phone = Phone(self.clock, self.trace, steps, **options)
        self.network = Player()
        self.line = Line(self.phone)
        self.line.connect(self.network)
        self.pressed: list[tuple[str, float]] = []
        self.hung_up = asyncio.Event()
        self.phone.on_press = lambda key: self.pressed.append((key, self.clock.now()))
        self.phone.on_hangup = self.hung_up.set

    def notes(self, event: str) -> list[dict[str, Any]]:
        return [row for row in self.trace.rows("note") if row["event"] == event]

    def leg(self, event: str, label: str, call_sid: str = OTHER, **more: Any) -> None:
        self.trace.write("leg", event=event, label=label, call_sid=call_sid, **more)

    async def done(self) -> None:
        await asyncio.wait_for(self.phone.finished.wait(), 10)


def story(work: Callable[[Story], Awaitable[None]], *steps: Mapping[str, Any], **options: Any) -> None:
    """Run a phone's script from the answer on, with the engine ticking."""

    async def whole() -> None:
        tale = Story(*steps, **options)
        engine = Engine(tale.clock)
        running = asyncio.create_task(engine.run())
        engine.add(tale.line)
        tale.phone.start(OWN, "caller")
        await work(tale)
        tale.phone.stop()
        running.cancel()
        await asyncio.wait([running])

    asyncio.run(asyncio.wait_for(whole(), 20))


def test_a_line_by_name_is_said_bit_for_bit_and_logged_with_its_words() -> None:
    async def work(tale: Story) -> None:
        await tale.done()
        pcm = speech.recorded("where-order")
        said = tale.line.recorder.said()
        begin = int(said.nonzero()[0][0]) // SAMPLES * SAMPLES
        first = int(pcm.nonzero()[0][0]) // SAMPLES * SAMPLES
        whole = audio.joined(audio.frames(pcm))[first:]
        assert (said[begin : begin + len(whole)] == whole).all()
        (row,) = tale.notes("speech")
        assert (row["who"], row["call_sid"], row["text"]) == ("caller", OWN, "where is my order")
        assert row["end"] - row["start"] == pytest.approx(len(pcm) / 8000, abs=0.3)
        assert [row["text"] for row in tale.notes("say")] == ["where is my order"]

    story(work, {"say": "where-order"})


def test_the_words_of_a_line_are_as_good_as_its_name_and_other_text_is_synthesised() -> None:
    async def names() -> None:
        text, pcm = await speech.say("Where is my order?")
        assert text == "where is my order"
        assert pcm is speech.recorded("where-order")
        text, free = await speech.say("Forty-two purple umbrellas")
        assert text == "Forty-two purple umbrellas"
        assert audio.loudness(free) > -35

    asyncio.run(names())


def test_keys_are_pressed_in_order_and_w_waits() -> None:
    async def work(tale: Story) -> None:
        await tale.done()
        assert [key for key, _ in tale.pressed] == ["1", "2"]
        assert tale.pressed[1][1] - tale.pressed[0][1] >= 0.5

    story(work, {"press": "1w2"})


def test_a_script_that_has_ended_goes_on_when_more_is_asked_for() -> None:
    async def work(tale: Story) -> None:
        tale.phone.go_on([{"press": "2"}])
        await tale.done()
        tale.phone.go_on([{"press": "3"}, {"press": "4"}])
        await tale.done()
        assert [key for key, _ in tale.pressed] == ["1", "2", "3", "4"]

    story(work, {"press": "1"})


def test_a_turn_comes_when_somebody_has_answered_also_before_it_was_waited_for() -> None:
    async def work(tale: Story) -> None:
        await tale.network.play(speech.recorded("kim-help"))
        await tale.clock.sleep(1.0)
        turn = {"until": "turn:0.5", "timeout": 3}
        tale.phone.go_on([turn, {"say": "yes"}, turn])
        await tale.done()
        (missed,) = tale.notes("script")
        assert "in vain for turn:0.5" in missed["text"], "its own words are no answer"

    story(work)


def test_a_script_hangs_up() -> None:
    async def work(tale: Story) -> None:
        await asyncio.wait_for(tale.hung_up.wait(), 5)

    story(work, {"wait": 0.2}, {"hangup": True})


def test_until_quiet_needs_speech_first_and_ring_tones_are_none() -> None:
    async def work(tale: Story) -> None:
        await tale.network.play(audio.ring_tone())
        assert not tale.pressed
        await tale.network.play(speech.recorded("kim-hello"))
        end = tale.clock.now()
        await tale.done()
        assert tale.pressed[0][1] - end == pytest.approx(1.0, abs=0.5)

    story(work, {"until": "quiet:1.0"}, {"press": "1"})


def test_until_speech_ends_while_the_other_still_speaks() -> None:
    async def work(tale: Story) -> None:
        long = asyncio.create_task(tale.network.play(speech.recorded("voicemail-sam")))
        await tale.done()
        assert not long.done()
        long.cancel()

    story(work, {"until": "speech"})


def test_joined_and_left_are_seen_in_the_phone_s_own_room_only() -> None:
    async def work(tale: Story) -> None:
        tale.leg("joined", "caller", OWN, conference_sid=ROOM)
        tale.leg("joined", "human-2", conference_sid="CF" + "4" * 32)
        await tale.clock.sleep(0.5)
        assert not tale.phone.finished.is_set()
        tale.leg("joined", "human-2", conference_sid=ROOM)
        await tale.clock.sleep(0.5)
        assert not tale.phone.finished.is_set()
        tale.leg("left", "ai-1", conference_sid=ROOM)
        await tale.done()
        assert not tale.notes("script")

    story(work, {"until": "joined:human-2"}, {"until": "left:ai-1"})


def test_what_happened_before_the_step_counts_once() -> None:
    async def work(tale: Story) -> None:
        tale.phone.notice("joined:human-1")
        tale.phone.notice("ringing:+15550100001")
        await tale.done()
        (row,) = tale.notes("script")
        assert row["text"] == "waited 1 s in vain for joined:human-1"

    story(
        work,
        {"wait": 0.3},
        {"until": "ringing:+15550100001", "timeout": 5},
        {"until": "joined:human-1", "timeout": 5},
        {"until": "joined:human-1", "timeout": 1},
    )


def test_heard_is_the_start_and_heard_end_the_end_of_what_the_network_says_here() -> None:
    async def work(tale: Story) -> None:
        said = {"who": "network", "text": "Please press 1 to take the call."}
        tale.trace.note("say", call_sid=OTHER, **said)
        tale.trace.note("speech", call_sid=OTHER, **said)
        await tale.clock.sleep(0.5)
        assert not tale.pressed
        tale.trace.note("say", call_sid=OWN, **said)
        while not tale.pressed:
            await tale.clock.sleep(TICK)
        await tale.clock.sleep(0.5)
        assert not tale.phone.finished.is_set()
        tale.trace.note("speech", call_sid=OWN, **said)
        await tale.done()

    story(work, {"until": "heard:Press 1"}, {"press": "1"}, {"until": "heard-end:press 1"})


def test_the_label_follows_the_leg_rows() -> None:
    async def work(tale: Story) -> None:
        tale.leg("joined", "human-3", OWN, conference_sid=ROOM)
        await tale.done()
        assert tale.notes("speech")[0]["who"] == "human-3"

    story(work, {"wait": 0.3}, {"say": "sam-goodbye"})


def test_a_phone_talks_over_what_it_does_otherwise() -> None:
    async def work(tale: Story) -> None:
        await tale.done()
        assert [row["text"] for row in tale.notes("speech")][:2] == ["hello", "hello"]
        assert tale.line.recorder.said().any()

    over = {"say": "hello", "after": 0.1, "times": 2, "every": 0.1}
    story(work, {"wait": 2.5}, talks_over=over)


def test_two_mouths_at_once_are_mixed() -> None:
    async def work(tale: Story) -> None:
        await tale.done()
        both = speech.recorded("hello").astype(int).var() + speech.recorded("yes").astype(int).var()
        assert tale.line.recorder.said().astype(int).var() > both / 10

    story(work, {"wait": 0.1}, {"say": "hello"}, talks_over={"say": "yes", "after": 0.1})


def test_stop_ends_the_script_and_logs_what_was_being_said() -> None:
    async def work(tale: Story) -> None:
        while not tale.notes("say"):
            await tale.clock.sleep(TICK)
        tale.phone.stop()
        tale.phone.stop()
        while not tale.notes("speech"):
            await asyncio.sleep(0)
        assert tale.phone.speak() is SILENCE
        assert tale.phone.finished.is_set()
        assert not tale.pressed

    story(work, {"say": "speak-person"}, {"press": "1"})


def test_a_voice_is_heard_soon_and_tones_and_music_are_no_voices() -> None:
    for name in speech.lines():
        ear = Ear()
        heard = []
        for frame in audio.frames(speech.recorded(name)):
            ear.hear(frame)
            heard.append(ear.spoken_to)
        assert True in heard[:30], name
    for tone in (audio.ring_tone(), audio.hold_music(), audio.beep(), audio.pause(1)):
        ear = Ear()
        for frame in audio.frames(tone) * 3:
            ear.hear(frame)
        assert not ear.spoken_to
    assert not is_voice(SILENCE)


def test_a_voicemail_greets_beeps_listens_and_hangs_up() -> None:
    book = PhoneBook()
    book.put([{"number": "+15550100001", "answer": {"voicemail": 1.5}}])
    callee = book.take("+15550100001")
    assert callee is not None
    assert (callee.outcome, callee.after, callee.machine) == ("answer", 1.5, True)

    async def work(tale: Story) -> None:
        await asyncio.wait_for(tale.hung_up.wait(), 15)
        said = tale.line.recorder.said()
        assert tale.notes("speech")[0]["text"].startswith("you have reached sam")
        ends = audio.frames(said[: int(said.nonzero()[0][-1])])
        assert not is_voice(ends[-3])
        assert audio.loudness(ends[-3]) == pytest.approx(-20, abs=1)

    story(work, *callee.steps)


def test_entries_of_a_number_are_used_up_in_order_and_the_last_repeats() -> None:
    book = PhoneBook()
    book.put(
        [
            {"number": "+1", "answer": "busy"},
            {"number": "+2", "answer": "failed"},
            {"number": "+1", "answer": "no-answer"},
            {"number": "+1", "answer": {"after": 2.0}, "steps": [{"say": "hello"}]},
        ]
    )
    taken = [book.take("+1") for _ in range(4)]
    assert [one.outcome for one in taken if one] == ["busy", "no-answer", "answer", "answer"]
    assert book.take("+3") is None
    book.put([{"number": "+1", "answer": "busy"}])
    again, other = book.take("+1"), book.take("+2")
    assert again is not None
    assert other is not None
    assert (again.outcome, other.outcome) == ("busy", "failed")


@pytest.mark.parametrize(
    "entry",
    [
        {},
        {"number": ""},
        {"number": "+1", "answer": "maybe"},
        {"number": "+1", "answer": {"later": 1}},
        {"number": "+1", "anwser": "busy"},
        {"number": "+1", "steps": [{"sing": "la"}]},
    ],
)
def test_a_phone_that_cannot_be_is_refused(entry: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        PhoneBook().put([entry])


@pytest.mark.parametrize(
    "step",
    [
        {},
        {"wait": -1},
        {"wait": "soon"},
        {"wait": True},
        {"say": " "},
        {"say": "hello", "press": "1"},
        {"say": "hello", "loud": True},
        {"press": "x"},
        {"press": ""},
        {"until": "doomsday"},
        {"until": "quiet:long"},
        {"until": "speech", "timeout": "x"},
    ],
)
def test_a_step_no_phone_can_do_is_refused_by_its_place(step: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="step 2"):
        check_steps([{"wait": 1}, step])


def test_a_script_that_breaks_is_noted_and_ends() -> None:
    async def work(tale: Story) -> None:
        def explode(_: str) -> None:
            raise LookupError("no such leg")

        tale.phone.on_press = explode
        await tale.done()
        assert "no such leg" in tale.notes("script")[0]["text"]

    story(work, {"wait": 0.1}, {"press": "1"})


def test_a_phone_hears_in_frames_of_any_kind() -> None:
    async def work(tale: Story) -> None:
        frames: list[Frame] = [SILENCE, audio.decode(b"\0" * SAMPLES), audio.decode(b"\xff" * SAMPLES)]
        for frame in frames:
            tale.phone.hear(frame)
        await tale.done()

    story(work)
