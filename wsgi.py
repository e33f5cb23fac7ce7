"""The ready app: `python wsgi.py` serves it, `flask --app wsgi …` looks at its calls.

One process serves; with `WEB_CONCURRENCY`, and PostgreSQL, it starts as many that do.
"""

import gc
import os

if __name__ == "__main__":
    from warmtransfer import keyfile, worker

    told_by_file = keyfile.beside(__file__, os.environ)
    if (count := worker.wanted(os.environ)) > 1:
        from warmtransfer import address, parent

        # Here, so that all of them have the same: a worker that is started later could find another tunnel.
        raise SystemExit(parent.lead(count, (told_by_file, address.settle(os.environ)[0])))

    from gevent import monkey

    monkey.patch_all()
    # What is loaded until calls are served stays: to look through it for garbage was a tenth of a start.
    gc.disable()

import faulthandler
import logging
import sys
from collections.abc import Mapping
from typing import Any

from flask import Flask

from warmtransfer import ConfigError, WarmTransferError, commands, create_app, keyfile, worker


def build(environ: Mapping[str, str]) -> Flask:
    """The app; ends the process with status 2 and one message when the configuration is wrong.

    Where it is loaded for `flask --app wsgi warmtransfer …` only, the database's address is enough.
    """
    try:
        return create_app(environ)
    except ConfigError as fault:
        if commands.wanted():
            return commands.app_to_look_with(environ)
        raise _refused(fault) from None


def _refused(fault: ConfigError) -> SystemExit:
    if told_by_file:
        print(told_by_file, file=sys.stderr)
    print(fault, file=sys.stderr)
    return SystemExit(2)


def _check(records: Any) -> None:
    try:
        records.open()
    except ConfigError as fault:
        raise _refused(fault) from None


if __name__ != "__main__":
    told_by_file = keyfile.beside(__file__, os.environ)

# How many there are is settled above: to this process the host's wish means nothing.
app = build({**os.environ, worker.PROCESSES: "1"} if __name__ == "__main__" else os.environ)


def serve() -> None:
    """Serve until SIGTERM or SIGINT; calls that are up come back to another process, or the next one."""
    import gevent
    from gevent.event import Event

    from warmtransfer import leaving
    from warmtransfer.serving import Server
    from warmtransfer.visible import log_plainly

    here = worker.this()
    parts = app.extensions["warmtransfer"]
    settings = parts.settings
    who = f"worker {here.number}" if here else ""
    log = log_plainly(logging.getLevelNamesMapping()[settings.log_level], who)
    told = Event()
    hub = gevent.get_hub().loop

    def leave() -> None:
        if here:
            here.says(worker.LEAVING)
        hub.run_callback_threadsafe(told.set)

    leaving.Signals(leave, parent=here)
    # Where each thread stands, should the interpreter crash or a parent end us because the loop hangs.
    faulthandler.enable()
    if here is None or here.first:
        _check(parts.records)
    server = Server(here.listening if here else ("0.0.0.0", settings.port), app)
    # Before the stored calls are taken up: they may belong to the process that has the port.
    _listen(server, settings.port)
    for line in filter(None, (told_by_file, parts.found)):
        log.info("%s", line)
    log.info("listening on port %d as %s", settings.port, settings.public_url)
    if here:
        here.left_to_others = lambda: hub.run_callback_threadsafe(server.leave_port)
        here.says(worker.READY)
        gevent.spawn(_beat, here)
    elif why_one := worker.alone(os.environ):
        log.warning("%s", why_one)
    try:
        _take_up(parts.life, log)
        # What is loaded by now stays: full collections that walked it took up to 140 ms, and no audio moved.
        gc.collect()
        gc.freeze()
        gc.enable()
        told.wait()
        leaving.leave(server, parts.life)
    finally:
        parts.life.stop()


def _beat(here: worker.Worker) -> None:
    import gevent

    while True:
        here.says(worker.BEAT)
        gevent.sleep(worker.EVERY)


def _listen(server: Any, port: int) -> None:
    try:
        server.init_socket()
        server.start()
    except OSError as fault:
        why = os.strerror(fault.errno or 0)
        print(f"warmtransfer cannot start:\n  - PORT {port}: {why}.", file=sys.stderr)
        raise SystemExit(2) from None


def _take_up(life: Any, log: logging.Logger) -> None:
    try:
        life.start()
    except WarmTransferError as fault:
        log.warning("stored calls are taken up with the first request: %s", fault)


if __name__ == "__main__":
    serve()
