"""Callbacks in the REST API: listed, looked at, tried now, cancelled."""

from __future__ import annotations

from typing import Any

from flask import abort

from warmtransfer.core.callbacks import facts as ev
from warmtransfer.core.callbacks.callback import OVER, Callback, Stage, Then
from warmtransfer.core.search import mark, place
from warmtransfer.web.api import query, route
from warmtransfer.web.described_callbacks import FILTERS, MOST
from warmtransfer.web.parts import parts
from warmtransfer.web.promised import told

_YES, _NO = ("1", "true"), ("", "0", "false")


@route("/callbacks", "GET")
def callbacks() -> dict[str, Any]:
    """The newest callbacks that are asked for; `next` is the `after` of those that follow."""
    given = query(*FILTERS)
    limit, live, stage = given.get("limit", "50"), given.get("live", ""), given.get("stage", "")
    if not limit.isascii() or not limit.isdigit() or not 1 <= int(limit[:9]) <= MOST:
        abort(400, f"limit is a whole number from 1 to {MOST}.")
    if live not in (*_YES, *_NO):
        abort(400, "live is 1 or 0.")
    if stage and stage not in set(Stage):
        abort(400, f"stage is none of {', '.join(Stage)}.")
    try:
        after = place(given["after"]) if given.get("after") else None
    except ValueError:
        abort(400, "after is the `next` of an earlier answer.")
    found, last = parts().callbacks.kept.page(int(limit), live in _YES, stage, after)
    return {"callbacks": [told(each) for each in found], "next": mark(*last) if last else None}


@route("/callbacks/<callback_id>", "GET")
def callback(callback_id: str) -> dict[str, Any]:
    """One callback."""
    query()
    return told(_known(parts().callbacks.load(callback_id)))


@route("/callbacks/<callback_id>/dial", "POST")
def dial(callback_id: str) -> tuple[dict[str, Any], int]:
    """Try it now."""
    query()
    here = parts()
    found = _known(here.callbacks.load(callback_id))
    if found.stage not in (Stage.WAITING, Stage.GIVEN_UP):
        abort(409, f"The callback is in the stage {found.stage.value}: it cannot be tried now.")
    here.life.start()
    return told(_known(here.callbacks.post(callback_id, ev.Asked("api")))), 202


@route("/callbacks/<callback_id>/cancel", "POST")
def cancel(callback_id: str) -> dict[str, Any]:
    """Say that it is not needed."""
    query()
    here = parts()
    found = _known(here.callbacks.load(callback_id))
    if found.stage in (OVER - {Stage.GIVEN_UP}) | {Stage.TALKING} or found.then is Then.DONE:
        abort(409, f"The callback is in the stage {found.stage.value}: it cannot be cancelled.")
    here.life.start()
    return told(_known(here.callbacks.post(callback_id, ev.Cancelled("api"))))


def _known(found: Callback | None) -> Callback:
    if found is None:
        abort(404, "There is no callback with this id.")
    return found
