"""Who waits in a line for a human: a row a caller, over all calls and processes.

It is there from the decision that puts a call in the line to the one that takes it out, in their
transactions. Who rings somebody is decided one call at a time (`claims.py`), and then sees who has waited
longer: so the next free human is the longest waiting caller's, whichever process decides. What is left of a
call that does not wait any more, because an older release has gone on with it, counts for nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import Connection, bindparam, delete, select, text

from warmtransfer.core.call import Call, Stage
from warmtransfer.core.place import Waiting, Waits
from warmtransfer.core.plain import plain
from warmtransfer.core.plans import telephone
from warmtransfer.ports.store.owner import Owner
from warmtransfer.ports.store.tables import attempt, call, waiting

#: Talks by which the next one is guessed, of each telephone; and the seconds in which they count.
TALKS, LATELY = 20, 7 * 86_400.0

#: Both databases know it. The last two are the same for as long as a caller waits for the same humans.
JOIN = text(
    f"INSERT INTO {waiting.name} (call_id, owner, since, priority, place) "
    "VALUES (:call_id, :owner, :since, :priority, :place) ON CONFLICT (call_id) DO UPDATE "
    "SET since = excluded.since, priority = excluded.priority, place = excluded.place"
).bindparams(bindparam("place", type_=waiting.c.place.type))
#: Whether there is a line at all.
ANYBODY = select(waiting.c.call_id).limit(1)
LEAVE = delete(waiting).where(waiting.c.call_id == bindparam("which"))
LINE = (
    select(waiting)
    .join(call, call.c.id == waiting.c.call_id)
    .where(call.c.stage == Stage.WAITING.value, waiting.c.call_id != bindparam("which"))
    .order_by(waiting.c.priority.desc(), waiting.c.since, waiting.c.call_id)
)
TOOK = (
    select(attempt.c.number, attempt.c.digits, (attempt.c.ended_at - attempt.c.dialled_at).label("seconds"))
    .where(
        attempt.c.number.in_(bindparam("numbers", expanding=True)),
        attempt.c.ended_at > bindparam("since"),
        attempt.c.joined_at > 0,
    )
    .order_by(attempt.c.ended_at.desc())
    .limit(bindparam("most"))
)


def save(db: Connection, before: Call | None, after: Call, owner: Owner | None) -> None:
    """The call's row, as it waits now: none for one that does not."""
    waited = before is not None and before.stage is Stage.WAITING
    if after.stage is Stage.WAITING:
        if not waited or before is None or before.waits != after.waits:
            place = {"call_id": after.id, "owner": str(owner or ""), "place": plain(after.waits)}
            db.execute(JOIN, {**place, "since": after.waits.since, "priority": after.waits.priority})
    elif waited:
        db.execute(LEAVE, {"which": after.id})


def others(db: Connection, call_id: str, owner: str) -> tuple[Waiting, ...]:
    """Who waits besides this call, the first one first."""
    return tuple(
        Waiting(row.call_id, Waits.from_dict(row.place), ours=row.owner == owner)
        for row in db.execute(LINE, {"which": call_id})
    )


def talks(db: Connection, numbers: Iterable[str], at: float) -> dict[str, tuple[float, ...]]:
    """How long the last calls with these humans took, from dialling to their leg's end, by telephone."""
    wanted = list(numbers)
    found: defaultdict[str, list[float]] = defaultdict(list)
    which = {"numbers": wanted, "since": at - LATELY, "most": TALKS * len(wanted)}
    for row in db.execute(TOOK, which):
        found[telephone(row.number, row.digits)].append(row.seconds)
    return {phone: tuple(seconds[:TALKS]) for phone, seconds in found.items()}
