"""<Dial>: into a conference, or to numbers and clients that are bridged with the leg."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from urllib.parse import urljoin

from warmtransfer.simulator.network.calls import Call, News
from warmtransfer.simulator.network.roomnews import SUBSCRIPTIONS, RoomNews
from warmtransfer.simulator.network.rooms import Member, Room
from warmtransfer.simulator.sound.audio import ring_tone
from warmtransfer.simulator.sound.mixer import Mixer
from warmtransfer.simulator.twiml.documents import Goto, target
from warmtransfer.simulator.twiml.grammar import Verb
from warmtransfer.simulator.twiml.record import FROM_ANSWER, FROM_RINGING, conference_wanted, wanted
from warmtransfer.simulator.twiml.steps import Script, Step, last_word

Fields = list[tuple[str, str]]
DIALLED = "DialVerb"


async def dial(script: Script, verb: Verb) -> Step:
    """Runs a Dial; its action is requested even when the leg has hung up, as Twilio does."""
    room = verb.child("Conference")
    limit = verb.number("timeLimit", 14400)
    fields: Fields = [("DialCallStatus", "answered" if room else "completed")]
    try:
        if room is not None:
            fields = await _conference(script, verb, room, limit)
        else:
            fields = await _people(script, verb, limit)
    except asyncio.CancelledError:
        last_word(script, verb, [*fields, *_recording(script)])
        raise
    fields += _recording(script)
    if "action" not in verb.attrs:
        return None
    goto = target(script.document, verb)
    return Goto(goto.url, goto.method, tuple(fields))


def _recording(script: Script) -> Fields:
    """Where the recording of the leg's <Dial> is, once there has been one."""
    dialled = [each for each in script.call.takings if each.recording.source == DIALLED]
    return dialled[-1].fields[:1] if dialled else []


def _taken(script: Script, verb: Verb, when: frozenset[str]) -> Callable[[], None]:
    """Begins the recording that a <Dial> asks for from here on; what is returned ends it."""
    asked = verb.attrs.get("record", "") in when
    taking = script.call.record(wanted(script, verb, DIALLED)) if asked else None
    return taking.stop if taking is not None else lambda: None


async def _conference(script: Script, verb: Verb, noun: Verb, limit: float) -> Fields:
    call, services = script.call, script.services
    name = noun.text
    if not name or len(name) > 128:
        services.trace.note("error", code=13237, text=f"bad conference name {name!r}", leg=call.label)
        return [("DialCallStatus", "failed")]
    room = script.exchange.room_for(name, by_rest=False)
    member = _member(script, noun, call, room)
    if wrong := _refused(member):
        services.trace.note(
            "error", code=wrong, text=f"cannot join {name}", leg=call.label, call_sid=call.sid
        )
        return [("DialCallStatus", "failed")]
    call.digits = asyncio.Queue()
    call.connect(room.join(member))
    star = verb.flag("hangupOnStar", False)
    try:
        await _until(script, member.gone, star, limit)
    finally:
        if not member.gone.is_set():
            room.leave(member, "participant_hung_up")
    return [("DialCallStatus", "answered")]


def _refused(member: Member) -> int:
    room = member.room
    if room.label_taken(member.label):
        return 16025
    return 16020 if len(room.members) >= min(member.max_members, 250) else 0


def _member(script: Script, noun: Verb, call: Call, room: Room) -> Member:
    base = script.document.url
    wait = noun.attrs.get("waitUrl")
    events = frozenset(noun.attrs.get("statusCallbackEvent", "").split())
    if unknown := events - SUBSCRIPTIONS:
        call.services.trace.note(
            "error", code=16002, text=f"no conference events {sorted(unknown)}", leg=call.label
        )
    url = noun.attrs.get("statusCallback", "")
    news = RoomNews(urljoin(base, url) if url else "", noun.attrs.get("statusCallbackMethod", "POST"), events)
    label = noun.attrs.get("participantLabel", "")
    return Member(
        call, room, label, muted=noun.flag("muted", False),
        start_on_enter=noun.flag("startConferenceOnEnter", True),
        end_on_exit=noun.flag("endConferenceOnExit", False),
        wait_url=urljoin(base, wait) if wait else wait, wait_method=noun.attrs.get("waitMethod", "POST"),
        beep=noun.attrs.get("beep", "true"), coach=noun.attrs.get("coach", ""),
        max_members=noun.number("maxParticipants", 250), news=news,
        records=conference_wanted(script, noun),
    )  # fmt: skip


async def _until(script: Script, event: asyncio.Event, star: bool, limit: float) -> bool:
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


async def _people(script: Script, verb: Verb, limit: float) -> Fields:
    call, services = script.call, script.services
    nouns = [v for v in verb.children if v.name in ("Number", "Client")]
    if verb.text and not nouns:
        nouns = [Verb("Number", text=verb.text)]
    if not nouns or _barred(script):
        return [("DialCallStatus", "failed")]
    end_recording = _taken(script, verb, FROM_RINGING)
    ringing = services.tasks.spawn(call.player.play(ring_tone(), loops=0))
    call.connect(call.player)
    rounds = [[n] for n in nouns] if verb.flag("sequential", False) else [nouns]
    legs: list[Call] = []
    winner: Call | None = None
    try:
        for group in rounds:
            legs = [_callee(script, verb, noun) for noun in group]
            winner = await _first(
                legs, [script.exchange.ring(leg, verb.number("timeout", 30)) for leg in legs]
            )
            if winner is not None:
                break
        ringing.cancel()
        if winner is None:
            return _lost(legs)
        return await _bridge(script, verb, winner, limit)
    finally:
        end_recording()
        ringing.cancel()
        for leg in legs:
            leg.finish("completed" if leg.answered.is_set() else "canceled", sip=487)


def _barred(script: Script) -> bool:
    """Whether the leg is an application's, and such may not dial."""
    call, law = script.call, "app_dials"
    if not call.to.startswith("app:"):
        return False
    answer = script.services.laws[law]
    script.services.trace.note("law", law=law, answer=answer, leg=call.label, call_sid=call.sid)
    return answer == "refused"


def _callee(script: Script, verb: Verb, noun: Verb) -> Call:
    call = script.call
    identity = noun.child("Identity")
    text = identity.text if identity else noun.text
    to = f"client:{text}" if noun.name == "Client" else text
    base = script.document.url
    url = noun.attrs.get("statusCallback", "")
    events = frozenset(noun.attrs.get("statusCallbackEvent", "completed").split())
    news = News(urljoin(base, url) if url else "", noun.attrs.get("statusCallbackMethod", "POST"), events)
    from_ = verb.attrs.get("callerId") or (call.from_ if call.direction == "inbound" else call.to)
    leg = script.exchange.child(call, from_, to, news)
    leg.tones = noun.attrs.get("sendDigits", "")
    leg.gate = (
        Goto(urljoin(base, noun.attrs["url"]), noun.attrs.get("method", "POST"))
        if noun.attrs.get("url")
        else None
    )
    call.children.append(leg)
    return leg


async def _first(legs: list[Call], efforts: list[asyncio.Task[bool]]) -> Call | None:
    """Returns the first leg that answers and passes its gate; the others are cancelled."""
    waiting = dict(zip(efforts, legs, strict=True))
    try:
        while waiting:
            done, _ = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            for effort in done:
                leg = waiting.pop(effort)
                if effort.result() and not leg.over:
                    return leg
        return None
    finally:
        for effort, leg in waiting.items():
            effort.cancel()
            leg.finish("completed" if leg.answered.is_set() else "canceled", sip=487)


def _lost(legs: list[Call]) -> Fields:
    last = legs[-1]
    status = "no-answer" if last.status == "completed" else last.status
    return [("DialCallStatus", status), ("DialCallSid", last.sid), ("DialBridged", "false")]


async def _bridge(script: Script, verb: Verb, other: Call, limit: float) -> Fields:
    call, services = script.call, script.services
    mixer = Mixer()
    services.engine.add(mixer)
    call.digits = asyncio.Queue()
    began = services.clock.now()
    end_recording = _taken(script, verb, FROM_ANSWER)
    try:
        call.connect(mixer.join(call.sid))
        other.connect(mixer.join(other.sid))
        services.trace.note("bridge", legs=[call.label, other.label], call_sids=[call.sid, other.sid])
        await _until(script, other.ended, verb.flag("hangupOnStar", False), limit)
    finally:
        end_recording()
        call.connect(None)
        other.finish("completed")
        mixer.close()
        services.engine.remove(mixer)
    seconds = round(services.clock.now() - began)
    return [
        ("DialCallStatus", "completed"), ("DialCallSid", other.sid), ("DialCallDuration", str(seconds)),
        ("DialBridged", "true"),
    ]  # fmt: skip
