"""Writes one decision: the call, its attempts, its journal row, its orders, and whose they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from warmtransfer.core.call import Attempt, Call
from warmtransfer.core.endings import of_call
from warmtransfer.core.plain import plain
from warmtransfer.ports.store import claims, foreign, mailbox, tallies, waiting
from warmtransfer.ports.store import statements as sql
from warmtransfer.ports.store.leases import Leases
from warmtransfer.ports.store.owner import Owner
from warmtransfer.ports.store.records import Decision, Saved
from warmtransfer.ports.store.statements import NTH, WHICH


@dataclass(frozen=True, slots=True)
class Whose:
    """Who saves: one of several processes, or the only one, of a deployment; `tells` the host's systems."""

    owner: Owner | None
    leases: Leases | None
    tells: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A call as it stands in the database, its row locked; `call` is None for none that can be read."""

    call: Call | None = None
    holder: str = ""
    state: Any = None


def save(db: Connection, row: Row, decision: Decision, whose: Whose) -> Saved:
    """Write the call, what changed of its attempts, the journal row and the orders, and whose they are."""
    after, leases, holder = decision.call, whose.leases, row.holder
    me = leases.me if leases else ""
    holds = me if row.call is None or decision.holds else holder
    _save_call(db, row, after, holds, whose.owner)
    claims.save(db, row.call, decision)
    waiting.save(db, row.call, after, whose.owner)
    journal_id = None
    if decision.event is not None:
        fact = {
            "call_id": after.id,
            "at": after.at,
            "event": type(decision.event).__name__,
            # A stream's token opens it once; who reads the journal has no use for it, before or after.
            "data": {name: value for name, value in decision.event.to_dict().items() if name != "token"}
            | _not_rung(decision),
            "before": decision.before.stage.value,
            "after": after.stage.value,
        }
        journal_id = int(db.execute(sql.ADD_FACT, fact).scalar_one())
        tallies.note(db, decision)
    if whose.tells:
        mailbox.write(db, row.call, after, str(whose.owner or ""))
    doers = leases.assign(db, after.id, holds, decision.orders) if leases else [me] * len(decision.orders)
    numbered = []
    for order, process in zip(decision.orders, doers, strict=True):
        given = {"call_id": after.id, "journal_id": journal_id, "order": order.to_dict(), "at": after.at}
        given |= {"lane": order.lane.value, "process": process}
        numbered.append((int(db.execute(sql.ADD_ORDER, given).scalar_one()), order))
    if leases:
        leases.tell(db, after.id, {holder, holds, *doers})
    elsewhere = (number for (number, _), process in zip(numbered, doers, strict=True) if process != me)
    return Saved(decision.before, after, tuple(numbered), frozenset(elsewhere), holder != holds)


def _not_rung(decision: Decision) -> dict[str, Any]:
    """Who was passed over in this decision, and why."""
    skipped = decision.call.handoff.skipped
    news = skipped and skipped != decision.before.handoff.skipped
    return {"skipped": plain(skipped)} if news else {}


def _save_call(db: Connection, row: Row, after: Call, holds: str, owner: Owner | None) -> None:
    known = row.call
    columns = {
        "stage": after.stage.value,
        "caller_sid": clean(after.caller_sid),
        "caller": clean(after.caller),
        "outcome": of_call(after) or "",
        "state": foreign.kept(row.state if known else None, after.to_dict()),
        "holder": holds,
        "alarm_at": after.alarm_at,
        "started_at": after.started_at,
        "updated_at": after.at,
        **tallies.of_call(after),
    }
    if known is None:
        db.execute(sql.ADD_CALL, {"id": after.id, "owner": str(owner or ""), **columns})
    else:
        db.execute(sql.SET_CALL, {WHICH: after.id, **columns})
    before = {each.n: each for each in known.attempts} if known else {}
    for each in after.attempts:
        if each.n not in before:
            key = {"call_id": after.id, "n": each.n, "asked_at": tallies.asked_at(after, each.handoff)}
            db.execute(sql.ADD_ATTEMPT, {**key, **_values(each)})
        elif before[each.n] != each:
            db.execute(sql.SET_ATTEMPT, {WHICH: after.id, NTH: each.n, **_values(each)})


def _values(tried: Attempt) -> dict[str, Any]:
    """The columns of an attempt, but for its key."""
    values: dict[str, Any] = plain(tried)
    for name in ("n", "briefed"):
        del values[name]
    values["style"] = tried.style.value
    values["outcome"] = tried.outcome.value if tried.outcome else None
    return values


def clean(text: str) -> str:
    """Text that both databases take: no NUL, no half of a surrogate pair."""
    return text.encode("utf-8", "replace").decode().replace("\0", " ")
