"""Cells: a story under an answer of a law that touches it. Which ones touch it, the network has to say."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tests.calls.world import NotSeen
from tests.chaos.accounts import account
from tests.chaos.promises import Case
from tests.chaos.stories import Told
from tests.chaos.telling import Telling
from tests.chaos.worlds import ChaosWorld
from tests.stories.catalogue import STORIES
from tests.stories.judging import PROMISES, judged
from warmtransfer.simulator.network.laws import LAWS
from warmtransfer.simulator.witness.evidence import Evidence
from warmtransfer.simulator.witness.timings import timings

Row = dict[str, Any]
DEFAULTS = {name: answers[0] for name, answers in LAWS.items()}
#: An answer with a share is told with this one.
SHARES = {"lost": "lost:0.3"}
#: How fast time passes, and how much slower on a machine that cannot keep up, from then on.
SPEED = 4.0
SLOWER = (1.0, 0.6, 0.35, 0.25)
#: Simulated seconds for an answer that a fast clock may be blamed for, when a promise of two was broken.
SLOW = 0.7
#: After so many tellings a world is replaced: its trace and recordings fill the disk.
WORN = 12


@dataclass(frozen=True, order=True)
class Cell:
    """A story, and the laws under which it is told: `amd=late`, or several with commas; "" for the usual."""

    story: str
    laws: str = ""

    @property
    def answers(self) -> dict[str, str]:
        """The laws that are not as usual."""
        return dict(law.split("=", 1) for law in self.laws.split(",") if law)

    @property
    def replay(self) -> str:
        """The command that tells exactly this."""
        return f'python -m tests.stories --story "{self.story}" --laws "{self.laws}"'


def others(law: str) -> Iterator[str]:
    """The answers of a law beside the usual one, as they are set."""
    return (SHARES.get(answer, answer) for answer in LAWS[law][1:])


def touching(story: str, told: Mapping[Cell, Iterable[str]]) -> list[Cell]:
    """The cells of a story as far as they are known from what each telling came to decide.

    Told as usual it comes to some decisions: each other answer to these is a cell. What it comes to only
    under one of those answers is a cell under both.
    """
    usual = Cell(story)
    if usual not in told:
        return [usual]
    known = sorted(told[usual], key=list(LAWS).index)
    found = [usual, *(Cell(story, f"{law}={answer}") for law in known for answer in others(law))]
    for one in found[1:]:
        for law in sorted(set(told.get(one, ())) - set(known), key=list(LAWS).index):
            found += [Cell(story, f"{one.laws},{law}={answer}") for answer in others(law)]
    return found


class Stage:
    """The world that stories are told to: made when asked for, replaced when worn or broken."""

    def __init__(self) -> None:
        self._world: ChaosWorld | None = None
        self._uses = self._slower = 0

    def tell(self, cell: Cell) -> tuple[Row, Case]:
        """Tell one; again, and more slowly, when the machine was too slow for a promise.

        The next one is then told a little faster than this had to be.
        """
        self._go(max(0, self._slower - 1))
        for last in (False, False, True):
            try:
                row, case = self._tell(cell)
            except (NotSeen, OSError, AssertionError):
                self.close()
                if last:
                    raise
                continue
            if row["fair"] or not row["broken"] or self._slower == len(SLOWER) - 1:
                break
            self._go(self._slower + 1)
        return row, case

    def _go(self, slower: int) -> None:
        if slower != self._slower:
            self._slower = slower
            self.close()

    def _tell(self, cell: Cell) -> tuple[Row, Case]:
        story = STORIES[cell.story]
        told = replace(story, laws={**DEFAULTS, **story.laws, **cell.answers})
        world, began = self._fit(), time.monotonic()
        trace = world.folder / "sim" / "trace.jsonl"
        before, place = _decided(world), trace.stat().st_size
        result = Telling(world, told).tell()
        after = _decided(world)
        evidence = heard(world, place, told)
        found = judged(told, result.case, result.verdicts, evidence)
        row = {
            "story": cell.story,
            "laws": cell.laws,
            "fair": result.fair and steady(result.case.rows),
            "took": round(time.monotonic() - began, 1),
            "speed": world.speed,
            "decided": sorted(law for law in after if after[law] > before.get(law, 0)),
            "tested": found.tested,
            "broken": found.broken,
            "limits": result.verdicts.limits,
            "timings": timings(evidence),
        }
        return row, result.case

    def _fit(self) -> ChaosWorld:
        if self._uses >= WORN:
            self.close()
        self._uses += 1
        if self._world is None:
            folder = Path(tempfile.mkdtemp(prefix="stories-"))
            self._world = ChaosWorld(folder, speed=SPEED * SLOWER[self._slower], frames=True)
            self._world.start()
        return self._world

    def close(self) -> None:
        """End it."""
        self._uses = 0
        if self._world is not None:
            self._world.stop()
            shutil.rmtree(self._world.folder, ignore_errors=True)
            self._world = None


def _decided(world: ChaosWorld) -> dict[str, int]:
    found: dict[str, int] = world.control("GET", "/state")["decided"]
    return found


def steady(rows: Iterable[Row]) -> bool:
    """Whether no answer of the app took so long that it may be the machine's fault."""
    return all(float(row.get("took", 0.0)) < SLOW for row in rows if row["kind"] == "webhook")


def heard(world: ChaosWorld, place: int, story: Told) -> Evidence:
    """What was seen and heard since this place in the trace, once the recordings are written."""
    folder = world.folder / "sim"
    with (folder / "trace.jsonl").open(encoding="utf-8") as lines:
        lines.seek(place)
        rows = [json.loads(line) for line in lines if line.endswith("\n")]
    rows.sort(key=lambda row: float(row["t"]))
    found = Evidence(rows, folder, tool="transfer_to_human", together=story.together)
    late = 0.1 * max(1.0, world.speed)  # the sound of a busy machine is not told to its end
    for leg in found.legs:
        if leg.wav and leg.answered is not None and leg.ended is not None:
            path, size = folder / leg.wav, 16000 * max(0.0, leg.ended - leg.answered - late)
            world.until(lambda p=path, s=size: p.exists() and p.stat().st_size >= s, 30, str(path))
    return found


class Ledger:
    """What has been told, a line each, in a file that the next run goes on from."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._lock = threading.Lock()
        lines = path.read_text().splitlines() if path.exists() else []
        self.rows: dict[Cell, Row] = {}
        for row in map(json.loads, lines):
            self.rows[Cell(row["story"], row["laws"])] = row

    def note(self, cell: Cell, row: Row, case: Case) -> None:
        """It was told, and this became of it."""
        with self._lock, self.path.open("a") as file:
            self.rows[cell] = row
            print(json.dumps(row), file=file)
            if row["broken"]:
                name = hashlib.sha256(repr(cell).encode()).hexdigest()[:8]
                text = [cell.replay, *map(sentence, row["broken"]), *account(case)]
                (self.path.parent / f"broken-{name}.txt").write_text("\n".join(text))

    def in_order(self, stories: Iterable[str]) -> list[Row]:
        """What was told of these stories, in the order in which the cells are known."""
        return [self.rows[cell] for cell in self.cells(stories) if cell in self.rows]

    def cells(self, stories: Iterable[str]) -> list[Cell]:
        """Every cell of these stories, as far as they are known by now."""
        with self._lock:
            decided = {cell: row["decided"] for cell, row in self.rows.items()}
        return [cell for story in stories for cell in touching(story, decided)]


def sentence(broken: tuple[str, str]) -> str:
    """A promise, and how it was broken."""
    name, why = broken
    return f"{name} ({PROMISES[name].splitlines()[0]}): {why}"
