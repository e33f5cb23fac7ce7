"""The HTTP server of the ready app: gevent's pywsgi, with an end to every silence.

What a silence is, and who has to go when there are too many, is `doorkeeper`'s. A stream's socket is the
relay's, and never counted.
"""

from __future__ import annotations

import contextlib
import logging
import socket
import time
from http.client import HTTPException
from typing import Any

import gevent
from gevent import pywsgi

from warmtransfer.doorkeeper import Doorkeeper, Limits, fitting
from warmtransfer.sparing import Sparing
from warmtransfer.web.doorstep import possible_host
from warmtransfer.web.guard import SIGNED

log = logging.getLogger("warmtransfer")
lines = Sparing(log)

BAD_REQUEST = b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
TOO_LARGE = b"HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


class Head:
    """A request's headers, as a file that ends in an error beyond their size."""

    def __init__(self, file: Any, left: int) -> None:
        self._file = file
        self._left = left

    def readline(self, size: int) -> bytes:
        """The next line."""
        line: bytes = self._file.readline(size)
        self._left -= len(line)
        if self._left < 0:
            raise ValueError("the headers are too large")
        return line


class Body(pywsgi.Input):  # type: ignore[misc]
    """A request's body: read within its time, and never for its own sake."""

    __slots__ = ("connection", "until")

    def read(self, length: int | None = None) -> bytes:
        """At most `length` bytes; all without."""
        return self._waiting(super().read, length)

    def readline(self, size: int | None = None) -> bytes:
        """One line."""
        return self._waiting(super().readline, size)

    def left(self) -> bool:
        """Whether the peer may still send some of it."""
        if self.chunked_input:
            return bool(self.chunk_length != 0)
        return bool(self.position < (self.content_length or 0))

    def _discard(self) -> None:
        """Leave unread what the app did not want: the connection is closed instead."""

    def _waiting(self, read: Any, length: int | None) -> bytes:
        keeper = self.connection.keeper
        keeper.silent(self.connection, self.until - time.monotonic())
        try:
            data: bytes = read(length)
        finally:
            keeper.heard(self.connection)
        return data


class Connection(pywsgi.WSGIHandler):  # type: ignore[misc]
    """One connection; what is no request is refused in a line."""

    wsgi_input: Any
    close_connection: bool

    def __init__(self, sock: Any, address: Any, server: Server) -> None:
        super().__init__(sock, address, server)
        self.keeper = server.keeper
        self.client = str(address[0]) if address else ""
        self.trusted = False
        self._fresh = True

    def handle(self) -> None:
        """Serve the connection to its end."""
        self.keeper.open += 1
        try:
            super().handle()
        except OSError:
            pass  # the peer has gone in the middle of a refusal
        finally:
            self.keeper.heard(self)
            self.keeper.open -= 1

    def cut(self) -> None:
        """End it now: whoever reads or writes here gets an end of file."""
        with contextlib.suppress(OSError, AttributeError):
            self.socket.shutdown(socket.SHUT_RDWR)

    # Reading ----------------------------------------------------------------------------------------

    def handle_one_request(self) -> Any:
        """Read one head within its time, and answer."""
        limits = self.keeper.limits
        try:
            if not self._fresh:
                self.keeper.silent(self, limits.trusted if self.trusted else limits.idle)
                if not self.rfile.peek(1):
                    return None
            self._fresh = False
            self.keeper.silent(self, limits.head)
            return super().handle_one_request()
        except OSError:
            return None
        finally:
            self.keeper.heard(self)

    def read_request(self, raw_requestline: str) -> bool:
        """The head; ValueError for what is none."""
        try:
            super().read_request(raw_requestline)
        except HTTPException as fault:  # too many headers, or a line of them that is too long
            raise ValueError(type(fault).__name__) from None
        if "\0" in raw_requestline or not possible_host(self.headers.get("host", "")):
            raise ValueError("an impossible path or host")
        self.keeper.heard(self)
        return True

    def MessageClass(self, *args: Any) -> Any:  # noqa: N802 - gevent's name
        """The headers, parsed as they come."""
        return super().MessageClass(Head(self.rfile, self.keeper.limits.head_bytes), *args[1:])

    def get_environ(self) -> dict[str, Any]:
        """The request, its body with a time limit."""
        environ: dict[str, Any] = super().get_environ()
        given = self.wsgi_input
        body = Body(given.rfile, given.content_length, given.socket, given.chunked_input)
        body.connection, body.until = self, time.monotonic() + self.keeper.limits.body
        if environ["wsgi.input"] is given:
            environ["wsgi.input"] = body
        self.wsgi_input = body
        return environ

    # Answering --------------------------------------------------------------------------------------

    def handle_one_response(self) -> None:
        """Have the app answer; a body beyond all sizes is refused before."""
        if (self.content_length or 0) > self.keeper.limits.bytes:
            self._refuse("a body that is too large", TOO_LARGE)
            return
        super().handle_one_response()
        self.close_connection = self.close_connection or self.wsgi_input.left()

    def finalize_headers(self) -> None:
        """Say that the connection ends, where the body was not read, or we leave."""
        super().finalize_headers()
        if (self.wsgi_input.left() or self.server.leaving) and not self.connection_upgraded:
            self.close_connection = True
            self.response_headers.append((b"Connection", b"close"))

    def _sendall(self, data: bytes) -> None:
        self.trusted = self.trusted or bool(self.environ and self.environ.get(SIGNED))
        self.keeper.silent(self, self.keeper.limits.taking)
        try:
            super()._sendall(data)
        finally:
            self.keeper.heard(self)

    # Refusing ---------------------------------------------------------------------------------------

    def _handle_client_error(self, ex: Exception) -> tuple[str, bytes]:
        self._say(type(ex).__name__)
        return "400", BAD_REQUEST

    def handle_error(self, t: Any, v: Any, tb: Any) -> None:
        """An error that came out of the app: its kind and place, never its values."""
        while tb is not None and tb.tb_next is not None:
            tb = tb.tb_next
        place = f"{tb.tb_frame.f_code.co_filename}:{tb.tb_lineno}" if tb is not None else "nowhere"
        name = getattr(t, "__name__", "an error")
        if not issubclass(t, gevent.GreenletExit):
            lines.say(name, logging.ERROR, "a request failed in the server: %s at %s", name, place)
        self._send_error_response_if_possible(500)

    def log_error(self, msg: str, *args: Any) -> None:
        """gevent's own complaints quote what a stranger sent: only that there was one is kept."""
        self._say("malformed")

    def _refuse(self, what: str, answer: bytes) -> None:
        self._say(what)
        self.close_connection = True
        with contextlib.suppress(OSError):
            self._sendall(answer)

    def _say(self, what: str) -> None:
        lines.say("bad request", logging.WARNING, "a request that is no HTTP was refused: %s", what)


class Server(pywsgi.WSGIServer):  # type: ignore[misc]
    """Serves an app; see the module."""

    handler_class = Connection

    def __init__(self, where: tuple[str, int] | int, app: Any, limits: Limits | None = None) -> None:
        """`where` is an address to listen on, or the descriptor of a socket that other processes share."""
        shared = isinstance(where, int)
        super().__init__(
            socket.socket(fileno=where) if isinstance(where, int) else where,
            app,
            log=None,
            error_log=logging.getLogger("gevent"),
            # It then takes one connection at a time, and leaves the next one to whoever is free.
            environ={"wsgi.multiprocess": shared},
        )
        self.keeper = Doorkeeper(limits or fitting())
        self._looking: Any = None
        self.leaving = False

    def init_socket(self) -> None:
        """Take the port. OSError when it cannot be had."""
        super().init_socket()
        # Inherited by every connection: pywsgi writes head and body apart, and on a connection that is kept
        # the body would wait 40 ms for the peer's delayed acknowledgement of the head (RFC 896, RFC 1122).
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def start_accepting(self) -> None:
        """Let connections in, and end their silences."""
        super().start_accepting()
        if self._looking is None:
            self._looking = gevent.spawn(self._look)

    def leave(self) -> None:
        """Keep no connection behind its answer from now on: a proxy would send its next request there."""
        self.leaving = True

    def leave_port(self) -> None:
        """Take no more connections, which others do; those that are there are served."""
        super().close()

    def quiet(self) -> float:
        """Seconds for which nobody has been waiting for an answer."""
        return self.keeper.quiet()

    def close(self) -> None:
        """Take no more."""
        super().close()
        if self._looking is not None:
            self._looking.kill(block=False)

    def handle(self, sock: Any, address: Any) -> None:
        """Serve one connection, unless there are too many."""
        if self.keeper.open >= self.keeper.limits.most:
            lines.say("full", logging.ERROR, "a connection was refused: %d are open", self.keeper.open)
            return
        super().handle(sock, address)

    def _look(self) -> None:
        while True:
            gevent.sleep(min(1.0, self.keeper.limits.head / 4))
            self.keeper.look()
