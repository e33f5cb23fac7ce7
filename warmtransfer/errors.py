"""What can go wrong outside, and what to do next.

WarmTransferError
├── ConfigError         the deployment has to change a key
├── StoreBusy           the call's row stayed locked: ask again
├── UnknownTarget       nobody who may be rung is meant: name one of those it lists
├── NotNow              what somebody asks for does not fit the call any more: look at it again
├── Leaving             this process is ending: ask again, the next one answers
├── ModelGone           the model's session cannot be had, or is gone
└── CarrierError
    ├── CarrierBusy     not done; repeat after a moment
    ├── CarrierGone     what was asked about is over; counts as done
    ├── CarrierRefused  not done; repeating cannot help
    │   ├── CarrierTaken    the label is in the room: perhaps done by an earlier request
    │   └── CarrierNotShown the number that was to be shown may not be: with our own it can be done
    └── CarrierUnsure   perhaps done: look before repeating
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator, Sequence
from pathlib import PurePath


class WarmTransferError(Exception):
    """Anything this package raises on purpose."""


class ConfigError(WarmTransferError):
    """Configuration keys are missing or wrong; `faults` names each one and what to put there.

    `hint` is one more sentence, for all of them: where they were looked for.
    """

    def __init__(self, faults: Sequence[str], hint: str = "") -> None:
        self.faults = tuple(faults)
        lines = ["warmtransfer cannot start:", *(f"  - {fault}" for fault in self.faults)]
        super().__init__("\n".join([*lines, hint] if hint else lines))


class StoreBusy(WarmTransferError):
    """The call's row stayed locked for longer than we wait."""


class UnknownTarget(WarmTransferError):
    """A human was asked for by a name that nobody bears; `names` are those there are."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(names)
        super().__init__(f"the target is none of {', '.join(self.names)}")


class NotNow(WarmTransferError):
    """What is asked for cannot be done as the call stands; the message is a sentence that says why."""


class Leaving(WarmTransferError):
    """This process is ending, and begins nothing: the next one, or another, does."""


class ModelGone(WarmTransferError):
    """The model's session cannot be had or is gone; `fatal` when another try cannot help."""

    def __init__(self, reason: str, *, fatal: bool = False) -> None:
        self.reason = reason
        self.fatal = fatal
        super().__init__(reason)


class CarrierError(WarmTransferError):
    """The carrier did not do what was asked. `status` is HTTP's, `code` the carrier's own, 0 for none.

    `advice` is for the one who deploys: what the code means, and what to do.
    """

    kind = "ours"

    def __init__(self, detail: str, *, status: int = 0, code: int = 0, advice: str = "") -> None:
        self.detail = detail
        self.status = status
        self.code = code
        self.advice = advice
        text = f"{detail} (HTTP {status}, code {code})"
        super().__init__(f"{text}: {advice}" if advice else text)

    @property
    def answer(self) -> str:
        """What the carrier answered, and what to do about it."""
        given = f"HTTP {self.status} code {self.code}" if self.status else "no answer"
        return f"{given}: {self.advice}" if self.advice else given


class CarrierBusy(CarrierError):
    """Not processed: repeat it after a moment."""

    kind = "busy"


class CarrierGone(CarrierError):
    """The leg, participant or room is over already."""

    kind = "gone"


class CarrierRefused(CarrierError):
    """Not processed, and repeating cannot help."""

    kind = "refused"


class CarrierTaken(CarrierRefused):
    """A participant of this label is in the room already: look whether it is ours."""


class CarrierNotShown(CarrierRefused):
    """The number that was to be shown may not be: our own can be."""


class CarrierUnsure(CarrierError):
    """Nobody knows whether it was done: look before repeating."""

    kind = "unsure"


#: Frames of a fault that its log line names, the innermost.
FRAMES = 4


def log_fault(log: logging.Logger, fault: BaseException, text: str, *arguments: object) -> None:
    """One ERROR line: the text, and the fault's names and lines. Its message may be what a caller said."""
    log.error(f"{text}: %s", *arguments, described(fault))


def described(fault: BaseException) -> str:
    """The names of a fault and of what led to it, each with the lines it came through; never a value."""
    return "; after ".join(_lines(fault))


def _lines(fault: BaseException | None) -> Iterator[str]:
    seen: set[int] = set()
    while fault is not None and id(fault) not in seen:
        seen.add(id(fault))
        frames = list(traceback.walk_tb(fault.__traceback__))[-FRAMES:]
        codes = [(frame.f_code, line) for frame, line in frames]
        where = ", ".join(f"{PurePath(code.co_filename).name}:{line} {code.co_name}" for code, line in codes)
        names = [type(fault).__name__]
        if isinstance(fault, BaseExceptionGroup):
            names += [type(each).__name__ for each in fault.exceptions]
        yield f"{' of '.join(names)} ({where})" if where else " of ".join(names)
        fault = fault.__cause__ or (None if fault.__suppress_context__ else fault.__context__)
