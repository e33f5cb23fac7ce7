"""Runs the TwiML of one leg: document after document, verb after verb."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from warmtransfer.simulator.network.calls import Call
from warmtransfer.simulator.sound.audio import beep
from warmtransfer.simulator.twiml.connect import connect, start, stop
from warmtransfer.simulator.twiml.dial import dial
from warmtransfer.simulator.twiml.documents import (
    APOLOGY,
    Goto,
    Listener,
    fetch,
    instead,
    perform_audio,
    say,
    target,
)
from warmtransfer.simulator.twiml.gather import gather
from warmtransfer.simulator.twiml.grammar import Document, TwimlError, Verb
from warmtransfer.simulator.twiml.queueing import enqueue
from warmtransfer.simulator.twiml.record import record
from warmtransfer.simulator.twiml.steps import End, Exchange, Left, Script, Step

#: Verbs before which an incoming call is not yet answered.
UNANSWERED = frozenset({"Reject", "Pause", "Redirect"})
#: A leg that is only redirected is stopped here, as a guard against documents that send each other round.
MAX_HOPS = 200


async def run(
    call: Call,
    exchange: Exchange,
    first: Goto | Document,
    *,
    hangs_up: bool = True,
    fallback: Goto | None = None,
) -> None:
    """Runs a leg's TwiML to its end, then hangs up (unless the leg goes on to be bridged).

    A document that cannot be had or run is an apology in words, a hang-up, and a note with Twilio's code.
    """
    script = Script(call, exchange, perform)
    try:
        await _documents(script, first, fallback)
    except TwimlError as exc:
        services = call.services
        services.trace.note("error", code=exc.code, text=str(exc), leg=call.label, call_sid=call.sid)
        call.pick_up()
        call.connect(call.player)
        await say(services, call.player, Listener(call.label, call.sid), Verb("Say", text=APOLOGY))
        call.finish("completed")
    if (hangs_up or script.hung_up) and not call.over:
        call.finish("completed")


async def _documents(script: Script, first: Goto | Document, fallback: Goto | None) -> None:
    call, services = script.call, script.services
    following: Goto | Document | None = first
    hops = 0
    while following is not None and not call.over:
        done = 0
        if isinstance(following, Goto):
            began = services.clock.now()
            following, done = await _next(script, following, fallback)
            hops = 0 if services.clock.now() - began > 1 else hops + 1
            if hops > MAX_HOPS:
                raise TwimlError(11215, "too many documents that only redirect")
        script.document = following
        try:
            step = await _verbs(script, following, done)
        except TwimlError as exc:
            if fallback is None:
                raise
            services.trace.note("error", code=exc.code, text=str(exc), leg=call.label, call_sid=call.sid)
            following, fallback = await instead(services, fallback, exc, following.url, call.params()), None
            continue
        following = step if isinstance(step, Goto) else None
        script.hung_up = isinstance(step, End)


async def _next(script: Script, goto: Goto, fallback: Goto | None) -> tuple[Document, int]:
    """The document behind a URL, and how many of its verbs are done: the one before it goes on, perhaps.

    For a call's first document the fallback URL is documented; for later ones there is a law.
    """
    services, form = script.services, script.call.params()
    try:
        return await fetch(services, goto, form), 0
    except TwimlError as exc:
        answer = _answer(script) if script.done else "fallback"
        if answer == "fallback" and fallback:
            services.trace.note("error", code=exc.code, text=str(exc), url=goto.url)
            return await instead(services, fallback, exc, goto.url, [*form, *goto.form]), 0
        left = script.document.verbs[script.done - 1 :] if script.done else ()
        if answer != "next_verb" or len(left) < 2 or left[0].name == "Redirect":
            raise
        services.trace.note("error", code=exc.code, text=str(exc), url=goto.url, leg=script.call.label)
        return script.document, script.done


def _answer(script: Script) -> str:
    law = "failed_document"
    answer = script.services.laws[law]
    script.services.trace.note("law", law=law, answer=answer, leg=script.call.label)
    return answer


async def _verbs(script: Script, document: Document, done: int) -> Step:
    call = script.call
    if not document.verbs:
        call.pick_up()
    for number, verb in enumerate(document.verbs[done:], done + 1):
        if verb.name not in UNANSWERED:
            call.pick_up()
        call.services.trace.note("verb", verb=verb.name, leg=call.label, call_sid=call.sid)
        script.done = number
        step = await perform(script, verb)
        if call.over:
            return End()
        if step is not None:
            return step
    return None


async def perform(script: Script, verb: Verb) -> Step:
    """Runs one verb; None goes on with the next."""
    return await VERBS[verb.name](script, verb)


async def _audio(script: Script, verb: Verb) -> Step:
    call = script.call
    if verb.name == "Pause" and call.line is None:
        await call.services.clock.sleep(verb.number("length", 1))
        return None
    call.connect(call.player)
    await perform_audio(call.services, call.player, script.listener, verb, script.document.url)
    return None


async def _redirect(script: Script, verb: Verb) -> Step:
    return target(script.document, Verb("Redirect", {**verb.attrs, "action": verb.text}))


async def _hangup(script: Script, verb: Verb) -> Step:
    return End()


async def _leave(script: Script, verb: Verb) -> Step:
    if script.queued:
        return Left()
    text = "<Leave> outside of a queue does nothing"
    script.services.trace.note("warning", text=text, leg=script.call.label)
    return None


async def _reject(script: Script, verb: Verb) -> Step:
    call = script.call
    if not call.answered.is_set():
        busy = verb.attrs.get("reason", "rejected") == "busy"
        call.finish("busy" if busy else "failed", sip=486 if busy else 603)
    return End()


async def _record(script: Script, verb: Verb) -> Step:
    script.call.connect(script.call.player)
    if verb.flag("playBeep", True):
        await script.call.player.play(beep())
    return await record(script, verb)


VERBS: dict[str, Callable[[Script, Verb], Awaitable[Step]]] = {
    "Say": _audio,
    "Play": _audio,
    "Pause": _audio,
    "Gather": gather,
    "Dial": dial,
    "Connect": connect,
    "Start": start,
    "Stop": stop,
    "Redirect": _redirect,
    "Hangup": _hangup,
    "Reject": _reject,
    "Record": _record,
    "Enqueue": enqueue,
    "Leave": _leave,
}
