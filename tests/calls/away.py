"""`make away`: how long callers hear nothing while the app is killed, and how soon it has them back.

Three callers at once: one talks with the AI, one waits for a human who is being rung, and of one the AI's leg
is just on its way. The app is killed and stays away for a while, under every answer of the laws that decide
what the carrier does then. `python -m tests.calls.away [--seconds 3 10 60] [--speed 4] [ANSWER …]`.
"""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from tests.calls.hosted import hosted
from tests.calls.story import ASK, HELLO, SAM, Row, Story, human
from tests.calls.world import NotSeen, World
from warmtransfer.simulator.network.laws import LAWS
from warmtransfer.simulator.witness.evidence import Evidence
from warmtransfer.simulator.witness.hearing import loud, quiet

#: Under these callers hear least: nothing of their own when alone, and no more than the others.
HARSH = {"lone_participant": "nothing", "announcement": "all"}
STAY: Row = {"wait": 300}
WHO = ("talks with the AI", "waits for a human", "is just being connected")
#: Seconds of silence at a time, and until the AI is back, that docs/promises.md tells.
LONGEST = 2.0
READY = 2.0


@dataclass(frozen=True, slots=True)
class Heard:
    """Of one caller: the longest silence, when the AI was back after the app was, and if they were kept."""

    who: str
    silence: float
    back: float
    kept: bool


def measure(world: World, laws: dict[str, str], seconds: float) -> list[Heard]:
    """One absence of the app under these laws."""
    world.control("PUT", "/laws", {**HARSH, **laws})
    world.phones(human(SAM, {"after": 300.0}, STAY))
    stories = [Story(world) for _ in WHO]
    talks, waits, comes = stories
    talks.phone(HELLO, STAY)
    waits.phone(HELLO, ASK, STAY)
    talks.stage("ai", 30)
    waits.leg("dialled", f"human:{SAM}", 60)
    comes.phone(STAY)
    _in_room(comes)
    died = _now(world)
    world.end_app(signal.SIGKILL)
    world.until(lambda: _now(world) > died + seconds, seconds, "the time to pass")
    world.start_app()
    ready = _now(world)
    back = [_back(story, ready) for story in stories]
    for story in stories:
        with suppress(AssertionError):  # who was dropped is gone already
            story.hang_up()
    world.until(stories[0]._quiet, 30, "every leg to end")
    seen = Evidence(talks.read(), world.folder / "sim")
    return [
        _heard(seen, story, who, (died, ready, ended))
        for story, who, ended in zip(stories, WHO, back, strict=True)
    ]


def _now(world: World) -> float:
    return float(world.control("GET", "/state")["t"])


def _in_room(story: Story) -> Row:
    joined = {"kind": "leg", "event": "joined", "call_sid": story.caller_sid}
    return story.wait("the caller in the room", lambda row: joined.items() <= row.items())


def _back(story: Story, ready: float) -> float:
    """When this caller's AI was in the room again; for ever for one who has been lost."""
    room = _in_room(story)["conference_sid"]

    def joined(row: Row) -> bool:
        fits = row["kind"] == "leg" and row["event"] == "joined" and row["t"] > ready
        return bool(fits and row["conference_sid"] == room and str(row.get("label")).startswith("ai-"))

    try:
        return float(story.wait("the AI's return", joined, 30)["t"])
    except NotSeen:
        return float("inf")


def _heard(seen: Evidence, story: Story, who: str, times: tuple[float, float, float]) -> Heard:
    died, ready, back = times
    leg = next(each for each in seen.legs if each.call_sid == story.caller_sid)
    end = min(back, leg.ended or back)
    spans = quiet(loud(seen.heard(leg)), leg.answered or 0.0, [(died, end)])
    return Heard(who, max((b - a for a, b in spans), default=0.0), back - ready, end == back)


def runs(answers: list[str]) -> Iterator[dict[str, str]]:
    """The answers of the laws, those about streams together; only some of them when named."""
    for stream, document in product(LAWS["dropped_stream"], LAWS["failed_document"]):
        if not answers or f"{stream}/{document}" in answers or stream in answers:
            yield {"dropped_stream": stream, "failed_stream": stream, "failed_document": document}


def main(arguments: list[str]) -> int:
    """Measure, print a line for each caller, and fail when one hears nothing for longer than is promised."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("answers", nargs="*", metavar="STREAM[/DOCUMENT]", help="only these answers")
    parser.add_argument("--seconds", nargs="+", type=float, default=[3.0, 10.0, 60.0])
    parser.add_argument("--speed", type=float, default=4.0)
    given = parser.parse_args(arguments)
    worst: dict[tuple[str, float], float] = {}
    broken = 0
    with tempfile.TemporaryDirectory(prefix="away-") as name:
        url = hosted(Path(name))
        hosts = ("--fallback-url", url, "--app-fallback-url", url)
        world = World(Path(name), speed=given.speed, arguments=hosts)
        try:
            world.start()
            for laws, seconds in product(runs(given.answers), given.seconds):
                for found in measure(world, laws, seconds):
                    ours = laws["dropped_stream"] != "leg_ends"
                    broken += ours and (found.silence > LONGEST or found.back > READY or not found.kept)
                    print(_line(laws, seconds, found), flush=True)
                    key = (laws["dropped_stream"], seconds)
                    worst[key] = max(worst.get(key, 0.0), found.silence)
        finally:
            world.stop()
    for (stream, seconds), silence in worst.items():
        print(f"| {stream} | {seconds:.0f} s | {silence:.1f} s |")
    return min(broken, 1)


def _line(laws: dict[str, str], seconds: float, found: Heard) -> str:
    answers = f"{laws['dropped_stream']}/{laws['failed_document']}"
    heard = f"silence {found.silence:5.2f}  back {found.back:5.2f}{'' if found.kept else '  DROPPED'}"
    return f"{answers:22} {seconds:3.0f} s  {found.who:24} {heard}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
