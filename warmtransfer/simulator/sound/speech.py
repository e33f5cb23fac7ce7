"""What is said on the simulated lines: shipped recordings, and text spoken by espeak-ng."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from warmtransfer.simulator.sound.audio import PCM, frozen, levelled, load_wav, pause, resample, through_line
from warmtransfer.simulator.sound.espeak import synthesise, voice_for

FOLDER = Path(__file__).parent / "lines"
LIMIT = 4096
"""Longest text Twilio takes in one Say."""


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
    """Speech for any text at 8 kHz, about -20 dBFS; Twilio voice names and language tags are understood.

    Odd characters are left out, and only the first LIMIT characters are spoken; a text
    with nothing to say gives 100 ms of silence. The work is done in a thread and kept.
    """
    name = voice_for(voice, language)
    key = (text[:LIMIT], name)
    if key not in _SPOKEN:
        pcm = await asyncio.to_thread(_speak, *key)
        if len(_SPOKEN) >= _KEPT:
            _SPOKEN.pop(next(iter(_SPOKEN)))
        _SPOKEN[key] = pcm
        return pcm
    return _SPOKEN[key]


async def say(text: str, voice: str = "") -> tuple[str, PCM]:
    """The words and the sound of a shipped line's name or words, or else of free text."""
    row = find_line(text) if not voice else None
    if row is not None:
        return row.text, recorded(row.name)
    return text, await spoken(text, voice)


_KEPT = 500
_SPOKEN: dict[tuple[str, str], PCM] = {}


def _speak(text: str, voice: str) -> PCM:
    pcm, rate = synthesise(text, voice)
    if not pcm.any():
        return pause(0.1)
    return frozen(through_line(levelled(resample(pcm, rate))))


def _plain(text: str) -> str:
    return "".join(each for each in text.casefold() if each.isalnum() or each == " ").strip()
