"""The command: `python -m warmtransfer.demo.play` lets people phone the app from a browser."""

from __future__ import annotations

import argparse
import os
import secrets
import signal
import socket
import sys
import time
import webbrowser
from dataclasses import replace
from pathlib import Path

from warmtransfer.demo.asked import add_common, clear, interrupted, key_for
from warmtransfer.demo.processes import Crew, Failed
from warmtransfer.demo.remote import Tail
from warmtransfer.demo.run import GLANCE, PREFIX, ROOT, Plan, Run, free_port
from warmtransfer.demo.screen import Screen
from warmtransfer.demo.story import Story
from warmtransfer.simulator.browser.options import CONSOLE_PASSWORD

#: Tried first, so that a browser remembers that the page may have the microphone.
PORT = 8700
RING_SECONDS = "30"  # a person has to find the button
#: The account's number, which sends text messages, too.
OURS = "+15550100000"
PEOPLE = "humans.toml"
PASSWORD = "WARMTRANSFER_CONSOLE_PASSWORD"
#: Whose telephone is a page of its own, on which one listens from the console.
LEAD = "client:lead"
HOW = "Start it with make play ARGS=--lan to use a telephone on a second device."


def parser() -> argparse.ArgumentParser:
    """The command line."""
    found = argparse.ArgumentParser(
        prog="python -m warmtransfer.demo.play",
        description="Starts the app, a simulated phone network and a model, and opens a page of telephones: "
        "a caller's and two humans'. Nothing is needed but a browser. Ctrl-C ends everything.",
    )
    add_common(found, Path("play-output"))
    found.add_argument("--port", type=int, default=0, help=f"of the page (default {PORT}, or a free one)")
    found.add_argument("--lan", action="store_true", help="also for other devices on this network, by link")
    found.add_argument("--no-browser", action="store_true", help="only prints where the page is")
    return found


def main(argv: list[str] | None = None) -> int:
    """Serve the telephones until Ctrl-C; the exit status."""
    options = parser().parse_args(argv)
    key = key_for(options)
    if key is None:
        return 2
    signal.signal(signal.SIGTERM, interrupted)
    plan = planned(options, key)
    clear(plan.out)
    write_people(plan)
    screen = Screen(sys.stdout, plan.story.names)
    try:
        play(plan, screen, browser=not options.no_browser)
    except KeyboardInterrupt:
        screen.say("\nEvery process has been ended.")
    except (Failed, OSError) as fault:
        print(f"\nThe telephones do not work: {fault}", file=sys.stderr)
        return 1
    return 0


def planned(options: argparse.Namespace, key: str) -> Plan:
    """What is started: the demo's shop, with telephones in the place of its scripts."""
    story = Story.load("happy")
    app = free_port()
    people = [f"--handset={name}={number}" for number, name in story.names.items() if name != "a customer"]
    network = [
        "--port", str(options.port or (PORT if free(PORT) else 0)), "--no-frames", *people,
        "--company", story.environment["WARMTRANSFER_COMPANY"], "--phones-how", HOW, "--phones-wait",
        "--numbers", f"{OURS}=voice+sms",
    ]  # fmt: skip
    humans = str(options.out.resolve() / PEOPLE)
    password = os.environ.get(PASSWORD) or secrets.token_urlsafe(18)
    own = {"WARMTRANSFER_RING_SECONDS": RING_SECONDS, "WARMTRANSFER_HUMANS": humans, PASSWORD: password}
    network += ["--console", f"http://127.0.0.1:{app}{PREFIX}/console"]
    if options.lan:
        network += ["--phones-at", "0.0.0.0"]
    plan = Plan(story, options.out.resolve(), port=app, network=tuple(network), environment=own,
                told={CONSOLE_PASSWORD: password})  # fmt: skip
    return replace(plan, upstream=options.upstream, key=key) if options.model == "openai" else plan


def write_people(plan: Plan) -> None:
    """Write down who may be rung: the demo's people, each with a card of the call besides the voice.

    There is somebody, too, who listens from the console.
    """
    given = (each.split("=") for each in plan.story.environment["WARMTRANSFER_HUMANS"].split(","))
    tables = [f'[[human]]\nname = "{name}"\nnumber = "{number}"\ncard = "sms"\n' for name, number in given]
    tables.append(f'[[human]]\nname = "lead"\nnumber = "{LEAD}"\ndescription = "listens to calls"\n')
    (plan.out / PEOPLE).write_text("".join(tables))


def free(port: int) -> bool:
    """Whether nobody listens on a port of this machine."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def play(plan: Plan, screen: Screen, *, browser: bool) -> None:
    """Start everything, open the page, and tell what happens until somebody interrupts."""
    screen.say("Starting the phone network, the model and the app ...")
    with Crew(plan.out, ROOT) as crew:
        run = Run(plan, screen, crew)
        run.start()
        url = str(run.told["phones_url"])
        screen.say(f"\nThe telephones: {url}")
        screen.say(f"The telephone on which one listens: {url}/{LEAD}")
        if elsewhere := run.told["phones_elsewhere"]:
            screen.say(f"On another device: {elsewhere}")
        screen.say("Ctrl-C ends everything.\n")
        if browser and seen():
            webbrowser.open(url)
        tail = Tail(plan.out / "trace.jsonl")
        while True:
            for row in tail.rows():
                screen.row(row)
            if fallen := crew.fallen():
                raise Failed(f"{fallen.name} has ended:\n{fallen.tail()}")
            time.sleep(GLANCE)


def seen() -> bool:
    """Whether there is a desktop for a browser; in a mere terminal a text browser would take it over."""
    desktop = "DISPLAY" in os.environ or "WAYLAND_DISPLAY" in os.environ
    return desktop or sys.platform in ("darwin", "win32")


if __name__ == "__main__":
    sys.exit(main())
