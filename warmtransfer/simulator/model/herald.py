"""How the network tells the local model what it is about to speak: one JSON object a line, on its stdin."""

from __future__ import annotations

import base64
import json

from warmtransfer.simulator.sound.audio import decode, encode
from warmtransfer.simulator.sound.speech import Speech

#: A line may hold minutes of sound in base64.
LONGEST_LINE = 2**24


def herald(speech: Speech) -> bytes:
    """The line that tells of a speech: `spoken`, its `words` with their times, its `audio` in mu-law."""
    audio = base64.b64encode(encode(speech.pcm)).decode()
    return json.dumps({"spoken": speech.text, "words": speech.words, "audio": audio}).encode() + b"\n"


def heralded(raw: bytes) -> Speech:
    """What such a line tells of; ValueError, KeyError or TypeError for any other."""
    told = json.loads(raw)
    text, audio = str(told["spoken"]), decode(base64.b64decode(told["audio"]))
    words = tuple((float(at), str(word)) for at, word in told.get("words", ()))
    speech = Speech(text, audio, words)
    return speech if words else Speech.even(speech.text, speech.pcm)
