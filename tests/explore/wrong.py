"""Deliberate faults of the core, one for every kind that once was one, and what each of them breaks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest

from tests.explore import performing
from warmtransfer.core import events as ev
from warmtransfer.core import orders as do
from warmtransfer.core import step as step_module
from warmtransfer.core.attempts import settle
from warmtransfer.core.call import AIState, Call, Stage, Style
from warmtransfer.core.conclusions import Reading
from warmtransfer.core.legs import Ended
from warmtransfer.core.outcomes import Outcome, of_leg
from warmtransfer.core.reading import READERS, ai, caller, human, ourselves, overhearing
from warmtransfer.core.rules import Rules
from warmtransfer.core.supervising import Supervisor
from warmtransfer.core.table import TABLE

Patch = pytest.MonkeyPatch


@dataclass(frozen=True)
class Wrong:
    """What is done to the core, from where on it shows, and which promises it breaks."""

    do: Callable[[Patch], None]
    style: str
    place: str
    breaks: str
    troubles: int = 1
    wishes: int = 0


def reads(patch: Patch, kind: type[ev.Event], reader: Callable[[Call, Any, Rules], Reading]) -> None:
    patch.setitem(READERS, kind, reader)


def whatever_attempt(patch: Patch) -> None:
    """The fact's `n` is never compared."""

    def came_back(call: Call, event: ev.CallerCameBack, rules: Rules) -> Reading:
        return caller.came_back(call, replace(event, n=len(call.attempts) if event.n else 0), rules)

    reads(patch, ev.CallerCameBack, came_back)


def whatever_room(patch: Patch) -> None:
    """Nor the room that they come from."""
    patch.setattr(caller, "_came_back_before", lambda call, event: False)


def nothing_is_told(patch: Patch) -> None:
    patch.setattr(human, "following", lambda call, rules, others=True: settle(call, rules, others))


def old_news_is_told(patch: Patch) -> None:
    patch.setattr(do.LetAISpeak, "advance", lambda self, call: call)


def moved_again(patch: Patch) -> None:
    patch.setattr(do.RedirectCaller, "wanted", lambda self, call: True)


def a_move_is_undone(patch: Patch) -> None:
    """A failure is believed although their leg has asked."""
    reader = ourselves.order_failed

    def believes(call: Call, event: ev.OrderFailed, rules: Rules) -> Reading:
        if call.stage is Stage.REDIRECTED and call.attempt is not None:
            call = call.with_attempt(replace(call.attempt, moved=False, call_sid=""))
        return reader(call, event, rules)

    reads(patch, ev.OrderFailed, believes)


def any_room_ends_the_call(patch: Patch) -> None:
    reads(
        patch, ev.CallerLeft, lambda call, event, rules: caller.left(call, replace(event, room_sid=""), rules)
    )


def the_failed_move_is_sure(patch: Patch) -> None:
    """The end of the room is that of the call, although they may have been moved out of it."""

    def left(call: Call, event: ev.CallerLeft, rules: Rules) -> Reading:
        attempt = call.attempt
        still = call if attempt is None else call.with_attempt(replace(attempt, moved=False))
        after, fact = caller.left(still, event, rules)
        return (after if fact else call), fact

    reads(patch, ev.CallerLeft, left)


def ended_once(patch: Patch) -> None:
    patch.setitem(TABLE[Stage.OVER], ev.TimedOut, (Stage.OVER, (do.CloseModel(), do.EndAI(), do.EndHuman())))


def dialled_anyway(patch: Patch) -> None:
    patch.setattr(do.DialHuman, "wanted", lambda self, call: True)


def any_ai_is_up(patch: Patch) -> None:
    def up(call: Call, event: ev.AIUp, rules: Rules) -> Reading:
        return replace(call, ai=replace(call.ai, state=AIState.UP, down=False, met=True)), event

    reads(patch, ev.AIUp, up)


def we_never_end_a_leg(patch: Patch) -> None:
    """What our own timer ends is said to have ended by itself."""

    def timed_out(call: Call, event: ev.TimedOut, rules: Rules) -> Reading:
        after, fact = ourselves.timed_out(call, event, rules)
        return (after if fact is None else replace(after, attempts=call.attempts)), fact

    reads(patch, ev.TimedOut, timed_out)


def the_caller_ends_no_leg(patch: Patch) -> None:
    unmet = caller._unmet
    left = Outcome.CALLER_LEFT
    patch.setattr(caller, "_unmet", lambda call, outcome: call if outcome is left else unmet(call, outcome))


def nobody_picked_up(patch: Patch) -> None:
    taken = human.not_taken

    def not_taken(call: Call, attempt: Any, how: Ended, rules: Rules) -> Reading:
        return taken(call, replace(attempt, answered_at=0.0), how, rules)

    patch.setattr(human, "not_taken", not_taken)


def the_last_word_wins(patch: Patch) -> None:
    patch.setattr(human, "outcome_of", lambda ended, sip, attempt: of_leg(ended, sip))


def no_outcome(patch: Patch) -> None:
    patch.setattr(human, "close", lambda call, n, outcome, sip="": _over(call, n))


def _over(call: Call, n: int) -> Call:
    return call.with_attempt(replace(call.attempts[n - 1], ended=True, ended_at=call.at))


def no_early_look(patch: Patch) -> None:
    patch.setattr(step_module, "first_look", lambda call, rules: call.due_at)


def any_leg_will_do(patch: Patch) -> None:
    """A look takes a leg to the same number that is over."""

    def seen(world: Any, order: do.LookForDial) -> ev.Event:
        for n, _ in world.ends:
            if performing.same_phone(world, n, order) and f"CAhuman{n}" not in performing.known(world):
                return ev.HumanDialled(order.n, f"CAhuman{n}")
        return ev.HumanEnded(order.n, Ended.MISSING)

    patch.setattr(performing, "dial_seen", seen)


def ended_by_another(patch: Patch) -> None:
    """The AI's loss is counted, and told, whether or not it ever was with the caller."""
    patch.setattr(
        ai, "missed", lambda call: replace(call, news=call.news or "The line to you was interrupted")
    )


def nobody_is_beaten(patch: Patch) -> None:
    """Whoever is rung beside the one who accepts is forgotten."""
    patch.setattr(human, "_beaten", lambda call: call)


def only_the_newest_is_rung(patch: Patch) -> None:
    """Of those who are rung together the last one is taken for all of them."""
    patch.setattr(Call, "together", property(lambda call: call.attempts[-1:]))


def anybody_comes_in(patch: Patch) -> None:
    """Who has accepted on their card is let in, whoever or whatever has picked up."""

    def unasked(call: Call, attempt: Any, rules: Rules) -> Reading:
        call = call.with_attempt(replace(attempt, by_card=True))
        return human.accepted(call, ev.HumanAccepted(attempt.n), rules)

    patch.setattr(human, "unasked", unasked)


def one_is_given_up(patch: Patch) -> None:
    """Of those who are rung together only the last is given up, when somebody asks for the next."""

    def following(call: Call, event: ev.NextAsked, rules: Rules) -> Reading:
        return call.with_attempt(replace(call.attempts[-1], outcome=Outcome.CANCELLED)), event

    reads(patch, ev.NextAsked, following)


def hung_up_and_asked(patch: Patch) -> None:
    """A caller whose call somebody has ended is believed when their leg asks what comes next."""
    reads(
        patch,
        ev.CallerCameBack,
        lambda call, event, rules: caller.came_back(replace(call, hung_up=False), event, rules),
    )


def hung_up_and_open(patch: Patch) -> None:
    """What ended before somebody ended the call never has an outcome."""
    reads(patch, ev.HangUpAsked, lambda call, event, rules: (replace(call, hung_up=True), event))


def heard_on(patch: Patch) -> None:
    """Who has joined a talk is not muted when the human goes."""
    muting = do.SetRole.needed
    patch.setattr(do.SetRole, "needed", lambda self, call: call.stage is Stage.HUMAN and muting(self, call))


def taken_for_ended(patch: Patch) -> None:
    """A leg that rings counts as never dialled when the answer to its dial was lost."""

    def failed(call: Call, there: Supervisor) -> Call:
        return replace(call, supervisor=replace(there, ended=True))

    patch.setattr(overhearing, "not_dialled", failed)


#: As the search has it.
TOGETHER, CARD = "all at once", "with cards"
S, A, R = Style.SCREEN, Style.ANNOUNCE, Style.REDIRECT
#: By the kinds of which the table was once found to be wrong.
WRONG: dict[str, Wrong] = {
    "a: a repeated end of one dial ends the next": Wrong(
        whatever_attempt, R, "the second human", "attempt whose leg is up"
    ),
    "a: a repeated end of one room ends the next": Wrong(whatever_room, R, "a human", "never at rest"),
    "b: nobody is told of a human who hung up": Wrong(
        nothing_is_told, A, "the gate", "the caller is not told"
    ),
    "b: old news is told again": Wrong(old_news_is_told, S, "the second human", "the same news"),
    "b: an interruption that was none is told of": Wrong(ended_by_another, S, "the start", "told of an"),
    "c: a move is done again": Wrong(moved_again, R, "moving", "no human is rung twice"),
    "c: a failed move closes the dial it made": Wrong(a_move_is_undone, R, "moving", ""),
    "c: the old room's end ends the call": Wrong(any_room_ends_the_call, R, "moving", "an attempt is said"),
    "c: a move that failed was never made": Wrong(
        the_failed_move_is_sure, R, "moving", "a live caller counts", 2
    ),
    "d: a caller is ended once": Wrong(ended_once, S, "a message", "stuck: over"),
    "e: a dial nobody wants any more": Wrong(dialled_anyway, S, "the AI", "nobody is rung"),
    "f: any AI counts as up": Wrong(any_ai_is_up, S, "connecting", "an AI counts as up"),
    "g: what we ended has declined": Wrong(we_never_end_a_leg, S, "the gate", "attempt that ended by us"),
    "g: what the caller ended has declined": Wrong(the_caller_ends_no_leg, S, "leaving", "attempt that"),
    "g: what was picked up was not": Wrong(nobody_picked_up, R, "the gate", "attempt that"),
    "g: the last word is the outcome": Wrong(the_last_word_wins, S, "the gate", "what was"),
    "g: no outcome at all": Wrong(no_outcome, S, "ringing", "told that nobody"),
    "h: nobody looks after the AI": Wrong(no_early_look, S, "asked early", "nobody looks after", 2),
    "i: an earlier attempt's leg is found": Wrong(
        any_leg_will_do, S, "the same phone again", "an attempt takes"
    ),
    "j: nobody is beaten": Wrong(nobody_is_beaten, TOGETHER, "two gates", ""),
    "l: a mailbox comes in by a card": Wrong(anybody_comes_in, CARD, "ringing", "nobody comes in by a card"),
    "j: the newest is taken for all": Wrong(only_the_newest_is_rung, TOGETHER, "ringing", ""),
    "k: one of two is given up for the next": Wrong(one_is_given_up, TOGETHER, "two gates", "", 0, 1),
    "k: a call that was ended goes on": Wrong(hung_up_and_asked, R, "a human", "a call that was ended", 1, 1),
    "m: who has joined is heard beside the AI": Wrong(
        heard_on, S, "somebody listens", "who listens is", 0
    ),
    "m: a leg that rings was never dialled": Wrong(taken_for_ended, S, "the AI", "stuck: over", 1, 1),
    "k: a call that was ended has no outcomes": Wrong(hung_up_and_open, A, "the gate", "attempt that", 0, 1),
}
