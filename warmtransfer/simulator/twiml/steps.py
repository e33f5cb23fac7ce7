"""What a verb leads to, and the state of one running script."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from warmtransfer.simulator.twiml.documents import Goto, Listener, target
from warmtransfer.simulator.twiml.grammar import Document, Verb

if TYPE_CHECKING:
    from warmtransfer.simulator.network.calls import Call


@dataclass(frozen=True)
class End:
    """The leg hangs up."""


Step: TypeAlias = Goto | End | None


@dataclass
class Script:
    """A leg that runs TwiML, and the document it is in."""

    call: Call
    perform: Callable[[Script, Verb], Awaitable[Step]]
    document: Document = field(default_factory=lambda: Document(()))
    hung_up: bool = False

    @property
    def listener(self) -> Listener:
        """Who hears this script's words."""
        return Listener(self.call.label, self.call.sid)


def last_word(script: Script, verb: Verb, fields: list[tuple[str, str]]) -> None:
    """Requests a verb's action when its leg has hung up meanwhile; what comes back is not run."""
    call = script.call
    if call.over and "action" in verb.attrs:
        goto = target(script.document, verb)
        call.network.tasks.spawn(call.network.webhooks.send(goto.url, [*call.params(), *fields], goto.method))
