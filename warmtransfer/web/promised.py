"""A callback as data, for API, command line and console. Times are seconds since 1970, in UTC."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Protocol

from warmtransfer.core.callbacks.callback import Callback, Leg
from warmtransfer.core.callbacks.saying import how


class Recording(Protocol):
    """What is kept of a recorded message."""

    @property
    def url(self) -> str:
        """Where the carrier has it."""

    @property
    def seconds(self) -> int:
        """How long it is."""

    @property
    def words(self) -> str:
        """What is said in it, as far as a model could tell."""

    @property
    def kept(self) -> str:
        """The file it was put into."""

    @property
    def fault(self) -> str:
        """Why it could not be had when it was tried last."""

    @property
    def told_at(self) -> float:
        """When whoever listens was told of it."""

    @property
    def deleted_at(self) -> float:
        """When the carrier had deleted it."""


def told(callback: Callback) -> dict[str, Any]:
    """All that is kept of it, but for what is nobody's business but ours."""
    return {
        "id": callback.id,
        "stage": callback.stage.value,
        "how": how(callback),
        "call_id": callback.call_id,
        "number": callback.number,
        "name": callback.name,
        "about": callback.about,
        "when_words": callback.words,
        "wanted_at": callback.wanted_at or None,
        "target": callback.target,
        "by": callback.by,
        "called_at": callback.called_at,
        "created_at": callback.created_at,
        "next_at": callback.alarm_at if callback.stage == "waiting" else None,
        "tries": callback.tries,
        "why": callback.why,
        "legs": [_leg(each) for each in callback.legs],
        "ended_at": callback.ended_at or None,
    }


def recording(found: Recording) -> dict[str, Any]:
    """A recorded message: what is said in it, and what has become of it."""
    return {
        "url": found.url,
        "seconds": found.seconds,
        "words": found.words,
        "kept": found.kept,
        "told_at": found.told_at or None,
        "deleted_at": found.deleted_at or None,
        "fault": found.fault,
    }


def _leg(leg: Leg) -> dict[str, Any]:
    data = asdict(leg)
    del data["ring"]
    outcome = leg.outcome.value if leg.outcome else None
    return {**data, "side": leg.side.value, "outcome": outcome}
