"""All of the console's routes, under the app's prefix."""

from __future__ import annotations

from flask import Flask, abort

from warmtransfer.console import acting, before, going, now, people, story
from warmtransfer.console.metrics import metrics
from warmtransfer.console.room import console

#: Importing them has put their pages on `console`.
PAGES = (acting, before, going, now, people, story)


@console.route("/<path:path>")
def nothing(path: str) -> str:
    """404 for everything else, in words."""
    abort(404, "There is no such page.")


def register(app: Flask, prefix: str) -> None:
    """Give the app the console and the metrics under `prefix`."""
    app.register_blueprint(console, url_prefix=f"{prefix}/console")
    app.register_blueprint(metrics, url_prefix=prefix or None)
