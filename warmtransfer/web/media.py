"""The media stream's route: checks who comes, has flask-sock accept, and gives the socket to the relay; and
how any other WebSocket of ours is taken over.

The signature is checked before flask-sock is asked: it accepts before any handler runs. Nothing of it or of
simple-websocket is left that could read or write afterwards. All of this happens when the server iterates
over our answer: the host's request has been torn down by then, and holds nothing for the length of a call.
"""

from __future__ import annotations

import logging
import os
import re
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from flask import Blueprint, Flask, Request, Response, abort, request
from flask_sock import Sock

from warmtransfer.errors import Leaving, log_fault
from warmtransfer.relay.opening import NotAStream, read_start, refuse
from warmtransfer.relay.stream import Finished
from warmtransfer.web import hosts
from warmtransfer.web.parts import Parts, parts

log = logging.getLogger("warmtransfer")

#: Names in the WSGI environment, between our route and flask-sock's.
HOLD = "warmtransfer.hold"
MODE = "warmtransfer.mode"
#: Seconds in which a stream must say who it is.
START_SECONDS = 5.0
#: The WebSocket of a server that has shaken hands itself: gevent-websocket's handler.
UPGRADED = "wsgi.websocket"

NO_SOCKET = (
    "a media stream was refused: this server (%s) has no WebSockets, so no caller can hear the AI; serve the "
    "app by gunicorn, by gevent's server as wsgi.py does, or by flask run (see " + hosts.PAGE + ")"
)
ONE_THREAD = (
    "a media stream was refused: this server (%s) has one thread and TLS of its own, so a call would stop "
    "all else; give it threads (gunicorn --threads 50), or end TLS in front of it (see " + hosts.PAGE + ")"
)
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
        request.environ[MODE] = ws.mode
        request.environ[HOLD](ws.sock)

    Sock(door).route("/")(stream)
    return door


class Taken(Response):
    """What a server gets for a WebSocket: iterated over, it is that, and there is nothing to write.

    `hold(sock)` is given the accepted socket, may block for as long as the server has to keep its own, and
    never raises.
    """

    def __init__(self, environ: Mapping[str, Any], hold: Callable[[Any], object]) -> None:
        super().__init__()
        self._environ = dict(environ)
        self._hold = hold

    def __call__(self, environ: Any, start_response: Any) -> Any:
        """Only this object: the host's request is over when the server asks for more."""
        return self

    def __iter__(self) -> Iterator[bytes]:
        """Serve the stream, and end the request without a word, in the way this server understands."""
        self.close()
        mode = self._serve()
        if mode == "gunicorn":
            raise StopIteration
        if mode == "werkzeug":
            raise ConnectionAbortedError("the socket was taken over")
        if mode == "gevent":
            # It would read its next request from there.
            source = self._environ["wsgi.input"]
            getattr(source, "rfile", source).close()
        return iter(())

    def close(self) -> None:
        """Run what the host has put off until the end of the response, once."""
        super().close()
        self._on_close.clear()

    def _serve(self) -> str:
        if (upgraded := self._environ.get(UPGRADED)) is not None:
            self._hold(upgraded.handler.socket.dup())
            return UPGRADED
        # No compression is offered (39 us a delta for a third fewer bytes), so none is agreed on.
        self._environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)
        self._environ.update({"PATH_INFO": "/", "SCRIPT_NAME": "", HOLD: self._hold, MODE: ""})
        with DOOR.request_context(self._environ):
            DOOR.full_dispatch_request()
        return str(self._environ[MODE])


def register(app: Flask, prefix: str) -> None:
    """Give the app the stream's route."""
    blueprint = hosts.watch(Blueprint("warmtransfer_media", __name__))
    blueprint.add_url_rule("/media", "media", media, websocket=True)
    blueprint.add_url_rule("/media", "no_media", no_media, methods=["GET", "POST"])
    app.register_blueprint(blueprint, url_prefix=prefix or None)


def no_media() -> Response:
    """Anything but a WebSocket: 426."""
    hosts.reached()
    return Response("This is a WebSocket.\n", 426, {"Upgrade": "websocket"}, mimetype="text/plain")


def media() -> Response:
    """Serve one stream; 403 before the upgrade unless Twilio signed it."""
    here = parts()
    hosts.reached()
    if not here.guard.admits_stream(request):
        abort(403)
    return taken(partial(hold, here=here))


def taken(hold: Callable[[Any], object]) -> Response:
    """Have `hold` take over the socket of this request, from whom it may come; or why that cannot be."""
    here = parts()
    if not is_upgrade(request):
        return Response("Not a WebSocket upgrade.\n", 400, mimetype="text/plain")
    if fault := unable(request.environ):
        hosts.say(fault, request.environ.get("SERVER_SOFTWARE", "unknown"))
    if fault or hosts.misplaced():
        return Response("This server cannot serve streams; its log says why.\n", 503, mimetype="text/plain")
    if here.life.leaving:
        return Response("This process is ending.\n", 503, mimetype="text/plain")
    here.life.start()
    return Taken(request.environ, hold)


def is_upgrade(asked: Request) -> bool:
    """Whether flask-sock's own handshake will find what it needs: it raises where something is missing."""
    key = asked.headers.get("Sec-WebSocket-Key", "")
    return asked.headers.get("Sec-WebSocket-Version") == "13" and KEY.fullmatch(key) is not None


def unable(environ: Mapping[str, Any]) -> str:
    """Why this server cannot serve a stream, or empty."""
    if environ.get(UPGRADED) is not None:
        return ""
    sock = environ.get("werkzeug.socket") or environ.get("gunicorn.socket")
    if sock is None:
        gevent = str(environ.get("SERVER_SOFTWARE", "")).startswith("gevent/")
        return "" if gevent else NO_SOCKET
    return "" if type(sock) is socket.socket or environ.get("wsgi.multithread") else ONE_THREAD


DOOR = doorway()


def hold(sock: socket.socket, here: Parts) -> None:
    """Serve an accepted socket; return before the stream ends where the server can do without its socket."""
    finished = serve(sock, here.desk.admit, here.switchboard.attach, here.clock.real(START_SECONDS))
    if finished is not None:
        finished.wait()


def pass_on(sock: Any, enter: Callable[[Any], Finished]) -> None:
    """Give an accepted socket to who has it from now on; return before its end where that can be.

    Never raises; closes what fails.
    """
    try:
        ours, alone = released(sock)
        finished = enter(ours)
    except Exception as exc:  # noqa: BLE001 - whoever opened it opens it again
        log_fault(log, exc, "a WebSocket could not be served")
        refuse(sock)
    else:
        if not alone:
            finished.wait()


def released(sock: socket.socket) -> tuple[socket.socket, bool]:
    """The socket, and whether it is ours alone: then the server may end its request, and use its thread.

    The server keeps a socket whose other end is closed: what it shuts down or closes is not the call's. That
    cannot be had of TLS; and a patched gevent's request is a greenlet, which may as well wait.
    """
    if hosts.patched():
        return sock, False
    if type(sock) is socket.socket:
        ours = sock.dup()
        nothing, other = socket.socketpair()
        other.close()
        with nothing:
            os.dup2(nothing.fileno(), sock.fileno(), inheritable=False)
        return ours, True
    if type(sock).__module__.startswith("gevent."):
        return socket.socket(fileno=os.dup(sock.fileno())), True
    return sock, False


def serve(
    sock: socket.socket,
    admit: Callable[[str], tuple[str, int] | None],
    attach: Callable[[str, int, socket.socket, str, bytes], Finished],
    seconds: float,
) -> Finished | None:
    """Hand an accepted socket to the relay; what to wait for, if the server's request has to last as long.

    Never raises; closes what fails.
    """
    try:
        opened = read_start(sock, seconds)
        known = admit(opened.token)
        if known is None:
            raise NotAStream("its token is unknown or used")
        ours, alone = released(sock)
        try:
            finished = attach(*known, ours, opened.stream_sid, opened.leftover)
        except BaseException:
            refuse(ours)
            raise
    except (NotAStream, Leaving) as exc:
        log.warning("a media stream was refused: %s", exc)
        refuse(sock)
    except Exception as exc:  # noqa: BLE001 - Twilio then asks what to do instead
        log_fault(log, exc, "a media stream could not be served")
        refuse(sock)
    else:
        return None if alone else finished
    return None
