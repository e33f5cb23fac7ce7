"""Telephone audio: 20 ms frames of 8 kHz mono, mu-law, WAV files, and the network's tones."""

from __future__ import annotations

import struct
from functools import cache
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

PCM: TypeAlias = npt.NDArray[np.int16]
Frame: TypeAlias = PCM
"""int16 array of SAMPLES samples; nobody writes into a frame once it has been handed on."""

RATE = 8000
SAMPLES = 160
TICK = 0.02
"""Seconds in a frame."""
FLOOR = -96.0
"""dBFS given for digital silence."""

_BIAS, _CLIP = 132, 32635
_PCM_FORMAT, _MULAW_FORMAT = 1, 7


def frozen(pcm: PCM) -> PCM:
    """The same samples as a read-only array."""
    pcm.setflags(write=False)
    return pcm


SILENCE: Frame = frozen(np.zeros(SAMPLES, dtype=np.int16))


def _decode_table() -> PCM:
    code = ~np.arange(256, dtype=np.int32) & 0xFF
    size = ((((code & 0x0F) << 3) + _BIAS) << ((code & 0x70) >> 4)) - _BIAS
    return frozen(np.where(code & 0x80, -size, size).astype(np.int16))


def _encode_table() -> npt.NDArray[np.uint8]:
    """Code of every sample, indexed by its 16 bits read as unsigned."""
    sample = np.arange(65536, dtype=np.uint16).view(np.int16).astype(np.int32)
    size = np.minimum(np.abs(sample), _CLIP) + _BIAS
    segment = np.floor(np.log2(size)).astype(np.int32) - 7
    code = (segment << 4) | ((size >> (segment + 3)) & 0x0F) | np.where(sample < 0, 0x80, 0)
    table: npt.NDArray[np.uint8] = (~code & 0xFF).astype(np.uint8)
    table.setflags(write=False)
    return table


_DECODE = _decode_table()
_ENCODE = _encode_table()
SILENCE_MULAW = b"\xff" * SAMPLES


def encode(pcm: PCM) -> bytes:
    """Mu-law (G.711) bytes of these samples."""
    if pcm is SILENCE:
        return SILENCE_MULAW
    return _ENCODE[np.ascontiguousarray(pcm).view(np.uint16)].tobytes()


def decode(data: bytes) -> PCM:
    """Samples of these mu-law bytes."""
    return frozen(_DECODE[np.frombuffer(data, dtype=np.uint8)])


def through_line(pcm: PCM) -> PCM:
    """What is left of these samples after one mu-law line; a second line changes nothing more."""
    return decode(encode(pcm))


def frames(pcm: PCM) -> list[Frame]:
    """Cut into frames, the last padded with silence; wholly silent frames are SILENCE itself."""
    missing = -len(pcm) % SAMPLES
    padded = np.concatenate([pcm, np.zeros(missing, dtype=np.int16)]) if missing else pcm.copy()
    rows = frozen(padded).reshape(-1, SAMPLES)
    sounding: list[bool] = np.any(rows != 0, axis=1).tolist()
    return [row if loud else SILENCE for row, loud in zip(rows, sounding, strict=True)]


def joined(parts: list[Frame]) -> PCM:
    """One array of these frames, in order."""
    return np.concatenate(parts) if parts else np.zeros(0, dtype=np.int16)


def mixed(parts: list[Frame]) -> Frame:
    """Sum that saturates at the limits of int16; one part passes through untouched."""
    if not parts:
        return SILENCE
    if len(parts) == 1:
        return parts[0]
    total = parts[0].astype(np.int32)
    for part in parts[1:]:
        total += part
    np.minimum(total, 32767, out=total)
    np.maximum(total, -32768, out=total)
    return frozen(total.astype(np.int16))


def loudness(pcm: PCM) -> float:
    """Level in dBFS (RMS against full scale); FLOOR for silence."""
    if pcm is SILENCE or len(pcm) == 0:
        return FLOOR
    wide = pcm.astype(np.float64)
    power = float(np.dot(wide, wide)) / len(pcm)
    return max(FLOOR, 10 * float(np.log10(power / 32768**2))) if power else FLOOR


def levelled(pcm: PCM, target: float = -20.0) -> PCM:
    """Brought to `target` dBFS, measured over the frames that sound; silence stays as it is."""
    sounding = [part for part in frames(pcm) if loudness(part) > -50]
    if not sounding:
        return pcm
    gain = 10 ** ((target - loudness(joined(sounding))) / 20)
    return np.clip(pcm.astype(np.float64) * gain, -32768, 32767).astype(np.int16)


def resample(pcm: PCM, rate: int, to: int = RATE) -> PCM:
    """Another sample rate, by cutting or padding the spectrum; the top tenth fades out.

    The whole clip is transformed at once, so that the low-pass is exact; made for clips
    of up to a few minutes.
    """
    if rate == to or len(pcm) == 0:
        return pcm
    count = max(1, round(len(pcm) * to / rate))
    spectrum = np.fft.rfft(pcm.astype(np.float64))
    kept = np.zeros(count // 2 + 1, dtype=np.complex128)
    width = min(len(kept), len(spectrum))
    fade = max(1, width // 10)
    window = np.ones(width)
    window[width - fade :] = 0.5 + 0.5 * np.cos(np.linspace(0, np.pi, fade))
    kept[:width] = spectrum[:width] * window
    out = np.fft.irfft(kept, count) * (count / len(pcm))
    return np.clip(np.rint(out), -32768, 32767).astype(np.int16)


def load_wav(path: Path | str) -> PCM:
    """Samples of a mono WAV file, 16-bit or mu-law, at 8 kHz; ValueError for any other."""
    data = Path(path).read_bytes()
    return parse_wav(data, str(path))


def parse_wav(data: bytes, name: str = "WAV") -> PCM:
    """Samples of a WAV file's bytes; other rates and stereo are brought to 8 kHz mono."""
    if len(data) < 12 or data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        raise ValueError(f"{name}: not a WAV file")
    chunks: dict[bytes, bytes] = {}
    at = 12
    while at + 8 <= len(data):
        tag, size = data[at : at + 4], int(struct.unpack_from("<I", data, at + 4)[0])
        chunks.setdefault(tag, data[at + 8 : at + 8 + size])
        at += 8 + size + size % 2
    if len(chunks.get(b"fmt ", b"")) < 16 or b"data" not in chunks:
        raise ValueError(f"{name}: no format or no data")
    form, channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", chunks[b"fmt "])
    body = chunks[b"data"]
    if (form, bits) == (_MULAW_FORMAT, 8):
        pcm = decode(body)
    elif (form, bits) == (_PCM_FORMAT, 16):
        pcm = np.frombuffer(body[: len(body) // 2 * 2], dtype="<i2").astype(np.int16)
    else:
        raise ValueError(f"{name}: format {form} with {bits} bits is neither 16-bit PCM nor mu-law")
    if channels == 0 or rate == 0:
        raise ValueError(f"{name}: {channels} channels at {rate} Hz")
    if channels > 1:
        whole = pcm[: len(pcm) // channels * channels].reshape(-1, channels)
        pcm = whole.mean(axis=1).astype(np.int16)
    return frozen(resample(pcm, rate))


def wav_bytes(*sides: PCM) -> bytes:
    """A 16-bit WAV file at 8 kHz, which every player and Python's `wave` can read; a channel a side."""
    body = np.stack(sides, axis=1).astype("<i2").tobytes()
    width = 2 * len(sides)
    head = struct.pack("<HHIIHH", _PCM_FORMAT, len(sides), RATE, RATE * width, width, 16)
    riff = b"WAVE" + b"fmt " + struct.pack("<I", len(head)) + head + b"data" + struct.pack("<I", len(body))
    return b"RIFF" + struct.pack("<I", len(riff) + len(body)) + riff + body


def save_wav(path: Path | str, *sides: PCM) -> None:
    """Write a 16-bit WAV file at 8 kHz, a channel a side; makes the folder when it is missing."""
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(wav_bytes(*sides))


def tone(seconds: float, *hertz: float, level: float = -20.0) -> PCM:
    """Sines of equal strength, together at `level` dBFS, with 5 ms ramps against clicks."""
    count = round(seconds * RATE)
    time = np.arange(count) / RATE
    wave = np.zeros(count)
    for each in hertz:
        wave += np.sin(2 * np.pi * each * time)
    ramp = np.clip(np.minimum(np.arange(count), np.arange(count)[::-1]) / 40, 0, 1)
    rms = 32768 * 10 ** (level / 20)
    wave *= ramp * rms * np.sqrt(2 / max(1, len(hertz)))
    return through_line(np.clip(wave, -32768, 32767).astype(np.int16))


def pause(seconds: float) -> PCM:
    """Digital silence."""
    return frozen(np.zeros(round(seconds * RATE), dtype=np.int16))


@cache
def ring_tone() -> PCM:
    """One turn of the ring a North American caller hears: two seconds on, four off."""
    return frozen(np.concatenate([tone(2.0, 440, 480), pause(4.0)]))


@cache
def beep() -> PCM:
    """The tone of an answering machine, and of a conference that announces arrivals."""
    return tone(0.4, 1000)


@cache
def hold_music() -> PCM:
    """Stock music: a plain tune in two voices, eight seconds, to be looped."""
    melody = (523.25, 659.26, 783.99, 659.26, 587.33, 698.46, 880.0, 698.46)
    bass = (261.63, 261.63, 329.63, 261.63, 293.66, 293.66, 349.23, 293.66)
    notes = [tone(1.0, high, low, level=-24.0) for high, low in zip(melody, bass, strict=True)]
    return frozen(np.concatenate(notes))
