"""Queues of callers: who waits, since when, at which place, and who is handed to whoever dials one."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Sequence

from warmtransfer.simulator.network.calls import Call
from warmtransfer.simulator.services import Services
from warmtransfer.simulator.wire import new_sid

#: How many may wait in a queue, unless another number is set; and the most that can be.
SIZE, MOST = 1000, 5000
#: The longest name.
LONGEST = 64
Fields = list[tuple[str, str]]


class Queued:
    """A call's stay in a queue: it waits, is taken, hears what is said before it is joined, is joined."""

    def __init__(self, call: Call, queue: Queue) -> None:
        self.call, self.queue = call, queue
        self.began = queue.services.clock.now()
        self.enqueued = time.time()
        self.waited: int | None = None  #: seconds until it was taken or left
        self.taken = asyncio.Event()
        self.ready = asyncio.Event()
        self.over = asyncio.Event()
        self.gone = asyncio.Event()
        self.whisper_url, self.whisper_method = "", "POST"
        self.taken_by = ""

    @property
    def seconds(self) -> int:
        """How long it has waited, or did."""
        return round(self.queue.services.clock.now() - self.began) if self.waited is None else self.waited

    @property
    def position(self) -> int:
        """Its place; 1 is the front."""
        return self.queue.members.index(self) + 1 if self in self.queue.members else 0

    def take(self, by: str, url: str, method: str) -> None:
        """Somebody has dialled the queue and is to be joined with it, once it has heard the document."""
        self.taken_by, self.whisper_url, self.whisper_method = by, url, method
        self.taken.set()

    def leave(self, result: str) -> None:
        """It waits no more, and is joined with nobody any more."""
        self.queue.strike(self)
        self.gone.set()
        self.queue.note("left", self, result=result)


class Queue:
    """One queue; whoever comes first is first to be taken."""

    def __init__(self, services: Services, name: str, size: int = SIZE) -> None:
        self.services = services
        self.sid = new_sid("QU")
        self.name, self.size = name, size
        self.created = self.updated = time.time()
        self.members: list[Queued] = []
        self._takers: deque[asyncio.Future[Queued]] = deque()

    @property
    def average(self) -> int:
        """How long those who wait have waited so far, on average."""
        waits = [each.seconds for each in self.members]
        return round(sum(waits) / len(waits)) if waits else 0

    def enter(self, call: Call) -> Queued | None:
        """Puts a call at the end; None when the queue is full."""
        if len(self.members) >= self.size:
            return None
        queued = Queued(call, self)
        self.members.append(queued)
        self.note("entered", queued)
        self._serve()
        return queued

    def strike(self, queued: Queued) -> None:
        """Takes a call off the list, if it still is on it."""
        if queued in self.members:
            queued.waited = queued.seconds
            self.members.remove(queued)

    async def front(self) -> Queued:
        """The call at the front, which waits no more; the first that comes, when there is none."""
        taker: asyncio.Future[Queued] = asyncio.get_running_loop().create_future()
        self._takers.append(taker)
        self._serve()
        try:
            return await taker
        except asyncio.CancelledError:
            if taker.done() and not taker.cancelled():  # nobody takes it now: it is the first again
                queued = taker.result()
                queued.waited = None
                self.members.insert(0, queued)
            raise

    def _serve(self) -> None:
        while self.members and self._takers:
            taker = self._takers.popleft()
            if not taker.done():
                queued = self.members[0]
                self.strike(queued)
                taker.set_result(queued)

    def note(self, event: str, queued: Queued, result: str = "") -> None:
        """Writes a row of the trace."""
        call = queued.call
        self.services.trace.write(
            "queue", event=event, queue=self.name, queue_sid=self.sid, label=call.label, call_sid=call.sid,
            size=len(self.members), seconds=queued.seconds, result=result,
        )  # fmt: skip


class Queues:
    """The account's queues."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.kept: dict[str, Queue] = {}

    def named(self, name: str) -> Queue | None:
        """The queue of that name."""
        return next((each for each in self.kept.values() if each.name == name), None)

    def make(self, name: str, size: int = SIZE) -> Queue:
        """A new queue."""
        queue = Queue(self.services, name, size)
        self.kept[queue.sid] = queue
        return queue

    def shown(self) -> Sequence[dict[str, object]]:
        """What the state shows of those in which somebody waits."""
        return [
            {"queue_sid": each.sid, "name": each.name, "members": [q.call.label for q in each.members]}
            for each in self.kept.values() if each.members
        ]  # fmt: skip
