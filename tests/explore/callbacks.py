"""One callback with two humans and its caller: what may happen to it, and what must hold whatever has.

As in the model check of calls, the callback is decided by the real `step` and asks for the real documents;
the world around it is abstract. Time has no length: a timer may go off once nothing else is on its way, and
before that as a trouble.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

from tests.core.stories import RULES
from warmtransfer.core.callbacks import facts as ev
from warmtransfer.core.callbacks import orders as do
from warmtransfer.core.callbacks.callback import OVER, Callback, Side, Stage, Then
from warmtransfer.core.callbacks.limits import Limits
from warmtransfer.core.callbacks.notices import Kind, notices
from warmtransfer.core.callbacks.step import step, taken
from warmtransfer.core.event import Event
from warmtransfer.core.legs import Ended, Heard
from warmtransfer.core.outcomes import Outcome
from warmtransfer.core.screening import Said
from warmtransfer.web.backlinks import BackLinks
from warmtransfer.web.twiml.back import BackDocuments
from warmtransfer.web.twiml.phrasing import Phrasing

NOW, CALLER = 1_000_000.0, "+15550109999"
LIMITS = Limits(tries=1, patience=3)
BACK = BackDocuments(
    BackLinks("https://example.test"),
    Phrasing(company="", voice="", number="+15550100000", gate_seconds=5, call_limit=60),
    lambda: RULES,
)


class Phone(NamedTuple):
    """A leg as it really is: rings, answered (at the gate, or on the way in), in the room, or ended."""

    n: int
    side: Side
    state: str = "rings"
    pressed: bool = False  #: key 1
    detected: bool = False
    talked: bool = False  #: with the other one in the room
    how: Ended = Ended.COMPLETED  #: it has ended so
    room: str = ""  #: the one that it has been in

    @property
    def sid(self) -> str:
        return f"CA{self.n}"

    @property
    def up(self) -> bool:
        return self.state != "ended"


class World(NamedTuple):
    """The callback, what is to be done for it, what is on its way to it, and every telephone."""

    callback: Callback
    todo: tuple[do.Order, ...] = ()
    mail: tuple[Event, ...] = ()
    phones: tuple[Phone, ...] = ()
    rooms: int = 0  #: how many there have been: one that has ended does not begin again
    troubles: int = 0
    wishes: int = 0
    withdrawn: bool = False  #: somebody has cancelled it, and it was taken
    told: int = 0  #: how often its end was told
    ends: int = 0  #: and how often it has ended
    broken: str = ""

    def tell(self, fact: Event) -> World:
        """The world after this fact was decided."""
        before = self.callback
        after, orders = step(before, fact, NOW, RULES, LIMITS)
        ended = after.stage in OVER and after.stage is not before.stage
        told = notices(before, after).count(Kind.ENDED)
        withdrawn = self.withdrawn or after.then is Then.CANCELLED or after.stage is Stage.CANCELLED
        after = replace(after, alarm=1)  # serials have no end
        return self._replace(
            callback=after, todo=self.todo + orders, withdrawn=withdrawn,
            told=self.told + told, ends=self.ends + ended,
        )  # fmt: skip

    def phone(self, sid: str) -> Phone | None:
        return next((each for each in self.phones if each.sid == sid), None)

    def put(self, phone: Phone, *news: Event) -> World:
        """The telephone stands so now, and this is on its way to us."""
        others = tuple(each for each in self.phones if each.n != phone.n)
        return self._replace(phones=tuple(sorted((*others, phone))), mail=self.mail + news)

    def ends_leg(self, phone: Phone, how: Ended) -> World:
        """It ends; who is alone in the room then is let go by the carrier, which tells of both."""
        inside = phone.state == "inside"
        left = (ev.LegLeft(phone.n, phone.room),) if inside else ()
        over = ev.LegEnded(phone.n, how, "", phone.sid)
        world = self.put(phone._replace(state="ended", how=how), *left, over)
        other = next((each for each in world.phones if each.state == "inside"), None)
        return world.ends_leg(other, Ended.COMPLETED) if inside and other else world

    def asks(self, phone: Phone) -> World:
        """The leg asks for its document, and does what that says."""
        document = _document(self.callback, phone.n, phone.side)
        if "<Dial" in document:
            return self.put(phone._replace(state="entering"))
        if "<Gather" in document:
            return self.put(phone._replace(state="spoken to" if "speech" in document else "gate"))
        return self.ends_leg(phone, Ended.COMPLETED)


@lru_cache(maxsize=50_000)
def _document(callback: Callback, n: int, side: Side) -> str:
    return BACK.human(callback, n) if side is Side.HUMAN else BACK.caller(callback, n)


def new(troubles: int = 0, wishes: int = 0, tries: int = 0) -> World:
    """A callback that is due."""
    wish = taken(Callback("b1", number=CALLER, created_at=NOW), NOW, RULES, LIMITS)
    return World(replace(wish, alarm=1, tries=tries, spent=tries), troubles=troubles, wishes=wishes)


Moves = Iterator[tuple[str, World]]


def moves(world: World) -> Moves:
    """Everything that may happen next."""
    yield from progress(world)
    yield from people(world)
    if world.troubles:
        yield from troubles(world._replace(troubles=world.troubles - 1))


def progress(world: World) -> Moves:
    """What happens by itself when nothing goes wrong; a timer when nothing else does."""
    if world.mail:
        yield f"news {world.mail[0]}", world._replace(mail=world.mail[1:]).tell(world.mail[0])
    for order in _heads(world.todo):
        left = world._replace(todo=tuple(each for each in world.todo if each is not order))
        yield f"do {order}", perform(left, order)
    for phone in world.phones:
        if phone.state == "entering":
            yield f"{phone.n} enters", enters(world, phone)
    if not world.mail and not world.todo and world.callback.alarm_at:
        yield "timer", goes_off(world)


def _heads(todo: tuple[do.Order, ...]) -> list[do.Order]:
    """The first of each lane."""
    return list({each.lane: each for each in reversed(todo)}.values())


def goes_off(world: World) -> World:
    return world.tell(ev.TimedOut(world.callback.stage, world.callback.alarm))


def enters(world: World, phone: Phone) -> World:
    other = next((each for each in world.phones if each.state == "inside"), None)
    world = world.put(other._replace(talked=True)) if other else world._replace(rooms=world.rooms + 1)
    room = f"CF{world.rooms}"
    inside = phone._replace(state="inside", talked=other is not None, room=room)
    return world.put(inside, ev.LegJoined(phone.n, room, phone.sid))


def perform(world: World, order: do.Order) -> World:
    """Have it done at the carrier, and what came of it decided."""
    if not order.wanted(world.callback):
        return world
    phone = world.phone(order.call_sid)
    match order:
        case do.Dial():
            return dial(world, order).tell(ev.LegMade(order.n, f"CA{order.n}"))
        case do.LookForDial():
            leg = world.callback.leg(order.n)
            if leg is None or leg.call_sid or leg.ended:
                return world
            found = world.phone(f"CA{order.n}")
            nowhere = ev.LegEnded(order.n, Ended.MISSING)
            return world.tell(ev.LegMade(order.n, found.sid) if found else nowhere)
        case do.LookForLegs() if phone and not phone.up:
            return world.tell(ev.LegEnded(order.n, phone.how, "", phone.sid))
        case do.LookForLegs() if phone and phone.state == "inside":
            return world.tell(ev.LegJoined(order.n, phone.room, phone.sid))
        case do.LookForLegs():
            return world
        case do.ListenToLeg():
            return world.asks(phone) if phone and phone.state == "gate" else world
        case _:
            return world.ends_leg(phone, _end_of(phone)) if phone and phone.up else world


def _end_of(phone: Phone) -> Ended:
    return Ended.CANCELLED if phone.state == "rings" else Ended.COMPLETED


def dial(world: World, order: do.Dial) -> World:
    """Make the leg; what must never be is noted."""
    fault = world.broken
    if world.withdrawn:
        fault = "somebody is rung although it was cancelled"
    if any(each.up and each.side is order.side for each in world.phones):
        fault = f"a second {order.side} is rung while one is"
    pressed = sum(each.pressed for each in world.phones)
    if order.side is Side.CALLER and pressed <= sum(each.side is Side.CALLER for each in world.phones):
        fault = "the caller is rung before a human has pressed 1"
    if order.side is Side.CALLER and order.number != CALLER:
        fault = "a stranger is rung"
    if world.phone(f"CA{order.n}"):
        fault = "a leg is made twice"
    return world.put(Phone(order.n, order.side))._replace(broken=fault)


def people(world: World) -> Moves:
    """What people, and whoever looks after callbacks, do at any moment they can."""
    for phone in world.phones:
        if phone.up:
            yield from _phone_does(world, phone)
    if world.wishes:
        left = world._replace(wishes=world.wishes - 1)
        for wish in (ev.Cancelled("cli"), ev.Asked("cli")):
            then = left.tell(wish)
            if then.callback != world.callback:
                yield f"{wish}", then


def _phone_does(world: World, phone: Phone) -> Moves:
    n = phone.n
    if phone.state == "rings":
        for how in (Ended.BUSY, Ended.NO_ANSWER):
            yield f"{n}: {how}", world.ends_leg(phone, how)
        yield f"{n} answers", world.tell(ev.LegAnswered(n, phone.sid)).asks(phone)
        return
    yield f"{n} hangs up", world.ends_leg(phone, Ended.COMPLETED)
    if not phone.detected and phone.state in ("gate", "entering", "inside"):
        heard = phone._replace(detected=True)
        yield f"{n} is a machine", world.put(heard, ev.MachineHeard(n, Heard.MACHINE))
    if phone.state in ("gate", "spoken to"):
        took = phone._replace(pressed=True)
        yield f"{n} presses 1", world.tell(ev.Accepted(n)).asks(took)
        for outcome in (Outcome.DECLINED, Outcome.NO_INPUT):
            yield f"{n}: {outcome}", world.tell(ev.Declined(n, outcome)).asks(phone)
    if phone.state == "spoken to":
        for said in (Said.ASKS, Said.GONE, Said.WORDS, Said.MENU):
            yield f"{n} says {said}", world.tell(ev.LegSpoke(n, said)).asks(phone)


def troubles(world: World) -> Moves:
    """What goes wrong: news, requests, our own process, and a timer while something else is on its way."""
    if world.callback.alarm_at and (world.mail or world.todo):
        yield "timer, early", goes_off(world)
    for k, fact in enumerate(world.mail):
        rest = world.mail[:k] + world.mail[k + 1 :]
        yield f"lost {fact}", world._replace(mail=rest)
        yield f"twice {fact}", world._replace(mail=(*world.mail, fact))
        if k:
            yield f"sooner {fact}", world._replace(mail=(fact, *rest))
    for order in _heads(world.todo):
        left = world._replace(todo=tuple(each for each in world.todo if each is not order))
        yield from _request_fails(left, order)
    if world.todo:
        yield "the process dies", dies(world)


def _request_fails(world: World, order: do.Order) -> Moves:
    name = type(order).__name__
    kinds = ["refused"] if order.repeatable else ["refused", "unsure"]
    for kind in kinds:
        yield f"{kind} {name}", world.tell(ev.OrderFailed(name, kind, order.n))
    if isinstance(order, do.Dial) and order.wanted(world.callback):
        made = dial(world, order)
        yield "done and unsure", made.tell(ev.OrderFailed(name, "unsure", order.n))
        yield "made, and the process dies", dies(made._replace(todo=(order, *made.todo)))


def dies(world: World) -> World:
    """Another process takes up what is stored: what may have been dialled is looked for, never made again."""
    left = world.todo
    world = world._replace(todo=tuple(each for each in left if not isinstance(each, do.Dial)))
    for order in left:
        if isinstance(order, do.Dial):
            world = world.tell(ev.OrderFailed("Dial", "unsure", order.n, "restart"))
    return world


def faults(world: World) -> Iterator[str]:
    """What must hold of every state."""
    now = world.callback
    if world.broken:
        yield world.broken
    if bool(now.alarm_at) is (now.stage in OVER):
        yield "it waits for nothing, or its end for something"
    if world.told != world.ends:
        yield "its end is not told, or told twice"
    if now.open and now.stage in (*OVER, Stage.WAITING):
        yield "it rests with a leg that may be up"
    if now.stage is Stage.WAITING and now.tries - now.spent >= LIMITS.tries:
        yield "it is tried more often than may be"
    if now.stage is Stage.GIVEN_UP and not (now.tries - now.spent >= LIMITS.tries and now.why):
        yield "it is given up although there is a try left, or nobody can say why"
    if now.stage is Stage.DONE and not any(each.talked for each in world.phones):
        yield "it counts as done, and nobody has talked"
    for leg in now.legs:
        phone = world.phone(f"CA{leg.n}")
        if leg.side is Side.HUMAN and leg.outcome is Outcome.ACCEPTED and not (phone and phone.pressed):
            yield "who has not pressed 1 counts as having accepted"


def ends_well(world: World, smooth: bool) -> str:
    """Whether everything is over, with no leg up, if nothing more goes wrong; where nothing has, no timer
    of ours is needed but the one for its time."""
    world = world._replace(troubles=0, wishes=0)
    for _ in range(400):
        then = next((then for name, then in progress(world) if name != "timer"), None) or naturally(world)
        if then is None and not world.callback.alarm_at:
            return "it is over, and a leg is up" if any(each.up for each in world.phones) else ""
        if then is None and smooth and world.callback.stage is not Stage.WAITING:
            return f"only a timer helps: {world.callback.stage}"
        world = then or goes_off(world)
    return f"it never comes to an end: {world.callback.stage}"


def naturally(world: World) -> World | None:
    """What comes of the telephones by themselves: nobody answers, or presses a key, or talks for ever."""
    for phone in world.phones:
        match phone.state:
            case "rings":
                return world.ends_leg(phone, Ended.NO_ANSWER)
            case "gate":
                return world.tell(ev.Declined(phone.n, Outcome.NO_INPUT)).asks(phone)
            case "spoken to":
                return world.tell(ev.LegSpoke(phone.n, Said.GONE)).asks(phone)
            case "inside" if phone.talked:
                return world.ends_leg(phone, Ended.COMPLETED)
    return None
