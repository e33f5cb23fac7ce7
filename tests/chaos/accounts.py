"""What is told of a call in which a promise was broken."""

from __future__ import annotations

from collections.abc import Iterator

from tests.calls.world import Row
from tests.chaos.promises import PROMISES, Case


def sentence(broken: tuple[str, str]) -> str:
    """A promise, and how it was broken."""
    return f"{PROMISES[broken[0]]}: {broken[1]}"


def account(case: Case) -> Iterator[str]:
    """All that is known of a call: what the network saw, what was decided, what was logged."""
    began = float(case.rows[0]["t"]) if case.rows else 0.0
    for row in case.rows:
        yield f"{float(row['t']) - began:8.2f} {shown(row)}"
    for call in case.calls:
        for row in call["journal"]:
            orders = ", ".join(_order(each) for each in row["orders"])
            yield f"{row['at'] % 1000:8.2f} {row['event']}: {row['before']} -> {row['after']} {orders}"
        for line in call["transcript"]:
            yield f"{line['at'] % 1000:8.2f} {line['who']}: {line['text']}"
        yield f"stage {call['stage']}, {[attempt['outcome'] for attempt in call['attempts']]}"
    yield case.log
    yield f"began at {began:.1f}, hung up at {case.hung_up}, still up: {case.left}"


def _order(order: Row) -> str:
    news = f" ({order['news']})" if order.get("news") else ""
    return f"{order['order']}{news} {order['result'] or 'open'}"


def shown(row: Row) -> str:
    """One row of the trace in a line."""
    if row["kind"] == "rest":
        return f"REST {row['method']} {row['path'][-60:]} {row['status']}"
    if row["kind"] == "webhook":
        form = dict(map(tuple, row["form"]))
        names = ("StatusCallbackEvent", "ParticipantLabel", "CallStatus", "Digits", "AnsweredBy")
        return f"webhook {row['url'][-50:]} {row['status']} {' '.join(form[n] for n in names if form.get(n))}"
    rest = {k: v for k, v in row.items() if k not in ("t", "kind", "event", "msg", "call_sid")}
    return f"{row['kind']} {row.get('event', row.get('msg', {}).get('event', ''))} {rest}"
