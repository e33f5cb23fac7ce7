"""A callback on one screen: for every stage, what each fact leads to.

A row is (next stage, orders). A pair with no row is late or repeated news, and changes nothing. `reading.py`
says what a fact comes to, `WAITS` how long each stage waits before it looks by itself.
"""

from __future__ import annotations

from warmtransfer.core.callbacks import facts as ev
from warmtransfer.core.callbacks import orders as do
from warmtransfer.core.callbacks.callback import Stage

Row = tuple[Stage, tuple[do.Order, ...]]
Rows = dict[type[ev.Fact], Row]

S = Stage
DIAL = do.Dial()
LOOK = (do.LookForLegs(), do.LookForDial())
#: Whoever waits is told in words; who has not answered is ended.
LET_GO = (do.EndCaller(), do.TellCaller(), do.TellHuman(), do.LookForDial())


def stray(stage: Stage) -> Rows:
    """A leg that is not wanted is ended, whatever goes on."""
    return {ev.StrayLeg: (stage, (do.EndStray(),))}


def seeking(stage: Stage) -> Rows:
    """A human is being tried: when that has ended, the next one, another try, or the end."""
    return {
        **stray(stage),
        ev.HumanToRing: (S.RINGING, (DIAL,)),
        ev.TryOver: (S.WAITING, ()),
        ev.OutOfTries: (S.GIVEN_UP, ()),
    }


def dialling(stage: Stage) -> Rows:
    """A leg is being made."""
    return {
        **stray(stage),
        ev.LegMade: (stage, ()),
        ev.DialUnsure: (stage, (do.LookForDial(),)),
        ev.Cancelled: (S.ENDING, LET_GO),
    }


TABLE: dict[Stage, Rows] = {
    S.WAITING: {
        **seeking(S.WAITING),
        ev.NobodyNow: (S.WAITING, ()),
        ev.DueNow: (S.WAITING, ()),
        ev.Cancelled: (S.CANCELLED, ()),
    },
    S.RINGING: {
        **seeking(S.RINGING),
        **dialling(S.RINGING),
        ev.LegAnswered: (S.BRIEFING, ()),
        ev.MayScreen: (S.BRIEFING, (do.ListenToLeg(),)),
        ev.HumanOut: (S.ENDING, (do.EndLegs(), do.LookForDial())),
        ev.Cancelled: (S.ENDING, (do.EndLegs(), do.LookForDial())),
    },
    S.BRIEFING: {
        **seeking(S.BRIEFING),
        ev.Accepted: (S.CALLING, (DIAL,)),
        ev.Declined: (S.ENDING, ()),  # told by the answer to this news, which also hangs up
        ev.MayScreen: (S.BRIEFING, (do.ListenToLeg(),)),
        ev.ScreenAsks: (S.BRIEFING, ()),  # told by the answer to this news
        ev.PersonThere: (S.BRIEFING, ()),  # so is the briefing
        ev.HumanOut: (S.ENDING, (do.EndLegs(),)),
        ev.Cancelled: (S.ENDING, (do.EndLegs(),)),
    },
    S.CALLING: {
        **dialling(S.CALLING),
        ev.LegJoined: (S.CALLING, ()),
        ev.LegAnswered: (S.JOINING, ()),
        ev.Together: (S.TALKING, ()),
        ev.CallerOut: (S.ENDING, LET_GO),
        ev.HumanGone: (S.ENDING, LET_GO),
    },
    S.JOINING: {
        **stray(S.JOINING),
        ev.LegJoined: (S.JOINING, ()),
        ev.Together: (S.TALKING, ()),
        ev.CallerOut: (S.ENDING, LET_GO),
        ev.HumanGone: (S.ENDING, LET_GO),
        ev.TimedOut: (S.JOINING, LOOK),
        ev.Cancelled: (S.ENDING, LET_GO),
    },
    S.TALKING: {
        **stray(S.TALKING),
        ev.TalkOver: (S.ENDING, ()),  # the room ends with whoever leaves first, and tells the other
        ev.TimedOut: (S.TALKING, LOOK),
    },
    S.ENDING: {
        **seeking(S.ENDING),
        ev.LegMade: (S.ENDING, (do.EndLegs(),)),
        ev.DialUnsure: (S.ENDING, (do.LookForDial(),)),
        ev.Cancelled: (S.ENDING, ()),
        ev.Talked: (S.DONE, ()),
        ev.Withdrawn: (S.CANCELLED, ()),
        ev.TimedOut: (S.ENDING, (do.EndLegs(), *LOOK)),
    },
    S.DONE: stray(S.DONE),
    S.GIVEN_UP: {**stray(S.GIVEN_UP), ev.DueNow: (S.WAITING, ()), ev.Cancelled: (S.CANCELLED, ())},
    S.CANCELLED: stray(S.CANCELLED),
}

#: Seconds that each stage waits (a field of `Limits`); one that is over waits for nothing, and one that
#: waits for its time does so until `Callback.due_at`.
WAITS: dict[Stage, str] = {
    S.RINGING: "margin",
    S.BRIEFING: "briefing",
    S.CALLING: "margin",
    S.JOINING: "joining",
    S.TALKING: "checking",
    S.ENDING: "ending",
}
