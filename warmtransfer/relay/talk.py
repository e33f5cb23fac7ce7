"""The conversation itself: what model and caller say, who is cut off, which tools run, and what is owed.

Runs in the loop, as the listener of the current session. Where audio goes and which session is current is the
relay's business.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from warmtransfer.clock import Clock
from warmtransfer.core.call import Stage
from warmtransfer.ports.loop.protocols import Loop, Timer
from warmtransfer.ports.model.realtime import Model, ToolCall
from warmtransfer.ports.model.turns import Want
from warmtransfer.relay.errands import Desk, Errands
from warmtransfer.relay.memory import Memory
from warmtransfer.relay.phrases import Phrases
from warmtransfer.relay.playback import Cut
from warmtransfer.relay.settings import RelaySettings
from warmtransfer.relay.speaker import Speaker
from warmtransfer.relay.tools import TRANSFER, CallInfo, Toolbox
from warmtransfer.relay.watchdog import Due, Watchdog

INTRODUCTION = "introduction"
#: Stages in which a wish for a human is news.
SEEKABLE = frozenset({Stage.CONNECTING, Stage.AI, Stage.RETURNING})
NUDGE = (
    "You or the caller spoke of handing over to a person, but no tool was called. If the caller should be "
    f"transferred, call {TRANSFER} now; otherwise tell the caller that you will go on helping."
)
#: Failed responses in a row that mean the session is no good.
FAILURES = 3
NAMES = {"caller": "Caller", "ai": "Assistant"}


class Place(Protocol):
    """Where a conversation takes place: the relay, as the conversation sees it."""

    stage: Stage
    speaker: Speaker | None

    @property
    def model(self) -> Model | None:
        """The session, when it can be spoken to."""

    @property
    def gated(self) -> bool:
        """Whether the model must not hear the caller."""

    def later(self, seconds: float, fn: Callable[..., object]) -> Timer:
        """Call after `seconds` of the clock."""

    def session_ready(self, expires_at: float) -> None:
        """The session being opened is ready."""

    def session_lost(self, reason: str, fatal: bool) -> None:
        """The session is gone."""

    def line_heard(self) -> None:
        """The introduction was heard, or cannot be."""

    def when_quiet(self, then: Callable[[], object]) -> None:
        """Call once the AI's words have been heard."""


class Talk:
    """One call's conversation, over all its sessions and streams."""

    def __init__(
        self,
        place: Place,
        info: CallInfo,
        settings: RelaySettings,
        loop: Loop,
        clock: Clock,
        desk: Desk,
        toolbox: Toolbox,
        memory: Memory,
    ) -> None:
        self._place = place
        self._id = info.call_id
        self._settings = settings
        self._clock = clock
        self._desk = desk
        self._errands = Errands(info, loop, clock, desk, toolbox, self._answered)
        self._watchdog = Watchdog()
        self._phrases = Phrases(settings.phrases)
        self._news = ""
        self._failures = 0
        self._played: set[str] = set()  #: the session's items of which some audio was played
        self._unheard: set[str] = set()  #: items that came while there was no stream to play them on
        self._kept: set[str] = set()  #: items whose promise of a handoff was kept
        self.memory = memory
        self.awaited = True  #: the model has not been heard since the stream, or the session, began
        self.talking = False  #: the caller speaks
        self.turned = clock.monotonic()  #: when the caller last stopped

    # What the AI is to say --------------------------------------------------------------------------

    def speak(self, news: str) -> None:
        """Greet, or tell news; as a tool's answer when the model waits for that."""
        if self._place.gated or (news and self._errands.tell(news)):
            return
        news = " ".join(filter(None, (self._news, news)))
        model = self._place.model
        if model is None:
            self._news = news
            return
        self._news = ""
        if news:
            model.say(Want("news", note=news))
        else:
            first = not self.memory.lines()
            model.say(Want("greeting", note=self._settings.greeting if first else self._settings.resume))

    def introduce(self, model: Model, line: str) -> None:
        """Say exactly this line now."""
        self.hush()
        words = f'Say exactly this sentence and nothing else: "{line}"'
        model.say(Want(INTRODUCTION, instructions=words, tools=False))

    def followed(self, stage: Stage, fills: bool) -> None:
        """The call is in this stage; a running handoff is all that was owed."""
        if fills:
            self._watchdog.satisfied()

    # What the model sends ---------------------------------------------------------------------------

    def model_ready(self, expires_at: float) -> None:
        """See the relay."""
        self._place.session_ready(expires_at)

    def model_lost(self, reason: str, fatal: bool) -> None:
        """Nobody speaks any more; see the relay."""
        self._failures = 0
        self.talking = False
        self.awaited = True
        self.end_session()
        self._place.session_lost(reason, fatal)

    def model_audio(self, item: str, content: int, payload: bytes) -> None:
        """Play it."""
        speaker = self._place.speaker
        if speaker is None:
            self._unheard |= {item} - self._played
        else:
            self.awaited = False
            self._played.add(item)
            self.memory.ai_sounded(item)
            speaker.play(item, content, payload)

    def model_audio_done(self, item: str) -> None:
        """Mark the item's end."""
        if self._place.speaker is not None:
            self._place.speaker.mark()

    def model_words(self, item: str, text: str, final: bool) -> None:
        """Keep the words; they count once they are heard."""
        self.memory.ai_words(item, text, final)

    def caller_started(self) -> None:
        """Barge-in: what is unheard is cleared here, and forgotten there."""
        if self._place.gated:
            return
        self.talking = True
        self.hush()
        if self._place.model is not None:
            self._place.model.interrupted()

    def caller_stopped(self) -> None:
        """The caller waits now."""
        self.talking = False
        self.turned = self._clock.monotonic()

    def caller_turn(self, item: str) -> None:
        """Keep its place."""
        self.caller_stopped()
        self.memory.caller_turn(item)

    def caller_words(self, item: str, text: str) -> None:
        """Keep the words; a wish for a person in them is remembered."""
        self.memory.caller_words(item, text)
        if not text.strip():
            return
        self._desk.heard(self._id, "caller", text.strip())
        if self._place.stage in SEEKABLE and not self._errands.transferring and self._phrases.wanted(text):
            self._watchdog.caller_asked(self._clock.monotonic())

    def tool_called(self, call: ToolCall) -> None:
        """Run it elsewhere."""
        if call.name == TRANSFER:
            self._watchdog.satisfied()
            # What announced this call may be heard only when its handoff is over already.
            self._kept.update(self.memory.sounding())
        self._errands.run(call, self._settings.tool_seconds)

    def turn_done(self, purpose: str, status: str) -> None:
        """A response ended; one that failed is tried again, a few times."""
        if self._place.speaker is not None:
            self._place.speaker.mark()
        if self._unheard and self._place.model is not None:
            self._place.model.cut(None, sorted(self._unheard))
            self._unheard.clear()
        self._failures = self._failures + 1 if status == "failed" else 0
        if purpose == INTRODUCTION:
            if status == "completed":
                self._place.when_quiet(self._place.line_heard)
            else:
                self._place.line_heard()
        elif self._failures >= FAILURES and self._place.model is not None:
            self._place.model.close()
            self.model_lost("its responses keep failing", False)
        elif self._failures:
            self._place.later(1.0, self._again)

    # What was heard ---------------------------------------------------------------------------------

    def hush(self) -> None:
        """End what the AI is saying."""
        if self._place.speaker is not None:
            self.forget(self._place.speaker.hush())

    def forget(self, cut: Cut) -> None:
        """The caller did not hear this: report what was heard, and make the model forget the rest."""
        known = set(self.memory.sounding())
        for item, share in cut.heard:
            self._ai_said(item, self.memory.cut(item, share))
        model = self._place.model
        if model is not None:
            truncate = cut.truncate if cut.truncate and cut.truncate[0] in known else None
            model.cut(truncate, [item for item in cut.delete if item in known])

    def settle(self, *, force: bool = False) -> None:
        """Report what has been heard to its end; with `force`, whatever was begun."""
        speaker = self._place.speaker
        for item in self.memory.sounding():
            if force or speaker is None or speaker.heard(item):
                self._ai_said(item, self.memory.settle(item, force=force))

    def end_session(self) -> None:
        """The session's item ids mean nothing any more."""
        self.settle(force=True)
        self.memory.detach()
        self._unheard.clear()
        self._played.clear()

    def seed(self, model: Model) -> None:
        """Tell a new session what was said."""
        self.end_session()
        for who, text in self.memory.lines():
            model.remember(who, text)
        if self._place.gated:
            model.deafen(INTRODUCTION)

    # What is owed -----------------------------------------------------------------------------------

    def mind(self) -> None:
        """Called now and then: a handoff that was asked for, or announced, has to happen."""
        due = self._watchdog.due(self._clock.monotonic())
        if due is None or self._place.stage not in SEEKABLE or self._errands.transferring:
            return
        if due is Due.NUDGE:
            if self._place.model is not None:
                self._place.model.say(Want("nudge", note=NUDGE))
            return
        self._watchdog.satisfied()
        source = "words" if due is Due.WORDS else "watchdog"
        said = [f"{NAMES[who]}: {text}" for who, text in self.memory.lines()]
        self._errands.ask(source, "The caller asked for a person.", " ".join(said[-6:]))

    def _ai_said(self, item: str, text: str) -> None:
        if text:
            self._desk.heard(self._id, "ai", text)
            if item not in self._kept:
                self._watchdog.ai_said(text, self._clock.monotonic())

    def _again(self) -> None:
        model = self._place.model
        if model is not None and not model.turns.busy:
            model.say(Want("again"))

    def _answered(self, call_id: str, text: str, speak: bool) -> None:
        model = self._place.model
        if model is None:
            return
        if not (call_id and model.answer(call_id, text)):
            model.know(text)
        if speak and not self._place.gated:
            model.say(Want("answer"))
