"""The trace rows of the model: one JSON object a line on stdout, read by the simulator."""

from __future__ import annotations

import json
import queue
import sys
import threading
from typing import TextIO

from warmtransfer.simulator.clock import Clock
from warmtransfer.simulator.trace import is_sound


class Report:
    """Writes rows in order from a thread of its own, so that a slow reader never holds up audio.

    Without `sound` the messages that carry audio are left out.
    """

    def __init__(self, clock: Clock, out: TextIO | None = None, *, sound: bool = True) -> None:
        self.clock = clock
        self._sound = sound
        self._out = sys.stdout if out is None else out
        self._rows: queue.SimpleQueue[str | threading.Event | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._write, name="report", daemon=True)
        self._thread.start()

    def row(self, kind: str, **fields: object) -> None:
        """Write a row stamped with the simulated time."""
        self.plain({"t": round(self.clock.now(), 4), "kind": kind, **fields})

    def message(self, session: str, direction: str, message: object) -> None:
        """Write one protocol message; direction is "client" or "server", whoever sent it."""
        if not self._sound and is_sound(message):
            return
        self.row("realtime", session=session, dir=direction, msg=message)

    def note(self, event: str, **fields: object) -> None:
        """Write a note: something that happened here and is not a message."""
        self.row("note", event=event, **fields)

    def plain(self, fields: dict[str, object]) -> None:
        """Write an object as it is, without a time."""
        self._rows.put(json.dumps(fields, ensure_ascii=False, separators=(",", ":")))

    def flush(self, seconds: float = 5.0) -> bool:
        """Wait until the rows so far are written; False when that takes longer than the (real) seconds."""
        written = threading.Event()
        self._rows.put(written)
        return not self._thread.is_alive() or written.wait(seconds)

    def close(self) -> None:
        """Write what is queued and stop."""
        self._rows.put(None)
        self._thread.join(timeout=2.0)

    def _write(self) -> None:
        while (line := self._rows.get()) is not None:
            if isinstance(line, threading.Event):
                line.set()
                continue
            try:
                self._out.write(line + "\n")
                self._out.flush()
            except (BrokenPipeError, ValueError):
                return  # whoever started us has gone; stdin's end stops the server
