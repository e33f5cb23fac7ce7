"""The model's sessions of one call: opened early, replaced when lost, exchanged before their cap."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence

from warmtransfer.clock import Clock
from warmtransfer.ports.loop.protocols import Loop, Timer
from warmtransfer.ports.model.protocol import Listener, Model, ToolCall
from warmtransfer.relay.border import TalkSide
from warmtransfer.relay.settings import RelaySettings

log = logging.getLogger("warmtransfer")

#: A session without a known end is taken to last this long.
CAP = 3600.0


class Sessions:
    """Which model the relay speaks with. One is current; a second one may stand by to take over."""

    __slots__ = (
        "_clock", "_exchange_at", "_failure", "_loop", "_notes", "_open_model", "_settings", "_standby",
        "_standby_at", "_standby_ends", "_talk", "_timer", "model",
    )  # fmt: skip

    def __init__(
        self,
        open_model: Callable[[Listener], Model],
        talk: TalkSide,
        loop: Loop,
        clock: Clock,
        settings: RelaySettings,
        notes: Sequence[str] = (),
    ) -> None:
        self._open_model = open_model
        self._talk = talk
        self._loop = loop
        self._clock = clock
        self._settings = settings
        self._notes = notes  #: what every session is told besides; there may be more of it when one begins
        self._timer: Timer | None = None
        self._standby: Model | None = None
        self._standby_at = 0.0
        self._standby_ends = 0.0
        self._exchange_at = float("inf")
        self.model: Model | None = None
        self._failure: tuple[str, bool] | None = None

    @property
    def ready(self) -> Model | None:
        """The session, once it can be spoken to."""
        return self.model if self.model is not None and self.model.ready else None

    def open_ones(self) -> list[Model]:
        """Every session there is, ready or not."""
        return [model for model in (self.model, self._standby) if model is not None]

    def open(self, delay: float = 0.0) -> None:
        """Open one after `delay` seconds, unless there is one, or one is on the way."""
        if self.model is not None or (self._timer is not None and delay > 0):
            return
        self._forget_timer()
        if delay > 0:
            self._timer = self._loop.later(self._clock.real(delay), self.open)
            return
        self._failure = None
        self.model = self._open_model(self._talk)
        self._talk.opening(self.model)

    def begin(self, model: Model) -> None:
        """This session is the current one: it is told what was said, and what every session is told."""
        self._talk.session(model)
        for fact in (*self._settings.facts(), *self._notes):
            model.know(fact)

    def started(self, expires_at: float) -> None:
        """The current session is ready; it ends at `expires_at`, unix seconds."""
        self._exchange_at = self._clock.monotonic() + self._before_end(expires_at)

    def lost(self, reason: str, fatal: bool) -> None:
        """The current session is gone."""
        self.model = None
        self._failure = (reason, fatal)
        self._drop_standby()

    def take_failure(self) -> tuple[str, bool] | None:
        """Reason and fatality of a loss nobody has been told of; told once, and not when another try runs."""
        failure, self._failure = self._failure, None
        return failure if self.model is None and self._timer is None else None

    def close(self) -> None:
        """Close whatever is open."""
        self._forget_timer()
        self._drop_standby()
        if self.model is not None:
            self.model.close()
            self.model = None

    def check(self) -> None:
        """Called now and then: one that has gone silent is lost, one that will end soon is exchanged."""
        now = self._clock.monotonic()
        if self.ready is not None:
            self.ready.check(now, self._settings.stall)
        if self.ready is None or now < self._exchange_at:
            return
        if self._standby is None and now >= self._standby_at:
            self._standby_at = now + 20.0
            self._standby = self._open_model(_Standby(self))
        elif self._standby is not None and self._standby.ready and self._talk.calm():
            self._exchange()

    def standby_lost(self, reason: str) -> None:
        """The session that was to take over is gone; another try comes later."""
        log.warning("the session that was to take over is lost: %s", reason)
        self._standby = None

    def standby_ready(self, expires_at: float) -> None:
        """It can take over."""
        self._standby_ends = expires_at

    def _exchange(self) -> None:
        old, new = self.model, self._standby
        if old is None or new is None:
            return
        self._standby = None
        self.model = new
        new.listener = self._talk
        self.begin(new)
        old.close()
        self.started(self._standby_ends)

    def _before_end(self, expires_at: float) -> float:
        """Clock seconds until the exchange: about four minutes before the end, sooner for a short life."""
        real = expires_at - time.time() if expires_at else CAP
        left = max(0.0, real / self._clock.real(1.0))
        return left - min(self._settings.exchange_before, left * 0.15)

    def _drop_standby(self) -> None:
        if self._standby is not None:
            self._standby.close()
            self._standby = None

    def _forget_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


class _Standby:
    """Listens to a session that nobody speaks with yet."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    def model_ready(self, expires_at: float) -> None:
        self._sessions.standby_ready(expires_at)

    def model_lost(self, reason: str, fatal: bool) -> None:
        self._sessions.standby_lost(reason)

    def model_audio(self, item: str, content: int, payload: bytes) -> None:
        """Nobody asked it anything."""

    def model_audio_done(self, item: str) -> None:
        """Nobody asked it anything."""

    def model_words(self, item: str, text: str, final: bool) -> None:
        """Nobody asked it anything."""

    def caller_started(self) -> None:
        """It hears nothing."""

    def caller_stopped(self) -> None:
        """It hears nothing."""

    def caller_turn(self, item: str) -> None:
        """It hears nothing."""

    def caller_words(self, item: str, text: str) -> None:
        """It hears nothing."""

    def tool_called(self, call: ToolCall) -> None:
        """Nobody asked it anything."""

    def turn_done(self, purpose: str, status: str) -> None:
        """Nobody asked it anything."""
