"""The media stream's route: checks who comes, accepts the WebSocket, and gives its socket to the relay.

simple-websocket does the handshake of whatever server runs us; nothing of it is left that could read or write
afterwards. flask-sock's own route is not used: it accepts before anybody could check a signature, starts a
reader thread, and offers compression.
"""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Flask, Response, abort, request
from simple_websocket import ConnectionClosed, ConnectionError, Server

from warmtransfer.runtime.opening import NotAStream, read_start, refuse
from warmtransfer.runtime.stream import Finished
from warmtransfer.web.parts import parts

log = logging.getLogger("warmtransfer")

#: Seconds in which a stream must say who it is.
START_SECONDS = 5.0


class _NoThread(threading.Thread):
    """simple-websocket's reader, which never reads: two readers would tear the stream apart."""

    def start(self) -> None:
        """Do not."""


class Handshake(Server):  # type: ignore[misc]
    """Accepts the upgrade, without compression, and nothing more."""

    def __init__(self, environ: dict[str, Any]) -> None:
        plain = {key: value for key, value in environ.items() if key != "HTTP_SEC_WEBSOCKET_EXTENSIONS"}
        super().__init__(plain, thread_class=_NoThread)

    def taken(self) -> socket.socket:
        """The socket, which belongs to the caller from now on."""
        sock: socket.socket = self.sock
        return sock


class Taken(Response):
    """What a server gets back for a socket it does not own any more: nothing to write."""

    def __init__(self, mode: str) -> None:
        super().__init__()
        self._mode = mode

    def __call__(self, environ: Any, start_response: Any) -> Any:
        """End the request without a word, in the way this server understands."""
        if self._mode == "gunicorn":
            raise StopIteration
        if self._mode == "werkzeug":
            raise ConnectionAbortedError("the socket was taken over")
        return []


def register(app: Flask, prefix: str) -> None:
    """Give the app the stream's route."""
    blueprint = Blueprint("warmtransfer_media", __name__)
    blueprint.add_url_rule("/media", "media", media, websocket=True)
    blueprint.add_url_rule("/media", "no_media", no_media, methods=["GET", "POST"])
    app.register_blueprint(blueprint, url_prefix=prefix or None)


def no_media() -> Response:
    """Anything but a WebSocket: 426."""
    return Response("This is a WebSocket.\n", 426, {"Upgrade": "websocket"}, mimetype="text/plain")


def media() -> Response:
    """Serve one stream; 403 before the upgrade unless Twilio signed it."""
    here = parts()
    if not here.guard.admits_stream(request):
        abort(403)
    here.life.start()
    try:
        shaken = Handshake(request.environ)
    except (ConnectionError, ConnectionClosed, RuntimeError, OSError) as exc:
        log.warning("a media stream's upgrade failed: %s", type(exc).__name__)
        return Response("Not a WebSocket upgrade.\n", 400, mimetype="text/plain")
    serve(shaken.taken(), here.desk.admit, here.lines.attach, here.clock.real(START_SECONDS))
    return Taken(shaken.mode)


def serve(
    sock: socket.socket,
    admit: Callable[[str], tuple[str, int] | None],
    attach: Callable[[str, int, socket.socket, str, bytes], Finished],
    seconds: float,
) -> None:
    """Hand an accepted socket to the relay and wait for the stream's end. Never raises; closes what fails."""
    try:
        opened = read_start(sock, seconds)
        known = admit(opened.token)
        if known is None:
            raise NotAStream("its token is unknown or used")
        finished = attach(*known, sock, opened.stream_sid, opened.leftover)
    except NotAStream as exc:
        log.warning("a media stream was refused: %s", exc)
        refuse(sock)
    except Exception:
        log.exception("a media stream could not be served")
        refuse(sock)
    else:
        finished.wait()
