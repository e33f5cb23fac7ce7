"""The star key in the audio of a room: heard once a press, never in speech, in noise or in another key."""

from __future__ import annotations

import base64
import time
from collections.abc import Iterable
from random import Random

import numpy as np
import pytest

from warmtransfer.relay.star import BLOCK, Star
from warmtransfer.relay.tones import ring
from warmtransfer.simulator.phones.keys import ROWS, key_tone
from warmtransfer.simulator.sound.audio import encode, mixed, tone
from warmtransfer.simulator.sound.speech import recorded, recordings

QUIET = b"\xff" * BLOCK


def pieces(sound: bytes, size: int = BLOCK) -> list[bytes]:
    """The sound as a stream brings it."""
    return [base64.b64encode(sound[at : at + size]) for at in range(0, len(sound), size)]


def presses(sound: bytes, size: int = BLOCK) -> int:
    """How often the key is heard in it."""
    star = Star()
    return sum(star.pressed((each,)) for each in pieces(sound, size))


@pytest.mark.parametrize("key", "".join(ROWS))
def test_only_the_star_is_one(key: str) -> None:
    assert presses(encode(key_tone(key))) == (key == "*")


@pytest.mark.parametrize("size", [80, 160, 320, 500])
@pytest.mark.parametrize("late", [0, 33, 121])
def test_each_press_is_heard_once_however_the_sound_is_cut(size: int, late: int) -> None:
    sound = QUIET[:late] + encode(key_tone("*")) * 3 + QUIET * 5
    assert presses(sound, size) == 3


@pytest.mark.parametrize("level", [-33.0, -25.0, -10.0, -3.0])
def test_it_is_heard_from_a_quiet_telephone_and_a_loud_one(level: float) -> None:
    assert presses(encode(tone(0.1, 941, 1209, level=level))) == 1


@pytest.mark.parametrize(("low", "high"), [(941 * 1.015, 1209 * 0.985), (941 * 0.985, 1209 * 1.015)])
def test_it_is_heard_a_hundredth_and_a_half_off_as_telephones_may_be(low: float, high: float) -> None:
    assert presses(encode(tone(0.1, low, high, level=-16.0))) == 1


def test_one_tone_of_the_two_or_a_short_one_is_none() -> None:
    assert presses(encode(tone(0.3, 941, level=-16.0))) == 0
    assert presses(encode(tone(0.3, 1209, level=-16.0))) == 0
    assert presses(encode(tone(0.04, 941, 1209, level=-16.0))) == 0


def test_no_speech_is_taken_for_it() -> None:
    """Some minutes of several voices."""
    spoken = {name: presses(encode(recorded(name))) for name in recordings()}
    assert len(spoken) > 40
    assert [name for name, heard in spoken.items() if heard] == []


def test_neither_noise_nor_our_own_tones_nor_silence_are_taken_for_it() -> None:
    noise = np.random.default_rng(5).normal(0.0, 2000.0, 8000 * 20).clip(-32768, 32767).astype(np.int16)
    assert presses(encode(noise)) == 0
    tones = ring()
    assert presses(b"".join(base64.b64decode(next(tones)) for _ in range(40))) == 0
    assert presses(QUIET * 100) == 0


def test_it_is_heard_over_a_quiet_room() -> None:
    room = np.random.default_rng(6).normal(0.0, 60.0, len(key_tone("*"))).astype(np.int16)
    assert presses(encode(mixed([key_tone("*"), room]))) == 1


def test_what_is_no_audio_at_all_is_heard_out() -> None:
    dice = Random(3)
    assert presses(bytes(dice.randrange(256) for _ in range(8000))) == 0
    assert not Star().pressed(())


def test_listening_costs_less_than_a_hundredth_of_the_time_it_takes() -> None:
    seconds = 4.0
    sound = pieces(encode(tone(seconds, 700, 941, 1209, level=-16.0)))
    star = Star()
    best = min(took(star, sound) for _ in range(3))
    assert best < 0.01 * seconds, best


def took(star: Star, sound: Iterable[bytes]) -> float:
    began = time.process_time()
    for each in sound:
        star.pressed((each,))
    return time.process_time() - began
