"""What a single decision must not do: tell what is not so, rename what has happened, take the AI away."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from warmtransfer.core import briefing
from warmtransfer.core import orders as do
from warmtransfer.core.call import FREE, AIState, Attempt, Call, Stage
from warmtransfer.core.names import called as called_by
from warmtransfer.core.order import Order
from warmtransfer.core.outcomes import Outcome, words

if TYPE_CHECKING:
    from tests.explore.world import World

#: Outcomes that say we do not know: what the carrier tells later may take their place.
UNKNOWN = (None, Outcome.TIMED_OUT, Outcome.ERROR)
#: Where a caller who is not with the AI is on purpose, or has left.
ELSEWHERE = (Stage.OVER, Stage.MESSAGE, Stage.REDIRECTED)
#: What is so for a while, and may be told more than once.
AGAIN = ("interrupted", "still in the line")
#: Of a sentence, who is being called now.
CALLED = re.compile(r"([^.;]*) (?:is|are) being called ")


def relabelled(before: Call, after: Call) -> Iterator[str]:
    """An attempt's outcome is what happened, and never another one afterwards."""
    for was, now in zip(before.attempts, after.attempts, strict=False):
        if was.outcome not in UNKNOWN and now.outcome is not was.outcome:
            yield f"what was {was.outcome} is called {now.outcome}"


def takes_the_ai_away(world: World, before: Call, order: Order) -> bool:
    """Whether this order ends an AI that the caller talks with, and no human has been let in."""
    if not isinstance(order, do.CloseModel | do.EndAI) and type(order) is not do.RemoveAI:
        return False
    if before.ai.state is not AIState.UP or world.call.stage in ELSEWHERE or not _heard(world, before):
        return False
    return not _human_was_in(world)


def _heard(world: World, before: Call) -> bool:
    here = world.caller == "room" and world.room == before.room_sid
    return here and world.talking() and any(leg.k == before.ai.k for leg in world.ai)


def _human_was_in(world: World) -> bool:
    if any(leg.state == "inside" for leg in world.humans):
        return True
    attempt = world.call.attempt
    return attempt is not None and (attempt.n, "talked") in world.ends


# What the caller is told ----------------------------------------------------------------------------


def untold(world: World, after: Call) -> tuple[int, ...]:
    """The attempts of whose end the caller has to be told after this decision."""
    before = world.call
    if after.stage in (Stage.HUMAN, Stage.OVER, Stage.MESSAGE):
        return ()
    known = world.untold
    for attempt in after.attempts:
        was = before.attempt_number(attempt.n)
        if _failed(attempt) and not (was and _failed(was)):
            known = (*known, attempt.n)
    known = tuple(n for n in known if after.attempts[n - 1].handoff == after.handoff.number)
    last = before.attempt
    if before.stage is Stage.HUMAN and last and last.n not in known:
        known = (*known, last.n)
    return known


def _failed(attempt: Attempt) -> bool:
    if attempt.outcome is Outcome.ACCEPTED:
        return attempt.ended and not attempt.joined_at
    return attempt.outcome not in (None, Outcome.CALLER_LEFT, Outcome.TAKEN)


def still_untold(world: World, news: str) -> tuple[int, ...]:
    """What is left to be told after these words."""
    return tuple(n for n in world.untold if not _tells(news, world.call.attempts[n - 1]))


def _tells(news: str, attempt: Attempt) -> bool:
    """In whatever words: what was taken for silence may turn out to have been a busy line."""
    name = called_by(attempt.name)
    return (
        any(f"{name} {words(each)}" in news for each in Outcome) or briefing.human_gone(attempt.name) in news
    )


def untrue(world: World, news: str) -> str:
    """What is wrong with telling the AI this now, "" when it is so."""
    call = world.call
    if not news:
        return ""
    again = any(words in news for words in AGAIN)
    if news == world.news[1] and world.news[0] == len(call.attempts) and not again:
        return "the same news is told twice"
    attempt = call.attempt
    running = {called_by(each.name) for each in call.open if each.outcome in (None, Outcome.ACCEPTED)}
    for said in CALLED.findall(news):
        if not {name for name in ("Sam", "Kim") if name in said} <= running:
            return "told that somebody is being called who is not"
    if "has just left the call" in news:
        gone = attempt is not None and attempt.joined_at > 0 and call.stage is not Stage.HUMAN
        if not gone or not attempt or briefing.human_gone(attempt.name) not in news:
            return "told that a human has left who was not there"
    if "handoff did not succeed" in news or "Nobody is available" in news:
        tried = [each for each in call.attempts if each.handoff == call.handoff.number]
        told = (each.outcome is Outcome.TAKEN or (each.outcome and _tells(news, each)) for each in tried)
        if call.stage not in FREE or not all(told):
            return "told that nobody could be had, which is not so"
    if "in the line for" in news and call.stage is not Stage.WAITING:
        return "told that the caller waits, who does not"
    if "the caller's turn now" in news and call.stage is not Stage.RINGING:
        return "told that it is the caller's turn, which is not so"
    if "was interrupted" in news and not world.cut:
        return "told of an interruption that was none"
    return ""
