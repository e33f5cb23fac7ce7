"""Why somebody cannot be reached, in words: English for the model, our own sentences for a caller."""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from warmtransfer.core.call import Skipped
from warmtransfer.core.hours import Hours
from warmtransfer.core.names import called
from warmtransfer.core.policy import department, departments, plan, unreachable
from warmtransfer.core.reach import Reason, Why, open_at, soonest
from warmtransfer.core.rules import Rules
from warmtransfer.core.words import ENGLISH, Words

#: Names that one sentence of reasons holds; more are not listened to.
MOST = 6
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
)  # fmt: skip


def reason(name: str, why: Reason, when: float, team: bool = False) -> str:
    """One sentence about a human, or a department (`team`), for the model."""
    who = called(name)
    if team and why.why not in (Why.CLOSED, Why.EMPTY):
        return f"Nobody of {who} is free now."
    match why.why:
        case Why.CLOSED if why.hours is not None:
            return f"{who} {_closed(why.hours, why.until, when, team)}."
        case Why.CLOSED:
            return f"{who} is closed."
        case Why.AWAY:
            return f"{who} is away."
        case Why.BUSY:
            return f"{who} is on another call."
        case Why.RUNG:
            return f"{who} was called a moment ago and could not be had."
        case Why.AWAITED:
            return f"{who} takes a caller next who has waited longer."
        case Why.EMPTY:
            return f"Nobody of {who} is there now."
        case Why.CALLER:
            return f"{who} is whom the call comes from."
        case _:
            assert_never(why.why)


def reasons(rules: Rules, target: str, when: float) -> str:
    """Why those whom `target` means cannot be rung at `when`; "" when they can."""
    teams = set(departments(rules))
    found = unreachable(rules, target, when)
    told = [reason(name, why, when, name in teams) for name, why in found[:MOST]]
    if len(found) > MOST:
        told.append("Nor can the others be reached.")
    return " ".join(told)


def passed_over(skipped: Iterable[Skipped], when: float) -> str:
    """Why those are not rung who could be as far as the configuration goes; "" when nobody is passed over."""
    told = [_passed(each, when) for each in skipped if each.why != Why.CLOSED and each.since]
    return " ".join(told[:MOST])


def _passed(each: Skipped, when: float) -> str:
    sentence = reason(each.name, Reason(Why(each.why)), when)
    minutes = int((when - each.since) / 60.0) if each.why == Why.BUSY and each.since else 0
    return f"{sentence[:-1]}, for {minutes} minute{'s'[: minutes > 1]} now." if minutes else sentence


def opens(rules: Rules, target: str, when: float, ours: Words) -> str:
    """Our own sentence to a caller for whom nobody is there: when somebody is again; "" for nobody knows."""
    found = unreachable(rules, target, when)
    able = any(open_at(human, when) is None for human in plan(rules, target))
    if able and not department(rules, target):
        return ""
    first = soonest(why for _, why in found)
    if first is None or first.hours is None or first.until == 0.0:
        return ""
    there, now = first.hours.local(first.until), first.hours.local(when)
    time = clock(there.hour, there.minute, ours)
    days = (there.date() - now.date()).days
    if days == 0:
        return ours.closed_today.format(time=time)
    if days == 1:
        return ours.closed_tomorrow.format(time=time)
    if days > 6:
        return ""
    return ours.closed_until.format(time=time, day=ours.days.split()[there.weekday()])


def clock(hour: int, minute: int, ours: Words) -> str:
    """The time as it is said in this language."""
    if ours.clock == "24":
        return f"{hour}:{minute:02}"
    half, hour = "AM" if hour < 12 else "PM", (hour - 1) % 12 + 1
    return f"{hour}:{minute:02} {half}" if minute else f"{hour} {half}"


def _closed(hours: Hours, until: float, when: float, team: bool) -> str:
    free = hours.holiday(when)
    today = f"is closed today for {free.name} and " if free and free.name else ""
    if until == 0.0:
        return "is closed"
    return f"{today}{'opens' if team else 'is there again'} {moment(hours, until, when)}"


def moment(hours: Hours, at: float, when: float) -> str:
    """A time to come, as it is said at `when`: with the day unless that is today, and the place."""
    there, now = hours.local(at), hours.local(when)
    days = (there.date() - now.date()).days
    if days == 0:
        day = ""
    elif days == 1:
        day = "tomorrow "
    elif days < 7:
        day = f"on {ENGLISH.days.split()[there.weekday()]} "
    else:
        day = f"on {there.day} {MONTHS[there.month - 1]} "
    place = hours.place()
    return f"{day}at {there.hour}:{there.minute:02} {place if place == 'UTC' else place + ' time'}"
