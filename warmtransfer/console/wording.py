"""What happens, in the words of somebody who looks at it: where a caller is, and how an attempt ended."""

from __future__ import annotations

from typing import assert_never

from warmtransfer.core.call import Attempt, Call, Proof, Stage, turn_left
from warmtransfer.core.endings import dropped_early, of_call
from warmtransfer.core.legs import Place
from warmtransfer.core.names import called
from warmtransfer.core.outcomes import CallEnd, Outcome
from warmtransfer.core.supervising import Role

#: Who asked for a person, by the source of the handoff.
ASKED_BY = {
    "tool": "the AI decided so",
    "words": "the caller asked for one",
    "watchdog": "the AI had promised one",
    "api": "your systems asked, by the API",
    "python": "your app asked",
    "model_down": "the AI could not be had",
}
#: Outcomes of who has the caller, or had.
TOOK = frozenset({Outcome.ACCEPTED, Outcome.LAST_RESORT})
#: Before the name of whoever has asked here.
HERE = "console: "

#: Who was the first to leave a talk.
LEFT = {"caller": "the caller left first", "human": "they left first", "room": "the room was lost"}
#: How a call ended.
CALL_ENDS = {
    CallEnd.HANDLED_BY_AI: "helped by the AI",
    CallEnd.REACHED_HUMAN: "spoke with a person",
    CallEnd.DROPPED_EARLY: "one of the two left at once",
    CallEnd.LEFT_WAITING: "left while waiting for a person",
    CallEnd.NOT_REACHED: "reached nobody",
    CallEnd.CALLBACK_PROMISED: "is to be rung back",
    CallEnd.MESSAGE_LEFT: "left a message",
    CallEnd.ABANDONED: "left before the AI was there",
}

#: Stages in a word or two, for the strip above a call's lanes.
SHORT = {
    Stage.ARRIVING: "arriving",
    Stage.CONNECTING: "to the AI",
    Stage.AI: "with the AI",
    Stage.WAITING: "in line",
    Stage.RINGING: "ringing",
    Stage.BRIEFING: "briefing",
    Stage.JOINING: "joining",
    Stage.HUMAN: "with a person",
    Stage.CANCELLING: "next",
    Stage.RETURNING: "AI returns",
    Stage.REDIRECTED: "put through",
    Stage.MESSAGE: "message",
    Stage.OVER: "over",
}


def holder(call: Call) -> Attempt | None:
    """Who has the caller, or is about to: who took the call, else who has picked up, else the newest."""
    tried = [each for each in attempts(call) if not each.ended]
    took = [each for each in tried if each.outcome in TOOK]
    picked_up = [each for each in tried if each.answered_at and each.outcome is None]
    return next(iter([*took, *picked_up]), call.attempt)


def name(call: Call) -> str:
    """The same by name."""
    tried = holder(call)
    return called(tried.name) if tried else "a colleague"


def rung(call: Call) -> str:
    """Whose telephones ring."""
    names = [called(each.name) for each in attempts(call) if not each.ended and each.outcome is None]
    if len(names) < 2:
        return f"{name(call)}’s phone is ringing"
    return f"{', '.join(f'{each}’s' for each in names[:-1])} and {names[-1]}’s phones are ringing"


def where(call: Call, now: float) -> str:
    """Where the caller is, in words that follow who it is."""
    match call.stage:
        case Stage.ARRIVING:
            return "has just rung up"
        case Stage.CONNECTING:
            return "is being put through to the AI"
        case Stage.AI:
            return "with the AI"
        case Stage.WAITING:
            return f"{line(call)}, with the AI"
        case Stage.RINGING:
            awaited = turn_left(call, now) >= 1
            return f"a line to ring {name(call)} is awaited" if awaited else rung(call)
        case Stage.BRIEFING:
            return f"{name(call)} has picked up and hears what it is about"
        case Stage.JOINING:
            return f"{name(call)} took the call and is joining"
        case Stage.HUMAN:
            return f"with {name(call)}"
        case Stage.CANCELLING:
            return "the next person is looked for"
        case Stage.RETURNING:
            return "the AI is being brought back"
        case Stage.REDIRECTED:
            return f"is being put through to {name(call)}"
        case Stage.MESSAGE:
            return "is leaving a message"
        case Stage.OVER:
            return "has been hung up on" if call.hung_up else "has left"
        case _:
            assert_never(call.stage)


def line(call: Call) -> str:
    """Which place in the line a caller has who waits in it."""
    team = f" for {call.waits.line}" if call.waits.line else ""
    return f"number {call.waits.number} in the line{team}"


def listens(call: Call) -> str:
    """Who listens, and how, "" for nobody."""
    there = call.supervisor
    if there is None or there.ended or call.stage is Stage.OVER:
        return ""
    if not there.joined_at:
        return f"{called(there.name)}’s phone rings, to listen."
    doing = {Role.LISTEN: "listens", Role.WHISPER: "whispers", Role.JOIN: "has joined"}[there.given]
    return f"{called(there.name)} {doing} (asked for by {asker(there.by)})."


def sentence(call: Call, now: float) -> str:
    """The same as a sentence of its own."""
    told = where(call, now)
    if told.startswith(("with ", "number ")):
        return f"The caller is {told}"
    return f"The caller {told}" if told.startswith(("is ", "has ")) else f"{told[0].upper()}{told[1:]}"


def became(tried: Attempt) -> str:
    """How an attempt ended, or how it stands, behind the human's name."""
    match tried.outcome:
        case None:
            return "has picked up" if tried.answered_at else "is being rung"
        case Outcome.ACCEPTED | Outcome.LAST_RESORT:
            return "took the call" if tried.joined_at else "took the call, and never got into it"
        case Outcome.DECLINED:
            return "declined"
        case Outcome.HUNG_UP:
            return "picked up and hung up again"
        case Outcome.NO_INPUT:
            return "picked up and pressed nothing"
        case Outcome.MACHINE:
            return "could only be reached at a mailbox"
        case Outcome.SCREENED:
            return "did not pick up: their phone asked who is calling"
        case Outcome.PHONE_MENU:
            return "could only be reached at a phone menu"
        case Outcome.BLOCKED:
            return "could not be called: the call was blocked"
        case Outcome.NO_ANSWER:
            return "did not answer"
        case Outcome.BUSY:
            return "was on another call"
        case Outcome.FAILED:
            return "could not be called"
        case Outcome.UNREACHABLE:
            return "cannot be reached at this number"
        case Outcome.CANCELLED:
            return "was not rung any longer"
        case Outcome.TAKEN:
            return "was not needed any more: somebody else was quicker"
        case Outcome.CALLER_LEFT:
            return "was not needed any more: the caller had left"
        case Outcome.TIMED_OUT:
            return "never came to a decision"
        case Outcome.ERROR:
            return "may or may not have been rung: nobody could tell"
        case _:
            assert_never(tried.outcome)


def evidence(tried: Attempt) -> list[str]:
    """By what it is known how the attempt ended."""
    told = []
    if tried.outcome is Outcome.ACCEPTED and tried.by_card:
        told.append("accepted on their card, and a person was heard on their phone")
    elif tried.outcome is Outcome.ACCEPTED:
        told.append("key 1" if tried.style == "screen" else "the briefing was heard, and by no machine")
    if tried.outcome is Outcome.DECLINED:
        unheard = "the call was refused, on their phone or their card"
        pressed = f"key {tried.key}" if tried.key else "another key than 1"
        told.append(pressed if tried.answered_at else unheard)
    if tried.outcome is Outcome.HUNG_UP:
        told.append("the call to them ended before they had pressed a key")
    if tried.status:
        told.append(f"the carrier’s last word: {tried.status}")
    if tried.answered_by:
        told.append(f"the detection heard: {tried.answered_by}")
    if tried.sip:
        told.append(f"SIP answer {tried.sip}")
    if tried.digits:
        told.append(f"tones sent after the answer: {tried.digits}")
    if tried.left_first:
        early = ", within ten seconds" if dropped_early(tried) else ""
        told.append(f"{LEFT[tried.left_first]}{early}")
    return [*told, *(f"looked for: {_places(each)}" for each in tried.proofs)]


def _places(proof: Proof) -> str:
    """Where the two who talk were found."""
    return f"{_place('the caller was', proof.caller)}, {_place('they were', proof.human)}"


def _place(them: str, place: Place) -> str:
    match place:
        case Place.IN:
            return f"{them} there"
        case Place.MUTED:
            return f"{them} muted"
        case Place.HELD:
            return f"{them} on hold"
        case Place.OUT:
            return f"{them} not in the room"
        case Place.UP:
            return f"{them} on the line"
        case Place.UNKNOWN:
            return f"{them} not looked for"
        case _:
            assert_never(place)


def ended(call: Call) -> str:
    """How the call ended, "" while the caller is there."""
    end = of_call(call)
    return CALL_ENDS[end] if end else ""


def asked_by(source: str) -> str:
    """Who asked for a person."""
    if source.startswith(HERE):
        return f"{source.removeprefix(HERE)} asked, from here"
    return ASKED_BY.get(source, source)


def by(name: str) -> str:
    """The source of what somebody of this name asks for here."""
    return f"{HERE}{name}"


def asker(source: str) -> str:
    """Who has asked for something, at the beginning of a sentence."""
    if source.startswith(HERE):
        return source.removeprefix(HERE) or "Somebody"
    return {"api": "One of your systems", "python": "Your app"}.get(source, "Somebody")


def attempts(call: Call) -> list[Attempt]:
    """Those of the handoff that is served, or was last."""
    return [each for each in call.attempts if each.handoff == call.handoff.number]


def history(call: Call) -> list[str]:
    """What came of the attempts of this handoff that are over."""
    return [f"{called(each.name)} {became(each)}" for each in attempts(call) if each.ended]
