"""The border between a call's relay and its talk, in both directions.

The relay owns where audio goes: the stream, which session is current, and whether a frame may pass. The talk
owns what is said, heard and owed. Each tells the other what has happened, and neither looks into the other.
All of it runs in the loop.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from warmtransfer.core.call import Stage
from warmtransfer.ports.model.protocol import Listener, Model
from warmtransfer.relay.speaker import Speaker


class RelaySide(Protocol):
    """What the talk tells the relay."""

    def session_ready(self, expires_at: float) -> None:
        """The session that was being opened can be spoken to; it ends at `expires_at`, unix seconds."""

    def session_lost(self, reason: str, fatal: bool) -> None:
        """The current session is gone."""

    def introduced(self) -> None:
        """The introduction was heard, or cannot be."""


class TalkSide(Listener, Protocol):
    """What the relay tells the talk, which is also the listener of the current session."""

    # Where it takes place

    def stream(self, speaker: Speaker | None) -> None:
        """The caller hears this speaker from now on, or nobody."""

    def opening(self, model: Model) -> None:
        """This session is being opened, and may be asked already for what it is to say first."""

    def session(self, model: Model | None) -> None:
        """This session is the current one and can be spoken to; with None there is none."""

    def returned(self, mark: str) -> None:
        """Something was heard."""

    def tick(self) -> None:
        """Called now and then: time alone settles what was heard, and what is due."""

    def calm(self) -> bool:
        """Whether nobody speaks and no words are outstanding, so that nothing is lost in an exchange."""

    # What the desk wants

    def follow(self, stage: Stage, gated: bool) -> None:
        """The call is in this stage; `gated`: the model must not hear, nor answer."""

    def speak(self, news: str) -> None:
        """Greet, or tell news."""

    def know(self, news: str) -> None:
        """Let the model know."""

    def introduce(self, line: str) -> None:
        """Say exactly this line now; `introduced` follows, at once when it cannot be said."""

    def comfort(self, wanted: bool) -> None:
        """Whether the caller has to be comforted by the recorded line and ring tone: no model speaks."""

    def when_quiet(self, then: Callable[[], object]) -> None:
        """Call `then` once all that the AI is saying has been heard."""

    def close(self) -> None:
        """It ends here, after `stream(None)`; whoever waits for quiet waits no more."""
