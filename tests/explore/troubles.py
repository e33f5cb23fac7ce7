"""What goes wrong: news is late, lost or comes twice, requests fail, parts die. Each costs one trouble."""

from __future__ import annotations

from collections.abc import Iterator

from tests.explore.moves import at_gate, briefed, leaves_message, people, pressed, progress, question
from tests.explore.performing import perform, seen, sent, without_order
from tests.explore.world import AILeg, World, cut_off, heads
from warmtransfer.core import events as ev
from warmtransfer.core import orders as do
from warmtransfer.core.call import Stage
from warmtransfer.core.order import Lane, Order
from warmtransfer.core.outcomes import Outcome

Moves = Iterator[tuple[str, World]]


def moves(world: World) -> Moves:
    """Every next moment, with a name for what led to it."""
    still = True
    over = world.call.stage is Stage.OVER
    for move in progress(world):
        if still or not over:  # after the end, the order in which legs are told of it changes nothing
            yield move
        still = False
    yield from people(world)
    for fact in world.late:
        here = world._replace(late=tuple(each for each in world.late if each != fact))
        yield f"late {fact}", here.tell(fact)
    if still:
        yield from timer(world)
    if world.troubles:
        yield from trouble(world._replace(troubles=world.troubles - 1), still)


def timer(world: World) -> Moves:
    """The armed timer goes off. While there is something left to do or to hear, that is a trouble."""
    if world.call.alarm_at:
        yield "timer", goes_off(world)


def goes_off(world: World) -> World:
    """The alarm."""
    return world.tell(ev.TimedOut(world.call.stage, world.call.alarm), at=world.call.alarm_at)


def trouble(world: World, still: bool) -> Moves:
    if not still:
        yield from timer(world)
    yield from news(world)
    yield from documents(world)
    for order in heads(world.todo):
        yield from failures(world, order)
        yield from restarts(world, order)
    for leg in world.ai:
        yield from ai_dies(world, leg)
    if world.room and world.caller == "room":
        yield "room lost", room_lost(world)
        yield from hushes(world)
    yield "restart", restart(world)


def news(world: World) -> Moves:
    """Of the carrier's, any; of our own process only the order may be another one."""
    first = next((letter for letter in world.mail if letter.sure), None)
    for letter in dict.fromkeys(world.mail[1:]):
        if letter.sure and letter != first:
            continue
        yield f"sooner {letter.fact}", world.without(letter).tell(letter.fact)
    for letter in dict.fromkeys(world.mail):
        if not letter.sure:
            yield f"lost {letter.fact}", world.without(letter)
            yield f"held up {letter.fact}", world.without(letter).hold_up(letter.fact)
            yield f"twice {letter.fact}", world.tell(letter.fact).hold_up(letter.fact)


def documents(world: World) -> Moves:
    """A document is asked for and its answer is lost, so that it is asked again; or the question is, late."""
    if world.caller in ("asking", "asking-dial"):
        fact = question(world)
        yield "caller's answer lost", world.tell(fact)
        yield "caller asks twice", world.hold_up(fact)
    for leg in world.ai:
        if leg.state == "asking":
            fact_of_ai = ev.AIAsked(leg.k, "token")
            yield f"ai-{leg.k}'s answer lost", world.tell(fact_of_ai)
            yield f"ai-{leg.k} asks twice", world.hold_up(fact_of_ai)
    for human in world.humans:
        if human.state == "gate" and not human.key:
            for outcome in (Outcome.ACCEPTED, Outcome.DECLINED):
                told = world.tell(pressed(human.n, outcome))
                again = told.with_human(human._replace(key=outcome.value))
                yield f"human-{human.n}'s answer to {outcome} lost", again
                once = at_gate(world, human, outcome)
                yield f"human-{human.n} tells {outcome} twice", once.hold_up(pressed(human.n, outcome))
        if human.state == "held":
            yield (
                f"human-{human.n} is briefed twice",
                briefed(world, human).hold_up(ev.BriefingHeard(human.n)),
            )
    if world.caller == "message":
        yield "message told twice", leaves_message(world).hold_up(ev.MessageLeft("url", 5))


def failures(world: World, order: Order) -> Moves:
    """The request is refused, or nobody knows whether it was done; a look takes its time."""
    name = type(order).__name__
    left = without_order(world, order)
    if isinstance(order, do.DialHuman) and not sent(world, order):
        if order.wanted(world.call):
            yield f"refused {name}", left.tell(ev.OrderFailed(name, "refused", order.key))
        return
    if isinstance(order, do.DialHuman):
        left = left._replace(humans=tuple(leg for leg in left.humans if leg.n != order.n))
    if isinstance(order, do.AddAI):
        yield f"refused {name}", left.tell(ev.OrderFailed(name, "refused", order.key))
    yield f"undone {name}", left.tell(ev.OrderFailed(name, "unsure", order.key))
    if order.lane is Lane.LOOK or isinstance(order, do.LookForDial):
        if order.wanted(world.call) and all(each != order for each, _ in world.answers):
            asked = world._replace(answers=(*world.answers, (order, seen(world, order))))
            yield f"slow {name}", asked
    elif not isinstance(order, do.AddAI):
        done = perform(world, order, quiet=True)
        yield f"done and unsure {name}", done.post(ev.OrderFailed(name, "unsure", order.key), sure=True)


def ai_dies(world: World, leg: AILeg) -> Moves:
    yield f"ai-{leg.k} dies", world.ai_gone(leg)
    if leg.state != "streaming":
        return
    broken = world.with_ai(leg._replace(state="asking"))._replace(cut=True)
    heard = ev.StreamEnded(leg.generation, "broken")
    yield f"ai-{leg.k} stream breaks", broken.post(heard, sure=True)
    if world.model:
        lost = world._replace(model="", told=0, cut=True)
        yield "model lost", lost.post(ev.ModelLost(leg.generation, "lost"), sure=True)
        yield "model gone", lost.post(ev.ModelLost(leg.generation, "quota", fatal=True), sure=True)


def hushes(world: World) -> Moves:
    """One of two who talk is muted, or put on hold, and nobody tells us; before they are first looked at."""
    for leg in world.humans:
        attempt = world.call.attempt_number(leg.n)
        if leg.state == "inside" and leg.room == world.room and attempt and not attempt.looks:
            yield f"human-{leg.n} is muted", world.with_human(leg._replace(hushed=True))
            yield "caller is on hold", world._replace(hushed=True)


def room_lost(world: World) -> World:
    """The carrier ends the room; the caller's leg lives on, and asks what comes next."""
    lost = world.post(ev.RoomLost(world.room, "conference-ended-via-api"))
    return lost.room_over("ended by us")._replace(caller="asking", cut=world.cut or world.talking())


def restarts(world: World, order: Order) -> Moves:
    """Our process dies between a request and its answer: what was asked is done, and asked again."""
    if order.lane in (Lane.LOOK, Lane.RELAY) or isinstance(order, do.LookForDial | do.DialHuman):
        return  # a dial that was sent is up: `take_up`
    done = perform(world, order, quiet=True)
    yield f"restart after {type(order).__name__}", restart(done._replace(todo=world.todo))


def restart(world: World) -> World:
    """Our process dies and another takes up what is stored."""
    left = world._replace(
        model="",
        told=0,
        answers=(),
        comforted=False,
        cut=world.cut or world.talking(),
        ai=cut_off(world.ai),
        mail=tuple(letter for letter in world.mail if not letter.sure),
        todo=(),
    )
    return left.take_up(world.todo)
