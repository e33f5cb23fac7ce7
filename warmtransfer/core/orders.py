"""Things to be done. The table names them bare; `for_call` fills in legs and numbers, or says there is
nothing to do."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any, ClassVar, Self

from warmtransfer.core import briefing
from warmtransfer.core.call import AIState, Attempt, Call, Style
from warmtransfer.core.rules import BACKOFF, COMFORT_SECONDS, Rules


@dataclass(frozen=True, slots=True)
class Order:
    """Something to be done to the world. `local` ones touch only our own relay and never wait."""

    local: ClassVar[bool] = False

    def for_call(self, call: Call, rules: Rules) -> Self | None:
        """This order with its legs and numbers, or None when there is nothing to do it to."""
        return self

    def advance(self, call: Call) -> Call:
        """The call once this order has been given."""
        return call

    @property
    def key(self) -> str:
        """The leg or room it is about, as echoed by `OrderFailed`."""
        return ""

    def to_dict(self) -> dict[str, Any]:
        """The order as JSON-ready data, for the outbox."""
        return {"order": type(self).__name__, **asdict(self)}


# To our own relay -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PrepareModel(Order):
    """Open the model's socket and prepare its session, before the stream is there, after `delay` seconds."""

    local: ClassVar[bool] = True
    delay: float = 0.0

    def for_call(self, call: Call, rules: Rules) -> Self | None:
        """Wait longer after every loss."""
        return replace(self, delay=BACKOFF[min(len(call.ai.losses), len(BACKOFF) - 1)])


@dataclass(frozen=True, slots=True)
class LetAISpeak(Order):
    """Have the model speak, after `delay` seconds: greet, or tell `news` in its own words."""

    local: ClassVar[bool] = True
    news: str = ""
    delay: float = 0.0

    def for_call(self, call: Call, rules: Rules) -> Self | None:
        """Carry the news that the AI has not been told, held back while the caller still hears a line."""
        return replace(self, news=call.news, delay=max(0.0, call.comforted_until - call.at))

    def advance(self, call: Call) -> Call:
        """News is told once."""
        return replace(call, news="")


@dataclass(frozen=True, slots=True)
class TellAI(Order):
    """Put `news` into the model's conversation without asking it to speak."""

    local: ClassVar[bool] = True
    news: str = ""

    def for_call(self, call: Call, rules: Rules) -> Self | None:
        """Carry where the handoff stands."""
        return replace(self, news=briefing.progress(call))


@dataclass(frozen=True, slots=True)
class Introduce(Order):
    """Have the AI say one line to caller and human, then report `LineHeard`."""

    local: ClassVar[bool] = True
    line: str = ""

    def for_call(self, call: Call, rules: Rules) -> Self | None:
        """Name the human; nothing when the AI is not in the room to say it."""
        if call.ai.state is not AIState.UP or call.attempt is None:
            return None
        return replace(self, line=briefing.introduction(call.attempt.name))


@dataclass(frozen=True, slots=True)
class PlayComfort(Order):
    """Have the relay itself play the app's own line and ring tone: there is no model to speak."""

    local: ClassVar[bool] = True


@dataclass(frozen=True, slots=True)
class CloseModel(Order):
    """Close the model's session and our side of the stream."""

    local: ClassVar[bool] = True


# To the AI's leg ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AddAI(Order):
    """Add the AI's leg to the room (POST Participants, To=app:), after `delay` seconds."""

    k: int = 0
    room: str = ""
    room_sid: str = ""
    delay: float = 0.0

    def for_call(self, call: Call, rules: Rules) -> Self | None:
        """Number the leg; the delay grows with the losses. Nothing before the caller is in the room."""
        if not call.room_sid:
            return None
        delay = BACKOFF[min(len(call.ai.losses), len(BACKOFF) - 1)]
        return replace(self, k=call.ai.k + 1, room=call.room, room_sid=call.room_sid, delay=delay)

    def advance(self, call: Call) -> Call:
        """A new leg, and with it a new stream."""
        return replace(call, ai=replace(call.ai, k=self.k, state=AIState.ADDING, call_sid="", token=""))

    @property
    def key(self) -> str:
        return f"ai-{self.k}"


@dataclass(frozen=True, slots=True)
class RemoveAI(Order):
    """Close our socket and remove the AI's leg from the room (DELETE; 404 and 16099 mean done)."""

    k: int = 0
    room_sid: str = ""
    call_sid: str = ""

    def for_call(self, call: Call, rules: Rules) -> Self | None:
        """Name the current leg; nothing when there is none."""
        if call.ai.state is AIState.ABSENT:
            return None
        return replace(self, k=call.ai.k, room_sid=call.room_sid, call_sid=call.ai.call_sid)

    def advance(self, call: Call) -> Call:
        """The leg counts as gone from now on."""
        return replace(call, ai=replace(call.ai, state=AIState.ABSENT, token=""))

    @property
    def key(self) -> str:
        return f"ai-{self.k}"


@dataclass(frozen=True, slots=True)
class EndAI(RemoveAI):
    """End the AI's leg whatever its state (Status=completed), and the model's session with it."""


# To a human's leg -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class HumanOrder(Order):
    """An order about the newest attempt's leg."""

    n: int = 0
    call_sid: str = ""

    def for_call(self, call: Call, rules: Rules) -> Self | None:
        """Name the newest attempt; nothing when its leg is known to be over."""
        attempt = call.attempt
        if attempt is None or attempt.ended:
            return None
        return replace(self, n=attempt.n, call_sid=attempt.call_sid)

    @property
    def key(self) -> str:
        return f"human-{self.n}"


@dataclass(frozen=True, slots=True)
class DialHuman(HumanOrder):
    """Dial the human of the newest attempt (POST Calls; style announce: POST Participants, muted)."""

    name: str = ""
    number: str = ""
    style: Style = Style.SCREEN
    ring: float = 25.0
    room_sid: str = ""

    def for_call(self, call: Call, rules: Rules) -> Self | None:
        """Dial whom `step` has put at the end of the attempts."""
        attempt = call.attempt
        if attempt is None:
            return None
        return replace(
            self,
            n=attempt.n,
            name=attempt.name,
            number=attempt.number,
            style=attempt.style,
            ring=ring_seconds(attempt, rules),
            room_sid=call.room_sid,
        )


@dataclass(frozen=True, slots=True)
class RedirectCaller(HumanOrder):
    """Point the caller's live call at the document of its stage: dial a human, or take a message."""

    caller_sid: str = ""

    def for_call(self, call: Call, rules: Rules) -> Self | None:
        """Name the caller's leg; the document comes from the stage when Twilio asks for it."""
        n = call.attempt.n if call.attempt else 0
        return replace(self, n=n, caller_sid=call.caller_sid)


@dataclass(frozen=True, slots=True)
class EndHuman(HumanOrder):
    """End the human's leg whatever its state (Status=completed)."""


@dataclass(frozen=True, slots=True)
class TellHuman(HumanOrder):
    """Tell a human on the line that the caller has hung up, then end their leg."""


@dataclass(frozen=True, slots=True)
class BriefOnHold(HumanOrder):
    """Put the human on hold with the briefing as hold audio (style announce)."""

    room_sid: str = ""

    def for_call(self, call: Call, rules: Rules) -> Self | None:
        """Only an announced human is briefed on hold."""
        attempt = call.attempt
        if attempt is None or attempt.ended or attempt.style is not Style.ANNOUNCE:
            return None
        return replace(self, n=attempt.n, call_sid=attempt.call_sid, room_sid=call.room_sid)


@dataclass(frozen=True, slots=True)
class LetHumanIn(BriefOnHold):
    """Take the human off hold and unmute them (style announce)."""


@dataclass(frozen=True, slots=True)
class LookForLeg(HumanOrder):
    """Ask the carrier what has become of the newest attempt's leg."""

    room_sid: str = ""

    def for_call(self, call: Call, rules: Rules) -> Self | None:
        """Name the newest attempt's leg and the room it should be in."""
        attempt = call.attempt
        if attempt is None or attempt.ended:
            return None
        return replace(self, n=attempt.n, call_sid=attempt.call_sid, room_sid=call.room_sid)


@dataclass(frozen=True, slots=True)
class LookForDial(HumanOrder):
    """Look once whether an unsure dial created a leg, by number and time."""

    number: str = ""
    since: float = 0.0

    def for_call(self, call: Call, rules: Rules) -> Self | None:
        """Nothing to look for when the leg's own callback has already spoken."""
        attempt = call.attempt
        if attempt is None or attempt.ended or attempt.call_sid:
            return None
        return replace(self, n=attempt.n, number=attempt.number, since=attempt.dialled_at)


@dataclass(frozen=True, slots=True)
class EndStray(Order):
    """End a leg that turned up after we had given it up."""

    call_sid: str = ""

    def for_call(self, call: Call, rules: Rules) -> Self | None:
        """Name the leg that `step` noted."""
        return replace(self, call_sid=call.stray)

    @property
    def key(self) -> str:
        return self.call_sid


# To the caller's leg and the room -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CallerOrder(Order):
    """An order about the caller's leg in the current room."""

    room: str = ""
    room_sid: str = ""
    call_sid: str = ""

    def for_call(self, call: Call, rules: Rules) -> Self | None:
        """Name the room and the caller's leg."""
        return replace(self, room=call.room, room_sid=call.room_sid, call_sid=call.caller_sid)

    @property
    def key(self) -> str:
        return "caller"


@dataclass(frozen=True, slots=True)
class LookForRoom(CallerOrder):
    """Look for the room by its name, and for the caller in it."""


@dataclass(frozen=True, slots=True)
class LookForCaller(CallerOrder):
    """Ask the carrier whether the caller's call is still up."""


@dataclass(frozen=True, slots=True)
class ComfortCaller(CallerOrder):
    """Announce one moment and a ring tone to the caller, who is alone in the room.

    Nothing while the AI has the caller, or before anyone else ever joined: the wait document still plays.
    """

    def for_call(self, call: Call, rules: Rules) -> Self | None:
        """Only a caller who is alone needs comfort."""
        company = call.ai.state in (AIState.UP, AIState.STREAMING)
        if company or not call.room_sid or call.at < call.comforted_until:
            return None
        return replace(self, room=call.room, room_sid=call.room_sid, call_sid=call.caller_sid)

    def advance(self, call: Call) -> Call:
        """Nobody talks over the announcement."""
        return replace(call, comforted_until=call.at + COMFORT_SECONDS)


@dataclass(frozen=True, slots=True)
class EndRoom(CallerOrder):
    """End a room that nobody knows; its caller's `<Dial action>` then asks us what comes next."""


@dataclass(frozen=True, slots=True)
class EndCaller(CallerOrder):
    """End the caller's call."""


def ring_seconds(attempt: Attempt, rules: Rules) -> float:
    """How long this attempt's phone may ring."""
    return next((human.ring for human in rules.humans if human.name == attempt.name), 25.0)


#: Every order by its name, to read an outbox back.
BY_NAME: dict[str, type[Order]] = {
    each.__name__: each
    for each in (
        PrepareModel, LetAISpeak, TellAI, Introduce, PlayComfort, CloseModel,
        AddAI, RemoveAI, EndAI,
        DialHuman, RedirectCaller, EndHuman, TellHuman, BriefOnHold, LetHumanIn, LookForLeg, LookForDial,
        EndStray,
        LookForRoom, LookForCaller, ComfortCaller, EndRoom, EndCaller,
    )
}  # fmt: skip


def from_dict(data: dict[str, Any]) -> Order:
    """The order that `Order.to_dict` gave."""
    fields = {name: value for name, value in data.items() if name != "order"}
    if "style" in fields:
        fields["style"] = Style(fields["style"])
    return BY_NAME[data["order"]](**fields)
