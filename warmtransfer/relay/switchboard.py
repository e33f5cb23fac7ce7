"""The live relays, by call: how the desk and the web reach them from any thread, without waiting."""

from __future__ import annotations

import socket
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any

from warmtransfer.clock import Clock
from warmtransfer.core.call import Call, Stage
from warmtransfer.ports.loop.protocols import Loop
from warmtransfer.ports.model.protocol import Provider, Readiness
from warmtransfer.ports.websocket.sockets import hang_up
from warmtransfer.relay.audience import Audience
from warmtransfer.relay.errands import Desk
from warmtransfer.relay.memory import Memory
from warmtransfer.relay.offers import Directory
from warmtransfer.relay.relay import Relay, RelaySettings
from warmtransfer.relay.stream import Finished
from warmtransfer.relay.tap import Tap
from warmtransfer.relay.tools import CallInfo, Toolbox
from warmtransfer.relay.wishes.reading import GRAMMARS, prepare

#: Calls whose conversations are kept, more when more are up: a leg that comes late may belong to one.
REMEMBERED = 200
#: Seconds from the start until the languages are prepared that few callers speak: calls that come back
#: have the processor first.
LEISURE = 5.0


class Switchboard:
    """The registry. Set `desk` before the first call; methods may be called from any thread."""

    def __init__(
        self,
        settings: RelaySettings,
        provider: Provider,
        loop: Loop,
        clock: Clock,
        toolbox: Toolbox,
        directory: Directory,
    ) -> None:
        self.desk: Desk | None = None
        self._settings = settings
        self._provider = provider
        self._loop = loop
        self._clock = clock
        self.toolbox = toolbox  #: what the model may call
        self._directory = directory
        self._relays: dict[str, Relay] = {}
        self._leaving = False
        self.audience = Audience(loop, self._tapped)  #: who listens in a page
        self._memories: OrderedDict[str, Memory] = OrderedDict()
        self._infos: OrderedDict[str, tuple[CallInfo, Stage, float]] = OrderedDict()

    def open(self) -> None:
        """Have what the next call needs at hand, of the model until `stop`, and see who can be reached."""
        self._loop.soon(self._ready, True)
        self._loop.spawn(self._directory.renew)
        own = self._settings.language
        self._loop.aside(prepare, own if own in GRAMMARS else "en")
        self._loop.later(LEISURE, self._loop.aside, prepare)

    # Orders of the desk -----------------------------------------------------------------------------

    def prepare(self, call: Call, delay: float) -> None:
        """Open the model's session, after `delay`, unless there is one."""
        self._loop.soon(self._prepare, call, delay)

    def recall(self, call_id: str, said: Sequence[tuple[str, str]]) -> None:
        """Remember what was said, as (caller or ai, text), of a call that an earlier process had."""
        self._loop.soon(self._recall, call_id, said)

    def follow(self, call: Call) -> None:
        """The call has changed: gate what the model hears, and fill pauses, by its stage."""
        self._loop.soon(self._follow, call)

    def speak(self, call_id: str, news: str, delay: float) -> None:
        """Have the AI greet, or tell `news`, after `delay`."""
        if delay > 0:
            self._loop.later(self._clock.real(delay), self._with, call_id, Relay.speak, news)
        else:
            self._loop.soon(self._with, call_id, Relay.speak, news)

    def mention(self, call_id: str, news: str) -> None:
        """Have the AI tell this in the next pause; newer news takes its place."""
        self._loop.soon(self._with, call_id, Relay.mention, news)

    def tell(self, call_id: str, news: str) -> None:
        """Let the AI know without speaking."""
        self._loop.soon(self._with, call_id, Relay.tell, news)

    def heed(self, call_id: str, text: str, *, aloud: bool) -> None:
        """Have the AI know this, from somebody who looks after the call; `aloud`: and tell the caller."""
        self._loop.soon(self._with, call_id, Relay.heed, text, aloud)

    def introduce(self, call_id: str, line: str) -> None:
        """Have the AI say exactly this; `LineHeard` follows, whatever happens to it."""
        self._loop.soon(self._with, call_id, Relay.introduce, line)

    def comfort(self, call_id: str) -> None:
        """Play the recorded line and ring tone: there is no model."""
        self._loop.soon(self._with, call_id, Relay.comfort)

    def close(self, call_id: str) -> None:
        """Close stream and session of this call."""
        self._loop.soon(self._with, call_id, Relay.close)

    def leave(self, call_id: str) -> None:
        """Close what there is of this call, and forget its words: another process has its stream now."""
        self._loop.soon(self._leave, call_id)

    def calls(self) -> list[str]:
        """The calls that have a relay."""
        return list(self._relays)

    def until_heard(self, call_id: str, seconds: float) -> None:
        """Block, in a worker thread, until what the AI is saying has been heard, `seconds` at most."""
        heard = threading.Event()
        self._loop.soon(self._when_quiet, call_id, heard.set)
        heard.wait(self._clock.real(seconds))

    def overhear(self, call_id: str) -> None:
        """Somebody wants to hear this call in a page, perhaps one of another process: see who."""
        self.audience.changed()

    def lend(self, call_id: str, give: Callable[[str, str], object] | None) -> None:
        """Have this call's sound given to others, piece by piece, in the loop; None: not any more."""
        self._loop.soon(self.audience.lend, call_id, give)

    def listened(self) -> Sequence[str]:
        """The calls that pages of this process listen to."""
        return self.audience.calls()

    def deliver(self, call_id: str, piece: str) -> None:
        """Give pages of this process what was heard in another one."""
        self._loop.soon(self.audience.deliver, call_id, piece)

    # The web ----------------------------------------------------------------------------------------

    def attach(
        self, call_id: str, generation: int, sock: socket.socket, stream_sid: str, leftover: bytes
    ) -> Finished:
        """Take over a stream's socket; the answer tells when it is closed."""
        finished = Finished()
        self._loop.soon(self._attach, call_id, generation, sock, stream_sid, leftover, finished)
        return finished

    def enter(self, call_id: str, sock: socket.socket) -> Finished:
        """Have a page listen to this call on this socket; the answer tells when it is closed."""
        finished = Finished()
        self._loop.soon(self._enter, call_id, sock, finished)
        return finished

    def live(self) -> int:
        """Relays there are."""
        return len(self._relays)

    def stop(self, seconds: float = 2.0) -> bool:
        """Close them all for good, and wait at most real `seconds` for their sockets. Never in the loop."""
        self._leaving = True
        self._loop.soon(self._ready, False)
        self._loop.soon(self.audience.dismiss)
        end = time.monotonic() + seconds
        while True:
            for call_id in list(self._relays):
                self.close(call_id)
            if not self._relays and not self._loop.watched():
                return True
            if time.monotonic() > end:
                return False
            time.sleep(0.02)

    # In the loop ------------------------------------------------------------------------------------

    def _ready(self, wanted: bool) -> None:
        if isinstance(self._provider, Readiness):
            if wanted and not self._leaving:
                self._provider.keep_ready(self._loop)
            else:
                self._provider.let_go()

    def _enter(self, call_id: str, sock: socket.socket, finished: Finished) -> None:
        if self._leaving:
            hang_up(sock)
            finished.tell()
            return
        self.audience.enter(call_id, sock, finished)

    def _tapped(self, call_id: str, tap: Tap | None) -> None:
        self._with(call_id, Relay.overhear, tap)

    def _prepare(self, call: Call, delay: float) -> None:
        self._note(call)
        if not self._leaving:
            self._relay(call.id).prepare(delay)

    def _recall(self, call_id: str, said: Sequence[tuple[str, str]]) -> None:
        memory = self._memory(call_id)
        if not memory.lines():
            memory.recall(said)

    def _follow(self, call: Call) -> None:
        self._note(call)
        relay = self._relays.get(call.id)
        if relay is not None:
            relay.follow(call.stage, call.comforted_until)

    def _note(self, call: Call) -> None:
        self._infos[call.id] = (
            CallInfo(call.id, call.caller, call.called),
            call.stage,
            call.comforted_until,
        )
        self._trim(self._infos, call.id)

    def _with(self, call_id: str, what: Callable[..., None], *args: object) -> None:
        relay = self._relays.get(call_id)
        if relay is not None:
            what(relay, *args)

    def _leave(self, call_id: str) -> None:
        self._with(call_id, Relay.close)
        self._memories.pop(call_id, None)

    def _when_quiet(self, call_id: str, then: Callable[[], None]) -> None:
        relay = self._relays.get(call_id)
        if relay is None:
            then()
        else:
            relay.when_quiet(then)

    def _attach(
        self,
        call_id: str,
        generation: int,
        sock: socket.socket,
        stream_sid: str,
        leftover: bytes,
        finished: Finished,
    ) -> None:
        known = self._infos.get(call_id)
        if self._leaving or (known is not None and known[1] is Stage.OVER):
            # The caller has hung up, or we have begun to leave, between the stream's admission and now.
            hang_up(sock)
            finished.tell()
            return
        try:
            self._relay(call_id).attach(generation, sock, stream_sid, leftover, finished)
        except Exception:
            hang_up(sock)  # the leg then asks what to do instead; nobody else would end it
            finished.tell()
            raise

    def _relay(self, call_id: str) -> Relay:
        relay = self._relays.get(call_id)
        if relay is None:
            assert self.desk is not None, "Switchboard.desk is set when the app is put together"
            unknown = (CallInfo(call_id), Stage.CONNECTING, 0.0)
            info, stage, comforted_until = self._infos.get(call_id, unknown)
            relay = self._relays[call_id] = Relay(
                info,
                self._settings,
                self._provider,
                self._loop,
                self._clock,
                self.desk,
                self.toolbox,
                self._directory,
                self._memory(call_id),
                self._forget,
            )
            relay.follow(stage, comforted_until)
            relay.overhear(self.audience.tap(call_id))
        return relay

    def _memory(self, call_id: str) -> Memory:
        memory = self._memories.setdefault(call_id, Memory())
        self._trim(self._memories, call_id)
        return memory

    def _trim(self, kept: OrderedDict[str, Any], newest: str) -> None:
        """Forget the oldest calls that are over; of others the AI may be needed again."""
        kept.move_to_end(newest)
        while len(kept) > REMEMBERED:
            oldest = next((call_id for call_id in kept if self._over(call_id)), None)
            if oldest is None:
                return
            del kept[oldest]

    def _over(self, call_id: str) -> bool:
        known = self._infos.get(call_id)
        return known is None or known[1] is Stage.OVER

    def _forget(self, call_id: str) -> None:
        self._relays.pop(call_id, None)
