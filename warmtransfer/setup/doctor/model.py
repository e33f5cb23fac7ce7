"""The realtime model: its key, its names, and a session with exactly the settings that calls get."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from warmtransfer.config import Settings
from warmtransfer.guidance import model_settings
from warmtransfer.ports.loop.choose import make_loop
from warmtransfer.ports.model.connecting import UNREACHED
from warmtransfer.ports.model.protocol import Factory, Model, Provider, ToolCall
from warmtransfer.setup.doctor.line import Area, Line

MODEL = Area("model")
#: Real seconds for a session to open.
PATIENCE = 15.0
REACH = "see whether this machine may reach it (DNS, firewall, proxy), and WARMTRANSFER_REALTIME_URL, if set"
#: And to say goodbye.
CLOSING = 2.0


@dataclass
class _Ear:
    """What a session says of itself; of calls there are none."""

    ready: bool = False
    lost: str = ""
    settled: threading.Event = field(default_factory=threading.Event)

    def model_ready(self, expires_at: float) -> None:
        """It has taken our settings."""
        self.ready = True
        self.settled.set()

    def model_lost(self, reason: str, fatal: bool) -> None:
        """It is gone."""
        self.lost = reason
        self.settled.set()

    def model_audio(self, item: str, content: int, payload: bytes) -> None:
        """Nothing was asked."""

    def model_audio_done(self, item: str) -> None:
        """Nothing was asked."""

    def model_words(self, item: str, text: str, final: bool) -> None:
        """Nothing was asked."""

    def caller_started(self) -> None:
        """Nobody speaks."""

    def caller_stopped(self) -> None:
        """Nobody speaks."""

    def caller_turn(self, item: str) -> None:
        """Nobody speaks."""

    def caller_words(self, item: str, text: str) -> None:
        """Nobody speaks."""

    def tool_called(self, call: ToolCall) -> None:
        """Nothing was asked."""

    def turn_done(self, purpose: str, status: str) -> None:
        """Nothing was asked."""


def lines(settings: Settings, providers: Mapping[str, Factory]) -> Iterator[Line]:
    """Open a session, see what is refused, close it. Costs nothing: no response is asked for."""
    provider = providers[settings.provider](model_settings(settings))
    what = f"a session of {settings.provider}"
    ear = _open(provider)
    refused = getattr(provider, "refused", ())
    for each in refused:
        yield MODEL.warning("a setting", each, "change the key that it names")
    if ear.ready:
        named = settings.realtime_model or "the provider's own model"
        yield MODEL.ok(what, f"opens with {named}{'' if refused else ' and all settings'}")
    elif ear.lost:
        yield MODEL.fault(what, *_lost(ear.lost))
    else:
        yield MODEL.fault(what, f"did not open within {PATIENCE:.0f} s", REACH)


def _lost(why: str) -> tuple[str, str]:
    """What was found, and what to do: what stands behind the colon is advice, or the name of a fault."""
    if why.startswith(UNREACHED):
        return why, REACH
    found, _, do = why.partition(": ")
    return found, do or "see its server's own pages; callers get a human until then"


def _open(provider: Provider) -> _Ear:
    loop, ear, opened = make_loop(), _Ear(), list[Model]()
    try:
        loop.soon(lambda: opened.append(provider.open(loop, (), ear, PATIENCE)))
        ear.settled.wait(PATIENCE + 2.0)
        if opened:
            loop.soon(opened[0].close)
            end = time.monotonic() + CLOSING
            while loop.watched() and time.monotonic() < end:
                time.sleep(0.01)
    finally:
        loop.stop()
    return ear
