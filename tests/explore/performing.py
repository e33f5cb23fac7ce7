"""What becomes of an order at the carrier: done, done and not known to be, or looked for."""

from __future__ import annotations

from dataclasses import replace

from tests.explore.world import APART, CALLER, PICKED_UP, AILeg, HumanLeg, World
from warmtransfer.core import events as ev
from warmtransfer.core import orders as do
from warmtransfer.core.call import SEEKING, Style
from warmtransfer.core.legs import Ended, Heard, Place
from warmtransfer.core.order import Lane, Order

#: The carrier's words for legs that nobody picked up, and ours.
CARRIER = {Ended.NO_ANSWER: "no_answer", Ended.BUSY: "busy"}


def without_order(world: World, order: Order) -> World:
    todo = list(world.todo)
    todo.remove(order)
    answers = tuple(each for each in world.answers if each[0] != order)
    return world._replace(todo=tuple(todo), answers=answers)


def sent(world: World, order: do.DialHuman) -> bool:
    """Whether the request for this leg is at the carrier."""
    return any(leg.n == order.n and leg.state == "sent" for leg in world.humans)


def perform(world: World, order: Order, quiet: bool = False) -> World:
    """Done at the carrier; `quiet`: and its answer never came."""
    if isinstance(order, do.DialHuman):
        return dial(world, order, quiet)
    left = without_order(world, order)
    if not order.wanted(world.call):
        return left
    if order.lane is Lane.LOOK or isinstance(order, do.LookForDial):
        fact = next((found for look, found in world.answers if look == order), None) or seen(world, order)
        return left.tell(fact) if fact and not quiet else left
    return carry_out(left, order, quiet)


def dial(world: World, order: do.DialHuman, quiet: bool) -> World:
    """In two steps: a request takes its time, and what happens meanwhile counts."""
    if not sent(world, order):
        left = without_order(world, order)
        if not order.wanted(world.call):
            return left
        if order.style is Style.ANNOUNCE and order.room_sid != world.room:
            return left.tell(ev.OrderFailed("DialHuman", "gone", order.key))
        world = world if world.call.stage in SEEKING else world.breaks("nobody is rung for nothing")
        return world.with_human(HumanLeg(order.n, "sent"))
    leg = HumanLeg(order.n, "dialling")
    world = without_order(world, order).with_human(leg).post(ev.HumanDialled(order.n, leg.sid))
    return world if quiet else world.tell(ev.HumanDialled(order.n, leg.sid))


def carry_out(world: World, order: Order, quiet: bool = False) -> World:
    match order:
        case do.AddAI(k=k):
            if order.room_sid != world.room:
                return world.tell(ev.OrderFailed("AddAI", "gone", order.key))
            leg = AILeg(k, "asking")
            world = world.with_ai(leg).post(ev.AIJoined(k, world.room, leg.sid))
            return world if quiet else world.tell(ev.AIAdded(k, leg.sid))
        case do.LimitAI():
            return world  # its end is far away here
        case do.EndAI(k=k):
            world = next((world.ai_gone(leg) for leg in world.ai if leg.k == k), world)
            return world if quiet else world.tell(ev.AILeft(k, order.room_sid, "ended"))
        case do.RemoveAI(k=k):
            return next((world.ai_gone(leg) for leg in world.ai if leg.k == k), world)
        case do.TellHuman(call_sid=sid):
            return end(world, sid, "told")
        case do.EndOthers(call_sid=sid, told=True):
            return end(world, sid, "beaten")
        case do.EndHuman(call_sid=sid) | do.EndStray(call_sid=sid) | do.EndOthers(call_sid=sid):
            return end(world, sid)
        case do.EndCaller():
            gone = hang_up(world) if world.caller != "left" else world
            return gone if quiet else gone.tell(ev.CallerLeft(why="ended"))
        case do.ListenToLeg(n=n):
            return listen(world, n, quiet)
        case do.MendBridge(caller=True):
            return world._replace(hushed=False)
        case do.MendBridge(n=n):
            leg = world.human(n)
            return world.with_human(leg._replace(hushed=False)) if leg else world
        case do.SendCard():
            return world  # a text message changes nothing, and its link nothing before it is touched
        case do.LetHumanIn(style=Style.SCREEN):
            return moved_in(world, order, quiet)
        case do.DialSupervisor(n=n):
            world = world._replace(listens=(n, "ringing")).post(ev.SupervisorDialled(n, f"CAsup{n}"))
            return world if quiet else world.tell(ev.SupervisorDialled(n, f"CAsup{n}"))
        case do.EndSupervisor(n=n):
            if not order.call_sid:
                return world
            world = world.listener_gone() if world.listens[0] == n else world
            return world if quiet else world.tell(ev.SupervisorEnded(n))
        case do.SetRole():
            there = world.listens == (order.n, "in")
            return world._replace(loud=not order.muted) if there else world
        case do.LetHumanIn() | do.BriefOnHold():
            return in_room(world, order, quiet)
        case do.RedirectCaller():
            return redirect(world, order)
        case _:
            raise AssertionError(f"the world cannot {order}")


def listen(world: World, n: int, quiet: bool) -> World:
    """The leg asks for its document, which listens now, if it is up."""
    leg = world.human(n)
    if leg is None or leg.state != "gate":
        return world if quiet else world.tell(ev.OrderFailed("ListenToLeg", "gone", f"human-{n}"))
    told = world.tell(ev.HumanAnswered(n, leg.sid))
    return told.with_human(leg._replace(listens=True))


def in_room(world: World, order: do.BriefOnHold, quiet: bool) -> World:
    """An announced human is put on hold, or let in."""
    leg = world.human(order.n)
    if leg is None or leg.state not in ("inside", *APART) or leg.room != order.room_sid:
        name = type(order).__name__
        return world if quiet else world.tell(ev.OrderFailed(name, "gone", order.key))
    if not isinstance(order, do.LetHumanIn):
        return world.with_human(leg._replace(state="held")) if leg.state == "muted" else world
    joined = ev.HumanJoined(leg.n, leg.room, leg.sid)
    world = world.with_human(leg._replace(state="inside")).post(joined)
    return world if quiet else world.tell(joined)


def moved_in(world: World, order: do.LetHumanIn, quiet: bool) -> World:
    """Who has accepted on a card asks for their document again, unless they are in the room already."""
    leg = world.human(order.n)
    if leg is None:
        return world if quiet else world.tell(ev.OrderFailed("LetHumanIn", "gone", order.key))
    if leg.state != "inside":
        return world.with_human(leg._replace(state="moved"))
    return world if quiet else world.tell(ev.HumanJoined(leg.n, leg.room, leg.sid))


def end(world: World, sid: str, truth: str = "ended by us") -> World:
    """End the leg with this CallSid, whoever's it is."""
    if sid == f"CAsup{world.listens[0]}":
        return world.listener_gone()
    for leg in world.ai:
        if leg.sid == sid:
            return world.ai_gone(leg)
    for human in world.humans:
        if human.sid == sid and human.state != "sent":
            how = Ended.COMPLETED if human.state in PICKED_UP else Ended.CANCELLED
            truth = "talked" if human.state == "inside" else truth
            return world.human_gone(human, how, truth)
    return world


def hang_up(world: World) -> World:
    """The caller's leg is over, and what hangs on it."""
    left = world.caller_gone()
    if world.caller == "moved":
        for human in left.humans:
            how = "talked" if human.state == "inside" else "caller left"
            left = left.human_gone(human, Ended.COMPLETED, how)
    return left


def redirect(world: World, order: do.RedirectCaller) -> World:
    """Move the caller's leg: it leaves the room, which ends, and asks for its document."""
    if world.caller == "left":
        return world.tell(ev.OrderFailed("RedirectCaller", "gone", order.key))
    moved = world
    if world.caller == "moved":
        for human in world.humans:
            moved = moved.human_gone(human, Ended.COMPLETED, "ended by us")
    if moved.room:
        why = "participant-with-end-conference-on-exit-left"
        moved = moved.room_over("ended by us").post(ev.CallerLeft(world.room, why))
    return moved._replace(caller="asking", joining=order.rooms)


def machine(n: int, heard: Heard = Heard.MACHINE) -> ev.Event:
    return ev.MachineHeard(n, heard)


def room_name(world: World) -> str:
    """Of the room that the caller is in, or on the way to."""
    return replace(world.call, rooms=world.joining).room


# Looks ----------------------------------------------------------------------------------------------


def seen(world: World, order: Order) -> ev.Event | None:
    """What a look finds now."""
    match order:
        case do.LookForAI(k=k):
            up = any(leg.k == k for leg in world.ai)
            if order.idle:
                return ev.AIIdle(k) if up else None
            return None if up else ev.AILeft(k, order.room_sid, "looked")
        case do.LookForLeg(n=n):
            return leg_seen(world, n, order.room_sid)
        case do.LookAtBridge():
            return bridge_seen(world, order)
        case do.LookForDial():
            return dial_seen(world, order)
        case do.LookForSupervisor(n=n):
            return None if world.listens[0] == n and world.listens[1] else ev.SupervisorEnded(n)
        case do.LookForRoom():
            if world.caller == "room" and order.room == room_name(world):
                return ev.CallerJoined(order.room, world.room, CALLER)
            return ev.CallerLeft(why="looked") if world.caller == "left" else None
        case do.LookForCaller() | do.LookForLoneCaller():
            if world.caller == "left":
                return ev.CallerLeft(why="looked")
            return ev.CallerPresent(order.room_sid) if order.room_sid else None
        case _:
            raise AssertionError(f"the world cannot {order}")


def bridge_seen(world: World, order: do.LookAtBridge) -> ev.Event:
    """Where the two are in that room."""
    leg = world.human(order.n)
    caller, human = Place.OUT, Place.OUT
    if world.caller == "room" and world.room == order.room_sid:
        caller = Place.HELD if world.hushed else Place.IN
    if leg and leg.state == "inside" and leg.room == order.room_sid:
        human = Place.MUTED if leg.hushed else Place.IN
    return ev.BridgeSeen(order.n, order.room_sid, caller, human)


def leg_seen(world: World, n: int, room_sid: str) -> ev.Event:
    human = world.human(n)
    if human is None:
        truth = dict(world.ends).get(n, "")
        how = next((word for word, ours in CARRIER.items() if ours == truth), Ended.COMPLETED)
        return ev.HumanEnded(n, how, call_sid=f"CAhuman{n}")
    if human.state == "inside" and human.room == room_sid:
        return ev.HumanJoined(n, room_sid, human.sid)
    return ev.LegPresent(n)


def dial_seen(world: World, order: do.LookForDial) -> ev.Event:
    """By number, among the legs that are up: an earlier attempt's, too, if nobody knows its CallSid."""
    for leg in reversed(world.humans):
        if leg.state != "sent" and same_phone(world, leg.n, order) and leg.sid not in known(world):
            return ev.HumanDialled(order.n, leg.sid)
    return ev.HumanEnded(order.n, Ended.MISSING)


def same_phone(world: World, n: int, order: do.LookForDial) -> bool:
    attempt = world.call.attempt_number(n)
    return attempt is not None and attempt.number == order.number


def known(world: World) -> set[str]:
    """As the store tells it: the legs of all attempts."""
    return {attempt.call_sid for attempt in world.call.attempts}
