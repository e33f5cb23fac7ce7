"""Documents of other kinds than XML, sound of other kinds than WAV, and verbs that are not simulated."""

from __future__ import annotations

import asyncio
import importlib
from pathlib import Path

import numpy as np
import pytest
from aiohttp import web

from tests.simulator.app import PUBLIC, Page, Seen, twiml, world
from warmtransfer.simulator.sound.audio import PCM, RATE, encode, loudness, tone, wav_bytes
from warmtransfer.simulator.sound.files import NOT_READ, samples
from warmtransfer.simulator.twiml.beyond import BEYOND
from warmtransfer.simulator.twiml.grammar import AUDIO_TYPES, CHILDREN, parse

MP3 = (Path(__file__).parent.parent / "sound" / "tone.mp3").read_bytes()


def pitch(pcm: PCM) -> float:
    """The strongest frequency."""
    spectrum = np.abs(np.fft.rfft(pcm.astype(np.float64)))
    return float(np.argmax(spectrum)) * RATE / len(pcm)


def served(body: bytes, kind: str) -> Page:
    return lambda _: web.Response(body=body, headers={"Content-Type": kind})


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (MP3, "audio/mpeg"),
        (MP3, "application/octet-stream"),
        (wav_bytes(tone(1.0, 700)), "audio/wav"),
        (wav_bytes(tone(1.0, 700)), "audio/mpeg"),
        (encode(tone(1.0, 700)), "audio/basic"),
    ],
)
def test_sound_is_read_whatever_it_is_called(body: bytes, kind: str) -> None:
    """The bytes decide; raw mu-law has only its type."""
    pcm = samples(body, kind)
    assert len(pcm) == pytest.approx(RATE, rel=0.1)
    assert pitch(pcm) == pytest.approx(700, abs=5)


@pytest.mark.parametrize("kind", ["audio/mpeg", "audio/aiff", ""])
def test_what_is_no_sound_is_refused_by_name(kind: str) -> None:
    with pytest.raises(ValueError, match="tune"):
        samples(b"<html>not found</html>" * 30, kind, "tune")


@pytest.mark.parametrize(
    ("body", "kind"), [(MP3, "audio/mpeg"), (wav_bytes(tone(1.0, 700)), "audio/x-wav; rate=8000")]
)
def test_a_document_of_sound_is_played(body: bytes, kind: str) -> None:
    """The caller hears it, then the leg ends as after any document; it is fetched once."""

    async def story() -> None:
        async with world({"/voice": served(body, kind)}) as net:
            sid = await net.phone()
            assert (await net.ended(sid))["status"] == "completed"
            heard = net.heard(sid)
            assert loudness(heard[: RATE // 2]) > -30
            assert pitch(heard[:RATE]) == pytest.approx(700, abs=5)
            assert len(net.app.forms("/voice")) == 1
            assert net.rows("note", event="error") == []

    asyncio.run(story())


def test_mp3_plays_and_plain_text_is_said() -> None:
    """`<Play>` of an MP3, then a `text/plain` document: both are heard."""

    async def story() -> None:
        pages: dict[str, Page] = {
            "/voice": "<Play>/tune.mp3</Play><Redirect>/text</Redirect>",
            "/tune.mp3": served(MP3, "audio/mpeg"),
            "/text": served(b"We are closed\n  today.", "text/plain; charset=utf-8"),
        }
        async with world(pages) as net:
            sid = await net.phone()
            await net.ended(sid)
            assert pitch(net.heard(sid)[:RATE]) == pytest.approx(700, abs=5)
            assert [r["text"] for r in net.rows("note", event="speech")] == ["We are closed today."]

    asyncio.run(story())


def test_voice_and_status_urls_may_be_get_and_there_may_be_no_status() -> None:
    """Each is requested by its own method, signed over the query; an empty status URL is never called."""

    async def story() -> None:
        def answer(seen: Seen) -> web.Response:
            assert "CallSid=" in seen.query
            return twiml("<Hangup/>")

        async with world({"/voice": answer}, voice_method="GET", status_method="GET") as net:
            await net.ended(await net.phone())
            await net.quiet()
            assert [s.path for s in net.app.seen] == ["/voice", "/status"]
            assert all("CallStatus=" in s.query and not s.form for s in net.app.seen)
            number = (await net.rest("GET", f"IncomingPhoneNumbers/{net.account.number_sid}"))[1]
            assert (number["voice_method"], number["status_callback_method"]) == ("GET", "GET")
        async with world({"/voice": "<Hangup/>"}, status_url="") as net:
            await net.ended(await net.phone())
            await net.quiet()
            assert [s.path for s in net.app.seen] == ["/voice"]
            assert net.account.voice_url == f"{PUBLIC}/voice"

    asyncio.run(story())


@pytest.mark.parametrize(("parent", "name"), [(p, n) for p, names in BEYOND.items() for n in sorted(names)])
def test_what_twilio_has_and_we_lack_is_called_not_simulated(parent: str, name: str) -> None:
    """A note says so, and no 12200 does; the rest of the document stays."""
    inner = f"<{name}/>" if parent == "Response" else f"<{parent}><{name}/></{parent}>"
    document = parse(f"<Response>{inner}<Pause/></Response>")
    assert document.warnings == ()
    assert document.notes == (f"<{name}> in <{parent}> is not simulated; it is passed over",)
    assert document.verbs[-1].name == "Pause"
    assert parse(f"<Response><Stream><{name}/></Stream></Response>").warnings


def test_every_element_of_twilios_library_is_simulated_or_known_to_be_beyond() -> None:
    """Nothing that the SDK can put into a response, a dial or a connect is called wrong."""
    voice = importlib.import_module("twilio.twiml.voice_response")
    common = {"add_child", "append", "nest", "to_xml"}
    for parent, kind in (
        ("Response", voice.VoiceResponse), ("Dial", voice.Dial), ("Connect", voice.Connect),
        ("Start", voice.Start), ("Stop", voice.Stop), ("Gather", voice.Gather), ("Hangup", voice.Hangup),
        ("Reject", voice.Reject),
    ):  # fmt: skip
        made = {m.replace("_", "") for m in vars(kind) if not m.startswith("_")} - common
        known = {n.casefold() for n in CHILDREN.get(parent, frozenset()) | BEYOND.get(parent, frozenset())}
        assert made <= known, parent


def test_every_audio_type_is_read_or_says_that_it_is_not() -> None:
    """A type that a document may have is never called unknown."""
    for kind in AUDIO_TYPES - NOT_READ:
        assert len(samples(MP3, kind))
    for kind in NOT_READ:
        with pytest.raises(ValueError, match="not simulated"):
            samples(MP3, kind)
