"""One of the servers that people use, as a process; `HOST_SERVER` in the environment names it.

With the argument `many` it makes such processes as it is asked to, each in a moment: with `patched` as well
those that gevent has patched first.
"""

from __future__ import annotations

import os
import sys

if "patched" in sys.argv:
    from gevent import monkey

    monkey.patch_all()

#: Those that gevent patches before anything else is loaded, and the one that patches what a worker loads.
PATCHED = ("gevent", "gevent-websocket")
LATER = "gunicorn-gevent"
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
    name, port = os.environ["HOST_SERVER"], int(os.environ["PORT"])
    if name in GUNICORN:
        options = [*GUNICORN[name].split(), "-b", f"127.0.0.1:{port}", "--no-control-socket"]
        sys.argv = ["gunicorn", *options, "tests.hosts.wsgi:app"]
        from gunicorn.app.wsgiapp import run

        run()
    from tests.hosts.wsgi import app

    if name == "waitress":
        import waitress

        waitress.serve(app, host="127.0.0.1", port=port)
    elif name == "flask":
        app.run("127.0.0.1", port)
    elif name == "flask-one-thread":
        app.run("127.0.0.1", port, threaded=False)
    else:
        gevent(app, name, port)


def gevent(app: object, name: str, port: int) -> None:
    """gevent's own server, patched or not, or with gevent-websocket's handler."""
    from gevent.pywsgi import WSGIHandler, WSGIServer

    handler = WSGIHandler
    if name == "gevent-websocket":
        from geventwebsocket.handler import WebSocketHandler

        handler = WebSocketHandler
    WSGIServer(("127.0.0.1", port), app, log=None, handler_class=handler).serve_forever()


if __name__ == "__main__" and sys.argv[1:2] == ["many"]:
    from tests.calls.making import make
    from tests.hosts import apps  # noqa: F401 - here, once

    make(main)
elif __name__ == "__main__":
    main()
