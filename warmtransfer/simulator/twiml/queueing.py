"""<Enqueue> and its wait documents, and <Dial><Queue>."""

from __future__ import annotations

import asyncio
from urllib.parse import urljoin

from warmtransfer.simulator.network.calls import Call
from warmtransfer.simulator.network.queues import LONGEST, Queued
from warmtransfer.simulator.sound.audio import hold_music
from warmtransfer.simulator.twiml.bridge import Fields, bridge
from warmtransfer.simulator.twiml.documents import Goto, fetch, target
from warmtransfer.simulator.twiml.grammar import Document, TwimlError, Verb
from warmtransfer.simulator.twiml.steps import End, Left, Script, Step
from warmtransfer.simulator.twiml.waiting import run

ALLOWED = frozenset({"Say", "Play", "Pause", "Hangup", "Redirect", "Leave", "Gather"})
#: The least time from one request for a wait document to the next: one without a sound would ask on and on.
LAP = 1.0
FAILED: Fields = [("DialCallStatus", "failed"), ("DialBridged", "false")]


async def enqueue(script: Script, verb: Verb) -> Step:
    """Waits in a queue until the call is joined, leaves or is redirected; then the action, or the next verb.

    The action is also requested when the call has hung up or was redirected; what comes back is not run then.
    """
    call = script.call
    call.connect(call.player)
    queued = _entered(script, verb)
    if isinstance(queued, str):
        return _onward(script, verb, [("QueueResult", queued)])
    result = "hangup"
    try:
        result = await _stay(script, verb, queued)
    except asyncio.CancelledError:
        result = _cut(call, queued)
        raise
    finally:
        queued.leave(result)
        if result in ("hangup", "redirected", "redirected-from-bridged") or call.over:
            _tell(script, verb, _fields(queued, result))
    return End() if result == "hangup" else _onward(script, verb, _fields(queued, result))


def _entered(script: Script, verb: Verb) -> Queued | str:
    """The call's place; or why it has none."""
    call, name = script.call, verb.text
    if not name or len(name) > LONGEST:
        code, what = (14205, "long") if name else (14204, "short")
        script.services.trace.note("error", code=code, text=f"queue name too {what}", leg=call.label)
        return "error"
    queue = script.exchange.queue(name, make=True)
    return (queue.enter(call) if queue is not None else None) or "queue-full"


def _fields(queued: Queued, result: str) -> Fields:
    return [("QueueResult", result), ("QueueSid", queued.queue.sid), ("QueueTime", str(queued.seconds))]


def _cut(call: Call, queued: Queued) -> str:
    """Why a stay was cut off."""
    if call.over:
        return "bridged" if queued.ready.is_set() else "hangup"
    return "redirected-from-bridged" if queued.ready.is_set() else "redirected"


def _onward(script: Script, verb: Verb, fields: Fields) -> Step:
    if "action" not in verb.attrs:
        return None
    goto = target(script.document, verb)
    return Goto(goto.url, goto.method, tuple(fields))


def _tell(script: Script, verb: Verb, fields: Fields) -> None:
    if "action" in verb.attrs:
        call, goto = script.call, target(script.document, verb)
        call.services.tasks.spawn(
            call.services.webhooks.send(goto.url, [*call.params(), *fields], goto.method)
        )


async def _stay(script: Script, verb: Verb, queued: Queued) -> str:
    """Waits, with what is to be heard meanwhile, and then while it is joined; returns the result."""
    call, services = script.call, script.services
    waiting = services.tasks.spawn(_wait(script, verb, queued))
    taken = asyncio.ensure_future(queued.taken.wait())
    try:
        await asyncio.wait([waiting, taken], return_when=asyncio.FIRST_COMPLETED)
        if not taken.done():
            return waiting.result()
    finally:
        taken.cancel()
        waiting.cancel()
        call.player.stop()
    call.connect(call.player)
    if queued.whisper_url:
        form = [
            *call.params(), ("QueueSid", queued.queue.sid), ("QueueTime", str(queued.seconds)),
            ("DequeingCallSid", queued.taken_by),
        ]  # fmt: skip
        whisper = Goto(queued.whisper_url, queued.whisper_method)
        await run(services, call.player, script.listener, whisper, form)
    queued.ready.set()
    await queued.over.wait()
    return "bridged"


async def _wait(script: Script, verb: Verb, queued: Queued) -> str:
    """Runs the wait document again and again; returns `leave` or `hangup` when it says so, or `error`."""
    call, services, url = script.call, script.services, verb.attrs.get("waitUrl")
    if url is None:
        await call.player.play(hold_music(), loops=0)
    if not (url or "").strip():
        await queued.gone.wait()
    inner = Script(call, script.exchange, script.perform, queued=True)
    first = Goto(urljoin(script.document.url, url or ""), verb.attrs.get("waitUrlMethod", "POST"))
    following: Step = first
    try:
        while isinstance(following, Goto):
            began = services.clock.now()
            following = await _document(inner, following, queued) or first
            await services.clock.sleep(LAP - (services.clock.now() - began))
    except TwimlError as exc:
        services.trace.note("error", code=exc.code, text=str(exc), leg=call.label, call_sid=call.sid)
        return "error"
    return "leave" if isinstance(following, Left) else "hangup"


async def _document(script: Script, goto: Goto, queued: Queued) -> Step:
    call, queue = script.call, queued.queue
    form = [
        *call.params(), ("QueuePosition", str(queued.position)), ("QueueSid", queue.sid),
        ("QueueTime", str(queued.seconds)), ("AvgQueueTime", str(queue.average)),
        ("CurrentQueueSize", str(len(queue.members))), ("MaxQueueSize", str(queue.size)),
    ]  # fmt: skip
    script.document = _allowed(await fetch(script.services, goto, form))
    for verb in script.document.verbs:
        script.services.trace.note("verb", verb=verb.name, leg=call.label, call_sid=call.sid)
        step = await script.perform(script, verb)
        if step is not None:
            return step
    return None


def _allowed(document: Document) -> Document:
    wrong = next((verb.name for verb in document.verbs if verb.name not in ALLOWED), None)
    if wrong:
        raise TwimlError(13238, f"<{wrong}> is not allowed in an <Enqueue>'s waitUrl")
    return document


async def dial_queue(script: Script, verb: Verb, noun: Verb, limit: float) -> Fields:
    """Joins the leg with the queue's front; waits for one to come, as long as the <Dial> rings."""
    call, services, name = script.call, script.services, noun.text
    queue = script.exchange.queue(name, make=False)
    if queue is None:
        code = 14212 if not name else 14213 if len(name) > LONGEST else 0
        services.trace.note("error", code=code, text=f"there is no queue {name!r}", leg=call.label)
        return FAILED
    whisper = noun.attrs.get("url", "")
    url = urljoin(script.document.url, whisper) if whisper else ""
    end = services.clock.now() + verb.number("timeout", 30)
    while True:
        try:
            queued = await services.clock.wait_for(queue.front(), end - services.clock.now())
        except TimeoutError:
            return [("DialCallStatus", "no-answer"), ("DialBridged", "false")]
        try:
            queued.take(call.sid, url, noun.attrs.get("method", "POST"))
            if await _ready(queued):
                queue.note("bridged", queued)
                return await bridge(script, verb, queued.call, queued.gone, limit)
        finally:
            queued.over.set()


async def _ready(queued: Queued) -> bool:
    """Whether a call that was taken is there to be joined, and has not gone meanwhile."""
    waits = [asyncio.ensure_future(each.wait()) for each in (queued.ready, queued.gone)]
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        return queued.ready.is_set() and not queued.gone.is_set()
    finally:
        for wait in waits:
            wait.cancel()
