"""What may happen next: our own doing, the carrier's, and people's."""

from __future__ import annotations

from collections.abc import Iterator

from tests.explore.deciding import document
from tests.explore.performing import CARRIER, hang_up, machine, perform, room_name
from tests.explore.world import APART, CALLER, PICKED_UP, AILeg, HumanLeg, World, cut_off, heads
from warmtransfer.core import events as ev
from warmtransfer.core.call import FREE, Stage
from warmtransfer.core.counts import COUNTS
from warmtransfer.core.legs import Ended, Heard
from warmtransfer.core.outcomes import Outcome
from warmtransfer.core.rules import Card
from warmtransfer.core.screening import Said, Screen
from warmtransfer.core.supervising import Role

Moves = Iterator[tuple[str, World]]


def progress(world: World) -> Moves:
    """What happens by itself when nothing goes wrong."""
    for letter in world.mail[:1]:
        yield f"news {letter.fact}", world.without(letter).tell(letter.fact)
    for order in heads(world.todo):
        yield f"do {type(order).__name__} {order.key}", perform(world, order)
    for leg in world.ai:
        yield from ai_progress(world, leg)
    yield from caller_progress(world)
    if world.call.stage is Stage.WAITING and not world.busy:
        yield "the turn comes", world.tell(ev.TurnCame())
    for human in world.humans:
        yield from human_progress(world, human)


def ai_progress(world: World, leg: AILeg) -> Moves:
    if leg.state == "streaming" and world.model == "ready" and world.told != leg.generation:
        up = world._replace(told=leg.generation, up=(leg.k, leg.generation), comforted=False)
        yield f"ai-{leg.k} up", up.post(ev.AIUp(leg.generation), sure=True)
    if leg.state == "asking":
        yield f"ai-{leg.k} asks", ai_asks(world, leg)
    if leg.state == "offered":
        yield f"ai-{leg.k} streams", ai_streams(world, leg)


def caller_progress(world: World) -> Moves:
    if world.caller == "arriving":
        number = world.rooms + 1
        here = world._replace(caller="room", rooms=number, room=f"CF{number}")
        yield "caller joins", here.post(ev.CallerJoined(room_name(world), here.room, CALLER))
    if world.caller in ("asking", "asking-dial"):
        yield "caller asks", caller_asks(world)


def human_progress(world: World, human: HumanLeg) -> Moves:
    name = f"human-{human.n}"
    match human.state:
        case "entering":
            yield f"{name} enters", human_enters(world, human)
        case "moved":
            yield f"{name} asks what comes next", follow(world.tell(again(human)), human, "too late")
        case "dialling":
            yield f"{name} rings", world.with_human(human._replace(state="ringing"))
        case "ringing":
            yield f"{name} does not answer", unanswered(world, human, Ended.NO_ANSWER)
        case "gate" if human.key:
            yield f"{name} is asked again", at_gate(world, human, Outcome(human.key))
        case "gate" if human.listens:
            yield f"{name}'s telephone gives up", says(world, human, Said.GONE)
        case "gate":
            yield f"{name} presses nothing", at_gate(world, human, Outcome.NO_INPUT)
        case "muted" | "held" | "briefed" if not human.detected:
            yield f"{name} is no machine", detected(world, human, Heard.HUMAN)
        case "held":
            yield f"{name} hears it all", briefed(world, human)


def people(world: World) -> Moves:
    """What people do, at any moment they can."""
    if world.caller != "left":
        yield "caller hangs up", hang_up(world)
    if world.caller == "message":
        yield "caller leaves a message", leaves_message(world)
    if world.asks and world.call.stage in FREE:
        asked = world._replace(asks=world.asks - 1)
        yield "a human is asked for", asked.tell(ev.HandoffAsked("tool", "", "asks", "An order."))
    if world.call.stage is Stage.WAITING:
        yield from line_moves(world)
    for human in world.humans:
        yield from human_does(world, human)
    yield from listener_does(world)
    if world.wishes:
        yield from wishes(world._replace(wishes=world.wishes - 1))


def wishes(world: World) -> Moves:
    """What somebody asks for who looks after the call, also of what has gone by since they looked."""
    n = len(world.call.attempts)
    for wish in (
        ev.StopAsked("console: Anna"),
        ev.NextAsked("console: Anna", n),
        ev.ReturnAsked("console: Anna", n),
        ev.TellAsked("console: Anna", "Closed on Friday.", aloud=True),
        ev.EndAIAsked("console: Anna"),
        ev.TakeOutAsked("console: Anna"),
        ev.TakeNextAsked("console: Anna"),
        ev.TakeNextAsked("console: Anna", "kim"),
        ev.SuperviseAsked("console: Anna", "kim"),
        ev.SuperviseAsked("console: Anna", "kim", Role.JOIN),
        ev.OverhearAsked("console: Anna"),
        ev.SupervisorUnwanted("console: Anna"),
        ev.HangUpAsked("console: Anna"),
    ):
        then = world.tell(wish)
        if isinstance(wish, ev.HangUpAsked) and then.call.stage is Stage.OVER:
            then = then._replace(ended=True)
        if then != world:
            what = wish.role if isinstance(wish, ev.SuperviseAsked) else type(wish).__name__
            yield f"asked for {what}", then


def line_moves(world: World) -> Moves:
    """A caller waits: others are done, or quicker, or go away, or this one has enough of it."""
    yield "caller leaves the line", world.tell(ev.LineLeft("words"))
    if world.busy:
        yield "the humans are free", world._replace(busy=False)
        yield "a turn for which others were quicker", world.tell(ev.TurnCame())
    if world.call.waits.number == 1:
        yield "a place is seen", world.tell(ev.PlaceSeen(2, 60.0))


def human_does(world: World, human: HumanLeg) -> Moves:
    name = f"human-{human.n}"
    if human.state in ("dialling", "ringing"):
        yield f"{name} is busy", unanswered(world, human, Ended.BUSY)
    if human.state == "ringing":
        yield f"{name} answers", answers(world, human)
    yield from card_does(world, human)
    if human.state == "gate" and human.listens:
        for said in Said:
            yield f"{name} says {said}", says(world, human, said)
    if human.state == "gate" and not human.key:
        yield f"{name} presses 1", at_gate(world, human, Outcome.ACCEPTED)
        yield f"{name} presses 2", at_gate(world, human, Outcome.DECLINED)
    if human.state in ("gate", *APART) and not human.detected:
        yield f"{name} is a machine", detected(world, human, Heard.MACHINE)
        if human.state != "gate":
            yield f"{name} may be anything", detected(world, human, Heard.UNKNOWN)
    if human.state in PICKED_UP:
        yield (
            f"{name} hangs up",
            world.human_gone(human, Ended.COMPLETED, HUNG_UP.get(human.state, "hung up")),
        )


def card_does(world: World, human: HumanLeg) -> Moves:
    """What is done on a card, whoever or whatever is on the leg, where the humans have one."""
    name, attempt = f"human-{human.n}", world.call.attempt_number(human.n)
    if attempt is None or not attempt.trying or world.rules.humans[0].card is Card.NONE:
        return
    if not attempt.card_taken:
        yield f"{name} accepts on the card", on_card(world, human)
    if attempt.call_sid:
        yield f"{name} declines on the card", declines(world, human)
    if human.state == "gate" and not human.detected:
        yield f"{name} is heard", detected(world, human, Heard.HUMAN)
        yield f"{name} may be anything", detected(world, human, Heard.UNKNOWN)


#: How a leg is said to have ended whose human hangs up.
HUNG_UP = {"inside": "talked", "entering": "took it"}


def listener_does(world: World) -> Moves:
    """Who is rung to listen answers and presses 1, does not, or hangs up."""
    n, state = world.listens
    if state == "ringing":
        told = world.tell(ev.SupervisorAccepted(n))
        there = told.call.supervisor
        open_ = there is not None and there.n == n and there.accepted and not there.ended
        here = told.call.stage in COUNTS[ev.SuperviseAsked] and told.call.rooms == told.joining
        if open_ and here and told.room:
            inside = told._replace(listens=(n, "in"))
            yield "who listens comes in", inside.post(ev.SupervisorJoined(n, told.room, f"CAsup{n}"))
        else:
            yield "who listens is sent away", told.listener_gone()
    if state in ("ringing", "in"):
        yield "who listens hangs up", world.listener_gone()


def detected(world: World, human: HumanLeg, heard: Heard) -> World:
    """The detection speaks once."""
    seen = world.with_human(human._replace(detected=True))
    return seen.post(machine(human.n, heard))


def unanswered(world: World, human: HumanLeg, how: Ended) -> World:
    """An announced one leaves the room too, in which it never was."""
    here = human._replace(room=world.room) if world.announced(human.n) else human
    return world.human_gone(here, how, CARRIER[how])


# The AI's leg ---------------------------------------------------------------------------------------


def ai_asks(world: World, leg: AILeg) -> World:
    """It asks for its document, and gets a stream or is hung up."""
    world = world.tell(ev.AIAsked(leg.k, "token"))
    if document("ai", world.call, leg.k) == "Connect":
        return world.with_ai(leg._replace(state="offered", generation=world.call.ai.generation))
    return world.ai_gone(leg)


def ai_streams(world: World, leg: AILeg) -> World:
    """Its stream opens with the token of its document, which works once."""
    if not world.call.ai.token or world.call.ai.generation != leg.generation:
        return world.with_ai(leg._replace(state="asking"))
    world = world.tell(ev.StreamUp(leg.generation))
    if world.call.stage is Stage.OVER:
        return world.with_ai(leg._replace(state="asking"))
    # The relay has one stream, opens a session for it when it has none, and rings until that can speak.
    dropped = world._replace(ai=cut_off(world.ai), told=0, model="ready", comforted=True)
    return dropped.with_ai(leg._replace(state="streaming"))


# The caller's leg -----------------------------------------------------------------------------------


def caller_asks(world: World) -> World:
    """Their `<Dial>` is over, or we moved them: what comes next."""
    world = world.tell(question(world))
    match document("caller", world.call):
        case "Conference":
            return world._replace(caller="arriving", joining=world.call.rooms)
        case "Record":
            return world._replace(caller="message")
        case "Number":
            attempt = world.call.attempt
            assert attempt is not None
            moved = world._replace(caller="moved", dialled=attempt.n)
            dialled = moved.with_human(HumanLeg(attempt.n, "dialling"))
            return dialled.post(ev.HumanDialled(attempt.n, f"CAhuman{attempt.n}"))
        case _:
            return world.caller_gone()


def question(world: World) -> ev.CallerCameBack:
    """What the caller's leg says when it asks."""
    if world.caller != "asking-dial":
        return ev.CallerCameBack(room=world.joining)
    truth = dict(world.ends).get(world.dialled, "")
    # A leg that ended before the bridge may count as unanswered, whoever picked it up.
    status = {"busy": Ended.BUSY, "talked": Ended.COMPLETED}.get(truth, Ended.NO_ANSWER)
    return ev.CallerCameBack(world.dialled, status)


def leaves_message(world: World) -> World:
    """It is thanked for, and hung up."""
    return world.tell(ev.MessageLeft("url", 5)).caller_gone()


# A human's leg --------------------------------------------------------------------------------------


def answers(world: World, leg: HumanLeg) -> World:
    """The leg asks for its document, or enters the room muted; its status callback tells the same."""
    world = world.post(ev.HumanAnswered(leg.n, leg.sid))
    if not world.announced(leg.n):
        return follow(world.tell(ev.HumanAnswered(leg.n, leg.sid)), leg, "answered")
    if not world.room:
        return world.human_gone(leg, Ended.COMPLETED, "caller left")
    return world.with_human(leg._replace(state="muted", room=world.room))


def again(leg: HumanLeg) -> ev.Event:
    """The leg asks for its document once more."""
    return ev.HumanAnswered(leg.n, leg.sid)


def follow(world: World, leg: HumanLeg, truth: str) -> World:
    """What the document says now."""
    leg = leg._replace(key="")
    match document("human", world.call, leg.n):
        case "Gather":
            return world.with_human(leg._replace(state="gate"))
        case "Conference":
            here = world.room if world.call.rooms == world.joining else ""
            return world.with_human(leg._replace(state="entering", room=here))
        case "Bridge":
            return world.with_human(leg._replace(state="inside", room="bridge"))
        case _:
            return world.human_gone(leg, Ended.COMPLETED, truth)


def says(world: World, leg: HumanLeg, said: Said) -> World:
    """What is heard on a leg that is listened to; the answer says whether it still is."""
    world = world.tell(ev.LegSpoke(leg.n, said))
    attempt = world.call.attempt_number(leg.n)
    asks = attempt is not None and (attempt.screen is not Screen.THERE or attempt.to_be_sure)
    still = asks and attempt is not None and attempt.trying
    return follow(world, leg._replace(listens=still), said)


def pressed(n: int, outcome: Outcome) -> ev.Event:
    """The key, or none, as it is told."""
    return ev.HumanAccepted(n) if outcome is Outcome.ACCEPTED else ev.HumanDeclined(n, outcome)


def at_gate(world: World, leg: HumanLeg, outcome: Outcome) -> World:
    """A key, or none."""
    open_ = any(each.n == leg.n for each in world.call.trying)
    stage = {"room": Stage.BRIEFING, "moved": Stage.REDIRECTED}.get(world.caller)
    awaited = open_ and world.call.stage is stage
    told = world.tell(pressed(leg.n, outcome))
    then = follow(told, leg, "too late" if outcome is Outcome.ACCEPTED else outcome.value)
    if outcome is Outcome.ACCEPTED and awaited and then.human(leg.n) is None:
        return then.breaks("who presses 1 is let in")
    return then


def on_card(world: World, leg: HumanLeg) -> World:
    """They accept, whether or not it is they who have picked up."""
    told = world.tell(ev.CardAccepted(leg.n))
    attempt = told.call.attempt_number(leg.n)
    if attempt is not None and attempt.outcome is Outcome.ACCEPTED and not leg.detected:
        return told.breaks("nobody comes in by a card who was not heard")
    return told


def declines(world: World, leg: HumanLeg) -> World:
    """They decline, and are rung no more."""
    told = world.tell(ev.CardDeclined(leg.n))
    attempt = told.call.attempt_number(leg.n)
    open_ = world.call.stage in (Stage.RINGING, Stage.BRIEFING)
    if open_ and (attempt is None or attempt.outcome is not Outcome.DECLINED):
        return told.breaks("who declines on a card has declined")
    there = told.human(leg.n)
    return told.with_human(there._replace(key=Outcome.DECLINED.value)) if open_ and there else told


def human_enters(world: World, leg: HumanLeg) -> World:
    """They join the room of that name: the caller's, or a new one when that has ended."""
    room = world.room if world.room and leg.room == world.room else "CFempty"
    joined = ev.HumanJoined(leg.n, room, leg.sid)
    return world.with_human(leg._replace(state="inside", room=room)).post(joined)


def briefed(world: World, leg: HumanLeg) -> World:
    """The hold audio has come to its end."""
    return world.with_human(leg._replace(state="briefed")).tell(ev.BriefingHeard(leg.n))
