"""Documents that Twilio hosts itself, for which no app is needed: what `flask … fallback` prints."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

from tests.calls.world import PUBLIC
from warmtransfer.core.rules import Rules
from warmtransfer.web.links import Links
from warmtransfer.web.twiml import Documents
from warmtransfer.web.twiml.away import Away
from warmtransfer.web.twiml.phrasing import Phrasing


def away(last_resort: str = "") -> Away:
    """The documents of a deployment with this number of last resort."""
    phrasing = Phrasing(number="+15550100000", last_resort=last_resort)
    return Documents(Links(PUBLIC), phrasing, Rules).away


def hosted(folder: Path, last_resort: str = "") -> str:
    """Where the simulator keeps the document for callers: a file."""
    path = folder / "fallback.xml"
    path.write_text(away(last_resort).fallback())
    return path.as_uri()


class _Bin(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Type", "text/xml")
        self.end_headers()
        self.wfile.write(away().fallback_human().encode())

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def hosted_for_humans() -> Iterator[str]:
    """Where the document for humans is had: by HTTP, since REST requests name no files."""
    server = HTTPServer(("127.0.0.1", 0), _Bin)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join(5)
        server.server_close()
