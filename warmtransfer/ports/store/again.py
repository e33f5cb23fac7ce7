"""Whether a caller who is to be rung back has phoned again: is on the line now, or has been with somebody."""

from __future__ import annotations

from sqlalchemy import Select, select, true

from warmtransfer.core.call import Call, Stage
from warmtransfer.ports.store import foreign
from warmtransfer.ports.store.searching import of_caller
from warmtransfer.ports.store.store import Store
from warmtransfer.ports.store.tables import LIVE, attempt, call


def on_line(store: Store, number: str) -> bool:
    """Whether somebody who calls from this number has not hung up yet."""
    asked = _calls(store, number).where(LIVE, call.c.stage != Stage.OVER.value).limit(1)
    return bool(store.within(lambda db: db.execute(asked).first(), writes=False, counts=False))


def talked(store: Store, number: str, since: float) -> list[Call]:
    """The calls from this number in which a human has joined since then."""
    joined = select(attempt.c.call_id).where(attempt.c.joined_at > since)
    asked = _calls(store, number).where(call.c.id.in_(joined))
    rows = store.within(lambda db: list(db.execute(asked).all()), writes=False, counts=False)
    return foreign.calls(row.state for row in rows)


def _calls(store: Store, number: str) -> Select[tuple[object]]:
    mine = call.c.owner == str(store.mine) if store.mine else true()
    return select(call.c.state).where(mine, of_caller(number))
