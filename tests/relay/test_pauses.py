"""Pauses: ring tone and recorded line while the caller waits, and at no other time."""

from __future__ import annotations

from typing import cast

import pytest

from warmtransfer.core.call import Stage
from warmtransfer.relay.pauses import AFTER, Pauses
from warmtransfer.relay.speaker import Speaker


class Mouth:
    """A speaker that only notes what it was to sound."""

    def __init__(self) -> None:
        self.last_sound = 0.0
        self.busy = False
        self.did: list[str] = []

    def speaking(self) -> bool:
        return self.busy

    def caller(self, talking: bool) -> None:
        """Who speaks is for the measure of silence alone."""

    def ring(self) -> None:
        self.did.append("ring")

    def hum(self) -> None:
        self.did.append("hum")

    def say(self, line: str) -> None:
        self.did.append(line)

    def stop_tone(self) -> None:
        self.did.append("stop")


class Silence:
    """Pauses of a second, a mouth, and a clock that stands at 10."""

    def __init__(self) -> None:
        self.now = 10.0
        self.mouth = Mouth()
        self.pauses = Pauses(lambda: self.now, 1.0)
        self.pauses.stream(cast(Speaker, self.mouth))

    def filled(self, stage: Stage) -> list[str]:
        """What one look does in this stage."""
        self.mouth.did.clear()
        self.pauses.fill(stage)
        return list(self.mouth.did)


@pytest.mark.parametrize("stage", [Stage.CONNECTING, Stage.AI, Stage.RINGING, Stage.RETURNING])
def test_until_the_ai_is_first_heard_the_caller_hears_ring_tone(stage: Stage) -> None:
    silence = Silence()
    assert silence.filled(stage) == ["ring"]
    silence.pauses.ai_sounded()
    silence.mouth.last_sound = silence.now
    assert silence.filled(stage) == ["stop"]


@pytest.mark.parametrize("stage", [Stage.HUMAN, Stage.OVER])
def test_nobody_hears_ring_tone_over_a_human(stage: Stage) -> None:
    assert Silence().filled(stage) == ["stop"]


def test_a_caller_who_waits_for_a_human_hears_ring_tone_after_a_second_of_silence() -> None:
    silence = Silence()
    silence.pauses.ai_sounded()
    silence.mouth.last_sound = 10.0
    silence.now = 10.9
    assert silence.filled(Stage.RINGING) == ["stop"]
    silence.now = 11.0
    assert silence.filled(Stage.RINGING) == ["ring"]
    assert silence.filled(Stage.AI) == ["stop"]
    silence.pauses.caller_started()
    assert silence.filled(Stage.RINGING) == ["stop"]
    silence.pauses.caller_stopped()
    silence.now = 11.9
    assert silence.filled(Stage.RINGING) == ["stop"]
    silence.now = 12.0
    assert silence.filled(Stage.RINGING) == ["ring"]
    silence.mouth.busy = True
    assert silence.filled(Stage.RINGING) == []


def test_without_a_model_the_recorded_line_is_played_on_every_new_stream_then_ring_tone() -> None:
    silence = Silence()
    silence.pauses.ai_sounded()
    silence.pauses.comfort(True)
    assert silence.mouth.did == ["comfort"]
    assert silence.filled(Stage.AI) == ["ring"]
    silence.pauses.stream(None)
    assert silence.filled(Stage.AI) == []
    silence.pauses.stream(cast(Speaker, silence.mouth))
    assert silence.mouth.did == ["comfort"]
    silence.pauses.comfort(False)
    silence.pauses.ai_sounded()
    assert silence.filled(Stage.AI) == ["stop"]


def test_the_recorded_line_waits_for_what_the_model_had_said_before() -> None:
    silence = Silence()
    silence.mouth.busy = True
    silence.pauses.comfort(True)
    assert silence.filled(Stage.AI) == []
    silence.mouth.busy = False
    assert silence.filled(Stage.AI) == ["comfort", "ring"]
    assert silence.filled(Stage.AI) == ["ring"]


def test_a_lost_session_makes_the_caller_wait_again() -> None:
    silence = Silence()
    silence.pauses.ai_sounded()
    assert silence.filled(Stage.AI) == ["stop"]
    silence.pauses.session_lost()
    assert silence.filled(Stage.AI) == ["ring"]


def test_who_waits_for_a_human_that_is_not_decided_yet_hears_ring_tone() -> None:
    """The database is away: the call is in stage `ai` still, and the caller was told that somebody comes."""
    silence = Silence()
    silence.pauses.ai_sounded()
    silence.mouth.last_sound = 10.0
    silence.now = 11.0
    assert silence.filled(Stage.AI) == ["stop"]
    silence.pauses.wait(tool=None, human=True)
    assert silence.filled(Stage.AI) == ["ring"]
    silence.pauses.wait(tool=None, human=False)
    assert silence.filled(Stage.AI) == ["stop"]


def test_who_waits_for_a_tool_hears_a_quiet_tone_after_three_seconds_until_the_ai_tells_what_came() -> None:
    silence = Silence()
    silence.pauses.ai_sounded()
    silence.mouth.last_sound = 10.0
    silence.pauses.wait(tool=10.0, human=False)
    silence.now = 12.9
    assert silence.filled(Stage.AI) == ["stop"]
    silence.now = 13.0
    assert silence.filled(Stage.AI) == ["hum"]
    silence.mouth.last_sound = 13.5
    silence.pauses.ai_sounded()  # a word of the model's in between
    silence.now = 14.4
    assert silence.filled(Stage.AI) == ["stop"]
    silence.now = 14.6
    assert silence.filled(Stage.AI) == ["hum"]
    silence.pauses.wait(tool=None, human=False)
    assert silence.filled(Stage.AI) == ["hum"]
    silence.pauses.ai_sounded()
    assert silence.filled(Stage.AI) == ["stop"]


def test_the_quiet_tone_does_not_outlast_a_tool_that_nobody_tells_of() -> None:
    silence = Silence()
    silence.pauses.ai_sounded()
    silence.mouth.last_sound = 10.0
    silence.pauses.wait(tool=10.0, human=False)
    silence.now = 20.0
    assert silence.filled(Stage.AI) == ["hum"]
    silence.pauses.wait(tool=None, human=False)
    silence.now = 20.0 + AFTER + 0.1
    assert silence.filled(Stage.AI) == ["stop"]


def test_who_waits_in_the_line_hears_a_quiet_tone_after_four_seconds_and_no_ringing() -> None:
    silence = Silence()
    silence.pauses.ai_sounded()
    silence.mouth.last_sound = 10.0
    silence.now = 13.9
    assert silence.filled(Stage.WAITING) == ["stop"]
    silence.now = 14.0
    assert silence.filled(Stage.WAITING) == ["hum"]
    silence.pauses.caller_started()
    assert silence.filled(Stage.WAITING) == ["stop"]
