"""What can be done about a live call from its page: each with what the caller notices, or why not now."""

from __future__ import annotations

from dataclasses import dataclass, replace

from warmtransfer.console import wording
from warmtransfer.console.room import who
from warmtransfer.core import events as ev
from warmtransfer.core.call import FREE, Call, Stage
from warmtransfer.core.names import called, fold
from warmtransfer.core.rounds import next_round, skipped
from warmtransfer.core.rules import Rules
from warmtransfer.core.supervising import Role
from warmtransfer.web import wishes
from warmtransfer.web.parts import parts

#: What stands on the buttons.
LABELS = {
    "stop-ringing": "Stop ringing",
    "next-person": "Next person",
    "take-next": "Take this caller next",
    "leave-line": "Out of the line",
    "tell-ai": "Tell the AI",
    "listen": "Listen",
    "stop-listening": "Stop listening",
    "bring-ai-back": "Bring the AI back",
    "end-ai": "End the AI’s line",
    "hang-up": "End call",
}
#: What cannot be undone is asked once more, in place.
SURE = {
    "take-next": "Yes, before all who wait",
    "leave-line": "Yes, back to the AI",
    "bring-ai-back": "Yes, bring the AI back",
    "end-ai": "Yes, end the AI’s line",
    "hang-up": "Yes, end the call",
}
#: What one does on a telephone that is let in.
ROLES = {Role.LISTEN: "Listen", Role.WHISPER: "Whisper", Role.JOIN: "Join"}
HEARD = (
    "The telephone rings; press 1 there. Listen: the caller hears nothing of you. Whisper: only the person "
    "who is with them hears you. Join: all hear you. Nobody notices that you leave."
)
#: What is said when it is done.
DONE = {
    "stop-ringing": "Nobody is rung any more.",
    "next-person": "The next person is rung as soon as this line has ended.",
    "take-next": "The caller is taken next.",
    "leave-line": "The caller is in the line no longer.",
    "tell-ai": "The AI has it.",
    "listen": "The telephone rings; press 1 there.",
    "stop-listening": "Nobody listens any more.",
    "bring-ai-back": "The AI is on its way.",
    "end-ai": "The AI’s line is ended.",
    "hang-up": "The call is ended.",
}


@dataclass(frozen=True, slots=True)
class Phone:
    """The telephone of somebody on our list."""

    value: str
    name: str
    mine: bool  #: it bears the name of who looks


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that can be done. `why_not` is empty when it can be, now."""

    name: str
    label: str
    hears: str  #: what the caller notices of it
    why_not: str
    sure: str  #: what is pressed to confirm it, "" for what needs no confirmation
    attempt: int  #: whom the page shows: it is done about nobody else
    phones: tuple[Phone, ...] = ()  #: on which one may listen
    roles: tuple[tuple[str, str, str], ...] = ()  #: what one may do there: value, label, and why not


def acts(call: Call) -> list[Act]:
    """Everything there is, in the order of the page."""
    rules, call = parts().people.as_seen(), replace(call, at=parts().clock.now())
    newest = call.attempts[-1].n if call.attempts else 0
    return [_act(name, call, rules, newest) for name in LABELS]


def _listen(call: Call, rules: Rules) -> Act:
    """On whose telephone, and what to do there."""
    there = call.supervisor if call.supervisor and not call.supervisor.ended else None
    names = [there.name] if there else [each.name for each in rules.humans]

    def refused(name: str, role: Role) -> str:
        return wishes.refused(call, ev.SuperviseAsked(wording.HERE, name, role))

    able = {role: [name for name in names if not refused(name, role)] for role in Role}
    phones = tuple(
        Phone(name, called(name), fold(called(name)) == fold(who()))
        for name in names
        if any(name in some for some in able.values())
    )
    first = names[0] if names else ""
    why = {role: "" if able[role] else refused(first, role) for role in Role}
    roles = tuple((role.value, ROLES[role], why[role]) for role in Role)
    why_not = "" if phones else why[Role.LISTEN] or "There is nobody on our list."
    hears = "" if why_not else HEARD
    return Act("listen", LABELS["listen"], hears, why_not, "", 0, phones, roles)


def _take_next(call: Call, rules: Rules) -> Act:
    """By whom; whoever is not there cannot be chosen."""
    names = [each.name for each in rules.humans]
    wished = {name: wishes.refused(call, ev.TakeNextAsked(wording.HERE, name)) for name in ("", *names)}
    phones = tuple(
        Phone(name, called(name) if name else "whoever is free first", False)
        for name, refused in wished.items()
        if not refused
    )
    why_not = "" if phones else wished[""]
    hears = "" if why_not else _hears("take-next", call, rules)
    return Act("take-next", LABELS["take-next"], hears, why_not, SURE["take-next"], 0, phones)


def _act(name: str, call: Call, rules: Rules, newest: int) -> Act:
    if name == "listen":
        return _listen(call, rules)
    if name == "take-next":
        return _take_next(call, rules)
    attempt = newest if "attempt" in wishes.taken(name) else 0
    why_not = _why_not(name, call)
    hears = "" if why_not else _hears(name, call, rules)
    return Act(name, LABELS[name], hears, why_not, SURE.get(name, ""), attempt)


def _why_not(name: str, call: Call) -> str:
    """Of whoever is rung, or has the caller, now."""
    some = dict.fromkeys(wishes.needed(name), "something")
    return wishes.refused(call, wishes.made(name, wording.HERE, some))


def told(call: Call, done: str, late: str) -> tuple[str, str]:
    """What is said of what was asked for last: that it is done, or why not."""
    if late == "handoff":
        return "", f"Not done. {_late_handoff(call)}"
    if late in LABELS:
        return "", f"Not done. {_why_not(late, call) or 'The call had moved on; look at it again.'}"
    if done == "next-person" and call.stage is Stage.CANCELLING:
        rules, call = parts().people.as_seen(), replace(call, at=parts().clock.now())
        return DONE[done] if next_round(call, rules) else _nobody(call, rules), ""
    return DONE.get(done, ""), ""


def _nobody(call: Call, rules: Rules) -> str:
    """That nobody is left to ring, and why not those who have not been tried."""
    by_name = {choice.name: why for choice, why in parts().people.now().unable}
    why = [by_name[each.name] for each in skipped(call, rules) if each.name in by_name]
    return " ".join(["Nobody else can be rung now.", *why])


def _late_handoff(call: Call) -> str:
    """Why somebody else is not rung, or nobody is told more."""
    why = wishes.nobody_to_ring(call)
    if why or call.stage in FREE:
        return why or "Nobody is being rung any more: you can ask for somebody anew."
    return f"The call had moved on: {wording.sentence(call, parts().clock.now())}."


def _hears(name: str, call: Call, rules: Rules) -> str:
    """What the caller notices, and whoever else is on the line."""
    someone = wording.name(call)
    match name:
        case "stop-ringing" if call.ai.down:
            return "The caller hears: an apology, and is asked to leave a message, for the AI cannot be had."
        case "stop-ringing":
            return "The caller hears: the AI says that nobody is being called any more, and goes on."
        case "next-person":
            names = " and ".join(called(each.name) for each in next_round(call, rules))
            first = f"The caller hears: the AI says that {someone} could not be had"
            then = f", and that {names} is called now." if names else f". {_nobody(call, rules)}"
            return first + then
        case "take-next":
            return (
                "Whoever is free is rung at once, whoever is on a call as soon as that is over. The caller "
                "hears: the AI says who is called, or that they are next. Others who wait move back by one."
            )
        case "leave-line" if call.ai.down:
            return "The caller hears: an apology, and is asked to leave a message, for the AI cannot be had."
        case "leave-line":
            return "The caller hears: the AI says that nobody is called any more, and goes on."
        case "tell-ai":
            return "It knows: the caller notices nothing. It says it: as soon as its sentence is over."
        case "stop-listening":
            return "The caller notices nothing."
        case "bring-ai-back":
            return (
                "The caller hears: “one moment”, a ring tone for some two seconds, then the AI, which says "
                f"that {someone} has left. {someone} hears that the call has been taken care of, and goes."
            )
        case "end-ai":
            return f"The caller hears: {someone} alone; the AI stops in the middle of its sentence."
        case _:
            return "The caller hears: nothing any more, the line is cut. So are all others."
