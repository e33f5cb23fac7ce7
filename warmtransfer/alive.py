"""Asks the app on this machine whether it serves: `python -m warmtransfer.alive`, for a container's check.

The exit status is 0 while it answers at `/health`, also when its database is away: callers talk on meanwhile,
and a container that is ended for it would end their streams.
"""

from __future__ import annotations

import http.client
import os
from collections.abc import Mapping

#: Seconds; `/health` itself answers within one.
PATIENCE = 4.0


def ask(environ: Mapping[str, str]) -> str:
    """What is wrong with the app of this environment, "" when it serves."""
    port = environ.get("PORT", "").strip() or "8000"
    prefix = environ.get("WARMTRANSFER_URL_PREFIX", "").strip().rstrip("/")
    prefix = prefix if environ.get("WARMTRANSFER_URL_PREFIX", "").strip() else "/warmtransfer"
    try:
        connection = http.client.HTTPConnection("127.0.0.1", int(port), timeout=PATIENCE)
        connection.request("GET", f"{prefix}/health")
        answer = connection.getresponse()
        answer.read()
    except (OSError, ValueError, http.client.HTTPException) as fault:
        return f"port {port}: {type(fault).__name__}"
    return "" if answer.status == 200 else f"{prefix}/health answers {answer.status}"


if __name__ == "__main__":
    raise SystemExit(ask(os.environ) or 0)
