"""One call's relay: caller audio to the model, the model's audio to the caller, and nothing else between.

An actor: every method runs in the loop, one at a time, and none may block. What it decides about the call it
only reports to the desk.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from warmtransfer.core import events as ev
from warmtransfer.core.call import Call, Stage
from warmtransfer.core.playback import Cut
from warmtransfer.core.rules import Human
from warmtransfer.core.table import FILLS, HEARS
from warmtransfer.ports.dialect import ModelSettings
from warmtransfer.ports.readiness import Loop, Timer
from warmtransfer.ports.realtime import Model, ToolCall
from warmtransfer.ports.turns import Want
from warmtransfer.runtime.clock import Clock
from warmtransfer.runtime.errands import Desk, Errands
from warmtransfer.runtime.memory import Memory
from warmtransfer.runtime.phrases import PHRASES, Phrases
from warmtransfer.runtime.sessions import Sessions
from warmtransfer.runtime.speaker import Speaker
from warmtransfer.runtime.stream import Finished, Stream
from warmtransfer.runtime.tools import TRANSFER, CallInfo, Toolbox
from warmtransfer.runtime.watchdog import Due, Watchdog

log = logging.getLogger("warmtransfer")

#: Seconds between looks at what only time brings about.
TICK = 0.2
INTRODUCTION = "introduction"
SEEKABLE = frozenset({Stage.CONNECTING, Stage.AI, Stage.RETURNING})
NUDGE = (
    "You or the caller spoke of handing over to a person, but no tool was called. If the caller should be "
    f"transferred, call {TRANSFER} now; otherwise tell the caller that you will go on helping."
)


@dataclass(frozen=True, slots=True)
class RelaySettings:
    """What a deployment decides about the AI. Lengths in seconds."""

    model: ModelSettings = field(default_factory=ModelSettings)
    greeting: str = "The caller has just been connected. Greet them in one short sentence."
    resume: str = "You are with the caller again. Carry on with the conversation."
    phrases: Sequence[str] = PHRASES  #: patterns by which a caller asks for a person; none turns it off
    tool_seconds: float = 20.0
    open_seconds: float = 8.0  #: for the model's socket and session
    silence: float = 5.0  #: without media, a stream counts as broken
    stall: float = 10.0  #: without a word, a response's session counts as lost
    quiet: float = 1.0  #: of the AI, before a waiting caller hears the ring tone
    exchange_before: float = 240.0  #: before its end, a session is exchanged
    orphan: float = 120.0  #: a relay that nobody streams to closes its session


class Relay:
    """See the module. `gone(call_id)` is called when the relay has closed itself."""

    def __init__(
        self,
        info: CallInfo,
        settings: RelaySettings,
        loop: Loop,
        clock: Clock,
        desk: Desk,
        toolbox: Toolbox,
        humans: Sequence[Human],
        memory: Memory,
        gone: Callable[[str], object],
    ) -> None:
        self.id = info.call_id
        self.settings = settings
        self.clock = clock
        self.memory = memory
        self._loop = loop
        self._desk = desk
        self._gone = gone
        self._tools: list[dict[str, Any]] = toolbox.shown(humans)
        self._errands = Errands(info, loop, clock, desk, toolbox, self._answered)
        self._sessions = Sessions(self, self._open_model)
        self._watchdog = Watchdog()
        self._phrases = Phrases(settings.phrases)
        self._stage = Stage.ARRIVING
        self._stream: Stream | None = None
        self._speaker: Speaker | None = None
        self._up: tuple[int, Model] | None = None  #: the stream and session reported as up
        self._awaited = True  #: the model's first sound has not been heard
        self._talking = False  #: the caller speaks
        self._comforting = False
        self._turned = clock.monotonic()  #: when the caller last stopped, or anything began
        self._orphaned = clock.monotonic()
        self._failed_turns = 0
        self._news = ""
        self._waiters: list[Callable[[], object]] = []
        self._closed = False
        self._timer: Timer = self.later(TICK, self._tick)

    def later(self, seconds: float, fn: Callable[..., object], *args: Any) -> Timer:
        """Call after `seconds` of the clock."""
        return self._loop.later(self.clock.real(seconds), fn, *args)

    # What the desk wants ----------------------------------------------------------------------------

    def prepare(self, delay: float) -> None:
        """Have a session opened."""
        self._comforting = False
        self._sessions.open(delay)

    def follow(self, stage: Stage) -> None:
        """The call is now in this stage."""
        heard, self._stage = self._stage in HEARS, stage
        model = self._sessions.ready
        if model is not None and heard and self._gated:
            model.deafen(INTRODUCTION)
        elif model is not None and not heard and not self._gated:
            model.hear()
        if stage in FILLS:
            self._watchdog.satisfied()
        self._sound()

    def speak(self, news: str) -> None:
        """Greet, or tell news; as a tool's answer when the model waits for that."""
        if self._closed or self._gated or (news and self._errands.tell(news)):
            return
        model = self._sessions.ready
        if model is None:
            self._news = " ".join(filter(None, (self._news, news)))
            return
        news = " ".join(filter(None, (self._news, news)))
        self._news = ""
        if news:
            model.say(Want("news", note=news))
        else:
            first = not self.memory.lines()
            model.say(Want("greeting", note=self.settings.greeting if first else self.settings.resume))

    def tell(self, news: str) -> None:
        """Let the model know."""
        model = self._sessions.ready
        if model is not None and news:
            model.know(news)

    def introduce(self, line: str) -> None:
        """Say exactly this line now, then report it heard; at once when it cannot be said."""
        model = self._sessions.ready
        if model is None or self._stream is None or self._speaker is None:
            self._line_heard()
            return
        self._hush()
        words = f'Say exactly this sentence and nothing else: "{line}"'
        model.say(Want(INTRODUCTION, instructions=words, tools=False))

    def comfort(self) -> None:
        """No model: the recorded line, then ring tone, until there is one again."""
        self._comforting = True
        if self._speaker is not None and not self._speaker.speaking():
            self._speaker.comfort()

    def when_quiet(self, then: Callable[[], object]) -> None:
        """Call `then` once all that the AI is saying has been heard."""
        self._waiters.append(then)
        self._wake_waiters()

    def attach(
        self, generation: int, sock: Any, stream_sid: str, leftover: bytes, finished: Finished
    ) -> None:
        """The caller can be heard on this socket from now on; an older stream is dropped."""
        self._drop_stream()
        self._stream = Stream(
            self._loop, sock, stream_sid, generation, self, finished, self.clock.monotonic
        )
        self._speaker = Speaker(self._stream, self.clock.monotonic)
        self._awaited = True
        self._talking = False
        failure, self._sessions.failure = self._sessions.failure, None
        if failure is not None and self._sessions.model is None:
            self._desk.post_later(self.id, ev.ModelLost(generation, *failure))
        else:
            self._sessions.open()
        self._report_up()
        if self._comforting:
            self.comfort()
        self._sound()
        self._stream.begin(leftover)

    def close(self) -> None:
        """Close stream and session."""
        if self._closed:
            return
        self._closed = True
        self._timer.cancel()
        self._settle_words(force=True)
        self._drop_stream()
        self._sessions.close()
        self.memory.detach()
        waiters, self._waiters = self._waiters, []
        for then in waiters:
            then()
        self._gone(self.id)

    # What Twilio sends ------------------------------------------------------------------------------

    def caller_audio(self, payload: bytes) -> None:
        """Hand it to the model, unless a human could be heard in it."""
        model = self._sessions.model
        if model is not None and not self._gated:
            model.append(payload)

    def mark_returned(self, name: str) -> None:
        """Something was heard."""
        if self._speaker is not None:
            self._speaker.returned(name)
            self._settle_words()
            self._wake_waiters()

    def stream_ended(self, generation: int, how: str) -> None:
        """Twilio's side is over; the session stays for the next stream."""
        self._drop_stream()
        self._desk.post_later(self.id, ev.StreamEnded(generation, how))

    # What the model sends ---------------------------------------------------------------------------

    def model_ready(self, expires_at: float) -> None:
        """The session can be spoken to: it is told what was said before."""
        model = self._sessions.model
        if model is not None:
            self._sessions.started(expires_at)
            self.seed(model)
            self._comforting = False
            self._report_up()

    def model_audio(self, item: str, content: int, payload: bytes) -> None:
        """Play it."""
        if self._speaker is not None:
            self._awaited = False
            self.memory.ai_sounded(item)
            self._speaker.play(item, content, payload)

    def model_audio_done(self, item: str) -> None:
        """Mark the item's end."""
        if self._speaker is not None:
            self._speaker.mark()

    def model_words(self, item: str, text: str, final: bool) -> None:
        """Keep the words; they count once they are heard."""
        self.memory.ai_words(item, text, final)

    def caller_started(self) -> None:
        """Barge-in: what is unheard is cleared here, and forgotten there."""
        if self._gated:
            return
        self._talking = True
        self._hush()
        model = self._sessions.ready
        if model is not None:
            model.interrupted()

    def caller_stopped(self) -> None:
        """The caller waits now."""
        self._talking = False
        self._turned = self.clock.monotonic()

    def caller_turn(self, item: str) -> None:
        """Keep its place."""
        self.caller_stopped()
        self.memory.caller_turn(item)

    def caller_words(self, item: str, text: str) -> None:
        """Keep the words; a wish for a person in them is remembered."""
        self.memory.caller_words(item, text)
        if not text.strip():
            return
        self._desk.heard(self.id, "caller", text.strip())
        if self._stage in SEEKABLE and not self._errands.transferring and self._phrases.wanted(text):
            self._watchdog.caller_asked(self.clock.monotonic())

    def tool_called(self, call: ToolCall) -> None:
        """Run it elsewhere."""
        if call.name == TRANSFER:
            self._watchdog.satisfied()
        self._errands.run(call, self.settings.tool_seconds)

    def turn_done(self, purpose: str, status: str) -> None:
        """A response ended; one that failed is tried again, a few times."""
        if self._speaker is not None:
            self._speaker.mark()
        self._failed_turns = self._failed_turns + 1 if status == "failed" else 0
        if purpose == INTRODUCTION:
            if status == "completed":
                self.when_quiet(self._line_heard)
            else:
                self._line_heard()
        elif self._failed_turns > 2 and self._sessions.model is not None:
            self._sessions.model.close()
            self.model_lost("responses keep failing", False)
        elif self._failed_turns:
            self.later(1.0, self._again)

    def model_lost(self, reason: str, fatal: bool) -> None:
        """The session is gone; the desk decides what comes now."""
        log.warning("call %s: the model's session is lost: %s", self.id, reason)
        self._failed_turns = 0
        self._talking = False
        self._awaited = True
        self._settle_words(force=True)
        self.memory.detach()
        self._sessions.lost(reason, fatal)
        if self._stream is not None:
            self._sessions.failure = None
            self._desk.post_later(self.id, ev.ModelLost(self._stream.generation, reason, fatal))
        self._sound()

    def seed(self, model: Model) -> None:
        """Tell a new session what was said; ids of the one before mean nothing to it."""
        self._settle_words(force=True)
        self.memory.detach()
        for who, text in self.memory.lines():
            model.remember(who, text)
        if self._gated:
            model.deafen(INTRODUCTION)

    # ------------------------------------------------------------------------------------------------

    @property
    def _gated(self) -> bool:
        """Whether the model must not hear; while the caller is arriving there is nothing to hear."""
        return self._stage not in HEARS and self._stage is not Stage.ARRIVING

    def _open_model(self, listener: Any) -> Model:
        return Model(
            self._loop,
            self.settings.model,
            self._tools,
            listener,
            timeout=self.clock.real(self.settings.open_seconds),
        )

    def _report_up(self) -> None:
        model = self._sessions.ready
        if model is not None and self._stream is not None:
            up = (self._stream.generation, model)
            if up != self._up:
                self._up = up
                self._desk.post_later(self.id, ev.AIUp(self._stream.generation))

    def _drop_stream(self) -> None:
        stream, speaker = self._stream, self._speaker
        self._stream = self._speaker = None
        if stream is not None and speaker is not None:
            self._orphaned = self.clock.monotonic()
            self._forget(speaker.lost())
            stream.close()

    def _hush(self) -> None:
        if self._speaker is not None:
            self._forget(self._speaker.hush())

    def _forget(self, cut: Cut) -> None:
        """The caller did not hear this: report what was heard, and make the model forget the rest."""
        known = set(self.memory.sounding())
        for item, share in cut.heard:
            self._ai_said(self.memory.cut(item, share))
        model = self._sessions.ready
        if model is not None:
            truncate = cut.truncate if cut.truncate and cut.truncate[0] in known else None
            model.cut(truncate, [item for item in cut.delete if item in known])

    def _settle_words(self, *, force: bool = False) -> None:
        for item in self.memory.sounding():
            if force or self._speaker is None or self._speaker.heard(item):
                self._ai_said(self.memory.settle(item, force=force))

    def _ai_said(self, text: str) -> None:
        if text:
            self._desk.heard(self.id, "ai", text)
            self._watchdog.ai_said(text, self.clock.monotonic())

    def _line_heard(self) -> None:
        if self._stream is not None:
            self._desk.post_later(self.id, ev.LineHeard(self._stream.generation))

    def _again(self) -> None:
        model = self._sessions.ready
        if model is not None and not model.turns.busy:
            model.say(Want("again"))

    def _answered(self, call_id: str, text: str, speak: bool) -> None:
        model = self._sessions.ready
        if self._closed or model is None:
            return
        if not (call_id and model.answer(call_id, text)):
            model.know(text)
        if speak and not self._gated:
            model.say(Want("answer"))

    def _ask_for_human(self, source: str) -> None:
        names = {"caller": "Caller", "ai": "Assistant"}
        said = [f"{names[who]}: {text}" for who, text in self.memory.lines()]
        self._errands.ask(source, "The caller asked for a person.", " ".join(said[-6:]))

    # Time -------------------------------------------------------------------------------------------

    def _tick(self) -> None:
        if self._closed:
            return
        self._timer = self.later(TICK, self._tick)
        now = self.clock.monotonic()
        if self._stream is not None and now - self._stream.last_media > self.settings.silence:
            self._stream.lose("broken")
        elif self._stream is None and now - self._orphaned > self.settings.orphan:
            self.close()
            return
        model = self._sessions.ready
        if model is not None:
            model.check(now, self.settings.stall)
        self._sessions.check(self._calm())
        self._settle_words()
        self._mind(now)
        self._sound()
        self._wake_waiters()

    def _mind(self, now: float) -> None:
        due = self._watchdog.due(now)
        model = self._sessions.ready
        if due is None or self._stage not in SEEKABLE or self._errands.transferring:
            return
        if due is Due.NUDGE:
            if model is not None:
                model.say(Want("nudge", note=NUDGE))
        else:
            self._watchdog.satisfied()
            self._ask_for_human(due.value if due is Due.WORDS else "watchdog")

    def _quiet(self) -> bool:
        model = self._sessions.ready
        busy = model is not None and model.turns.busy
        return not busy and (self._speaker is None or self._speaker.all_heard())

    def _calm(self) -> bool:
        return self._quiet() and not self._talking and not self.memory.waiting()

    def _wake_waiters(self) -> None:
        if self._waiters and self._quiet():
            waiters, self._waiters = self._waiters, []
            for then in waiters:
                then()

    def _sound(self) -> None:
        """Play the ring tone while the caller waits for anyone, and at no other time."""
        speaker = self._speaker
        if speaker is None:
            return
        if self._comforting or self._tone_wanted(speaker):
            if not speaker.speaking():
                speaker.ring()
        else:
            speaker.stop_tone()

    def _tone_wanted(self, speaker: Speaker) -> bool:
        if self._talking or self._stage in (Stage.HUMAN, Stage.OVER):
            return False
        if self._awaited and self._stage not in (Stage.JOINING,):
            return True
        still = self.clock.monotonic() - max(speaker.last_sound, self._turned)
        return self._stage in FILLS and still >= self.settings.quiet


def info_of(call: Call) -> CallInfo:
    """What a call's tools may know of it."""
    return CallInfo(call.id, call.caller, call.called)
