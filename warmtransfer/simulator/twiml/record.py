"""Recordings as TwiML asks for them: <Record>, <Dial record>, <Conference record>."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urljoin

from warmtransfer.simulator.network.taking import EVENTS, Wanted
from warmtransfer.simulator.sound.audio import loudness
from warmtransfer.simulator.twiml.documents import Goto, target
from warmtransfer.simulator.twiml.grammar import Verb
from warmtransfer.simulator.twiml.steps import Script, Step

QUIET_DBFS = -45.0
#: The words of a <Dial>'s and a <Conference>'s `record` that mean something, `true` being the old one.
FROM_ANSWER = frozenset({"true", "record-from-answer", "record-from-answer-dual"})
FROM_RINGING = frozenset({"record-from-ringing", "record-from-ringing-dual"})
FROM_START = frozenset({"true", "record-from-start"})
TRACKS = ("both", "inbound", "outbound")


def wanted(script: Script, verb: Verb, source: str, *, trim: str = "do-not-trim") -> Wanted:
    """How a verb's recording is to be, by its attributes; `trim` is what it does unless they say."""
    attrs = verb.attrs
    url = attrs.get("recordingStatusCallback", "")
    events = frozenset(attrs.get("recordingStatusCallbackEvent", "completed").split())
    track = attrs.get("recordingTrack", "both")
    if unknown := events - EVENTS:
        script.services.trace.note(
            "warning", code=12200, text=f"no recording events {sorted(unknown)}", leg=script.call.label
        )
    return Wanted(
        source, attrs.get("record", "").endswith("-dual"), track if track in TRACKS else "both",
        attrs.get("trim", trim) == "trim-silence", urljoin(script.document.url, url) if url else "",
        attrs.get("recordingStatusCallbackMethod", "POST"), events,
    )  # fmt: skip


def conference_wanted(script: Script, noun: Verb) -> Wanted | None:
    """How a <Conference> asks to be recorded, if it does."""
    asks = noun.attrs.get("record", "") in FROM_START
    return wanted(script, noun, "Conference", trim="trim-silence") if asks else None


def start_recording(script: Script, noun: Verb) -> None:
    """<Start><Recording>: records the leg, whatever its TwiML does, until it ends or is stopped."""
    attrs = noun.attrs
    how = wanted(script, noun, "StartCallRecordingTwiML", trim="trim-silence")
    track = attrs.get("track", "both")
    dual = attrs.get("channels", "dual") != "mono"
    script.call.record(
        replace(how, dual=dual, track=track if track in TRACKS else "both", name=attrs.get("name", ""))
    )


def stop_recording(script: Script, noun: Verb) -> None:
    """<Stop><Recording>: ends the one of that name."""
    for taking in script.call.takings:
        if taking.wanted.name and taking.wanted.name == noun.attrs.get("name"):
            taking.stop()


async def record(script: Script, verb: Verb) -> Step:
    """Records until a key, silence or the longest length; then requests the action."""
    call, services = script.call, script.services
    recorder = call.recorder
    how = wanted(script, verb, "RecordVerb", trim="trim-silence")
    taking = call.record(Wanted("RecordVerb", False, "inbound", how.trim, how.url, how.method, how.events))
    if recorder is None or taking is None:
        return None
    key = "hangup"
    try:
        key = await _until(script, verb, recorder.seconds)
    finally:
        taking.stop()
        goto = target(script.document, verb)
        if key == "hangup":  # the action is still requested, and its answer not run
            form = [*call.params(), *taking.fields, ("Digits", key)]
            services.tasks.spawn(services.webhooks.send(goto.url, form, goto.method))
    if not taking.recording.duration:
        return None
    return Goto(goto.url, goto.method, (*taking.fields, *([("Digits", key)] if key else [])))


async def _until(script: Script, verb: Verb, began: float) -> str:
    """Returns the key that ended the recording, or nothing for silence and length."""
    call, services = script.call, script.services
    recorder = call.recorder
    assert recorder is not None
    keys = verb.attrs.get("finishOnKey", "1234567890*#")
    patience = verb.number("timeout", 5)
    end = services.clock.now() + verb.number("maxLength", 3600)
    while services.clock.now() < end:
        try:
            digit = await services.clock.wait_for(call.digits.get(), 0.5)
            if digit in keys:
                return digit
        except TimeoutError:
            length = recorder.seconds - began
            if length >= patience and loudness(recorder.said(recorder.seconds - patience)) < QUIET_DBFS:
                return ""
    return ""
