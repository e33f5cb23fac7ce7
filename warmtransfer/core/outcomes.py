"""How an attempt to reach a human ends, and which end a leg's own end stands for."""

from __future__ import annotations

from enum import StrEnum
from typing import assert_never

from warmtransfer.core.legs import Ended

#: SIP answers to a number at which nobody can be reached (RFC 3261, section 21).
_NOBODY_THERE = frozenset({"404", "480", "604"})


class Outcome(StrEnum):
    """How an attempt to reach a human ended."""

    ACCEPTED = "accepted"  #: key 1, or on their card (style announce: heard the briefing, and is no machine)
    DECLINED = "declined"  #: another key than 1, or on their card
    NO_INPUT = "no_input"  #: answered and pressed nothing
    MACHINE = "machine"  #: a mailbox, a fax, or nobody who says a word
    NO_ANSWER = "no_answer"  #: rang to the end
    BUSY = "busy"  #: engaged
    FAILED = "failed"  #: the carrier could not place the call
    UNREACHABLE = "unreachable"  #: the carrier refuses the number
    CANCELLED = "cancelled"  #: ended by us before it was answered
    TAKEN = "taken"  #: rung together with others, one of whom was quicker
    CALLER_LEFT = "caller_left"  #: the caller went first
    TIMED_OUT = "timed_out"  #: answered and never came to an end by itself
    LAST_RESORT = "last_resort"  #: dialled by the carrier itself while the app was away, and answered
    ERROR = "error"  #: nobody knows: the carrier never said whether it was dialled


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
            return Outcome.DECLINED
        case Ended.BUSY:
            return Outcome.BUSY
        case Ended.NO_ANSWER:
            return Outcome.NO_ANSWER
        case Ended.CANCELLED:
            return Outcome.CANCELLED
        case Ended.FAILED:
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
        case Outcome.DECLINED:
            return "could not take the call"
        case Outcome.NO_INPUT:
            return "picked up but did not respond"
        case Outcome.MACHINE:
            return "could only be reached at a mailbox"
        case Outcome.NO_ANSWER:
            return "did not answer"
        case Outcome.BUSY:
            return "is on another call"
        case Outcome.FAILED | Outcome.UNREACHABLE | Outcome.ERROR:
            return "could not be reached"
        case Outcome.CANCELLED | Outcome.TIMED_OUT:
            return "did not answer in time"
        case Outcome.CALLER_LEFT | Outcome.TAKEN:
            return "was not needed any more"
        case _:
            assert_never(outcome)
