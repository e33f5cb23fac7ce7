"""Fifty callers, three humans and two processes of the app: `make crowd` (ARGS="--calls 20 --speed 1").

Whole calls through the simulator and its local model; the two share one PostgreSQL, and every request goes
to the other one. Callers ask for a person, wait in the line when all are busy, and talk with who has come.
Held to: no telephone is rung, or talks, twice at once; every caller has spoken with somebody; and each
promise of `tests/chaos/promises.py`.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.calls.sharing import Twins
from tests.calls.story import ASK, HELLO, KIM, SAM, Row, human
from tests.chaos.promises import PROMISES, Case, Verdicts, judge, told
from tests.chaos.scene import Many
from tests.postgres import Postgres
from tests.soak.samples import stored

LEE = "+15550100003"
PHONED = (SAM, KIM, LEE)
#: Real seconds between two looks.
EVERY = 0.25
#: Simulated seconds that a caller waits for a person at most, and that the two then talk.
PATIENT, TALK = 900.0, 6.0
TAKES: tuple[Row, ...] = ({"until": "heard:A call for", "timeout": 60}, {"press": "1"})
TALKS: tuple[Row, ...] = ({"until": "left:ai-1", "timeout": 40}, {"wait": TALK}, {"hangup": True})
#: Two who take every call, at once and after a while, and one who has no time.
PHONES = (
    human(SAM, {"after": 0.5}, *TAKES, *TALKS),
    human(KIM, {"after": 3.0}, *TAKES, *TALKS),
    human(LEE, {"after": 1.0}, {"until": "heard:A call for", "timeout": 60}, {"press": "2"}, {"wait": 60}),
)
PLAN = "in turn, longest idle first, rest 0, line of 99, longest wait 900"


def at_once(rows: Iterable[Row]) -> Counter[str]:
    """How many legs each human's telephone had at once, at most; from the network's rows of legs."""
    up: dict[str, str] = {}
    most: Counter[str] = Counter()
    for row in rows:
        if row["kind"] != "leg":
            continue
        if row["event"] == "dialled" and row.get("to") in PHONED:
            up[row["call_sid"]] = row["to"]
            most[row["to"]] = max(most[row["to"]], list(up.values()).count(row["to"]))
        elif row["event"] == "ended":
            up.pop(row["call_sid"], None)
    return most


class Crowd:
    """One run in `folder`, on the PostgreSQL at `url`."""

    def __init__(self, folder: Path, options: argparse.Namespace, url: str) -> None:
        self._options = options
        environment = {
            "DATABASE_URL": url,
            "WARMTRANSFER_HUMANS": f"sam={SAM},kim={KIM},lee={LEE}",
            "WARMTRANSFER_PLAN": PLAN,
            "WARMTRANSFER_MAX_CALLS": "200",
            "WARMTRANSFER_CPS": "50",
            "WARMTRANSFER_REST_TIMEOUT": "10",
        }
        self.world = Twins(folder, speed=options.speed, environment=environment, arguments=("--cps", "0"))
        self.rows: list[Row] = []
        self.numbers: dict[str, str] = {}  #: the caller's leg -> their number
        self.up: set[str] = set()
        self.served: set[str] = set()
        self.most: Counter[str] = Counter()
        self.waited = 0
        self.wrong: list[str] = []
        self._rooms: dict[str, str] = {}  #: a conference -> the caller's leg in it
        self._hung: dict[str, float] = {}  #: when each caller hung up, by the simulator's clock
        self.verdicts = Verdicts()
        self._many = Many()

    def run(self) -> None:
        """Everybody phones and is over; at most so many at once."""
        self.world.start()
        try:
            self.world.phones(*PHONES)
            end = time.monotonic() + self._options.minutes * 60
            while len(self.numbers) < self._options.calls or self.up:
                if time.monotonic() > end:
                    self.wrong.append(f"{len(self.up)} callers are still on the line")
                    break
                if len(self.numbers) < self._options.calls and len(self.up) < self._options.at_once:
                    self._phone()
                self._read()
                time.sleep(EVERY)
            self._settle()
            self.wrong += self._judged()
        finally:
            self.world.stop()

    def _phone(self) -> None:
        number = f"+1555019{len(self.numbers):04d}"
        steps = [HELLO, ASK, {"wait": PATIENT}, {"hangup": True}]
        sid = self.world.control("POST", "/calls", {"from": number, "steps": steps})["call_sid"]
        self.numbers[sid] = number
        self.up.add(sid)

    def _read(self) -> None:
        """Take what has happened; a caller whose human has gone again has what they wanted, and hangs up."""
        for row in self.world.trace(len(self.rows)):
            self.rows.append(row)
            self._many.add(row)
            if row["kind"] != "leg":
                continue
            sid, room = row["call_sid"], row.get("conference_sid", "")
            if row["event"] == "joined" and sid in self.numbers:
                self._rooms[room] = sid
            elif row["event"] == "left" and self._told_apart(sid) in (SAM, KIM) and room in self._rooms:
                self.served.add(self._rooms[room])
                if self._rooms[room] in self.up:
                    self._hangs_up(self._rooms[room])
            elif row["event"] == "ended":
                self.up.discard(sid)

    def _told_apart(self, sid: str) -> str:
        """Whom this leg has rung."""
        return next(
            (str(r["to"]) for r in reversed(self.rows) if r.get("call_sid") == sid and r.get("to")), ""
        )

    def _hangs_up(self, sid: str) -> None:
        self._hung[sid] = float(self.world.control("GET", "/state")["t"])
        self.world.control("POST", f"/calls/{sid}/hangup")

    def _settle(self) -> None:
        """Wait until no leg is up and nothing is left to do; what is not so is wrong."""
        url = self.world.environment["DATABASE_URL"]
        end = time.monotonic() + 60.0
        while True:
            self._read()
            rest, state = stored(url), self.world.control("GET", "/state")
            if not (state["legs"] or state["streams"] or rest["live calls"] or rest["open orders"]):
                return self._read()
            if time.monotonic() > end:
                self.wrong.append(f"left at the end: {rest}, {len(state['legs'])} legs")
                return None
            time.sleep(EVERY)

    # What is held -----------------------------------------------------------------------------------

    def _judged(self) -> Iterator[str]:
        """What was wrong, in words."""
        self.most = at_once(self.rows)
        for number, most in self.most.items():
            if most > 1:
                yield f"{number} had {most} legs at once"
        for sid, number in self.numbers.items():
            if sid not in self.served:
                yield f"{number} has spoken with nobody"
            short = self.world.api("GET", f"/calls?number={number.replace('+', '%2B')}")["calls"]
            calls = [self.world.api("GET", f"/calls/{each['id']}") for each in short]
            self.waited += any(
                r["event"] == "HandoffAsked" and r["after"] == "waiting" for c in calls for r in c["journal"]
            )
            rows = self._many.of_call(sid, [call["id"] for call in calls])
            found = judge(Case(rows, sid, calls, self._hung.get(sid), kept=sid in self.served))
            self.verdicts.add(found)
            yield from (f"{number}: {PROMISES[promise]}: {fault}" for promise, fault in found.broken)
        if not self.waited:
            yield "nobody ever had to wait, so nothing was shared"

    def report(self) -> int:
        """Print what was seen; how much is wrong."""
        legs = Counter(
            r["to"]
            for r in self.rows
            if r["kind"] == "leg" and r["event"] == "dialled" and r.get("to") in PHONED
        )
        print(f"{len(self.numbers)} callers, {len(self.served)} served, {self.waited} waited in the line")
        print(
            ", ".join(f"{number} rung {legs[number]} times, {self.most[number]} at once" for number in PHONED)
        )
        told(self.verdicts.tested, Counter(promise for promise, _ in self.verdicts.broken))
        for each in self.wrong:
            print(f"WRONG: {each}")
        return len(self.wrong)


def main() -> int:
    """1 when a telephone was rung twice at once, somebody was not served, or a promise was broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak.crowd", description=__doc__)
    parser.add_argument("--calls", type=int, default=50)
    parser.add_argument("--at-once", type=int, default=12)
    parser.add_argument(
        "--speed", type=float, default=2.0, help="simulated seconds per second (default %(default)s)"
    )
    parser.add_argument(
        "--minutes", type=float, default=20.0, help="real ones, at most (default %(default)s)"
    )
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="crowd-") as name:
        postgres = Postgres(Path(name) / "postgres")
        crowd = Crowd(Path(name), options, postgres.url)
        try:
            crowd.run()
        finally:
            postgres.stop()
        return 1 if crowd.report() else 0


if __name__ == "__main__":
    sys.exit(main())
