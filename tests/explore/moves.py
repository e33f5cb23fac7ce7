"""What may happen next: our own doing, the carrier's, and people's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tests.explore.world import (
    CALLER,
    AILeg,
    HumanLeg,
    Letter,
    World,
    cut_off,
    document,
    ended,
    heads,
)
from warmtransfer.core import events as ev
from warmtransfer.core import orders as do
from warmtransfer.core.call import Stage
from warmtransfer.core.legs import Ended, Heard
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
    if still:
        yield from timer(world)
    if world.troubles:
        yield from trouble(replace(world, troubles=world.troubles - 1), still)


def timer(world: World) -> Moves:
    """The armed timer goes off. While there is something left to do or to hear, that is a trouble."""
    if world.call.alarm_at:
        yield "timer", goes_off(world)


def progress(world: World) -> Moves:
    """What happens by itself when nothing goes wrong."""
    for letter in world.mail[:1]:
        yield f"news {letter.fact}", world.without(letter).tell(letter.fact)
    for order in heads(world.todo):
        yield f"do {type(order).__name__} {order.key}", perform(world, order)
    for leg in world.ai:
        if leg.state == "streaming" and world.model == "ready" and world.told != leg.generation:
            up = replace(world, told=leg.generation)
            yield f"ai-{leg.k} up", up.post(ev.AIUp(leg.generation), sure=True)
        if leg.state == "asking":
            yield f"ai-{leg.k} asks", ai_asks(world, leg)
        if leg.state == "offered":
            yield f"ai-{leg.k} streams", ai_streams(world, leg)
    yield from caller_progress(world)
    for human in world.humans:
        if human.state == "entering":
            yield f"human-{human.n} enters", human_enters(world, human)
        if human.state == "dialling":
            yield f"human-{human.n} rings", world.with_human(replace(human, state="ringing"))
        if human.state == "ringing":
            yield f"human-{human.n} does not answer", world.human_gone(human, "no-answer", "no_answer")
        if human.state == "gate":
            yield f"human-{human.n} presses nothing", at_gate(world, human, Outcome.NO_INPUT)


def caller_progress(world: World) -> Moves:
    if world.caller == "arriving":
        number = world.rooms + 1
        here = replace(world, caller="room", rooms=number, room=f"CF{number}")
        yield "caller joins", here.post(ev.CallerJoined(world.call.room, here.room, CALLER))
    if world.caller in ("asking", "asking-dial"):
        yield "caller asks", caller_asks(world)


def goes_off(world: World) -> World:
    """The alarm."""
    return world.tell(ev.TimedOut(world.call.stage, world.call.alarm), at=world.call.alarm_at)


def people(world: World) -> Moves:
    """What people do, at any moment they can."""
    if world.caller != "left":
        yield "caller hangs up", hang_up(world)
    if world.asks and world.call.stage in (Stage.CONNECTING, Stage.AI, Stage.RETURNING):
        asked = replace(world, asks=world.asks - 1)
        yield "a human is asked for", asked.tell(ev.HandoffAsked("tool", "", "asks", "An order."))
    for human in world.humans:
        if human.state in ("dialling", "ringing"):
            yield f"human-{human.n} is busy", world.human_gone(human, "busy", "busy")
        if human.state == "ringing":
            yield f"human-{human.n} answers", answers(world, human)
        if human.state == "gate":
            yield f"human-{human.n} presses 1", at_gate(world, human, Outcome.ACCEPTED)
            yield f"human-{human.n} presses 2", at_gate(world, human, Outcome.DECLINED)
            heard = world.post(machine(human.n))
            if Letter(machine(human.n)) not in world.mail and _undetected(world, human.n):
                yield f"human-{human.n} is a machine", heard
        if human.state in ("gate", "entering", "inside"):
            truth = "talked" if human.state == "inside" else "hung up"
            yield f"human-{human.n} hangs up", world.human_gone(human, "completed", truth)


def _undetected(world: World, n: int) -> bool:
    attempt = world.call.attempt_number(n)
    return attempt is not None and not attempt.answered_by


def hang_up(world: World) -> World:
    left = world.caller_gone()
    if world.caller == "moved":
        for human in left.humans:
            left = replace(left, caller="left").human_gone(human, "completed", "caller left")
        left = replace(left, caller="left")
    return left


def machine(n: int) -> ev.Event:
    return ev.MachineHeard(n, Heard.MACHINE)


# The AI's leg ---------------------------------------------------------------------------------------


def ai_asks(world: World, leg: AILeg) -> World:
    """It asks for its document, and gets a stream or is hung up."""
    world = world.tell(ev.AIAsked(leg.k, "token"))
    if document("ai", world.call, leg.k) == "Connect":
        return world.with_ai(replace(leg, state="offered", generation=world.call.ai.generation))
    return world.ai_gone(leg)


def ai_streams(world: World, leg: AILeg) -> World:
    """Its stream opens with the token of its document, which works once."""
    if not world.call.ai.token or world.call.ai.generation != leg.generation:
        return world.with_ai(replace(leg, state="asking"))
    world = world.tell(ev.StreamUp(leg.generation))
    if world.call.stage is Stage.OVER:
        return world.with_ai(replace(leg, state="asking"))
    # The relay opens a session for its stream when it has none.
    return replace(world.with_ai(replace(leg, state="streaming")), told=0, model="ready")


# The caller's leg -----------------------------------------------------------------------------------


def caller_asks(world: World) -> World:
    """Their `<Dial>` is over, or we moved them: what comes next."""
    n = len(world.call.attempts) if world.caller == "asking-dial" else 0
    how = dict(world.ends).get(n, "") if n else ""
    status = {"no_answer": "no-answer", "busy": "busy"}.get(how, "completed") if n else ""
    world = world.tell(came_back(n, status))
    match document("caller", world.call):
        case "Conference":
            return replace(world, caller="arriving")
        case "Record":
            return replace(world, caller="message")
        case "Number":
            attempt = world.call.attempt
            assert attempt is not None
            dialled = replace(world, caller="moved").with_human(HumanLeg(attempt.n, "dialling"))
            return dialled.post(ev.HumanDialled(attempt.n, f"CAhuman{attempt.n}"))
        case _:
            return world.caller_gone()


def came_back(n: int, status: str) -> ev.Event:
    return ev.CallerCameBack(n, Ended(status)) if status else ev.CallerCameBack(n)


# A human's leg --------------------------------------------------------------------------------------


def answers(world: World, leg: HumanLeg) -> World:
    """The leg asks for its document; its status callback tells the same."""
    world = world.post(ev.HumanAnswered(leg.n, leg.sid)).tell(ev.HumanAnswered(leg.n, leg.sid))
    return follow(world, leg, "answered")


def follow(world: World, leg: HumanLeg, truth: str) -> World:
    """What the document says now."""
    match document("human", world.call, leg.n):
        case "Gather":
            return world.with_human(replace(leg, state="gate"))
        case "Conference":
            return world.with_human(replace(leg, state="entering", room=world.room or "gone"))
        case "Bridge":
            return world.with_human(replace(leg, state="inside", room=world.room or "bridge"))
        case _:
            return world.human_gone(leg, "completed", truth)


def at_gate(world: World, leg: HumanLeg, outcome: Outcome) -> World:
    """A key, or none."""
    n = leg.n
    fact = ev.HumanAccepted(n) if outcome is Outcome.ACCEPTED else ev.HumanDeclined(n, outcome)
    attempt = world.call.attempt
    open_ = attempt is not None and attempt.n == n and attempt.outcome is None
    then = follow(world.tell(fact), leg, str(outcome))
    awaited = open_ and world.call.stage is Stage.BRIEFING and world.caller == "room"
    if outcome is Outcome.ACCEPTED and awaited and not any(each.n == n for each in then.humans):
        return then.breaks("who presses 1 is let in")
    return then


def human_enters(world: World, leg: HumanLeg) -> World:
    """They join the room of that name: the caller's, or a new one when that has ended."""
    room = world.room or "CFempty"
    return world.with_human(replace(leg, state="inside", room=room)).post(
        ev.HumanJoined(leg.n, room, leg.sid)
    )


# What goes wrong ------------------------------------------------------------------------------------


def trouble(world: World, still: bool) -> Moves:
    """News is late, lost or comes twice, requests fail, parts die. Each costs one of the world's troubles."""
    if not still:
        yield from timer(world)
    for letter in dict.fromkeys(world.mail[1:]):
        yield f"sooner {letter.fact}", world.without(letter).tell(letter.fact)
    for letter in dict.fromkeys(world.mail):
        if not letter.sure:
            yield f"lost {letter.fact}", world.without(letter)
            yield f"twice {letter.fact}", world.tell(letter.fact)
    for order in heads(world.todo):
        yield from failures(world, order)
    for leg in world.ai:
        yield f"ai-{leg.k} dies", world.ai_gone(leg)
        if leg.state == "streaming":
            broken = world.with_ai(replace(leg, state="asking"))
            heard = ev.StreamEnded(leg.generation, "broken")
            yield f"ai-{leg.k} stream breaks", broken.post(heard, sure=True)
            if world.model:
                lost = replace(world, model="", told=0)
                yield "model lost", lost.post(ev.ModelLost(leg.generation, "lost"), sure=True)
                yield "model gone", lost.post(ev.ModelLost(leg.generation, "quota", fatal=True), sure=True)
    yield "restart", restart(world)


def failures(world: World, order: Order) -> Moves:
    """The request is refused, or nobody knows whether it was done."""
    name = type(order).__name__
    left = _without(world, order)
    if isinstance(order, do.DialHuman) and not _sent(world, order):
        if _wanted(world, order):
            yield f"refused {name}", left.tell(ev.OrderFailed(name, "refused", order.key))
        return
    if isinstance(order, do.DialHuman):
        left = replace(left, humans=tuple(leg for leg in left.humans if leg.n != order.n))
    yield f"undone {name}", left.tell(ev.OrderFailed(name, "unsure", order.key))
    if not isinstance(order, do.AddAI) and order.lane is not Lane.LOOK:
        done = perform(world, order, quiet=True)
        yield f"done and unsure {name}", done.tell(ev.OrderFailed(name, "unsure", order.key))


def restart(world: World) -> World:
    """Our process dies and another takes up what is stored."""
    return replace(
        world,
        model="",
        told=0,
        ai=cut_off(world.ai),
        mail=tuple(letter for letter in world.mail if not letter.sure),
        todo=(),
    ).take_up(world.todo)


def _without(world: World, order: Order) -> World:
    todo = list(world.todo)
    todo.remove(order)
    return replace(world, todo=tuple(todo))


# What we do -----------------------------------------------------------------------------------------


def _sent(world: World, order: do.DialHuman) -> bool:
    return any(leg.n == order.n and leg.state == "sent" for leg in world.humans)


def _wanted(world: World, order: do.DialHuman) -> bool:
    """As the desk's performer asks before it dials."""
    return order.wanted(world.call)


def perform(world: World, order: Order, quiet: bool = False) -> World:
    """Done at the carrier; `quiet`: and its answer never came."""
    if isinstance(order, do.DialHuman):
        return dial(world, order, quiet)
    left = _without(world, order)
    return carry_out(left, order, quiet) if order.wanted(world.call) else left


def dial(world: World, order: do.DialHuman, quiet: bool) -> World:
    """In two steps: a request takes its time, and what happens meanwhile counts."""
    if not _sent(world, order):
        if not _wanted(world, order):
            return _without(world, order)
        return world.with_human(HumanLeg(order.n, "sent"))
    leg = HumanLeg(order.n, "dialling")
    world = _without(world, order).with_human(leg).post(ev.HumanDialled(order.n, leg.sid))
    return world if quiet else world.tell(ev.HumanDialled(order.n, leg.sid))


def carry_out(world: World, order: Order, quiet: bool) -> World:
    match order:
        case do.AddAI(k=k):
            if order.room_sid != world.room:
                return world.tell(ev.OrderFailed("AddAI", "gone", order.key))
            leg = AILeg(k, "asking")
            world = world.with_ai(leg).post(ev.AIJoined(k, world.room, leg.sid))
            return world.tell(ev.AIAdded(k, leg.sid))
        case do.EndAI(k=k) | do.RemoveAI(k=k):
            return next((world.ai_gone(leg) for leg in world.ai if leg.k == k), world)
        case do.LookForAI(k=k):
            up = any(leg.k == k for leg in world.ai)
            return world if up or quiet else world.tell(ev.AILeft(k, order.room_sid, "looked"))
        case do.EndHuman(call_sid=sid) | do.TellHuman(call_sid=sid) | do.EndStray(call_sid=sid):
            return end(world, sid)
        case do.EndCaller():
            return hang_up(world) if world.caller != "left" else world
        case do.LookForLeg(n=n):
            return look_for_leg(world, n, order.room_sid)
        case do.LookForDial(n=n):
            return look_for_dial(world, n)
        case do.LookForRoom():
            if world.caller == "room":
                return world.tell(ev.CallerJoined(order.room, world.room, CALLER))
            return world.tell(ev.CallerLeft(why="looked")) if world.caller == "left" else world
        case do.LookForCaller():
            if world.caller == "left":
                return world.tell(ev.CallerLeft(why="looked"))
            return world.tell(ev.CallerPresent(order.room_sid)) if order.room_sid else world
        case do.RedirectCaller():
            return redirect(world, order)
        case _:
            return world


def end(world: World, sid: str) -> World:
    """End the leg with this CallSid, whoever's it is."""
    for leg in world.ai:
        if leg.sid == sid:
            return world.ai_gone(leg)
    for human in world.humans:
        if human.sid == sid and human.state != "sent":
            answered = human.state in ("gate", "entering", "inside")
            return world.human_gone(human, "completed" if answered else "canceled", "ended by us")
    return world


def look_for_leg(world: World, n: int, room_sid: str) -> World:
    human = next((each for each in world.humans if each.n == n and each.state != "sent"), None)
    if human is None:
        known = dict(world.ends).get(n)
        return world.tell(ended(n, CARRIER.get(known or "", "completed"), f"CAhuman{n}"))
    if human.state == "inside" and human.room == room_sid:
        return world.tell(ev.HumanJoined(n, room_sid, human.sid))
    return world.tell(ev.LegPresent(n))


#: The carrier's word for how a leg really ended.
CARRIER = {"no_answer": "no-answer", "busy": "busy"}


def look_for_dial(world: World, n: int) -> World:
    found = any(each.n == n and each.state != "sent" for each in world.humans) or n in dict(world.ends)
    fact = ev.HumanDialled(n, f"CAhuman{n}") if found else ended(n, "missing")
    return world.tell(fact)


def redirect(world: World, order: do.RedirectCaller) -> World:
    """Move the caller's leg: it leaves the room, which ends, and asks for its document."""
    if world.caller == "left":
        return world.tell(ev.OrderFailed("RedirectCaller", "gone", order.key))
    moved = world
    if world.caller == "moved":
        for human in world.humans:
            moved = moved.human_gone(human, "completed", "ended by us")
    if moved.room:
        moved = moved.post(ev.CallerLeft(world.room, "participant_updated")).room_over()
    return replace(moved, caller="asking")
