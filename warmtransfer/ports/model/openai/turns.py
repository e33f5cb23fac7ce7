"""Whose turn it is in a session: at most one response runs, others wait, cut ones are not listened to."""

from __future__ import annotations

from collections import deque

from warmtransfer.ports.model.protocol import Want

#: A response that runs at the server and was never announced to us.
UNKNOWN = "unknown"


class Turns:
    """The bookkeeping of one session's responses. No IO; time is told by `stalled`."""

    def __init__(self) -> None:
        self._wants: deque[Want] = deque()
        self._asked: tuple[Want, str] | None = None  #: sent, and not yet begun
        self._perhaps: str | None = None  #: a response that may be the one asked for
        self._purposes: dict[str, str] = {}
        self._deaf: set[str] = set()
        self._moved = True  #: something came since `stalled` last looked
        self._still_since = 0.0
        self._owed = False  #: the server took the caller's turn and has not begun to answer
        self.running: str | None = None
        self.only: str | None = None  #: while set, only responses of this purpose are wanted

    @property
    def busy(self) -> bool:
        """Whether a response runs or has been asked for."""
        return self.running is not None or self._asked is not None or bool(self._wants)

    def want(self, want: Want) -> None:
        """Put a response in line; the same purpose twice is one response, with the later words."""
        self._wants = deque(each for each in self._wants if each.purpose != want.purpose)
        if self.only in (None, want.purpose):
            self._wants.append(want)

    def next(self) -> Want | None:
        """The response to ask for now, taken out of the line."""
        if self.running is not None or self._asked is not None:
            return None
        return self._wants.popleft() if self._wants else None

    def keep_only(self, purpose: str) -> None:
        """From now on only responses of this purpose are wanted, also in the line."""
        self.only = purpose
        self._wants = deque(each for each in self._wants if each.purpose == purpose)

    def asked(self, want: Want, event_id: str) -> None:
        """It was asked for with this event."""
        self._asked = (want, event_id)
        self._moved = True

    def owed(self) -> None:
        """The server took a turn of the caller's: it answers by itself, or it has stalled."""
        self._owed = self.only is None
        self._moved = True

    def spoke(self) -> None:
        """The caller speaks again: whatever was owed is answered after that."""
        self._owed = False

    def began(self, response: str, purpose: str | None) -> None:
        """A response runs: the one we asked for, or one the server started because the caller spoke.

        Not every server gives metadata back: without it, a response is ours if our request is not refused
        before it ends.
        """
        if purpose is not None:
            self._purposes[response] = purpose
            if self._asked is not None and self._asked[0].purpose == purpose:
                self._asked = None
        elif self._asked is not None:
            self._perhaps = response
        self.running = response
        self._owed = False
        self._moved = True

    def ended(self, response: str) -> str:
        """It ended; its purpose, empty when it was not ours."""
        if self.running in (response, UNKNOWN):
            self.running = None
        self._deaf.discard(response)
        self._moved = True
        if self._perhaps == response and self._asked is not None:
            self._purposes[response] = self._asked[0].purpose
            self._asked = None
        return self._purposes.pop(response, "")

    def refused(self, event_id: str, *, again: bool) -> None:
        """The server answered our request with an error: ask again after the running response, or not."""
        if self._asked is not None and self._asked[1] == event_id:
            want, self._asked, self._perhaps = self._asked[0], None, None
            if again:
                # With its note: the response that runs began without knowing it, and its own words follow it.
                self._wants.appendleft(want)
                self.running = self.running or UNKNOWN
        elif again:
            self._owed = False  # not ours: the server could not answer a turn, for a response runs

    def silence(self) -> bool:
        """Stop listening to the running response; False when that was so already."""
        if self.running in (None, UNKNOWN) or self.running in self._deaf:
            return False
        self._deaf.add(str(self.running))
        return True

    def heeded(self, response: str) -> bool:
        """Whether audio of this response is still wanted; late audio of one that is over is not."""
        self._moved = True
        return response == self.running and response not in self._deaf

    def unwanted(self) -> str | None:
        """The running response when it must be ended; told once."""
        if self.only is None or self.running is None:
            return None
        ours = self._asked[0].purpose if self._asked and self._perhaps == self.running else None
        if self._purposes.get(self.running, ours) == self.only:
            return None
        return self.running if self.silence() else None

    def progressed(self) -> None:
        """Something of the running response came."""
        self._moved = True

    def stalled(self, now: float, patience: float) -> bool:
        """Whether a response has been running, asked for or owed, and silent, for `patience` seconds."""
        if self._moved or (self.running is None and self._asked is None and not self._owed):
            self._moved = False
            self._still_since = now
        return now - self._still_since > patience
