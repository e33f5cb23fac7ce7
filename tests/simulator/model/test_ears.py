"""Both kinds of ears on the shipped recordings, as they sound at the end of a phone line."""

from __future__ import annotations

import asyncio
import json

import numpy as np
import pytest

from tests.simulator.model.client import live, serving
from warmtransfer.simulator.model.brain import RuleBook
from warmtransfer.simulator.model.ears import UNCLEAR, Ears, SphinxEars
from warmtransfer.simulator.model.matching import Line, MatchEars
from warmtransfer.simulator.model.vad import Detector, Started, Stopped
from warmtransfer.simulator.sound.audio import PCM, SILENCE, decode, encode, tone
from warmtransfer.simulator.sound.speech import Speech, lines, recorded, spoken

#: Lines of the caller's voice that stories hang on.
CALLER = (
    "speak-person", "ask-hours", "meant-saturday", "where-order", "order-number", "still-there", "talk-human",
    "no-agent",
)  # fmt: skip


def knowing() -> MatchEars:
    """Ears that know every shipped line."""
    return MatchEars(Speech.even(text, recorded(name)) for name, text in lines().items())


async def understood(ears: Ears, pcm: PCM, size: int = 160) -> str:
    """The words of one utterance after a telephone's coding, with padding around it."""
    hearing = ears.begin()
    pad = np.zeros(2413, np.int16)
    data = encode(np.concatenate([pad, pcm, pad]))
    for start in range(0, len(data), size):
        hearing.feed(data[start : start + size])
    return await hearing.words()


@live
async def test_match_tells_every_shipped_line_apart() -> None:
    ears = knowing()
    for name, text in lines().items():
        assert await understood(ears, recorded(name)) == text


@live
async def test_match_hears_a_quiet_line_two_lines_and_half_a_line() -> None:
    ears = knowing()
    person, hours = recorded("speak-person"), recorded("ask-hours")
    assert await understood(ears, (person * 0.2).astype(np.int16)) == lines()["speak-person"]
    both = np.concatenate([hours, np.zeros(3200, np.int16), person])
    assert await understood(ears, both) == f"{lines()['ask-hours']} {lines()['speak-person']}"
    half = await understood(ears, person[: len(person) // 2])
    assert lines()["speak-person"].startswith(half)
    assert 2 <= len(half.split()) <= 6


@live
async def test_match_does_not_know_what_was_not_recorded() -> None:
    ears = knowing()
    assert await understood(ears, await spoken("I would like to speak to a person please", "man")) == UNCLEAR
    noise = np.random.default_rng(7).normal(0, 2000, 16000).astype(np.int16)
    assert await understood(ears, noise) == UNCLEAR
    assert await understood(ears, np.zeros(400, np.int16)) == UNCLEAR


@live
async def test_sphinx_understands_the_shipped_callers_in_a_process_of_its_own() -> None:
    ears = await SphinxEars.start([*RuleBook.load().phrases, *lines().values()])
    try:
        heard = {name: await understood(ears, recorded(name)) for name in CALLER}
        assert heard == {name: lines()[name] for name in CALLER}
        together = await asyncio.gather(
            understood(ears, recorded("speak-person")), understood(ears, recorded("ask-hours"))
        )
        assert together == [lines()["speak-person"], lines()["ask-hours"]]
        dropped = ears.begin()
        dropped.feed(encode(recorded("ask-hours")))
        dropped.drop()
        assert await understood(ears, np.zeros(8000, np.int16)) == UNCLEAR
    finally:
        await ears.close()


@live
async def test_sphinx_understands_sentences_nobody_listed() -> None:
    ears = await SphinxEars.start([])
    try:
        assert await understood(ears, recorded("ask-hours")) == lines()["ask-hours"]
    finally:
        await ears.close()


@pytest.mark.parametrize("kind", ["sphinx", "match"])
def test_a_recorded_caller_is_answered_and_then_gets_a_person(kind: str) -> None:
    @live
    async def story() -> None:
        ears: Ears = (
            knowing()
            if kind == "match"
            else await SphinxEars.start([*RuleBook.load().phrases, *lines().values()])
        )
        async with serving(ears=ears, speed=1.0 if kind == "sphinx" else 4.0) as served:
            client = await served.connect()
            await client.update()
            await client.say(recorded("ask-hours"))
            hours = await client.until("response.output_audio_transcript.done")
            assert "Monday to Friday" in hours["transcript"]
            await client.until("response.done")
            await client.say(recorded("speak-person"))
            done = (await client.until("response.done"))["response"]
            heard = client.of("conversation.item.input_audio_transcription.completed")[-1]["transcript"]
            assert heard == "i would like to speak to a person please"
            call = done["output"][1]
            assert call["name"] == "transfer_to_human"
            arguments = json.loads(call["arguments"])
            assert arguments["reason"] == "what are your opening hours"
            notes = [row for row in served.rows() if row.get("event") in ("recognised", "tool", "speech")]
            assert [row["event"] for row in notes] == ["recognised", "speech", "recognised", "speech", "tool"]

    story()


@pytest.mark.parametrize("name", ["speak-person", "ask-hours", "stop", "representative", "test-story"])
def test_one_recording_is_one_turn_with_padding_and_no_turn_in_silence(name: str) -> None:
    detector = Detector({"type": "server_vad", "silence_duration_ms": 500, "prefix_padding_ms": 300})
    pcm = recorded(name)
    quiet = np.zeros(16000, np.int16)
    shown = detector.feed(encode(np.concatenate([quiet, pcm, quiet])))
    turns = [one for one in shown if isinstance(one, (Started, Stopped))]
    assert [type(one) for one in turns] == [Started, Stopped]
    started, stopped = turns
    assert isinstance(started, Started)
    assert isinstance(stopped, Stopped)
    assert 1500 <= started.audio_start_ms <= 2150
    assert abs(stopped.audio_end_ms - (2000 + len(pcm) // 8 + 500)) < 300
    assert detector.feed(encode(np.tile(SILENCE, 100))) == []


def test_noise_of_the_line_is_no_speech() -> None:
    detector = Detector({"type": "server_vad"})
    hiss = np.random.default_rng(1).normal(0, 25, 80000).astype(np.int16)
    assert detector.feed(encode(hiss)) == []


def test_without_turn_detection_nothing_is_shown_but_time_goes_on() -> None:
    detector = Detector(None)
    assert detector.feed(encode(recorded("speak-person"))) == []
    assert detector.received_ms > 1000


def test_a_part_of_a_line_gets_its_share_of_the_words() -> None:
    line = Line.of(Speech.even("one two three four", tone(1.0, 440)))
    assert line.portion(0, 2000) == "one two"
    assert line.portion(2000, 4000) == "three four"
    assert line.portion(300, 3700) == "one two three four"


def test_the_codec_used_here_is_the_one_of_the_phone_lines() -> None:
    assert np.array_equal(decode(encode(decode(bytes(range(256))))), decode(bytes(range(256))))
