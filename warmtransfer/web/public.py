"""What anybody may ask for: whether we are alive, and our sounds."""

from __future__ import annotations

from flask import Blueprint, Response, abort

from warmtransfer.web import hosts, sounds
from warmtransfer.web.parts import parts

public = hosts.watch(Blueprint("warmtransfer_public", __name__))


@public.get("/health")
def health() -> dict[str, object] | tuple[dict[str, object], int]:
    """Alive, with the number of calls the AI is connected to; 503 where no call can be served."""
    here = parts()
    if hosts.misplaced():
        return {"ok": False, "relays": 0}, 503
    here.life.start()
    return {"ok": True, "relays": here.switchboard.live()}


@public.get("/sounds/<name>.wav")
def sound(name: str) -> Response:
    """A sound that our documents play."""
    data = sounds.wav(name)
    if data is None:
        abort(404)
    return Response(data, content_type="audio/wav", headers={"Cache-Control": "public, max-age=86400"})
