"""The command: `python -m warmtransfer.demo` runs a call and proves what the product promises."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time
from dataclasses import replace
from pathlib import Path

from warmtransfer.demo.asked import add_common, clear, interrupted, key_for
from warmtransfer.demo.picture import draw
from warmtransfer.demo.processes import Crew, Failed
from warmtransfer.demo.report import report, table, text_of
from warmtransfer.demo.run import ROOT, Plan, Run
from warmtransfer.demo.screen import Screen
from warmtransfer.demo.story import NoSuchStory, Story, listed
from warmtransfer.simulator.witness.evidence import Evidence
from warmtransfer.simulator.witness.promises import judge
from warmtransfer.simulator.witness.timings import timings


def parser() -> argparse.ArgumentParser:
    """The command line."""
    found = argparse.ArgumentParser(
        prog="python -m warmtransfer.demo",
        description="Runs a whole call in real time: the app by the Procfile's command, a simulated phone "
        "network, and a local speech model. Exit status 0: every promise was kept; 1: one was not, or the "
        "call did not get there; 2: something is missing.",
    )
    which = found.add_mutually_exclusive_group()
    told = "which story (default %(default)s); list: print them all"
    which.add_argument("--story", default="happy", metavar="NAME", help=told)
    which.add_argument(
        "--short", action="store_const", const="short", dest="story",
        help="a shorter one, for continuous integration",
    )  # fmt: skip
    add_common(found, Path("demo-output"))
    fast = "simulated seconds per second; the app's own clock stays real, so only a little over 1 makes sense"
    found.add_argument("--speed", type=float, default=1.0, help=fast)
    return found


def main(argv: list[str] | None = None) -> int:
    """Run the demo; the exit status."""
    options = parser().parse_args(argv)
    if options.story == "list":
        print(listed())
        return 0
    try:
        story = Story.load(options.story)
    except NoSuchStory as fault:
        print(fault, file=sys.stderr)
        return 2
    key = key_for(options)
    if key is None:
        return 2
    signal.signal(signal.SIGTERM, interrupted)
    out = options.out.resolve()
    plan = Plan(story, out, options.speed)
    if options.model == "openai":
        plan = replace(plan, upstream=options.upstream, key=key)
    clear(out)
    screen = Screen(sys.stdout, story.names)
    try:
        return demonstrate(plan, screen)
    except KeyboardInterrupt:
        print("\nInterrupted; every process has been ended.", file=sys.stderr)
        return 130
    except (Failed, OSError) as fault:
        print(f"\nThe demo did not get to its end: {fault}", file=sys.stderr)
        return 1


def demonstrate(plan: Plan, screen: Screen) -> int:
    """Run the call, judge it, and leave picture, report and table; the exit status."""
    began = time.monotonic()
    screen.say(plan.story.about)
    if plan.speed != 1:
        screen.say(f"At speed {plan.speed:g} the app's own clock stays real: promises about time may break.")
    screen.say("Starting the phone network, the model and the app ...")
    with Crew(plan.out, ROOT) as crew:
        run = Run(plan, screen, crew)
        run.start()
        screen.say(f"Ready after {time.monotonic() - began:.1f} s.\n")
        run.call()
        left = run.finish()
    evidence = Evidence.load(plan.out, tool="transfer_to_human", caller=run.sid)
    evidence.leftovers, evidence.together = left, plan.story.together
    evidence.patience = plan.story.patience
    judgement = judge(evidence, lenient=bool(plan.upstream), absent=plan.story.absent)
    times, shown = timings(evidence), plan.story.shown(evidence.all_rows)
    lines = table(judgement, times, shown)
    (plan.out / "report.json").write_text(
        text_of(report(evidence, judgement, times, shown)), encoding="utf-8"
    )
    (plan.out / "summary.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    drawn = Evidence(evidence.all_rows, plan.out) if plan.story.over else evidence
    draw(drawn, run.stages, plan.story.names, plan.out / "call.png")
    screen.say("\n" + "\n".join(lines))
    if errors := crew.log("app").count(" ERROR "):
        screen.say(f"\nThe app logged {errors} errors: see app.log.")
    where = os.path.relpath(plan.out)
    screen.say(f"\n{where}/ holds call.png, report.json, trace.jsonl and what each leg heard as WAV.")
    screen.say(f"Took {time.monotonic() - began:.0f} s.")
    return 0 if judgement.ok and all(shown.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
