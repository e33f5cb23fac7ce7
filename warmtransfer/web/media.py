"""The media stream's route: checks who comes, has flask-sock accept, and gives the socket to the relay.

The signature is checked before flask-sock is asked: it accepts before any handler runs. Nothing of it or of
simple-websocket is left that could read or write afterwards.
"""

from __future__ import annotations

import logging
import re
import socket
import threading
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Flask, Request, Response, abort, request
from flask_sock import Sock

from warmtransfer.relay.opening import NotAStream, read_start, refuse
from warmtransfer.relay.stream import Finished
from warmtransfer.web.parts import parts

log = logging.getLogger("warmtransfer")

#: Names in the WSGI environment, between our route and flask-sock's.
PARTS = "warmtransfer.parts"
MODE = "warmtransfer.mode"
#: Seconds in which a stream must say who it is.
START_SECONDS = 5.0
#: 16 bytes of base64 (RFC 6455, section 4.1).
KEY = re.compile(r"[A-Za-z0-9+/]{22}==")


class _NoThread(threading.Thread):
    """simple-websocket's reader, which never reads: two readers would tear the stream apart."""

    def start(self) -> None:
        """Do not."""


def doorway() -> Flask:
    """flask-sock's side of the route, as a small app of its own.

    flask-sock takes the reader's thread class from its app's configuration only; in the host's it would
    break every other socket of the host.
    """
    door = Flask("warmtransfer_doorway")
    door.config["SOCK_SERVER_OPTIONS"] = {"thread_class": _NoThread}

    def stream(ws: Any) -> None:
        ws.connected = False  # nothing of simple-websocket writes from here on, not even a close
        here = request.environ[PARTS]
        request.environ[MODE] = ws.mode
        serve(ws.sock, here.desk.admit, here.switchboard.attach, here.clock.real(START_SECONDS))

    Sock(door).route("/")(stream)
    return door


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
    if not is_upgrade(request):
        return Response("Not a WebSocket upgrade.\n", 400, mimetype="text/plain")
    here.life.start()
    # No compression is offered (39 us a delta for a third fewer bytes), so none is agreed on.
    environ = {key: value for key, value in request.environ.items() if key != "HTTP_SEC_WEBSOCKET_EXTENSIONS"}
    environ.update({"PATH_INFO": "/", "SCRIPT_NAME": "", PARTS: here, MODE: ""})
    with DOOR.request_context(environ):
        DOOR.full_dispatch_request()
    return Taken(environ[MODE])


def is_upgrade(asked: Request) -> bool:
    """Whether flask-sock's own handshake will find what it needs: it raises where something is missing."""
    key = asked.headers.get("Sec-WebSocket-Key", "")
    return asked.headers.get("Sec-WebSocket-Version") == "13" and KEY.fullmatch(key) is not None


DOOR = doorway()


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
