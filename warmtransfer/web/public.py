"""What anybody may ask for: whether we are alive, and our sounds."""

from __future__ import annotations

from flask import Blueprint, Response, abort

from warmtransfer.web import hosts, sounds
from warmtransfer.web.parts import parts

public = hosts.watch(Blueprint("warmtransfer_public", __name__))


@public.get("/health")
def health() -> dict[str, object] | tuple[dict[str, object], int]:
    """Alive, with the number of calls the AI is connected to, and what is wrong with the database.

    200 while calls can be served here: callers and the AI talk on without the database, and a host that ended
    this process for it would end their conversation. 503 where no call can be, and from a process that ends.
    """
    here = parts()
    if hosts.misplaced():
        return {"ok": False, "relays": 0, "database": "not looked at"}, 503
    here.life.wake()
    trouble = here.records.trouble()
    state = {"relays": here.switchboard.live(), "database": trouble or "ok"}
    if here.life.leaving:
        return {"ok": False, **state, "leaving": True}, 503
    return {"ok": not trouble, **state}


@public.get("/sounds/<name>.wav")
def sound(name: str) -> Response:
    """A sound that our documents play."""
    data = sounds.wav(name)
    if data is None:
        abort(404)
    return Response(data, content_type="audio/wav", headers={"Cache-Control": "public, max-age=86400"})
