"""The model's voice: text to mu-law, cut into deltas with the words that belong to each."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np

from warmtransfer.simulator.sound.audio import PCM, RATE, decode, encode, resample

#: Milliseconds of audio in one delta.
DELTA_MS = 200
#: The synthesiser's voices for the API's. The default is not the one the network reads documents with,
#: so that a listener can tell the model from the network.
VOICES = {"coral": "woman", "shimmer": "woman"}
DEFAULT_VOICE = "man"


def espeak_voice(name: object) -> str:
    """The synthesiser's voice for a voice of the API."""
    return VOICES.get(str(name), DEFAULT_VOICE)


def pieces(text: str, pcm: PCM) -> list[tuple[str, bytes]]:
    """The audio as mu-law in deltas, each with the words spoken by its end, spread over the letters."""
    data = encode(pcm)
    size = DELTA_MS * 8
    sounds = [data[start : start + size] for start in range(0, len(data), size)] or [b"\xff" * size]
    given = 0
    shared: list[tuple[str, bytes]] = []
    for number, sound in enumerate(sounds, start=1):
        end = text.find(" ", max(given, len(text) * number // len(sounds)))
        end = len(text) if end < 0 or number == len(sounds) else end
        shared.append((text[given:end], sound))
        given = end
    return shared


def wire_audio(mulaw: bytes, form: dict[str, Any]) -> str:
    """Audio in the session's output format, as base64."""
    if form["type"] == "audio/pcm":
        mulaw = resample(decode(mulaw), RATE, 24000).astype("<i2").tobytes()
    return base64.b64encode(mulaw).decode("ascii")


def phone_audio(data: bytes, form: dict[str, Any]) -> bytes:
    """Appended audio as mu-law at 8 kHz, whatever the session's input format."""
    if form["type"] == "audio/pcm":
        pcm = np.frombuffer(data[: len(data) // 2 * 2], dtype="<i2").astype(np.int16)
        return encode(resample(pcm, 24000, RATE))
    return data
