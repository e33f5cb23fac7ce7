"""<Dial>: into a conference, to a queue, or to numbers and clients that are bridged with the leg."""

from __future__ import annotations

import asyncio
from urllib.parse import urljoin

from warmtransfer.simulator.network.addresses import is_sip, sip_fits
from warmtransfer.simulator.network.calls import Call, News
from warmtransfer.simulator.network.roomnews import SUBSCRIPTIONS, RoomNews
from warmtransfer.simulator.network.rooms import Member, Room
from warmtransfer.simulator.sound.audio import ring_tone
from warmtransfer.simulator.twiml.bridge import Fields, bridge, recorded, recording_of, until
from warmtransfer.simulator.twiml.documents import Goto, target
from warmtransfer.simulator.twiml.grammar import Verb
from warmtransfer.simulator.twiml.queueing import dial_queue
from warmtransfer.simulator.twiml.record import FROM_RINGING, conference_wanted
from warmtransfer.simulator.twiml.steps import Script, Step, last_word


async def dial(script: Script, verb: Verb) -> Step:
    """Runs a Dial; its action is requested even when the leg has hung up, as Twilio does."""
    room, queue = verb.child("Conference"), verb.child("Queue")
    limit = verb.number("timeLimit", 14400)
    fields: Fields = [("DialCallStatus", "answered" if room else "completed")]
    try:
        if room is not None:
            fields = await _conference(script, verb, room, limit)
        elif queue is not None:
            fields = await dial_queue(script, verb, queue, limit)
        else:
            fields = await _people(script, verb, limit)
    except asyncio.CancelledError:
        last_word(script, verb, [*fields, *recording_of(script)])
        raise
    fields = [*fields, *recording_of(script)]
    if "action" not in verb.attrs:
        return None
    goto = target(script.document, verb)
    return Goto(goto.url, goto.method, tuple(fields))


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
        await until(script, member.gone, star, limit)
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


async def _people(script: Script, verb: Verb, limit: float) -> Fields:
    call, services = script.call, script.services
    nouns = [v for v in verb.children if v.name in ("Number", "Client", "Sip")]
    if verb.text and not nouns:
        nouns = [Verb("Number", text=verb.text)]
    nouns = [noun for noun in nouns if _fits(script, noun)]
    if not nouns or _barred(script):
        return [("DialCallStatus", "failed")]
    end_recording = recorded(script, verb, FROM_RINGING)
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
            return [*_lost(legs), *_session(legs[-1])]
        return [*await bridge(script, verb, winner, winner.ended, limit), *_session(winner)]
    finally:
        end_recording()
        ringing.cancel()
        for leg in legs:
            leg.finish("completed" if leg.answered.is_set() else "canceled", sip=487)


def _fits(script: Script, noun: Verb) -> bool:
    """Whether a noun's address is one; a SIP address that is none is passed over (13243)."""
    text = noun.text if is_sip(noun.text) else f"sip:{noun.text}"
    if noun.name != "Sip" or sip_fits(text):
        return True
    about = {"leg": script.call.label, "call_sid": script.call.sid}
    script.services.trace.note("error", code=13243, text=f"no SIP URI: {noun.text!r}", **about)
    return False


def _session(leg: Call) -> Fields:
    """What the action is told of a SIP session: its Call-ID, and the answer to the invitation."""
    if not is_sip(leg.to):
        return []
    code = leg.sip_code if not leg.answered.is_set() else 200
    return [("DialSipCallId", f"{leg.sid.lower()}@0.0.0.0"), ("DialSipResponseCode", str(code))]


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
    if noun.name == "Sip" and not is_sip(to):
        to = f"sip:{to}"
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
