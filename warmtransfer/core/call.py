"""What is known of one call: plain frozen data that survives as JSON."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from typing import Any

from warmtransfer.core import supervising, versions
from warmtransfer.core.legs import Place
from warmtransfer.core.legs import Proof as Proof
from warmtransfer.core.outcomes import LIKE, HandoffEnd
from warmtransfer.core.outcomes import Outcome as Outcome
from warmtransfer.core.place import Waits
from warmtransfer.core.plain import Unreadable as Unreadable
from warmtransfer.core.plain import plain, word
from warmtransfer.core.screening import Screen
from warmtransfer.core.supervising import Supervisor

_ROOM = re.compile(r"wt-([0-9a-f]{1,64})(?:-[0-9]{1,6})?")


class Stage(StrEnum):
    """Where the caller is now."""

    ARRIVING = "arriving"  #: answered, on the way into the room; hears our ring tone
    CONNECTING = "connecting"  #: in the room; the AI's first leg is being added
    AI = "ai"  #: the AI has the caller
    WAITING = "waiting"  #: in the line for a human; the AI keeps the caller company and goes on helping
    RINGING = "ringing"  #: a human is being dialled; the AI keeps the caller company
    BRIEFING = "briefing"  #: a human has answered and hears what the call is about
    JOINING = "joining"  #: the human accepted and is on the way into the room
    HUMAN = "human"  #: caller and human talk; the AI introduces them and is removed
    CANCELLING = "cancelling"  #: an attempt is being ended; nobody else is dialled before it has
    RETURNING = "returning"  #: the AI is being brought back to the caller
    REDIRECTED = "redirected"  #: the caller's own leg rings a human (style `redirect`)
    MESSAGE = "message"  #: no AI and no human can be had: an apology, and a message is recorded
    OVER = "over"  #: the caller has left; every other leg is ended


#: A human is wanted, and an attempt runs or is being ended.
SEEKING = frozenset({Stage.RINGING, Stage.BRIEFING, Stage.JOINING, Stage.CANCELLING})
#: The caller is the AI's, or is to be: a human may be asked for.
FREE = frozenset({Stage.CONNECTING, Stage.AI, Stage.WAITING, Stage.RETURNING})
#: The AI belongs in the room.
WANTED = SEEKING | FREE
#: The caller is out of the room on purpose; what the room says does not count.
ELSEWHERE = frozenset({Stage.REDIRECTED, Stage.MESSAGE})


#: Of one round, at most one attempt ends so.
WON = frozenset({Outcome.ACCEPTED, Outcome.LAST_RESORT})


class Style(StrEnum):
    """How a human is told what the call is about."""

    SCREEN = "screen"  #: briefed on a leg of their own, press 1 to take the call
    ANNOUNCE = "announce"  #: added to the room muted, briefed on hold, let in when no machine
    REDIRECT = "redirect"  #: the caller's own leg dials them; no AI meanwhile


class AIState(StrEnum):
    """Where the AI's leg and its model are."""

    ABSENT = "absent"  #: no leg
    ADDING = "adding"  #: the leg is ordered
    STREAMING = "streaming"  #: media flows; the model's session is not ready
    UP = "up"  #: caller and model can talk


@dataclass(frozen=True, slots=True)
class AI:
    """The AI's current leg. `generation` counts the streams offered to it, over the whole call."""

    k: int = 0
    state: AIState = AIState.ABSENT
    call_sid: str = ""
    token: str = ""
    generation: int = 0
    losses: tuple[float, ...] = ()
    down: bool = False  #: cannot be had any more in this call
    since: float = 0.0  #: when the leg was ordered
    met: bool = False  #: it has been with the caller in this call
    excused: bool = False  #: the caller has been told, or will be, that the line was interrupted
    turn_at: float = 0.0  #: when the leg is likely to be asked for: new legs wait for their turns

    @property
    def label(self) -> str:
        """The leg's participant label."""
        return f"ai-{self.k}"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One dial of one human. Times are seconds of the wall clock, `0.0` for not yet."""

    n: int
    handoff: int
    name: str
    number: str
    style: Style
    call_sid: str = ""
    outcome: Outcome | None = None
    answered_by: str = ""  #: who picked up, once the detection has spoken
    briefed: bool = False
    ended: bool = False  #: its leg is known to be over
    dialled_at: float = 0.0
    answered_at: float = 0.0
    accepted_at: float = 0.0
    joined_at: float = 0.0
    ended_at: float = 0.0
    moved: bool = False  #: the caller's own leg has left the room to dial it, or may have (style redirect)
    sip: str = ""  #: SipResponseCode of the carrier's last word
    digits: str = ""  #: tones sent after the answer, `w` for half a second of waiting
    turn_at: float = 0.0  #: when they are likely to be dialled: new legs wait for their turns
    caller_id: str = ""  #: the number that their phone shows; empty for the deployment's choice
    last: bool = False  #: the call ends when they leave it
    first: int = 0  #: the first attempt of their round, 0 for one that is rung alone
    screen: Screen = Screen.NONE  #: how far it is with a telephone that asks who calls
    screened_at: float = 0.0  #: when it was listened to first, or asked
    looks: int = 0  #: how many of the looks that `Rules.proofs` asks for have been made
    proofs: tuple[Proof, ...] = ()  #: what those looks, and the ones after a repair, have found
    key: str = ""  #: what was pressed at the gate
    status: str = ""  #: the carrier's last word on the leg
    parted_at: float = 0.0  #: when the first of human and caller left the other
    left_first: str = ""  #: who that was: caller, human, or room for neither, where the room was lost
    card_sent: bool = False  #: a text message with their card has been ordered
    card_taken: bool = False  #: accepted on their card; whoever picks up has still to be heard as a person
    by_card: bool = False  #: it is this that has let them in, and no key

    @property
    def label(self) -> str:
        """The leg's participant label."""
        return f"human-{self.n}"

    @property
    def round(self) -> int:
        """What those have in common who are rung together."""
        return self.first or self.n

    @property
    def to_be_sure(self) -> bool:
        """Whether they have accepted on their card, and somebody speaks behind a telephone that asked who
        calls: a person, if they answer a question, and perhaps that telephone."""
        return self.card_taken and self.screen is Screen.THERE

    @property
    def trying(self) -> bool:
        """Whether it may still lead to a human: neither decided nor given up, and its leg may be up."""
        return self.outcome is None and not self.ended


@dataclass(frozen=True, slots=True)
class Skipped:
    """A human who was not rung, and why: `reach.Why`. `since`: when that began, 0.0 for nobody knows."""

    name: str
    why: str
    since: float = 0.0


@dataclass(frozen=True, slots=True)
class Handoff:
    """The request for a human that is being served, or was served last."""

    number: int = 0
    source: str = ""  #: tool, words, watchdog, api, python, model_down
    target: str = ""
    reason: str = ""
    summary: str = ""
    closed: str = ""  #: why those it asks for are not rung, in words for the AI
    skipped: tuple[Skipped, ...] = ()  #: who could not be rung when somebody was looked for last
    stopped: bool = False  #: nobody else is to be rung: somebody who looks after the call has said so
    all_busy: bool = False  #: and that was all of them who could be reached: they talk with other callers
    instead: str = ""  #: who could be, though somebody else was asked for who is not there, as names
    asked_at: float = 0.0
    ended_at: float = 0.0  #: when nobody was looked for any more, or it was clear that the two talk
    end: HandoffEnd | None = None  #: how it ended, `None` while it goes on


@dataclass(frozen=True, slots=True)
class Call:
    """One caller's visit."""

    id: str
    stage: Stage = Stage.ARRIVING
    caller_sid: str = ""
    caller: str = ""
    caller_name: str = ""  #: as the carrier has looked it up, "" for not known
    called: str = ""
    rooms: int = 1  #: rooms used so far; a second only after the first was lost
    room_sid: str = ""
    ai: AI = field(default_factory=AI)
    handoff: Handoff = field(default_factory=Handoff)
    past: tuple[Handoff, ...] = ()  #: the handoffs before it
    attempts: tuple[Attempt, ...] = ()
    at: float = 0.0  #: when the newest event happened, seconds of the wall clock
    alarm: int = 0  #: serial of the armed timer; an older one is stale
    alarm_at: float = 0.0  #: when it goes off, `0.0` for no timer
    comforted_until: float = 0.0  #: the announcement to a lone caller plays until then
    laps: int = 0  #: times the current stage's timer has gone off in a row
    news: str = ""  #: what the AI has to be told when it next has the caller
    note: str = ""  #: what somebody who looks after the call has for the AI
    stray: str = ""  #: the CallSid of a leg that should not exist any more
    due_at: float = 0.0  #: when the stage's wait is over; the alarm may go off sooner, to look after the AI
    left: bool = False  #: the caller's leg is known to be over
    supervisor: Supervisor | None = None  #: the last who wanted to listen
    hung_up: bool = False  #: somebody who looks after the call has ended it
    message_url: str = ""  #: where the caller's recorded message is
    message_seconds: int = 0
    message: str = ""  #: the message that the AI has taken for the caller
    callback_id: str = ""  #: of the promise to ring them back, where there is one
    promised_at: float = 0.0  #: when that was made
    waits: Waits = field(default_factory=Waits)  #: in the line for a human, kept while one is rung
    started_at: float = 0.0
    disclosed_at: float = 0.0  #: when the caller had heard that an AI speaks, `0.0` for not yet
    ended_at: float = 0.0

    @property
    def room(self) -> str:
        """The conference's friendly name."""
        return f"wt-{self.id}" if self.rooms == 1 else f"wt-{self.id}-{self.rooms}"

    @property
    def recorded(self) -> bool:
        """Whether the caller has recorded a message, and said anything in it."""
        return bool(self.message_url) and self.message_seconds > 0

    @property
    def together(self) -> tuple[Attempt, ...]:
        """The newest round: the attempts that were begun together, mostly one."""
        if not self.attempts or not self.attempts[-1].first:
            return self.attempts[-1:]
        return tuple(each for each in self.attempts if each.round == self.attempts[-1].first)

    @property
    def open(self) -> tuple[Attempt, ...]:
        """Those of the newest round whose leg may be up."""
        return tuple(each for each in self.together if not each.ended)

    @property
    def trying(self) -> tuple[Attempt, ...]:
        """Those of the newest round that may still lead to a human."""
        return tuple(each for each in self.together if each.trying)

    @property
    def attempt(self) -> Attempt | None:
        """The attempt whose human has the caller, or is to have them; before that, the newest."""
        some = self.together
        return next((each for each in some if each.outcome in WON), some[-1] if some else None)

    @property
    def bridged(self) -> bool:
        """Whether the AI's leg is the bridge to the last resort, who talks with the caller."""
        last = self.attempts[-1] if self.attempts else None
        return last is not None and last.outcome is Outcome.LAST_RESORT and not (last.ended or self.left)

    def attempt_number(self, n: int) -> Attempt | None:
        """Attempt `n`, counted from 1 over the whole call."""
        return self.attempts[n - 1] if 0 < n <= len(self.attempts) else None

    def with_attempt(self, attempt: Attempt) -> Call:
        """The call with this attempt in the place of its number."""
        return replace(self, attempts=(*self.attempts[: attempt.n - 1], attempt, *self.attempts[attempt.n :]))

    def to_dict(self) -> dict[str, Any]:
        """The call as JSON-ready data, with the version of what it means."""
        data: dict[str, Any] = plain(self) | {"version": versions.VERSION}
        for each in data["attempts"]:
            versions.in_old_words(each, LIKE)
        return versions.lined(data)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Call:
        """The call that `to_dict` gave, now or in the releases next to this one: what is not known here is
        left out, what is not there has its default; a word that is not known is read as the nearest that can
        do no harm (docs/operating.md). Unreadable where the call cannot be gone on with without it."""
        try:
            return cls(**_read(versions.call(data)))
        except Unreadable:
            raise
        except (KeyError, TypeError, ValueError, AttributeError) as exc:
            raise Unreadable(f"{type(exc).__name__}: {exc}") from None


def awaited(call: Call) -> bool:
    """Whether the AI is on its way to the caller: nobody has them until it is up. One that is down is not."""
    return call.ai.state in (AIState.ADDING, AIState.STREAMING) and not call.ai.down


def turn_left(call: Call, now: float) -> float:
    """Seconds that the newest leg still to be made waits for its turn, as far as is known; 0 for none."""
    turns = [0.0]
    if call.stage in WANTED and call.ai.state is AIState.ADDING and not call.ai.call_sid:
        turns.append(call.ai.turn_at - now)
    if call.stage in SEEKING:
        turns += (each.turn_at - now for each in call.trying if not each.call_sid)
    return max(turns)


def call_of(room: str) -> str:
    """The id of the call whose room has this name, "" for a room that cannot be ours."""
    found = _ROOM.fullmatch(room)
    return found[1] if found else ""


def _read(data: dict[str, Any]) -> dict[str, Any]:
    ai = _known(AI, data.get("ai", {}))
    if "state" in ai:
        ai["state"] = AIState(ai["state"])
    ai["losses"] = tuple(ai.get("losses", ()))
    return _known(Call, data) | {
        "waits": Waits.from_dict(data.get("waits", {})),
        "stage": Stage(data["stage"]),
        "ai": AI(**ai),
        "handoff": _handoff(data.get("handoff", {})),
        "supervisor": supervising.read(data.get("supervisor")),
        "past": tuple(_handoff(each) for each in data.get("past", ())),
        "attempts": tuple(_attempt(each) for each in data.get("attempts", ())),
    }


def _handoff(data: dict[str, Any]) -> Handoff:
    skipped = tuple(Skipped(**_known(Skipped, each)) for each in data.get("skipped", ()))
    # A word that only a release behind this one knows is none: the end is read off the attempts then.
    end = HandoffEnd(data["end"]) if data.get("end") in set(HandoffEnd) else None
    return Handoff(**{**_known(Handoff, data), "skipped": skipped, "end": end})


def _known(kind: type[Any], data: dict[str, Any]) -> dict[str, Any]:
    """What of the data is a field of this kind."""
    return {each.name: data[each.name] for each in fields(kind) if each.name in data}


def _attempt(data: dict[str, Any]) -> Attempt:
    said, ended = versions.exactly(data, LIKE), data.get("ended")
    over = (Outcome.ACCEPTED if data.get("joined_at") else Outcome.ERROR) if ended else None
    outcome = word(Outcome, said, over) if said else None
    screen = word(Screen, data.get("screen", ""), Screen.NONE)
    style = word(Style, data["style"], Style.SCREEN if ended else None)
    proofs = tuple(_proof(each) for each in data.get("proofs", ()))
    known = {**_known(Attempt, data), "proofs": proofs, "screen": screen}
    return Attempt(**{**known, "style": style, "outcome": outcome})


def _proof(data: dict[str, Any]) -> Proof:
    places = (word(Place, data.get(name, ""), Place.UNKNOWN) for name in ("caller", "human"))
    return Proof(data["at"], *places)
