"""<Connect><Stream>; <Start> and <Stop> of streams and recordings."""

from __future__ import annotations

import asyncio
import datetime
from urllib.parse import urljoin

from warmtransfer.simulator.network.calls import Call
from warmtransfer.simulator.services import Services
from warmtransfer.simulator.streams.stream import MediaStream, StreamFailed
from warmtransfer.simulator.twiml.documents import Goto, target
from warmtransfer.simulator.twiml.grammar import Verb
from warmtransfer.simulator.twiml.record import start_recording, stop_recording
from warmtransfer.simulator.twiml.steps import End, Script, Step, last_word
from warmtransfer.simulator.wire import new_sid

TRACKS = {"inbound_track": "inbound", "outbound_track": "outbound", "both_tracks": "both"}


async def connect(script: Script, verb: Verb) -> Step:
    """Joins the leg to a server until that closes the socket; then the action, the next verb, or the end."""
    call, services = script.call, script.services
    noun = verb.child("Stream")
    if noun is None:
        services.trace.note("warning", code=12200, text="<Connect> without <Stream>", leg=call.label)
        return None
    try:
        stream = await open_stream(script, noun)
    except StreamFailed as exc:
        services.trace.note("error", code=exc.code, text=str(exc), leg=call.label, call_sid=call.sid)
        tell(call, script, noun, "", "stream-error", str(exc))
        return _onward(script, verb, services.laws["failed_stream"], "failed_stream")
    try:
        reason = await _talk(script, noun, stream)
    except asyncio.CancelledError:
        last_word(script, verb, [])
        raise
    if reason == "server_closed":
        services.trace.note("stream", what="server_closed", code=31921, leg=call.label, call_sid=call.sid)
        return _onward(script, verb, "action", "")
    return _onward(script, verb, services.laws["dropped_stream"], "dropped_stream")


async def _run(services: Services, stream: MediaStream) -> str:
    """Runs an open stream, which the state shows until its socket is closed."""
    services.streams.add(stream)
    try:
        return await stream.run()
    finally:
        services.streams.discard(stream)


async def _talk(script: Script, noun: Verb, stream: MediaStream) -> str:
    call, services = script.call, script.services
    call.stream = stream
    call.connect(stream)
    tell(call, script, noun, stream.sid, "stream-started")
    fault = services.laws.fault("stream", noun.attrs.get("url", ""), "drop_after")
    cut = None
    if fault is not None:
        services.trace.note("fault", fault="stream=drop_after", leg=call.label)
        cut = services.clock.call_later(float(fault.argument or 1), stream.break_off)
    reason = "stopped"
    try:
        # A cancelled script must not cut the socket: the server is owed its `stop` message.
        reason = await asyncio.shield(services.tasks.spawn(_run(services, stream)))
        return reason
    finally:
        if cut is not None:
            cut.cancel()
        call.stream = None
        call.connect(None)
        services.tasks.spawn(stream.stop())
        failed = "" if reason in ("server_closed", "stopped") else reason
        tell(call, script, noun, stream.sid, "stream-error" if failed else "stream-stopped", failed)


def _onward(script: Script, verb: Verb, answer: str, law: str) -> Step:
    if law:
        script.services.trace.note("law", law=law, answer=answer, leg=script.call.label)
    if answer == "leg_ends":
        return End()
    if answer == "action" and "action" in verb.attrs:
        return target(script.document, verb)
    return None


async def open_stream(script: Script, noun: Verb, *, bidirectional: bool = True) -> MediaStream:
    """Opens the socket; raises StreamFailed with the code of what is wrong with it, or with its address."""
    call, services = script.call, script.services
    url = urljoin(_socket_url(script.document.url), noun.attrs.get("url", ""))
    track = noun.attrs.get("track", "inbound_track")
    if bidirectional and track != "inbound_track":
        raise StreamFailed(31941, f"<Connect><Stream> has no track {track!r}")
    if services.laws.fault("stream", url, "refuse"):
        services.trace.note("fault", fault="stream=refuse", leg=call.label)
        raise StreamFailed(31902, "connection refused, by a fault of the simulator")
    parameters = {c.attrs.get("name", ""): c.attrs.get("value", "") for c in noun.children}
    stream = MediaStream(
        services.clock, url, services.hosts, services.account.token, services.account.sid, call.webhook_sid,
        parameters, services.trace, sid=new_sid("MZ"), tracks=_tracks(track),
        bidirectional=bidirectional,
    )  # fmt: skip
    await stream.open()
    return stream


def _tracks(track: str) -> tuple[str, ...]:
    return ("inbound", "outbound") if track == "both_tracks" else (TRACKS.get(track, "inbound"),)


def _socket_url(url: str) -> str:
    return url.replace("http", "ws", 1) if url.startswith("http") else url


async def start(script: Script, verb: Verb) -> Step:
    """Opens a one-way copy of the leg's sound, or begins to record it, and goes on at once."""
    call, services = script.call, script.services
    recording, noun = verb.child("Recording"), verb.child("Stream")
    if recording is not None:
        start_recording(script, recording)
    if noun is None or call.line is None:
        return None
    try:
        stream = await open_stream(script, noun, bidirectional=False)
    except StreamFailed as exc:
        services.trace.note("error", code=exc.code, text=str(exc), leg=call.label, call_sid=call.sid)
        tell(call, script, noun, "", "stream-error", str(exc))
        return None
    call.taps[noun.attrs.get("name") or stream.sid] = stream
    call.line.tap(stream, TRACKS.get(noun.attrs.get("track", "inbound_track"), "inbound"))
    tell(call, script, noun, stream.sid, "stream-started")
    services.tasks.spawn(_copy(script, noun, stream))
    return None


async def _copy(script: Script, noun: Verb, stream: MediaStream) -> None:
    try:
        await _run(script.services, stream)
    finally:
        call = script.call
        if call.line is not None:
            call.line.untap(stream)
        call.taps = {k: s for k, s in call.taps.items() if s is not stream}
        tell(call, script, noun, stream.sid, "stream-stopped")


async def stop(script: Script, verb: Verb) -> Step:
    """Ends a copy, or a recording, by its name."""
    recording, noun = verb.child("Recording"), verb.child("Stream")
    if recording is not None:
        stop_recording(script, recording)
    stream = script.call.taps.pop(noun.attrs.get("name", ""), None) if noun else None
    if stream is not None:
        await stream.stop()
    return None


def tell(call: Call, script: Script, noun: Verb, sid: str, event: str, error: str = "") -> None:
    """Sends a stream's status callback."""
    url = noun.attrs.get("statusCallback", "")
    if not url:
        return
    form = [
        ("AccountSid", call.services.account.sid), ("CallSid", call.webhook_sid), ("StreamSid", sid),
        ("StreamName", noun.attrs.get("name") or sid), ("StreamEvent", event),
        ("Timestamp", datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds")),
    ]  # fmt: skip
    if error:
        form.append(("StreamError", error))
    goto = Goto(urljoin(script.document.url, url), noun.attrs.get("statusCallbackMethod", "POST"))
    call.services.callbacks.send(sid or call.sid, goto.url, form, goto.method)
