"""An AI answers the phone, and hands the caller to a person without ever dropping them."""

from importlib import import_module as _import_module
from typing import TYPE_CHECKING as _TYPE_CHECKING

if _TYPE_CHECKING:
    from warmtransfer.core.call import Attempt, Call, Handoff, Outcome, Stage, Style
    from warmtransfer.core.rules import Human
    from warmtransfer.desk.desk import UnknownCall
    from warmtransfer.errors import ConfigError, StoreBusy, WarmTransferError
    from warmtransfer.extension import WarmTransfer, create_app
    from warmtransfer.relay.tools import CallInfo
    from warmtransfer.signals import call_over, call_started, handoff_asked, handoff_ended, human_joined

__all__ = [
    "Attempt",
    "Call",
    "CallInfo",
    "ConfigError",
    "Handoff",
    "Human",
    "Outcome",
    "Stage",
    "StoreBusy",
    "Style",
    "UnknownCall",
    "WarmTransfer",
    "WarmTransferError",
    "call_over",
    "call_started",
    "create_app",
    "handoff_asked",
    "handoff_ended",
    "human_joined",
]

# Loaded when asked for: the simulator lives in this package and needs none of them.
_HOMES = {
    "core.call": {"Attempt", "Call", "Handoff", "Outcome", "Stage", "Style"},
    "core.rules": {"Human"},
    "errors": {"ConfigError", "StoreBusy", "WarmTransferError"},
    "extension": {"WarmTransfer", "create_app"},
    "desk.desk": {"UnknownCall"},
    "relay.tools": {"CallInfo"},
    "signals": {"call_over", "call_started", "handoff_asked", "handoff_ended", "human_joined"},
}


def __getattr__(name: str) -> object:
    for home, names in _HOMES.items():
        if name in names:
            value: object = getattr(_import_module(f"{__name__}.{home}"), name)
            globals()[name] = value
            return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
