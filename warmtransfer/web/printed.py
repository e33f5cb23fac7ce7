"""One call's story as text to read on a terminal, however narrow."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Hashable, Iterable, Iterator, Sequence
from typing import Any

from warmtransfer.core.call import Attempt, Call, Stage
from warmtransfer.core.endings import all_of, dropped_early, of_call
from warmtransfer.visible import visible
from warmtransfer.web import hearing, minutes, timeline
from warmtransfer.web.folding import Fold, folded
from warmtransfer.web.moments import clock, day, lasting, written

#: What a timer is called changes each time it is armed.
_VOLATILE = frozenset({"alarm"})
#: Columns before what happened: a time of day, two spaces.
MARGIN = 14

Told = tuple[float, int, list[str]]


class Page:
    """The text of one call, line by line."""

    def __init__(
        self, call: Call, journal: Sequence[Any], transcript: Sequence[Any], now: float, width: int = 0
    ) -> None:
        """`width`: the terminal's columns, 0 for lines as long as they are."""
        self._call = call
        self._journal = journal
        self._transcript = transcript
        self._now = now
        self._width = width
        self._rooms = timeline.rooms(call, journal)
        legs = timeline.legs(call, journal)
        self._labels = {sid: label for label, sids in legs.items() for sid in sids}
        #: Fields that the head of the page says already, unless there are two rooms.
        self._known = {"order", *(("room", "room_sid") if len(self._rooms) == 1 else ())}

    def text(self) -> str:
        """The whole page."""
        lines = [*self._head(), "", *self._legs(), "", *self._attempts(), *self._timeline()]
        return "\n".join(each for line in lines for each in self._fitted(visible(line)))

    def _head(self) -> Iterator[str]:
        call = self._call
        yield f"call {call.id}  {call.stage}"
        yield f"  from     {call.caller or 'unknown'}"
        yield f"  to       {call.called or 'unknown'}"
        yield f"  began    {written(call.started_at)}"
        if call.disclosed_at:
            yield f"  an AI    said so: heard by {written(call.disclosed_at)}"
        if call.ended_at:
            yield f"  ended    {written(call.ended_at)}, after {lasting(call.ended_at - call.started_at)}"
        elif call.stage is not Stage.OVER:
            yield f"  runs     for {lasting(self._now - call.started_at)}"
        if became := of_call(call):
            yield f"  outcome  {became}"
        for asked in all_of(call):
            whom = f" for {asked.target}" if asked.target else ""
            about = asked.summary or asked.reason
            ended = f" ({asked.end})" if asked.end else ""
            yield f"  a human  asked for by {asked.source}{whom}{ended}" + (f": {about}" if about else "")
        if call.stage is Stage.WAITING:
            yield f"  waits    number {call.waits.number} in the line, since {written(call.waits.since)}"

    def _legs(self) -> Iterator[str]:
        for label, sids in timeline.legs(self._call, self._journal).items():
            yield from (f"  {label:<8} {sid}" for sid in sids)
        for name, sid in self._rooms.items():
            yield f"  {'room':<8} {sid}  {name}"
        up = [
            f"{leg.label} {leg.minutes(self._now)} ({lasting(leg.seconds(self._now))})"
            for leg in minutes.legs(self._call, self._journal)
        ]
        if up:
            all_ = minutes.told(self._call, self._journal, self._now)["minutes"]
            yield f"  {'minutes':<8} {all_}: {', '.join(up)}; each leg counts from answer to end, rounded up"

    def _attempts(self) -> Iterator[str]:
        for each in self._call.attempts:
            talked = timeline.talked(each, self._call, self._now)
            end = each.outcome.value if each.outcome else "open"
            talk = "" if talked is None else f", talked {lasting(talked)}"
            yield f"attempt {each.n}  {each.name}, {each.number}  {each.style}  {end}{talk}"
            yield f"  {', '.join(_marks(each))}"
            for line in timeline.told_to(each.n, self._transcript):
                yield f'  {clock(line.at)} was told: "{line.text}"'
        yield from self._message()
        if self._call.attempts or timeline.message(self._call):
            yield ""

    def _message(self) -> Iterator[str]:
        """What the caller has left for those who could not be had."""
        if self._call.message:
            yield f"message  {' / '.join(self._call.message.splitlines())}"
        if self._call.recorded:
            yield f"message  recorded, {self._call.message_seconds} s  {self._call.message_url}"

    def _timeline(self) -> Iterator[str]:
        today = ""
        for at, _, told in sorted([*self._decided(), *self._said()], key=lambda row: row[:2]):
            if day(at) != today:
                today = day(at)
                yield today
            yield f"{clock(at)}  {told[0]}"
            yield from (f"{'':>{MARGIN}}{more}" for more in told[1:])

    def _said(self) -> Iterator[Told]:
        for line in self._transcript:
            if not hearing.told_to(line.who):
                yield line.at, 1, [f'{line.who}: "{line.text}"']

    def _decided(self) -> Iterator[Told]:
        for fold in folded(self._journal, _same):
            for row in fold.rows:
                yield row.at, 0, [*self._decision(row), *(_again(fold) if row is fold.rows[-1] else ())]

    def _decision(self, row: Any) -> Iterator[str]:
        before, after = str(row.before), str(row.after)
        stages = after if before == after else f"{before} -> {after}"
        yield f"{row.event:<18} {stages:<24} {self._few(row.data)}".rstrip()
        for each in row.orders:
            data = each.order.to_dict()
            took = f"{each.done_at - row.at:+.2f} s" if each.done_at else "open"
            yield f"> {data['order']:<15} {each.result or 'waiting'} ({took})  {self._few(data)}".rstrip()

    def _few(self, data: dict[str, Any]) -> str:
        """What there is in an event or order, each leg by its label."""
        shown = {name: value for name, value in timeline.open_(data).items() if name not in self._known}
        return " ".join(self._pairs(shown))

    def _pairs(self, data: dict[str, Any]) -> Iterator[str]:
        for name, value in data.items():
            if value not in ("", 0, 0.0, None, False):
                if isinstance(value, str) and value in self._labels:
                    yield f"leg={self._labels[value]}"
                else:
                    yield f"{name}={value!r}" if " " in str(value) else f"{name}={value}"

    def _fitted(self, line: str) -> list[str]:
        """The line, broken between words where the terminal ends; SIDs and links stay whole."""
        if not self._width or len(line) <= self._width:
            return [line]
        margin = MARGIN + 2 if line[2:3] == ":" or line.startswith(" " * MARGIN) else 4
        lines = textwrap.wrap(
            line,
            max(self._width, MARGIN + 20),
            subsequent_indent=" " * margin,
            break_long_words=False,
            break_on_hyphens=False,
            drop_whitespace=True,
        )
        return lines or [line]


def _again(fold: Fold[Any]) -> list[str]:
    """How often a round came, and until when."""
    if fold.times == 1:
        return []
    rows = "" if len(fold.rows) == 1 else f"these {len(fold.rows)} rows "
    return [f"({rows}{fold.times} times, until {clock(fold.last.at)})"]


def _same(row: Any) -> Hashable:
    """What two rows that say the same have in common; when, and how long it took, may differ."""
    data = {name: value for name, value in row.data.items() if name not in _VOLATILE}
    orders = [each.order.to_dict() for each in row.orders]
    return json.dumps([row.event, str(row.before), str(row.after), data, orders], sort_keys=True)


def _marks(tried: Attempt) -> Iterable[str]:
    """When what happened to an attempt."""
    words = {"dialled": "called", "answered": "answered", "accepted": "accepted", "joined": "joined"}
    for mark, word in (*words.items(), ("ended", "ended")):
        at = getattr(tried, f"{mark}_at")
        if at:
            yield f"{word} {clock(at)}"
    for word, told in (("key", tried.key), ("status", tried.status), ("sip", tried.sip)):
        if told:
            yield f"{word} {told}"
    if tried.answered_by:
        yield f"detection {tried.answered_by}"
    if tried.left_first:
        early = ", dropped early" if dropped_early(tried) else ""
        yield f"{tried.left_first} left first at {clock(tried.parted_at)}{early}"
    for each in tried.proofs:
        yield f"seen {clock(each.at)}: caller {each.caller or '?'}, human {each.human or '?'}"
