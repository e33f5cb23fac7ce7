"""The conversation itself: what model and caller say, who is cut off, which tools run, and what is owed.

Runs in the loop, as the listener of the current session. Where audio goes and which session is current is the
relay's business; what the two tell each other stands in border.py.
"""

from __future__ import annotations

from collections.abc import Callable

from warmtransfer.clock import Clock
from warmtransfer.core.call import Stage
from warmtransfer.core.counts import FILLS
from warmtransfer.ports.loop.protocols import Loop
from warmtransfer.ports.model.protocol import Model, ToolCall, Want
from warmtransfer.relay import tones
from warmtransfer.relay.answers import UNHEARD, Answers, Then
from warmtransfer.relay.border import RelaySide
from warmtransfer.relay.duties import WAITING, Duties
from warmtransfer.relay.early import Early
from warmtransfer.relay.errands import Desk, Errands
from warmtransfer.relay.memory import Memory
from warmtransfer.relay.pauses import Pauses
from warmtransfer.relay.playback import Cut
from warmtransfer.relay.settings import RelaySettings
from warmtransfer.relay.speaker import Speaker
from warmtransfer.relay.tools import CallInfo, Toolbox

INTRODUCTION = "introduction"
#: Responses that nobody waits for: without a sound of theirs the caller hears something else.
BY_THE_WAY = frozenset({"nudge", WAITING, INTRODUCTION})


class Talk:
    """One call's conversation, over all its sessions and streams."""

    def __init__(
        self,
        relay: RelaySide,
        info: CallInfo,
        settings: RelaySettings,
        loop: Loop,
        clock: Clock,
        desk: Desk,
        toolbox: Toolbox,
        memory: Memory,
    ) -> None:
        self._relay = relay
        self._id = info.call_id
        self._settings = settings
        self._loop = loop
        self._clock = clock
        self._desk = desk
        self._memory = memory
        self._errands = Errands(info, loop, clock, desk, toolbox, self._answered)
        self._pauses = Pauses(clock.monotonic, settings.quiet)
        self._duties = Duties(clock.monotonic, self._errands, self._pauses, memory, settings)
        self._answers = Answers()
        self._early = Early()
        self._stage = Stage.ARRIVING
        self._gated = False
        self._speaker: Speaker | None = None
        self._model: Model | None = None  #: the session, when it can be spoken to
        self._news = ""
        self._played: set[str] = set()  #: the session's items of which some audio was played
        self._unheard: set[str] = set()  #: items that came while there was no stream to play them on
        self._waiters: list[Callable[[], object]] = []

    # Where it takes place ---------------------------------------------------------------------------

    def stream(self, speaker: Speaker | None) -> None:
        """The caller hears this speaker from now on, or nobody; what the one before had left is unheard."""
        before, self._speaker = self._speaker, None
        if before is not None:
            self._forget(before.lost())
        self._speaker = speaker
        self._pauses.stream(speaker)
        self._pauses.fill(self._stage)

    def opening(self, model: Model) -> None:
        """This session is on its way: the first greeting is made meanwhile, and kept."""
        if self._speaker is None and not self._memory.lines():
            self._early.ask(model, self._stage, self._settings)

    def session(self, model: Model | None) -> None:
        """This session, or none, from now on: it is told what was said, and the ids before mean nothing."""
        self._end_session()
        self._early.session(model)
        self._model = model
        if model is None:
            return
        for who, text in self._memory.lines():
            model.remember(who, text)
        if self._gated:
            model.deafen(INTRODUCTION)
        self._pauses.comfort(False)

    def returned(self, mark: str) -> None:
        """Something was heard."""
        if self._speaker is not None:
            self._speaker.returned(mark)
            self._settle()
            self._wake_waiters()

    def tick(self) -> None:
        """Called now and then: what was heard by now, a handoff that is owed, silence to be filled."""
        self._settle()
        if not self._gated:
            self._duties.mind(self._stage, self._model, quiet=self._quiet())
            self._duties.keep_company(self._stage, self._model, quiet=self._quiet())
        self._pauses.fill(self._stage)
        self._wake_waiters()

    def calm(self) -> bool:
        """Whether nobody speaks and no words are outstanding."""
        return self._quiet() and not self._pauses.talking and not self._memory.waiting()

    # What the desk wants ----------------------------------------------------------------------------

    def follow(self, stage: Stage, gated: bool) -> None:
        """The call is in this stage; a running handoff is all that was owed."""
        was_gated, self._gated = self._gated, gated
        self._stage = stage
        if self._model is not None and gated and not was_gated:
            self._model.deafen(INTRODUCTION)
        elif self._model is not None and was_gated and not gated:
            self._model.hear()
        if stage in FILLS:
            self._duties.served()
        self._early.follow(stage)
        self._pauses.fill(stage)

    def speak(self, news: str) -> None:
        """Greet, or tell news; as a tool's answer when the model waits for that."""
        if self._gated or (news and self._errands.tell(news)):
            return
        news = " ".join(filter(None, (self._news, news)))
        model = self._model
        if model is None:
            self._news = news
            return
        self._news = ""
        if news:
            self._early.drop()
            if not self._memory.lines():
                self._duties.line_missed()
            model.say(Want("news", note=news))
        elif self._early.play(self._sound):
            self.model_audio_done("")
        else:
            first = not self._memory.lines()
            model.say(Want("greeting", note=self._settings.greeting if first else self._settings.resume))

    def know(self, news: str) -> None:
        """Let the model know."""
        if self._model is not None and news:
            self._model.know(news)

    def introduce(self, line: str) -> None:
        """Say exactly this line now; without a model, or a stream, that is over at once."""
        if self._model is None or self._speaker is None:
            self._relay.introduced()
            return
        self._hush()
        words = f'Say exactly this sentence and nothing else: "{line}"'
        self._model.say(Want(INTRODUCTION, instructions=words, tools=False))

    def comfort(self, wanted: bool) -> None:
        """Whether the recorded line and ring tone stand in for the model."""
        self._pauses.comfort(wanted)

    def when_quiet(self, then: Callable[[], object]) -> None:
        """Call `then` once all that the AI is saying has been heard."""
        self._waiters.append(then)
        self._wake_waiters()

    def close(self) -> None:
        """It ends here; whoever waits waits no more."""
        self.session(None)
        self._wake_waiters()

    # What the model sends ---------------------------------------------------------------------------

    def model_ready(self, expires_at: float) -> None:
        """See the relay."""
        self._relay.session_ready(expires_at)

    def model_lost(self, reason: str, fatal: bool) -> None:
        """Nobody speaks any more; see the relay."""
        self._answers.renewed()
        self._pauses.session_lost()
        self.session(None)
        self._relay.session_lost(reason, fatal)
        self._pauses.fill(self._stage)

    def model_audio(self, item: str, content: int, payload: bytes) -> None:
        """Play it."""
        self._answers.sounded()
        if not self._early.keeps(item, content, payload):
            self._sound(item, content, payload)

    def _sound(self, item: str, content: int, payload: bytes) -> None:
        speaker = self._speaker
        if speaker is None:
            self._unheard |= {item} - self._played
        else:
            self._pauses.ai_sounded()
            self._played.add(item)
            self._memory.ai_sounded(item)
            speaker.play(item, content, payload)

    def model_audio_done(self, item: str) -> None:
        """Mark the item's end."""
        if self._speaker is not None:
            self._speaker.mark()

    def model_words(self, item: str, text: str, final: bool) -> None:
        """Keep the words; they count once they are heard."""
        self._memory.ai_words(item, text, final)

    def caller_started(self) -> None:
        """Barge-in: what is unheard is cleared here, and forgotten there."""
        if self._gated:
            return
        self._pauses.caller_started()
        self._hush()
        self._early.drop()
        self._duties.line_missed()
        if self._model is not None:
            if self._model.busy:
                self._answers.excused()
            self._model.interrupted()

    def caller_stopped(self) -> None:
        """The caller waits now."""
        self._pauses.caller_stopped()

    def caller_turn(self, item: str) -> None:
        """Keep its place."""
        self.caller_stopped()
        self._memory.caller_turn(item)

    def caller_words(self, item: str, text: str) -> None:
        """Keep the words; a wish for a person in them is remembered."""
        self._memory.caller_words(item, text)
        if not text.strip():
            return
        self._desk.heard(self._id, "caller", text.strip())
        self._duties.caller_said(self._stage, text)

    def tool_called(self, call: ToolCall) -> None:
        """Run it elsewhere."""
        self._answers.excused()
        self._duties.tool_called(call)
        self._errands.run(call, self._settings.tool_seconds)

    def turn_done(self, purpose: str, status: str) -> None:
        """A response ended; one that failed, or says nothing, is tried again, a few times."""
        if self._speaker is not None:
            self._speaker.mark()
        self._early.ended()
        if self._unheard and self._model is not None:
            self._model.cut(None, sorted(self._unheard))
            self._unheard.clear()
        wanted = not self._gated and not self._pauses.talking and purpose not in BY_THE_WAY
        then = self._answers.ended(status, wanted=wanted)
        if purpose == INTRODUCTION:
            if status == "completed":
                self.when_quiet(self._relay.introduced)
            else:
                self._relay.introduced()
        elif self._model is not None:
            self._follow_up(then, self._model)

    def _follow_up(self, then: Then, model: Model) -> None:
        """Whatever became of a response, the caller hears something."""
        if then is Then.GIVE_UP:
            model.close()
            self.model_lost("its responses keep failing", False)
        elif then is Then.RETRY:
            self._loop.later(self._clock.real(1.0), self._again)
        elif then is Then.ASK_AGAIN and not model.busy:
            model.say(Want("again", note=UNHEARD))
        elif then is Then.SPEAK and self._speaker is not None:
            line = "pardon" if self._memory.lines() else "hello"
            self._speaker.say(line)
            self._pauses.ai_sounded()
            self._duties.line_missed()
            self._desk.heard(self._id, "ai", tones.LINES[line])
            model.remember("ai", tones.LINES[line])

    # What was heard ---------------------------------------------------------------------------------

    def _hush(self) -> None:
        """End what the AI is saying."""
        if self._speaker is not None:
            self._forget(self._speaker.hush())

    def _forget(self, cut: Cut) -> None:
        """The caller did not hear this: report what was heard, and make the model forget the rest."""
        known = set(self._memory.sounding())
        for item, share in cut.heard:
            self._ai_said(item, self._memory.cut(item, share))
        if self._model is not None:
            truncate = cut.truncate if cut.truncate and cut.truncate[0] in known else None
            self._model.cut(truncate, [item for item in cut.delete if item in known])

    def _settle(self, *, force: bool = False) -> None:
        """Report what has been heard to its end; with `force`, whatever was begun."""
        speaker = self._speaker
        for item in self._memory.sounding():
            if force or speaker is None or speaker.heard(item):
                self._ai_said(item, self._memory.settle(item, force=force))

    def _end_session(self) -> None:
        """The session's item ids mean nothing any more."""
        self._settle(force=True)
        self._memory.detach()
        self._unheard.clear()
        self._played.clear()

    def _quiet(self) -> bool:
        busy = self._model is not None and self._model.busy
        return not busy and (self._speaker is None or self._speaker.all_heard())

    def _wake_waiters(self) -> None:
        if self._waiters and self._quiet():
            waiters, self._waiters = self._waiters, []
            for then in waiters:
                then()

    def _ai_said(self, item: str, text: str) -> None:
        if text:
            self._desk.heard(self._id, "ai", text)
            self._duties.ai_said(item, text)

    def _again(self) -> None:
        model = self._model
        if model is not None and not model.busy:
            model.say(Want("again"))

    def _answered(self, call_id: str, text: str, speak: bool) -> None:
        self._duties.look(self._stage)
        model = self._model
        if model is None:
            return
        if not (call_id and model.answer(call_id, text)):
            model.know(text)
        if speak and not self._gated:
            model.say(Want("answer"))
