"""All of the console's routes, under the app's prefix."""

from __future__ import annotations

from flask import Flask, abort

from warmtransfer.console import before, doing, going, listening, mine, now, panel, people, story
from warmtransfer.console.metrics import metrics
from warmtransfer.console.own import mine as own
from warmtransfer.console.room import console

#: Importing them has put their pages on `console`, or on the humans' own.
PAGES = (before, doing, going, listening, mine, now, panel, people, story)


@console.route("/<path:path>")
def nothing(path: str) -> str:
    """404 for everything else, in words."""
    abort(404, "There is no such page.")


def register(app: Flask, prefix: str) -> None:
    """Give the app the console, the humans' own pages and the metrics under `prefix`."""
    app.register_blueprint(console, url_prefix=f"{prefix}/console")
    app.register_blueprint(own, url_prefix=f"{prefix}/my")
    app.register_blueprint(metrics, url_prefix=prefix or None)
