"""The command line's part in the telephones."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence

from warmtransfer.simulator.browser.elsewhere import split
from warmtransfer.simulator.browser.shown import Scene, people
from warmtransfer.simulator.browser.understood import understood

HOW = "Start the simulator with --phones-at 0.0.0.0 to use a telephone on a second device."


#: Read from the environment, as everybody can read a command line: the console's, to log in there by itself.
CONSOLE_PASSWORD = "PHONES_CONSOLE_PASSWORD"


def add_options(found: argparse.ArgumentParser) -> None:
    """Adds them."""
    group = found.add_argument_group("the telephones in the browser, /phones")
    add = group.add_argument
    add("--handset", action="append", default=[], metavar="NAME=NUMBER",
        help="who has one, as sam=+15550100001; repeatable (default: Sam and Kim of the demo)")  # fmt: skip
    add("--company", default="", metavar="NAME", help="whom the caller calls, in words")
    add("--console", default="", metavar="URL", help="a page of the application's, linked beside them")
    add("--phones-at", default="", metavar="HOST[:PORT]",
        help="serves the telephones alone to other devices, by https and a link: 0.0.0.0")  # fmt: skip
    add("--phones-how", default=HOW, help=argparse.SUPPRESS)
    add("--phones-wait", action="store_true", help=argparse.SUPPRESS)


def scene_of(options: argparse.Namespace, model_options: Sequence[str]) -> Scene:
    """What the pages show; raises ValueError and OSError for options that cannot be meant."""
    model = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    model.add_argument("--rules")
    model.add_argument("--proxy")
    read, _ = model.parse_known_args(list(model_options))
    kind = "other" if not options.model else "real" if read.proxy else "local"
    if options.phones_at:
        split(options.phones_at)
    return Scene(
        people(options.handset),
        kind,
        tuple(understood(read.rules)) if kind == "local" else (),
        options.company,
        options.console,
        options.phones_how,
        os.environ.get(CONSOLE_PASSWORD, ""),
        options.phones_wait,
    )
