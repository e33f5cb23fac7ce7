"""The app under test, many times over: `python -m tests.chaos.host SPEED SINCE` loads everything once.

Each line on its input is the environment of a process to be made, as JSON, which is answered by its number;
when one has ended, its number is told again, with a minus. What is made serves as `tests/calls/host.py` does,
with a boundary at every side of it.
"""

from gevent import monkey

monkey.patch_all()

import json  # noqa: E402
import logging  # noqa: E402
import os  # noqa: E402
import signal  # noqa: E402
import sys  # noqa: E402
from typing import Any  # noqa: E402

import gevent  # noqa: E402
from flask import Flask  # noqa: E402

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
from warmtransfer.relay.wishes.reading import prepare  # noqa: E402
from warmtransfer.serving import Server  # noqa: E402


def serve(environ: dict[str, str], clock: Clock) -> None:
    """Serve until killed, with every boundary watched."""
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


def load() -> None:
    """Do once what each process would need a second for: the rules of all languages, Twilio's modules."""
    prepare()
    rest.Carrier(rest.Account("AC", "token"))


def make(environ: dict[str, str], clock: Clock) -> int:
    """A process that serves; its number. It never returns in that process."""
    pid: int = monkey.get_original("os", "fork")()
    if pid:
        return pid
    status = 1
    try:
        signal.set_wakeup_fd(-1)
        monkey.get_original("signal", "signal")(signal.SIGCHLD, signal.SIG_DFL)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(2, 1)
        gevent.reinit(gevent.get_hub())
        serve(environ, clock)
        status = 0
    finally:
        sys.stderr.flush()
        os._exit(status)


def main() -> None:
    """Make processes as they are asked for, and tell of their ends, until the input ends."""
    clock = Clock(*map(float, sys.argv[1:]))
    load()
    awake, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.set_wakeup_fd(wake)
    monkey.get_original("signal", "signal")(signal.SIGCHLD, lambda *_: None)
    asked, made = b"", set[int]()
    while True:
        ready, _, _ = monkey.get_original("select", "select")([0, awake], [], [])
        if awake in ready:
            os.read(awake, 4096)
            made -= reap()
        if 0 in ready:
            more = os.read(0, 65536)
            if not more:
                for pid in made:
                    os.kill(pid, signal.SIGKILL)
                return
            *lines, asked = (asked + more).split(b"\n")
            for line in lines:
                pid = make(json.loads(line), clock)
                made.add(pid)
                os.write(1, f"{pid}\n".encode())


def reap() -> set[int]:
    """Tell of every child that has ended: one that nobody waits for would look alive to its neighbours."""
    ended = set[int]()
    while True:
        try:
            pid, _ = monkey.get_original("os", "waitpid")(-1, os.WNOHANG)
        except ChildProcessError:
            return ended
        if not pid:
            return ended
        ended.add(pid)
        os.write(1, f"{-pid}\n".encode())


if __name__ == "__main__":
    main()
