"""Small HTTP servers on loopback that tell what they are given to tell."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@contextlib.contextmanager
def telling(answers: Mapping[str, Any]) -> Iterator[str]:
    """A server's URL: what it answers by path, as JSON or bytes as they are; 404 for all else."""

    class Answering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            """Answer."""
            told = answers.get(self.path)
            body = told if isinstance(told, bytes) else json.dumps(told).encode()
            self.send_response(404 if told is None else 200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Place:
    """A port that takes connections and never says a word."""

    def __init__(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"

    def __enter__(self) -> Place:
        return self

    def __exit__(self, *_: object) -> None:
        self._listening.close()
