"""`python -m bench.run`: our server, the C limit and other bridges under the same load, interleaved."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench import decisions, first_word, gap, measure, report, scale
from bench.rig import HERE, Machine, Rig, prepare
from bench.servers import Broken, Program, limit, ours, peer


def options(given: Sequence[str]) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.run", description=__doc__)
    parser.add_argument("--peer", action="append", default=[], metavar="NAME[:/PATH]=COMMAND",
                        help="another bridge; it gets PORT and MODEL_URL, and is run by /bin/sh")  # fmt: skip
    parser.add_argument("--calls", default="10,50,100,200,400", help="numbers of calls at once")
    parser.add_argument("--seconds", type=float, default=10.0, help="length of one count")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", default="", help="names of programs, with commas between them")
    parser.add_argument("--searches", type=int, default=3, help="rounds that look for the most calls")
    parser.add_argument("--no-rush", action="store_true", help="do not start 50 calls in one second")
    parser.add_argument("--no-tls", action="store_true", help="leave out the row with TLS to the model")
    parser.add_argument("--no-decisions", action="store_true", help="leave out decision latencies")
    parser.add_argument("--no-first-word", action="store_true", help="leave out the way to the first word")
    parser.add_argument("--no-gap", action="store_true", help="leave out the gap of a lost stream")
    parser.add_argument("--no-scale", action="store_true", help="leave out databases and processes")
    parser.add_argument("--out", type=Path, default=HERE, help="where results.json and results.png go")
    return parser.parse_args(given)


def chosen(asked: argparse.Namespace, machine: Machine) -> list[Program]:
    """The programs of every round, in order."""
    found = [ours(), limit(machine.limit), *map(peer, asked.peer)]
    if not asked.no_tls:
        found.insert(1, ours("warmtransfer-tls", tls=True))
    names = set(filter(None, asked.only.split(",")))
    return [program for program in found if not names or program.name in names]


def rounds(asked: argparse.Namespace, machine: Machine) -> Iterator[list[measure.Row]]:
    """All that was found, after every round; what breaks is left out with a word, but ours ends the run."""
    found: list[measure.Row] = []
    for number in range(1, asked.rounds + 1):
        print(f"round {number}", flush=True)
        plan = measure.Plan(
            counts=tuple(map(int, asked.calls.split(","))),
            seconds=asked.seconds,
            search=number <= asked.searches,
            rush=not asked.no_rush,
        )
        for program in chosen(asked, machine):
            try:
                with Rig(machine, program) as rig:
                    found.append(measure.run(rig, plan))
            except Broken as fault:
                if program.webhooks:
                    raise
                print(f"  {program.name} is left out: {fault}", flush=True)
        yield found


def everything(asked: argparse.Namespace, folder: Path) -> Iterator[measure.Row]:
    """The results so far, whenever there are more: a run that is ended early keeps what it has."""
    machine = prepare(folder, tls=not asked.no_tls)
    results: measure.Row = {"machine": report.machine()}
    if not asked.no_first_word:
        results["first_word_ms"] = first_word.run(folder)
        print(first_word.table(results["first_word_ms"]), flush=True)
        yield results
    if not asked.no_gap:
        results["gap_ms"] = gap.run(folder)
        print(gap.table(results["gap_ms"]), flush=True)
        yield results
    if not asked.no_decisions:
        with Rig(machine, ours()) as rig:
            results["decisions_ms"] = decisions.run(rig)
        for what, times in results["decisions_ms"].items():
            print(f"{what}, 100 calls running: {times}", flush=True)
        yield results
    if not asked.no_scale:
        results["scale"] = scale.run(machine, folder)
        yield results
    for found in rounds(asked, machine):
        results |= {"medians": report.medians(found), "rounds": found}
        yield results


def main(given: Sequence[str]) -> int:
    """Measure, print, write."""
    asked = options(given)
    results: measure.Row = {}
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        try:
            for results in everything(asked, Path(name)):
                report.save(asked.out / "results.json", results)
        except Broken as fault:
            print(f"broken: {fault}", file=sys.stderr)
            return 1
    if "medians" in results:
        print("\n" + report.table(results["medians"]))
        report.plot(asked.out / "results.png", results["medians"])
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
