"""What caller and AI are heard to say on one call, cut into pieces for those who listen in a page.

The caller's frames are the clock: with each goes as much of the AI's sound as the carrier has played
meanwhile, so that the two lie beside each other as they do on the line. What an interruption takes from the
caller is taken from the listener, too. It runs in the loop, and costs nothing while nobody listens: there is
none then.
"""

from __future__ import annotations

import binascii
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Sequence

#: Bytes of mu-law of a piece: 200 ms.
PIECE = 1600
#: The most of the AI's sound that waits to be played, in bytes: two minutes.
AHEAD = 960_000
SILENCE = b"\xff"


class Tap:
    """One call's. `give(piece)` is called in the loop with each piece, and must not block."""

    __slots__ = ("_ahead", "_give", "_heard")

    def __init__(self, give: Callable[[str], object]) -> None:
        self._give = give
        self._heard = bytearray()  #: of the caller's, what is no piece yet
        self._ahead = bytearray()  #: of the AI's, what the carrier has still to play

    def begin(self, unheard: Iterable[bytes]) -> None:
        """A stream begins, or the listening: this much was sent before and is still to be heard, mu-law."""
        self._ahead.clear()
        for each in unheard:
            self._ahead += each
        del self._ahead[AHEAD:]

    def caller(self, pieces: Sequence[bytes]) -> None:
        """What the AI's leg hears."""
        for each in pieces:
            self._heard += decoded(each)
        while len(self._heard) >= PIECE:
            self._cut()

    def ai(self, payload: bytes) -> None:
        """Sent to the carrier, which plays it behind what it has."""
        if len(self._ahead) < AHEAD:
            self._ahead += decoded(payload)

    def hush(self) -> None:
        """The carrier plays nothing of it any more."""
        self._ahead.clear()

    def _cut(self) -> None:
        heard, said = bytes(self._heard[:PIECE]), bytes(self._ahead[:PIECE])
        del self._heard[:PIECE]
        del self._ahead[:PIECE]
        self._give(spelled(heard, said.ljust(PIECE, SILENCE)))


def spelled(caller: bytes, ai: bytes) -> str:
    """A piece as a page reads it: two tracks of one length, base64 mu-law."""
    return f"{b64encode(caller).decode()} {b64encode(ai).decode()}"


def decoded(payload: bytes) -> bytes:
    """Mu-law; nothing for what is no base64: that is not the listener's to complain of."""
    try:
        return b64decode(payload)
    except binascii.Error:
        return b""
