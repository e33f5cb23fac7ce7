"""The app under test as a process of its own: patched like `wsgi.py`, its clock as fast as the story.

`CLOCK` in the environment is the speed, and since when it holds. With the argument `many` it makes such
processes as it is asked to, each in a moment.
"""

from gevent import monkey

monkey.patch_all()

import logging  # noqa: E402
import os  # noqa: E402
import sys  # noqa: E402
import time  # noqa: E402

import gevent  # noqa: E402
from flask import Flask  # noqa: E402
from gevent.event import Event  # noqa: E402

from tests.calls.making import make  # noqa: E402
from warmtransfer import WarmTransfer, leaving  # noqa: E402
from warmtransfer.clock import Clock  # noqa: E402
from warmtransfer.config import from_environment  # noqa: E402
from warmtransfer.serving import Server  # noqa: E402


def main() -> None:
    """Serve until SIGTERM, in the way of `wsgi.py`."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s.%(msecs)03d %(message)s", datefmt="%H:%M:%S")
    app = Flask("host")
    app.config.update(from_environment(os.environ))
    speed, since = map(float, os.environ["CLOCK"].split())
    warmtransfer = WarmTransfer(app, clock=Clock(speed, since))
    if slow := float(os.environ.get("SLOW_TOOL", 0)):

        @warmtransfer.tool
        def look_up_order(order: str) -> dict[str, str]:
            """Look up an order by its number."""
            time.sleep(slow / speed)
            return {"order": order, "status": "on its way"}

    server = Server(("127.0.0.1", int(os.environ["PORT"])), app)
    told = Event()
    hub = gevent.get_hub().loop
    leaving.Signals(lambda: hub.run_callback_threadsafe(told.set))
    warmtransfer.start(app)
    server.start()
    try:
        told.wait()
        leaving.leave(server, app.extensions["warmtransfer"].life)
    finally:
        warmtransfer.stop(app)


if __name__ == "__main__":
    make(main) if sys.argv[1:] == ["many"] else main()
