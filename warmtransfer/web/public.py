"""What anybody may ask for: whether we are alive, and our sounds."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime

from flask import Blueprint, Response, abort

from warmtransfer.desk.watch import Member
from warmtransfer.web import hosts, sounds
from warmtransfer.web.parts import parts

public = hosts.watch(Blueprint("warmtransfer_public", __name__))


@public.get("/health")
def health() -> dict[str, object] | tuple[dict[str, object], int]:
    """Alive, with the number of calls the AI is connected to, how the database is, and who serves.

    200 while calls can be served here: callers and the AI talk on without the database, and a host that ended
    this process for it would end their conversation. 503 where no call can be, and from a process that ends.
    Within a second, whatever hangs.
    """
    here = parts()
    if hosts.misplaced():
        return {"ok": False, "relays": 0, "database": "not looked at"}, 503
    here.life.wake()
    report = here.standing.report()
    trouble = here.records.trouble() or report.wrong
    state = {
        "relays": here.switchboard.live(),
        "database": trouble or "ok",
        "processes": [_process(each) for each in report.members],
    }
    if here.life.leaving:
        return {"ok": False, **state, "leaving": True}, 503
    return {"ok": not trouble, **state}


def _process(member: Member) -> dict[str, object]:
    shown = asdict(member)
    shown["since"] = datetime.fromtimestamp(member.since, UTC).isoformat(timespec="seconds")
    shown["lease_age"] = round(member.lease_age, 1)
    return shown


@public.get("/sounds/<name>.wav")
def sound(name: str) -> Response:
    """A sound that our documents play."""
    data = sounds.wav(name)
    if data is None:
        abort(404)
    return Response(data, content_type="audio/wav", headers={"Cache-Control": "public, max-age=86400"})
