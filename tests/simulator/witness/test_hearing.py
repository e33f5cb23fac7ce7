"""Measuring sound: silences, sounds within others, voices and tones."""

from __future__ import annotations

import numpy as np
import pytest

from tests.simulator.witness.made_call import rounded
from warmtransfer.simulator.sound import audio
from warmtransfer.simulator.sound.speech import recorded
from warmtransfer.simulator.witness import hearing


def test_silences_are_measured_within_the_spans_asked_for() -> None:
    pcm = np.concatenate([audio.tone(1.0, 440), audio.pause(3.0), audio.tone(1.0, 440)])
    flags = hearing.loud(pcm)
    assert rounded(hearing.quiet(flags, 10.0, [(10.0, 15.0)])) == [(11.0, 14.0)]
    assert rounded(hearing.quiet(flags, 10.0, [(12.0, 13.0)])) == [(12.0, 13.0)]
    assert hearing.quiet(flags, 10.0, [(10.1, 10.9)]) == []


def test_what_comes_after_the_recording_is_silence() -> None:
    flags = hearing.loud(audio.tone(1.0, 440))
    assert rounded(hearing.quiet(flags, 0.0, [(0.5, 4.0)])) == [(1.0, 4.0)]


def test_a_sound_is_found_among_others_and_not_where_it_is_not() -> None:
    sound = recorded("kim-hello")[4000:12000]
    other = recorded("voicemail-office")
    mixed = np.concatenate([other, audio.pause(1.0), other])
    assert hearing.find(sound, mixed, 0.0, len(mixed) / audio.RATE)[0] < 0.35
    place = len(other) + 3000
    mixed[place : place + len(sound)] += sound
    likeness, at = hearing.find(sound, mixed, 0.0, len(mixed) / audio.RATE)
    assert likeness > 0.6
    assert at == pytest.approx(place / audio.RATE, abs=0.001)


@pytest.mark.parametrize("heard", [0.5, 1.0, 1.7])
def test_how_much_of_a_sound_was_heard(heard: float) -> None:
    sound = recorded("voicemail-sam")[: 2 * audio.RATE]
    pcm = np.concatenate([sound[: round(heard * audio.RATE)], audio.pause(2.0)])
    least, most = hearing.matched(sound, pcm, 0)
    assert most is not None
    assert least - 0.021 <= heard <= most + 0.021
    assert most - least < 0.4


@pytest.mark.parametrize(("frames", "again"), [(1, False), (2, False), (3, True), (25, True)])
def test_a_frame_that_is_there_again_by_chance_was_not_heard(frames: int, again: bool) -> None:
    sound = audio.tone(3.0, 440)
    pcm = np.zeros_like(sound)
    pcm[: 50 * hearing.SAMPLES] = sound[: 50 * hearing.SAMPLES]
    part = slice(80 * hearing.SAMPLES, (80 + frames) * hearing.SAMPLES)
    pcm[part] = sound[part]
    least, most = hearing.matched(sound, pcm, 0)
    end = (80 + frames) * hearing.TICK if again else 1.0
    assert (round(least, 2), most and round(most, 2)) == (round(end, 2), round(end, 2))


def test_ringing_is_sound_and_no_voice() -> None:
    ring = audio.ring_tone()[: 2 * audio.RATE]
    assert hearing.loud(ring).mean() > 0.95
    assert hearing.voiced(ring).mean() < 0.05
    assert hearing.voiced(recorded("ask-hours")).mean() > 0.5


def test_spans_lose_their_holes() -> None:
    assert hearing.without((0.0, 10.0), [(2.0, 3.0), (9.0, 12.0)]) == [(0.0, 2.0), (3.0, 9.0)]
    assert hearing.without((0.0, 1.0), [(0.0, 1.0)]) == []
