"""The world around one call: what is really up, what is on its way to us, and what we have yet to do.

The world is abstract where the call is not: time has no length (a timer may go off at any moment at which it
is armed), and of audio only that there is some. The call in it is decided by the real `step`, and asked for
documents through the real `web.twiml`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from tests.core.stories import RULES
from warmtransfer.core import events as ev
from warmtransfer.core import orders as do
from warmtransfer.core.call import Call
from warmtransfer.core.legs import Ended
from warmtransfer.core.order import Lane, Order
from warmtransfer.core.rules import Rules
from warmtransfer.core.step import step
from warmtransfer.web.links import Links
from warmtransfer.web.twiml import Documents
from warmtransfer.web.twiml.phrasing import Phrasing

#: Every fact happens at this second; what was before lies long enough back.
NOW = 1000.0
#: When alarms go off: of a stage's wait, and before its end.
LATE = NOW + 40.0
SOON = NOW + 20.0
CALLER = "CAcaller"
DOCUMENTS = Documents(Links("https://example.test", "/wt"), Phrasing(), RULES)


@dataclass(frozen=True, slots=True)
class Letter:
    """A fact on its way to us. A `sure` one comes from our own process, and is lost only with it."""

    fact: ev.Event
    sure: bool = False


@dataclass(frozen=True, slots=True)
class AILeg:
    """asking: for its document · offered: a stream · streaming."""

    k: int
    state: str
    generation: int = 0

    @property
    def sid(self) -> str:
        return f"CAai{self.k}"


@dataclass(frozen=True, slots=True)
class HumanLeg:
    """sent: the request is at the carrier · dialling · ringing · gate · entering · inside · held."""

    n: int
    state: str
    room: str = ""

    @property
    def sid(self) -> str:
        return f"CAhuman{self.n}"


@dataclass(frozen=True, slots=True)
class World:
    """One moment. `caller`: arriving, asking, room, message, moved (their own leg rings a human), left."""

    call: Call
    rules: Rules = RULES
    todo: tuple[Order, ...] = ()
    mail: tuple[Letter, ...] = ()  #: the oldest first
    caller: str = "arriving"
    room: str = ""
    rooms: int = 0
    ai: tuple[AILeg, ...] = ()
    humans: tuple[HumanLeg, ...] = ()
    ends: tuple[tuple[int, str], ...] = ()  #: how each human's leg really ended
    model: str = ""  #: of the relay's session: "" or ready
    told: int = 0  #: the generation reported as up
    troubles: int = 0  #: how many more things may go wrong
    asks: int = 1  #: how many more times a human is asked for
    broken: tuple[str, ...] = ()  #: promises that the last move broke

    # The call ---------------------------------------------------------------------------------------

    def tell(self, fact: ev.Event, at: float = NOW) -> World:
        """Have it decided; orders to our own relay are carried out at once, others wait in their lanes."""
        before = self.call
        call, orders = step(before, fact, at, self.rules)
        world = replace(self, call=_settled(call))
        for order in orders:
            if order.lane is Lane.RELAY:
                world = world._relay(order)
            elif isinstance(order, do.ComfortCaller):
                continue  # a sound, which changes nothing and comes at any time
            else:
                world = replace(world, todo=(*world.todo, order))
        return world

    def _relay(self, order: Order) -> World:
        match order:
            case do.PrepareModel():
                return replace(self, model="ready")
            case do.CloseModel():
                return replace(self, model="", ai=cut_off(self.ai), told=0)
            case do.Introduce():
                return self.post(ev.LineHeard(self.call.ai.generation), sure=True)
            case _:
                return self

    def take_up(self, left: tuple[Order, ...]) -> World:
        """A new process is told that it is one, and takes up the orders that the one before it left."""
        world = self
        for leg in self.humans:
            if leg.state == "sent":
                world = world.with_human(replace(leg, state="dialling")).post(ev.HumanDialled(leg.n, leg.sid))
        world = world.tell(ev.Restarted())
        for order in left:
            if isinstance(order, do.DialHuman | do.AddAI):
                world = world.tell(ev.OrderFailed(type(order).__name__, "unsure", order.key, "restart"))
            else:
                world = replace(world, todo=(*world.todo, order))
        return world

    def post(self, fact: ev.Event, sure: bool = False) -> World:
        """Put it into the mail. What is on its way twice comes twice at most."""
        letter = Letter(fact, sure)
        if self.mail.count(letter) > 1:
            return self
        return replace(self, mail=(*self.mail, letter))

    def without(self, letter: Letter) -> World:
        mail = list(self.mail)
        mail.remove(letter)
        return replace(self, mail=tuple(mail))

    def breaks(self, promise: str) -> World:
        return replace(self, broken=(*self.broken, promise))

    # Legs -------------------------------------------------------------------------------------------

    def with_ai(self, leg: AILeg) -> World:
        others = tuple(each for each in self.ai if each.k != leg.k)
        return replace(self, ai=tuple(sorted((*others, leg), key=lambda each: each.k)))

    def with_human(self, leg: HumanLeg) -> World:
        others = tuple(each for each in self.humans if each.n != leg.n)
        world = replace(self, humans=tuple(sorted((*others, leg), key=lambda each: each.n)))
        if len(world.humans) > 1 and len(self.humans) < 2:
            return world.breaks("one human at a time")
        if leg.state == "inside" and sum(each.state == "inside" for each in world.humans) > 1:
            return world.breaks("one human in the room")
        return world

    def ai_gone(self, leg: AILeg) -> World:
        """The AI's leg is over."""
        world = replace(self, ai=tuple(each for each in self.ai if each.k != leg.k))
        if leg.state == "streaming" and self.model_holds(leg):
            world = world.post(ev.StreamEnded(leg.generation, "stopped"), sure=True)
        return world.post(ev.AILeft(leg.k, self.room or f"CF{self.rooms}", "left"))

    def model_holds(self, leg: AILeg) -> bool:
        """Whether our relay still has this leg's stream open."""
        return leg.state == "streaming"

    def human_gone(self, leg: HumanLeg, how: str, truth: str) -> World:
        """The human's leg is over: `how` in the carrier's word, `truth` in ours."""
        world = replace(
            self,
            humans=tuple(each for each in self.humans if each.n != leg.n),
            ends=(*self.ends, (leg.n, truth)),
        )
        if leg.state == "inside":
            world = world.post(ev.HumanLeft(leg.n, leg.room, "participant_hung_up"))
        if self.caller == "moved":
            world = replace(world, caller="asking-dial")
        return world.post(ended(leg.n, how, leg.sid))

    def caller_gone(self) -> World:
        """The caller has hung up: their leaving ends the room, and every leg in it."""
        world = replace(self, caller="left")
        if self.room:
            world = world.post(ev.CallerLeft(self.room, "participant_hung_up")).room_over()
        return world.post(ev.CallerLeft(why="completed"))

    def room_over(self) -> World:
        """The conference ends: AI legs with it, a human inside hears why and hangs up."""
        world = replace(self, room="")
        for leg in self.ai:
            world = world.ai_gone(leg)
        for human in self.humans:
            if human.state == "inside" and human.room == self.room:
                world = world.human_gone(human, "completed", "talked")
        return world

    def company(self) -> bool:
        """Whether the caller has somebody, or something, to listen to that leads on."""
        if self.caller in ("left", "message"):
            return True
        talking = any(leg.state == "streaming" for leg in self.ai) and self.model == "ready"
        human = any(leg.state == "inside" and leg.room == self.room for leg in self.humans)
        return bool(self.room) and (talking or human)


@lru_cache(maxsize=200_000)
def document(kind: str, call: Call, number: int = 0) -> str:
    """What kind of document our web would answer with now: the verb that matters in it."""
    if kind == "caller":
        xml = DOCUMENTS.caller(call)
    elif kind == "ai":
        xml = DOCUMENTS.ai(call, number)
    else:
        xml = DOCUMENTS.human(call, number)
    for verb in ("Connect", "Gather", "Conference", "Record", "Number"):
        if f"<{verb}" in xml:
            return verb
    return "Bridge" if xml.endswith("<Response />") else "Hangup"


def cut_off(legs: tuple[AILeg, ...]) -> tuple[AILeg, ...]:
    """The AI's legs after our end of their streams was closed: they ask what comes next."""
    return tuple(replace(leg, state="asking") if leg.state == "streaming" else leg for leg in legs)


def ended(n: int, how: str, sid: str = "") -> ev.Event:
    """The terminal news of attempt `n`."""
    return ev.HumanEnded(n, Ended(how), call_sid=sid)


def _settled(call: Call) -> Call:
    """The call with its times made few: what happened lies back, what is awaited is ahead."""
    attempts = tuple(
        replace(
            each,
            dialled_at=1.0,
            answered_at=min(each.answered_at, 1.0),
            accepted_at=min(each.accepted_at, 1.0),
            joined_at=min(each.joined_at, 1.0),
            ended_at=min(each.ended_at, 1.0),
        )
        for each in call.attempts
    )
    return replace(
        call,
        attempts=attempts,
        alarm=1 if call.alarm_at else 0,
        alarm_at=0.0 if not call.alarm_at else SOON if call.alarm_at < call.due_at else LATE,
        due_at=LATE if call.alarm_at else 0.0,
        at=NOW,
        ai=replace(call.ai, losses=tuple(NOW for _ in call.ai.losses)),
        started_at=min(call.started_at, 1.0),
        ended_at=min(call.ended_at, 1.0),
        comforted_until=0.0,
        laps=min(call.laps, 7),
    )


def heads(todo: tuple[Order, ...]) -> Iterator[Order]:
    """The orders whose turn it is: the first of every lane."""
    seen: set[Lane] = set()
    for order in todo:
        if order.lane not in seen:
            seen.add(order.lane)
            yield order
