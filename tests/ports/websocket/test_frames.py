"""Our frames against `websockets`: whatever comes, in whatever pieces, both read, answer and end alike."""

from __future__ import annotations

import random
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from websockets.frames import Close, Frame, Opcode
from websockets.protocol import CLIENT, OPEN, SERVER, Protocol

from warmtransfer.ports.websocket.frames import Frames

LIMIT = 300
SIZES = [0, 1, 2, 5, 124, 125, 126, 127, 200, 299, 300, 301, 65535, 65536]
REASONS = [b"", b"bye", "\u00fcber".encode(), b"\xff\xfe", b"x" * 121, b"x" * 123, b"x" * 124]
CODES = [0, 999, 1000, 1001, 1002, 1003, 1004, 1005, 1006, 1007, 1011, 1014, 1015, 2999, 3000, 4999, 5000]


class Reference:
    """`websockets`' end of the same connection."""

    def __init__(self, client: bool, limit: int = LIMIT) -> None:
        self.framing = Protocol(CLIENT if client else SERVER, state=OPEN, max_size=limit)
        self.messages: list[bytes] = []
        self.refused = False
        self._parts: list[bytes] = []

    def receive(self, data: bytes) -> None:
        """Read, and stop at a binary message, which `websockets` would take."""
        if self.refused:
            return
        self.framing.receive_data(data)
        for frame in self.framing.events_received():
            assert isinstance(frame, Frame)
            if frame.opcode is Opcode.BINARY:
                self.refused = True
                return
            if frame.opcode in (Opcode.TEXT, Opcode.CONT):
                self._parts.append(bytes(frame.data))
                if frame.fin:
                    self.messages.append(b"".join(self._parts))
                    self._parts = []

    def replies(self) -> bytes:
        return b"".join(self.framing.data_to_send())


def frame(
    opcode: int, payload: bytes, *, masked: bool, fin: bool = True, rsv: int = 0, size: int = -1
) -> bytes:
    """Any frame, also a wrong one; `size` 2 or 8 spells the length longer than needed."""
    length, bit = len(payload), 0x80 if masked else 0
    if size == 8 or length > 65535:
        head = struct.pack("!BBQ", fin << 7 | rsv << 4 | opcode, bit | 127, length)
    elif size == 2 or length > 125:
        head = struct.pack("!BBH", fin << 7 | rsv << 4 | opcode, bit | 126, length)
    else:
        head = struct.pack("!BB", fin << 7 | rsv << 4 | opcode, bit | length)
    if not masked:
        return head + payload
    key = bytes(random.Random(length).randbytes(4))
    return head + key + bytes(byte ^ key[place % 4] for place, byte in enumerate(payload))


def strip(data: bytes, masked: bool) -> list[tuple[int, bytes]]:
    """Opcode and payload of frames that an end wrote: masks are random."""
    reader = Protocol(SERVER if masked else CLIENT, state=OPEN, max_size=None)
    reader.receive_data(data)
    read = reader.events_received()
    return [(int(each.opcode), bytes(each.data)) for each in read if isinstance(each, Frame)]


def rarely(usual: object, *odd: object) -> st.SearchStrategy[object]:
    """Mostly the usual value."""
    return st.sampled_from([usual] * 12 + list(odd))


@st.composite
def closes(draw: st.DrawFn) -> bytes:
    kind = draw(st.integers(0, 5))
    if kind < 2:
        return draw(st.binary(max_size=3))
    return struct.pack("!H", draw(st.sampled_from(CODES))) + draw(st.sampled_from(REASONS))


@st.composite
def frames(draw: st.DrawFn, masked: bool) -> bytes:
    opcode = draw(st.sampled_from([1] * 6 + [0] * 5 + [9, 9, 10, 8, 2, 3, 11]))
    payload = draw(closes()) if opcode == 8 else draw(st.binary(max_size=8)) * draw(st.integers(0, 60))
    if draw(st.integers(0, 30)) == 0:
        payload = b"z" * draw(st.sampled_from(SIZES))
    return frame(
        opcode,
        payload,
        masked=bool(draw(rarely(masked, not masked))),
        fin=bool(draw(st.booleans() if opcode < 2 else rarely(True, False))),
        rsv=int(str(draw(rarely(0, 1, 2, 4)))),
        size=int(str(draw(rarely(-1, 2, 8)))),
    )


@st.composite
def conversations(draw: st.DrawFn, client: bool) -> list[bytes]:
    """What a peer sends, cut into pieces: anywhere, or where frames end, some of them twice."""
    sent = draw(st.lists(frames(not client), min_size=1, max_size=8))
    if draw(st.booleans()):
        return [each for each in sent for _ in range(draw(st.integers(1, 2)))]
    stream = b"".join(sent)
    stream = stream[: len(stream) - draw(rarely(0, 1, 3))]  # type: ignore[operator]
    cuts = sorted(draw(st.lists(st.integers(0, len(stream)), max_size=6)))
    return [stream[a:b] for a, b in zip([0, *cuts], [*cuts, len(stream)], strict=True) if a < b]


def agree(client: bool, pieces: list[bytes], *, closing: bool) -> None:
    ours, theirs = Frames(client=client, limit=LIMIT), Reference(client)
    if closing:
        ours.close(1000)
        theirs.framing.send_close(1000)
        theirs.replies()
    messages: list[bytes] = []
    replies, expected = b"", b""
    for piece in pieces:
        whole = ours.whole(piece)
        messages += ours.receive(piece) if whole is None else [whole]
        theirs.receive(piece)
        replies += b"".join(ours.replies)
        ours.replies.clear()
        expected += theirs.replies()
    assert messages == theirs.messages
    if theirs.refused:
        assert ours.over
        assert ours.sent == ((1000, "") if closing else (1003, "binary message"))
        return
    assert _codes(strip(replies, client)) == _codes(strip(expected, client))
    received, sent = theirs.framing.close_rcvd, theirs.framing.close_sent
    assert ours.received == (received and (received.code, received.reason))
    assert (ours.sent and ours.sent[0]) == (sent and sent.code)
    assert ours.over is (theirs.framing.parser_exc is not None or received is not None)


def _codes(written: list[tuple[int, bytes]]) -> list[tuple[int, bytes]]:
    """Pongs as they are, closes without the words: those of a fault are each side's own."""
    return [(opcode, data[:2] if opcode == 8 else data) for opcode, data in written]


@pytest.mark.parametrize("client", [False, True], ids=["server", "client"])
def test_whatever_comes_both_say_the_same(client: bool) -> None:
    @settings(max_examples=500, deadline=None)
    @given(conversations(client), st.booleans())
    def compare(pieces: list[bytes], closing: bool) -> None:
        agree(client, pieces, closing=closing)

    compare()


@pytest.mark.parametrize("client", [False, True], ids=["server", "client"])
@pytest.mark.parametrize("size", SIZES)
def test_what_we_frame_they_read(client: bool, size: int) -> None:
    payload = bytes(random.Random(size).randbytes(size))
    ours, theirs = Frames(client=client, limit=1 << 20), Reference(not client, 1 << 20)
    theirs.receive(ours.text(payload) + ours.text(b"after"))
    assert theirs.messages == [payload, b"after"]


@pytest.mark.parametrize("client", [False, True], ids=["server", "client"])
@pytest.mark.parametrize("size", SIZES)
def test_what_they_frame_we_read_in_one_piece_and_byte_by_byte(client: bool, size: int) -> None:
    payload = bytes(random.Random(size).randbytes(size))
    theirs = Protocol(SERVER if client else CLIENT, state=OPEN)
    theirs.send_text(payload)
    (data,) = theirs.data_to_send()
    ours = Frames(client=client, limit=1 << 20)
    assert ours.whole(data) is None
    assert ours.receive(data) == [payload]
    theirs.send_text(payload)
    (again,) = theirs.data_to_send()
    assert ours.whole(again) == (payload if 126 <= size < 65536 else None)
    if size < 1000:
        assert [text for byte in data for text in ours.receive(bytes([byte]))] == [payload]
    assert not ours.over


@pytest.mark.parametrize("code", [1000, 1003, 1009, 4000])
@pytest.mark.parametrize("reason", ["", "bye", "\u00fc" * 61, "x" * 500, "\u00fc" * 200])
def test_our_close_is_a_close_to_them(code: int, reason: str) -> None:
    ours, theirs = Frames(client=True, limit=LIMIT), Reference(client=False)
    theirs.receive(ours.close(code, reason))
    received = theirs.framing.close_rcvd
    assert isinstance(received, Close)
    assert received.code == code
    assert reason.startswith(received.reason)
    assert len(received.reason) >= min(len(reason), 60)


def test_a_whole_frame_behind_half_of_another_is_not_taken_for_itself() -> None:
    text = b"x" * 200
    data = frame(1, text, masked=True)
    ours = Frames(client=False, limit=LIMIT)
    assert ours.receive(data) == [text]
    assert ours.whole(data) == text
    assert ours.receive(data[:5]) == []
    assert ours.whole(data) is None
    assert ours.receive(data[5:] + data) == [text, text]
    assert ours.receive(data) == [text]
    assert ours.whole(data) == text
    assert ours.receive(frame(1, text, masked=True, fin=False)) == []
    assert ours.whole(data) is None
    assert ours.receive(data) == []
    assert ours.over
    assert ours.whole(data) is None


def test_a_frame_of_the_same_size_and_another_kind_is_not_taken_for_the_usual_one() -> None:
    text = b"x" * 200
    begun = frame(1, text, masked=True, fin=False)
    for other in (begun, frame(2, text, masked=True), frame(1, text + b"1234", masked=False)):
        ours = Frames(client=False, limit=LIMIT)
        assert ours.receive(frame(1, text, masked=True)) == [text]
        assert ours.whole(other) is None


def test_masks_differ_from_frame_to_frame() -> None:
    ours = Frames(client=True, limit=LIMIT)
    assert len({ours.text(b"same")[2:6] for _ in range(500)}) > 490


def test_many_small_pieces_of_one_message_count_as_one() -> None:
    ours = Frames(client=False, limit=LIMIT)
    assert ours.receive(frame(1, b"", masked=True, fin=False)) == []
    for _ in range(LIMIT):
        assert ours.receive(frame(0, b"x", masked=True, fin=False)) == []
    ours.receive(frame(0, b"x", masked=True, fin=False))
    assert ours.over
    assert ours.sent == (1009, "too long")
