"""Random worlds by their seeds, with several calls at once in each: `python -m tests.chaos.storm`.

python -m tests.chaos.storm --seeds 1-400             # each with eight calls
python -m tests.chaos.storm --seed 17                 # exactly this one, with all that is known of it
"""

from __future__ import annotations

import argparse
import contextlib
import json
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable
from pathlib import Path

import requests

from tests.calls.world import NotSeen, Row
from tests.chaos.accounts import account, sentence
from tests.chaos.databases import Databases
from tests.chaos.gates import StormWorld
from tests.chaos.promises import Case, Verdicts, judge, reported, told
from tests.chaos.scene import of_call
from tests.chaos.telling import number
from tests.chaos.weather import PATIENT, TROUBLED, Blow, Weather, weather
from tests.chaos.worlds import Pace

SPEEDS = {1: 5.0, 2: 4.0}
#: How much slower it goes from then on, when the machine cannot keep up.
SLOWER = 0.4
#: Simulated seconds after the last caller in which everything has ended.
ENDING = 90.0
#: After so many seeds a world is replaced.
WORN = 12


class Caller:
    """One caller of a storm."""

    def __init__(self, at: float, steps: list[Row], stays: float) -> None:
        self.at, self.steps, self.stays = at, steps, stays
        self.number, self.sid = number(), ""
        self.hung_up: float | None = None
        self.ended = False
        self.kept: bool | None = None


class Storm:
    """One seed's world, told once."""

    def __init__(self, world: StormWorld, of: Weather) -> None:
        self._world = world
        self._of = of
        self._rows: list[Row] = []
        self._callers = [Caller(*each) for each in of.callers]
        self._now = 0.0
        self._calls: dict[str, list[Row]] = {}
        self.kills = self.faults = 0
        self.pace = Pace(world.speed)

    def tell(self) -> tuple[Verdicts, list[tuple[Caller, Case, Verdicts]]]:
        """Tell it to its end, and judge every call."""
        self._set_up()
        lasting: list[tuple[float, contextlib.ExitStack]] = []
        blows, model = deque(self._of.blows), deque(sorted(self._of.model))
        well = False
        while not all(each.ended for each in self._callers) and self._now < TROUBLED + PATIENT + 60:
            self._read()
            while blows and blows[0].at <= self._now:
                blow, stack = blows.popleft(), contextlib.ExitStack()
                self._count(blow)
                stack.enter_context(self._world.under(blow))
                lasting.append((self._now + blow.seconds, stack))
            for each in [each for each in lasting if each[0] <= self._now]:
                each[1].close()
                lasting.remove(each)
            while model and model[0][0] <= self._now:
                self._world.model_fault(model.popleft()[1])
            if not well and not lasting and self._now > TROUBLED:
                well = True
                self._heal()
            self._go_on(well)
            time.sleep(0.05)
            self.pace.round()
        for _, stack in lasting:
            stack.close()
        self._heal()
        self._end()
        return self._judge()

    @property
    def fair(self) -> bool:
        """Whether the machine kept up with the clock."""
        return self.pace.kept(self._rows)

    def _count(self, blow: Blow) -> None:
        self.kills += blow.what == "kill"
        self.faults += blow.what != "kill"

    def _set_up(self) -> None:
        world = self._world
        people = world.folder / "humans.toml"
        people.write_text(self._of.humans)
        world.settings = {
            "WARMTRANSFER_BRIEFING": self._of.style,
            "WARMTRANSFER_PLAN": self._of.plan,
            "WARMTRANSFER_HUMANS": str(people),
        }
        world.afresh()
        world.phones(*self._of.phones)
        world.control("PUT", "/laws", self._of.laws)
        world.control("PUT", "/faults", self._of.faults)
        _, self._log_from = world.log_since(0)
        _, self._next = world.news(0)
        self._began = world.now()

    def _read(self) -> None:
        rows, self._next = self._world.news(self._next)
        self._rows += rows
        self._now = self._world.now() - self._began

    def _heal(self) -> None:
        self._world.control("PUT", "/faults", [])
        self._world.model_fault("")
        self._world.control("PUT", "/laws", {"callbacks": "in_order"})

    # Callers ----------------------------------------------------------------------------------------

    def _go_on(self, well: bool) -> None:
        ended = {row["call_sid"] for row in self._rows if row["kind"] == "leg" and row["event"] == "ended"}
        for each in self._callers:
            if not each.sid and each.at <= self._now:
                body = {"from": each.number, "steps": each.steps}
                each.sid = self._world.control("POST", "/calls", body)["call_sid"]
            each.ended = each.ended or (bool(each.sid) and each.sid in ended)
            if not each.sid or each.ended:
                continue
            if each.stays:
                if self._now > each.at + each.stays:
                    self._hang_up(each)
            elif well and (self._satisfied(each) or self._now > TROUBLED + PATIENT):
                self._hang_up(each)

    def _satisfied(self, caller: Caller) -> bool:
        """Whether a patient caller has what was promised; asked only when all is well."""
        calls = self._world.calls_of(caller.number)
        if not calls:
            return False
        call = calls[-1]
        stage = call["stage"]
        caller.kept = stage in ("human", "message") or (stage == "ai" and reported(call))
        return caller.kept

    def _hang_up(self, caller: Caller) -> None:
        caller.hung_up = self._world.now()
        with contextlib.suppress(AssertionError):
            self._world.control("POST", f"/calls/{caller.sid}/hangup")

    # The end ----------------------------------------------------------------------------------------

    def _end(self) -> None:
        for port in self._world.ports:
            if not self._world.alive(port):
                self._world.make(port)
        end = time.monotonic() + ENDING / self._world.speed + 5.0
        while time.monotonic() < end and not self._all_over():
            self._read()
            time.sleep(0.2)
        self._read()

    def _all_over(self) -> bool:
        if self._left():
            return False
        self._calls = {each.number: self._world.calls_of(each.number) for each in self._callers}
        calls = [call for calls in self._calls.values() for call in calls]
        done = all(order["done_at"] for call in calls for row in call["journal"] for order in row["orders"])
        return done and all(call["stage"] == "over" for call in calls)

    def _left(self) -> list[str]:
        state = self._world.control("GET", "/state")
        return [f"{leg['label'] or leg['to']} {leg['call_sid']}" for leg in state["legs"]]

    def _judge(self) -> tuple[Verdicts, list[tuple[Caller, Case, Verdicts]]]:
        left, whole, found = self._left(), Verdicts(), []
        log, _ = self._world.log_since(self._log_from)
        self.faults += len([row for row in self._rows if _is_fault(row)])
        for each in self._callers:
            if not each.sid:
                continue
            calls = self._calls.get(each.number) or self._world.calls_of(each.number)
            rows = of_call(self._rows, each.sid, [call["id"] for call in calls])
            sids = {row.get("call_sid") for row in rows}
            up = [leg for leg in left if leg.rpartition(" ")[2] in sids]
            case = Case(
                rows, each.sid, calls, each.hung_up, up, each.kept if not each.stays else None,
                struck=True, moves=self._of.style == "redirect", thanked=True,
                together=self._of.together,
            )  # fmt: skip
            verdicts = judge(case)
            found.append((each, case, verdicts))
            whole.add(verdicts)
        case = Case([], "", [], None, left, log=log)
        rest = judge(case)
        whole.add(rest)
        found.append((Caller(0, [], 0), case, rest))
        return whole, found


def _is_fault(row: Row) -> bool:
    note = row["kind"] == "note"
    fault = note and row.get("event") == "fault" and "set" not in row
    return fault or (note and row.get("event") == "law" and row.get("answer") == "lost" and "url" in row)


class Seeds:
    """The worlds of one worker."""

    def __init__(self, databases: Databases) -> None:
        self._databases = databases
        self._worlds: dict[int, StormWorld] = {}
        self._uses: Counter[int] = Counter()
        self._slower = False

    def tell(self, seed: int, *, slower: bool = False) -> Row:
        """One seed's world; what became of it, with the accounts of calls in which a promise was broken."""
        of = weather(seed)
        if slower and not self._slower:
            self._slower = True
            self.close()
        if self._uses[of.apps] >= WORN:
            self.drop(of.apps)
        if of.apps not in self._worlds:
            folder = Path(tempfile.mkdtemp(prefix="chaos-storm-"))
            url = self._databases.new() if of.apps > 1 else ""
            speed = SPEEDS[of.apps] * (SLOWER if self._slower else 1.0)
            self._worlds[of.apps] = StormWorld(folder, speed, url)
            self._worlds[of.apps].start()
        self._uses[of.apps] += 1
        began, storm = time.monotonic(), Storm(self._worlds[of.apps], of)
        whole, found = storm.tell()
        accounts = [
            "\n".join([*map(sentence, verdicts.broken), *account(case)])
            for _, case, verdicts in found
            if verdicts.broken
        ]
        return {
            "seed": seed, "fair": storm.fair, "calls": len(found) - 1,
            "kills": storm.kills, "faults": storm.faults,
            "tested": whole.tested, "broken": whole.broken, "limits": whole.limits,
            "took": round(time.monotonic() - began, 1), "weather": repr(of)[:1500],
            "accounts": accounts,
        }  # fmt: skip

    def drop(self, apps: int) -> None:
        """Have the next one be a new one."""
        self._uses[apps] = 0
        if world := self._worlds.pop(apps, None):
            world.stop()
            shutil.rmtree(world.folder, ignore_errors=True)

    def close(self) -> None:
        """End all of them."""
        for apps in list(self._worlds):
            self.drop(apps)


def replay(seed: int) -> str:
    """The command that tells exactly this world again."""
    return f"python -m tests.chaos.storm --seed {seed}"


def run(seeds: Iterable[int], ledger: Path, workers: int, seconds: float, databases: Databases) -> list[Row]:
    """Tell all of these that the ledger does not have; every row of it."""
    ledger.parent.mkdir(parents=True, exist_ok=True)
    rows: list[Row] = (
        [json.loads(line) for line in ledger.read_text().splitlines()] if ledger.exists() else []
    )
    known = {row["seed"] for row in rows}
    waiting = deque(seed for seed in seeds if seed not in known)
    lock, end = threading.Lock(), time.monotonic() + seconds
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, lambda *_: waiting.clear())

    def note(row: Row) -> None:
        with lock, ledger.open("a") as file:
            accounts = row.pop("accounts")
            rows.append(row)
            print(json.dumps(row), file=file)
            for broken in row["broken"]:
                print(f"BROKEN: {sentence(broken)}\n    {replay(row['seed'])}", flush=True)
            if accounts:
                told = [replay(row["seed"]), row["weather"], *accounts]
                ledger.with_suffix(f".{row['seed']}.txt").write_text("\n\n".join(told))
            if len(rows) % 10 == 0:
                print(f"{len(rows)} worlds, {sum(each['calls'] for each in rows)} calls", flush=True)

    def work() -> None:
        mine = Seeds(databases)
        try:
            while waiting and time.monotonic() < end:
                seed = waiting.popleft()
                try:
                    row = mine.tell(seed)
                    if row["broken"] and not row["fair"]:
                        row = mine.tell(seed, slower=True)
                    if row["broken"] and not row["fair"]:
                        print(f"not told, the machine is too slow: {replay(seed)}", flush=True)
                    else:
                        note(row)
                except (NotSeen, OSError, AssertionError, requests.RequestException) as fault:
                    print(f"not told: {replay(seed)}: {fault!r}"[:600], flush=True)
                    mine.close()
        finally:
            mine.close()

    together(work, workers)
    return rows


def together(work: Callable[[], None], workers: int) -> None:
    """Have it done so many times at once, to the end."""
    threads = [threading.Thread(target=work) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def summary(rows: Iterable[Row]) -> int:
    """Print what was tried and how often each promise was put to the test; how many were broken."""
    rows = list(rows)
    tested: Counter[str] = Counter()
    for row in rows:
        tested += Counter(row["tested"])
    broken = Counter(promise for row in rows for promise, _ in row["broken"])
    calls, kills, faults = (sum(row[name] for row in rows) for name in ("calls", "kills", "faults"))
    print(f"{len(rows)} worlds: {calls} calls, {kills} kills, {faults} other faults")
    print(
        f"{sum(len(row['limits']) for row in rows)} callers had asked for a document while no app was there"
    )
    return told(tested, broken)


def main() -> int:
    """Tell the worlds that were asked for; 1 when a promise was broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.storm", description=__doc__)
    parser.add_argument("--seeds", default="1-250", help="which (default %(default)s)")
    parser.add_argument("--seed", type=int, help="this one only, with all that is known of it")
    parser.add_argument("--workers", type=int, default=2, help="worlds at once (default %(default)s)")
    parser.add_argument("--seconds", type=float, default=1e9, help="stop after so many")
    parser.add_argument("--ledger", type=Path, default=Path("chaos-output/worlds.jsonl"))
    options = parser.parse_args()
    databases = Databases()
    try:
        if options.seed is not None:
            seeds = Seeds(databases)
            try:
                row = seeds.tell(options.seed)
            finally:
                seeds.close()
            print("\n\n".join([row["weather"], *row["accounts"]]))
            return 1 if summary([row]) else 0
        first, _, last = options.seeds.partition("-")
        wanted = range(int(first), int(last or first) + 1)
        rows = run(wanted, options.ledger, options.workers, options.seconds, databases)
    finally:
        databases.close()
    return 1 if summary(rows) else 0


if __name__ == "__main__":
    sys.exit(main())
