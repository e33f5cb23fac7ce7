"""All routes, under one prefix."""

from __future__ import annotations

from flask import Flask

from warmtransfer.web import callback, callbacks_api, check, hosts, human, media, supervisor, voice
from warmtransfer.web.api import api
from warmtransfer.web.doorstep import Doorstep
from warmtransfer.web.hooks import hooks
from warmtransfer.web.public import public

#: Importing them has put their routes on `hooks`, and on `api`.
WEBHOOKS = (callback, callbacks_api, check, human, supervisor, voice)


def register(app: Flask, prefix: str) -> None:
    """Give the app our routes under `prefix`."""
    hosts.born(app)
    app.register_blueprint(hooks, url_prefix=prefix or None)
    app.register_blueprint(public, url_prefix=prefix or None)
    app.register_blueprint(api, url_prefix=f"{prefix}/api")
    media.register(app, prefix)
    app.wsgi_app = Doorstep(app.wsgi_app, prefix)  # type: ignore[method-assign]
