"""Ears that know what was spoken: every line is told, as it sounds at the model's end of the wire."""

from __future__ import annotations

import asyncio

import aiohttp
import numpy as np
import pytest

from tests.simulator.app import world
from tests.simulator.model.client import Client, live
from warmtransfer.simulator.clock import Clock
from warmtransfer.simulator.model.ears import UNCLEAR
from warmtransfer.simulator.model.herald import herald, heralded
from warmtransfer.simulator.model.matching import KEPT, MatchEars
from warmtransfer.simulator.model.process import ModelServer
from warmtransfer.simulator.model.vad import Detector, Started, Stopped, Voice
from warmtransfer.simulator.sound import speech
from warmtransfer.simulator.sound.audio import PCM, RATE, decode, encode, mixed, resample
from warmtransfer.simulator.sound.speech import Speech, lines, recorded, synthesised
from warmtransfer.simulator.trace import Trace

SENTENCES = (
    "Can I speak to a person?",
    "Can I speak to a person, please?",
    "Can I speak to someone about my invoice?",
    "Yes.",
    "No.",
    "No, thank you.",
    "Stop",
    "Bonjour, je voudrais parler à quelqu'un.",
    "My number is 555 0142, extension 7.",
    "I have been waiting for my parcel since the ninth of November and nobody has written to me about it.",
)
VOICES = ("", "man", "Polly.Amy")


def utterances(pcm: PCM, silence_ms: int = 500) -> list[PCM]:
    """The turns that the model's detection makes of a line with silence around it."""
    detector = Detector({"type": "server_vad", "silence_duration_ms": silence_ms, "prefix_padding_ms": 300})
    quiet = np.zeros(2 * RATE, np.int16)
    turns: list[bytearray] = []
    for shown in detector.feed(encode(np.concatenate([quiet, pcm, quiet]))):
        if isinstance(shown, Started):
            turns.append(bytearray(shown.audio))
        elif isinstance(shown, Voice):
            turns[-1] += shown.audio
        else:
            assert isinstance(shown, Stopped)
    return [decode(bytes(turn)) for turn in turns]


async def told(ears: MatchEars, pcm: PCM) -> str:
    """What the ears make of one utterance."""
    hearing = ears.begin()
    hearing.feed(encode(pcm))
    return await hearing.words()


def changed(pcm: PCM, how: str) -> PCM:
    """The line as an application may pass it on."""
    if how == "quiet":
        return (pcm * 0.15).astype(np.int16)
    if how == "resampled":
        return resample(resample(pcm, RATE, 24000), 24000)
    if how == "noisy":
        return mixed([pcm, np.random.default_rng(3).normal(0, 400, len(pcm)).astype(np.int16)])
    return pcm


@pytest.mark.parametrize("how", ["plain", "quiet", "resampled", "noisy"])
def test_every_sentence_in_every_voice_is_told_whatever_the_way_has_done_to_it(how: str) -> None:
    @live
    async def story() -> None:
        ears = MatchEars(Speech.even(text, recorded(name)) for name, text in lines().items())
        spoken = [await synthesised(text, voice) for text in SENTENCES for voice in VOICES]
        for one in spoken:
            ears.learn(heralded(herald(one)))
        for one in spoken:
            parts = [await told(ears, part) for part in utterances(changed(one.pcm, how))]
            assert " ".join(parts) == one.text

    story()


@live
async def test_a_line_that_has_lost_frames_on_the_way_is_still_told() -> None:
    """Three frames are missing, so that no part is where it was; other words in the same voice differ."""
    spoken = [await synthesised(text, voice) for text in SENTENCES for voice in VOICES]
    ears = MatchEars(Speech.even(text, recorded(name)) for name, text in lines().items())
    for one in spoken:
        ears.learn(one)
    for one in spoken:
        if len(one.pcm) < RATE:
            continue
        quarter = len(one.pcm) // 4
        missing = [np.arange(at, at + 160) for at in (quarter, 2 * quarter, 3 * quarter)]
        parts = utterances(np.delete(one.pcm, np.concatenate(missing)))
        assert [await told(ears, part) for part in parts] == [one.text]
    for text in ("Tell me a story about a whale, please.", "Where can I park my bicycle tomorrow?"):
        unknown = await synthesised(text)
        assert [await told(ears, part) for part in utterances(unknown.pcm)] == [UNCLEAR]


@live
async def test_a_line_that_is_heard_in_two_turns_loses_and_doubles_no_word() -> None:
    text = "Hello there. I would like to talk to somebody about my order. It never came."
    one = await synthesised(text)
    ears = MatchEars(())
    ears.learn(one)
    cuts = [round(at * RATE) - 400 for at, word in one.words if word in ("I", "It")]
    turns = np.split(one.pcm, cuts)
    assert [await told(ears, turn) for turn in turns] == [
        "Hello there.", "I would like to talk to somebody about my order.", "It never came."
    ]  # fmt: skip


@live
async def test_other_ears_hear_what_was_never_spoken() -> None:
    class Others:
        """Ears that hear one thing."""

        dropped = 0

        def begin(self) -> Others:
            return self

        def feed(self, mulaw: bytes) -> None:
            """Hear nothing in particular."""

        def drop(self) -> None:
            self.dropped += 1

        async def words(self) -> str:
            return "a real voice"

        async def close(self) -> None:
            """Nothing to stop."""

    others = Others()
    ears = MatchEars((), others)
    known, unknown = await synthesised("Can I speak to a person?"), await synthesised("Tell me a story.")
    ears.learn(known)
    assert await told(ears, unknown.pcm) == "a real voice"
    assert others.dropped == 0
    assert await told(ears, known.pcm) == known.text
    assert others.dropped == 1


@live
async def test_lines_spoken_long_ago_are_let_go() -> None:
    ears = MatchEars(())
    first = await synthesised("The very first line.")
    ears.learn(first)
    for number in range(KEPT):
        ears.learn(Speech.even(str(number), first.pcm[: 2000 + number]))
    assert len(ears.known()) == KEPT
    assert all(line.text != first.text for line in ears.known())


def test_a_heralded_line_is_the_line_itself_and_nothing_else_is_one() -> None:
    one = asyncio.run(synthesised("One, two, three."))
    again = heralded(herald(one))
    assert (again.text, again.words) == (one.text, one.words)
    assert np.array_equal(again.pcm, one.pcm)
    for wrong in (b"\n", b"{}\n", b"[]\n", b'{"spoken": "x", "audio": 7}\n', b"\xff\n"):
        with pytest.raises((ValueError, KeyError, TypeError)):
            heralded(wrong)


def test_phones_and_documents_tell_what_they_speak_before_it_is_heard() -> None:
    heard: list[str] = []

    async def story() -> None:
        async with world({"/voice": "<Say>Welcome to this line.</Say><Pause length='9'/>"}) as net:
            sid = await net.phone({"say": "where-order"}, {"say": "In my own words."}, {"hangup": True})
            await net.ended(sid)

    stop = speech.listen(lambda one: heard.append(one.text))
    try:
        asyncio.run(story())
    finally:
        stop()
    assert set(heard) == {"Welcome to this line.", "where is my order", "In my own words."}
    asyncio.run(speech.announced("Nobody listens any more."))
    assert len(heard) == 3


@live
async def test_the_models_process_learns_what_its_network_speaks() -> None:
    clock = Clock()
    model = ModelServer(clock, Trace(clock), 0, ["--ears", "match", "--lag", "10"])
    await model.start()
    try:
        await speech.announced("Can I speak to a person?")
        headers = {"Authorization": "Bearer key"}
        async with aiohttp.ClientSession() as http:
            client = Client(await http.ws_connect(f"{model.url}?model=gpt-realtime-2.1", headers=headers))
            await client.update()
            await client.say((await synthesised("Can I speak to a person?")).pcm)
            done = await client.until("conversation.item.input_audio_transcription.completed")
            assert done["transcript"] == "Can I speak to a person?"
    finally:
        await model.stop()
