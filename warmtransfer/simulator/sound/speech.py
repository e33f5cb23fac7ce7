"""What is said on the simulated lines: shipped recordings, and text spoken by espeak-ng."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from warmtransfer.simulator.sound.audio import (
    PCM,
    RATE,
    frozen,
    levelled,
    load_wav,
    pause,
    resample,
    through_line,
)
from warmtransfer.simulator.sound.espeak import speakable, synthesise, voice_for

FOLDER = Path(__file__).parent / "lines"
Words = tuple[tuple[float, str], ...]
LIMIT = 4096
"""Longest text Twilio takes in one Say."""


@dataclass(frozen=True)
class Speech:
    """Something that is spoken: its text, its sound, and when each word of it begins, in seconds."""

    text: str
    pcm: PCM
    words: Words

    @classmethod
    def even(cls, text: str, pcm: PCM) -> Speech:
        """A text whose words are taken as spread evenly, by their letters, over what sounds."""
        loud = np.flatnonzero(np.abs(pcm.astype(np.int32)) > QUIET)
        first, last = (int(loud[0]), int(loud[-1]) + 1) if len(loud) else (0, len(pcm))
        per = (last - first) / RATE / max(1, len(text))
        return cls(text, pcm, tuple((first / RATE + at * per, word) for at, word in placed(text)))


QUIET = 200
"""The largest sample that still counts as silence around a line."""


def placed(text: str) -> list[tuple[int, str]]:
    """The words of a text, each with its place in it."""
    return [(found.start(), found.group()) for found in re.finditer(r"\S+", text)]


def listen(hearer: Callable[[Speech], object]) -> Callable[[], None]:
    """Calls `hearer` with everything the network and its phones are about to speak, until what it returns
    is called: whoever has spoken a line knows it without listening."""
    _HEARERS.append(hearer)

    def stop() -> None:
        if hearer in _HEARERS:
            _HEARERS.remove(hearer)

    return stop


@dataclass(frozen=True)
class Recording:
    """One shipped line: its name (and file name), who speaks, and the words."""

    name: str
    voice: str
    text: str


@cache
def recordings() -> dict[str, Recording]:
    """The table of shipped lines, by name."""
    table = json.loads((FOLDER / "lines.json").read_text(encoding="utf-8"))
    return {row["name"]: Recording(row["name"], row["voice"], row["text"]) for row in table}


def lines() -> dict[str, str]:
    """The words of every shipped line, by name."""
    return {name: row.text for name, row in recordings().items()}


@cache
def recorded(name: str) -> PCM:
    """The sound of a shipped line; KeyError for an unknown name."""
    if name not in recordings():
        raise KeyError(f"no recorded line {name!r}; there are: {', '.join(sorted(recordings()))}")
    return load_wav(FOLDER / f"{name}.wav")


def find_line(text: str) -> Recording | None:
    """The shipped line with this name or these words."""
    table = recordings()
    wanted = _plain(text)
    return table.get(text) or next((row for row in table.values() if _plain(row.text) == wanted), None)


async def spoken(text: str, voice: str = "", language: str = "") -> PCM:
    """Speech for any text at 8 kHz, about -20 dBFS; Twilio voice names and language tags are understood."""
    return (await synthesised(text, voice, language)).pcm


async def announced(text: str, voice: str = "", language: str = "") -> PCM:
    """The same, of what is about to be heard on a line: who listens is told."""
    return _told(await synthesised(text, voice, language)).pcm


async def synthesised(text: str, voice: str = "", language: str = "") -> Speech:
    """Speech with the times of its words.

    Odd characters are left out, and only the first LIMIT characters are spoken; a text
    with nothing to say gives 100 ms of silence. The work is done in a thread and kept.
    """
    name = voice_for(voice, language)
    key = (text[:LIMIT], name)
    if key not in _SPOKEN:
        speech = await asyncio.to_thread(_speak, *key)
        if len(_SPOKEN) >= _KEPT:
            _SPOKEN.pop(next(iter(_SPOKEN)))
        _SPOKEN[key] = speech
        return speech
    return _SPOKEN[key]


async def say(text: str, voice: str = "") -> tuple[str, PCM]:
    """The words and sound of a shipped line's name or words, or else of free text; who listens is told."""
    row = find_line(text) if not voice else None
    if row is not None:
        return row.text, _told(Speech.even(row.text, recorded(row.name))).pcm
    return text, await announced(text, voice)


_KEPT = 500
_SPOKEN: dict[tuple[str, str], Speech] = {}
_HEARERS: list[Callable[[Speech], object]] = []


def _told(speech: Speech) -> Speech:
    for hearer in tuple(_HEARERS):
        hearer(speech)
    return speech


def _speak(text: str, voice: str) -> Speech:
    pcm, rate, starts = synthesise(text, voice)
    if not pcm.any():
        return Speech(text, pause(0.1), ())
    timed: list[tuple[float, str]] = []
    for at, word in placed(speakable(text)):
        began = next((starts[n] for n in range(at, at + len(word)) if n in starts), None)
        timed.append((timed[-1][0] if began is None and timed else (began or 0) / rate, word))
    return Speech(text, frozen(through_line(levelled(resample(pcm, rate)))), tuple(timed))


def _plain(text: str) -> str:
    return "".join(each for each in text.casefold() if each.isalnum() or each == " ").strip()
