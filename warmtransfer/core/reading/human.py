"""What facts about a human and their leg mean for the call."""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

import warmtransfer.core.reading.screening as screening
from warmtransfer.core import briefing
from warmtransfer.core import conclusions as so
from warmtransfer.core import events as ev
from warmtransfer.core.attempts import CALLER, HUMAN, ROOM, close, out, outcome_of, part, settle
from warmtransfer.core.call import FREE, SEEKING, Attempt, Call, Handoff, Stage, Style
from warmtransfer.core.conclusions import Reading
from warmtransfer.core.counts import COUNTS
from warmtransfer.core.endings import asked_anew
from warmtransfer.core.legs import Ended, Heard
from warmtransfer.core.outcomes import Outcome
from warmtransfer.core.rules import Rules
from warmtransfer.core.screening import Screen

#: What is answered by somebody's hand and by no mailbox: the carrier's own software on their machine.
ONE_PERSON = "client:"


def asked(call: Call, event: ev.HandoffAsked, rules: Rules) -> Reading:
    """A second ask while one is served only adds its summary; what the call has moved on from is stale."""
    if moved_on(call, event):
        return call, None
    if call.stage not in FREE:
        better = event.summary or call.handoff.summary
        return replace(call, handoff=replace(call.handoff, summary=better)), None
    call = asked_anew(call, handoff(call, event))
    call, fact = settle(call, rules)
    return call, event if isinstance(fact, so.HumanLost) else fact


def moved_on(call: Call, event: ev.HandoffAsked) -> bool:
    """Whether the call is not any more what somebody saw who asked for this."""
    sought = call.stage in SEEKING and event.adds_to == call.handoff.number
    return (event.begins and call.stage not in FREE) or (event.adds_to > 0 and not sought)


def handoff(call: Call, event: ev.HandoffAsked) -> Handoff:
    """The next handoff of this call, as it was asked for."""
    return replace(
        call.handoff,
        number=call.handoff.number + 1,
        source=event.source,
        target=event.target,
        reason=event.reason,
        summary=event.summary,
        stopped=False,
        end=None,
        ended_at=0.0,
    )


def dialled(call: Call, event: ev.HumanDialled | ev.HumanRang, rules: Rules) -> Reading:
    """A leg that turns up for an attempt that is over or given up, or after the end, is a stray.

    After the end, a leg we know of is told of it already, and old news of it must not cut that short.
    """
    attempt = call.attempt_number(event.n)
    if any(each.call_sid == event.call_sid and each.n != event.n for each in call.attempts):
        return call, None  # a look for an unsure dial took another attempt's leg for this one's
    if attempt is None or attempt.ended:
        return replace(call, stray=event.call_sid), so.StrayLeg()
    if call.stage is Stage.OVER and attempt.call_sid == event.call_sid:
        return call, None
    beaten = attempt.outcome is Outcome.TAKEN
    if beaten and attempt.call_sid == event.call_sid:
        return call, None  # is told so already
    # Who had to wait for a turn was not called before it.
    at = call.at if attempt.turn_at and not attempt.call_sid else attempt.dialled_at
    call = call.with_attempt(replace(attempt, call_sid=event.call_sid, dialled_at=at))
    given_up = beaten or (attempt.outcome is not None and call.stage in FREE)
    if given_up or call.stage is Stage.OVER:
        return replace(call, stray=event.call_sid), so.StrayLeg()
    return call, ev.HumanDialled(event.n, event.call_sid)


def answered(call: Call, event: ev.HumanAnswered, rules: Rules) -> Reading:
    """Told by the leg's own webhook and by its status callback, perhaps after the machine detection spoke."""
    known = call.attempt_number(event.n)
    if known and known.outcome is Outcome.TAKEN and not known.ended:
        # The answer to this very question says who has taken the call.
        at = known.answered_at or call.at
        return call.with_attempt(replace(known, call_sid=event.call_sid, answered_at=at)), None
    call, fact = dialled(call, ev.HumanDialled(event.n, event.call_sid), rules)
    attempt = _current(call, event.n)
    if not isinstance(fact, ev.HumanDialled) or attempt is None:
        return call, fact
    call = call.with_attempt(replace(attempt, answered_at=attempt.answered_at or call.at))
    return _picked_up(call, attempt, event)


def _picked_up(call: Call, before: Attempt, event: ev.HumanAnswered) -> Reading:
    """The first of a round opens the gate, the others find it open; whoever is out changes nothing."""
    if before.outcome is not None:
        return call, None
    another = call.stage is Stage.BRIEFING and not before.answered_at
    return call, so.AnotherAnswered(event.n) if another else event


def accepted(call: Call, event: ev.HumanAccepted, rules: Rules) -> Reading:
    """A key counts once, while the gate is open."""
    attempt = undecided(call, event.n)
    if attempt is None:
        return call, None
    if call.stage is Stage.REDIRECTED:
        # Bridged to the human at once; what the caller's old room still says does not count.
        call = replace(call, room_sid="")
        attempt = replace(attempt, joined_at=call.at)
    taken = replace(attempt, outcome=Outcome.ACCEPTED, accepted_at=call.at, key=event.pressed)
    call = call.with_attempt(taken)
    return _beaten(call), event


def _beaten(call: Call) -> Call:
    """Those who were rung beside the one who has accepted are not needed any more."""
    for each in call.trying:
        call = call.with_attempt(replace(each, outcome=Outcome.TAKEN))
    return call


def declined(call: Call, event: ev.HumanDeclined, rules: Rules) -> Reading:
    """Whatever is not key 1 at an open gate."""
    attempt = undecided(call, event.n)
    if attempt is None:
        return call, None
    return out(call.with_attempt(replace(attempt, outcome=event.outcome, key=event.pressed)), event)


def machine(call: Call, event: ev.MachineHeard, rules: Rules) -> Reading:
    """A key outranks the detection."""
    attempt = undecided(call, event.n)
    if attempt is None:
        return call, None
    # What is detected has answered, although the news of that may be late, or lost.
    before, answered_at = attempt, attempt.answered_at or call.at
    attempt = replace(attempt, answered_by=event.answered_by, answered_at=answered_at)
    if screening.may_screen(attempt, event.answered_by) and call.stage in (Stage.RINGING, Stage.BRIEFING):
        return screening.listens(call, attempt)
    if attempt.screen is not Screen.NONE:
        return call.with_attempt(attempt), None  # told twice: it is listened to
    if _no_human(event.answered_by, attempt.style):
        call = call.with_attempt(replace(attempt, outcome=Outcome.MACHINE))
        return out(call, so.MachineAnswered(event.n))
    call = call.with_attempt(attempt)
    news = call.stage is Stage.RINGING or (call.stage is Stage.BRIEFING and not before.answered_at)
    if attempt.style is Style.ANNOUNCE and news:
        return _picked_up(call, before, ev.HumanAnswered(event.n, attempt.call_sid))
    return unasked(call, attempt, rules)


def _no_human(heard: Heard, style: Style) -> bool:
    """Whether nobody would hear a briefing: in doubt the gate tells, and without one nobody is let in."""
    match style:
        case Style.SCREEN | Style.REDIRECT:
            return heard is Heard.MACHINE
        case Style.ANNOUNCE:
            return heard is not Heard.HUMAN
        case _:
            assert_never(style)


def briefed(call: Call, event: ev.BriefingHeard, rules: Rules) -> Reading:
    """Style announce: one of the two things that let a human in."""
    attempt = undecided(call, event.n)
    if attempt is None:
        return call, None
    attempt = replace(attempt, briefed=True)
    return unasked(call.with_attempt(attempt), attempt, rules)


def unasked(call: Call, attempt: Attempt, rules: Rules) -> Reading:
    """No key is needed of who has accepted on their card, or was briefed in the style announce; but a person
    has to be heard on their leg: a mailbox that picks up must not come to the caller."""
    ready = attempt.card_taken or (attempt.style is Style.ANNOUNCE and attempt.briefed)
    in_hand = attempt.answered_at > 0 and attempt.number.startswith(ONE_PERSON)
    sure = attempt.answered_by == Heard.HUMAN or in_hand
    if not ready or not sure or call.stage not in COUNTS[ev.HumanAccepted]:
        return call, None
    call = call.with_attempt(replace(attempt, by_card=attempt.card_taken))
    return accepted(call, ev.HumanAccepted(attempt.n), rules)


def joined(call: Call, event: ev.HumanJoined, rules: Rules) -> Reading:
    """A join counts in the current room."""
    attempt = _current(call, event.n)
    if attempt is None or attempt != call.attempt or event.room_sid != call.room_sid:
        return call, None
    sid = attempt.call_sid or event.call_sid
    return call.with_attempt(replace(attempt, joined_at=call.at, call_sid=sid)), event


def left(call: Call, event: ev.HumanLeft, rules: Rules) -> Reading:
    """In an announced leg, leaving the room is the end of the leg."""
    attempt = _current(call, event.n)
    if attempt is None or event.room_sid != call.room_sid:
        return call, None
    if call.stage is Stage.HUMAN and attempt == call.attempt:
        call = part(call, CALLER if event.with_caller else HUMAN)
        return gone(call, call.attempts[event.n - 1], over=False)
    if attempt.style is Style.ANNOUNCE:
        return ended(call, ev.HumanEnded(event.n, event.how), rules)
    return call, None


def ended(call: Call, event: ev.HumanEnded, rules: Rules) -> Reading:
    """The terminal status of a leg: the one fact after which the next human may be dialled."""
    attempt = call.attempt_number(event.n)
    if attempt is None or attempt.ended:
        return call, None
    if attempt.call_sid and event.call_sid not in ("", attempt.call_sid):
        return call, None
    listened = _listened(call, attempt, event.status)
    attempt = _as_its_end_tells(attempt, event, call.at)
    call = call.with_attempt(attempt)
    if call.stage is Stage.REDIRECTED and attempt.outcome is None:
        # Why it ended is told by the caller's own leg, which may be what ended it.
        sip = event.sip or attempt.sip
        return call.with_attempt(replace(attempt, ended=True, ended_at=call.at, sip=sip)), None
    if attempt.style is Style.ANNOUNCE and listened:
        over = replace(attempt, ended=True, ended_at=call.at)
        return out(call.with_attempt(over), so.HumanHungUp())
    if call.stage is Stage.HUMAN and attempt.style is not Style.REDIRECT and attempt == call.attempt:
        return gone(call, attempt, over=True)
    call = close(call, event.n, outcome_of(event.status, event.sip, attempt), event.sip)
    if call.stage not in SEEKING or all(each.n != event.n for each in call.together):
        return call, None
    return _after_one(call, rules)


def _after_one(call: Call, rules: Rules) -> Reading:
    """What the end of one leg of the round comes to while a human is sought."""
    if call.trying:
        return out(call, so.OneOut())
    if any(each.outcome is Outcome.ACCEPTED for each in call.open):
        return call, None
    if call.open:
        return call, None if call.stage is Stage.CANCELLING else so.LegStillUp()
    if any(each.outcome is None for each in call.together):
        return call, so.HumanHungUp()
    return following(call, rules)


def _listened(call: Call, attempt: Attempt, how: Ended) -> bool:
    """Whether this announced human was in the room, and nothing is known that may have ended their leg."""
    there = attempt.answered_at > 0 or how is Ended.COMPLETED
    return there and call.stage in SEEKING and attempt.outcome in (None, Outcome.ACCEPTED)


def _as_its_end_tells(attempt: Attempt, event: ev.HumanEnded, at: float) -> Attempt:
    """The attempt, and what its leg's end says besides: news of the answer, or of a machine, may be lost."""
    attempt = replace(attempt, status=str(event.status))
    if event.status is Ended.COMPLETED:
        attempt = replace(attempt, answered_at=attempt.answered_at or at)
    if event.answered_by is None or attempt.answered_by or attempt.outcome is not None:
        return attempt
    attempt = replace(attempt, answered_by=event.answered_by)
    machine = _no_human(event.answered_by, attempt.style)
    return replace(attempt, outcome=Outcome.MACHINE) if machine else attempt


def following(call: Call, rules: Rules, others: bool = True) -> Reading:
    """What comes after an attempt that did not lead to a human, and what the AI is told of it."""
    call, fact = settle(call, rules, others)
    if isinstance(fact, so.HumanLost):
        call = replace(call, news=briefing.next_try(call))
    return call, fact


def not_taken(call: Call, attempt: Attempt, how: Ended, rules: Rules) -> Reading:
    """The caller's own leg has not got through: on to the next human in the same way, if there is one."""
    if attempt.answered_at:
        how = Ended.COMPLETED  # a carrier may call a leg that ended before the bridge unanswered
    call = close(call, attempt.n, outcome_of(how, attempt.sip, attempt))
    call, fact = settle(call, rules)
    if call.attempt is not None and isinstance(fact, so.RedirectAsked | so.HumanLost):
        return call.with_attempt(replace(call.attempt, style=Style.REDIRECT, moved=True)), so.RedirectAsked()
    return call, fact


def hung_up(call: Call, rules: Rules) -> Reading:
    """The caller is still there: announced humans whose legs have ended have left by themselves."""
    call = stayed(call)
    return (call, None) if call.open or not call.attempts else following(call, rules)


def stayed(call: Call) -> Call:
    """The call whose caller is there: that ended no leg, also none of which nothing more is known."""
    for each in call.together:
        if each.ended and each.outcome is None:
            call = close(call, each.n, Outcome.HUNG_UP)
    return call


def gone(call: Call, attempt: Attempt, over: bool, news: str = "") -> Reading:
    """The human who talked with the caller is there no more, and the caller is; `news`: of why, where it was
    we who have given their line up, and neither has left."""
    first = ROOM if news else HUMAN
    news = news or briefing.human_gone(attempt.name)
    call = part(call.with_attempt(replace(attempt, ended=over, ended_at=call.at)), first)
    if attempt.last:
        return call, so.TalkOver()
    return replace(call, news=news, ai=replace(call.ai, down=False, losses=())), so.HumanGone()


def gone_news(call: Call) -> str:
    """What the AI is told of an attempt that ended with the room: its human may have talked to the caller."""
    if call.stage is Stage.WAITING:
        return briefing.in_line(call)
    attempt = call.attempt
    return briefing.human_gone(attempt.name) if attempt and attempt.joined_at else briefing.exhausted(call)


def leg_present(call: Call, event: ev.LegPresent, rules: Rules) -> Reading:
    """Only the newest round is looked for."""
    return call, event if _current(call, event.n) else None


def _current(call: Call, n: int) -> Attempt | None:
    """Attempt `n` when it is of the newest round and may still have a leg."""
    return next((each for each in call.open if each.n == n), None)


def undecided(call: Call, n: int) -> Attempt | None:
    """Attempt `n` when it is of the newest round, and neither accepted nor given up."""
    return next((each for each in call.trying if each.n == n), None)
