"""What a listener is given: the two voices beside each other, as they are heard on the line, and no more."""

from __future__ import annotations

import base64
import random
import socket
import threading
import time
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from websockets.frames import Opcode
from websockets.protocol import CLIENT, OPEN, Protocol

from tests.relay.ends import QUIET, Ends, Phone, ends, until
from warmtransfer.relay import audience, page
from warmtransfer.relay.stream import Finished
from warmtransfer.relay.tap import AHEAD, PIECE, SILENCE, Tap

FRAME = 160


def spoken(serial: int, size: int = FRAME) -> bytes:
    """Sound that is like no other."""
    return random.Random(serial).randbytes(size)


def frames(count: int, first: int = 0) -> list[bytes]:
    return [base64.b64encode(spoken(n)) for n in range(first, first + count)]


class Ear:
    """Keeps what a tap gives."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.tap = Tap(self.pieces.append)

    def track(self, which: int) -> bytes:
        """All that was heard of the caller (0), or the AI (1)."""
        return b"".join(b64decode(each.split()[which]) for each in self.pieces)


# One call's tap ---------------------------------------------------------------------------------------


def test_pieces_are_a_fifth_of_a_second_with_two_tracks_of_one_length() -> None:
    ear = Ear()
    for frame in frames(35):
        ear.tap.caller([frame])
    assert len(ear.pieces) == 3
    assert {len(b64decode(half)) for each in ear.pieces for half in each.split()} == {PIECE}
    assert ear.track(0) == b"".join(spoken(n) for n in range(30))
    assert ear.track(1) == SILENCE * len(ear.track(0))


def test_what_the_ai_says_faster_than_it_is_heard_lies_beside_what_the_caller_says_then() -> None:
    ear, answer = Ear(), spoken(1000, 4 * PIECE)
    for frame in frames(10):
        ear.tap.caller([frame])
    for at in range(0, len(answer), 900):
        ear.tap.ai(base64.b64encode(answer[at : at + 900]))
    for frame in frames(60):
        ear.tap.caller([frame])
    assert ear.track(1) == SILENCE * PIECE + answer + SILENCE * (2 * PIECE)


def test_what_an_interruption_takes_from_the_caller_the_listener_does_not_hear_either() -> None:
    ear, answer = Ear(), spoken(1000, 10 * PIECE)
    ear.tap.ai(base64.b64encode(answer))
    for frame in frames(20):
        ear.tap.caller([frame])
    ear.tap.hush()
    ear.tap.ai(base64.b64encode(spoken(7)))
    for frame in frames(10):
        ear.tap.caller([frame])
    assert ear.track(1) == answer[: 2 * PIECE] + spoken(7) + SILENCE * (PIECE - FRAME)


def test_a_listener_holds_two_minutes_of_an_ai_that_nobody_hears_and_no_more() -> None:
    ear, second = Ear(), base64.b64encode(spoken(1, 8000))
    for _ in range(3600):
        ear.tap.ai(second)
    for frame in frames(10):
        ear.tap.caller([frame])
    assert len(ear.tap._ahead) <= AHEAD + 8000
    ear.tap.begin(iter([b"x" * (2 * AHEAD)]))
    assert len(ear.tap._ahead) == AHEAD


def test_what_is_no_sound_is_left_out_and_harms_nobody() -> None:
    ear = Ear()
    ear.tap.ai(b"%")
    ear.tap.caller([b"A", *frames(10)])
    assert ear.track(0) == b"".join(spoken(n) for n in range(10))


# Pages on a real relay --------------------------------------------------------------------------------


class Listener:
    """A page's end of its WebSocket, that answers whether it is there."""

    def __init__(self, sock: socket.socket, *, answers: bool, reads: bool) -> None:
        self._sock = sock
        self._answers = answers
        self._framing = Protocol(CLIENT, state=OPEN)
        self.pieces: list[str] = []
        self.closed = threading.Event()
        if reads:
            threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        try:
            while data := self._sock.recv(65536):
                self._framing.receive_data(data)
                for frame in self._framing.events_received():
                    if frame.opcode is Opcode.TEXT and bytes(frame.data) != b"?":
                        self.pieces.append(bytes(frame.data).decode())
                    elif frame.opcode is Opcode.TEXT and self._answers:
                        self._framing.send_text(b"here")
                self._sock.sendall(b"".join(self._framing.data_to_send()))
        except OSError:
            return
        finally:
            self.closed.set()

    def track(self, which: int) -> bytes:
        """All that was heard of the caller (0), or the AI (1)."""
        return b"".join(b64decode(each.split()[which]) for each in list(self.pieces))

    def leave(self) -> None:
        """The page is gone without a word."""
        self._sock.shutdown(socket.SHUT_RDWR)


@contextmanager
def listening(both: Ends, *, answers: bool = True, reads: bool = True) -> Iterator[Listener]:
    """A page that listens to the call."""
    ours, theirs = socket.socketpair()
    both.switchboard.enter("c1", theirs)
    until(lambda: "c1" in both.switchboard.listened())
    found = Listener(ours, answers=answers, reads=reads)
    try:
        yield found
    finally:
        ours.close()


def tapped(both: Ends) -> bool:
    return both.switchboard._relays["c1"]._tap is not None


def talks(phone: Phone, count: int, first: int = 0) -> None:
    for frame in frames(count, first):
        phone.media(frame)


def test_a_page_hears_caller_and_ai_and_once_it_is_gone_the_relay_has_nothing_to_do_with_it() -> None:
    with ends() as both:
        phone, session = both.up()
        assert not tapped(both)
        with listening(both) as ear:
            until(lambda: tapped(both))
            session.say("item_1", 1000, "Hello.")
            until(lambda: phone.heard(1000))
            talks(phone, 60)
            until(lambda: len(ear.pieces) == 6)
            assert ear.track(0) == b"".join(spoken(n) for n in range(60))
            assert ear.track(1) == b"\x10" * 8000 + SILENCE * 1600
            ear.leave()
            until(lambda: not tapped(both))
        assert both.switchboard.listened() == []
        until(lambda: len(session.audio) == 60)


def test_who_begins_to_listen_in_the_middle_of_a_sentence_hears_the_rest_of_it() -> None:
    with ends() as both:
        phone, session = both.up()
        session.say("item_1", 3000, "A long story.")
        until(lambda: phone.heard(3000))
        began = time.monotonic()
        until(lambda: time.monotonic() - began > 0.4)
        with listening(both) as ear:
            until(lambda: tapped(both))
            behind = time.monotonic() - began
            talks(phone, 170)
            until(lambda: len(ear.pieces) == 17)
            left = len(ear.track(1).rstrip(SILENCE)) / 8000
            assert 3.0 - behind - 0.3 < left < 2.7


def test_a_page_goes_on_listening_when_the_ais_line_is_made_anew() -> None:
    with ends() as both:
        first, _ = both.up()
        with listening(both) as ear:
            until(lambda: tapped(both))
            talks(first, 10)
            until(lambda: len(ear.pieces) == 1)
            second = both.phone(2)
            assert first.closed.wait(5)
            talks(second, 20, 100)
            until(lambda: len(ear.pieces) == 3)
            assert ear.track(0)[1600:] == b"".join(spoken(n) for n in range(100, 120))


def test_who_listens_before_there_is_a_line_hears_it_from_its_beginning() -> None:
    with ends() as both, listening(both) as ear:
        phone, _ = both.up()
        talks(phone, 10)
        until(lambda: len(ear.pieces) == 1)


def test_a_page_that_gives_no_sign_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "LOOK", 0.05)
    monkeypatch.setattr(page, "ALIVE", 0.3)
    with ends() as both:
        both.up()
        with listening(both) as alive, listening(both, answers=False) as dead:
            assert dead.closed.wait(5)
            assert not alive.closed.wait(0.6)
            assert tapped(both)


def test_a_page_may_listen_for_a_while_and_has_to_ask_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "LOOK", 0.05)
    monkeypatch.setattr(page, "LONGEST", 0.4)
    with ends() as both, listening(both) as ear:
        assert ear.closed.wait(5)
        until(lambda: both.switchboard.listened() == [])


def test_a_page_that_does_not_read_keeps_nobody_waiting_and_grows_no_heap() -> None:
    with ends() as both:
        phone, session = both.up()
        together = frames(100)
        with listening(both, reads=False):
            until(lambda: tapped(both))
            (stuck,) = both.switchboard.audience._pages["c1"]
            for _ in range(60):
                for frame in together:
                    phone.media(frame)
            until(lambda: len(session.audio) == 6000, 20)
            assert stuck._wire.dropped > 50
            assert stuck._wire._queued < 2 * page.WAITING


def test_there_are_only_so_many_who_listen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audience, "MOST", 1)
    with ends() as both, listening(both) as first:
        ours, theirs = socket.socketpair()
        assert both.switchboard.enter("c2", theirs).wait(5)
        assert ours.recv(1) == b""
        ours.close()
        assert not first.closed.is_set()


def test_a_process_that_ends_lets_its_pages_go() -> None:
    with ends() as both:
        ours, theirs = socket.socketpair()
        over: Finished = both.switchboard.enter("c1", theirs)
        until(lambda: both.switchboard.listened() == ["c1"])
        assert both.switchboard.stop(5.0)
        assert over.wait(5)
        ours.close()
        late, other = socket.socketpair()
        assert both.switchboard.enter("c1", other).wait(5)
        late.close()


def test_the_sound_is_lent_to_others_piece_by_piece() -> None:
    with ends() as both:
        phone, _ = both.up()
        given: list[tuple[str, str]] = []
        both.switchboard.lend("c1", lambda call_id, piece: given.append((call_id, piece)))
        until(lambda: tapped(both))
        for _ in range(10):
            phone.media(QUIET)
        assert until(lambda: given)[0][0] == "c1"
        both.switchboard.lend("c1", None)
        until(lambda: not tapped(both))


def test_what_comes_from_elsewhere_is_given_to_the_pages_here() -> None:
    with ends() as both, listening(both) as ear:
        both.switchboard.deliver("c1", "caller ai")
        both.switchboard.deliver("c2", "another call")
        until(lambda: ear.pieces == ["caller ai"])


