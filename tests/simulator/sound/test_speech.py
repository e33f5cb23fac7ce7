"""Synthesised speech, which never fails, and the recordings, which are what their table says."""

from __future__ import annotations

import asyncio
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pocketsphinx import Decoder

from warmtransfer.simulator.sound import audio
from warmtransfer.simulator.sound.espeak import speakable, synthesise, voice_for
from warmtransfer.simulator.sound.speech import FOLDER, lines, recorded, recordings, spoken


@pytest.mark.parametrize(
    ("voice", "language", "name"),
    [
        ("", "", "en-us+f3"),
        ("alice", "", "en-us+f3"),
        ("woman", "de-DE", "de-de+f3"),
        ("man", "en-GB", "en-gb+m3"),
        ("Polly.Joanna", "", "en-us+f3"),
        ("Polly.Joanna-Neural", "", "en-us+f3"),
        ("Polly.Matthew", "en-US", "en-us+m3"),
        ("Polly.Hans", "", "de+m3"),
        ("Google.en-US-Standard-C", "", "en-us+f3"),
        ("no such voice", "../../etc", "etc+f3"),
    ],
)
def test_twilio_voices_have_a_counterpart(voice: str, language: str, name: str) -> None:
    assert voice_for(voice, language) == name


def test_a_sentence_is_speech_at_8_khz_at_the_level_of_a_phone_and_is_kept() -> None:
    async def work() -> None:
        first = await spoken("A call for Sam. Press one to take the call.")
        assert 1.5 < len(first) / audio.RATE < 6
        sounding = [frame for frame in audio.frames(first) if audio.loudness(frame) > -50]
        assert audio.loudness(audio.joined(sounding)) == pytest.approx(-20, abs=1.5)
        assert (audio.through_line(first) == first).all()
        assert await spoken("A call for Sam. Press one to take the call.") is first
        other = await spoken("A call for Sam. Press one to take the call.", "man")
        assert other.shape != first.shape or (other != first).any()

    asyncio.run(work())


def test_calls_from_many_threads_do_not_mix() -> None:
    async def work() -> None:
        texts = [f"line number {n}" for n in range(12)]
        together = await asyncio.gather(*(spoken(text, "man", "en-gb") for text in texts))
        for text, pcm in zip(texts, together, strict=True):
            alone, rate, _ = synthesise(text, "en-gb+m3")
            expected = audio.through_line(audio.levelled(audio.resample(alone, rate)))
            assert len(pcm) == pytest.approx(len(expected), abs=400)

    asyncio.run(work())


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=120), st.sampled_from(["en-us+f3", "de+m3", "xx+f3", "+", ""]))
@example("", "en-us+f3")
@example("\0\0", "en-us+f3")
@example("\ud800 lone half", "en-us+f3")
@example("[[h@l'oU]] <speak><break time='9999s'/></speak> &amp;", "en-us+f3")
@example("\U0001f600 \u202eabc\u200d\ufeff", "en-us+f3")
@example("a" * 4000, "en-us+f3")
@example("9" * 400, "en-us+f3")
@example("한국어 العربية हिन्दी 中文 ภาษาไทย", "en-us+f3")
def test_no_text_harms_the_synthesiser(text: str, voice: str) -> None:
    pcm, rate, _ = synthesise(text, voice)
    assert pcm.dtype == np.int16
    assert rate == 22050
    assert len(pcm) < 300 * rate


def test_nothing_to_say_is_a_short_silence_and_too_much_is_cut() -> None:
    async def work() -> None:
        assert not (await spoken("\U0001f600 \0")).any()
        long = await spoken("word " * 3000)
        assert len(long) / audio.RATE < 600

    asyncio.run(work())
    assert speakable("x" * 99) == "x" * 60


def test_the_table_and_the_files_are_the_same_set() -> None:
    files = {path.stem for path in Path(FOLDER).glob("*.wav")}
    assert files == set(lines())
    assert len({row.text for row in recordings().values()}) == len(files)
    assert sum(path.stat().st_size for path in Path(FOLDER).glob("*.wav")) < 800_000


@pytest.mark.parametrize("name", sorted(lines()))
def test_a_recording_is_mu_law_at_8_khz_at_about_20_below_full_scale(name: str) -> None:
    head = (FOLDER / f"{name}.wav").read_bytes()[:36]
    assert head[20:22] == b"\x07\x00"
    assert int.from_bytes(head[24:28], "little") == 8000
    pcm = recorded(name)
    sounding = [frame for frame in audio.frames(pcm) if audio.loudness(frame) > -50]
    assert audio.loudness(audio.joined(sounding)) == pytest.approx(-20, abs=1.5)
    assert 0.4 < len(pcm) / audio.RATE < 4


def test_an_unknown_line_is_refused_with_the_known_ones() -> None:
    with pytest.raises(KeyError, match="where-order"):
        recorded("sing a song")


def test_no_two_recordings_correlate() -> None:
    size = 65536
    spectra = {name: np.fft.rfft(recorded(name).astype(float), size) for name in lines()}
    power = {name: float((recorded(name).astype(float) ** 2).sum()) for name in lines()}
    names = sorted(lines())
    for place, one in enumerate(names):
        for other in names[place + 1 :]:
            likeness = np.abs(np.fft.irfft(spectra[one] * spectra[other].conj(), size)).max()
            assert likeness < 0.5 * np.sqrt(power[one] * power[other]), (one, other)


def test_a_recogniser_tells_what_the_caller_says() -> None:
    callers = {name: row.text for name, row in recordings().items() if row.voice == "rms"}
    decoder = Decoder(samprate=16000, loglevel="FATAL", lm=None)
    grammar = f"#JSGF V1.0;\ngrammar g;\npublic <g> = {' | '.join(callers.values())};\n"
    decoder.add_jsgf_string("lines", grammar)
    decoder.activate_search("lines")
    misheard = {}
    for name, text in callers.items():
        decoder.start_utt()
        decoder.process_raw(audio.resample(recorded(name), 8000, 16000).tobytes(), full_utt=True)
        decoder.end_utt()
        found = decoder.hyp().hypstr if decoder.hyp() else ""
        if found != text:
            misheard[text] = found
    assert len(misheard) <= 1, misheard
    assert "i would like to speak to a person please" not in misheard
