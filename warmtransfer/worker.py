"""One of several processes that serve on one port, as it sees itself: `parent` starts and ends them.

Loads next to nothing: it is asked before gevent patches. Parent and worker speak by single bytes on a pair of
sockets of the system; that the parent has ended, however it did, is the end of that file.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Mapping

#: How many processes a host wishes for. Hosts set this by themselves, without being asked.
PROCESSES = "WEB_CONCURRENCY"
#: Marks the environment of a worker; see `Worker`.
MARK = "WARMTRANSFER_WORKER"
#: The most that one parent starts.
MOST = 64

#: From a worker: it takes connections; it alone was told to end; its loop goes round.
READY, LEAVING, BEAT = b"r", b"l", b"b"
#: Seconds from one beat to the next.
EVERY = 1.0
#: To a worker: end, as all do; others take the connections, leave the port to them.
END, OTHERS = b"e", b"o"


def wanted(environ: Mapping[str, str]) -> int:
    """How many workers this process is to start; 1 where it serves by itself."""
    wished = environ.get(PROCESSES, "").strip()
    several = wished.isascii() and wished.isdigit() and 1 < int(wished) <= MOST
    shared = environ.get("DATABASE_URL", "").strip().startswith("postgres")
    return int(wished) if several and shared and MARK not in environ else 1


def alone(environ: Mapping[str, str]) -> str:
    """Why one process serves although several are wished for; "" where they are not."""
    wished = environ.get(PROCESSES, "").strip()
    if wished in ("", "1") or MARK in environ or wanted(environ) > 1:
        return ""
    if wished.isascii() and wished.isdigit() and 1 < int(wished) <= MOST:
        return (
            f"{PROCESSES} is {wished}, and calls are kept in SQLite, which one process can use: this one "
            "serves all calls (with DATABASE_URL on PostgreSQL there would be as many as wished)"
        )
    return (
        f"{PROCESSES} is {wished}, which is no number from 1 to {MOST}: this one serves all calls; "
        "write a number, or take the key out"
    )


class Worker:
    """What its parent gave this process: a number, the port's socket, and the way to each other.

    `number:port's fd:parent's fd:first` stands in the environment. `first`: whether the database will do is
    not known yet; who is started later serves without it, too, until it is back.
    """

    def __init__(self, given: str) -> None:
        self.number, self.listening, self._parent, first = map(int, given.split(":"))
        self.first = bool(first)
        self.left_to_others: Callable[[], object] = lambda: None  #: called, in any thread, when they are
        for each in (self.listening, self._parent):
            os.set_inheritable(each, False)  # no process that a host's tool starts keeps the port, or us
        # A parent that reads no more, because nobody reads its log, must not stop us.
        os.set_blocking(self._parent, False)

    def fileno(self) -> int:
        """What can be read when the parent has something to say."""
        return self._parent

    def says(self, what: bytes) -> None:
        """Tell the parent."""
        with contextlib.suppress(OSError):
            os.write(self._parent, what)

    def hear(self) -> tuple[bool, bool]:
        """What the parent says, to be read now: whether we are to end, and whether it is there at all."""
        try:
            told = os.read(self._parent, 64)
        except BlockingIOError:
            return False, True
        except OSError:
            told = b""
        if not told or OTHERS in told:
            # Without a parent nobody starts us again, and the next one wants the port.
            self.left_to_others()
        return not told or END in told, bool(told)


def this() -> Worker | None:
    """This process as a worker; None when nobody has started it as one. To be asked once."""
    given = os.environ.pop(MARK, "")
    return Worker(given) if given else None
