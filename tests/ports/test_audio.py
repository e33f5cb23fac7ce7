"""Audio is judged and measured as the text it travels as."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warmtransfer.ports.audio import is_base64, milliseconds


@given(st.integers(0, 5000))
def test_the_length_of_base64_audio_is_known_without_decoding(size: int) -> None:
    assert milliseconds(base64.b64encode(bytes(size))) == size / 8


@given(st.binary(max_size=200))
def test_whatever_was_encoded_is_base64(audio: bytes) -> None:
    assert is_base64(base64.b64encode(audio))


@pytest.mark.parametrize("text", [b"abc", b"ab=c", b"a===", b'ab"c', b"ab-_", b"\xff\xff\xff\xff"])
def test_what_could_leave_its_quotes_or_its_groups_is_not(text: bytes) -> None:
    assert not is_base64(text)
