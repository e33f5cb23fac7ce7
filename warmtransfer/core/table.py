"""The product on one screen: for every stage, what each fact leads to.

A row is (next stage, orders). A pair with no row is late or repeated news: it is noted and changes nothing.
`COUNTS` (`counts.py`) says first in which stages a fact counts at all. What counts is read (`reading/`):
stale news never gets here, and some arrives as a conclusion, such as `HumanLost` (somebody else can be rung)
or `NobodyLeft`.
"""

from __future__ import annotations

from warmtransfer.core import conclusions as so
from warmtransfer.core import events as ev
from warmtransfer.core import orders as do
from warmtransfer.core.call import Stage
from warmtransfer.core.conclusions import Fact

Row = tuple[Stage, tuple[do.Order, ...]]
Rows = dict[type[Fact], Row]

S = Stage
DIAL = do.DialHuman()
#: Bring the AI back, unless the caller turns out to have gone and the news was lost.
ADD = (do.LookForCaller(), do.ComfortCaller(), do.AddAI())
#: The human has gone: whoever listens is heard by nobody, and the AI comes anew.
AI_AGAIN = (do.SetRole(), do.CloseModel(), do.EndAI(), do.PrepareModel(), *ADD)
#: Put another leg in the place of one without a stream; the caller is comforted when it is late.
REPLACE = (do.EndAI(), do.AddAI(), do.LookForLoneCaller())
#: The AI has said its line: it goes, and its socket first, so that no late try ends another stream.
LEAVE = (do.CloseModel(), do.RemoveAI())
#: Those of a round who are out, while it goes on: an announced one may have gone with the caller.
OUT = (do.EndOthers(), do.LookWhoLeft())
#: Every leg but the caller's; those that are not up are left out.
ALL = (do.CloseModel(), do.EndAI(), do.EndHuman(), do.EndSupervisor())


def over(*first: do.Order) -> Rows:
    """The caller has gone: every other leg is ended at once, a human on the line being told in words."""
    return {
        ev.CallerLeft: (S.OVER, (*first, do.CloseModel(), do.EndAI(), do.EndSupervisor())),
        ev.HangUpAsked: (S.OVER, (do.EndCaller(), *first, do.CloseModel(), do.EndAI(), do.EndSupervisor())),
    }


#: What may have happened while we were away.
LOOK = (do.LookForCaller(), do.LookForAI(), do.LookForLeg(), do.LookForSupervisor())
#: What is looked at now and then while the AI has the caller.
WATCH = (do.LookForAI(), do.LookForCaller(), do.EndHuman(), do.LookForLeg(), do.LookForSupervisor())

#: And what, while two talk.
TALKING = (do.LookForCaller(), do.LookForLeg(), do.LookForSupervisor())

#: The room is gone and the caller is not: their leg asks what comes next, and is put into a new one.
BACK: Rows = {
    ev.RoomLost: (S.RETURNING, ALL),
    ev.CallerCameBack: (S.RETURNING, (*ALL, do.PrepareModel())),
}


def company(stage: Stage) -> Rows:
    """The AI is with the caller: somebody who looks after the call may have something for it."""
    return {so.AIToKnow: (stage, (do.LetAIKnow(),)), so.AIToSay: (stage, (do.HaveAISay(),))}


def overheard(stage: Stage) -> Rows:
    """Somebody may listen, on a telephone or in a page; in stage `human` they may be heard, too."""
    return {
        so.SupervisorWanted: (stage, (do.DialSupervisor(),)),
        so.RoleChanged: (stage, (do.SetRole(),)),
        ev.OverhearAsked: (stage, (do.Overhear(),)),
        ev.SupervisorUnwanted: (stage, (do.EndSupervisor(),)),
    }


def alone(stage: Stage) -> Rows:
    """The AI comes and goes while the stage is about something else: the caller is kept company."""
    return {
        ev.AIUp: (stage, (do.TellAI(),)),
        so.AILost: (stage, (do.EndAI(), *ADD)),
        so.StreamLost: (stage, REPLACE),
        ev.ModelLost: (stage, (do.PrepareModel(),)),
        so.AIDown: (stage, (do.PlayComfort(), do.ComfortCaller())),
        ev.CallerJoined: (stage, (do.AddAI(),)),
        ev.StreamEnded: (stage, (do.LookForLoneCaller(),)),
        ev.CallerPresent: (stage, (do.ComfortCaller(),)),
        so.CallerWaits: (stage, (do.ComfortCaller(),)),
        so.AIQueued: (stage, ()),
        so.StrayLeg: (stage, (do.EndStray(),)),
        so.LastResortTalks: (S.HUMAN, (do.CloseModel(), do.EndStray(), do.EndOthers())),
        ev.Restarted: (stage, LOOK),
    }


def wanting(stage: Stage) -> Rows:
    """A human is asked for, or is needed because the AI cannot be had."""
    return {
        ev.HandoffAsked: (S.RINGING, (DIAL,)),
        so.AIDown: (S.RINGING, (do.PlayComfort(), do.ComfortCaller(), DIAL)),
        so.RedirectAsked: (S.REDIRECTED, (do.RedirectCaller(),)),
        so.LegStillUp: (S.CANCELLING, (do.EndHuman(), do.ComfortCaller())),
        so.NobodyLeft: (stage, (do.LetAISpeak(),)),
        so.AllBusy: (stage, (do.LetAISpeak(),)),
        so.InLine: (S.WAITING, (do.LetAISpeak(),)),
        so.NobodyHere: (stage, ()),
        so.NobodyAtAll: (S.MESSAGE, (do.RedirectCaller(),)),
    }


def seeking(stage: Stage) -> Rows:
    """A human is being tried: when that ends, the next one, the AI, or a message."""
    return {
        **alone(stage),
        **BACK,
        **overheard(stage),
        so.HumanLost: (S.RINGING, (do.LetAISpeak(), DIAL)),
        so.HumanHungUp: (S.CANCELLING, (do.LookForCaller(),)),
        so.LegStillUp: (S.CANCELLING, (do.EndHuman(),)),
        so.RedirectAsked: (S.REDIRECTED, (do.RedirectCaller(),)),
        so.StillWaiting: (stage, ()),
        so.NobodyLeft: (S.AI, (do.LetAISpeak(),)),
        so.AllBusy: (S.AI, (do.LetAISpeak(),)),
        so.InLine: (S.WAITING, (do.LetAISpeak(),)),
        so.NobodyHere: (S.RETURNING, ()),
        so.NobodyAtAll: (S.MESSAGE, (do.RedirectCaller(),)),
    }


TABLE: dict[Stage, Rows] = {
    S.ARRIVING: {
        **over(),
        ev.CallerCameBack: (S.RETURNING, (do.CloseModel(), do.PrepareModel())),
        ev.CallArrived: (S.ARRIVING, (do.PrepareModel(),)),
        ev.CallerJoined: (S.CONNECTING, (do.AddAI(),)),
        ev.TimedOut: (S.ARRIVING, (do.LookForRoom(),)),
        ev.Restarted: (S.ARRIVING, (do.LookForRoom(),)),
        ev.OrderFailed: (S.ARRIVING, ()),
    },
    S.CONNECTING: {
        **over(),
        **BACK,
        **overheard(S.CONNECTING),
        **alone(S.CONNECTING),
        **wanting(S.CONNECTING),
        ev.AIUp: (S.AI, (do.LetAISpeak(),)),
        ev.TimedOut: (S.CONNECTING, (do.LookForCaller(),)),
        ev.OrderFailed: (S.CONNECTING, ()),
    },
    S.AI: {
        **over(),
        **BACK,
        **overheard(S.AI),
        **wanting(S.AI),
        **company(S.AI),
        ev.StreamEnded: (S.RETURNING, (do.LookForLoneCaller(),)),
        ev.ModelLost: (S.RETURNING, (do.PrepareModel(),)),
        so.AILost: (S.RETURNING, (do.EndAI(), *ADD)),
        so.StreamLost: (S.RETURNING, REPLACE),
        ev.TimedOut: (S.AI, WATCH),
        so.StrayLeg: (S.AI, (do.EndStray(),)),
        ev.Restarted: (S.RETURNING, (do.PrepareModel(), *LOOK)),
    },
    S.WAITING: {
        **over(),
        **wanting(S.AI),
        **alone(S.WAITING),
        **company(S.WAITING),
        **BACK,
        **overheard(S.WAITING),
        ev.AIUp: (S.WAITING, (do.LetAISpeak(),)),
        so.HumanLost: (S.RINGING, (do.LetAISpeak(), DIAL)),
        ev.PlaceSeen: (S.WAITING, (do.TellInPause(),)),
        ev.TakeNextAsked: (S.WAITING, (do.TellInPause(),)),
        so.StillWaiting: (S.WAITING, ()),
        so.NobodyHere: (S.RETURNING, ()),
        so.OutOfLine: (S.AI, (do.LetAISpeak(),)),
        ev.TimedOut: (S.WAITING, WATCH),
        ev.OrderFailed: (S.WAITING, ()),
    },
    S.RETURNING: {
        **over(),
        **BACK,
        **overheard(S.RETURNING),
        **alone(S.RETURNING),
        **wanting(S.RETURNING),
        ev.AIUp: (S.AI, (do.LetAISpeak(),)),
        so.BackInLine: (S.WAITING, (do.LetAISpeak(),)),
        ev.TimedOut: (S.RETURNING, (do.LookForRoom(), do.LookForCaller())),
        ev.OrderFailed: (S.RETURNING, ()),
    },
    S.RINGING: {
        **over(do.EndHuman()),
        **seeking(S.RINGING),
        **company(S.RINGING),
        so.HumanQueued: (S.RINGING, ()),
        so.HumanDelayed: (S.RINGING, (do.LetAISpeak(),)),
        ev.HumanDialled: (S.RINGING, (do.SendCard(),)),
        ev.HumanAnswered: (S.BRIEFING, (do.BriefOnHold(),)),
        so.OneOut: (S.RINGING, OUT),
        ev.StopAsked: (S.CANCELLING, (do.EndHuman(), do.LookForDial())),
        ev.NextAsked: (S.CANCELLING, (do.EndHuman(), do.LookForDial())),
        so.MachineAnswered: (S.CANCELLING, (do.EndHuman(),)),
        so.Refused: (S.CANCELLING, (do.EndHuman(),)),
        so.MayScreen: (S.BRIEFING, (do.ListenToLeg(),)),
        so.DialUnsure: (S.RINGING, (do.LookForDial(),)),
        ev.TimedOut: (S.CANCELLING, (do.EndHuman(), do.LookForDial())),
        ev.OrderFailed: (S.RINGING, ()),
    },
    S.BRIEFING: {
        **over(do.TellHuman()),
        **seeking(S.BRIEFING),
        **company(S.BRIEFING),
        ev.HumanAccepted: (S.JOINING, (do.LetHumanIn(), do.EndOthers(), do.LookForDial())),
        so.AnotherAnswered: (S.BRIEFING, (do.BriefOnHold(),)),
        so.OneOut: (S.BRIEFING, OUT),
        so.NobodyAtGate: (S.RINGING, OUT),
        ev.HumanDeclined: (S.CANCELLING, (do.EndHuman(),)),
        ev.StopAsked: (S.CANCELLING, (do.TellHuman(), do.LookForDial())),
        ev.NextAsked: (S.CANCELLING, (do.TellHuman(), do.LookForDial())),
        so.MachineAnswered: (S.CANCELLING, (do.EndHuman(),)),
        so.MayScreen: (S.BRIEFING, (do.ListenToLeg(),)),
        so.ScreenAsks: (S.BRIEFING, ()),  # told by the answer to this news
        so.PersonThere: (S.BRIEFING, ()),  # so is the briefing
        so.DialUnsure: (S.BRIEFING, (do.LookForDial(),)),
        ev.TimedOut: (S.CANCELLING, (do.EndHuman(), do.LookForDial())),
        ev.OrderFailed: (S.CANCELLING, (do.EndHuman(),)),
    },
    S.CANCELLING: {
        **over(do.EndHuman()),
        **seeking(S.CANCELLING),
        **company(S.CANCELLING),
        ev.HumanDialled: (S.CANCELLING, (do.EndHuman(),)),
        ev.LegPresent: (S.CANCELLING, (do.EndHuman(),)),
        ev.StopAsked: (S.CANCELLING, ()),
        ev.TimedOut: (S.CANCELLING, (do.LookForLeg(), do.LookForDial())),
        ev.OrderFailed: (S.CANCELLING, ()),
    },
    S.JOINING: {
        **over(do.TellHuman()),
        **seeking(S.JOINING),
        ev.HumanJoined: (S.HUMAN, (do.Introduce(), do.LimitAI())),
        ev.TimedOut: (S.JOINING, (do.LookForLeg(), do.EndOthers())),
        so.GivenUp: (S.CANCELLING, (do.EndHuman(),)),
        ev.OrderFailed: (S.JOINING, (do.LookForLeg(),)),
    },
    S.HUMAN: {
        **over(),
        **BACK,
        **overheard(S.HUMAN),
        ev.AIUp: (S.HUMAN, LEAVE),
        ev.LineHeard: (S.HUMAN, LEAVE),
        so.IntroductionDue: (S.HUMAN, LEAVE),
        so.HumanGone: (S.RETURNING, (do.EndHuman(), *AI_AGAIN)),
        ev.ReturnAsked: (S.RETURNING, (do.TellHuman(), *AI_AGAIN)),
        so.BridgeUnwanted: (S.HUMAN, (do.EndHuman(),)),
        ev.EndAIAsked: (S.HUMAN, LEAVE),
        so.TalkOver: (S.OVER, (do.EndCaller(), *ALL)),
        ev.TimedOut: (S.HUMAN, (*TALKING, do.EndAI(), do.EndOthers())),
        so.ProofDue: (S.HUMAN, (do.LookForCaller(), do.LookForLeg(), do.LookAtBridge())),
        so.NotProved: (S.HUMAN, (do.MendBridge(), do.LookAgain())),
        ev.Restarted: (S.HUMAN, (*LEAVE, *TALKING)),
        so.StrayLeg: (S.HUMAN, (do.EndStray(),)),
        ev.OrderFailed: (S.HUMAN, ()),
    },
    S.REDIRECTED: {
        **over(do.TellHuman()),
        ev.HumanAccepted: (S.HUMAN, (do.CloseModel(),)),
        ev.HumanDeclined: (S.REDIRECTED, (do.EndHuman(),)),
        so.MachineAnswered: (S.REDIRECTED, (do.EndHuman(),)),
        so.RedirectAsked: (S.REDIRECTED, ()),
        so.NobodyHere: (S.RETURNING, ADD),
        so.GivenUp: (S.MESSAGE, (do.RedirectCaller(),)),
        so.NobodyAtAll: (S.MESSAGE, (do.CloseModel(),)),
        ev.CallerCameBack: (S.RETURNING, (do.CloseModel(), do.EndHuman(), do.PrepareModel())),
        ev.TimedOut: (S.REDIRECTED, (do.LookForCaller(),)),
        ev.Restarted: (S.REDIRECTED, (do.LookForCaller(),)),
        so.StrayLeg: (S.REDIRECTED, (do.EndStray(),)),
        ev.OrderFailed: (S.AI, (do.LetAISpeak(),)),
    },
    S.MESSAGE: {
        **over(),
        ev.CallerCameBack: (S.MESSAGE, ALL),
        ev.MessageLeft: (S.OVER, ALL),  # thanked by the answer to this news, which also hangs up
        ev.TimedOut: (S.OVER, (do.EndCaller(), *ALL)),
        ev.Restarted: (S.MESSAGE, (do.LookForCaller(),)),
        so.StrayLeg: (S.MESSAGE, (do.EndStray(),)),
        ev.OrderFailed: (S.MESSAGE, (do.RedirectCaller(),)),
        so.GivenUp: (S.OVER, (do.EndCaller(), *ALL)),
    },
    S.OVER: {
        ev.CallerCameBack: (S.RETURNING, (*ALL, do.PrepareModel())),
        ev.TimedOut: (S.OVER, (do.EndCaller(), *ALL, do.LookForLeg())),
        so.StrayLeg: (S.OVER, (do.EndStray(),)),
        ev.OrderFailed: (S.OVER, ()),
    },
}
