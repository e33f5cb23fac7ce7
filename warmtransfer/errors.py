"""What can go wrong outside, and what to do next.

WarmTransferError
├── ConfigError         the deployment has to change a key
├── StoreBusy           the call's row stayed locked: ask again
├── ModelGone           the model's session cannot be had, or is gone
└── CarrierError
    ├── CarrierBusy     not done; repeat after a moment
    ├── CarrierGone     what was asked about is over; counts as done
    ├── CarrierRefused  not done; repeating cannot help
    │   └── CarrierTaken    the label is in the room: perhaps done by an earlier request
    └── CarrierUnsure   perhaps done: look before repeating
"""

from __future__ import annotations

from collections.abc import Sequence


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


class ModelGone(WarmTransferError):
    """The model's session cannot be had or is gone; `fatal` when another try cannot help."""

    def __init__(self, reason: str, *, fatal: bool = False) -> None:
        self.reason = reason
        self.fatal = fatal
        super().__init__(reason)


class CarrierError(WarmTransferError):
    """The carrier did not do what was asked. `status` is HTTP's, `code` the carrier's own, 0 for none."""

    kind = "ours"

    def __init__(self, detail: str, *, status: int = 0, code: int = 0) -> None:
        self.detail = detail
        self.status = status
        self.code = code
        super().__init__(f"{detail} (HTTP {status}, code {code})")


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


class CarrierUnsure(CarrierError):
    """Nobody knows whether it was done: look before repeating."""

    kind = "unsure"
