"""The trace: one JSON row for everything that crosses the wire or happens on a leg, in time order."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

from warmtransfer.simulator.clock import Clock

Row = dict[str, Any]
Form = Sequence[tuple[str, str]]

#: Header names whose values never reach the trace. The signature stays: readers recompute it.
SECRET_HEADERS = frozenset(
    {"authorization", "cookie", "set-cookie", "api-key", "x-api-key", "proxy-authorization"}
)
#: Form and JSON fields that carry a password by design of the API.
SECRET_FIELDS = frozenset({"SipAuthPassword", "SipAuthUsername", "auth_token", "secret"})
REDACTED = "[redacted]"
#: Events of the model's socket that carry audio.
SOUND = frozenset({"input_audio_buffer.append", "response.output_audio.delta"})


def redact_headers(headers: dict[str, str]) -> dict[str, str]:
    """Returns the headers with every secret value replaced."""
    return {k: REDACTED if k.lower() in SECRET_HEADERS else v for k, v in headers.items()}


def redact_form(form: Form) -> list[list[str]]:
    """Returns the form as a list of pairs with every secret value replaced."""
    return [[k, REDACTED if k in SECRET_FIELDS else v] for k, v in form]


def is_sound(message: object) -> bool:
    """Whether it carries audio: a hundred such messages a second in every call."""
    if not isinstance(message, dict):
        return False
    return message.get("event") == "media" or message.get("type") in SOUND


class Trace:
    """Writes rows to a file and keeps them; the only writer of `trace.jsonl`.

    `secrets` are texts (tokens, keys) that are replaced wherever they occur in a row. Watchers are called
    with each row as it is written and must not raise. Rows reported late (`at` in the past) are put in
    their place by `close`. Without `sound` the rows that carry audio are left out, for watchers too.
    """

    def __init__(
        self, clock: Clock, path: Path | None = None, secrets: Sequence[str] = (), *, sound: bool = True
    ) -> None:
        self.clock = clock
        self.path = path
        self._sound = sound  #: whether the frames of sound are written
        self.lines: deque[str] = deque()
        self.gone = 0  #: how many rows were let go before the first of `lines`
        self._secrets = [s for s in secrets if len(s) >= 8]
        self._watchers: list[Callable[[Row], object]] = []
        self._last = 0.0
        self._late = False
        self._file: TextIO | None = path.open("w", encoding="utf-8") if path else None

    def write(self, kind: str, *, at: float | None = None, **fields: Any) -> Row:
        """Writes one row, stamped with the clock's time unless `at` gives the simulated seconds."""
        row: Row = {"t": round(self.clock.now() if at is None else at, 4), "kind": kind, **fields}
        if not self._sound and is_sound(row.get("msg")):
            return row
        line = json.dumps(row, ensure_ascii=False, separators=(",", ":"), default=str)
        for secret in self._secrets:
            if secret in line:
                line = line.replace(secret, REDACTED)
        self._late = self._late or row["t"] < self._last
        self._last = max(self._last, row["t"])
        self.lines.append(line)
        if self._file is not None:
            self._file.write(line + "\n")
            self._file.flush()
        for watcher in tuple(self._watchers):
            watcher(row)
        return row

    def note(self, event: str, **fields: Any) -> Row:
        """Writes a `note` row."""
        return self.write("note", event=event, **fields)

    @property
    def count(self) -> int:
        """The number of the next row: how many were written so far, those let go included."""
        return self.gone + len(self.lines)

    def lines_since(self, since: int) -> list[str]:
        """The rows from number `since` on, as far as they are still kept."""
        return list(islice(self.lines, max(0, since - self.gone), None))

    def let_go(self, before: float) -> None:
        """Forgets the oldest rows, up to the first that is not older than this time; the file keeps them."""
        while self.lines and float(json.loads(self.lines[0])["t"]) < before:
            self.lines.popleft()
            self.gone += 1

    def rows(self, kind: str | None = None, since: int = 0) -> Iterator[Row]:
        """Yields the rows written so far, from index `since`, of one kind or all."""
        for line in self.lines_since(since):
            row: Row = json.loads(line)
            if kind is None or row["kind"] == kind:
                yield row

    def watch(self, fn: Callable[[Row], object]) -> Callable[[], None]:
        """Calls `fn` with every row from now on; the returned function ends that."""
        self._watchers.append(fn)

        def stop() -> None:
            if fn in self._watchers:
                self._watchers.remove(fn)

        return stop

    async def wait(self, test: Callable[[Row], bool], timeout: float, since: int | None = None) -> Row:
        """Returns the first row that passes `test`, from index `since` or from now; raises TimeoutError."""
        found: asyncio.Future[Row] = asyncio.get_running_loop().create_future()

        def look(row: Row) -> None:
            if not found.done() and test(row):
                found.set_result(row)

        if since is not None:
            for row in self.rows(since=since):
                look(row)
        stop = self.watch(look)
        try:
            return await self.clock.wait_for(found, timeout)
        finally:
            stop()

    def close(self) -> None:
        """Closes the file, first rewriting it in time order if a row was reported late."""
        if self._file is None:
            return
        self._file.close()
        self._file = None
        if self._late and self.path is not None:
            lines = self.path.read_text(encoding="utf-8").strip("\n").split("\n")
            ordered = sorted(lines, key=lambda line: float(json.loads(line)["t"]))
            self.path.write_text("".join(line + "\n" for line in ordered), encoding="utf-8")
