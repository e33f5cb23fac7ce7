"""Kills the app at every boundary of every story, one at a time: `python -m tests.chaos.kills`.

    python -m tests.chaos.kills --kills all --part 2/8      # an eighth of all of them
    python -m tests.chaos.kills --story "nobody answers" --at "before REST dial #1" --apps 2

What has been tried stands in a file, and is not tried again until the file is removed.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.calls.world import NotSeen
from tests.chaos.accounts import account, sentence
from tests.chaos.databases import Databases
from tests.chaos.promises import Verdicts, told
from tests.chaos.stories import CATALOGUE, STORIES
from tests.chaos.telling import Result, Telling
from tests.chaos.worlds import ChaosWorld

#: How fast time passes with one process; with two it is slower, since they notice each other's end by the
#: database's clock, which has no other speed.
SPEEDS = {1: 6.0, 2: 3.0}
#: How much slower it goes, from then on, when the machine cannot keep up.
SLOWER = (1.0, 0.5, 0.25)
#: After so many tellings a world is replaced: its trace and recordings fill the disk.
WORN = 150
Row = dict[str, Any]


@dataclass(frozen=True)
class Kill:
    """Where a process dies: in which story, at which boundary, with how many processes."""

    apps: int
    story: str
    boundary: str

    @property
    def replay(self) -> str:
        """The command that tries exactly this."""
        module = "python -m tests.chaos.kills"
        return f'{module} --apps {self.apps} --story "{self.story}" --at "{self.boundary}"'


class Worlds:
    """Worlds by their number of processes and speed, made when asked for and replaced when worn or broken."""

    def __init__(self, databases: Databases) -> None:
        self._databases = databases
        self._worlds: dict[tuple[int, float], ChaosWorld] = {}
        self._uses: Counter[tuple[int, float]] = Counter()
        self._slower = 0  #: how much slower than usual it has to go by now

    def get(self, apps: int) -> ChaosWorld:
        """A world with so many processes, up."""
        key = (apps, SPEEDS[apps] * SLOWER[self._slower])
        if self._uses[key] >= WORN:
            self.drop(apps)
        self._uses[key] += 1
        if key not in self._worlds:
            self.drop(apps)
            folder = Path(tempfile.mkdtemp(prefix="chaos-world-"))
            url = self._databases.new() if apps > 1 else ""
            self._worlds[key] = ChaosWorld(folder, speed=key[1], database_url=url)
            self._worlds[key].start()
        return self._worlds[key]

    def drop(self, apps: int) -> None:
        """Have the next one be a new one."""
        for key in [key for key in self._worlds if key[0] == apps]:
            world = self._worlds.pop(key)
            self._uses[key] = 0
            world.stop()
            shutil.rmtree(world.folder, ignore_errors=True)

    def close(self) -> None:
        """End all of them."""
        for apps in SPEEDS:
            self.drop(apps)

    def tell(self, kill: Kill) -> Result:
        """One story with one death, in a world that is fit for it; more slowly where the machine is slow."""
        for failures in range(3):
            try:
                result = Telling(self.get(kill.apps), STORIES[kill.story], kill.boundary).tell()
            except (NotSeen, OSError, AssertionError):
                self.drop(kill.apps)
                if failures == 2:
                    raise
                continue
            if result.fair or not result.verdicts.broken or self._slower == len(SLOWER) - 1:
                return result
            self._slower += 1
        return result


class Ledger:
    """What has been tried, a line each, in a file that the next run goes on from."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._lock = threading.Lock()
        lines = path.read_text().splitlines() if path.exists() else []
        self.rows: list[Row] = [json.loads(line) for line in lines]

    def has(self, kill: Kill) -> bool:
        """Whether this one was tried."""
        key = [kill.apps, kill.story, kill.boundary]
        return any([row["apps"], row["story"], row["boundary"]] == key for row in self.rows)

    def note(self, kill: Kill, result: Result) -> None:
        """It was tried, and this became of it."""
        row = {
            "apps": kill.apps,
            "story": kill.story,
            "boundary": kill.boundary,
            "struck": result.struck,
            "fair": result.fair,
            "took": round(result.took, 2),
            "tested": result.verdicts.tested,
            "broken": result.verdicts.broken,
            "limits": result.verdicts.limits,
            "passed": result.passed,
        }
        with self._lock, self._path.open("a") as file:
            self.rows.append(row)
            print(json.dumps(row), file=file)
            if result.verdicts.broken:
                place = self._path.with_suffix(f".{len(self.rows)}.txt")
                place.write_text(
                    "\n".join([kill.replay, *map(sentence, result.verdicts.broken), *account(result.case)])
                )


def boundaries(worlds: Worlds, ledger: Ledger, apps: Iterable[int], stories: Iterable[str]) -> list[Kill]:
    """Every boundary that the stories come to when nobody dies; told once, and noted."""
    found: list[Kill] = []
    for count in apps:
        for story in stories:
            nobody = Kill(count, story, "")
            if not ledger.has(nobody):
                result = worlds.tell(nobody)
                ledger.note(nobody, result)
                tell(nobody, result.verdicts)
                print(f"{count} app, {story}: {len(result.passed)} boundaries", flush=True)
            key = (count, story, "")
            row = next(r for r in ledger.rows if (r["apps"], r["story"], r["boundary"]) == key)
            found += [Kill(count, story, name) for name in row["passed"]]
    return found


def spread(kills: list[Kill]) -> list[Kill]:
    """The same, in the same order each time, so that any beginning of it is a fair sample.

    First comes one of each kind of boundary, each in whatever story; then another of each kind.
    """
    mixed = sorted(kills, key=lambda kill: hashlib.sha256(repr(kill).encode()).digest())
    kinds: Counter[tuple[int, str]] = Counter()
    ranked: list[tuple[int, Kill]] = []
    for kill in mixed:
        kind = (kill.apps, kill.boundary.partition(" #")[0])
        ranked.append((kinds[kind], kill))
        kinds[kind] += 1
    return [kill for _, kill in sorted(ranked, key=lambda each: each[0])]


def tell(kill: Kill, verdicts: Verdicts) -> None:
    """What was broken, with the command that shows it again."""
    for broken in verdicts.broken:
        print(f"BROKEN: {sentence(broken)}\n    {kill.replay}", flush=True)


def run(kills: list[Kill], ledger: Ledger, databases: Databases, workers: int, seconds: float) -> None:
    """Try all of them that were not tried, in so many worlds at once, for so many real seconds at most."""
    waiting = deque(kill for kill in kills if not ledger.has(kill))
    total, end = len(waiting), time.monotonic() + seconds
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, lambda *_: waiting.clear())

    def work() -> None:
        worlds = Worlds(databases)
        try:
            while waiting and time.monotonic() < end:
                kill = waiting.popleft()
                try:
                    result = worlds.tell(kill)
                except (NotSeen, OSError, AssertionError) as fault:
                    print(f"not told: {kill.replay}: {fault}", flush=True)
                    continue
                if result.verdicts.broken and not result.fair:
                    print(f"not told, the machine is too slow: {kill.replay}", flush=True)
                    continue
                ledger.note(kill, result)
                tell(kill, result.verdicts)
                if (done := total - len(waiting)) % 50 == 0:
                    print(f"{done} of {total}", flush=True)
        finally:
            worlds.close()

    threads = [threading.Thread(target=work) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def summary(rows: Iterable[Row]) -> int:
    """Print what was tried and how often each promise was put to the test; how many were broken."""
    rows = [row for row in rows if row["boundary"]]
    tested: Counter[str] = Counter()
    for row in rows:
        tested += Counter(row["tested"])
    struck = sum(row["struck"] for row in rows)
    broken = Counter(promise for row in rows for promise, _ in row["broken"])
    limits = sum(bool(row["limits"]) for row in rows)
    print(f"{len(rows)} calls, {struck} kills ({len(rows) - struck} came to no such boundary this time)")
    print(f"{limits} callers had asked for a document while no app was there: see docs/promises.md")
    return told(tested, broken)


def main() -> int:
    """Try what was asked for; 1 when a promise was broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.kills", description=__doc__)
    parser.add_argument("--kills", default="100", help="how many, or all (default %(default)s)")
    parser.add_argument("--part", default="1/1", help="which part of them: 2/8 is the second of eight")
    parser.add_argument("--apps", type=int, choices=(1, 2), help="with so many processes only")
    parser.add_argument("--story", choices=list(STORIES), help="this story only")
    parser.add_argument("--at", default="", help="this boundary only")
    parser.add_argument("--workers", type=int, default=2, help="worlds at once (default %(default)s)")
    parser.add_argument("--seconds", type=float, default=1e9, help="stop after so many")
    parser.add_argument("--ledger", type=Path, default=Path("chaos-output/kills.jsonl"))
    options = parser.parse_args()
    databases = Databases()
    try:
        if options.at:
            return once(Kill(options.apps or 1, options.story, options.at), databases)
        ledger = Ledger(options.ledger)
        some(options, ledger, databases)
    finally:
        databases.close()
    return 1 if summary(ledger.rows) else 0


def some(options: argparse.Namespace, ledger: Ledger, databases: Databases) -> None:
    """Find out the boundaries, and try the part of them that is asked for."""
    worlds = Worlds(databases)
    stories = [options.story] if options.story else [story.name for story in CATALOGUE]
    try:
        apps = [options.apps] if options.apps else [1, 2]
        kills = spread(boundaries(worlds, ledger, apps, stories))
    finally:
        worlds.close()
    part, parts = map(int, options.part.split("/"))
    kills = kills if options.kills == "all" else kills[: int(options.kills)]
    print(f"{len(kills)} boundaries in {len(stories)} stories", flush=True)
    run(kills[part - 1 :: parts], ledger, databases, options.workers, options.seconds)


def once(kill: Kill, databases: Databases) -> int:
    """Try exactly this, and say what is known of it."""
    worlds = Worlds(databases)
    try:
        result = worlds.tell(kill)
    finally:
        worlds.close()
    print("\n".join(account(result.case)))
    print("struck" if result.struck else "nobody came to this boundary", result.verdicts.limits)
    tell(kill, result.verdicts)
    return 1 if result.verdicts.broken else 0


if __name__ == "__main__":
    sys.exit(main())
