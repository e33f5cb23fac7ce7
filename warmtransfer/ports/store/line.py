"""The line of legs that wait for their turn, one row an account: kept over restarts, shared by processes."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection

from warmtransfer.core import pacing
from warmtransfer.core.plain import plain
from warmtransfer.ports.store import statements as sql
from warmtransfer.ports.store.statements import WHICH

T = TypeVar("T")
Transaction = Callable[..., AbstractContextManager[Connection]]

#: Seconds for the row's lock, which nobody holds for longer than a few thousandths.
WAIT = 1.0


class Run(Protocol):
    """Runs `fn(*args)` where it may block."""

    def __call__(self, fn: Callable[..., T], /, *args: Any) -> T: ...


class SharedLine:
    """One process's place in the line. Any thread may call it; StoreBusy as the store. Real seconds."""

    def __init__(self, run: Run, transaction: Transaction, account: str, process: str | None) -> None:
        """`process`: this one among others; None where there can be no others."""
        self._run = run
        self._transaction = transaction
        self._account = account
        self._process = process

    def ask(self, waited: Sequence[float], gap: float) -> tuple[float, ...]:
        """For each of our legs that have waited so long, longest first, the seconds until its turn.

        With 0 the first one's has come, and is taken.
        """
        return self._run(
            self._change, lambda line, at: pacing.ask(line, self._process or "", waited, at, gap)
        )

    def hold(self, seconds: float) -> None:
        """Nobody's turn comes within these."""
        self._run(self._change, lambda line, at: (pacing.hold(line, at, seconds), None))

    def _change(self, change: Callable[[pacing.Line, float], tuple[pacing.Line, T]]) -> T:
        which = {WHICH: self._account}
        with self._transaction(WAIT) as db:
            kept = db.execute(sql.LOCK_LINE, which).scalar()
            if kept is None:
                db.execute(sql.ADD_LINE, which)
                kept = db.execute(sql.LOCK_LINE, which).scalar()
            # Several machines have several clocks. Asked within the lock: before it, we may have waited.
            at = time.time() if self._process is None else float(db.execute(sql.CLOCK).one()[0])
            line, answer = change(pacing.Line.from_dict(kept or {}), at)
            db.execute(sql.SET_LINE, {**which, "line": plain(line)})
        return answer
