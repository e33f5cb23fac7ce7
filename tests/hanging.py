"""`wsgi.py` as it is, in a process in which something never returns: `python -m tests.hanging WHAT`.

With workers it is one of them, and the parent is less patient than usual.
"""

import os

from gevent import monkey

from warmtransfer import parent, worker

if worker.wanted(os.environ) > 1:
    parent.HUNG = 2
else:
    monkey.patch_all()

import atexit
import runpy
import sys
import threading
from collections.abc import Mapping

from flask import Flask

import warmtransfer

made = warmtransfer.create_app


def in_the_system() -> None:
    """Never return, and let nothing of gevent run meanwhile: a library with a socket of its own does so."""
    read, _ = os.pipe()
    os.read(read, 1)


def hub() -> None:
    """The whole hub hangs, once a view has been asked."""
    warmtransfer.create_app = with_view


def thread() -> None:
    """A thread of the system is stuck, and the interpreter waits for it before it ends."""
    monkey.get_original("_thread", "start_new_thread")(in_the_system, ())
    atexit.register(in_the_system)


def tool() -> None:
    """The model's tool never returns."""
    warmtransfer.create_app = with_tool


def with_tool(environ: Mapping[str, str]) -> Flask:
    """The ready app, with a tool of its own."""
    app, extension = Flask("host"), warmtransfer.WarmTransfer()
    app.config.update(warmtransfer.from_environment(environ))

    @extension.tool
    def look_up_order(number: int) -> str:
        """Says where an order is, by its number."""
        threading.Event().wait()
        return ""

    extension.init_app(app)
    return app


def fork() -> str:
    """A child process as a tool of somebody's makes one, which hangs; its id."""
    pid = os.fork()
    if not pid:
        in_the_system()
    return str(pid)


def with_view(environ: Mapping[str, str]) -> Flask:
    """The ready app, with views: in one everything hangs, another forks."""
    app = made(environ)
    app.add_url_rule("/hang", view_func=in_the_system)
    app.add_url_rule("/fork", view_func=fork)
    return app


if __name__ == "__main__":
    {each.__name__: each for each in (hub, thread, tool)}[sys.argv[1]]()
    sys.argv[1:] = []
    runpy.run_path("wsgi.py", run_name="__main__")
