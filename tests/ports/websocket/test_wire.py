"""A WebSocket on a socket that was taken over: framing, slow peers, limits, closes, TLS."""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

import pytest
from websockets.frames import Frame, Opcode
from websockets.protocol import CLIENT, OPEN, Protocol, State

from warmtransfer.ports.loop.choose import make_loop
from warmtransfer.ports.loop.protocols import Loop
from warmtransfer.ports.websocket.sockets import read_messages
from warmtransfer.ports.websocket.wire import Wire

T = TypeVar("T")
#: Key and certificate of "localhost", for these tests only.
CERTIFICATE = Path(__file__).with_name("localhost.pem")


def until(met: Callable[[], T], seconds: float = 5.0) -> T:
    """Ask again until it gives something true."""
    end = time.monotonic() + seconds
    while not (found := met()):
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.005)
    return found


class Peer:
    """The other end, on a blocking socket, driven by the test."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self.framing = Protocol(CLIENT, state=OPEN, max_size=None)
        self.got: list[bytes] = []
        sock.settimeout(5.0)

    def send(self, *texts: bytes) -> None:
        for text in texts:
            self.framing.send_text(text)
        self.flush()

    def flush(self) -> None:
        self.sock.sendall(b"".join(self.framing.data_to_send()))

    def read(self) -> bool:
        """Take what there is; False at the end."""
        data = self.sock.recv(65536)
        if not data:
            self.framing.receive_eof()
            return False
        self.framing.receive_data(data)
        for frame in self.framing.events_received():
            assert isinstance(frame, Frame)
            if frame.opcode is Opcode.TEXT:
                self.got.append(bytes(frame.data))
        self.flush()
        return True

    def read_until(self, count: int) -> list[bytes]:
        while len(self.got) < count:
            assert self.read()
        return self.got

    def read_all(self) -> int | None:
        """Read to the end; the close code that came."""
        with contextlib.suppress(ConnectionError):
            while self.read():
                continue
        return self.framing.close_rcvd.code if self.framing.close_rcvd else None


class Ours:
    """Our end: a wire, and what it told."""

    def __init__(self, loop: Loop, sock: socket.socket, **more: Any) -> None:
        self.loop = loop
        self.texts: list[bytes] = []
        self.ends: list[tuple[int, str]] = []
        self.then: Callable[[bytes], object] = lambda text: None
        self.each: Callable[[list[bytes]], object] = lambda texts: None
        self.sock = sock
        made = threading.Event()
        loop.soon(self._make, sock, made, more)
        assert made.wait(5)

    def _make(self, sock: socket.socket, made: threading.Event, more: dict[str, Any]) -> None:
        self.wire = Wire(
            self.loop,
            sock,
            client=False,
            on_texts=self._texts,
            on_closed=lambda *end: self.ends.append(end),
            **more,
        )
        made.set()

    def _texts(self, texts: Sequence[bytes]) -> None:
        self.each(list(texts))
        for text in texts:
            if self.wire.open:
                self.texts.append(text)
                self.then(text)

    def do(self, fn: Callable[..., object], *args: Any, **kwargs: Any) -> None:
        """Call in the loop and wait."""
        done = threading.Event()
        self.loop.soon(lambda: fn(*args, **kwargs))
        self.loop.soon(done.set)
        assert done.wait(5)


@pytest.fixture
def loop() -> Iterator[Loop]:
    made = make_loop()
    yield made
    made.stop()


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    """A TCP connection on loopback: ours, theirs."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        theirs = socket.create_connection(door.getsockname())
        ours, _ = door.accept()
    yield ours, theirs
    ours.close()
    theirs.close()


Pair = tuple[socket.socket, socket.socket]


def test_messages_go_both_ways_whole_and_in_order(loop: Loop, pair: Pair) -> None:
    ours, peer = Ours(loop, pair[0]), Peer(pair[1])
    ours.then = lambda text: ours.wire.send(text.upper())
    texts = [b"%d" % n + b"x" * (n * 300) for n in range(100)]
    threading.Thread(target=peer.send, args=texts, daemon=True).start()
    assert peer.read_until(100) == [text.upper() for text in texts]
    assert ours.texts == texts


def test_a_message_may_come_in_any_pieces(loop: Loop, pair: Pair) -> None:
    ours, peer = Ours(loop, pair[0]), Peer(pair[1])
    for part, fin in ((b"one ", False), (b"two ", False), (b"three", True)):
        if part == b"one ":
            peer.framing.send_text(part, fin)
        else:
            peer.framing.send_continuation(part, fin)
    for byte in b"".join(peer.framing.data_to_send()):
        pair[1].sendall(bytes([byte]))
    until(lambda: ours.texts == [b"one two three"])


def test_pings_are_answered(loop: Loop, pair: Pair) -> None:
    Ours(loop, pair[0])
    peer = Peer(pair[1])
    peer.framing.send_ping(b"there?")
    peer.flush()
    assert pair[1].recv(100) == b"\x8a\x06there?"


def test_what_was_read_before_is_taken_first(loop: Loop, pair: Pair) -> None:
    ours, peer = Ours(loop, pair[0]), Peer(pair[1])
    peer.framing.send_text(b"early")
    early = b"".join(peer.framing.data_to_send())
    ours.do(ours.wire.feed, early[:4])
    pair[1].sendall(early[4:])
    peer.send(b"late")
    until(lambda: ours.texts == [b"early", b"late"])


def test_large_messages_to_a_slow_peer_arrive_whole(loop: Loop, pair: Pair) -> None:
    """simple-websocket corrupts frames here: it takes a partial write for a whole one."""
    pair[0].setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    ours, peer = Ours(loop, pair[0]), Peer(pair[1])
    texts = [bytes([65 + n % 26]) * 10000 for n in range(60)]
    for text in texts:
        ours.do(ours.wire.send, text)
    assert peer.read_until(60) == texts
    assert ours.wire.dropped == 0


def test_messages_that_are_sent_together_arrive_in_order_in_one_write(loop: Loop, pair: Pair) -> None:
    ours, peer = Ours(loop, pair[0]), Peer(pair[1])
    texts = [b"%d" % number * 50 for number in range(5)]
    ours.do(lambda: ours.wire.offer_all(texts))
    assert peer.read()
    assert peer.got == texts


def test_messages_that_are_sent_together_stand_behind_what_waits(loop: Loop, pair: Pair) -> None:
    ours, peer = Ours(loop, pair[0], waiting=1 << 24), Peer(pair[1])
    first, second = b"x" * (4 << 20), [b"one", b"two", b"three"]
    ours.do(lambda: (ours.wire.send(first), ours.wire.offer_all(second), ours.wire.send_with(b"a", b"b")))
    assert peer.read_until(6) == [first, *second, b"a", b"b"]


def test_messages_that_come_together_are_told_together(loop: Loop, pair: Pair) -> None:
    told: list[list[bytes]] = []
    ours, peer = Ours(loop, pair[0]), Peer(pair[1])
    ours.do(lambda: setattr(ours, "each", told.append))
    peer.send(b"one", b"two", b"three")
    until(lambda: sum(map(len, told)) == 3)
    assert [text for each in told for text in each] == [b"one", b"two", b"three"]
    assert len(told) == 1


def test_a_peer_that_does_not_read_loses_the_oldest_media_and_it_is_counted(loop: Loop, pair: Pair) -> None:
    """What is under way, and what must not be dropped, arrives."""
    pair[0].setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    ours, peer = Ours(loop, pair[0], waiting=100_000), Peer(pair[1])
    for n in range(900):
        ours.do(ours.wire.offer, b"m%05d" % n + b"." * 9994)
        if n % 300 == 0:
            ours.do(ours.wire.send, b"k%05d" % n)
    assert ours.wire.dropped > 0
    ours.do(ours.wire.close)
    peer.read_all()
    kept = [text[:6] for text in peer.got]
    assert [each for each in kept if each.startswith(b"k")] == [b"k00000", b"k00300", b"k00600"]
    media = [int(each[1:]) for each in kept if each.startswith(b"m")]
    assert media == sorted(media)
    assert media[-1] == 899
    assert len(media) == 900 - ours.wire.dropped
    assert all(len(text) in (6, 10000) for text in peer.got)


def test_a_peer_that_reads_nothing_at_all_is_given_up(loop: Loop, pair: Pair) -> None:
    ours = Ours(loop, pair[0], waiting=50_000)
    for _ in range(1000):
        ours.do(ours.wire.send, b"k" * 10000)
    until(lambda: ours.ends == [(1008, "the peer does not read")])


@pytest.mark.parametrize(("code", "reason"), [(1000, ""), (1001, "cap reached"), (4000, "beta")])
def test_the_peers_close_is_answered_and_told(loop: Loop, pair: Pair, code: int, reason: str) -> None:
    ours, peer = Ours(loop, pair[0]), Peer(pair[1])
    peer.framing.send_close(code, reason)
    peer.flush()
    assert peer.read_all() == code
    until(lambda: ours.ends == [(code, reason)])
    assert pair[0].fileno() == -1


def test_a_close_without_a_code_is_1005(loop: Loop, pair: Pair) -> None:
    ours, peer = Ours(loop, pair[0]), Peer(pair[1])
    peer.framing.send_close()
    peer.flush()
    until(lambda: [code for code, _ in ours.ends] == [1005])


def test_our_close_says_everything_first(loop: Loop, pair: Pair) -> None:
    ours, peer = Ours(loop, pair[0]), Peer(pair[1])
    ours.do(ours.wire.send, b"last words")
    ours.do(ours.wire.close, 1000)
    ours.do(ours.wire.send, b"too late")
    assert peer.read_all() == 1000
    assert peer.got == [b"last words"]
    until(lambda: ours.ends == [(1000, "")])


def test_a_peer_that_never_answers_the_close_is_left(loop: Loop, pair: Pair) -> None:
    ours = Ours(loop, pair[0], goodbye=0.1)
    ours.do(ours.wire.close, 1000)
    until(lambda: ours.ends == [(1000, "")])
    assert pair[0].fileno() == -1


def test_a_vanished_peer_is_1006(loop: Loop, pair: Pair) -> None:
    ours = Ours(loop, pair[0])
    pair[1].setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    pair[1].close()
    until(lambda: [code for code, _ in ours.ends] == [1006])


def test_too_long_a_message_is_refused_with_1009(loop: Loop, pair: Pair) -> None:
    ours, peer = Ours(loop, pair[0], limit=1000), Peer(pair[1])
    peer.send(b"x" * 1001)
    assert peer.read_all() == 1009
    until(lambda: [code for code, _ in ours.ends] == [1009])
    assert not ours.texts


def test_a_message_in_many_pieces_has_the_same_limit(loop: Loop, pair: Pair) -> None:
    ours, peer = Ours(loop, pair[0], limit=1000), Peer(pair[1])
    peer.framing.send_text(b"x" * 600, False)
    peer.framing.send_continuation(b"x" * 600, True)
    peer.flush()
    until(lambda: [code for code, _ in ours.ends] == [1009])


def test_a_binary_message_is_refused_with_1003(loop: Loop, pair: Pair) -> None:
    ours, peer = Ours(loop, pair[0]), Peer(pair[1])
    peer.framing.send_binary(b"\x00")
    peer.framing.send_text(b"after it")
    peer.flush()
    assert peer.read_all() == 1003
    until(lambda: [code for code, _ in ours.ends] == [1003])
    assert not ours.texts


def test_bytes_that_are_no_frames_are_refused_with_1002(loop: Loop, pair: Pair) -> None:
    ours = Ours(loop, pair[0])
    pair[1].sendall(b"\xff\xff\xff\xff")
    until(lambda: [code for code, _ in ours.ends] == [1002])


def test_an_abandoned_wire_says_nothing_any_more(loop: Loop, pair: Pair) -> None:
    ours, peer = Ours(loop, pair[0]), Peer(pair[1])
    ours.then = lambda text: ours.wire.abandon()
    peer.send(b"one", b"two")
    until(lambda: pair[0].fileno() == -1)
    ours.do(lambda: None)
    assert ours.texts == [b"one"]
    assert not ours.ends
    assert peer.read_all() is None
    assert peer.framing.state is State.CLOSED


def secured(pair: Pair) -> tuple[ssl.SSLSocket, ssl.SSLSocket]:
    """The two ends in TLS."""
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(CERTIFICATE)
    client = ssl.create_default_context(cafile=CERTIFICATE)
    made: list[ssl.SSLSocket] = []
    thread = threading.Thread(target=lambda: made.append(server.wrap_socket(pair[0], server_side=True)))
    thread.start()
    theirs = client.wrap_socket(pair[1], server_hostname="localhost")
    thread.join(5)
    return made[0], theirs


def test_tls_is_read_to_its_last_byte_and_written_whole(loop: Loop, pair: Pair) -> None:
    """A TLS layer may hold messages that no readiness announces."""
    mine, theirs = secured(pair)
    ours, peer = Ours(loop, mine), Peer(theirs)
    ours.then = lambda text: ours.wire.send(text)
    texts = [b"%04d" % n + b"y" * 3000 for n in range(200)]
    threading.Thread(target=peer.send, args=texts, daemon=True).start()
    assert peer.read_until(200) == texts
    ours.do(ours.wire.close)
    assert peer.read_all() == 1000
    until(lambda: ours.ends == [(1000, "")])
    theirs.close()


@pytest.mark.parametrize("how", ["orderly", "cut"])
def test_tls_that_ends_without_a_close_frame_is_a_lost_connection(loop: Loop, pair: Pair, how: str) -> None:
    mine, theirs = secured(pair)
    ours, peer = Ours(loop, mine), Peer(theirs)
    peer.send(b"last words")
    if how == "orderly":  # TLS says goodbye, the WebSocket does not
        with contextlib.suppress(OSError):
            theirs.settimeout(0.2)
            theirs.unwrap()
    theirs.close()
    until(lambda: ours.ends)
    assert ours.texts == [b"last words"]
    assert [code for code, _ in ours.ends] == [1006]


def test_what_the_peer_said_at_its_end_counts_though_tls_is_cut_after_it(loop: Loop, pair: Pair) -> None:
    """A model's server that refuses for good says so in its close code, and may not take leave of TLS."""
    mine, theirs = secured(pair)
    ours, peer = Ours(loop, mine), Peer(theirs)
    peer.framing.send_close(4000, "no")
    peer.flush()
    theirs.close()
    until(lambda: ours.ends == [(4000, "no")])


def test_a_tls_read_that_waits_for_its_turn_leaves_the_next_connection_alone(loop: Loop, pair: Pair) -> None:
    """The system gives the number of a closed socket to the next one that is opened."""
    mine, theirs = secured(pair)
    ours, peer = Ours(loop, mine), Peer(theirs)
    held = threading.Event()
    victims: list[socket.socket] = []

    def replace(text: bytes) -> None:
        number = mine.fileno()
        ours.wire.abandon()
        while len(victims) < 8:
            victims.extend(socket.socketpair())
        pairs = list(zip(victims[::2], victims[1::2], strict=True))
        mine_again = [each for each in pairs if number in (each[0].fileno(), each[1].fileno())]
        assert mine_again, "no new socket got the number"
        for one, other in mine_again:
            one.sendall(b"\x17\x03\x03\x00\x10" + b"n" * 16)
            other.sendall(b"\x17\x03\x03\x00\x10" + b"n" * 16)
        ours.wire._read_tls()  # as the loop calls it when it was put off
        for one, other in mine_again:
            assert len(one.recv(100)) == len(other.recv(100)) == 21
        held.set()

    ours.then = replace
    peer.send(b"x")
    assert held.wait(5)
    for each in victims:
        each.close()
    theirs.close()


@pytest.mark.parametrize("what", ["closes", "fails"])
def test_a_close_that_comes_with_a_message_is_answered_whatever_that_leads_to(
    loop: Loop, pair: Pair, what: str
) -> None:
    ours, peer = Ours(loop, pair[0]), Peer(pair[1])
    ours.then = lambda text: ours.wire.close() if what == "closes" else 1 // 0
    peer.framing.send_text(b"stop")
    peer.framing.send_close(1000)
    peer.flush()
    assert peer.read_all() == 1000
    until(lambda: ours.ends)
    assert not ours.wire.open


def test_the_first_messages_are_read_exactly(pair: Pair) -> None:
    """Not one byte behind the wanted message is swallowed."""
    peer = Peer(pair[1])
    peer.framing.send_text(b"first")
    peer.framing.send_ping(b"p")
    peer.framing.send_text(b"second")
    peer.framing.send_text(b"third")
    whole = b"".join(peer.framing.data_to_send())
    peer.sock.sendall(whole)
    pair[0].settimeout(5)
    seen: list[bytes] = []

    def wanted(text: bytes) -> bool:
        seen.append(text)
        return text == b"second"

    rest = read_messages(pair[0], b"", wanted, 1000)
    assert seen == [b"first", b"second"]
    assert len(rest) == len(b"third") + 6
    assert whole.endswith(rest)


@pytest.mark.parametrize("what", ["close", "eof", "binary", "long", "slow"])
def test_first_messages_that_do_not_come_raise(pair: Pair, what: str) -> None:
    peer = Peer(pair[1])
    if what == "close":
        peer.framing.send_close(1000)
        peer.flush()
    elif what == "eof":
        pair[1].shutdown(socket.SHUT_WR)
    elif what == "binary":
        peer.framing.send_binary(b"x")
        peer.flush()
    elif what == "long":
        peer.send(b"x" * 2000)
    pair[0].settimeout(0.1)
    with pytest.raises(OSError):
        read_messages(pair[0], b"", lambda text: True, 1000)
