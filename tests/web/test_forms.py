"""What the forms that Twilio posts say. Field sets are those of its documentation and of real callbacks."""

from __future__ import annotations

import string
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as some

from warmtransfer.core import events as ev
from warmtransfer.core.call import Outcome, call_of
from warmtransfer.core.legs import Ended, Heard
from warmtransfer.web import forms

CF = "CF" + "a1" * 16
CA = "CA" + "b2" * 16
CALL = "0123456789abcdef01234567"


def room(news: str, label: str = "", **more: str) -> dict[str, str]:
    """A conference callback with every documented field of its kind."""
    form = {
        "ConferenceSid": CF,
        "FriendlyName": f"wt-{CALL}",
        "AccountSid": "AC" + "c3" * 16,
        "SequenceNumber": "4",
        "Timestamp": "Mon, 23 Nov 2026 09:00:10 +0000",
        "StatusCallbackEvent": news,
    }
    if label:
        form |= {
            "CallSid": CA,
            "ParticipantLabel": label,
            "Muted": "false",
            "Hold": "false",
            "Coaching": "false",
            "EndConferenceOnExit": "true" if label == "caller" else "false",
            "StartConferenceOnEnter": "true" if label == "caller" else "false",
        }
    return form | more


def left(label: str, reason: str = "participant_hung_up", status: str = "completed") -> dict[str, str]:
    more = {"ReasonParticipantLeft": reason, "ParticipantCallStatus": status}
    return room("participant-leave", label, **more)


def ended(reason: str, label: str = "caller") -> dict[str, str]:
    return room(
        "conference-end",
        ReasonConferenceEnded=reason,
        Reason="Conference ended",
        CallSidEndingConference=CA,
        ParticipantLabelEndingConference=label,
    )


def progress(status: str, number: int = 0, **more: str) -> dict[str, str]:
    """A call-progress callback as it is really sent, geography included."""
    return {
        "Called": "+15550100001",
        "ToState": "CA",
        "CallerCountry": "US",
        "Direction": "outbound-api",
        "Timestamp": "Mon, 23 Nov 2026 09:00:10 +0000",
        "CallbackSource": "call-progress-events",
        "CallerState": "NY",
        "ToZip": "94105",
        "SequenceNumber": str(number),
        "CallSid": CA,
        "To": "+15550100001",
        "CallerZip": "10001",
        "ToCountry": "US",
        "CalledZip": "94105",
        "ApiVersion": "2010-04-01",
        "CalledCity": "SAN FRANCISCO",
        "CallStatus": status,
        "From": "+15550100000",
        "AccountSid": "AC" + "c3" * 16,
        "CalledCountry": "US",
        "CallerCity": "NEW YORK",
        "ToCity": "SAN FRANCISCO",
        "FromCountry": "US",
        "Caller": "+15550100000",
        "FromCity": "NEW YORK",
        "CalledState": "CA",
        "FromZip": "10001",
        "FromState": "NY",
    } | more


# The room -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("form", "fact"),
    [
        (room("participant-join", "caller"), ev.CallerJoined(f"wt-{CALL}", CF, CA)),
        (room("participant-join", "ai-1"), ev.AIJoined(1, CF, CA)),
        (room("participant-join", "ai-12"), ev.AIJoined(12, CF, CA)),
        (room("participant-join", "human-2"), ev.HumanJoined(2, CF, CA)),
        (room("participant-unhold", "human-1"), ev.HumanJoined(1, CF, CA)),
        (left("caller"), ev.CallerLeft(CF, "participant_hung_up")),
        (left("ai-3"), ev.AILeft(3, CF, "participant_hung_up")),
        (left("human-1"), ev.HumanLeft(1, CF, "participant_hung_up")),
        (
            left("human-1", "participant_add_failed", "busy"),
            ev.HumanLeft(1, CF, "participant_add_failed", Ended.BUSY),
        ),
        (
            left("human-1", "participant_add_failed", "no-answer"),
            ev.HumanLeft(1, CF, "participant_add_failed", Ended.NO_ANSWER),
        ),
        (
            room("announcement-end", "caller", AnnounceUrl="https://app.example/comfort"),
            ev.AnnouncementEnded(CF),
        ),
        (
            room("announcement-fail", "caller", ReasonAnnouncementFailed="internal"),
            ev.AnnouncementEnded(CF),
        ),
        (room("announcement-end", AnnounceUrl="https://app.example/comfort"), ev.AnnouncementEnded(CF)),
    ],
)
def test_news_of_the_room_becomes_a_fact(form: dict[str, str], fact: ev.Event) -> None:
    assert forms.conference(form, CALL) == fact


def test_the_second_room_of_a_call_is_still_its_room() -> None:
    form = room("participant-join", "caller", FriendlyName=f"wt-{CALL}-2")
    assert forms.conference(form, CALL) == ev.CallerJoined(f"wt-{CALL}-2", CF, CA)


@pytest.mark.parametrize("name", ["wt-other", f"wt-{CALL}x", f"wt-{CALL}-", f"wt-{CALL}-2-2", CALL, ""])
def test_another_calls_room_says_nothing(name: str) -> None:
    assert forms.conference(room("participant-join", "caller", FriendlyName=name), CALL) is None


@pytest.mark.parametrize(
    "form",
    [
        room("conference-start"),
        room("participant-mute", "human-1"),
        room("participant-unmute", "human-1"),
        room("participant-hold", "human-1"),
        room("participant-unhold", "caller"),
        room("participant-modify", "caller"),
        room("participant-speech-start", "caller"),
        room("announcement-end", "human-1"),
        room("something-new", "caller"),
    ],
)
def test_news_that_decides_nothing_is_no_fact(form: dict[str, str]) -> None:
    assert forms.conference(form, CALL) is None


def test_a_muted_human_is_in_the_room_and_not_yet_in_the_conversation() -> None:
    assert forms.conference(room("participant-join", "human-1", Muted="true"), CALL) is None
    assert forms.conference(room("participant-join", "human-1", Hold="true"), CALL) is None


@pytest.mark.parametrize(
    "label", ["", "agent", "ai", "ai-0", "ai-x", "ai-1 ", "caller-1", "human-", "human--1", "human-١"]
)
@pytest.mark.parametrize("news", ["participant-join", "participant-leave", "participant-unhold"])
def test_a_stranger_in_the_room_is_no_fact(news: str, label: str) -> None:
    form = room(news, "caller") | {"ParticipantLabel": label}
    assert forms.conference(form, CALL) is None


def test_a_caller_whom_we_moved_has_not_left() -> None:
    assert forms.conference(left("caller", "participant_updated_via_api", "in-progress"), CALL) is None


@pytest.mark.parametrize("reason", ["conference_ended_via_api", "moderator_ended_conference"])
def test_a_caller_put_out_of_an_ended_room_is_still_on_the_line(reason: str) -> None:
    assert forms.conference(left("caller", reason, "in-progress"), CALL) == ev.RoomLost(CF, reason)
    assert forms.conference(left("caller", reason, "completed"), CALL) == ev.CallerLeft(CF, reason)


@pytest.mark.parametrize(
    ("reason", "fact"),
    [
        ("participant-with-end-conference-on-exit-left", ev.CallerLeft),
        ("last-participant-left", ev.CallerLeft),
        ("conference-ended-via-api", ev.RoomLost),
        ("participant-with-end-conference-on-exit-kicked", ev.RoomLost),
        ("last-participant-kicked", ev.RoomLost),
        ("", ev.RoomLost),
    ],
)
def test_the_end_of_a_room_says_whether_the_caller_is_still_there(
    reason: str, fact: type[ev.CallerLeft] | type[ev.RoomLost]
) -> None:
    assert forms.conference(ended(reason), CALL) == fact(CF, reason)


# The caller -----------------------------------------------------------------------------------------


def test_a_call_arrives_with_its_numbers() -> None:
    form = progress("ringing", Direction="inbound") | {"From": "+15550109999", "To": "+15550100000"}
    assert forms.arrived(form) == ev.CallArrived(CA, "+15550109999", "+15550100000")
    named = {**form, "CallerName": "LEE \u202e MARGARET\n"}
    assert forms.arrived(named) == ev.CallArrived(CA, "+15550109999", "+15550100000", "LEE MARGARET")


@pytest.mark.parametrize("sid", ["", "CA 1", "CA/../1"])
def test_a_call_without_a_usable_sid_has_not_arrived(sid: str) -> None:
    assert forms.arrived(progress("ringing") | {"CallSid": sid}) is None


@pytest.mark.parametrize("status", ["completed", "busy", "failed", "no-answer", "canceled"])
def test_the_numbers_status_callback_tells_of_a_caller_who_left(status: str) -> None:
    assert forms.caller_status(progress(status)) == ev.CallerLeft(why=status)


@pytest.mark.parametrize("status", ["queued", "initiated", "ringing", "in-progress", ""])
def test_a_call_that_goes_on_has_not_left(status: str) -> None:
    assert forms.caller_status(progress(status)) is None


def test_a_dial_that_ends_gives_the_caller_back() -> None:
    form = progress("in-progress", DialCallStatus="no-answer")
    assert forms.dial_action(form) == ev.CallerCameBack(0, Ended.NO_ANSWER)
    assert forms.dial_action(form, 3) == ev.CallerCameBack(3, Ended.NO_ANSWER)


def test_a_dial_that_ends_because_the_caller_hung_up_does_not() -> None:
    assert forms.dial_action(progress("completed", DialCallStatus="completed")) == ev.CallerLeft(
        why="completed"
    )


@pytest.mark.parametrize(("seconds", "heard"), [("17", 17), ("", 0), ("x", 0), ("-3", 0)])
def test_a_message_has_an_address_and_a_length(seconds: str, heard: int) -> None:
    form = {"RecordingUrl": "https://api.example/RE1", "RecordingDuration": seconds}
    assert forms.message(form) == ev.MessageLeft("https://api.example/RE1", heard)


# The human ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("form", "fact"),
    [
        (progress("queued"), ev.HumanDialled(2, CA)),
        (progress("initiated"), ev.HumanDialled(2, CA)),
        (progress("ringing", 1), ev.HumanRang(2, CA)),
        (progress("in-progress", 2), ev.HumanAnswered(2, CA)),
        (
            progress("busy", 2, SipResponseCode="486", Duration="0", CallDuration="0"),
            ev.HumanEnded(2, Ended.BUSY, "486", CA),
        ),
        (
            progress("no-answer", 2, SipResponseCode="487", Duration="0", CallDuration="0"),
            ev.HumanEnded(2, Ended.NO_ANSWER, "487", CA),
        ),
        (progress("failed", 2, SipResponseCode="404"), ev.HumanEnded(2, Ended.FAILED, "404", CA)),
        (progress("canceled", 2), ev.HumanEnded(2, Ended.CANCELLED, "", CA)),
        (
            progress("completed", 3, Duration="1", CallDuration="49", AnsweredBy="human"),
            ev.HumanEnded(2, Ended.COMPLETED, "", CA, Heard.HUMAN),
        ),
        (
            progress("completed", 3, AnsweredBy="machine_start"),
            ev.HumanEnded(2, Ended.COMPLETED, "", CA, Heard.MACHINE),
        ),
        (progress("on-fire"), None),
        (progress("ringing") | {"CallSid": ""}, None),
    ],
)
def test_progress_of_a_humans_leg(form: dict[str, str], fact: ev.Event | None) -> None:
    assert forms.human_status(form, 2) == fact


@pytest.mark.parametrize(
    ("heard", "who"),
    [
        ("human", Heard.HUMAN),
        ("machine_start", Heard.MACHINE),
        ("machine_end_beep", Heard.MACHINE),
        ("machine_end_silence", Heard.MACHINE),
        ("fax", Heard.MACHINE),
        ("unknown", Heard.UNKNOWN),
    ],
)
def test_what_machine_detection_heard(heard: str, who: Heard) -> None:
    form = {"CallSid": CA, "AnsweredBy": heard, "MachineDetectionDuration": "2400"}
    assert forms.amd(form, 1) == ev.MachineHeard(1, who)


def test_detection_that_says_nothing_is_no_fact() -> None:
    assert forms.amd({"CallSid": CA}, 1) is None


@pytest.mark.parametrize(
    ("form", "fact"),
    [
        ({"Digits": "1"}, ev.HumanAccepted(1, "1")),
        ({"Digits": "2"}, ev.HumanDeclined(1, Outcome.DECLINED, "2")),
        ({"Digits": "0"}, ev.HumanDeclined(1, Outcome.DECLINED, "0")),
        ({"Digits": "*"}, ev.HumanDeclined(1, Outcome.DECLINED, "*")),
        ({"Digits": "11"}, ev.HumanDeclined(1, Outcome.DECLINED, "1")),
        ({"Digits": "1 "}, ev.HumanDeclined(1, Outcome.DECLINED, "1")),
        ({"Digits": ""}, ev.HumanDeclined(1, Outcome.NO_INPUT)),
        ({}, ev.HumanDeclined(1, Outcome.NO_INPUT)),
    ],
)
def test_only_key_1_takes_the_call(form: dict[str, str], fact: ev.Event) -> None:
    assert forms.gate(form, 1) == fact


# Anything at all ------------------------------------------------------------------------------------

_FIELDS = sorted({*room("x", "caller"), *left("caller"), *ended("x"), *progress("x"), "Digits", "AnsweredBy"})
_WORDS = some.sampled_from(
    [
        "participant-join",
        "participant-leave",
        "conference-end",
        "caller",
        "ai-1",
        "human-1",
        "completed",
        CF,
        CA,
    ]
)
_FORMS = some.dictionaries(
    some.sampled_from(_FIELDS),
    some.one_of(_WORDS, some.text(max_size=80), some.text(string.printable, max_size=8)),
)


# The first example loads tables of Unicode, which a busy machine finds slow.
@settings(max_examples=80, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
@example({"CallStatus": "completed"})  # which leaves open who answered
@given(_FORMS)
def test_no_form_raises_and_no_identifier_carries_more_than_an_identifier(form: dict[str, Any]) -> None:
    named = form | {"FriendlyName": f"wt-{CALL}"}
    for fact in (
        forms.conference(named, CALL),
        forms.human_status(form, 1),
        forms.amd(form, 1),
        forms.caller_status(form),
        forms.dial_action(form),
    ):
        for value in fact.to_dict().values() if fact else ():
            assert value is None or isinstance(value, int) or len(value) <= 64
            assert str(value).isascii()
    assert forms.gate(form, 1).n == 1
    forms.arrived(form)
    forms.message(form)


@pytest.mark.parametrize(
    ("room_name", "call_id"),
    [("wt-c0ffee", "c0ffee"), ("wt-c0ffee-2", "c0ffee"), ("wt-", ""), ("lobby", ""), ("wt-c0ffee-x", "")],
)
def test_a_rooms_name_tells_its_call(room_name: str, call_id: str) -> None:
    assert call_of(room_name) == call_id


@pytest.mark.parametrize(
    ("form", "fact"),
    [
        ({"MessageStatus": "undelivered", "ErrorCode": "30034"}, ev.CardLost(2, 30034)),
        ({"MessageStatus": "failed"}, ev.CardLost(2, 0)),
        ({"MessageStatus": "failed", "ErrorCode": "9" * 40}, ev.CardLost(2, 0)),
        ({"MessageStatus": "failed", "ErrorCode": "<b>"}, ev.CardLost(2, 0)),
        ({"MessageStatus": "delivered"}, None),
        ({"MessageStatus": "sent"}, None),
        ({}, None),
    ],
)
def test_only_a_card_that_has_not_arrived_is_a_fact(form: dict[str, str], fact: ev.Event | None) -> None:
    assert forms.card(form, 2) == fact
