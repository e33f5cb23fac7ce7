"""What a verb leads to, and the state of one running script."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

from warmtransfer.simulator.network.calls import Call, News
from warmtransfer.simulator.network.queues import Queue
from warmtransfer.simulator.network.rooms import Room
from warmtransfer.simulator.services import Services
from warmtransfer.simulator.twiml.documents import Goto, Listener, target
from warmtransfer.simulator.twiml.grammar import Document, Verb


@dataclass(frozen=True)
class End:
    """The leg hangs up."""


@dataclass(frozen=True)
class Left:
    """The leg leaves the queue that it waits in."""


Step: TypeAlias = Goto | End | Left | None


class Exchange(Protocol):
    """Where a <Dial> gets its conference, and the legs that it rings."""

    def room_for(self, name: str, *, by_rest: bool) -> Room:
        """Returns the active conference of that name, or a new one."""

    def queue(self, name: str, *, make: bool) -> Queue | None:
        """Returns the queue of that name; a new one, if there is none and one is to be made."""

    def child(self, parent: Call, from_: str, to: str, news: News) -> Call:
        """Registers a leg that the parent's <Dial> makes; nothing happens to it yet."""

    def ring(self, call: Call, timeout: float) -> asyncio.Task[bool]:
        """Rings such a leg; True when someone answers and stays through its gate document."""


@dataclass
class Script:
    """A leg that runs TwiML, and the document it is in."""

    call: Call
    exchange: Exchange
    perform: Callable[[Script, Verb], Awaitable[Step]]
    document: Document = field(default_factory=lambda: Document(()))
    done: int = 0  #: verbs of the document that have begun
    hung_up: bool = False
    queued: bool = False  #: whether it is what a leg hears that waits in a queue

    @property
    def services(self) -> Services:
        """What the leg's network works with."""
        return self.call.services

    @property
    def listener(self) -> Listener:
        """Who hears this script's words."""
        return Listener(self.call.label, self.call.sid)


def last_word(script: Script, verb: Verb, fields: list[tuple[str, str]]) -> None:
    """Requests a verb's action when its leg has hung up meanwhile; what comes back is not run."""
    call = script.call
    if call.over and "action" in verb.attrs:
        goto = target(script.document, verb)
        call.services.tasks.spawn(
            call.services.webhooks.send(goto.url, [*call.params(), *fields], goto.method)
        )
