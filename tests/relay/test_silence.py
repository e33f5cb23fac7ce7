"""The longest silence that a caller hears: what breaks one, and when there is nobody to hear it."""

from __future__ import annotations

import time
from typing import cast

import pytest

from tests.relay.ends import calling, ends, sound, until
from tests.relay.test_talk import Outlet
from warmtransfer.core import events as ev
from warmtransfer.core.call import Stage
from warmtransfer.relay.pauses import Pauses
from warmtransfer.relay.speaker import Speaker
from warmtransfer.relay.stream import Stream


class Line:
    """A speaker of a stream that began at second 100, and a clock that is told the time."""

    def __init__(self) -> None:
        self.now = 100.0
        self.speaker = Speaker(cast(Stream, Outlet()), lambda: self.now)

    def at(self, second: float) -> Line:
        """It is so late."""
        self.now = 100.0 + second
        return self

    def plays(self, seconds: float) -> Line:
        """The AI says something that lasts so long."""
        self.speaker.play("i1", 0, sound(int(seconds * 1000)).encode())
        return self

    def longest(self) -> float:
        """Seconds, as the stream would end now."""
        return round(self.speaker.longest_silence(), 3)


def test_a_silence_is_from_the_end_of_one_sound_to_the_beginning_of_the_next() -> None:
    line = Line().at(1).plays(2)
    assert line.longest() == 1.0, "the stream's beginning"
    line.at(2).plays(1)  # sent before the first has been heard: the carrier plays one after the other
    assert line.at(7).plays(1).longest() == 3.0


def test_the_last_one_lasts_until_the_stream_ends() -> None:
    line = Line().at(0).plays(1)
    assert line.at(6).longest() == 5.0


def test_nothing_is_silent_while_something_is_still_to_be_heard() -> None:
    line = Line().at(0).plays(10)
    assert line.at(9).longest() == 0.0


def test_what_the_caller_says_is_no_silence_and_what_they_wait_for_afterwards_is() -> None:
    line = Line().at(0).plays(1)
    line.at(3).speaker.caller(True)
    line.at(23).speaker.caller(False)
    assert line.at(24).plays(1).longest() == 2.0
    line.at(30).speaker.caller(False)  # a turn's end is told twice
    assert line.at(31).longest() == 6.0


def test_a_shorter_one_that_follows_takes_nothing_away() -> None:
    line = Line().at(4).plays(1)
    line.at(6).speaker.caller(True)
    line.at(20).speaker.caller(False)
    assert line.at(21).longest() == 4.0


def test_words_that_were_cut_off_are_not_counted_as_heard() -> None:
    line = Line().at(0).plays(20)
    line.at(2).speaker.caller(True)
    line.speaker.hush()
    line.at(3).speaker.caller(False)
    assert line.at(8).plays(1).longest() == 5.0


def test_a_ring_tone_is_a_sound() -> None:
    line = Line()
    for tick in range(50):
        line.at(tick / 5).speaker.ring()
    assert line.longest() == 0.0


def test_nobody_waits_for_us_while_a_human_has_them() -> None:
    line = Line().at(0).plays(1)
    line.at(2).speaker.follow(False, 0.0)
    line.at(60).speaker.follow(True, 0.0)
    assert line.at(63).longest() == 3.0


def test_what_the_carrier_announces_meanwhile_is_a_sound() -> None:
    line = Line().at(0)
    line.at(2).speaker.follow(True, 112.0)
    line.at(4).speaker.follow(True, 112.0)
    assert line.at(13).longest() == 2.0
    assert line.at(16).longest() == 4.0


def test_a_session_that_is_lost_in_the_callers_sentence_leaves_them_in_silence() -> None:
    line = Line().at(0)
    pauses = Pauses(lambda: line.now, 1.0)
    pauses.stream(line.speaker)
    pauses.caller_started()
    line.at(4)
    pauses.session_lost()
    assert line.at(9).longest() == 5.0


@pytest.mark.parametrize(("stage", "counts"), [(Stage.AI, True), (Stage.HUMAN, False)])
def test_the_end_of_a_stream_tells_the_desk_of_its_longest_silence(stage: Stage, counts: bool) -> None:
    with ends(speed=20) as both:
        phone, session = both.up()
        session.say("i1", 100, "Hello.")
        until(lambda: phone.heard(100))
        both.switchboard.follow(calling(stage))
        began = time.monotonic()
        until(lambda: time.monotonic() - began > 0.1)
        both.switchboard.close("c1")
        told = both.desk.posted(ev.SilenceHeard)
        assert isinstance(told, ev.SilenceHeard)
        assert told.generation == 1
        assert (told.seconds > 1.5) is counts
