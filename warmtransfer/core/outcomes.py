"""How an attempt to reach a human ends, and which end a leg's own end stands for."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import assert_never

from warmtransfer.core.legs import Ended

#: SIP answers to a number at which nobody can be reached (RFC 3261, section 21).
_NOBODY_THERE = frozenset({"404", "480", "604"})
#: SIP answers by which a call is refused that is unwanted (RFC 3261: 603, RFC 8197: 607, RFC 8688: 608).
_REFUSED = frozenset({"603", "607", "608"})


class Outcome(StrEnum):
    """How an attempt to reach a human ended."""

    ACCEPTED = "accepted"  #: key 1, or on their card (style announce: heard the briefing, and is no machine)
    DECLINED = "declined"  #: another key than 1, or on their card
    HUNG_UP = "hung_up"  #: answered, and the call to them was over before any key was known
    NO_INPUT = "no_input"  #: answered and pressed nothing
    MACHINE = "machine"  #: a mailbox, a fax, or nobody who says a word
    SCREENED = "screened"  #: their telephone asked who calls and why, was told, and nobody picked up
    PHONE_MENU = "phone_menu"  #: a menu answered: keys for this and that
    NO_ANSWER = "no_answer"  #: rang to the end
    BUSY = "busy"  #: engaged
    FAILED = "failed"  #: the carrier could not place the call
    UNREACHABLE = "unreachable"  #: the carrier refuses the number
    BLOCKED = "blocked"  #: a network, or their telephone, refuses calls from the number that was shown
    CANCELLED = "cancelled"  #: ended by us before it was answered
    TAKEN = "taken"  #: rung together with others, one of whom was quicker
    CALLER_LEFT = "caller_left"  #: the caller went first
    TIMED_OUT = "timed_out"  #: answered and never came to an end by itself
    LAST_RESORT = "last_resort"  #: dialled by the carrier itself while the app was away, and answered
    ERROR = "error"  #: nobody knows: the carrier never said whether it was dialled


class HandoffEnd(StrEnum):
    """How a request for a human ended."""

    REACHED = "reached"  #: a human and the caller talked
    DROPPED_EARLY = "dropped_early"  #: the same, and one of them left within ten seconds
    CALLER_LEFT = "caller_left"  #: the caller left while somebody was looked for
    CALLBACK_PROMISED = "callback_promised"  #: the same, and they are to be rung back
    MESSAGE_LEFT = "message_left"  #: the same, and there is a message
    ALL_BUSY = "all_busy"  #: all who could be reached were on calls of ours
    NOBODY = "nobody"  #: there was nobody who could be rung: out of hours, away, or none fits
    NOT_REACHED = "not_reached"  #: everybody who could be rung was, in vain
    STOPPED = "stopped"  #: given up: somebody who looks after the call said so, or the room was lost


class CallEnd(StrEnum):
    """How a call ended."""

    HANDLED_BY_AI = "handled_by_ai"  #: the AI had the caller, and nobody was asked for
    REACHED_HUMAN = "reached_human"  #: a human and the caller talked
    DROPPED_EARLY = "dropped_early"  #: the same, and one of them left within ten seconds
    LEFT_WAITING = "left_waiting"  #: the caller left while a human was looked for
    NOT_REACHED = "not_reached"  #: a human was asked for and could not be had; the caller left afterwards
    CALLBACK_PROMISED = "callback_promised"  #: nobody could be had, and the caller is to be rung back
    MESSAGE_LEFT = "message_left"  #: nobody could be had, and there is a message
    ABANDONED = "abandoned"  #: the caller left before the AI was there


#: Seconds from the bridge within which a talk that ends was none.
EARLY = 10.0

#: What each outcome that the release before this one does not know is to it: stored in its words, too.
LIKE: Mapping[str, str] = {
    Outcome.SCREENED: Outcome.MACHINE,
    Outcome.PHONE_MENU: Outcome.MACHINE,
    Outcome.BLOCKED: Outcome.FAILED,
    Outcome.HUNG_UP: Outcome.DECLINED,
}

#: What says nothing against ringing this human for another caller at once.
NOT_IN_VAIN = frozenset(
    {
        Outcome.ACCEPTED,
        Outcome.TAKEN,
        Outcome.CANCELLED,
        Outcome.CALLER_LEFT,
        Outcome.LAST_RESORT,
        Outcome.ERROR,
    }
)


def of_leg(ended: Ended, sip: str) -> Outcome:
    """What the end of a leg means when nothing better is known of the attempt."""
    match ended:
        case Ended.COMPLETED:
            return Outcome.HUNG_UP
        case Ended.BUSY:
            return Outcome.BUSY
        case Ended.NO_ANSWER:
            return Outcome.NO_ANSWER
        case Ended.CANCELLED:
            return Outcome.CANCELLED
        case Ended.FAILED:
            if sip in _REFUSED:
                return Outcome.BLOCKED
            return Outcome.UNREACHABLE if sip in _NOBODY_THERE else Outcome.FAILED
        case Ended.UNREACHABLE:
            return Outcome.UNREACHABLE
        case Ended.MISSING:
            return Outcome.ERROR
        case _:
            assert_never(ended)


def words(outcome: Outcome) -> str:
    """The outcome as it is said of a human, behind their name."""
    match outcome:
        case Outcome.ACCEPTED | Outcome.LAST_RESORT:
            return "has left the call"
        case Outcome.DECLINED | Outcome.HUNG_UP:
            return "could not take the call"
        case Outcome.NO_INPUT:
            return "picked up but did not respond"
        case Outcome.MACHINE:
            return "could only be reached at a mailbox"
        case Outcome.SCREENED:
            return "did not pick up after their phone had asked who is calling"
        case Outcome.PHONE_MENU:
            return "could only be reached at a phone menu"
        case Outcome.NO_ANSWER:
            return "did not answer"
        case Outcome.BUSY:
            return "is on another call"
        case Outcome.FAILED | Outcome.UNREACHABLE | Outcome.BLOCKED | Outcome.ERROR:
            return "could not be reached"
        case Outcome.CANCELLED | Outcome.TIMED_OUT:
            return "did not answer in time"
        case Outcome.CALLER_LEFT | Outcome.TAKEN:
            return "was not needed any more"
        case _:
            assert_never(outcome)
