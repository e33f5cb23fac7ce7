"""The world around one call: what is really up, what is on its way to us, and what we have yet to do.

The world is abstract where the call is not: time has no length (a timer may go off at any moment at which it
is armed), and of audio only that there is some. The call in it is decided by the real `step`, and asked for
documents through the real `web.twiml`. What a decision itself must not do is judged here (`judged.py`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from tests.core.stories import RULES
from tests.explore import judged
from tests.explore.deciding import NOW, decided, engaged, one
from warmtransfer.core import events as ev
from warmtransfer.core import orders as do
from warmtransfer.core.call import AIState, Call, Stage, Style
from warmtransfer.core.legs import Ended
from warmtransfer.core.order import Lane, Order
from warmtransfer.core.rules import Rules

CALLER = "CAcaller"
#: A human's leg in the room that is not part of the conversation (style announce).
APART = ("muted", "held", "briefed")
#: A human's leg that somebody, or something, has picked up.
PICKED_UP = ("gate", "moved", "entering", "inside", *APART)


class Letter(NamedTuple):
    """A fact on its way to us. A `sure` one comes from our own process, and is lost only with it."""

    fact: ev.Event
    sure: bool = False


class AILeg(NamedTuple):
    """asking: for its document · offered: a stream · streaming."""

    k: int
    state: str
    generation: int = 0

    @property
    def sid(self) -> str:
        return f"CAai{self.k}"


class HumanLeg(NamedTuple):
    """sent: the request is at the carrier · dialling · ringing · gate · moved (by us) · entering · inside;
    announced: muted · held · briefed. `key`: what was pressed, or touched on a card, and may
    be asked again."""

    n: int
    state: str
    room: str = ""
    key: str = ""
    detected: bool = False  #: whether the detection has spoken
    listens: bool = False  #: hears the document that listens to a machine
    hushed: bool = False  #: in the room, and muted or on hold there, which nobody has asked for

    @property
    def sid(self) -> str:
        return f"CAhuman{self.n}"


class World(NamedTuple):
    """One moment. `caller`: arriving, asking, asking-dial, room, message, moved (to ring a human), left."""

    call: Call
    rules: Rules = RULES
    todo: tuple[Order, ...] = ()
    mail: tuple[Letter, ...] = ()  #: the oldest first
    late: tuple[ev.Event, ...] = ()  #: what was held up, or comes once more: at any time, or never
    answers: tuple[tuple[Order, ev.Event | None], ...] = ()  #: of looks that take their time
    caller: str = "arriving"
    room: str = ""
    rooms: int = 0
    joining: int = (
        1  #: the room, of those that the call uses, that the caller's URL names: where they are, or were
    )
    dialled: int = 0  #: the attempt that the caller's own leg dials, or has dialled
    ai: tuple[AILeg, ...] = ()
    humans: tuple[HumanLeg, ...] = ()
    listens: tuple[int, str] = (0, "")  #: the leg of who listens: its number; sent, ringing, in, or ""
    loud: bool = False  #: and whether the room, or the human in it, hears them
    ends: tuple[tuple[int, str], ...] = ()  #: how each human's leg really ended
    model: str = ""  #: of the relay's session: "" or ready
    told: int = 0  #: the generation reported as up
    up: tuple[int, int] = (0, 0)  #: the newest leg and generation of the AI that ever was up
    news: tuple[int, str] = (0, "")  #: the last that was told, and how many attempts there were
    untold: tuple[int, ...] = ()  #: attempts of whose end the caller has not been told
    hushed: bool = False  #: the caller is muted or on hold in the room
    cut: bool = False  #: the AI was interrupted since it last spoke
    comforted: bool = False  #: somebody, or something, sees to the caller's being alone
    troubles: int = 0  #: how many more things may go wrong
    asks: int = 1  #: how many more times a human is asked for
    wishes: int = 0  #: how many more things somebody who looks after the call asks for
    ended: bool = False  #: somebody who looks after the call has ended it
    busy: bool = False  #: both humans talk with other callers
    broken: tuple[str, ...] = ()  #: promises that the last move broke

    def __hash__(self) -> int:
        # Equal calls are one (`deciding.one`); the rest tells worlds apart well enough.
        return hash(
            (id(self.call), self.todo, self.mail, self.late, self.caller, self.ai, self.humans, self.ends)
        )

    # The call ---------------------------------------------------------------------------------------

    def tell(self, fact: ev.Event, at: float = NOW) -> World:
        """Have it decided; orders to our own relay are carried out at once, others wait in their lanes."""
        before = self.call
        call, orders = decided(before, fact, at, engaged(self.rules) if self.busy else self.rules)
        world = self
        if call is not before:
            untold = judged.untold(self, call)
            world = self._replace(call=call, untold=untold)
            for fault in judged.relabelled(before, call):
                world = world.breaks(fault)
        for order in orders:
            if judged.takes_the_ai_away(world, before, order):
                world = world.breaks("the AI goes only while a human is in")
            if order.lane is Lane.RELAY:
                world = world._relay(order)
            elif isinstance(order, do.ComfortCaller):
                world = world._replace(comforted=True)  # a sound, which changes nothing and comes at any time
            else:
                world = world._replace(todo=(*world.todo, order))
        return world

    def _relay(self, order: Order) -> World:
        match order:
            case do.PrepareModel():
                return self._replace(model="ready")
            case do.CloseModel():
                return self._replace(model="", ai=cut_off(self.ai), told=0)
            case do.Introduce():
                return self.post(ev.LineHeard(self.call.ai.generation), sure=True)
            case do.LetAISpeak(news=news):
                return self._speaks(news)
            case do.TellAI(news=news):
                return self._knows(news)
            case do.PlayComfort():
                return self._replace(comforted=True)
            case _:
                return self

    def _speaks(self, news: str) -> World:
        """The AI tells it; when that was lost in this moment, the relay does it later."""
        fault = judged.untrue(self, news)
        told = (len(self.call.attempts), news) if news else self.news
        untold = judged.still_untold(self, news)
        world = self._replace(news=told, untold=untold, cut=self.cut and not self.talking())
        for n in untold:
            world = world.breaks(
                f"the caller is not told of an attempt that was {self.call.attempts[n - 1].outcome}"
            )
        return world.breaks(fault) if fault else world

    def _knows(self, news: str) -> World:
        """The model is told, and says it when it next speaks."""
        fault = judged.untrue(self, news)
        world = self._replace(untold=judged.still_untold(self, news))
        return world.breaks(fault) if fault else world

    def take_up(self, left: tuple[Order, ...]) -> World:
        """A new process is told that it is one, and takes up the orders that the one before it left."""
        world = self
        for leg in self.humans:
            if leg.state == "sent":
                world = world.with_human(leg._replace(state="dialling")).post(ev.HumanDialled(leg.n, leg.sid))
        if world.listens[1] == "sent":
            n = world.listens[0]
            world = world._replace(listens=(n, "ringing")).post(ev.SupervisorDialled(n, f"CAsup{n}"))
        world = world.tell(ev.Restarted())
        for order in left:
            if isinstance(order, do.DialHuman | do.AddAI | do.DialSupervisor):
                world = world.tell(ev.OrderFailed(type(order).__name__, "unsure", order.key, "restart"))
            else:
                world = world._replace(todo=(*world.todo, order))
        return world

    def post(self, fact: ev.Event, sure: bool = False) -> World:
        """Put it into the mail. What is on its way twice comes twice at most."""
        letter = Letter(fact, sure)
        if self.mail.count(letter) > 1:
            return self
        return self._replace(mail=(*self.mail, letter))

    def hold_up(self, fact: ev.Event) -> World:
        """Have it come at any time."""
        return self if fact in self.late else self._replace(late=(*self.late, fact))

    def without(self, letter: Letter) -> World:
        mail = list(self.mail)
        mail.remove(letter)
        return self._replace(mail=tuple(mail))

    def breaks(self, promise: str) -> World:
        return self._replace(broken=(*self.broken, promise))

    # Legs -------------------------------------------------------------------------------------------

    def with_ai(self, leg: AILeg) -> World:
        others = tuple(each for each in self.ai if each.k != leg.k)
        return self._replace(ai=tuple(sorted((*others, leg))))

    def with_human(self, leg: HumanLeg) -> World:
        others = tuple(each for each in self.humans if each.n != leg.n)
        world = self._replace(humans=tuple(sorted((*others, leg))))
        if len(others) == len(self.humans) and any(n == leg.n for n, _ in self.ends):
            world = world.breaks("no human is rung twice in an attempt")
        if len(world.humans) > len(self.humans) and not world.as_planned():
            return world.breaks("one human at a time, or a round of the plan")
        if leg.state == "inside" and sum(each.state == "inside" for each in world.humans) > 1:
            return world.breaks("one human in the room")
        return world

    def as_planned(self) -> bool:
        """Whether no more humans have a leg than are rung at once by the plan: those of one round."""
        rounds = {each.round for each in self.call.attempts if any(leg.n == each.n for leg in self.humans)}
        most = self.rules.plans[0].size or len(self.rules.humans) if self.rules.plans else 1
        return len(rounds) < 2 and len(self.humans) <= most

    def human(self, n: int) -> HumanLeg | None:
        """The leg of attempt `n`, once the carrier has made it."""
        return next((leg for leg in self.humans if leg.n == n and leg.state != "sent"), None)

    def announced(self, n: int) -> bool:
        """Whether attempt `n` is of style announce: its leg is the room's from the start."""
        attempt = self.call.attempt_number(n)
        return attempt is not None and attempt.style is Style.ANNOUNCE

    def ai_gone(self, leg: AILeg) -> World:
        """The AI's leg is over."""
        world = self._replace(ai=tuple(each for each in self.ai if each.k != leg.k))
        if leg.state == "streaming":
            world = world._replace(cut=True).post(ev.StreamEnded(leg.generation, "stopped"), sure=True)
        return world.post(ev.AILeft(leg.k, self.room or f"CF{self.rooms}", "left"))

    def human_gone(self, leg: HumanLeg, how: Ended, truth: str) -> World:
        """The leg is over: `how` in the carrier's word, `truth` in ours, unless they pressed a key."""
        truth = leg.key or truth
        humans = tuple(each for each in self.humans if each.n != leg.n)
        world = self._replace(humans=humans, ends=(*self.ends, (leg.n, truth)))
        if leg.room and leg.room != "bridge":
            world = world.post(ev.HumanLeft(leg.n, leg.room, "participant_hung_up", how))
        if self.caller == "moved" and leg.n == self.dialled:
            world = world._replace(caller="asking-dial")
        return world.post(ev.HumanEnded(leg.n, how, call_sid=leg.sid))

    def caller_gone(self) -> World:
        """The caller has hung up: their leaving ends the room, and every leg in it."""
        world = self._replace(caller="left")
        if self.room:
            world = world.post(ev.CallerLeft(self.room, "participant_hung_up")).room_over("caller left")
        return world.post(ev.CallerLeft(why="completed"))

    def room_over(self, truth: str) -> World:
        """The conference ends: AI legs with it, a human inside hears why and hangs up."""
        world = self._replace(room="")
        for leg in self.ai:
            world = world.ai_gone(leg)
        if self.listens[1] == "in":
            world = world.listener_gone()
        for human in self.humans:
            if human.state in ("inside", *APART) and human.room == self.room:
                how = "talked" if human.state == "inside" else truth
                world = world.human_gone(human, Ended.COMPLETED, how)
        return world

    def listener_gone(self) -> World:
        """The leg of who listens is over."""
        n, state = self.listens
        return self._replace(listens=(n, ""), loud=False).post(ev.SupervisorEnded(n)) if state else self

    def talking(self) -> bool:
        """Whether the AI can be heard."""
        return self.model == "ready" and any(leg.state == "streaming" for leg in self.ai)

    def with_a_human(self) -> bool:
        """Whether the caller has a human to talk to."""
        return any(leg.state == "inside" and leg.room in (self.room, "bridge") for leg in self.humans)

    def lonely(self) -> bool:
        """Whether the caller waits in the room and hears nobody."""
        return self.caller == "room" and not self.talking() and not self.with_a_human()


def cut_off(legs: tuple[AILeg, ...]) -> tuple[AILeg, ...]:
    """The AI's legs after our end of their streams was closed: they ask what comes next."""
    return tuple(leg._replace(state="asking") if leg.state == "streaming" else leg for leg in legs)


def heads(todo: tuple[Order, ...]) -> Iterator[Order]:
    """The orders whose turn it is: the first of every lane, and there of every human's leg."""
    seen: set[tuple[str, ...]] = set()
    for order in todo:
        if order.queue not in seen:
            seen.add(order.queue)
            yield order


def new_world(troubles: int, asks: int, rules: Rules, busy: bool = False) -> World:
    """The caller has dialled the number."""
    world = World(one(Call(id="c1")), rules=rules, troubles=troubles, asks=asks, busy=busy)
    return world.tell(ev.CallArrived(CALLER, "+15550109999", "+15550100000"))


def believed_up(call: Call) -> bool:
    """Whether we take it that the AI speaks with the caller."""
    return call.ai.state is AIState.UP and call.stage is not Stage.OVER
