"""What a human is told in writing of a call that rings: who, what, and what they can do about it.

A card shows a caller's own matter, so it says no more than is of use: once the attempt has ended otherwise
than by a talk, only what came of it.
"""

from __future__ import annotations

from dataclasses import dataclass

from warmtransfer.console import wording
from warmtransfer.core import briefing
from warmtransfer.core.call import Attempt, Call, Stage, Style
from warmtransfer.core.legs import Heard
from warmtransfer.core.names import called
from warmtransfer.core.outcomes import Outcome
from warmtransfer.core.screening import Screen
from warmtransfer.core.words import Show
from warmtransfer.numbers import spaced, withheld

#: Who it is whose number is withheld, or not for the humans to see.
SOMEBODY = "A caller"
SAME = "Pressing 1 on the phone does the same."


@dataclass(frozen=True, slots=True)
class Card:
    """One attempt, as its human sees it. `buttons`: what can be done, of accept and decline."""

    call_id: str
    n: int
    title: str  #: where it stands, in a word or two
    hint: str  #: what to do now
    buttons: tuple[str, ...] = ()
    who: str = ""
    what: str = ""
    tried: tuple[str, ...] = ()
    since: float = 0.0  #: since when it stands so, 0.0 where that does not matter
    ended: bool = False

    @property
    def told(self) -> bool:
        """Whether it says who calls, and about what."""
        return bool(self.who)


def card(call: Call, tried: Attempt, show: Show, now: float, detected: bool = True) -> Card:
    """The card of this attempt, now; `detected`: whether a machine is told from a person there."""
    if tried.joined_at and not tried.ended and call.stage is Stage.HUMAN:
        return _told(call, tried, show, "You have the caller", "", since=tried.joined_at)
    if tried.joined_at:
        return Card(call.id, tried.n, "The call is over for you", wording.sentence(call, now), ended=True)
    if tried.outcome is Outcome.ACCEPTED and not tried.ended:
        return _told(call, tried, show, "You are being connected", "One moment; do not hang up.")
    if tried.outcome is not None or tried.ended:
        return Card(call.id, tried.n, _end(call, tried), wording.sentence(call, now), ended=True)
    title, hint, buttons = _open(tried, detected)
    return _told(call, tried, show, title, hint, buttons, tried.dialled_at)



def number(call: Call, show: Show) -> str:
    """Who calls, as far as the humans are to know."""
    return SOMEBODY if withheld(call.caller) or show is Show.OWN else spaced(call.caller)


def _told(
    call: Call,
    tried: Attempt,
    show: Show,
    title: str,
    hint: str,
    buttons: tuple[str, ...] = (),
    since: float = 0.0,
) -> Card:
    """One that says who calls, and about what."""
    before = [each for each in wording.attempts(call) if each.ended and each.n != tried.n]
    return Card(
        call.id,
        tried.n,
        title,
        hint,
        buttons,
        number(call, show),
        briefing.tidy(call.handoff.summary or call.handoff.reason, 600) or "They asked for a person.",
        tuple(f"{called(each.name)} {wording.became(each)}" for each in before),
        since,
    )


def _open(tried: Attempt, detected: bool) -> tuple[str, str, tuple[str, ...]]:
    """Where an attempt stands that goes on, what to do, and what can be done here."""
    decline = ("decline",) if tried.call_sid else ()
    both = ("accept", *decline)
    title = "Your phone has been answered" if tried.answered_at else "Your phone is ringing"
    if not tried.call_sid:
        title = "Your phone is about to ring"
    if tried.style is Style.REDIRECT or not _can_be_heard(tried, detected):
        return title, "Press 1 on the phone to take the call, or 2 to decline.", decline
    if tried.number.startswith("client:") and not tried.answered_at:
        return title, f"Pick up there, then accept here. {SAME}", decline
    same = SAME if tried.style is Style.SCREEN else "Whoever hears it to the end is let in, too."
    if not tried.card_taken:
        return title, same if tried.answered_at else f"Accept, and pick up. {same}", both
    if not tried.answered_at:
        return "Now pick up the phone", f"You are connected as soon as your voice is heard. {same}", decline
    if tried.screen is Screen.THERE:
        return "Say yes on the phone", "Or press 1 there: your phone may speak for you.", decline
    if tried.screen is not Screen.NONE:
        return "Pick up the phone", "It asks who is calling. Pick up and say yes, or press 1.", decline
    if tried.answered_by == Heard.UNKNOWN:
        return "Press 1 on the phone", "It could not be heard whether a person has picked up.", decline
    if tried.answered_by == Heard.HUMAN:
        return title, same, both
    return "One moment", f"Say hello: you are connected as soon as your voice is heard. {same}", decline


def _can_be_heard(tried: Attempt, detected: bool) -> bool:
    """Whether anybody can tell a person from a mailbox there: behind a switchboard nobody listens."""
    telephone = tried.number.startswith("+") and detected
    return (telephone or tried.number.startswith("client:")) and not tried.digits


def _end(call: Call, tried: Attempt) -> str:
    """What came of an attempt without a talk, to its human."""
    winner = call.attempt
    match tried.outcome:
        case Outcome.TAKEN if winner is not None and winner.outcome is Outcome.ACCEPTED:
            return f"{called(winner.name)} has taken it"
        case Outcome.DECLINED:
            return "You have declined"
        case Outcome.HUNG_UP:
            return "You picked up and hung up again"
        case Outcome.NO_INPUT:
            return "You picked up and pressed nothing"
        case Outcome.MACHINE:
            return "A mailbox picked up"
        case Outcome.CALLER_LEFT:
            return "The caller has hung up"
        case Outcome.NO_ANSWER | Outcome.TIMED_OUT:
            return "You did not answer in time"
        case Outcome.BUSY:
            return "Your line was busy"
        case Outcome.ACCEPTED:
            return "You took it, and were not connected"
        case _:
            return "You are not needed any more"
