"""One of the servers that people use, as a process: `python -m tests.hosts.serve NAME speed since`."""

from __future__ import annotations

import os
import sys

NAME = sys.argv[1]
if NAME in ("gevent", "gevent-websocket"):
    from gevent import monkey

    monkey.patch_all()

PORT = int(os.environ["PORT"])
GUNICORN = {
    "gunicorn-sync": "-k sync",
    "gunicorn-gthread": "-k gthread --threads 1",
    "gunicorn-gevent": "-k gevent",
    "gunicorn-preload": "-k gthread --threads 4 --preload",
    "gunicorn-preload-gevent": "-k gevent --preload",
    "gunicorn-two": "-k gthread --threads 4 -w 2",
}


def main() -> None:
    """Serve until SIGTERM."""
    os.environ["HOST_CLOCK"] = " ".join(sys.argv[2:])
    if NAME in GUNICORN:
        options = [*GUNICORN[NAME].split(), "-b", f"127.0.0.1:{PORT}", "--no-control-socket"]
        sys.argv = ["gunicorn", *options, "tests.hosts.wsgi:app"]
        from gunicorn.app.wsgiapp import run

        run()
    from tests.hosts.wsgi import app

    if NAME == "waitress":
        import waitress

        waitress.serve(app, host="127.0.0.1", port=PORT)
    elif NAME == "flask":
        app.run("127.0.0.1", PORT)
    elif NAME == "flask-one-thread":
        app.run("127.0.0.1", PORT, threaded=False)
    else:
        gevent(app)


def gevent(app: object) -> None:
    """gevent's own server, patched or not, or with gevent-websocket's handler."""
    from gevent.pywsgi import WSGIHandler, WSGIServer

    handler = WSGIHandler
    if NAME == "gevent-websocket":
        from geventwebsocket.handler import WebSocketHandler

        handler = WebSocketHandler
    WSGIServer(("127.0.0.1", PORT), app, log=None, handler_class=handler).serve_forever()


if __name__ == "__main__":
    main()
