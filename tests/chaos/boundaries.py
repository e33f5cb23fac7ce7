"""Every boundary between this process and the world, by name; at one of them the process is killed."""

from __future__ import annotations

import itertools
import os
import re
import signal
import socket
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from sqlalchemy import Connection, Engine, event

from warmtransfer.core import events as ev
from warmtransfer.core.call import Call
from warmtransfer.ports.loop.hub import HubLoop
from warmtransfer.ports.loop.protocols import Callback, Timer, Watch
from warmtransfer.ports.store.store import Decision, Saved, Store

#: Ids within a path, which differ from call to call.
_ID = re.compile(r"(?<=/)[0-9a-f]{24}(?=/|$)")
_WRITES = re.compile(r"\s*(INSERT INTO|UPDATE|DELETE FROM) \"?(\w+)")
#: Tables of signs of life, written every second whatever happens.
_BEATS = frozenset({"warmtransfer_process"})


class Boundaries:
    """Counts what passes by name, and kills the process where it is armed to, with SIGKILL."""

    def __init__(self) -> None:
        self.passed: list[str] = []
        self._counts: defaultdict[str, Iterator[int]] = defaultdict(lambda: itertools.count(1))
        self._armed = self._latch = ""

    def arm(self, boundary: str, latch: str) -> None:
        """Die at this boundary, as the first of all processes that have the same `latch`; "" for never.

        Counting begins anew.
        """
        self.passed.clear()
        self._counts.clear()
        self._armed, self._latch = boundary, latch

    def __call__(self, name: str) -> None:
        """This boundary is being passed, in whatever thread."""
        boundary = f"{name} #{next(self._counts[name])}"
        self.passed.append(boundary)
        if boundary == self._armed and self._first():
            os.kill(os.getpid(), signal.SIGKILL)

    def _first(self) -> bool:
        try:
            os.close(os.open(self._latch, os.O_CREAT | os.O_EXCL))
        except FileExistsError:
            return False
        return True


class WatchedCarrier:
    """A carrier whose every request has a boundary before and after it."""

    def __init__(self, carrier: Any, passes: Boundaries) -> None:
        self._carrier = carrier
        self._passes = passes

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._carrier, name)

        def watched(*args: Any, **given: Any) -> Any:
            self._passes(f"before REST {name}")
            try:
                return method(*args, **given)
            finally:
                self._passes(f"after REST {name}")

        return watched


class WatchedStore(Store):
    """A store whose every commit of a change has a boundary before and after it."""

    def __init__(self, *args: Any, passes: Boundaries, **given: Any) -> None:
        super().__init__(*args, **given)
        self._passes = passes
        self._deciding = threading.local()
        event.listen(Engine, "before_cursor_execute", self._seen)
        event.listen(Engine, "commit", self._commits)

    def decide(
        self, call_id: str, fn: Callable[[Call | None], Decision | None], wait: float = 3.0
    ) -> Saved | None:
        """See Store."""
        saved = super().decide(call_id, lambda call: self._named(fn(call)), wait)
        if saved:
            self._passes("after commit of a decision")
        return saved

    def arrive(self, call_sid: str, most: int, fn: Callable[[], Decision]) -> Saved | Call | None:
        """See Store."""
        found = super().arrive(call_sid, most, lambda: self._named(fn()))
        self._passes("after commit of an arrival")
        return found

    def orders_done(self, done: Any) -> None:
        """See Store."""
        super().orders_done(done)
        self._passes("after commit of orders done")

    def add_lines(self, lines: Any) -> None:
        """See Store."""
        super().add_lines(lines)
        self._passes("after commit of words")

    def _named(self, decision: Any) -> Any:
        if decision is not None and decision.event is not None:
            self._deciding.fact = type(decision.event).__name__
        return decision

    def _seen(self, db: Connection, _cursor: Any, statement: str, *_rest: Any) -> None:
        if found := _WRITES.match(statement):
            db.info.setdefault("written", []).append(found[2])

    def _commits(self, db: Connection) -> None:
        written = db.info.pop("written", [])
        fact, self._deciding.fact = getattr(self._deciding, "fact", ""), ""
        if written and not set(written) <= _BEATS:
            self._passes(f"before commit of {fact or written[0]}")


class WatchedLoop(HubLoop):
    """A loop whose every timer and socket has a boundary before and after it."""

    def __init__(self, passes: Boundaries, port: int) -> None:
        super().__init__()
        self._passes = passes
        self._port = port

    def later(self, seconds: float, fn: Callback, *args: Any) -> Timer:
        """See Loop."""
        name = getattr(fn, "__qualname__", "a callback")
        alarms = [str(each.stage) for each in args if isinstance(each, ev.TimedOut)]
        name = f"timer {name} {alarms[0]}" if alarms else f"timer {name}"

        def due(*given: Any) -> None:
            self._passes(f"before {name}")
            try:
                fn(*given)
            finally:
                self._passes(f"after {name}")

        return super().later(seconds, due, *args)

    def watch(self, sock: socket.socket, on_readable: Callable[[], object]) -> Watch:
        """See Loop."""
        ours = sock.getsockname()[1:2] == (self._port,)
        name = "stream" if ours else "model"
        self._passes(f"before open of {name}")
        watched = _Watched(super().watch(sock, on_readable), self._passes, name)
        self._passes(f"after open of {name}")
        return watched


class _Watched:
    def __init__(self, watch: Watch, passes: Boundaries, name: str) -> None:
        self._watch = watch
        self._passes = passes
        self._name = name
        self._closed = False
        self.writable = watch.writable

    def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        self._passes(f"before close of {self._name}")
        self._watch.close()
        self._passes(f"after close of {self._name}")


class WatchedWeb:
    """An app whose every answer has a boundary before and after it; /chaos/ is for whoever arms it."""

    def __init__(self, app: Any, passes: Boundaries) -> None:
        self._app = app
        self._passes = passes

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer; what has been told under /chaos/ counts for nothing."""
        path = str(environ["PATH_INFO"])
        if path.startswith("/chaos/"):
            return self._chaos(path, environ, start_response)
        if path.endswith("/health") or "/api" in path:
            answer: Iterable[bytes] = self._app(environ, start_response)
            return answer
        name = _ID.sub("*", path.partition("warmtransfer/")[2])
        self._passes(f"before {name}")
        answer = self._app(environ, start_response)
        if name == "media":
            return answer
        self._passes(f"before answer to {name}")
        return _Sent(answer, lambda: self._passes(f"after answer to {name}"))

    def _chaos(self, path: str, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if path == "/chaos/arm":
            boundary, _, latch = environ["wsgi.input"].read().decode().partition("\n")
            self._passes.arm(boundary, latch)
        start_response("200 OK", [("Content-Type", "text/plain; charset=utf-8")])
        return ["\n".join(self._passes.passed).encode()]


class _Sent:
    """An answer that says when all of it has been given to the socket."""

    def __init__(self, answer: Iterable[bytes], sent: Callable[[], object]) -> None:
        self._answer = answer
        self._sent = sent

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._answer)

    def close(self) -> None:
        if hasattr(self._answer, "close"):
            self._answer.close()
        self._sent()
