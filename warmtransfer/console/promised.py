"""Callbacks as the pages show them: those of one call, and those that somebody has to know of."""

from __future__ import annotations

from typing import Any

from warmtransfer.core.callbacks.callback import Callback, Side, Stage
from warmtransfer.core.names import called
from warmtransfer.web.parts import parts
from warmtransfer.web.promised import told

#: Days for which one that was given up is shown by itself, and how many are.
DAYS, MOST = 14, 50


def of_call(call_id: str) -> list[dict[str, Any]]:
    """Those that were promised in this call."""
    return [shown(each) for each in parts().callbacks.kept.of_call(call_id)]


def waiting(now: float) -> list[dict[str, Any]]:
    """Those of which something is still to come, and those that were given up lately."""
    kept = parts().callbacks.kept
    lost = kept.listed(MOST, stage=Stage.GIVEN_UP.value, since=now - DAYS * 86_400.0)
    return [shown(each) for each in (*lost, *kept.listed(MOST, live=True))]


def shown(callback: Callback) -> dict[str, Any]:
    """One row: who was tried with it, too."""
    legs = [
        f"{called(each.name) if each.side is Side.HUMAN else 'caller'} {each.outcome.value.replace('_', ' ')}"
        for each in callback.legs
        if each.outcome
    ]
    return {**told(callback), "tried": legs}
