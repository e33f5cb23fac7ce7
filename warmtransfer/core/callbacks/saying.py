"""What is said of a callback: to the human before they take it, to the caller, and to whoever looks at it."""

from __future__ import annotations

from warmtransfer.core.briefing import SUMMARY_LIMIT, tidy
from warmtransfer.core.callbacks.callback import Callback, Settled, Stage
from warmtransfer.core.hours import local
from warmtransfer.core.names import called
from warmtransfer.core.saying import MONTHS, clock
from warmtransfer.core.words import ENGLISH, Words

#: Letters of a name that are said.
NAME = 60


def matter(callback: Callback, zone: str, ours: Words = ENGLISH) -> str:
    """Whom to ring back, what about, and when they called."""
    name = tidy(callback.name, NAME)
    first = ours.back_matter.format(name=called(name)) if name else ours.back_someone
    about = tidy(callback.about, SUMMARY_LIMIT - len(first) - NAME)
    about = f"{about}." if about[-1:].isalnum() else about
    return " ".join(filter(None, (first, about, _called(callback, zone, ours))))


def hello(name: str, company: str, ours: Words = ENGLISH) -> str:
    """What a caller hears first who is rung back: who rings, and why."""
    return " ".join(filter(None, (_company(company, ours), ours.back_hello.format(name=called(name)))))


def mailbox(company: str, ours: Words = ENGLISH) -> str:
    """What is left on the mailbox of a caller who is rung back."""
    return " ".join(filter(None, (_company(company, ours), ours.back_mailbox)))


def spoken(at: float, now: float, zone: str) -> str:
    """A time to come, as a model passes it on."""
    there, today = local(at, zone), local(now, zone)
    days = (there.date() - today.date()).days
    day = {0: "today", 1: "tomorrow"}.get(days) or f"on {there:%A}, {there.day} {MONTHS[there.month - 1]}"
    return f"{day} at {there.hour}:{there.minute:02}"


#: Why one was cancelled, by what it says.
WHY = {
    Settled.REACHED: "they have spoken with a person since",
    Settled.AGAIN: "promised anew since",
    "cli": "by a command",
    "api": "by the API",
    "console": "by the console",
}


def how(callback: Callback) -> str:
    """How it stands, or how it ended, in a word or two for whoever looks."""
    if callback.stage is Stage.WAITING and callback.tries:
        return f"waiting, {callback.tries} tried: {callback.why}"
    if callback.stage is Stage.GIVEN_UP:
        return f"given up: {callback.why}"
    if callback.stage is Stage.CANCELLED and callback.why in WHY:
        return f"cancelled: {WHY[callback.why]}"
    return callback.stage.value


def _company(company: str, ours: Words) -> str:
    return ours.back_from.format(company=company) if company else ""


def _called(callback: Callback, zone: str, ours: Words) -> str:
    if not callback.called_at:
        return ""
    there = local(callback.called_at, zone)
    day, time = ours.days.split()[there.weekday()], clock(there.hour, there.minute, ours)
    return ours.back_called.format(day=day, time=time)
