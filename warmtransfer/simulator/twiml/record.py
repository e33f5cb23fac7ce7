"""<Record>: keeps what the phone says, and tells where it is."""

from __future__ import annotations

from urllib.parse import urljoin

from warmtransfer.simulator.sound.audio import loudness
from warmtransfer.simulator.twiml.documents import Goto, target
from warmtransfer.simulator.twiml.grammar import Verb
from warmtransfer.simulator.twiml.steps import Script, Step
from warmtransfer.simulator.wire import new_sid

QUIET_DBFS = -45.0


async def record(script: Script, verb: Verb) -> Step:
    """Records until a key, silence or the longest length; then requests the action."""
    call, services = script.call, script.services
    recorder = call.recorder
    if recorder is None:
        return None
    began = recorder.seconds
    key = "hangup"
    try:
        key = await _until(script, verb, began)
    finally:
        pcm = recorder.said(began)
        sid = new_sid("RE")
        seconds = max(1, round(len(pcm) / 8000)) if len(pcm) else 0
        services.recordings.clip(sid, pcm)
        base = f"{services.base_url}/2010-04-01/Accounts/{services.account.sid}"
        fields = [
            ("RecordingUrl", f"{base}/Recordings/{sid}"),
            ("RecordingSid", sid), ("RecordingDuration", str(seconds)),
        ]  # fmt: skip
        _tell(script, verb, fields)
        goto = target(script.document, verb)
        if key == "hangup":  # the action is still requested, and its answer not run
            form = [*call.params(), *fields, ("Digits", key)]
            services.tasks.spawn(services.webhooks.send(goto.url, form, goto.method))
    if not seconds:
        return None
    return Goto(goto.url, goto.method, (*fields, *([("Digits", key)] if key else [])))


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


def _tell(script: Script, verb: Verb, fields: list[tuple[str, str]]) -> None:
    url = verb.attrs.get("recordingStatusCallback", "")
    if not url:
        return
    services = script.services
    form = [
        ("AccountSid", services.account.sid), ("CallSid", script.call.webhook_sid), *fields,
        ("RecordingStatus", "completed"), ("RecordingChannels", "1"), ("RecordingSource", "RecordVerb"),
    ]  # fmt: skip
    method = verb.attrs.get("recordingStatusCallbackMethod", "POST")
    services.callbacks.send(script.call.sid, urljoin(script.document.url, url), form, method)
