"""The host's systems: whether they take events, and which they have not taken."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from urllib.parse import urlsplit

from warmtransfer.config import Settings
from warmtransfer.errors import WarmTransferError
from warmtransfer.ports.receiver import Answer, Receiver
from warmtransfer.ports.store.mailbox import VERSION, Undelivered
from warmtransfer.setup.doctor.line import Area, Line

EVENTS = Area("events")
URL, SECRET = "WARMTRANSFER_EVENTS_URL", "WARMTRANSFER_EVENTS_SECRET"
#: The kind of event that tells of nothing: a receiver answers it like any that it does not know.
TEST = "test"
#: Hosts to which nobody listens on the way.
_HERE = frozenset({"localhost", "127.0.0.1", "::1"})


def events(settings: Settings, undelivered: Callable[[Settings], Undelivered]) -> Iterator[Line]:
    """The address, asked with a signed event of the kind `test`, and what waits to be taken by it."""
    if not settings.events_url:
        return
    parts = urlsplit(settings.events_url)
    if parts.scheme != "https" and parts.hostname not in _HERE:
        found = "begins with http://: numbers and words of callers go over the network as they are"
        yield EVENTS.warning(URL, found, "give an address that begins with https://")
    yield _answered(Receiver(settings.events_url, settings.events_secret).send(*_test()))
    yield from _undelivered(settings, undelivered)


def _test() -> tuple[str, str]:
    stamp = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return f"msg_test_{secrets.token_hex(8)}", json.dumps(
        {"type": TEST, "version": VERSION, "timestamp": stamp, "data": {}}
    )


def _answered(answer: Answer) -> Line:
    if answer.taken:
        return EVENTS.ok(URL, f"takes a signed event ({answer.told})")
    if answer.told in ("HTTP 400", "HTTP 401", "HTTP 403"):
        do = f"see that your system has the same {SECRET}, and reads the body before it is parsed"
    elif answer.unreached:
        do = f"see that your system is up and can be reached from here, or correct {URL}"
    else:
        do = "have your system answer 2xx to a POST there, also for kinds of events that it does not know"
    return EVENTS.fault(URL, f"does not take a signed event: {answer.told}", do)


def _undelivered(settings: Settings, undelivered: Callable[[Settings], Undelivered]) -> Iterator[Line]:
    try:
        found = undelivered(settings)
    except WarmTransferError as fault:
        yield EVENTS.unknown("events that were not taken", str(fault).splitlines()[-1].lstrip(" -"))
        return
    if found.waiting:
        hours = (time.time() - found.since) / 3600
        yield EVENTS.warning(
            "events that were not taken",
            f"{found.waiting}, the first for {hours:.1f} h ({found.result})",
            "they are sent again by themselves; `flask … warmtransfer events --state open` lists them",
        )
    if found.given_up:
        yield EVENTS.warning(
            "events that were given up", f"{found.given_up}, and your systems do not know of them",
            "`flask … warmtransfer events --state given_up --replay` sends them again",
        )  # fmt: skip
    if not (found.waiting or found.given_up):
        yield EVENTS.ok("events that were not taken", "none")
