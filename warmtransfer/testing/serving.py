"""A host's Flask app as the phone network reaches it: served by a thread of this process, its clock fast."""

from __future__ import annotations

import socket
import threading
from typing import Any, cast

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

from warmtransfer.web.parts import NAME, Parts


class NotOurs(Exception):
    """The app cannot be phoned; the message says why, and what to change."""


class Quiet(WSGIRequestHandler):
    """Answers requests without a line for each."""

    def log_request(self, *_: Any) -> None:
        """Nothing: the network's trace has it."""


class Served:
    """One app on a socket that stays open when it goes; started at once."""

    def __init__(self, app: Flask, listening: socket.socket, speed: float) -> None:
        self.app = app
        self.parts = parts_of(app)
        if self.parts.life.started_in:
            raise NotOurs(
                "The app has been started before it was given to phone_network, so its clock cannot be made "
                "fast: leave out WarmTransfer.start(app) in tests."
            )
        self.parts.clock.hurry(speed)
        self.parts.life.start()
        host, port = listening.getsockname()
        self._server = make_server(
            host, port, app, threaded=True, request_handler=Quiet, fd=listening.fileno()
        )
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), name="phoned app")
        self._thread.daemon = True
        self._thread.start()

    def stop(self) -> None:
        """End all that runs for the app; it cannot be phoned again."""
        self.parts.life.stop()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def parts_of(app: Flask) -> Parts:
    """The app's parts; NotOurs for one without WarmTransfer."""
    if not isinstance(app, Flask) or NAME not in app.extensions:
        raise NotOurs(f"{app!r} is no Flask app with WarmTransfer on it: say init_app(app).")
    return cast(Parts, app.extensions[NAME])
