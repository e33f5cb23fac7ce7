"""Many calls at once for a while, with a restart every two minutes: `make soak` (ARGS="--minutes 2").

Calls are whole ones, through the simulator and its local model in real time: callers talk with the AI, ask
for a person, get one or none, and hang up. Every second restart is a SIGTERM, as of a deployment; the others
are a SIGKILL. Every call is held to the promises of `tests/chaos/promises.py` when it is over.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
import signal
import sys
import tempfile
import threading
import time
from collections import Counter, deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import requests

from tests.calls.story import ASK, HELLO, KIM, SAM, Row
from tests.calls.world import World, named
from tests.chaos.promises import PROMISES, Case, Verdicts, judge, reported, told
from tests.chaos.scene import Many
from tests.chaos.stories import takes
from tests.postgres import Postgres
from tests.soak.samples import MAY_GROW, Life, grown, stored, too_much
from warmtransfer.ports.store.store import Store

#: Seconds between two samples, and after which ended calls are judged and forgotten.
EVERY, KEPT = 5.0, 60.0
#: Seconds from what a caller asks for a person until they have one, or have been told, a restart included.
SERVED = 30.0
#: The share of the calls that has to have been up for ten looks, so that a sample is one of full load.
FULL = 0.8
#: Seconds between a process's end and the next one's start.
AWAY = 1.0
CHAT: list[Row] = [HELLO, {"say": "ask-hours"}, {"wait": 7}, {"say": "ask-address"}, {"wait": 8}]
CALLERS: tuple[tuple[Row, ...], ...] = (
    (*CHAT, *CHAT[1:], {"hangup": True}),
    (HELLO, ASK, {"wait": 45}, {"hangup": True}),
    (*CHAT, ASK, {"wait": 60}, {"hangup": True}),
    (HELLO, {"wait": 4}, {"hangup": True}),
)
PHONES = (takes(SAM, {"wait": 12}, {"hangup": True}), takes(KIM))


class Soak:
    """One run in `folder`; `url` is a PostgreSQL's, or "" for a SQLite file."""

    def __init__(self, folder: Path, options: argparse.Namespace, url: str) -> None:
        self._options = options
        environment = {
            "SERVE": "-m tests.soak.host",
            "WARMTRANSFER_MAX_CALLS": "500",
            "WARMTRANSFER_CPS": "50",
            "WARMTRANSFER_RING_SECONDS": "15",
            "WARMTRANSFER_REST_TIMEOUT": "10",
            **({"DATABASE_URL": url} if url else {}),
        }
        arguments = ["--keep", f"{4 * KEPT:g}", "--cps", "0", "--quiet"]
        self._world = World(folder, speed=1.0, environment=environment, arguments=arguments)
        self._world.settings = {"SERVE": environment["SERVE"]}
        self._numbers = (f"+1555{n:07d}" for n in itertools.count(1))
        self._dice = random.Random(options.seed)
        self._up: dict[str, str] = {}  #: the caller's leg -> their number
        self._hung: dict[str, float] = {}  #: whom we had hang up, and when by the simulator's clock
        self._over: list[tuple[float, str, str]] = []  #: when it ended, leg, number
        self._rows = Many()
        self._newest = 0.0  #: by the simulator's clock
        self._next = 0
        self._lately: deque[int] = deque(maxlen=10)  #: calls up, second by second
        self._restarting = threading.Lock()
        self._restarts: list[tuple[float, str]] = []
        self.lives: list[Life] = []
        self.store: list[Row] = []
        self.verdicts = Verdicts()
        self.calls = 0
        self.broken: list[str] = []

    def run(self) -> None:
        """Calls, samples and restarts until the time is over; then nothing may be left."""
        self._world.start()
        url = self._world.environment["DATABASE_URL"]
        self._keeper = Store(url, lambda fn, *args: fn(*args))
        self._world.phones(*PHONES)
        self._began = time.monotonic()
        self.lives.append(Life(0.0))
        threading.Thread(target=self._restart_again_and_again, daemon=True).start()
        try:
            self._go(url, self._options.minutes * 60)
            self._drain(url)
        finally:
            self._world.stop()

    def _go(self, url: str, seconds: float) -> None:
        for n in itertools.count(1):
            self._read()
            self._lately.append(len(self._up))
            for _ in range(min(3, self._options.calls - len(self._up))):
                self._phone()
            if n % int(EVERY) == 0:
                self._sample(url)
            if (now := self._now()) >= seconds:
                return
            time.sleep(max(0.0, n - now))

    def _now(self) -> float:
        return time.monotonic() - self._began

    # Calls ------------------------------------------------------------------------------------------

    def _phone(self) -> None:
        number = next(self._numbers)
        steps = [dict(step) for step in self._dice.choice(CALLERS)]
        called = self._world.control("POST", "/calls", {"from": number, "steps": steps})
        self._up[called["call_sid"]] = number

    def _read(self) -> None:
        answer = self._world.web.get(f"{self._world.base}/simulator/trace?since={self._next}", timeout=60)
        self._next = int(answer.headers["X-Next"])
        rows = [named(json.loads(line)) for line in answer.text.splitlines()]
        for row in rows:
            self._rows.add(row)
            self._newest = float(row["t"])
            if row["kind"] == "leg" and row["event"] == "ended" and row["call_sid"] in self._up:
                self._over.append((self._now(), row["call_sid"], self._up.pop(row["call_sid"])))

    def _judge(self, before: float) -> None:
        """Judge the calls that ended before this second, and let their rows go."""
        while self._over and self._over[0][0] < before:
            _, sid, number = self._over[0]
            try:
                calls = [
                    self._world.api("GET", f"/calls/{each['id']}")
                    for each in self._world.api("GET", f"/calls?number={number.replace('+', '%2B')}")["calls"]
                ]
            except (requests.RequestException, AssertionError):
                return  # a restart: later
            self._over.pop(0)
            self._hold(sid, calls)
        self._rows.forget(self._newest - 4 * KEPT)

    def _hold(self, sid: str, calls: list[Row]) -> None:
        rows = self._rows.of_call(sid, [call["id"] for call in calls])
        hangs = (r for r in rows if r["kind"] == "note" and r["event"] == "hangup" and r["call_sid"] == sid)
        hung_up = next((float(row["t"]) for row in hangs), self._hung.get(sid))
        legs = {r["call_sid"]: r for r in rows if r["kind"] == "leg"}
        left = [str(r.get("label") or r.get("to")) for r in legs.values() if r["event"] != "ended"]
        kept = kept_by(calls) if sid not in self._hung else None
        found = judge(Case(rows, sid, calls, hung_up, left, kept, struck=True))
        self.calls += 1
        self.verdicts.add(found)
        for promise, fault in found.broken:
            self.broken.append(f"{sid}: {PROMISES[promise]}: {fault}")
            print(f"BROKEN {self.broken[-1]}", flush=True)

    # What is held -----------------------------------------------------------------------------------

    def _sample(self, url: str) -> None:
        while self._keeper.prune(time.time() - KEPT - 30):
            continue
        self._judge(self._now() - KEPT / 3)
        self.store.append({**stored(url), "at": self._now()})
        # What a machine that was busy had not phoned for a while would look like growth when it does.
        if self._restarting.locked() or min(self._lately) < FULL * self._options.calls:
            return
        port = self._world.port
        try:
            held = requests.get(f"http://127.0.0.1:{port}/held", timeout=10).json()
        except (requests.RequestException, ValueError):
            return
        self.lives[-1].samples.append((self._now(), held))
        if len(self.store) % 6 == 0:
            row = self.store[-1]
            print(
                f"{self._now():5.0f} s: {len(self._up)} calls up, {self.calls} judged, "
                f"{held['memory'] / 1e6:.0f} MB, {held['descriptors']:.0f} descriptors, "
                f"{held['greenlets']:.0f} greenlets, {row['rows']:.0f} rows, "
                f"{row['open orders']:.0f} orders open",
                flush=True,
            )

    def _restart_again_and_again(self) -> None:
        for n in itertools.count(1):
            wanted = n * self._options.restart
            if wanted > self._options.minutes * 60 - 30:
                return
            time.sleep(max(0.0, wanted - self._now()))
            how = signal.SIGTERM if n % 2 else signal.SIGKILL
            with self._restarting:
                began = time.monotonic()
                self._world.end_app(how)
                took = time.monotonic() - began
                self._restarts.append((took, how.name))
                time.sleep(AWAY)
                self._world.start_app()
                self.lives.append(Life(self._now()))
            print(f"{self._now():5.0f} s: {how.name}, gone after {took:.1f} s", flush=True)

    # The end ----------------------------------------------------------------------------------------

    def _drain(self, url: str) -> None:
        """Everybody hangs up; within a minute nothing is up and nothing undone."""
        with self._restarting:
            for sid in list(self._up):
                self._hung[sid] = float(self._world.control("GET", "/state")["t"])
                self._world.control("POST", f"/calls/{sid}/hangup")
        end = time.monotonic() + 60.0
        while time.monotonic() < end:
            self._read()
            rest = stored(url)
            state = self._world.control("GET", "/state")
            if not (
                self._up or rest["live calls"] or rest["open orders"] or state["legs"] or state["streams"]
            ):
                break
            time.sleep(0.5)
        else:
            self.broken.append(
                f"left at the end: {rest}, {len(state['legs'])} legs, {len(state['streams'])} streams"
            )
        self._read()  # what has ended since the last rows were read
        self._judge(1e9)

    # What is said -----------------------------------------------------------------------------------

    def grown(self) -> Iterator[str]:
        """What has grown, in words."""
        for n, life in enumerate(self.lives, 1):
            for name, (first, last) in grown(life.warm()).items():
                if too_much(name, first, last):
                    yield f"process {n}: {name} from {first:.0f} to {last:.0f}"
        warm = [row for row in self.store if row["at"] > 2 * KEPT + 30]
        for name, (first, last) in grown(warm).items():
            if too_much(name, first, last):
                yield f"the database: {name} from {first:.0f} to {last:.0f}"

    def report(self) -> int:
        """Print all of it; how much is wrong."""
        print(f"{self.calls} calls, {len(self._restarts)} restarts")
        for name in MAY_GROW:
            of_process = [grown(life.warm()).get(name) for life in self.lives]
            of_store = grown([row for row in self.store if row["at"] > 2 * KEPT + 30]).get(name)
            shown = [each for each in (*of_process, of_store) if each]
            ends = ", ".join(f"{first:.0f} to {last:.0f}" for first, last in shown)
            print(f"  {name}: {ends or 'too short a run to say'}")
        slowest = max((took for took, how in self._restarts if how == "SIGTERM"), default=0.0)
        print(f"  a SIGTERM took {slowest:.1f} s at most")
        told(self.verdicts.tested, Counter(promise for promise, _ in self.verdicts.broken))
        wrong = [*self.broken, *self.grown()]
        for each in wrong:
            print(f"WRONG: {each}")
        return len(wrong)


def kept_by(calls: list[Row]) -> bool | None:
    """Whether a caller who asked got a person, or was told of every one who was tried; None: did not ask.

    Who hung up sooner than they could have been served does not count.
    """
    asked = [row for call in calls for row in call["journal"] if row["event"] == "HandoffAsked"]
    gone = [row for call in calls for row in call["journal"] if row["event"] == "CallerLeft"]
    if not asked or not gone or float(gone[-1]["at"]) - float(asked[0]["at"]) < SERVED:
        return None
    joined = any(attempt["joined_at"] for call in calls for attempt in call["attempts"])
    return joined or all(reported(call) for call in calls)


def main() -> int:
    """1 when something grew, was left, or a promise was broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak.run", description=__doc__)
    parser.add_argument("--minutes", type=float, default=20.0)
    parser.add_argument("--calls", type=int, default=50, help="at once (default %(default)s)")
    parser.add_argument(
        "--restart", type=float, default=120.0, help="seconds between restarts (default %(default)s)"
    )
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="postgresql")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="soak-") as name:
        folder = Path(name)
        postgres: Any = Postgres(folder / "postgres") if options.database == "postgresql" else None
        soak = Soak(folder, options, postgres.url if postgres else "")
        try:
            soak.run()
        finally:
            if postgres:
                postgres.stop()
        return 1 if soak.report() else 0


if __name__ == "__main__":
    sys.exit(main())
