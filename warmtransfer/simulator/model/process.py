"""The local realtime model as a child process: started, its rows put into the trace, ended."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable

from warmtransfer.simulator.clock import Clock
from warmtransfer.simulator.model.herald import LONGEST_LINE, herald
from warmtransfer.simulator.sound.speech import Speech, listen
from warmtransfer.simulator.trace import Trace

START_SECONDS = 30.0


class ModelServer:
    """Runs `python -m warmtransfer.simulator.model`; every JSON line it prints is a row with its own time.

    It is told of every line that the network and its phones speak, before the first frame of it is heard.
    """

    def __init__(self, clock: Clock, trace: Trace, port: int, options: list[str]) -> None:
        self.clock = clock
        self.trace = trace
        self.port = port
        self.options = options
        self.url = ""
        self._process: asyncio.subprocess.Process | None = None
        self._reader: asyncio.Task[None] | None = None
        self._ready = asyncio.Event()
        self._stop_telling: Callable[[], None] | None = None

    async def start(self) -> None:
        """Starts the process and waits until it says where it listens; raises OSError when it does not."""
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "warmtransfer.simulator.model", "--port", str(self.port),
            "--speed", str(self.clock.speed), "--epoch", repr(self.clock.epoch), *self.options,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=LONGEST_LINE,
        )  # fmt: skip
        self._reader = asyncio.create_task(self._read(self._process))
        ready = asyncio.create_task(self._ready.wait())
        await asyncio.wait((ready, self._reader), timeout=START_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        self._stop_telling = listen(self._tell)
        if not self.url:
            ready.cancel()
            await self.stop()
            raise OSError("the model server did not start")

    def _tell(self, speech: Speech) -> None:
        process = self._process
        if process is not None and process.stdin is not None and process.returncode is None:
            process.stdin.write(herald(speech))

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        if process.stdout is None:
            return
        async for raw in process.stdout:
            self._take(raw)

    def _take(self, raw: bytes) -> None:
        try:
            row = json.loads(raw)
            if row.get("ready"):
                self.port, self.url = int(row["port"]), str(row["url"])
                self._ready.set()
                return
            at, kind = float(row.pop("t")), str(row.pop("kind"))
        except (ValueError, KeyError, AttributeError):
            self.trace.note("model", text=raw.decode(errors="replace").rstrip())
            return
        self.trace.write(kind, at=at, **row)

    async def stop(self) -> None:
        """Ends the process, by closing its stdin as well as by signal, and takes its last rows."""
        process = self._process
        if self._stop_telling is not None:
            self._stop_telling()
        if process is None:
            return
        if process.returncode is None:
            process.terminate()
            try:
                await asyncio.wait_for(process.wait(), 5)
            except TimeoutError:
                process.kill()
                await process.wait()
        if process.stdin is not None:
            process.stdin.close()
        if self._reader is not None:
            await self._reader
