"""What a form that Twilio posts says: the fact in it, or None for what we do not count.

Fields and values: https://www.twilio.com/docs/voice/twiml/conference (status callback parameters) and
https://www.twilio.com/docs/voice/api/call-resource (call progress). Order and repetition are not judged
here: the table is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from warmtransfer.core import events as ev
from warmtransfer.core.call import Call
from warmtransfer.core.legs import Ended
from warmtransfer.core.outcomes import Outcome
from warmtransfer.core.screening import HEARD_LIMIT, meaning
from warmtransfer.vocabulary import ENDED, heard

Form = Mapping[str, str]

_LABEL = re.compile(r"(caller|ai|human|supervisor)(?:-([1-9][0-9]{0,5}))?")
#: The most letters of a caller's name.
NAME = 60
_PLAIN = re.compile(r"[A-Za-z0-9_.-]{1,64}")


def deserted(form: Form) -> str:
    """The room in which, after this news, a caller may be alone; "" for other news."""
    who, _ = _label(form)
    came = form.get("StatusCallbackEvent") == "participant-join" and who == "caller"
    went = form.get("StatusCallbackEvent") == "participant-leave" and who in ("ai", "human")
    return form.get("FriendlyName", "") if came or went else ""


def over(form: Form) -> bool:
    """Whether the leg that asks has ended: Twilio asks an action once more then."""
    return form.get("CallStatus") in ENDED


# The caller -----------------------------------------------------------------------------------------


def arrived(form: Form) -> ev.CallArrived | None:
    """A new call, from the number's voice webhook."""
    sid = plain(form, "CallSid")
    if not sid:
        return None
    return ev.CallArrived(sid, form.get("From", ""), form.get("To", ""), one_line(form.get("CallerName", "")))


def caller_status(form: Form) -> ev.CallerLeft | None:
    """The end of the caller's call, from the number's status callback: the only news of a caller who
    never joined the room."""
    status = form.get("CallStatus", "")
    return ev.CallerLeft(why=ENDED[status]) if status in ENDED else None


def dial_action(form: Form, n: int = 0, room: int = 0) -> ev.CallerCameBack | ev.CallerLeft:
    """The caller's `<Dial>` is over, with the caller or because of them; `n`: the attempt it dialled, `room`:
    which of the call's rooms it led into.

    Twilio also asks the action of a caller who has hung up.
    """
    gone = caller_status(form)
    return gone or ev.CallerCameBack(n, ENDED.get(form.get("DialCallStatus", ""), Ended.COMPLETED), room)


def message(form: Form) -> ev.MessageLeft:
    """The caller's recorded message, from the `<Record>` action."""
    seconds = form.get("RecordingDuration", "")
    return ev.MessageLeft(
        form.get("RecordingUrl", ""), int(seconds) if re.fullmatch(r"[0-9]{1,6}", seconds) else 0
    )


# The room -------------------------------------------------------------------------------------------


def conference(form: Form, call_id: str) -> ev.Event | None:
    """News of a conference, if it is a room of this call."""
    room, room_sid = form.get("FriendlyName", ""), plain(form, "ConferenceSid")
    if not room_sid or not re.fullmatch(rf"wt-{re.escape(call_id)}(-[0-9]{{1,6}})?", room):
        return None
    match form.get("StatusCallbackEvent", ""):
        case "participant-join":
            return _joined(form, room, room_sid)
        case "participant-leave":
            return _left(form, room_sid)
        case "participant-unhold":
            who, number = _label(form)
            return ev.HumanJoined(number, room_sid, plain(form, "CallSid")) if who == "human" else None
        case "conference-end":
            return _ended(form, room_sid)
        case "announcement-end" | "announcement-fail":
            # Without a label when the participant is gone; we announce to nobody but the caller.
            return (
                ev.AnnouncementEnded(room_sid) if form.get("ParticipantLabel", "caller") == "caller" else None
            )
        case _:
            return None


def _joined(form: Form, room: str, room_sid: str) -> ev.Event | None:
    who, number = _label(form)
    call_sid = plain(form, "CallSid")
    if who == "caller":
        return ev.CallerJoined(room, room_sid, call_sid)
    if who == "ai":
        return ev.AIJoined(number, room_sid, call_sid)
    if who == "supervisor":
        return ev.SupervisorJoined(number, room_sid, call_sid)
    # Style announce: a muted human is in the room and not yet in the conversation.
    if who == "human" and form.get("Muted") != "true" and form.get("Hold") != "true":
        return ev.HumanJoined(number, room_sid, call_sid)
    return None


def _left(form: Form, room_sid: str) -> ev.Event | None:
    who, number = _label(form)
    why, status = plain(form, "ReasonParticipantLeft"), plain(form, "ParticipantCallStatus")
    if who == "ai":
        return ev.AILeft(number, room_sid, why)
    if who == "human":
        # A leg that never answered leaves too: its status says how it ended.
        how, with_caller = ENDED.get(status, Ended.COMPLETED), why == "moderator_ended_conference"
        return ev.HumanLeft(number, room_sid, why, how, with_caller)
    if who == "supervisor":
        return ev.SupervisorEnded(number)
    if who != "caller" or why == "participant_updated_via_api":
        return None
    if why in ("conference_ended_via_api", "moderator_ended_conference") and status == "in-progress":
        return ev.RoomLost(room_sid, why)
    return ev.CallerLeft(room_sid, why)


def _ended(form: Form, room_sid: str) -> ev.Event:
    """Who ended the room says whether the caller's call goes on; in doubt it does, and is looked for."""
    why = plain(form, "ReasonConferenceEnded")
    if why in ("participant-with-end-conference-on-exit-left", "last-participant-left"):
        return ev.CallerLeft(room_sid, why)
    return ev.RoomLost(room_sid, why)


# Somebody who listens -------------------------------------------------------------------------------


def supervisor_status(form: Form, n: int) -> ev.Event | None:
    """Progress of their leg, from its status callback."""
    if form.get("CallStatus") in ENDED:
        return ev.SupervisorEnded(n)
    sid = plain(form, "CallSid")
    return ev.SupervisorDialled(n, sid) if sid else None


# The human ------------------------------------------------------------------------------------------


def human_status(form: Form, n: int) -> ev.Event | None:
    """Progress of the leg of attempt `n`, from its status callback."""
    status, call_sid = form.get("CallStatus", ""), plain(form, "CallSid")
    if status in ENDED:
        sip, who = plain(form, "SipResponseCode"), heard(plain(form, "AnsweredBy"))
        return ev.HumanEnded(n, ENDED[status], sip, call_sid, who)
    if not call_sid:
        return None
    match status:
        case "queued" | "initiated":
            return ev.HumanDialled(n, call_sid)
        case "ringing":
            return ev.HumanRang(n, call_sid)
        case "in-progress":
            return ev.HumanAnswered(n, call_sid)
        case _:
            return None


def last_resort(form: Form, call: Call | None, k: int, number: str) -> ev.Event | None:
    """Progress of the leg that the AI's leg `k` has dialled by itself; its end is that of its attempt."""
    sid = plain(form, "CallSid")
    attempt = next((each for each in call.attempts if sid and each.call_sid == sid), None) if call else None
    if attempt:
        return human_status(form, attempt.n) if form.get("CallStatus", "") in ENDED else None
    up = form.get("CallStatus") == "in-progress" and bool(sid)
    return ev.LastResortReached(k, sid, number) if up else None


def amd(form: Form, n: int) -> ev.MachineHeard | None:
    """What answering-machine detection heard on the leg of attempt `n`."""
    who = heard(plain(form, "AnsweredBy"))
    return ev.MachineHeard(n, who) if who else None


def card(form: Form, n: int) -> ev.CardLost | None:
    """That the text message with the card of attempt `n` has not arrived; None while it may."""
    code = plain(form, "ErrorCode")
    if form.get("MessageStatus") not in ("undelivered", "failed"):
        return None
    return ev.CardLost(n, int(code) if code.isdecimal() and len(code) < 8 else 0)


def yes(form: Form) -> bool:
    """Whether the key that was asked for was pressed."""
    return form.get("Digits", "") == "1"


def gate(form: Form, n: int) -> ev.HumanAccepted | ev.HumanDeclined:
    """The key pressed after the briefing: 1 takes the call, anything else and silence do not."""
    key = form.get("Digits", "")[:1]
    if yes(form):
        return ev.HumanAccepted(n, key)
    return ev.HumanDeclined(n, Outcome.DECLINED if key else Outcome.NO_INPUT, key)


def spoke(form: Form, n: int) -> ev.Event:
    """What a leg said that is listened to; a key counts there as at the gate."""
    if form.get("Digits", ""):
        return gate(form, n)
    words = form.get("SpeechResult", "")
    return ev.LegSpoke(n, meaning(words), words[:HEARD_LIMIT])


# Fields ---------------------------------------------------------------------------------------------


def _label(form: Form) -> tuple[str, int]:
    """Who a participant is and which one, ("", 0) for nobody of ours."""
    found = _LABEL.fullmatch(form.get("ParticipantLabel", ""))
    if found is None or (found[1] == "caller") != (found[2] is None):
        return "", 0
    return found[1], int(found[2] or 0)


def one_line(text: str) -> str:
    """A name on one line, without what turns or hides letters."""
    return " ".join("".join(each if each.isprintable() else " " for each in text).split())[:NAME]


def plain(form: Form, name: str) -> str:
    """A field that is an identifier or a keyword, "" when it is anything else."""
    value = form.get(name, "")
    return value if _PLAIN.fullmatch(value) else ""
