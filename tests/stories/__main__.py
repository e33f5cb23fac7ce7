"""Tells every story under every law that touches it: `python -m tests.stories`.

    python -m tests.stories --part 2/8                                # an eighth of the stories
    python -m tests.stories --story "nobody answers" --laws amd=late  # exactly this, with all that is known
    python -m tests.stories --keep                                    # what was told, into the documents

Which laws touch a story is what the network came to decide in it. What was told stands in a file, and is
not told again until the file is removed; the table of all that stands in it is made at the end of each run.
"""

from __future__ import annotations

import argparse
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import requests

from tests.calls.world import NotSeen
from tests.chaos.accounts import account
from tests.stories.catalogue import STORIES
from tests.stories.cells import Cell, Ledger, Stage, sentence
from tools.stories import KEPT, headline, short, tables, written
from tools.tables import PAGES, filled, places
from tools.tables import tables as all_tables


def run(stories: Sequence[str], ledger: Ledger, workers: int, seconds: float) -> list[Cell]:
    """Tell what the ledger does not have of these, in so many worlds; those that could not be told."""
    end, lock = time.monotonic() + seconds, threading.Lock()
    taken, failed, stopped = set[Cell](), list[Cell](), threading.Event()
    waiting = deque[Cell]()
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, lambda *_: stopped.set())

    def following() -> Cell | None:
        """The next one; what one telling comes to decide may bring more."""
        with lock:
            waiting.extend(
                cell for cell in ledger.cells(stories) if cell not in ledger.rows and cell not in taken
            )
            taken.update(waiting)
            return waiting.popleft() if waiting else None

    def work() -> None:
        stage = Stage()
        try:
            while not stopped.is_set() and time.monotonic() < end and (cell := following()):
                if not told(cell, stage, ledger):
                    failed.append(cell)
        finally:
            stage.close()

    threads = [threading.Thread(target=work) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failed


def told(cell: Cell, stage: Stage, ledger: Ledger) -> bool:
    """Tell one, and say in a line what became of it; False when it could not be told."""
    try:
        row, case = stage.tell(cell)
    except (NotSeen, OSError, AssertionError, requests.RequestException) as fault:
        print(f"not told: {cell.replay}: {fault!r}"[:800], flush=True)
        return False
    if row["broken"] and not row["fair"]:
        print(f"not told, the machine is too slow: {cell.replay}", flush=True)
        return False
    ledger.note(cell, row, case)
    print(f"{'BROKEN' if row['broken'] else 'kept':6}  {cell.story} · {cell.laws or 'as usual'}", flush=True)
    for each in row["broken"]:
        print(f"        {sentence(each)}\n        {cell.replay}", flush=True)
    return True


def once(cell: Cell) -> int:
    """Tell exactly this, and say what is known of it."""
    stage = Stage()
    try:
        row, case = stage.tell(cell)
    finally:
        stage.close()
    print("\n".join(account(case)))
    print(f"touched by {', '.join(row['decided'])}\ntested {', '.join(row['tested'])}\n{row['timings']}")
    for each in row["broken"]:
        print(f"BROKEN: {sentence(each)}")
    return 1 if row["broken"] else 0


def main(argv: Sequence[str] | None = None) -> int:
    """Tell what was asked for; 1 when a promise was broken, 2 when something could not be told."""
    options = parser().parse_args(argv)
    if options.story and options.laws is not None:
        return once(Cell(options.story, options.laws))
    part, parts = map(int, options.part.split("/"))
    stories = [options.story] if options.story else list(STORIES)[part - 1 :: parts]
    ledger = Ledger(options.out / "cells.jsonl")
    failed = [] if options.keep else run(stories, ledger, options.workers, options.seconds)
    status = summed_up(ledger, options.out, failed)
    if options.keep:
        keep(ledger)
    return status


def parser() -> argparse.ArgumentParser:
    """The command line."""
    found = argparse.ArgumentParser(
        prog="python -m tests.stories", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    add = found.add_argument
    add("--part", default="1/1", help="which part of the stories: 2/8 is the second of eight")
    add("--story", choices=list(STORIES), metavar="NAME", help="this story only")
    add("--laws", help="under these only, such as amd=late; '' is as usual")
    add("--workers", type=int, default=2, help="worlds at once (default %(default)s)")
    add("--seconds", type=float, default=1e9, help="stop after so many")
    add("--out", type=Path, default=Path("stories-output"), help="where to (default %(default)s)")
    add("--keep", action="store_true", help="put what was told into the documents, and tell no more")
    return found


def summed_up(ledger: Ledger, out: Path, failed: Sequence[Cell]) -> int:
    """Write the results and their tables, and say what was told; the exit status."""
    told = results(ledger)
    (out / "stories.json").write_text(written(told), encoding="utf-8")
    (out / "stories.md").write_text("\n\n".join(tables(told).values()) + "\n", encoding="utf-8")
    print(headline(told))
    broken = any(row["broken"] for row in ledger.rows.values())
    return 1 if broken else 2 if failed else 0


def results(ledger: Ledger) -> dict[str, object]:
    """What is kept of all that was told of the stories that there are."""
    left = sum(cell not in ledger.rows for cell in ledger.cells(STORIES))
    return short(ledger.in_order(STORIES), left, today())


def today() -> str:
    """The date."""
    return datetime.now(UTC).date().isoformat()


def keep(ledger: Ledger) -> None:
    """Put what was told where the documents' tables are made from, and make them."""
    KEPT.write_text(written(results(ledger)), encoding="utf-8")
    for page, made in places(PAGES, all_tables()).items():
        page.write_text(filled(page.read_text(), made))


if __name__ == "__main__":
    sys.exit(main())
