"""Sound on its way between two processes of one database, and what it may not do to either."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest

from tests.desk.parts import eventually
from tests.postgres import own_server
from warmtransfer.clock import Clock
from warmtransfer.desk import overhearing
from warmtransfer.desk.overhearing import Overhearing
from warmtransfer.errors import StoreBusy
from warmtransfer.ports.store.sounds import Sounds
from warmtransfer.ports.store.store import Store, here

Give = Callable[[str, str], object]


class Board:
    """The switchboard of a process: calls whose stream it has, and pages that listen."""

    def __init__(self, calls: tuple[str, ...] = (), pages: tuple[str, ...] = ()) -> None:
        self.has, self.pages = list(calls), list(pages)
        self.lent: dict[str, Give] = {}
        self.heard: list[tuple[str, str]] = []

    def calls(self) -> list[str]:
        return list(self.has)

    def listened(self) -> list[str]:
        return list(self.pages)

    def lend(self, call_id: str, give: Give | None) -> None:
        if give is None:
            self.lent.pop(call_id, None)
        else:
            self.lent[call_id] = give

    def deliver(self, call_id: str, piece: str) -> None:
        self.heard.append((call_id, piece))


class Counted(Sounds):
    """The database, with what was asked of it; `slow` makes it hang, `away` makes it fail."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self.asked: list[str] = []
        self.slow = threading.Event()
        self.slow.set()
        self.away = self.stuck = False

    def wanted(self) -> frozenset[str]:
        self._note("wanted")
        return super().wanted()

    def put(self, pieces: object) -> None:
        self._note("put")
        super().put(pieces)  # type: ignore[arg-type]

    def _note(self, name: str) -> None:
        self.asked.append(name)
        self.stuck = not self.slow.is_set()
        self.slow.wait(20)
        if self.away:
            raise StoreBusy("the database is away")


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """A PostgreSQL server of this module's own."""
    with own_server() as server:
        yield server.url


class Process:
    """One of them."""

    def __init__(self, url: str, board: Board) -> None:
        self.store = Store(url, here)
        self.sounds = Counted(self.store)
        self.board = board
        self.overhearing = Overhearing(self.sounds, board, Clock())
        self.overhearing.start()

    def close(self) -> None:
        self.sounds.slow.set()
        self.overhearing.chore.stop(5)
        self.store.close()


Begin = Callable[[Board], Process]


@pytest.fixture
def begin(url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Begin]:
    """Starts processes, which look about more often than real ones."""
    monkeypatch.setattr(overhearing, "EVERY", 0.1)
    begun: list[Process] = []

    def begin(board: Board) -> Process:
        begun.append(Process(url, board))
        return begun[-1]

    yield begin
    for each in begun:
        each.close()


def test_a_page_hears_a_call_of_another_process_for_as_long_as_it_is_there(begin: Begin) -> None:
    stream, page = begin(Board(calls=("c1", "c2"))).board, begin(Board(pages=("c1",))).board
    eventually(lambda: set(stream.lent) == {"c1"})
    for n in range(30):
        stream.lent["c1"]("c1", f"piece {n}")
    eventually(lambda: len(page.heard) == 30)
    assert page.heard == [("c1", f"piece {n}") for n in range(30)]
    page.pages.clear()
    eventually(lambda: not stream.lent, seconds=10)


def test_whoever_has_the_stream_starts_at_once_when_it_is_told(
    begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(overhearing, "EVERY", 30.0)
    stream, page = begin(Board(calls=("c5",))), begin(Board())
    eventually(lambda: "wanted" in stream.sounds.asked)
    page.overhearing.ask("c5")
    stream.overhearing.wake()
    eventually(lambda: "c5" in stream.board.lent)


def test_a_call_that_changes_its_process_is_heard_from_there(begin: Begin) -> None:
    one, two, page = (begin(board) for board in (Board(calls=("c3",)), Board(), Board(pages=("c3",))))
    eventually(lambda: "c3" in one.board.lent)
    one.board.has.clear()
    two.board.has.append("c3")
    two.overhearing.wake()
    eventually(lambda: "c3" in two.board.lent and not one.board.lent)
    two.board.lent["c3"]("c3", "from there")
    eventually(lambda: page.board.heard == [("c3", "from there")])


def test_a_call_of_this_process_needs_no_database(begin: Begin) -> None:
    both = begin(Board(calls=("c4",), pages=("c4",)))
    eventually(lambda: "wanted" in both.sounds.asked)
    assert not both.board.lent


def test_where_there_is_neither_call_nor_page_nothing_is_asked(begin: Begin) -> None:
    idle = begin(Board())
    eventually(lambda: idle.overhearing._seen > 0)
    idle.overhearing.wake()
    began = idle.overhearing._seen
    eventually(lambda: idle.overhearing._seen > began)
    assert idle.sounds.asked == []


def test_a_database_that_hangs_keeps_nobody_waiting_and_what_is_late_is_dropped(begin: Begin) -> None:
    stream, page = begin(Board(calls=("c6",))), begin(Board(pages=("c6",)))
    eventually(lambda: "c6" in stream.board.lent)
    stream.sounds.slow.clear()
    give = stream.board.lent["c6"]
    give("c6", "the first")
    eventually(lambda: stream.sounds.stuck)
    began = time.monotonic()
    for n in range(10_000):
        give("c6", f"piece {n}")
    assert time.monotonic() - began < 1.0
    assert len(stream.overhearing._pieces) <= overhearing.WAITING
    late = time.monotonic() + overhearing.STALE + 0.1
    eventually(lambda: time.monotonic() > late, seconds=10)
    stream.sounds.slow.set()
    eventually(lambda: not stream.overhearing._pieces)
    eventually(lambda: "c6" in stream.board.lent)
    stream.board.lent["c6"]("c6", "now")
    eventually(lambda: ("c6", "now") in page.board.heard)
    assert not [piece for _, piece in page.board.heard if piece.startswith("piece")]


def test_a_database_that_was_away_is_listened_through_again(
    begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("warmtransfer.desk.chores.LOOK", 0.1)
    stream, page = begin(Board(calls=("c7",))), begin(Board(pages=("c7",)))
    eventually(lambda: "c7" in stream.board.lent)
    stream.sounds.away = True
    stream.board.lent["c7"]("c7", "lost")
    before = len(stream.sounds.asked)
    eventually(lambda: len(stream.sounds.asked) > before + 3)
    stream.sounds.away = False
    eventually(lambda: "c7" in stream.board.lent)
    stream.board.lent["c7"]("c7", "found")
    eventually(lambda: ("c7", "found") in page.board.heard)
