"""The ready app: `python wsgi.py` serves it in one process, `flask --app wsgi …` looks at its calls."""


if __name__ == "__main__":
    from gevent import monkey

    monkey.patch_all()

import logging
import os
import signal
import sys

from flask import Flask

from warmtransfer import ConfigError, create_app


def build() -> Flask:
    """The app; ends the process with status 2 and one message when the configuration is wrong."""
    try:
        return create_app()
    except ConfigError as fault:
        print(fault, file=sys.stderr)
        raise SystemExit(2) from None


app = build()


def serve() -> None:
    """Serve until SIGTERM or SIGINT; calls that are up come back to the next process."""
    import gevent
    from gevent.pywsgi import WSGIServer

    parts = app.extensions["warmtransfer"]
    port = parts.settings.port
    server = WSGIServer(("0.0.0.0", port), app, log=None, error_log=logging.getLogger("gevent"))
    for number in (signal.SIGTERM, signal.SIGINT):
        gevent.signal_handler(number, server.stop, 3)
    parts.life.start()
    logging.getLogger("warmtransfer").info("listening on port %d as %s", port, parts.settings.public_url)
    try:
        server.serve_forever()
    finally:
        parts.life.stop()


if __name__ == "__main__":
    logging.basicConfig(
        level=os.environ.get("LOG_LEVEL", "INFO"), format="%(asctime)s %(levelname)s %(message)s"
    )
    serve()
