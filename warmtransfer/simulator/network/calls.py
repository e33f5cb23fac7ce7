"""One leg: its life from queued to ended, its audio, and the news it sends."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from warmtransfer.simulator.network.addresses import headers_of, is_sip
from warmtransfer.simulator.network.geography import place_of
from warmtransfer.simulator.network.holdings import TRIAL_LIMIT, Settings
from warmtransfer.simulator.network.taking import Taking, Wanted
from warmtransfer.simulator.phones.phone import Phone
from warmtransfer.simulator.services import Services
from warmtransfer.simulator.sound.engine import Line, Recorder
from warmtransfer.simulator.sound.player import Player, Port
from warmtransfer.simulator.streams.stream import MediaStream
from warmtransfer.simulator.twiml.documents import Goto
from warmtransfer.simulator.wire import rfc2822

API_VERSION = "2010-04-01"
FINAL = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})
ALL_EVENTS = frozenset({"initiated", "ringing", "answered", "completed"})


#: Seconds that a tone takes, and those that are none.
TONE = 0.2
TONE_SECONDS = {"w": 0.5, "W": 1.0}


@dataclass(frozen=True)
class News:
    """Where a leg's status callbacks go, and which of them."""

    url: str = ""
    method: str = "POST"
    events: frozenset[str] = frozenset({"completed"})


def answering(settings: Settings) -> tuple[Goto, Goto | None, News]:
    """Where calls are answered by these settings, where when that fails, and who is told of them."""
    fallback = Goto(settings.voice_fallback_url, settings.voice_fallback_method)
    return (
        Goto(settings.voice_url, settings.voice_method),
        fallback if fallback.url else None,
        News(settings.status_callback, settings.status_callback_method),
    )


class Place(Protocol):
    """Where a leg is in a conference, as far as the leg itself needs to know."""

    @property
    def conference_sid(self) -> str:
        """The conference's SID."""

    @property
    def conference_name(self) -> str:
        """The conference's name."""

    def leave(self, reason: str) -> None:
        """Takes the leg out, or strikes one that is still on its way."""


@dataclass
class Call:
    """A phone connection. Everything but `finish`, `answer` and `ring` only reads it."""

    services: Services
    direction: str
    from_: str
    to: str
    sid: str
    webhook_sid: str = ""
    parent: Call | None = None
    news: News = field(default_factory=News)
    extra: tuple[tuple[str, str], ...] = ()
    given_label: str = ""
    status: str = "queued"
    time_limit: float = 14400.0
    queue_ms: int = 0
    answered_by: str = ""
    tones: str = ""
    """Sent once, after the answer."""
    caller_name: str = ""
    """Who the caller is by the register of names, for a number that looks it up."""
    place_given: Mapping[str, str] = field(default_factory=dict)
    recorded: Wanted | None = None
    """How the whole leg is to be recorded, from its answer on."""
    disclaims: bool = False
    """Whether the message of a trial account is still to be heard before the leg's TwiML."""

    def __post_init__(self) -> None:
        self.webhook_sid = self.webhook_sid or self.sid
        self.created = self.updated = time.time()
        self.began = self.services.clock.now()
        self.started: float | None = None
        self.finished: float | None = None
        self.answered_at: float | None = None
        self.ended_at: float | None = None
        self.ended = asyncio.Event()
        self.answered = asyncio.Event()
        self.digits: asyncio.Queue[str] = asyncio.Queue()
        self.player = Player()
        self.phone: Phone | None = None
        self.line: Line | None = None
        self.recorder: Recorder | None = None
        self.place: Place | None = None
        self.stream: MediaStream | None = None
        self.taps: dict[str, MediaStream] = {}
        self.takings: list[Taking] = []
        self.children: list[Call] = []
        self.script: asyncio.Task[None] | None = None
        self.effort: asyncio.Task[Any] | None = None
        self.gate: Goto | None = None
        self.on_pick_up: Callable[[], None] | None = None
        self.sequence = 0
        self.sip_code = 0  #: the final answer of the other side, as SIP has it
        self.machine = False
        self._limit: asyncio.TimerHandle | None = None

    @property
    def label(self) -> str:
        """The participant's label, or what is known instead: the number or address that was dialled."""
        if self.given_label:
            return self.given_label
        return "caller" if self.direction == "inbound" else self.to

    @property
    def over(self) -> bool:
        """Whether the leg has ended."""
        return self.status in FINAL

    @property
    def seconds(self) -> int:
        """Whole seconds since the answer."""
        if self.answered_at is None:
            return 0
        end = self.ended_at if self.ended_at is not None else self.services.clock.now()
        return round(end - self.answered_at)

    def trace(self, event: str, **fields: Any) -> None:
        """Writes a `leg` row."""
        room = {"conference_sid": self.place.conference_sid} if self.place else {}
        about: dict[str, Any] = {"event": event, "label": self.label, "call_sid": self.sid, **room, **fields}
        self.services.trace.write("leg", **about)

    def dialled(self) -> None:
        """The network starts to reach the other side."""
        self.status = "initiated" if self.direction.startswith("outbound") else "ringing"
        asked = {"sip_headers": headers_of(self.to)} if is_sip(self.to) else {}
        self.trace("dialled", **{"from": self.from_, "to": self.to, "direction": self.direction}, **asked)
        self.report("initiated")

    def ring(self) -> None:
        """The other side rings."""
        if not self.over:
            self.status = "ringing"
            self.trace("ringing", to=self.to)
            self.report("ringing")

    def answer(self, phone: Port) -> None:
        """Someone, or something, picks up: audio flows from here on."""
        if self.over or self.answered.is_set():
            return
        self.status = "in-progress"
        self.started = time.time()
        self.answered_at = self.services.clock.now()
        self.recorder = Recorder()
        self.line = Line(phone, self.recorder)
        self.services.engine.add(self.line)
        if self.recorded is not None:
            self.record(self.recorded)
        self._limit = self.services.clock.call_later(self.time_limit, self._time_up)
        self.trace("answered")
        self.report("answered")
        self.answered.set()

    def record(self, wanted: Wanted) -> Taking | None:
        """Begins a recording of a leg that has answered; None for one that has not, or is over."""
        if self.line is None or self.over:
            return None
        taking = Taking(self.services, wanted, call_sid=self.webhook_sid).on_line(self.line)
        self.takings.append(taking)
        return taking

    def lift(self, phone: Phone) -> None:
        """Connects a phone with this leg and starts what the person does."""
        phone.on_press = self.press
        phone.on_hangup = lambda: self.finish("completed")
        self.phone = phone
        self.answer(phone)
        phone.start(self.sid, self.label)

    def pick_up(self) -> None:
        """Answers a leg that its own TwiML answers: an incoming call, an application."""
        if not self.answered.is_set() and not self.over and self.on_pick_up is not None:
            self.on_pick_up()

    def connect(self, port: Port | None) -> None:
        """Puts something on the network's end of the line."""
        if self.line is not None and not self.over:
            self.line.connect(port)

    def press(self, digit: str) -> None:
        """The phone sends a tone."""
        if self.over:
            return
        self.services.trace.note("press", leg=self.label, call_sid=self.sid, digit=digit)
        if self.place is not None and self.phone is not None and self.services.laws["room_keys"] == "removed":
            self.phone.mute_keys()
        if self.stream is not None:
            self.stream.dtmf(digit)
        self.digits.put_nowait(digit)

    async def send_tones(self) -> None:
        """Sends the tones it was asked for to the phone that has answered; `w` and `W` wait."""
        tones, self.tones = self.tones, ""
        for tone in tones:
            await self.services.clock.sleep(TONE_SECONDS.get(tone, TONE))
            if self.phone is not None and not self.over and tone not in TONE_SECONDS:
                self.phone.take(tone)
        if tones and not self.over:
            self.services.trace.note("tones", leg=self.label, call_sid=self.sid, digits=tones)

    def limit(self, seconds: float) -> None:
        """Sets the longest time the leg may last, from its answer on."""
        self.time_limit = seconds
        if self._limit is not None:
            self._limit.cancel()
            left = seconds - (self.services.clock.now() - (self.answered_at or 0.0))
            self._limit = self.services.clock.call_later(max(0.0, left), self._time_up)

    def _time_up(self) -> None:
        self.services.trace.note("limit", leg=self.label, call_sid=self.sid, what="TimeLimit")
        if self.services.holdings.trial and self.time_limit >= TRIAL_LIMIT:
            text = f"a trial account's call ends after {TRIAL_LIMIT / 60:g} minutes"
            self.services.trace.note("warning", code=13805, text=text, leg=self.label, call_sid=self.sid)
        self.finish("completed")

    def finish(self, status: str = "completed", *, sip: int = 0, reason: str = "participant_hung_up") -> None:
        """Ends the leg, whatever it does; a second end changes nothing."""
        if self.over:
            return
        self.status = status
        self.sip_code = sip or 200
        self.finished = time.time()
        self.ended_at = self.services.clock.now()
        if self._limit is not None:
            self._limit.cancel()
        if self.place is not None:
            self.place.leave(reason)
        self.stop_script()
        if self.effort is not None and self.effort is not asyncio.current_task():
            self.effort.cancel()
        for child in self.children:
            child.finish("canceled" if not child.answered.is_set() else "completed", sip=487)
        self._silence()
        self.trace("ended", status=status, **self._kept())
        self.report("completed", sip)
        self.ended.set()

    def stop_script(self) -> None:
        """Cancels the TwiML of this leg, unless it is what asks for it."""
        if self.script is not None and self.script is not asyncio.current_task():
            self.script.cancel()

    def _kept(self) -> dict[str, Any]:
        """Saves what the phone heard and said; returns the names for the leg's last row."""
        if self.recorder is None:
            return {}
        # An application's line has the room for its phone: what that hears, the application says.
        application = self.to.startswith("app:")
        names = self.services.recordings.leg(self.label, self.sid, self.recorder, mirrored=application)
        if names is None:
            return {}
        began = self.recorder.started if self.recorder.started is not None else self.answered_at
        return {"wav": names[0], "said_wav": names[1], "answered_at": began}

    def _silence(self) -> None:
        self.player.stop()
        for taking in self.takings:
            taking.stop()
        if self.line is not None:
            self.services.engine.remove(self.line)
        if self.phone is not None:
            self.phone.stop()
        for stream in (self.stream, *self.taps.values()):
            if stream is not None:
                self.services.tasks.spawn(stream.stop())

    def params(self) -> list[tuple[str, str]]:
        """Returns the form of a voice webhook (docs/voice/twiml), with both numbers' geography."""
        form = [
            ("CallSid", self.webhook_sid), ("AccountSid", self.services.account.sid),
            ("From", self.from_), ("Caller", self.from_), ("To", self.to.partition("?")[0]),
            ("Called", self.to.partition("?")[0]), ("CallStatus", self.status), ("Direction", self.way),
            ("ApiVersion", API_VERSION),
        ]  # fmt: skip
        here, there = place_of(self.from_, self.place_given), place_of(self.to)
        for side, place in (("From", here), ("Caller", here), ("To", there), ("Called", there)):
            form += [(f"{side}{part}", value) for part, value in place.items()]
        if self.caller_name:
            form.append(("CallerName", self.caller_name))
        if self.parent is not None:
            form.append(("ParentCallSid", self.parent.webhook_sid))
        if self.direction == "inbound":
            form += [("CallToken", f"simulated-{self.sid}"), ("StirVerstat", "TN-Validation-Passed-A")]
        if self.answered_by:
            form.append(("AnsweredBy", self.answered_by))
        return form + list(self.extra)

    @property
    def way(self) -> str:
        """The Direction that webhooks carry; an application sees its leg come in."""
        return "inbound" if self.to.startswith("app:") else self.direction

    def report(self, event: str, sip: int = 0) -> None:
        """Sends a call progress event to who asked for it."""
        if not self.news.url or event not in self.news.events:
            return
        seconds = self.seconds
        # The leg reports under its own SID, not the application's.
        form = [(k, self.sid if k == "CallSid" else v) for k, v in self.params()]
        form += [
            ("Timestamp", rfc2822()), ("CallbackSource", "call-progress-events"),
            ("SequenceNumber", str(self.sequence)),
        ]  # fmt: skip
        if event == "completed":
            form += [("CallDuration", str(seconds)), ("Duration", str(-(-seconds // 60)))]
            if sip or self.direction.startswith("outbound"):
                form.append(("SipResponseCode", str(sip or 200)))
            if self.recorded is not None and self.takings:
                form += self.takings[0].fields
        self.sequence += 1
        self.services.callbacks.send(self.sid, self.news.url, form, self.news.method)
