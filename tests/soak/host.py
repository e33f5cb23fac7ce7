"""The app under test, as `wsgi.py` serves it, and what it holds: `python -m tests.soak.host SPEED SINCE`."""

from gevent import monkey

monkey.patch_all()

import gc  # noqa: E402
import json  # noqa: E402
import logging  # noqa: E402
import os  # noqa: E402
import sys  # noqa: E402
import threading  # noqa: E402
from collections.abc import Callable, Iterable  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

import gevent  # noqa: E402
from flask import Flask  # noqa: E402
from gevent.event import Event  # noqa: E402

from warmtransfer import WarmTransfer, leaving  # noqa: E402
from warmtransfer.clock import Clock  # noqa: E402
from warmtransfer.config import from_environment  # noqa: E402
from warmtransfer.serving import Server  # noqa: E402

_PAGE = os.sysconf("SC_PAGE_SIZE")


def held() -> dict[str, float]:
    """What this process holds: bytes, descriptors, threads and greenlets."""
    gc.collect()
    greenlets = [each for each in gc.get_objects() if isinstance(each, gevent.Greenlet) and not each.dead]
    return {
        "memory": int(Path("/proc/self/statm").read_text().split()[1]) * _PAGE,
        "descriptors": len(os.listdir("/proc/self/fd")),
        "threads": len(os.listdir("/proc/self/task")),
        "greenlets": len(greenlets),
        "python_threads": threading.active_count(),
    }


class Told:
    """The app, which also says at `/held` what it holds."""

    def __init__(self, app: Callable[..., Iterable[bytes]]) -> None:
        self._app = app

    def __call__(self, environ: dict[str, Any], start: Callable[..., object]) -> Iterable[bytes]:
        if environ["PATH_INFO"] != "/held":
            return self._app(environ, start)
        body = json.dumps(held()).encode()
        start("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
        return [body]


def main() -> None:
    """Serve until SIGTERM, and leave as `wsgi.py` does."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s.%(msecs)03d %(message)s", datefmt="%H:%M:%S")
    app = Flask("host")
    app.config.update(from_environment(os.environ))
    warmtransfer = WarmTransfer(app, clock=Clock(*map(float, sys.argv[1:])))
    life = app.extensions["warmtransfer"].life
    told, hub = Event(), gevent.get_hub().loop
    leaving.Signals(lambda: hub.run_callback_threadsafe(told.set))
    server = Server(("127.0.0.1", int(os.environ["PORT"])), Told(app))
    server.init_socket()
    server.start()
    try:
        warmtransfer.start(app)
        told.wait()
        leaving.leave(server, life)
    finally:
        life.stop()


if __name__ == "__main__":
    main()
