"""What one app's routes work with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol, cast

from flask import current_app

from warmtransfer.clock import Clock
from warmtransfer.config import Settings
from warmtransfer.core.available import Available
from warmtransfer.core.call import Call
from warmtransfer.core.events import HandoffAsked
from warmtransfer.core.rules import Rules
from warmtransfer.core.search import Search
from warmtransfer.desk.callbacks import CallbackDesk
from warmtransfer.desk.desk import Desk
from warmtransfer.desk.overhearing import Overhearing
from warmtransfer.desk.promising import Promises
from warmtransfer.desk.recordings import Fetching
from warmtransfer.desk.watch import Watch
from warmtransfer.relay.switchboard import Switchboard
from warmtransfer.web.advice import Advice
from warmtransfer.web.guard import Guard
from warmtransfer.web.links import Links
from warmtransfer.web.twiml import Documents
from warmtransfer.web.twiml.back import BackDocuments
from warmtransfer.web.wrong import Wrong

NAME = "warmtransfer"


class Records(Protocol):
    """What is remembered of calls."""

    def open(self) -> None:
        """Make sure that calls can be remembered; raises ConfigError."""

    def journal(self, call_id: str) -> list[Any]:
        """Every decision about the call, in order."""

    def transcript(self, call_id: str) -> list[Any]:
        """What was said, in order."""

    def search(self, wanted: Search) -> list[tuple[Call, str]]:
        """The calls wanted, the newest first, each with whose it is."""

    def keep_found(self, name: str, settings: Mapping[str, Any]) -> None:
        """Keep this under the name, unless something is kept already."""

    def trouble(self) -> str:
        """Why it cannot be relied on now, "" when it can; never raises."""


class Life(Protocol):
    """The running of the parts."""

    started_in: int  #: the process; 0 before the start
    leaving: bool  #: no new calls or streams are taken any more

    def start(self) -> None:
        """Run; harmless when repeated."""

    def wake(self) -> None:
        """Have it run soon; never waits, never raises."""

    def stop(self) -> None:
        """Stop for good; harmless when repeated."""


class People(Protocol):
    """Who may be dialled."""

    fault: str  #: why the newest list could not be had; "" when it could

    def rules(self) -> Rules:
        """What is decided by, now."""

    def now(self) -> Available:
        """Who can be reached at this moment."""

    def as_seen(self) -> Rules:
        """What is decided by, with what was known of everybody when that was last looked at."""

    def wanted(self, event: HandoffAsked) -> HandoffAsked:
        """The wish, meant for somebody on the list of now; raises UnknownTarget."""

    def moment(self) -> float:
        """What time it is."""

    def look(self) -> None:
        """See who is on a call of ours, away, or was just rung in vain. Blocks as the database does."""

    def renew(self) -> None:
        """Make sure that it is of now; blocks, and not for long."""


class Afterwards(Protocol):
    """What is seen to beside a call, and when it is over."""

    @property
    def callbacks(self) -> CallbackDesk:
        """Callbacks: kept, and tried when their time has come."""

    @property
    def promises(self) -> Promises:
        """How one is taken."""

    @property
    def recordings(self) -> Fetching:
        """Recorded messages, which are fetched."""

    @property
    def overhearing(self) -> Overhearing:
        """What pages hear of calls whose stream another process has."""


@dataclass(frozen=True, slots=True)
class Parts:
    """One app's settings and running parts, kept in `app.extensions["warmtransfer"]`."""

    settings: Settings
    links: Links
    guard: Guard
    advice: Advice
    wrong: Wrong
    documents: Documents
    back: BackDocuments
    clock: Clock
    desk: Desk
    afterwards: Afterwards
    people: People
    switchboard: Switchboard
    records: Records
    life: Life
    standing: Watch
    providers: Mapping[str, Any]  #: who may speak: makers of models' providers, by name
    found: str = ""  #: a line that tells how the public URL was found; empty where it was given


    @property
    def callbacks(self) -> CallbackDesk:
        """Callbacks: kept, and tried when their time has come."""
        return self.afterwards.callbacks


def parts() -> Parts:
    """The current app's parts."""
    return cast(Parts, current_app.extensions[NAME])
