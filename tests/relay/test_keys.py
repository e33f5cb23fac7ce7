"""Keys in the audio of a room: heard once a press, never in speech or in noise, and never by the model."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable, Sequence
from random import Random

import numpy as np
import pytest

from warmtransfer.relay.keys import BLOCK, HIGH, LOW, Keys, key_in
from warmtransfer.relay.tones import ring
from warmtransfer.simulator.phones.keys import ROWS, key_tone
from warmtransfer.simulator.sound.audio import encode, mixed, tone
from warmtransfer.simulator.sound.speech import recorded, recordings

QUIET = b"\xff" * BLOCK
EVERY = "".join(ROWS)


def pieces(sound: bytes, size: int = BLOCK) -> list[bytes]:
    """The sound as a stream brings it."""
    return [base64.b64encode(sound[at : at + size]) for at in range(0, len(sound), size)]


def listened(given: Sequence[bytes]) -> tuple[str, bytes]:
    """The keys that are heard in these pieces, and what is left of the sound."""
    pressed: list[str] = []
    keys = Keys(pressed.append)
    kept = [base64.b64decode(keys.silenced((each,))[0]) for each in given]
    assert [len(each) for each in kept] == [len(base64.b64decode(each)) for each in given]
    return "".join(pressed), b"".join(kept)


def heard(sound: bytes, size: int = BLOCK) -> str:
    """The keys that are heard in it."""
    return listened(pieces(sound, size))[0]


def loud(sound: bytes) -> int:
    """How many samples of it are none of silence."""
    return sum(code not in (0xFF, 0x7F) for code in sound)


@pytest.mark.parametrize("key", EVERY)
@pytest.mark.parametrize("late", [0, 33, 121])
def test_every_key_is_heard_as_itself(key: str, late: int) -> None:
    assert heard(QUIET[:late] + encode(key_tone(key)) + QUIET) == key


@pytest.mark.parametrize("key", EVERY)
@pytest.mark.parametrize("late", [0, 33, 79, 121])
def test_the_model_hears_less_than_a_frame_of_any_key(key: str, late: int) -> None:
    """The end of the frame in which it begins: too little for anything to be taken for speech."""
    spoken = encode(tone(0.2, 300, 450, level=-16.0))
    sound = spoken + QUIET[:late] + encode(key_tone(key)) + QUIET * 3 + spoken
    _, kept = listened(pieces(sound))
    assert kept.startswith(spoken)
    assert kept.endswith(spoken)
    assert loud(kept[len(spoken) : -len(spoken)]) < BLOCK


def test_several_frames_at_once_lose_only_those_with_a_key() -> None:
    spoken = pieces(encode(tone(0.2, 300, 450, level=-16.0)))
    pressed: list[str] = []
    kept = Keys(pressed.append).silenced([*spoken, *pieces(encode(key_tone("7"))), *spoken])
    assert pressed == ["7"]
    assert kept[: len(spoken)] == spoken == kept[-len(spoken) :]
    assert loud(b"".join(map(base64.b64decode, kept[len(spoken) : -len(spoken)]))) < BLOCK


def test_what_holds_no_key_is_handed_on_as_it_is() -> None:
    """Not a copy: nothing is made for it."""
    keys = Keys(print)
    for given in ((base64.b64encode(QUIET),), pieces(QUIET * 3)):
        assert list(keys.silenced(given)) == list(given)
    one = (base64.b64encode(QUIET),)
    assert keys.silenced(one) is one


@pytest.mark.parametrize("size", [80, 160, 320, 500])
@pytest.mark.parametrize("late", [0, 33, 121])
def test_each_press_is_heard_once_however_the_sound_is_cut(size: int, late: int) -> None:
    sound = QUIET[:late] + encode(key_tone("*")) * 3 + QUIET * 5
    assert heard(sound, size) == "***"


@pytest.mark.parametrize("level", [-33.0, -25.0, -10.0, -3.0])
def test_it_is_heard_from_a_quiet_telephone_and_a_loud_one(level: float) -> None:
    assert heard(encode(tone(0.1, 941, 1209, level=level))) == "*"


@pytest.mark.parametrize("off", [0.985, 1.0, 1.015])
@pytest.mark.parametrize("louder", [-7.0, 0.0, 7.0])
def test_every_key_is_one_a_hundredth_and_a_half_off_and_as_uneven_as_telephones_may_be(
    off: float, louder: float
) -> None:
    level = -20.0
    for row, low in zip(ROWS, LOW, strict=True):
        for key, high in zip(row, HIGH, strict=True):
            one, other = (
                tone(0.1, low * off, level=level + louder / 2),
                tone(0.1, high / off, level=level - louder / 2),
            )
            assert heard(encode(mixed([one, other]))) == key


def test_one_tone_of_the_two_or_a_short_one_is_none() -> None:
    assert heard(encode(tone(0.3, 941, level=-16.0))) == ""
    assert heard(encode(tone(0.3, 1209, level=-16.0))) == ""
    assert heard(encode(tone(0.04, 941, 1209, level=-16.0))) == ""


def test_nothing_of_any_speech_is_taken_for_a_key() -> None:
    """Some minutes of several voices: not a frame of them is kept from the model."""
    voices = {name: encode(recorded(name)) for name in recordings()}
    assert len(voices) > 40
    for name, spoken in voices.items():
        assert listened(pieces(spoken)) == ("", spoken), name


def test_neither_noise_nor_our_own_tones_nor_silence_are_taken_for_one() -> None:
    noise = np.random.default_rng(5).normal(0.0, 2000.0, 8000 * 20).clip(-32768, 32767).astype(np.int16)
    tones = ring()
    ringing = b"".join(base64.b64decode(next(tones)) for _ in range(40))
    for sound in (encode(noise), ringing, QUIET * 100):
        assert listened(pieces(sound)) == ("", sound)


def test_it_is_heard_over_a_quiet_room() -> None:
    room = np.random.default_rng(6).normal(0.0, 60.0, len(key_tone("*"))).astype(np.int16)
    assert heard(encode(mixed([key_tone("*"), room]))) == "*"


def test_what_is_no_audio_at_all_is_heard_out() -> None:
    dice = Random(3)
    assert heard(bytes(dice.randrange(256) for _ in range(8000))) == ""
    assert not Keys(print).silenced(())


def test_nearly_all_of_what_is_said_is_let_go_at_a_glance() -> None:
    """What a frame costs is held to what looking closer costs: some hundredths of that, in one run."""
    spoken = [each for name in recordings() for each in pieces(encode(recorded(name)))]
    closer = [base64.b64decode(each) for each in pieces(encode(key_tone("5"))[: BLOCK * 6])]
    glance = min(took(lambda: [Keys(print).silenced((each,)) for each in spoken]) for _ in range(3))
    look = min(took(lambda: [key_in(each) for each in closer * 100]) for _ in range(3))
    assert glance / len(spoken) < 0.1 * look / (len(closer) * 100), (glance, look)


def took(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began
