"""The same figures for Prometheus, from the database: whichever process is asked says the same.

They are gauges over a window, and no counters: calls are forgotten after a while, and a counter that falls is
taken for one that began anew.
"""

from __future__ import annotations

import hmac
from collections import Counter
from collections.abc import Callable, Iterator

from flask import Blueprint, Response, abort, request
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from werkzeug.exceptions import TooManyRequests

from warmtransfer.console.figures import SHARES, Figures
from warmtransfer.console.glance import LOST, WAITING
from warmtransfer.console.room import Console, here
from warmtransfer.core.call import Stage
from warmtransfer.errors import WarmTransferError
from warmtransfer.web import hosts, wrong

metrics = hosts.watch(Blueprint("warmtransfer_metrics", __name__))

#: Seconds of the windows, by their names.
WINDOWS = {"5m": 300.0, "1h": 3600.0, "1d": 86400.0}
#: Parts of a window to which its beginning is rounded: who asks within one is given what was counted.
PARTS, SHORTEST = 1440, 5.0


@metrics.get("/metrics")
def exposed() -> Response:
    """The figures; 404 without a configured token, 401 without the right one."""
    room = here()
    token = room.settings.metrics_token
    if not token:
        abort(404)
    whom = wrong.address(request)
    pause = room.wrong_token.wait(whom)
    if pause:
        raise TooManyRequests(retry_after=pause)
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    if scheme.casefold() != "bearer" or not hmac.compare_digest(given.strip().encode(), token.encode()):
        room.wrong_token.note(whom)
        return Response(
            "Send Authorization: Bearer <WARMTRANSFER_METRICS_TOKEN>.\n", 401, {"WWW-Authenticate": "Bearer"}
        )
    registry = CollectorRegistry(auto_describe=False)
    try:
        registry.register(_Collected(list(collected(room))))
    except WarmTransferError as fault:
        return Response(f"{fault}\n", 503, {"Retry-After": "5"}, mimetype="text/plain")
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


class _Collected:
    def __init__(self, found: list[Metric]) -> None:
        self._found = found

    def collect(self) -> Iterator[Metric]:
        """What was collected."""
        yield from self._found


def collected(room: Console) -> Iterator[Metric]:
    """Every metric as it is now."""
    yield from _live(room)
    yield from _events(room)
    now = room.clock.now()
    windows = {name: room.counting.since(_since(now, seconds)) for name, seconds in WINDOWS.items()}
    yield _gauge("calls", "Calls that began in the window.", windows, lambda each: each.calls)
    yield _gauge("handoffs_asked", "Requests for a person.", windows, lambda each: each.asked)
    yield _gauge(
        "handoffs_reached", "Of these, those that led to a person.", windows, lambda each: each.reached
    )
    yield _gauge("messages", "Calls in which a message was left.", windows, lambda each: each.messages)
    yield _gauge("model_losses", "Sessions with the model that were lost.", windows, lambda each: each.losses)
    yield from _ends(windows)
    yield from _times(windows)


def _ends(windows: dict[str, Figures]) -> Iterator[Metric]:
    """How attempts and calls ended."""
    outcomes = GaugeMetricFamily(
        "warmtransfer_attempts",
        "How often each human was rung, by how it ended.",
        labels=["window", "human", "outcome"],
    )
    ends = GaugeMetricFamily(
        "warmtransfer_calls_ended", "Calls that are over, by how they ended.", labels=["window", "outcome"]
    )
    for name, figures in windows.items():
        for (human, outcome), count in sorted(_outcomes(figures).items()):
            outcomes.add_metric([name, human, outcome], count)
        for end, count in figures.ends:
            ends.add_metric([name, end], count)
    yield from (outcomes, ends)


def _times(windows: dict[str, Figures]) -> Iterator[Metric]:
    """How long it took, and what is measured of each call."""
    steps = GaugeMetricFamily(
        "warmtransfer_handoff_step_seconds",
        "How long each step of a handoff took, from the one before it.",
        labels=["window", "step", "quantile"],
    )
    quiet = GaugeMetricFamily(
        "warmtransfer_longest_silence_seconds",
        "The longest silence that the caller heard in each call.",
        labels=["window", "quantile"],
    )
    lost = GaugeMetricFamily(
        "warmtransfer_model_reconnects",
        "How often the model's session was lost in one call.",
        labels=["window", "quantile"],
    )
    for name, figures in windows.items():
        for step, _, values in figures.steps:
            _shares(steps, [name, step.replace(" → ", "_to_").replace(" ", "_").lower()], values)
        _shares(quiet, [name], figures.silence.seconds)
        _shares(lost, [name], figures.silence.lost)
    yield from (steps, quiet, lost)


def _shares(metric: GaugeMetricFamily, labels: list[str], values: list[float | None]) -> None:
    """Each quantile that there is."""
    for share, value in zip(SHARES, values, strict=True):
        if value is not None:
            metric.add_metric([*labels, f"{share:g}"], value)


def _since(now: float, seconds: float) -> float:
    part = max(SHORTEST, seconds / PARTS)
    return (now - seconds) // part * part


def _live(room: Console) -> Iterator[Metric]:
    room.news.look()
    known = room.news.calls()
    stages = Counter(each.call.stage for each in known)
    live = GaugeMetricFamily("warmtransfer_live_calls", "Calls that are up, by stage.", labels=["stage"])
    for stage in Stage:
        if stage is not Stage.OVER:
            live.add_metric([stage.value], stages[stage])
    yield live
    waits = [each.shown for each in known if each.shown.level in (LOST, WAITING)]
    yield GaugeMetricFamily("warmtransfer_waiting_calls", "Callers who wait for a person.", value=len(waits))
    now = room.clock.now()
    longest = max((now - each.waiting_since for each in waits if each.waiting_since), default=0.0)
    yield GaugeMetricFamily(
        "warmtransfer_longest_wait_seconds", "For how long the first of them has.", value=longest
    )


def _events(room: Console) -> Iterator[Metric]:
    """Where there are systems that are told of calls."""
    if not room.settings.events_url:
        return
    found = room.ledger.undelivered()
    age = room.clock.now() - found.since if found.waiting else 0.0
    told = (
        ("events_waiting", "Events that were tried and not taken.", found.waiting),
        ("events_oldest_seconds", "For how long the first of them is tried.", max(0.0, age)),
        ("events_given_up", "Events that are not tried any more.", found.given_up),
    )
    for name, text, value in told:
        yield GaugeMetricFamily(f"warmtransfer_{name}", text, value=value)


def _gauge(name: str, text: str, windows: dict[str, Figures], of: Callable[[Figures], int]) -> Metric:
    found = GaugeMetricFamily(f"warmtransfer_{name}", text, labels=["window"])
    for window, figures in windows.items():
        found.add_metric([window], of(figures))
    return found


def _outcomes(figures: Figures) -> Counter[tuple[str, str]]:
    found: Counter[tuple[str, str]] = Counter()
    for each in figures.became:
        found[each.name, each.outcome or "open"] += each.many
    return found
