"""The talk across its border: what the relay tells it, and what it tells the relay, without any socket."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, cast

import pytest

from tests.relay.ends import Notes, sound
from warmtransfer.clock import Clock
from warmtransfer.core.call import Stage
from warmtransfer.ports.carrier.media import Spelling
from warmtransfer.ports.loop.protocols import Loop
from warmtransfer.ports.model.protocol import Model, ToolCall, Want
from warmtransfer.relay import tones
from warmtransfer.relay.answers import FAILURES, UNHEARD
from warmtransfer.relay.border import TalkSide
from warmtransfer.relay.memory import Memory
from warmtransfer.relay.settings import RelaySettings
from warmtransfer.relay.speaker import Speaker
from warmtransfer.relay.stream import Stream
from warmtransfer.relay.talk import INTRODUCTION, Talk
from warmtransfer.relay.tools import CallInfo, Toolbox


class Told:
    """The relay's side, taking notes."""

    def __init__(self) -> None:
        self.heard: list[tuple[Any, ...]] = []

    def session_ready(self, expires_at: float) -> None:
        self.heard.append(("ready", expires_at))

    def session_lost(self, reason: str, fatal: bool) -> None:
        self.heard.append(("lost", reason, fatal))

    def introduced(self) -> None:
        self.heard.append(("introduced",))


class Session:
    """A session that can be spoken to, and notes what it was told."""

    def __init__(self) -> None:
        self.told: list[tuple[Any, ...]] = []
        self.busy = False

    def say(self, want: Want) -> None:
        self.told.append(("say", want.purpose, want.note))

    def know(self, text: str) -> None:
        self.told.append(("know", text))

    def answer(self, call_id: str, text: str) -> bool:
        self.told.append(("answer", call_id))
        return True

    def remember(self, who: str, text: str) -> None:
        self.told.append(("remember", who, text))

    def cut(self, truncate: tuple[str, int, int] | None, delete: Sequence[str]) -> None:
        self.told.append(("cut", truncate and truncate[0], *delete))

    def interrupted(self) -> None:
        self.told.append(("interrupted",))

    def deafen(self, keep: str) -> None:
        self.told.append(("deafen", keep))

    def hear(self) -> None:
        self.told.append(("hear",))

    def close(self) -> None:
        self.told.append(("close",))


class Outlet:
    """What a speaker speaks into."""

    generation = 1
    spelling = Spelling("MZ1")

    def __init__(self) -> None:
        self.sent: list[bytes] = []

    def send(self, message: bytes) -> None:
        self.sent.append(message)

    offer = send

    def send_with(self, media: bytes, mark: bytes) -> None:
        self.sent += [media, mark]


class Later:
    """The part of the loop that a talk without tools needs: it keeps what is to be called."""

    def __init__(self) -> None:
        self.waiting: list[Callable[[], object]] = []

    def later(self, seconds: float, fn: Callable[[], object]) -> None:
        self.waiting.append(fn)


class Sides:
    """A talk between a relay, a session and a speaker that take notes. Time stands unless it is told."""

    def __init__(self) -> None:
        self.now = 100.0
        self.relay, self.desk, self.loop = Told(), Notes(), Later()
        clock = Clock()
        clock.monotonic = lambda: self.now  # type: ignore[method-assign]
        self.talk: TalkSide = Talk(
            self.relay,
            CallInfo("c1"),
            RelaySettings(early=False),
            cast(Loop, self.loop),
            clock,
            self.desk,
            Toolbox(),
            Memory(),
        )

    def session(self) -> Session:
        """A new current session."""
        session = Session()
        self.talk.session(cast(Model, session))
        return session

    def stream(self) -> Outlet:
        """A new stream."""
        outlet = Outlet()
        self.talk.stream(Speaker(cast(Stream, outlet), lambda: self.now))
        return outlet

    def says(self, item: str, ms: int, text: str) -> None:
        """The model says this."""
        self.talk.model_audio(item, 0, sound(ms).encode())
        self.talk.model_words(item, text, True)
        self.talk.turn_done("", "completed")


def test_news_is_kept_until_there_is_a_session_to_tell_it() -> None:
    sides = Sides()
    sides.talk.speak("Kim is out.")
    session = sides.session()
    sides.talk.speak("")
    assert session.told == [("say", "news", "Kim is out.")]


def test_a_new_session_is_told_what_was_heard_of_the_one_before() -> None:
    sides = Sides()
    sides.session()
    sides.stream()
    sides.says("i1", 1000, "Hello there.")
    sides.now += 2.0
    sides.talk.tick()
    assert sides.desk.lines == [("ai", "Hello there.")]
    assert sides.session().told == [("remember", "ai", "Hello there.")]


def test_a_stream_that_goes_takes_along_what_was_not_heard_on_it() -> None:
    sides = Sides()
    session = sides.session()
    sides.stream()
    sides.says("i1", 4000, "one two three four")
    sides.talk.model_audio("i2", 0, sound(1000).encode())
    sides.now += 2.0
    sides.talk.stream(None)
    assert ("cut", "i1", "i2") in session.told
    assert sides.desk.lines == [("ai", "one two…")]


def test_what_is_said_without_a_stream_is_forgotten_by_the_session() -> None:
    sides = Sides()
    session = sides.session()
    sides.says("i1", 1000, "Nobody hears this.")
    assert session.told == [("cut", None, "i1")]
    assert sides.talk.calm()


def test_a_gated_session_is_deafened_once_and_so_is_one_that_begins_then() -> None:
    sides = Sides()
    first = sides.session()
    for stage in (Stage.JOINING, Stage.HUMAN):
        sides.talk.follow(stage, True)
    assert first.told == [("deafen", INTRODUCTION)]
    second = sides.session()
    sides.talk.speak("Nobody may say this.")
    sides.talk.caller_started()
    assert second.told == [("deafen", INTRODUCTION)]
    sides.talk.follow(Stage.AI, False)
    assert second.told[1:] == [("hear",)]


def test_the_relay_is_told_of_a_session_that_is_ready_and_of_one_that_is_lost() -> None:
    sides = Sides()
    session = sides.session()
    sides.talk.model_ready(7.0)
    sides.talk.model_lost("closed", True)
    assert sides.relay.heard == [("ready", 7.0), ("lost", "closed", True)]
    sides.talk.know("Nobody is told this.")
    assert session.told == []


def test_a_session_whose_responses_keep_failing_is_closed_and_lost() -> None:
    sides = Sides()
    session = sides.session()
    for number in range(1, FAILURES):
        sides.talk.turn_done("", "failed")
        assert len(sides.loop.waiting) == number
        sides.loop.waiting[-1]()
    assert [each for each in session.told if each[0] == "say"] == [("say", "again", "")] * (FAILURES - 1)
    sides.talk.turn_done("", "failed")
    assert session.told[-1] == ("close",)
    assert [each[0] for each in sides.relay.heard] == ["lost"]


@pytest.mark.parametrize("lacks", ["session", "stream"])
def test_an_introduction_that_cannot_be_said_is_over_at_once(lacks: str) -> None:
    sides = Sides()
    if lacks != "session":
        sides.session()
    if lacks != "stream":
        sides.stream()
    sides.talk.introduce("Sam is here.")
    assert sides.relay.heard == [("introduced",)]


def test_an_introduction_is_over_when_it_was_heard_or_has_failed() -> None:
    sides = Sides()
    sides.session()
    sides.stream()
    sides.talk.introduce("Sam is here.")
    sides.talk.model_audio("i1", 0, sound(1000).encode())
    sides.talk.turn_done(INTRODUCTION, "completed")
    sides.talk.tick()
    assert sides.relay.heard == []
    sides.now += 5.0
    sides.talk.tick()
    assert sides.relay.heard == [("introduced",)]
    sides.talk.turn_done(INTRODUCTION, "incomplete")
    assert sides.relay.heard == [("introduced",)] * 2


def test_it_is_calm_when_nobody_speaks_and_no_words_are_outstanding() -> None:
    sides = Sides()
    session = sides.session()
    assert sides.talk.calm()
    sides.talk.caller_started()
    assert not sides.talk.calm()
    sides.talk.caller_turn("u1")
    assert not sides.talk.calm()
    sides.talk.caller_words("u1", "Hello?")
    assert sides.talk.calm()
    session.busy = True
    assert not sides.talk.calm()


def test_whoever_waits_for_quiet_is_woken_by_the_end() -> None:
    sides = Sides()
    sides.session().busy = True
    woken: list[bool] = []
    sides.talk.when_quiet(lambda: woken.append(True))
    assert not woken
    sides.talk.close()
    assert woken == [True]


@pytest.mark.parametrize("status", ["completed", "incomplete"])
def test_an_answer_without_a_sound_is_asked_for_again_then_we_speak_ourselves(status: str) -> None:
    sides = Sides()
    session = sides.session()
    outlet = sides.stream()
    sides.says("i1", 1000, "Hello.")
    sides.now += 2.0
    sides.talk.tick()
    sides.talk.caller_words("u1", "What is the price?")
    sides.talk.turn_done("", status)
    assert session.told[-1] == ("say", "again", UNHEARD)
    sent = len(outlet.sent)
    sides.talk.turn_done("again", status)
    assert sides.desk.lines[-1] == ("ai", tones.LINES["pardon"])
    assert session.told[-1] == ("remember", "ai", tones.LINES["pardon"])
    played = b"".join(outlet.sent[sent:])
    assert all(piece in played for piece in tones.pieces("pardon"))


def test_a_greeting_without_a_sound_becomes_ours_and_the_ring_tone_ends() -> None:
    sides = Sides()
    session = sides.session()
    outlet = sides.stream()
    sides.talk.speak("")
    for purpose in ("greeting", "again"):
        sides.talk.turn_done(purpose, "completed")
    assert session.told[-2:] == [("say", "again", UNHEARD), ("remember", "ai", tones.LINES["hello"])]
    sides.now += 5.0
    sent = len(outlet.sent)
    sides.talk.tick()
    assert outlet.sent[sent:] == []


def test_a_session_that_stays_mute_is_lost() -> None:
    sides = Sides()
    session = sides.session()
    sides.stream()
    for _ in range(2 * FAILURES):
        sides.talk.turn_done("", "incomplete")
    assert session.told[-1] == ("close",)
    assert [each[0] for each in sides.relay.heard] == ["lost"]


@pytest.mark.parametrize("what", ["speaks", "tool", "cancelled", "nudge", "gated", "busy"])
def test_an_answer_that_nobody_waits_for_is_not_asked_for_again(what: str) -> None:
    sides = Sides()
    session = sides.session()
    sides.stream()
    if what == "speaks":
        sides.talk.caller_started()
    elif what == "tool":
        sides.talk.tool_called(ToolCall("c1", "look_up", None))
    elif what == "gated":
        sides.talk.follow(Stage.JOINING, True)
    session.busy = what == "busy"
    session.told.clear()
    status = "cancelled" if what == "cancelled" else "completed"
    sides.talk.turn_done("nudge" if what == "nudge" else "", status)
    assert ("say", "again", UNHEARD) not in session.told
