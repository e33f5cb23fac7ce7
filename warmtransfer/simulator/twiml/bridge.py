"""Joins a leg with another one, and records what they say when its <Dial> asks for that."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from warmtransfer.simulator.network.calls import Call
from warmtransfer.simulator.network.taking import DIALLED
from warmtransfer.simulator.sound.mixer import Mixer
from warmtransfer.simulator.twiml.grammar import Verb
from warmtransfer.simulator.twiml.record import FROM_ANSWER, wanted
from warmtransfer.simulator.twiml.steps import Script

Fields = list[tuple[str, str]]


async def bridge(script: Script, verb: Verb, other: Call, gone: asyncio.Event, limit: float) -> Fields:
    """Joins the leg with another until that is gone, the leg's `*` may end it, or the limit is reached."""
    call, services = script.call, script.services
    mixer = Mixer()
    services.engine.add(mixer)
    call.digits = asyncio.Queue()
    began = services.clock.now()
    end_recording = recorded(script, verb, FROM_ANSWER)
    try:
        call.connect(mixer.join(call.sid))
        other.connect(mixer.join(other.sid))
        services.trace.note("bridge", legs=[call.label, other.label], call_sids=[call.sid, other.sid])
        await until(script, gone, verb.flag("hangupOnStar", False), limit)
    finally:
        end_recording()
        call.connect(None)
        other.connect(None)
        mixer.close()
        services.engine.remove(mixer)
    seconds = round(services.clock.now() - began)
    return [
        ("DialCallStatus", "completed"), ("DialCallSid", other.sid), ("DialCallDuration", str(seconds)),
        ("DialBridged", "true"),
    ]  # fmt: skip


async def until(script: Script, event: asyncio.Event, star: bool, limit: float) -> bool:
    """Waits for an event, the leg's `*` when it may end the Dial, or the limit; True for the event."""
    call = script.call

    async def pressed() -> None:
        while await call.digits.get() != "*" or not star:
            pass

    waits = [asyncio.ensure_future(event.wait()), asyncio.ensure_future(pressed())]
    try:
        done, _ = await asyncio.wait(
            waits, timeout=limit / call.services.clock.speed, return_when=asyncio.FIRST_COMPLETED
        )
        return waits[0] in done
    finally:
        for wait in waits:
            wait.cancel()


def recording_of(script: Script) -> Fields:
    """Where the recording of the leg's <Dial> is, once there has been one."""
    dialled = [each for each in script.call.takings if each.recording.source == DIALLED]
    return dialled[-1].fields[:1] if dialled else []


def recorded(script: Script, verb: Verb, when: frozenset[str]) -> Callable[[], None]:
    """Begins the recording that a <Dial> asks for from here on; what is returned ends it."""
    asked = verb.attrs.get("record", "") in when
    taking = script.call.record(wanted(script, verb, DIALLED)) if asked else None
    return taking.stop if taking is not None else lambda: None
