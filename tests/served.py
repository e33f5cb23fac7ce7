"""A tiny app on our HTTP server with short limits, as a process of its own: `python -m tests.served PORT`."""

from gevent import monkey

monkey.patch_all()

import logging  # noqa: E402
import sys  # noqa: E402
from collections.abc import Iterable  # noqa: E402
from typing import Any  # noqa: E402

from warmtransfer.doorkeeper import Limits  # noqa: E402
from warmtransfer.serving import Server  # noqa: E402
from warmtransfer.visible import log_plainly  # noqa: E402
from warmtransfer.web.guard import SIGNED  # noqa: E402

LIMITS = Limits(head=0.6, body=0.6, idle=0.9, trusted=60.0, taking=0.6, silent=40, client=30, most=60)
#: More than the sockets' buffers take.
MUCH = b"x" * 20_000_000


def app(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Read the body at /read, send much at /much, be Twilio at /signed, fail at /fail."""
    path = environ["PATH_INFO"]
    body = b"ok"
    if path == "/read":
        body = environ["wsgi.input"].read()
    elif path == "/much":
        body = MUCH
    elif path == "/fail":
        raise LookupError("a secret")
    environ[SIGNED] = path == "/signed"
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
    return [body]


if __name__ == "__main__":
    log_plainly(logging.INFO)
    Server(("127.0.0.1", int(sys.argv[1])), app, LIMITS).serve_forever()
