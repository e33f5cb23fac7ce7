"""Every URL that Twilio is given of a callback's legs: none is a call's, so that no news goes astray."""

from __future__ import annotations

from dataclasses import dataclass

from warmtransfer.web.links import Links


@dataclass(frozen=True, slots=True)
class BackLinks(Links):
    """The same prefix, one floor down. What asks a human for a key finds its way by the same names."""

    def _of(self, callback_id: str, path: str) -> str:
        return self._url(f"/callback/{callback_id}{path}")

    def room(self, call_id: str) -> str:
        """The conference's status callback."""
        return self._of(call_id, "/room")

    def human(self, call_id: str, n: int) -> str:
        """The document of a human's leg."""
        return self._of(call_id, f"/human/{n}")

    def gate(self, call_id: str, n: int) -> str:
        """Where the key pressed there arrives."""
        return self._of(call_id, f"/human/{n}/gate")

    def who(self, call_id: str, n: int) -> str:
        """Where the key pressed behind a switchboard arrives."""
        return self._of(call_id, f"/human/{n}/who")

    def spoke(self, call_id: str, n: int) -> str:
        """Where it is told what the leg says that is listened to."""
        return self._of(call_id, f"/human/{n}/spoke")

    def caller(self, callback_id: str, n: int) -> str:
        """The document of the leg to the caller."""
        return self._of(callback_id, f"/caller/{n}")

    def leg_status(self, callback_id: str, n: int) -> str:
        """A leg's status callback."""
        return self._of(callback_id, f"/leg/{n}/status")

    def amd(self, call_id: str, n: int) -> str:
        """Where answering-machine detection reports."""
        return self._of(call_id, f"/leg/{n}/amd")

    def leg_wait(self, callback_id: str, n: int) -> str:
        """What somebody hears who is alone in the room."""
        return self._of(callback_id, f"/leg/{n}/wait")

    def gone(self, call_id: str, n: int) -> str:
        """What whoever waits is told when the other is not to be had."""
        return self._of(call_id, f"/leg/{n}/gone")
