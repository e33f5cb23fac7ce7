"""Sound files as applications serve them: WAV, mu-law, and what the decoder library reads (MP3)."""

from __future__ import annotations

import miniaudio
import numpy as np

from warmtransfer.simulator.sound.audio import PCM, RATE, decode, frozen, parse_wav

MULAW_TYPES = frozenset({"audio/basic", "audio/ulaw", "audio/x-mulaw", "audio/pcmu"})
#: Types that Twilio plays, and no library here reads.
NOT_READ = frozenset({"audio/aiff", "audio/x-aifc", "audio/x-aiff", "audio/gsm", "audio/x-gsm"})


def samples(data: bytes, kind: str = "", name: str = "sound") -> PCM:
    """Samples at 8 kHz mono; ValueError, with the file's name, for what is no sound.

    The bytes decide before the content type does: servers often guess that by a name's ending.
    """
    if data[:4] == b"RIFF":
        return parse_wav(data, name)
    if kind in MULAW_TYPES:
        return decode(data[24:] if data[:4] == b".snd" else data)
    if kind in NOT_READ:
        raise ValueError(f"{name}: {kind} is not simulated; Twilio plays it")
    try:
        found = miniaudio.decode(data, miniaudio.SampleFormat.SIGNED16, nchannels=1, sample_rate=RATE)
    except miniaudio.MiniaudioError as exc:
        raise ValueError(f"{name}: neither WAV nor MP3 ({kind or 'no content type'})") from exc
    return frozen(np.frombuffer(found.samples, dtype=np.int16).copy())
