"""One call's relay: caller audio to the model, the model's audio to the caller, and nothing else between.

An actor: every method runs in the loop, one at a time, and none may block. What it learns about the call it
only reports to the desk.
"""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable, Sequence

from warmtransfer.clock import Clock
from warmtransfer.core import events as ev
from warmtransfer.core.call import SEEKING, WANTED, Stage
from warmtransfer.core.counts import HEARS
from warmtransfer.ports.loop.protocols import Loop
from warmtransfer.ports.model.protocol import Listener, Model, Provider, Renewable, Want
from warmtransfer.relay.border import TalkSide
from warmtransfer.relay.errands import Desk
from warmtransfer.relay.keys import STAR, Keys
from warmtransfer.relay.memory import Memory
from warmtransfer.relay.offers import Directory, Offers
from warmtransfer.relay.sessions import Sessions
from warmtransfer.relay.settings import RelaySettings as RelaySettings
from warmtransfer.relay.speaker import Speaker
from warmtransfer.relay.stream import Finished, Stream
from warmtransfer.relay.talk import Talk
from warmtransfer.relay.tap import Tap
from warmtransfer.relay.tools import CallInfo, Toolbox

log = logging.getLogger("warmtransfer")

#: Seconds between looks at what only time brings about.
TICK = 0.2
#: Seconds in which nobody has spoken, before what can wait is told.
PAUSE = 1.5
#: All relays look at multiples of this, so that many share one wake-up.
GRID = 0.02


class Relay:
    """See the module. `gone(call_id)` is called when the relay has closed itself."""

    __slots__ = (
        "_calm", "_clock", "_closed", "_comforted_until", "_counts", "_desk", "_gated", "_gone", "_keys",
        "_loop", "_memory", "_news", "_offers", "_orphaned", "_provider", "_seeking", "_sessions",
        "_settings", "_speaker", "_stream", "_talk", "_tap", "_timer", "_up", "_waiting", "id",
    )  # fmt: skip

    def __init__(
        self,
        info: CallInfo,
        settings: RelaySettings,
        provider: Provider,
        loop: Loop,
        clock: Clock,
        desk: Desk,
        toolbox: Toolbox,
        directory: Directory,
        memory: Memory,
        gone: Callable[[str], object],
    ) -> None:
        self.id = info.call_id
        self._settings = settings
        self._provider = provider
        self._loop = loop
        self._clock = clock
        self._desk = desk
        self._gone = gone
        self._memory = memory
        self._offers = Offers(toolbox, directory)
        self._talk: TalkSide = Talk(self, info, settings, loop, clock, desk, toolbox, memory)
        self._sessions = Sessions(self._open_model, self._talk, loop, clock, settings, memory.notes)
        self._stream: Stream | None = None
        self._speaker: Speaker | None = None  #: of that stream
        self._tap: Tap | None = None  #: while somebody listens in a page
        self._counts = True  #: whether the caller waits for us
        self._up: tuple[int, Model] | None = None  #: the stream and session reported as up
        self._gated = False  #: whether the model must not hear
        self._seeking = False  #: whether a human is rung for this caller
        self._comforted_until = 0.0
        self._waiting = False  #: whether the caller is in the line
        self._keys = Keys(self.key_heard)
        self._news = ""  #: to be told in the next pause
        self._calm = 0.0  #: since when nobody has spoken, 0.0 while somebody does
        self._orphaned = clock.monotonic()  #: when there last was a stream
        self._closed = False
        after = TICK + GRID - clock.monotonic() % GRID
        self._timer = loop.every(clock.real(TICK), clock.real(after), self._tick)

    # What the desk wants ----------------------------------------------------------------------------

    def prepare(self, delay: float) -> None:
        """Have a session opened."""
        self._talk.comfort(False)
        self._sessions.open(delay)

    def follow(self, stage: Stage, comforted_until: float = 0.0) -> None:
        """The call is now in this stage, and an announcement plays to the caller until then (wall clock)."""
        self._comforted_until = comforted_until
        # While the caller is arriving there is nothing to hear.
        self._gated = stage not in HEARS and stage is not Stage.ARRIVING
        self._seeking = stage in SEEKING
        self._counts = stage in WANTED
        self._measure()
        if (stage is Stage.WAITING) is not self._waiting:
            self._waiting, self._news = stage is Stage.WAITING, ""
            self._offers.wait(self._waiting)
            self._renew()
        self._talk.follow(stage, self._gated)

    def speak(self, news: str) -> None:
        """Greet, or tell news."""
        if not self._closed:
            self._talk.speak(news)

    def mention(self, news: str) -> None:
        """Tell news in the next pause."""
        self._news = news if self._waiting else ""

    def tell(self, news: str) -> None:
        """Let the model know."""
        self._talk.know(news)

    def heed(self, text: str, aloud: bool) -> None:
        """Let this session know it, and those after it; or have this one tell the caller (`aloud`)."""
        if not aloud:
            self._memory.notes.append(text)
        model = self._sessions.ready
        if model is None or self._closed:
            return
        model.know(text)
        if aloud and not self._gated:
            model.say(Want("told"))

    def introduce(self, line: str) -> None:
        """Say exactly this line now, then report it heard; at once when it cannot be said."""
        self._talk.introduce(line)

    def comfort(self) -> None:
        """No model: the recorded line, then ring tone, until there is one again."""
        self._talk.comfort(True)

    def when_quiet(self, then: Callable[[], object]) -> None:
        """Call `then` once all that the AI is saying has been heard."""
        self._talk.when_quiet(then)

    def attach(
        self, generation: int, sock: socket.socket, stream_sid: str, leftover: bytes, finished: Finished
    ) -> None:
        """The caller can be heard on this socket from now on; an older stream is dropped."""
        self._drop_stream()
        clock = self._clock.monotonic
        stream = Stream(self._loop, sock, stream_sid, generation, self, finished, clock)
        self._stream = stream
        self._speaker = Speaker(stream, clock)
        self._measure()
        self._speaker.overheard(self._tap)
        self._talk.stream(self._speaker)
        failure = self._sessions.take_failure()
        if failure is not None:
            self._desk.post_later(self.id, ev.ModelLost(generation, *failure))
        else:
            self._sessions.open()
        self._report_up()
        stream.begin(leftover)

    def overhear(self, tap: Tap | None) -> None:
        """Feed this with what caller and AI are heard to say, until told otherwise; None for nobody."""
        self._tap = tap
        if self._speaker is not None:
            self._speaker.overheard(tap)

    def close(self) -> None:
        """Close stream and session; what was said stays remembered."""
        if self._closed:
            return
        self._closed = True
        self._timer.cancel()
        self._drop_stream()
        self._talk.close()
        self._sessions.close()
        self._gone(self.id)

    # What the leg sends -----------------------------------------------------------------------------

    def caller_audio(self, pieces: Sequence[bytes]) -> None:
        """Hand it to the model without keys, unless a human, or an announcement, could be heard in it."""
        if self._tap is not None:
            self._tap.caller(pieces)
        model = self._sessions.model
        if model is None or self._gated:
            if self._waiting:
                self._keys.silenced(pieces)
            return
        pieces = self._keys.silenced(pieces)
        # Undocumented: what is announced to one participant may be heard by all.
        if not self._comforted_until or self._clock.now() >= self._comforted_until:
            model.append(pieces)

    def key_heard(self, digit: str) -> None:
        """A star leaves the line; no other key means anything."""
        if digit == STAR and self._waiting:
            self._desk.post_later(self.id, ev.LineLeft("star"))

    def mark_returned(self, name: str) -> None:
        """Something was heard."""
        self._talk.returned(name)

    def stream_ended(self, generation: int, how: str) -> None:
        """The leg's side is over; the session stays for the next stream."""
        self._drop_stream()
        self._desk.post_later(self.id, ev.StreamEnded(generation, how))

    # What the talk tells ----------------------------------------------------------------------------

    def session_ready(self, expires_at: float) -> None:
        """The session is told what was said before; then the AI is up."""
        model = self._sessions.model
        if model is not None:
            self._sessions.started(expires_at)
            self._sessions.begin(model)
            self._report_up()

    def session_lost(self, reason: str, fatal: bool) -> None:
        """The desk decides what comes now; without a stream it is told when there is one."""
        level = logging.ERROR if fatal else logging.WARNING
        log.log(level, "call %s: the model's session is lost: %s", self.id, reason)
        self._sessions.lost(reason, fatal)
        if self._stream is not None:
            self._sessions.take_failure()
            self._desk.post_later(self.id, ev.ModelLost(self._stream.generation, reason, fatal))

    def introduced(self) -> None:
        """The introduction was heard, or cannot be."""
        if self._stream is not None:
            self._desk.post_later(self.id, ev.LineHeard(self._stream.generation))

    # ------------------------------------------------------------------------------------------------

    def _open_model(self, listener: Listener) -> Model:
        timeout = self._clock.real(self._settings.open_seconds)
        return self._provider.open(self._loop, self._offers.tools, listener, timeout)

    def _report_up(self) -> None:
        model = self._sessions.ready
        if model is None or self._stream is None:
            return
        up = (self._stream.generation, model)
        if up != self._up:
            self._up = up
            self._desk.post_later(self.id, ev.AIUp(self._stream.generation))

    def _measure(self) -> None:
        """Have silence count while the caller is the AI's, or waits, and the carrier announces nothing."""
        if self._speaker is not None:
            left = self._comforted_until - self._clock.now()
            self._speaker.follow(self._counts, self._clock.monotonic() + left if left > 0 else 0.0)

    def _drop_stream(self) -> None:
        stream, self._stream = self._stream, None
        speaker, self._speaker = self._speaker, None
        if stream is not None and speaker is not None:
            silence = round(speaker.longest_silence(), 2)
            self._desk.post_later(self.id, ev.SilenceHeard(stream.generation, silence))
            self._orphaned = self._clock.monotonic()
            self._talk.stream(None)
            stream.close()

    def _tick(self) -> None:
        if self._closed:
            return
        if self._stream is not None and self._stream.silent() > self._settings.silence:
            self._stream.lose("broken")
        elif self._stream is None and self._clock.monotonic() - self._orphaned > self._settings.orphan:
            self.close()
            return
        self._sessions.check()
        self._renew()
        self._mention()
        self._talk.tick()

    def _mention(self) -> None:
        """Tell what can wait for a pause, once there is one."""
        now = self._clock.monotonic()
        self._calm = (self._calm or now) if self._talk.calm() else 0.0
        if self._news and self._calm and now - self._calm >= PAUSE:
            news, self._news = self._news, ""
            self._talk.speak(news)

    def _renew(self) -> None:
        """Let the session know who can be reached, once that has changed.

        Not while somebody is rung: whoever is busy then may be so for this very caller.
        """
        changed = None if self._seeking else self._offers.changed()
        if changed is None:
            return
        for model in self._sessions.open_ones():
            if isinstance(model, Renewable):
                model.renew(self._offers.tools)
        news, with_the_hour = changed
        if with_the_hour or not isinstance(self._sessions.model, Renewable):
            self._talk.know(news)
