"""The C load as seen from Python: commands down its stdin, facts up its stdout."""

from __future__ import annotations

import json
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.servers import Broken, on_processor

Fact = dict[str, Any]


class Phones:
    """Phones and model of one run, on their own processor. `certificate`: serve the model over TLS."""

    def __init__(self, binary: Path, cpu: int, certificate: tuple[Path, Path] | None = None) -> None:
        command = [str(binary), *map(str, certificate or ())]
        with on_processor(cpu):
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
            )
        self._news = threading.Condition()
        self._reports: list[Fact] = []
        self.up: dict[int, Fact] = {}
        self.gone: list[Fact] = []
        self.sent: list[Fact] = []
        self.marked: dict[int, list[int]] = {}
        self.model_port = 0
        threading.Thread(target=self._listen, daemon=True).start()
        self.wait(lambda: self.model_port > 0, 10.0, "the load does not start")

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            fact = json.loads(line)
            with self._news:
                if "report" in fact:
                    self._reports.append(fact)
                elif "up" in fact:
                    self.up[fact["up"]] = fact
                elif "gone" in fact:
                    self.gone.append(fact)
                elif "event_sent" in fact:
                    self.sent.append(fact)
                elif "marked" in fact:
                    self.marked.setdefault(fact["marked"], []).append(fact["ns"])
                elif "model_port" in fact:
                    self.model_port = fact["model_port"]
                self._news.notify_all()

    def wait(self, true: Callable[[], object], seconds: float, what: str) -> None:
        """Until `true()`, or Broken after `seconds`."""
        with self._news:
            if not self._news.wait_for(true, seconds):
                raise Broken(what)

    def say(self, line: str) -> None:
        """One command."""
        if self._process.poll() is not None or self._process.stdin is None:
            raise Broken(f"the load has ended with {self._process.poll()}")
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()

    def open(self, index: int, port: int, path: str, ids: tuple[str, str], proof: tuple[str, str]) -> None:
        """Phone `index` dials. `ids`: CallSid and StreamSid; `proof`: signature and token, "-" for none."""
        call_sid, stream_sid = ids
        signature, token = proof
        self.up.pop(index, None)
        self.say(f"open {index} {port} {path} {signature} {call_sid} {stream_sid} {token}")

    def close(self, index: int) -> None:
        """Phone `index` hangs up."""
        self.say(f"close {index}")

    def event(self, index: int, event: Fact) -> int:
        """The model of call `index` sends this; when it was sent, on the monotonic clock in ns."""
        known = len(self.sent)
        self.say(f"event {index} {json.dumps(event, separators=(',', ':'))}")
        self.wait(lambda: len(self.sent) > known, 5.0, f"call {index} has no model")
        sent: int = self.sent[-1]["ns"]
        return sent

    def watch(self, index: int) -> None:
        """Have `marked` tell when call `index` gives its marks back."""
        self.say(f"watch {index}")

    def measure(self, calls: int, seconds: float, meanwhile: Callable[[], object] | None = None) -> Fact:
        """What was seen of calls 0 to `calls` - 1 within `seconds` from now."""
        end = time.monotonic() + seconds
        known = len(self._reports)
        self.say(f"begin {calls}")
        if meanwhile is not None:
            meanwhile()
        time.sleep(max(0.0, end - time.monotonic()))
        self.say("end")
        self.wait(lambda: len(self._reports) > known, 20.0, "the load does not report")
        return self._reports[-1]

    def stop(self) -> None:
        """End the load."""
        if self._process.poll() is None:
            self._process.terminate()
        self._process.wait(5.0)
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
