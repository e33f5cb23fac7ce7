"""The codec, frames, tones and WAV files of the simulated lines."""

from __future__ import annotations

import struct
import wave
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from warmtransfer.simulator.sound import audio
from warmtransfer.simulator.sound.audio import FLOOR, SAMPLES, SILENCE


def reference_code(sample: int) -> int:
    """G.711 mu-law by its own rule: sign, segment, and step within the segment, inverted."""
    sign, size = (0x80, -sample) if sample < 0 else (0, sample)
    size = min(size, 32635) + 132
    segment = next(s for s in range(7, -1, -1) if size >= 1 << (s + 7))
    return ~(sign | segment << 4 | size >> (segment + 3) & 0x0F) & 0xFF


def test_every_sample_is_encoded_as_the_standard_says() -> None:
    samples = np.arange(-32768, 32768, dtype=np.int32).astype(np.int16)
    expected = bytes(reference_code(int(sample)) for sample in samples)
    assert audio.encode(samples) == expected


def test_every_code_survives_a_round_trip_except_negative_zero() -> None:
    codes = bytes(range(256))
    back = audio.encode(audio.decode(codes))
    assert [(a, b) for a, b in zip(codes, back, strict=True) if a != b] == [(0x7F, 0xFF)]
    known = {0x00: -32124, 0x80: 32124, 0x7F: 0, 0xFF: 0, 0xFE: 8, 0x7E: -8}
    assert {code: int(audio.decode(bytes([code]))[0]) for code in known} == known


def test_silence_encodes_to_0xff() -> None:
    assert audio.encode(SILENCE) == audio.encode(SILENCE.copy()) == b"\xff" * 160


def test_frames_are_padded_and_silent_ones_are_the_shared_object() -> None:
    pcm = np.zeros(3 * SAMPLES + 10, dtype=np.int16)
    pcm[SAMPLES] = 5
    parts = audio.frames(pcm)
    assert [part is SILENCE for part in parts] == [True, False, True, True]
    assert all(len(part) == SAMPLES for part in parts)
    with pytest.raises(ValueError):
        parts[1][0] = 1


@given(st.lists(st.lists(st.integers(-32768, 32767), min_size=4, max_size=4), min_size=2, max_size=5))
def test_a_mix_saturates_and_never_wraps(rows: list[list[int]]) -> None:
    parts = [np.array(row, dtype=np.int16) for row in rows]
    expected = [max(-32768, min(32767, sum(column))) for column in zip(*rows, strict=True)]
    assert audio.mixed(parts).tolist() == expected


def test_one_part_of_a_mix_passes_as_the_same_object() -> None:
    part = audio.frames(audio.tone(0.02, 440))[0]
    assert audio.mixed([part]) is part
    assert audio.mixed([]) is SILENCE


def test_loudness_of_full_scale_and_silence() -> None:
    assert audio.loudness(SILENCE) == FLOOR
    assert audio.loudness(np.full(160, -32768, dtype=np.int16)) == pytest.approx(0.0)
    assert audio.loudness(audio.tone(1.0, 440, 480)) == pytest.approx(-20, abs=0.5)


def test_resampling_keeps_a_tone_and_removes_what_would_alias() -> None:
    time = np.arange(22050) / 22050
    kept = (10000 * np.sin(2 * np.pi * 1000 * time)).astype(np.int16)
    aliasing = (10000 * np.sin(2 * np.pi * 5000 * time)).astype(np.int16)
    out = audio.resample(kept, 22050)
    assert len(out) == 8000
    assert int(np.abs(np.fft.rfft(out)).argmax()) == 1000
    assert audio.loudness(out) == pytest.approx(audio.loudness(kept), abs=0.2)
    assert audio.loudness(audio.resample(aliasing, 22050)) < -60


def test_a_saved_wav_is_read_by_python_and_by_us(tmp_path: Path) -> None:
    pcm = audio.tone(0.5, 440)
    audio.save_wav(tmp_path / "new" / "a.wav", pcm)
    with wave.open(str(tmp_path / "new" / "a.wav")) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 8000)
        assert np.array_equal(np.frombuffer(file.readframes(9999), dtype=np.int16), pcm)
    assert np.array_equal(audio.load_wav(tmp_path / "new" / "a.wav"), pcm)


def test_stereo_at_another_rate_becomes_mono_at_8_khz() -> None:
    time = np.arange(16000) / 16000
    left = (8000 * np.sin(2 * np.pi * 500 * time)).astype("<i2")
    body = np.stack([left, left], axis=1).tobytes()
    head = struct.pack("<HHIIHH", 1, 2, 16000, 64000, 4, 16)
    data = b"RIFF" + struct.pack("<I", 36 + len(body)) + b"WAVEfmt " + struct.pack("<I", 16) + head
    out = audio.parse_wav(data + b"data" + struct.pack("<I", len(body)) + body)
    assert len(out) == 8000
    assert int(np.abs(np.fft.rfft(out)).argmax()) == 500


@pytest.mark.parametrize("data", [b"", b"ID3 mp3", b"RIFF0000WAVE", audio.wav_bytes(SILENCE)[:30]])
def test_what_is_no_wav_is_a_value_error(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"song\.mp3"):
        audio.parse_wav(data, "song.mp3")


@given(st.binary(max_size=120))
def test_no_bytes_after_a_wav_head_raise_anything_else(tail: bytes) -> None:
    whole = audio.wav_bytes(SILENCE)
    for data in (whole[:20] + tail, b"RIFF\0\0\0\0WAVE" + tail):
        with suppress(ValueError):
            assert audio.parse_wav(data).dtype == np.int16


def test_the_ring_is_two_seconds_on_and_four_off() -> None:
    ring = audio.ring_tone()
    assert len(ring) == 48000
    assert audio.loudness(ring[:16000]) > -22
    assert not ring[16000:].any()
