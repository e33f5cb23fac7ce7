"""What is asked of the stored calls by those who look at all of them: what is new, who was reached, how fast.

Serials are those of the journal and of the words. A transaction may be seen after one with a higher serial:
whoever reads from a serial on goes back a little (`records`, by time) rather than trust the highest.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select, true

from warmtransfer.core.call import Call, Stage
from warmtransfer.core.search import Search
from warmtransfer.ports.store import foreign
from warmtransfer.ports.store.mailbox import Undelivered
from warmtransfer.ports.store.records import Line
from warmtransfer.ports.store.searching import narrowed
from warmtransfer.ports.store.store import Store
from warmtransfer.ports.store.tables import LIVE, attempt, call, journal, transcript

#: Whose words are a conversation; the others are what humans were told.
TALKERS = ("caller", "ai")
#: Rows that are read at once of what is new: more come with the next look.
BITE = 10_000


@dataclass(frozen=True, slots=True)
class Serials:
    """The newest row of the journal and of the words, 0 for none."""

    fact: int = 0
    word: int = 0


@dataclass(frozen=True, slots=True)
class Fact:
    """A row of the journal, without what was told with it."""

    id: int
    call_id: str
    at: float
    event: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Said:
    """A row of the words, with its serial."""

    id: int
    call_id: str
    line: Line


class Tried(NamedTuple):
    """An attempt and the call that it belongs to; times are seconds, 0 for never, or not known."""

    call_id: str
    n: int
    handoff: int
    name: str
    outcome: str
    dialled_at: float
    answered_at: float
    accepted_at: float
    joined_at: float
    ended_at: float
    asked_at: float = 0.0  #: when its handoff was asked for
    rang_at: float = 0.0
    alone_at: float = 0.0  #: when the AI had left the two who talk


class Became(NamedTuple):
    """How so many attempts of one human ended, and for how many seconds they talked in all."""

    name: str
    outcome: str  #: "" for those that go on
    many: int
    talked: float


class Began(NamedTuple):
    """A call as it is counted: when it began, whether it goes on, and what there was in it."""

    id: str
    started_at: float
    live: bool
    outcome: str = ""
    asked: int = 0  #: requests for a person
    messaged: bool = False
    losses: int = 0  #: sessions with the model that were lost
    quiet: float = 0.0  #: seconds of the longest silence, 0 for not known


_FACT = (journal.c.id, journal.c.call_id, journal.c.at, journal.c.event, journal.c.before, journal.c.after)
_SAID = (transcript.c.id, transcript.c.call_id, transcript.c.at, transcript.c.who, transcript.c.text)
_OUTCOME = func.coalesce(attempt.c.outcome, "")
_HUMAN = transcript.c.who.in_(TALKERS)


class Ledger:
    """Questions to one store; they raise as the store does, and may be asked by any thread."""

    def __init__(self, store: Store) -> None:
        self._store = store
        owner = store.mine
        self._ours: ColumnElement[bool] = call.c.owner == str(owner) if owner else true()
        self._newest = (
            select(call.c.state, call.c.owner)
            .where(self._ours)
            .order_by(call.c.started_at.desc(), call.c.id.desc())
        )

    # What is new ------------------------------------------------------------------------------------

    def latest(self) -> Serials:
        """The newest serials."""
        both = select(
            select(func.max(journal.c.id)).scalar_subquery(),
            select(func.max(transcript.c.id)).scalar_subquery(),
        )
        (row,) = self._store.ask(both)
        return Serials(row[0] or 0, row[1] or 0)

    def facts(self, after: int) -> list[Fact]:
        """Decisions behind this serial, of whomever's calls."""
        return _facts(self._store.ask(_few(select(*_FACT).where(journal.c.id > after), journal.c.id)))

    def words(self, after: int) -> list[Said]:
        """Words of callers and AIs behind this serial, of whomever's calls."""
        rows = self._store.ask(_few(select(*_SAID).where(transcript.c.id > after, _HUMAN), transcript.c.id))
        return [Said(row.id, row.call_id, Line(row.at, row.who, row.text)) for row in rows]

    def live(self, most: int) -> list[Call]:
        """Calls whose caller has not left, the newest first."""
        wanted = self._newest.where(LIVE, call.c.stage != Stage.OVER.value).limit(most)
        return foreign.calls(row.state for row in self._store.ask(wanted))

    def calls(self, ids: Collection[str]) -> list[Call]:
        """Those of the calls that are ours."""
        if not ids:
            return []
        return foreign.calls(row.state for row in self._store.ask(self._newest.where(call.c.id.in_(ids))))

    def facts_of(self, ids: Collection[str]) -> list[Fact]:
        """Every decision about these calls, in order."""
        if not ids:
            return []
        return _facts(
            self._store.ask(select(*_FACT).where(journal.c.call_id.in_(ids)).order_by(journal.c.id))
        )

    def last_words(self, ids: Collection[str]) -> list[Said]:
        """The newest line of each of these calls."""
        if not ids:
            return []
        newest = (
            select(func.max(transcript.c.id))
            .where(transcript.c.call_id.in_(ids), _HUMAN)
            .group_by(transcript.c.call_id)
        )
        rows = self._store.ask(select(*_SAID).where(transcript.c.id.in_(newest)))
        return [Said(row.id, row.call_id, Line(row.at, row.who, row.text)) for row in rows]

    def lines(self, call_id: str) -> list[Said]:
        """All that is kept of what was said in this call, and told to humans, with serials."""
        mine = select(*_SAID).where(transcript.c.call_id == call_id).order_by(transcript.c.id)
        return [Said(row.id, row.call_id, Line(row.at, row.who, row.text)) for row in self._store.ask(mine)]

    def undelivered(self) -> Undelivered:
        """How it stands with events that the host's systems have not taken."""
        return self._store.mailbox.undelivered()

    # What was ---------------------------------------------------------------------------------------

    def search(self, wanted: Search, until: float = 0.0) -> list[Call]:
        """The calls wanted that began before `until`, the newest first."""
        asked = narrowed(self._newest.limit(wanted.limit), wanted)
        if until:
            asked = asked.where(call.c.started_at < until)
        return foreign.calls(row.state for row in self._store.ask(asked))

    def began(self, since: float) -> list[Began]:
        """Every call since then."""
        counted = (call.c.outcome, call.c.asked, call.c.messaged, call.c.losses, call.c.quiet)
        asked = select(call.c.id, call.c.started_at, call.c.stage != Stage.OVER.value, *counted)
        rows = self._store.ask(asked.where(self._ours, call.c.started_at >= since))
        return [Began._make(row) for row in rows]

    def reached(self, since: float) -> list[Tried]:
        """Every attempt of the calls since then whose human got into the call, in order."""
        rows = self._store.ask(self._since(_tried(), since).where(attempt.c.joined_at > 0))
        return [Tried._make(row) for row in rows]

    def became(self, since: float) -> list[Became]:
        """How the attempts of the calls since then ended."""
        met = and_(attempt.c.joined_at > 0, attempt.c.ended_at > attempt.c.joined_at)
        talked = func.sum(case((met, attempt.c.ended_at - attempt.c.joined_at), else_=0.0))
        asked = select(attempt.c.name, _OUTCOME, func.count(), talked).group_by(attempt.c.name, _OUTCOME)
        return [Became._make(row) for row in self._store.ask(self._since(asked, since))]

    def uncounted(self, since: float) -> int:
        """Requests for a person in these calls that the calls do not count: nobody had asked, or a release
        before this one was told."""
        asked = select(attempt.c.call_id, attempt.c.handoff).distinct()
        not_its = or_(attempt.c.handoff > call.c.asked, attempt.c.handoff == 0)
        more = self._since(asked, since).where(not_its).subquery()
        return int(self._store.ask(select(func.count()).select_from(more))[0][0])

    def _since(self, asked: Select[Any], since: float) -> Select[Any]:
        """Of attempts, those of our calls since then."""
        joined = asked.join(call, call.c.id == attempt.c.call_id)
        return joined.where(self._ours, call.c.started_at >= since)

    def tried_in(self, call_id: str) -> list[Tried]:
        """Every attempt of this call, whosever it is, in order."""
        return [Tried._make(row) for row in self._store.ask(_tried().where(attempt.c.call_id == call_id))]


def _tried() -> Select[Any]:
    return select(
        *(attempt.c.call_id, attempt.c.n, attempt.c.handoff, attempt.c.name, _OUTCOME),
        *(attempt.c.dialled_at, attempt.c.answered_at, attempt.c.accepted_at, attempt.c.joined_at),
        *(attempt.c.ended_at, attempt.c.asked_at, attempt.c.rang_at, attempt.c.alone_at),
    ).order_by(attempt.c.call_id, attempt.c.n)


def _few(asked: Select[Any], serial: Any) -> Select[Any]:
    return asked.order_by(serial).limit(BITE)


def _facts(rows: Sequence[Any]) -> list[Fact]:
    return [Fact(*row) for row in rows]
