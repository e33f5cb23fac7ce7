"""Audio as the carrier and the model both speak it: base64 mu-law, which is never decoded on its way."""

from __future__ import annotations

#: mu-law at 8000 samples a second: eight bytes a millisecond.
BYTES_PER_MS = 8
#: RFC 4648, section 4.
ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


def is_base64(payload: bytes) -> bool:
    """Whether this is whole groups of base64: it may stand between quotes as it is."""
    letters = payload.rstrip(b"=")
    padding = len(payload) - len(letters)
    return padding < 3 and len(payload) & 3 == 0 and not letters.translate(None, ALPHABET)


def milliseconds(payload: bytes) -> float:
    """How long this base64 mu-law plays."""
    padding = payload[-2:].count(b"=")
    return (len(payload) * 3 // 4 - padding) / BYTES_PER_MS
