"""What holds of every state that a call can reach, and of all that follows from it."""

from __future__ import annotations

from collections.abc import Callable

from tests.explore.deciding import SOON
from tests.explore.moves import progress
from tests.explore.troubles import goes_off
from tests.explore.world import World
from warmtransfer.core import orders as do
from warmtransfer.core.call import AIState, Attempt, Stage
from warmtransfer.core.endings import LOOKING, of_call
from warmtransfer.core.outcomes import Outcome
from warmtransfer.core.screening import Said

Promise = Callable[[World], str]

#: What an attempt may be called whose end nobody saw, or that something else ended first.
ANYWAY = {Outcome.TIMED_OUT, Outcome.CALLER_LEFT, Outcome.CANCELLED, Outcome.ERROR, Outcome.TAKEN}
#: What may be said of whatever picks up and is no human.
MACHINES = {Outcome.MACHINE, Outcome.SCREENED, Outcome.PHONE_MENU}
#: What each real end of a leg may be called. None of them is ever "accepted" unless key 1 was.
TRUE = {
    "no_answer": {Outcome.NO_ANSWER, *ANYWAY},
    "busy": {Outcome.BUSY, *ANYWAY},
    "declined": {Outcome.DECLINED, Outcome.HUNG_UP, *MACHINES, *ANYWAY},
    "no_input": {Outcome.NO_INPUT, *MACHINES, *ANYWAY},
    "too late": {*MACHINES, *ANYWAY},
    "hung up": {Outcome.HUNG_UP, *MACHINES, Outcome.ACCEPTED, *ANYWAY},
    "caller left": {*MACHINES, Outcome.ACCEPTED, *ANYWAY},
    "ended by us": {*MACHINES, Outcome.ACCEPTED, *ANYWAY},
    **{said: {*MACHINES, *ANYWAY} for said in Said},
    "beaten": {Outcome.TAKEN},
    "told": {*MACHINES, Outcome.ACCEPTED, *ANYWAY},
    "took it": {Outcome.ACCEPTED},
    "talked": {Outcome.ACCEPTED},
}
#: Stages whose wait is long, and in which the AI keeps the caller company.
LONG = (Stage.RINGING, Stage.BRIEFING, Stage.WAITING)
#: What nothing but the end of its leg can have told of an attempt.
ENDED_ITSELF = (Outcome.BUSY, Outcome.NO_ANSWER, Outcome.DECLINED, Outcome.HUNG_UP, Outcome.NO_INPUT)
#: Where it is asked, or looked, first why a leg has ended: the caller may be what ended it.
ASKED_FIRST = (Stage.REDIRECTED, Stage.CANCELLING)


def broken(world: World) -> str:
    """One human at a time, and what else a move alone can break."""
    return world.broken[0] if world.broken else ""


def a_clock_runs(world: World) -> str:
    """A call that is not over never rests without a timer."""
    call = world.call
    if call.stage is Stage.OVER or call.alarm_at:
        return ""
    return f"no timer in {call.stage}"


def outcomes_are_true(world: World) -> str:
    """Every attempt whose leg ended has one outcome, and it is what happened."""
    for attempt in world.call.attempts:
        if attempt.outcome is Outcome.CALLER_LEFT and world.caller != "left":
            return "an attempt is said to have ended by a caller who is there"
    for attempt in world.call.attempts:
        if attempt.outcome is Outcome.TAKEN and not _was_beaten(world, attempt):
            return "an attempt is said to have been beaten by nobody"
    for leg in world.humans:
        attempt = world.call.attempt_number(leg.n)
        if attempt is not None and attempt.ended and attempt.outcome in ENDED_ITSELF:
            return f"attempt whose leg is up is called {attempt.outcome}"
    pending = {getattr(letter.fact, "n", 0) for letter in world.mail}
    for n, how in world.ends:
        attempt = world.call.attempt_number(n)
        if attempt is None or not attempt.ended or n in pending:
            continue
        if attempt.outcome is None and (world.call.stage in ASKED_FIRST or world.call.trying):
            continue
        if attempt.outcome is None:
            return f"attempt that {how} has no outcome"
        if attempt.outcome not in TRUE.get(how, {attempt.outcome}):
            return f"attempt that {how} is called {attempt.outcome}"
    return ""


def _was_beaten(world: World, attempt: Attempt) -> bool:
    same = (each for each in world.call.attempts if each.round == attempt.round)
    return any(each.outcome is Outcome.ACCEPTED for each in same)


def one_has_the_caller(world: World) -> str:
    """Of those who are rung together, at most one is to come to the caller."""
    won = [each for each in world.call.together if each.outcome is Outcome.ACCEPTED]
    return "two have accepted" if len(won) > 1 else ""


def every_end_has_a_word(world: World) -> str:
    """A call that is over has one end; its handoffs have, too, unless somebody is looked for or talks."""
    call = world.call
    if (of_call(call) is None) is (call.stage is Stage.OVER):
        return f"a call in {call.stage} ended as {of_call(call)}"
    if any(each.end is None for each in call.past):
        return "a handoff that is past never had an end"
    going = call.stage in (*LOOKING, Stage.HUMAN)
    return "a handoff has no end" if call.handoff.number and not going and call.handoff.end is None else ""


def legs_are_their_own(world: World) -> str:
    """No attempt takes the leg of another for its own."""
    for attempt in world.call.attempts:
        if attempt.call_sid not in ("", f"CAhuman{attempt.n}"):
            return "an attempt takes another's leg for its own"
    return ""


def what_is_believed_was_so(world: World) -> str:
    """An AI that is taken to be up was, and a caller who is taken to have left has."""
    call = world.call
    if call.ai.state is AIState.UP and (call.ai.k, call.ai.generation) != world.up:
        return "an AI counts as up that never was"
    if call.left and call.stage is Stage.OVER and world.caller not in ("left", "message"):
        return "a live caller counts as gone"
    return ""


def what_is_ended_stays_so(world: World) -> str:
    """Somebody has ended the call: it does not go on, whatever its legs still ask."""
    return "a call that was ended goes on" if world.ended and world.call.stage is not Stage.OVER else ""


def nobody_talks_over_the_ai(world: World) -> str:
    """Once we know that the human has gone, who joined their talk is muted, or about to be."""
    if not world.loud or world.with_a_human() or world.call.stage in (Stage.HUMAN, Stage.OVER):
        return ""
    if any(isinstance(order, do.SetRole | do.EndSupervisor) for order in world.todo):
        return ""
    return "who listens is heard by a caller whom no human has"


def nobody_is_left_alone(world: World) -> str:
    """With nothing on its way to us and nothing to do, a caller hears somebody, or somebody looks soon."""
    if not world.lonely() or world.mail or world.todo or world.ai:
        return ""
    call = world.call
    if call.stage is Stage.AI:
        return "nobody is there in stage ai"
    if call.stage in LONG and not world.comforted and call.alarm_at != SOON:
        return f"nobody looks after a lone caller in {call.stage}"
    return ""


def the_beaten_are_let_go(world: World) -> str:
    """With nothing on its way to us and nothing to do, no phone rings, and nobody listens, for nothing."""
    if world.mail or world.todo:
        return ""
    legs = {leg.n for leg in world.humans if leg.state not in ("sent", "inside")}
    beaten = {each.n for each in world.call.attempts if each.outcome is Outcome.TAKEN}
    return "somebody is still rung, or listens, who was beaten" if legs & beaten else ""


class EndsWell:
    """Whatever has happened: if nothing more goes wrong, the caller gets company, or everything is over.

    The way from a state is always the same, so that most of it has been gone before. `smooth`: and no timer
    of ours is needed for it, which is there for what has gone wrong.
    """

    def __init__(self, smooth: bool = False) -> None:
        self._smooth = smooth
        self._known: dict[World, str] = {}

    def __call__(self, world: World) -> str:
        way: list[World] = []
        fault = ""
        world = world._replace(late=())  # what is held up may be lost
        while world not in self._known:
            way.append(world)
            then = onwards(world)
            if then is None:
                fault = ill(world)
            elif len(way) > 600:
                fault = f"never at rest: {_why(world)}"
            elif then.broken:
                fault = f"{then.broken[0]}, afterwards"
            elif then == world:
                fault = f"stuck: {_why(world)}"
            elif self._smooth and next(progress(world), None) is None:
                fault = f"only a timer helps: {_why(world)}"
            else:
                world = then
                continue
            break
        else:
            fault = self._known[world]
        for each in way:
            self._known[each] = fault
        return fault


def onwards(world: World) -> World | None:
    """The next thing to happen when nothing goes wrong; None at a good end."""
    step = next(progress(world), None)
    if step is not None:
        return step[1]
    if at_rest(world) or not world.call.alarm_at:
        return None
    return goes_off(world)


def at_rest(world: World) -> bool:
    """Nothing is to be done any more, and that is as it should be."""
    call = world.call
    if world.caller == "left":
        return call.stage is Stage.OVER and not world.ai and not world.humans and not world.listens[1]
    if world.caller == "message":
        return call.stage is Stage.MESSAGE and not world.humans
    if call.stage is Stage.HUMAN:
        known = all(attempt.outcome for attempt in call.attempts)
        heard = not world.hushed and not any(leg.hushed for leg in world.humans)
        return world.with_a_human() and not world.ai and len(world.humans) == 1 and known and heard
    company = not world.lonely() and not world.humans and len(world.ai) == 1
    return call.stage in (Stage.AI, Stage.WAITING) and company


def ill(world: World) -> str:
    """What is wrong with this end, "" when it is a good one."""
    if not at_rest(world):
        return f"stuck: {_why(world)}"
    if any(attempt.outcome is None and attempt.ended for attempt in world.call.attempts):
        return "an attempt never has an outcome"
    if world.untold and world.call.stage in (Stage.AI, Stage.WAITING):
        outcome = world.call.attempts[world.untold[-1] - 1].outcome
        return f"the caller is not told of an attempt that was {outcome}"
    return outcomes_are_true(world)


def _why(world: World) -> str:
    call = world.call
    legs = [f"human {leg.state}" for leg in world.humans] + [f"ai {leg.state}" for leg in world.ai]
    return f"{call.stage}, caller {world.caller}, {', '.join(legs) or 'no other leg'}"


#: Of a state by itself; `EndsWell` is about what follows from it.
PROMISES: tuple[Promise, ...] = (
    broken,
    a_clock_runs,
    outcomes_are_true,
    one_has_the_caller,
    every_end_has_a_word,
    legs_are_their_own,
    what_is_believed_was_so,
    what_is_ended_stays_so,
    nobody_talks_over_the_ai,
    nobody_is_left_alone,
)
#: Where nothing has gone wrong.
SMOOTH: tuple[Promise, ...] = (the_beaten_are_let_go,)
