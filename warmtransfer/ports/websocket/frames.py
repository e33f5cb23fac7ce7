"""WebSocket frames after the handshake (RFC 6455): bytes in, text messages out, frames to send. No IO.

What is spent here is spent a hundred times a second for every call, so that one whole frame in one piece is
read without any bookkeeping. No extension is ever agreed on: reserved bits are faults.
"""

from __future__ import annotations

import os

try:
    from websockets.speedups import apply_mask
except ImportError:  # no wheel with C code for this machine
    from websockets.utils import apply_mask

CONT, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA
_OPCODES = frozenset((CONT, TEXT, BINARY, CLOSE, PING, PONG))
#: Close codes a peer may send (RFC 6455, 7.4, and the registry it names), besides 3000 to 4999.
_CODES = frozenset((1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014))
#: Bytes of a control frame's payload at most.
CONTROL = 125

Closing = tuple[int, str]


class Fault(Exception):
    """The peer broke the protocol, or a limit: a close code and a reason."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(code, reason)
        self.code = code
        self.reason = reason


class Frames:
    """One end of one connection. `client`: ours is the end that masks.

    After `receive`, send what is in `replies`. Once `over`, nothing that comes counts any more: a server then
    closes the connection, a client waits for that.
    """

    __slots__ = (
        "_at", "_client", "_data", "_gathered", "_keys", "_limit", "_parts", "_text_head", "_text_size",
        "_usual", "_usual_size", "over", "received", "replies", "sent",
    )  # fmt: skip

    def __init__(self, *, client: bool, limit: int) -> None:
        self._client = client
        self._limit = limit
        self._keys: list[bytes] = []  #: masks to come
        self._text_head = b""  #: head of the last text we framed, but for its mask
        self._text_size = -1  #: bytes of that text
        self._data: bytes | bytearray = b""  #: what came and is not all read
        self._at = 0  #: how much of it is read
        self._usual = b""  #: head of the last message that came alone in one frame, but for its mask
        self._usual_size = -1  #: bytes of that frame; -1 while another could not be taken alone
        self._parts: list[bytes] | None = None  #: of a message in several frames
        self._gathered = 0  #: bytes in those
        self.replies: list[bytes] = []
        self.received: Closing | None = None  #: the peer's close; 1005 without a code
        self.sent: Closing | None = None  #: ours
        self.over = False

    # Out --------------------------------------------------------------------------------------------

    def text(self, message: bytes) -> bytes:
        """The frame of one whole text message."""
        size = len(message)
        if size != self._text_size:
            self._text_size, self._text_head = size, self._head(TEXT, size)
        if self._client:
            key = self._keys.pop() if self._keys else self._key()
            return self._text_head + key + apply_mask(message, key)
        return self._text_head + message

    def close(self, code: int, reason: str = "") -> bytes:
        """Our close frame; only once. A long reason is cut short."""
        self.sent = (code, reason)
        cut = reason.encode()[: CONTROL - 2].decode(errors="ignore").encode()
        return self._frame(CLOSE, code.to_bytes(2, "big") + cut)

    def _frame(self, opcode: int, payload: bytes) -> bytes:
        head = self._head(opcode, len(payload))
        if self._client:
            key = self._key()
            return head + key + apply_mask(payload, key)
        return head + payload

    def _head(self, opcode: int, size: int) -> bytes:
        """What stands before a frame's mask."""
        bit = 0x80 if self._client else 0
        if size < 126:
            return bytes((0x80 | opcode, bit | size))
        if size < 65536:
            return bytes((0x80 | opcode, bit | 126, size >> 8, size & 255))
        return bytes((0x80 | opcode, bit | 127)) + size.to_bytes(8, "big")

    def _key(self) -> bytes:
        """A mask nobody can foresee (RFC 6455, 10.3); many are asked of the system at once."""
        if not self._keys:
            pool = os.urandom(256)
            self._keys = [pool[at : at + 4] for at in range(0, 256, 4)]
        return self._keys.pop()

    # In ---------------------------------------------------------------------------------------------

    def whole(self, data: bytes) -> bytes | None:
        """The message, if `data` is one whole frame like the last; None when it has to go through `receive`.

        Audio comes in frames of one length: two comparisons tell what all checks told of the one before.
        """
        if len(data) != self._usual_size or not data.startswith(self._usual):
            return None
        return data[4:] if self._client else apply_mask(data[8:], data[4:8])

    def receive(self, data: bytes) -> list[bytes]:
        """The text messages that are whole now. Faults are answered by a close, as `replies`."""
        self.feed(data)
        messages = []
        while (message := self.next()) is not None:
            messages.append(message)
        if self.over or self._parts is not None or self._at < len(self._data):
            self._usual_size = -1
        else:
            self._data, self._at = b"", 0
            if len(messages) == 1:
                self._learn(data)
        return messages

    def _learn(self, data: bytes) -> None:
        """Remember the head of `data`, if that is all of one text frame of the usual kind of length."""
        head = 4 if self._client else 8
        kind = b"\x81\x7e" if self._client else b"\x81\xfe"
        if data.startswith(kind) and int.from_bytes(data[2:4], "big") == len(data) - head:
            self._usual, self._usual_size = data[:4], len(data)

    def feed(self, data: bytes) -> None:
        """Hold what came, for `next`."""
        if self.over:
            return
        if self._at < len(self._data):
            if self._at or not isinstance(self._data, bytearray):
                self._data = bytearray(self._data[self._at :])
            self._data += data
        else:
            self._data = data
        self._at = 0

    def next(self) -> bytes | None:
        """The next whole message of what is held; None when there is none."""
        try:
            while not self.over and (frame := self._cut()) is not None:
                message = self._take(*frame)
                if message is not None:
                    return message
        except Fault as fault:
            self._fail(fault)
        return None

    def rest(self) -> bytes:
        """What is held behind the messages taken so far."""
        return bytes(self._data[self._at :])

    def _fail(self, fault: Fault) -> None:
        self.over = True
        if self.sent is None:
            self.replies.append(self.close(fault.code, fault.reason))

    def _cut(self) -> tuple[int, bool, bytes] | None:
        """Opcode, whether it is final, and payload of the next frame; None until it is whole."""
        data, at = self._data, self._at
        have = len(data) - at
        if have < 2:
            return None
        first, second = data[at], data[at + 1]
        if first & 15 not in _OPCODES:
            raise Fault(1002, "unknown opcode")
        if bool(second & 0x80) is self._client:
            raise Fault(1002, "wrong masking")
        size, start = second & 127, at + 2
        if size > 125:
            start = at + (4 if size == 126 else 10)
            if len(data) < start:
                return None
            size = int.from_bytes(data[at + 2 : start], "big")
        if size > self._limit - self._gathered:
            raise Fault(1009, "too long")
        if not self._client:
            start += 4
        if len(data) < start + size:
            return None
        self._at = start + size
        payload = bytes(data[start : start + size])
        if not self._client:
            payload = apply_mask(payload, bytes(data[start - 4 : start]))
        if first & 0x70:
            raise Fault(1002, "reserved bits")
        return first & 15, bool(first & 0x80), payload

    def _take(self, opcode: int, final: bool, payload: bytes) -> bytes | None:
        """Act on one frame; the message that it ends."""
        if opcode == TEXT and final and self._parts is None:
            return payload
        if opcode & 8:
            if not final or len(payload) > CONTROL:
                raise Fault(1002, "a control frame in pieces, or too long")
            if opcode == PING:
                self.replies.append(self._frame(PONG, payload))
            elif opcode == CLOSE:
                self._take_close(payload)
            return None
        if (opcode == CONT) is (self._parts is None):
            raise Fault(1002, "a message within another, or its end without a beginning")
        if opcode == BINARY:
            raise Fault(1003, "binary message")
        if self._parts is None:
            self._parts = []
        self._parts.append(payload)
        self._gathered += len(payload)
        if not final:
            return None
        whole, self._parts, self._gathered = b"".join(self._parts), None, 0
        return whole

    def _take_close(self, payload: bytes) -> None:
        self.received = _read_close(payload) if payload else (1005, "")
        if self._parts is not None:
            raise Fault(1002, "closed within a message")
        self.over = True
        if self.sent is None:
            self.sent = self.received
            self.replies.append(self._frame(CLOSE, payload))


def _read_close(payload: bytes) -> Closing:
    if len(payload) < 2:
        raise Fault(1002, "half a close code")
    try:
        reason = payload[2:].decode()
    except UnicodeDecodeError:
        raise Fault(1007, "the reason is not text") from None
    code = int.from_bytes(payload[:2], "big")
    if code not in _CODES and not 3000 <= code < 5000:
        raise Fault(1002, "no close code")
    return code, reason
