"""The app under test with a boundary at every side of it, many times over: see `tests/calls/making.py`.

`CLOCK` in a process's environment is the speed, and since when it holds.
"""

from gevent import monkey

monkey.patch_all()

import logging  # noqa: E402
import os  # noqa: E402
from typing import Any  # noqa: E402

from flask import Flask  # noqa: E402

from tests.calls.making import make  # noqa: E402
from tests.chaos.boundaries import (  # noqa: E402
    Boundaries,
    WatchedCarrier,
    WatchedLoop,
    WatchedStore,
    WatchedWeb,
)
from warmtransfer import WarmTransfer  # noqa: E402
from warmtransfer.clock import Clock  # noqa: E402
from warmtransfer.config import from_environment  # noqa: E402
from warmtransfer.ports.carrier import rest  # noqa: E402
from warmtransfer.ports.store.owner import Owner  # noqa: E402
from warmtransfer.serving import Server  # noqa: E402


def serve() -> None:
    """Serve until killed, with every boundary watched."""
    environ, clock = os.environ, Clock(*map(float, os.environ["CLOCK"].split()))
    logging.basicConfig(level=logging.INFO, format="%(asctime)s.%(msecs)03d %(message)s", datefmt="%H:%M:%S")
    passes, port = Boundaries(), int(environ["PORT"])
    account = rest.Account(environ["TWILIO_ACCOUNT_SID"], environ["TWILIO_AUTH_TOKEN"])
    carrier = rest.Carrier(
        account, environ["TWILIO_API_BASE_URL"], float(environ["WARMTRANSFER_REST_TIMEOUT"])
    )
    loop = WatchedLoop(passes, port)
    owner = Owner(environ["TWILIO_ACCOUNT_SID"], environ["TWILIO_NUMBER"])
    store = WatchedStore(environ["DATABASE_URL"], loop.offload, clock.now, owner=owner, passes=passes)
    app = Flask("host")
    app.config.update(from_environment(environ))
    watched: Any = WatchedCarrier(carrier, passes)
    warmtransfer = WarmTransfer(app, clock=clock, carrier=watched, store=store, loop=loop)
    server = Server(("127.0.0.1", port), WatchedWeb(app, passes))
    warmtransfer.start(app)
    server.serve_forever()


if __name__ == "__main__":
    make(serve)
