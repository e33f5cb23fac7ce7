"""In which stages a fact counts, and what a stage has besides its rows: its wait, and who hears whom."""

from __future__ import annotations

from warmtransfer.core import conclusions as so
from warmtransfer.core import events as ev
from warmtransfer.core.call import ELSEWHERE, FREE, SEEKING, WANTED, Stage

S = Stage
EVERYWHERE = frozenset(Stage)
LIVE = EVERYWHERE - {S.OVER}
#: The human decides: by a key, or by having heard the briefing (style announce).
GATE = frozenset({S.BRIEFING, S.REDIRECTED})
#: Nobody may have the caller, and one who is alone is kept company.
ALONE = WANTED - {S.AI}

#: In which stages a fact counts; anywhere else it is late or repeated news: noted, and nothing changes. A
#: leg's own news counts everywhere: one that we had given up, or that the call has outlived, is ended.
COUNTS: dict[type[ev.Event], frozenset[Stage]] = {
    ev.CallArrived: frozenset({S.ARRIVING}),
    ev.CallerJoined: WANTED | {S.ARRIVING},
    ev.CallerLeft: EVERYWHERE,
    ev.RoomLost: LIVE - ELSEWHERE - {S.ARRIVING},
    ev.CallerCameBack: EVERYWHERE,
    ev.CallerPresent: ALONE | {S.HUMAN},
    ev.AnnouncementEnded: WANTED | {S.HUMAN},
    ev.MessageLeft: frozenset({S.MESSAGE}),
    ev.MessageTaken: EVERYWHERE,
    ev.CallbackPromised: EVERYWHERE,
    ev.AIAdded: EVERYWHERE,
    ev.AIAsked: WANTED,
    ev.StreamUp: EVERYWHERE,
    ev.AIUp: LIVE,
    ev.StreamEnded: LIVE,
    ev.StreamFailed: WANTED,
    ev.AIIdle: WANTED,
    ev.LastResortReached: ALONE,
    ev.ModelLost: LIVE,
    ev.AIJoined: EVERYWHERE,
    ev.AILeft: EVERYWHERE,
    ev.SilenceHeard: EVERYWHERE,
    ev.Disclosed: EVERYWHERE,
    ev.LineHeard: frozenset({S.HUMAN}),
    ev.HandoffAsked: WANTED | {S.HUMAN, S.REDIRECTED},
    ev.HumanDialled: EVERYWHERE,
    ev.HumanRang: EVERYWHERE,
    ev.HumanAnswered: EVERYWHERE,
    ev.HumanAccepted: GATE,
    ev.HumanDeclined: GATE,
    ev.CardAccepted: frozenset({S.RINGING, S.BRIEFING}),
    ev.CardDeclined: frozenset({S.RINGING, S.BRIEFING, S.REDIRECTED}),
    ev.CardLost: EVERYWHERE,
    ev.CallNoted: EVERYWHERE,
    ev.MachineHeard: FREE | SEEKING - {S.JOINING} | {S.REDIRECTED},
    ev.LegSpoke: frozenset({S.BRIEFING}),
    ev.BriefingHeard: frozenset({S.BRIEFING}),
    ev.HumanJoined: frozenset({S.JOINING}),
    ev.HumanLeft: EVERYWHERE,
    ev.HumanEnded: EVERYWHERE,
    ev.LegPresent: frozenset({S.CANCELLING, S.HUMAN}),
    ev.BridgeSeen: frozenset({S.HUMAN}),
    ev.StopAsked: SEEKING - {S.JOINING},
    ev.NextAsked: frozenset({S.RINGING, S.BRIEFING}),
    ev.ReturnAsked: frozenset({S.HUMAN}),
    ev.TellAsked: SEEKING - {S.JOINING} | {S.AI, S.WAITING},
    ev.EndAIAsked: frozenset({S.HUMAN}),
    ev.HangUpAsked: LIVE,
    ev.TurnCame: frozenset({S.WAITING}),
    ev.PlaceSeen: frozenset({S.WAITING}),
    ev.LineLeft: frozenset({S.WAITING}),
    ev.TakeOutAsked: frozenset({S.WAITING}),
    ev.TakeNextAsked: frozenset({S.WAITING}),
    ev.SuperviseAsked: WANTED | {S.HUMAN},
    ev.OverhearAsked: WANTED | {S.HUMAN},
    ev.SupervisorUnwanted: WANTED | {S.HUMAN},
    ev.SupervisorDialled: EVERYWHERE - {S.ARRIVING},
    ev.SupervisorAccepted: WANTED | {S.HUMAN},
    ev.SupervisorJoined: EVERYWHERE - {S.ARRIVING},
    ev.SupervisorEnded: EVERYWHERE,
    ev.Restarted: LIVE,
    ev.TurnAwaited: WANTED,
    ev.TimedOut: EVERYWHERE,
    ev.OrderFailed: EVERYWHERE,
}

#: Stages that wait for something, and the rule that says for how long (seconds, `rules.py`).
WAITS: dict[Stage, str] = {
    S.ARRIVING: "arriving",
    S.CONNECTING: "connecting",
    S.AI: "watching",
    S.WAITING: "watching",
    S.RETURNING: "connecting",
    S.RINGING: "ring_margin",
    S.BRIEFING: "briefing",
    S.CANCELLING: "cancelling",
    S.JOINING: "joining",
    S.HUMAN: "checking",
    S.REDIRECTED: "redirected",
    S.MESSAGE: "message",
    S.OVER: "over",
}

#: Facts that start the current stage's wait anew although the stage does not change and no timer went off.
RENEWS = (
    ev.Restarted,
    ev.HumanDialled,
    so.HumanQueued,
    so.HumanDelayed,
    so.HumanLost,
    so.AnotherAnswered,
    so.MayScreen,
    so.ScreenAsks,
    so.PersonThere,
    so.RedirectAsked,
    so.AIQueued,
    so.AILost,
    so.StreamLost,
)

#: Facts about the AI: they do not prolong a wait for a human.
ABOUT_AI = (so.AILost, so.StreamLost, so.AIDown, so.AIQueued, so.StillWaiting)

#: Stages in which a caller keeps their place in the line, whatever becomes of the AI or of who is rung.
KEEPS_PLACE = SEEKING | {S.WAITING, S.RETURNING, S.REDIRECTED}

#: Stages that are about a human, with an alarm in between to look after an AI that is on its way.
MINDS_AI = frozenset({S.RINGING, S.BRIEFING, S.WAITING})

#: Stages in which the model hears the caller; a human's words never reach it.
HEARS = frozenset({S.CONNECTING, S.AI, S.WAITING, S.RETURNING, S.RINGING, S.BRIEFING, S.CANCELLING})

#: Stages in which the relay fills the AI's pauses with a ring tone: the caller waits for a human.
FILLS = frozenset({S.RINGING, S.BRIEFING, S.CANCELLING, S.JOINING})
