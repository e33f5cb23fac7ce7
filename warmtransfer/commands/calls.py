"""`flask warmtransfer calls`: which calls there were, and which there are."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any

import click

from warmtransfer.commands.looking import Kept, database, kept, number
from warmtransfer.commands.terminal import columns
from warmtransfer.core.call import Attempt, Call, Stage, turn_left
from warmtransfer.core.endings import of_call
from warmtransfer.core.outcomes import CallEnd, Outcome
from warmtransfer.core.search import OPEN, Search, mark, place
from warmtransfer.errors import StoreBusy
from warmtransfer.visible import visible
from warmtransfer.web import timeline
from warmtransfer.web.moments import FORMS, lasting, moment, written

#: Columns of a terminal from which a call fits on one line.
WIDE = 120
#: Seconds between two looks of `--follow`.
PAUSE = 1.0
#: Calls that `--follow` looks at each time, besides those that it knows to be live.
NEWEST = 50

Row = tuple[Call, str]
_HOW = f"Of a human's call: {OPEN}, {', '.join(Outcome)}; or of the whole call: {', '.join(CallEnd)}."
OUTCOMES = click.Choice(["", OPEN, *(each.value for kind in (Outcome, CallEnd) for each in kind)])


def since(ctx: click.Context, param: click.Parameter, given: str) -> float:
    """A time, or so long ago, in the zone of this machine."""
    try:
        return moment(given, time.time()) if given else 0.0
    except ValueError as fault:
        raise click.BadParameter(f"{visible(given)} is {fault}") from None


def _mark(ctx: click.Context, param: click.Parameter, given: str) -> str:
    """Where an earlier list ended."""
    try:
        place(given or mark(0.0, "-"))
    except ValueError:
        raise click.BadParameter(f"{visible(given)} is not what a list before it has printed") from None
    return given


@click.command("calls")
@database
@click.option(
    "--limit", default=20, show_default=True, type=click.IntRange(1, 1000), help="How many, newest first."
)
@click.option("--live", is_flag=True, help="Only calls that are not over.")
@click.option("--messages", is_flag=True, help="Of these, only calls with a message.")
@click.option("--number", "of", default="", help="Of this caller or human; without a + its last digits.")
@click.option("--since", default="", metavar="TIME", callback=since, help=f"Began then or later: {FORMS}.")
@click.option("--human", default="", metavar="NAME", help="In which this human was called.")
@click.option("--outcome", default="", metavar="HOW", type=OUTCOMES, help=_HOW)
@click.option("--after", default="", metavar="MARK", callback=_mark, help="Go on where a list has ended.")
@click.option("--follow", is_flag=True, help="Go on, a line whenever a call changes, until Ctrl-C.")
@click.option("--json", "as_json", is_flag=True, help="For machines; with --follow one object a line.")
def command(database: str, of: str, messages: bool, follow: bool, as_json: bool, **given: Any) -> None:
    """List the newest calls.

    With --human and --outcome those in which this human's call ended so; with a word for it, the whole call.
    """
    wanted = Search(number=_number(of), **given)
    with kept(database) as records:
        if follow:
            with suppress(KeyboardInterrupt):
                for row in followed(wanted, records, _sleep):
                    click.echo(json.dumps(_data(row, records)) if as_json else _line(row, records))
            return
        rows = records.records.search(replace(wanted, limit=wanted.limit + 1))
    rows, more = rows[: wanted.limit], len(rows) > wanted.limit
    listed = rows
    if messages:
        listed = [row for row in rows if timeline.message(row[0])]
    if as_json:
        click.echo(json.dumps([_data(row, records) for row in listed], indent=2))
    else:
        for row in listed:
            click.echo(_line(row, records))
    if more:
        click.echo(f"There are more: --after {mark(rows[-1][0].started_at, rows[-1][0].id)}", err=True)
    if not listed and not as_json:
        click.echo("No such calls." if _narrow(wanted) else "No calls.", err=True)


def followed(wanted: Search, records: Kept, pause: Callable[[], bool]) -> Iterator[Row]:
    """The calls wanted, the oldest first, and from then on each one that is new or has changed.

    It ends when `pause` says no. While the database cannot be had it waits.
    """
    known = {call.id: _state(call) for call, _ in _look(wanted, records, ())}
    for call, owner in reversed(records.records.search(wanted)):
        known[call.id] = _state(call)
        yield call, owner
    while pause():
        live = [call_id for call_id, (stage, *_) in known.items() if stage is not Stage.OVER]
        try:
            found = _look(wanted, records, live)
        except StoreBusy:
            continue
        for call, owner in sorted(found, key=lambda row: row[0].at):
            if known.get(call.id) != _state(call):
                known[call.id] = _state(call)
                yield call, owner


def _look(wanted: Search, records: Kept, live: Iterable[str]) -> list[Row]:
    """The calls that may have changed: the newest, those that are live, and those that were."""
    newest = replace(wanted, after="", live=False, limit=NEWEST)
    found = {row[0].id: row for row in records.records.search(newest)}
    found |= {row[0].id: row for row in records.records.search(replace(newest, live=True, limit=1000))}
    for call_id in set(live) - set(found):
        call = records.records.load(call_id)
        if call is not None:
            found[call_id] = (call, records.records.owner(call_id))
    return list(found.values())


def _number(text: str) -> str:
    """A number as it is kept, or the last digits of one."""
    return number(text) if text.strip().startswith("+") else re.sub(r"[\s().-]", "", text)


def _sleep() -> bool:
    time.sleep(PAUSE)
    return True


def _state(call: Call) -> tuple[Any, ...]:
    """What of a call is worth a new line when it changes."""
    turns = call.ai.turn_at, *(each.turn_at for each in call.attempts)
    return call.stage, call.waits.number, *((each.n, each.outcome) for each in call.attempts), *turns


def _narrow(wanted: Search) -> bool:
    return replace(wanted, limit=0) != Search(limit=0)


def _data(row: Row, records: Kept) -> dict[str, Any]:
    owner = records.whose(*row)
    return {**timeline.summary(row[0]), **({"owner": owner} if owner else {})}


def _line(row: Row, records: Kept) -> str:
    """One call on a line; on two where the terminal is narrow."""
    call, owner = row[0], records.whose(*row)
    end = call.ended_at or time.time()
    lasted = lasting(end - call.started_at) + ("" if call.ended_at else "…")
    first = f"{call.id}  {written(call.started_at)}  {call.stage:<10} {lasted:>8}"
    tried = ", ".join(_tried(each, call) for each in call.attempts)
    left = turn_left(call, time.time())
    end_ = of_call(call) or ""
    turn = f"waits {left:.0f} s for its turn" if left >= 0.5 else ""
    line = f"number {call.waits.number} in the line" if call.stage is Stage.WAITING else ""
    message = "message" if timeline.message(call) else ""
    told = (end_, tried, turn, line, f"of {owner}" if owner else "", message)
    more = "  ".join(filter(None, (f"{call.caller or 'unknown':<13}", *told)))
    apart = "\n  " if 0 < columns() < WIDE else "  "
    return apart.join((visible(first), visible(more.rstrip())))


def _tried(attempt: Attempt, call: Call) -> str:
    talked = timeline.talked(attempt, call, time.time())
    return f"{attempt.name}: {attempt.outcome or OPEN}" + (f" ({lasting(talked)})" if talked else "")
