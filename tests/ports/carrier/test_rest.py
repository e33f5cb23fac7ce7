"""What the carrier's port sends, and asks, through the real SDK."""

from __future__ import annotations

from typing import Any

import pytest
import requests
import responses

from tests.ports.carrier.asking import (
    AC,
    ACTIONS,
    AP,
    CA,
    CF,
    IN_A_ROOM,
    LEG_EVENTS,
    NUMBER,
    OURS,
    ROOT,
    answer,
    failure,
    one,
    sent,
)
from warmtransfer.core.legs import Ended, Heard, Leg, LegState, Place
from warmtransfer.errors import (
    CarrierRefused,
    CarrierTaken,
)
from warmtransfer.ports.carrier.rest import Account, Carrier

# What is sent ---------------------------------------------------------------------------------------


def test_the_ai_is_added_to_the_room_without_beep_music_delay_or_power_over_it(
    carrier: Carrier, api: responses.RequestsMock
) -> None:
    answer(api, json={"call_sid": CA, "conference_sid": CF, "status": "queued"}, status=201)
    assert ACTIONS["add_ai"](carrier) == CA
    assert sent(api)[:2] == ("POST", f"{ROOT}/Conferences/{CF}/Participants.json")
    assert sent(api)[2] == IN_A_ROOM | one(
        To=f"app:{AP}?call=c1&room=wt-c1%20%26x",
        From="+15550100000",
        Label="ai-1",
        Timeout="15",
        TimeLimit="3600",
        WaitUrl="",
        ConferenceStatusCallback="https://app.example/room/c1#rc=5&rp=all",
    )


def test_a_text_message_goes_from_our_number_is_of_use_for_a_minute_and_tells_its_fate(
    carrier: Carrier, api: responses.RequestsMock
) -> None:
    answer(api, json={"sid": "SM" + "4" * 32, "status": "queued"}, status=201)
    assert ACTIONS["text"](carrier) == "SM" + "4" * 32
    assert sent(api) == (
        "POST",
        f"{ROOT}/Messages.json",
        one(
            To=NUMBER,
            From=OURS,
            Body="A call for Sam. https://app.example/my/c/1",
            ValidityPeriod="55",
            StatusCallback="https://app.example/human/c1/1/card",
        ),
    )


def test_a_messaging_service_chooses_the_number_itself(
    carrier: Carrier, api: responses.RequestsMock
) -> None:
    answer(api, json={"sid": "SM" + "4" * 32}, status=201)
    carrier.text(to=NUMBER, from_="MG" + "5" * 32, body="A call.", seconds=0, status_callback="https://a.test")
    form = sent(api)[2]
    assert (form["MessagingServiceSid"], "From" in form) == (["MG" + "5" * 32], False)
    assert form["ValidityPeriod"] == ["1"]


@pytest.mark.parametrize("action", ["add_ai", "dial", "add_human"])
def test_legs_that_twilio_itself_lets_wait_are_one_line_that_names_the_key(
    action: str, carrier: Carrier, api: responses.RequestsMock, caplog: pytest.LogCaptureFixture
) -> None:
    for waits in ("0", "40", None, "soon"):
        answer(api, json={"call_sid": CA, "sid": CA, "queue_time": waits}, status=201)
        ACTIONS[action](carrier)
    assert caplog.text == ""
    for waits in ("2300", "3300"):
        answer(api, json={"call_sid": CA, "sid": CA, "queue_time": waits}, status=201)
        ACTIONS[action](carrier)
    [said] = caplog.messages
    assert "2300 ms" in said
    assert "WARMTRANSFER_CPS" in said


def test_the_ais_own_status_is_asked_for_only_when_wanted(
    carrier: Carrier, api: responses.RequestsMock
) -> None:
    answer(api, json={"call_sid": CA}, status=201)
    carrier.add_ai(
        room=CF,
        app_sid=AP,
        parameters={},
        label="ai-2",
        from_=OURS,
        room_callback="https://app.example/room",
        status_callback="https://app.example/ai",
        time_limit=60,
    )
    form = sent(api)[2]
    assert form["To"] == [f"app:{AP}"]
    assert form["StatusCallback"] == ["https://app.example/ai"]
    assert form["StatusCallbackEvent"] == LEG_EVENTS


def test_a_human_is_dialled_on_a_leg_of_their_own_with_asynchronous_machine_detection(
    carrier: Carrier, api: responses.RequestsMock
) -> None:
    answer(api, json={"sid": CA, "status": "queued", "date_created": None}, status=201)
    assert ACTIONS["dial"](carrier) == CA
    assert sent(api)[:2] == ("POST", f"{ROOT}/Calls.json")
    assert sent(api)[2] == one(
        To=NUMBER,
        From="+15550100000",
        Url="https://app.example/human/c1/1",
        Method="POST",
        Timeout="25",
        TimeLimit="3600",
        StatusCallback="https://app.example/human/c1/1/status",
        StatusCallbackMethod="POST",
        MachineDetection="Enable",
        AsyncAmd="true",
        AsyncAmdStatusCallback="https://app.example/human/c1/1/amd",
        AsyncAmdStatusCallbackMethod="POST",
    ) | {"StatusCallbackEvent": LEG_EVENTS}


def test_digits_are_sent_after_the_answer_and_no_menu_is_taken_for_a_mailbox(
    carrier: Carrier, api: responses.RequestsMock
) -> None:
    answer(api, json={"sid": CA}, status=201)
    here = "https://a.example"
    carrier.dial(
        to=NUMBER, from_="+15550100000", url=here, status_callback=here, amd_callback=here, ring=20,
        time_limit=60, digits="wwww123#",
    )  # fmt: skip
    form = sent(api)[2]
    assert form["SendDigits"] == ["wwww123#"]
    assert not [name for name in form if "Machine" in name or "Amd" in name]


def test_what_is_no_telephone_is_dialled_without_detection_of_machines(
    carrier: Carrier, api: responses.RequestsMock
) -> None:
    answer(api, json={"sid": CA}, status=201)
    here = "https://a.example"
    carrier.dial(
        to="client:sam", from_="+15550100000", url=here, status_callback=here, amd_callback=here, ring=20,
        time_limit=60,
    )  # fmt: skip
    form = sent(api)[2]
    assert form["To"] == ["client:sam"]
    assert not [name for name in form if "Machine" in name or "Amd" in name]


def test_an_announced_human_is_added_muted_and_without_the_fields_that_participants_do_not_know(
    carrier: Carrier, api: responses.RequestsMock
) -> None:
    answer(api, json={"call_sid": CA}, status=201)
    assert ACTIONS["add_human"](carrier) == CA
    assert sent(api)[:2] == ("POST", f"{ROOT}/Conferences/{CF}/Participants.json")
    assert sent(api)[2] == IN_A_ROOM | one(
        To=NUMBER,
        From="+15550100000",
        Label="human-1",
        Muted="true",
        Timeout="20",
        TimeLimit="3600",
        WaitUrl="https://app.example/human/c1/1/wait",
        WaitMethod="POST",
        StatusCallback="https://app.example/human/c1/1/status",
        StatusCallbackMethod="POST",
        MachineDetection="Enable",
        AmdStatusCallback="https://app.example/human/c1/1/amd",
        AmdStatusCallbackMethod="POST",
        ConferenceStatusCallback="https://app.example/room/c1",
    ) | {"StatusCallbackEvent": LEG_EVENTS}


@pytest.mark.parametrize(("ring", "timeout"), [(1, "5"), (25.6, "26"), (9999, "600")])
def test_ring_seconds_stay_within_what_twilio_takes(
    carrier: Carrier, api: responses.RequestsMock, ring: float, timeout: str
) -> None:
    answer(api, json={"sid": CA}, status=201)
    carrier.dial(
        to=NUMBER,
        from_=OURS,
        url="https://a.example",
        status_callback="https://a.example",
        amd_callback="https://a.example",
        ring=ring,
        time_limit=60,
    )
    assert sent(api)[2]["Timeout"] == [timeout]


@pytest.mark.parametrize(
    ("action", "method", "path", "form"),
    [
        ("end_call", "POST", f"/Calls/{CA}.json", one(Status="completed")),
        ("move_call", "POST", f"/Calls/{CA}.json", one(Url="https://app.example/next", Method="POST")),
        ("remove", "DELETE", f"/Conferences/{CF}/Participants/ai-1.json", {}),
        (
            "announce",
            "POST",
            f"/Conferences/{CF}/Participants/{CA}.json",
            one(AnnounceUrl="https://app.example/comfort", AnnounceMethod="POST"),
        ),
        (
            "hold",
            "POST",
            f"/Conferences/{CF}/Participants/{CA}.json",
            one(Hold="true", HoldUrl="https://app.example/hold", HoldMethod="POST"),
        ),
        (
            "release",
            "POST",
            f"/Conferences/{CF}/Participants/{CA}.json",
            one(Hold="false", Muted="false"),
        ),
        ("end_room", "POST", f"/Conferences/{CF}.json", one(Status="completed")),
    ],
)
def test_each_order_is_one_request(
    carrier: Carrier,
    api: responses.RequestsMock,
    action: str,
    method: str,
    path: str,
    form: dict[str, list[str]],
) -> None:
    if method == "DELETE":
        answer(api, status=204)
    else:
        answer(api, json={"sid": CA, "call_sid": CA})
    assert ACTIONS[action](carrier) is None
    assert sent(api) == (method, ROOT + path, form)


# Questions ------------------------------------------------------------------------------------------


def test_a_room_is_found_by_name_and_an_ended_one_is_not(
    carrier: Carrier, api: responses.RequestsMock
) -> None:
    answer(api, json={"conferences": []})
    answer(api, json={"conferences": [{"sid": CF, "status": "in-progress"}]})
    assert carrier.find_room("wt-c1") == CF
    asked = [call.request.params for call in api.calls]  # type: ignore[attr-defined]
    assert {each["FriendlyName"] for each in asked} == {"wt-c1"}
    assert [each["Status"] for each in asked] == ["init", "in-progress"]


def test_no_room_is_an_empty_answer(carrier: Carrier, api: responses.RequestsMock) -> None:
    answer(api, json={"conferences": []})
    assert carrier.find_room("wt-c1") == ""


def test_a_participant_is_found_by_label(carrier: Carrier, api: responses.RequestsMock) -> None:
    answer(api, json={"call_sid": CA, "label": "caller"})
    assert carrier.find_participant(CF, "caller") == CA
    assert sent(api)[:2] == ("GET", f"{ROOT}/Conferences/{CF}/Participants/caller.json")


def test_the_people_in_a_room_are_known_by_label(carrier: Carrier, api: responses.RequestsMock) -> None:
    legs = [{"call_sid": CA, "label": "caller"}, {"call_sid": "CA" + "4" * 32, "label": None}]
    answer(api, json={"participants": legs})
    assert carrier.people(CF) == {"caller": CA, "": "CA" + "4" * 32}
    assert sent(api)[:2] == ("GET", f"{ROOT}/Conferences/{CF}/Participants.json")


def test_open_rooms_are_those_in_progress_and_those_about_to_be(
    carrier: Carrier, api: responses.RequestsMock
) -> None:
    answer(api, json={"conferences": [{"sid": CF, "friendly_name": "wt-c1"}]})
    assert carrier.open_rooms() == ["wt-c1", "wt-c1"]
    asked = [call.request.params["Status"] for call in api.calls]  # type: ignore[attr-defined]
    assert asked == ["init", "in-progress"]


def test_the_number_a_call_was_made_to(carrier: Carrier, api: responses.RequestsMock) -> None:
    answer(api, json={"sid": CA, "to": NUMBER})
    assert carrier.number_called(CA) == NUMBER


@pytest.mark.parametrize("silent", ["muted", "hold"])
def test_a_participant_who_cannot_talk_is_not_found_talking(
    carrier: Carrier, api: responses.RequestsMock, silent: str
) -> None:
    answer(api, json={"call_sid": CA, "muted": False, "hold": False, silent: True})
    assert carrier.find_participant(CF, "human-1", talking=True) == ""
    assert carrier.find_participant(CF, "human-1") == CA


def test_a_label_that_is_in_the_room_already_is_told_apart(
    carrier: Carrier, api: responses.RequestsMock
) -> None:
    answer(api, json={"code": 16026, "message": "in use", "status": 400}, status=400)
    assert type(failure(carrier, "add_ai")) is CarrierTaken


@pytest.mark.parametrize(
    ("status", "leg"),
    [
        ("queued", LegState.COMING),
        ("ringing", LegState.COMING),
        ("in-progress", LegState.UP),
        ("a-new-word", LegState.COMING),
        ("completed", Ended.COMPLETED),
        ("busy", Ended.BUSY),
        ("failed", Ended.FAILED),
        ("no-answer", Ended.NO_ANSWER),
        ("canceled", Ended.CANCELLED),
    ],
)
def test_where_a_leg_is_is_said_in_our_own_words(
    carrier: Carrier, api: responses.RequestsMock, status: str, leg: Leg
) -> None:
    answer(api, json={"sid": CA, "status": status})
    assert carrier.leg(CA) is leg
    assert sent(api)[:2] == ("GET", f"{ROOT}/Calls/{CA}.json")


def test_where_everyone_in_a_room_is_is_asked_in_one_request(
    carrier: Carrier, api: responses.RequestsMock
) -> None:
    there = {"muted": False, "hold": False, "status": "connected"}
    people = [
        {**there, "call_sid": CA, "label": "caller"},
        {**there, "call_sid": "CA2", "label": "human-1", "muted": True},
        {**there, "call_sid": "CA3", "label": "", "muted": True, "hold": True},
        {**there, "call_sid": "CA4", "label": "human-2", "status": "ringing"},
    ]
    answer(api, json={"participants": people})
    assert carrier.places(CF) == {
        **dict.fromkeys((CA, "caller"), Place.IN),
        **dict.fromkeys(("CA2", "human-1"), Place.MUTED),
        "CA3": Place.HELD,
        **dict.fromkeys(("CA4", "human-2"), Place.OUT),
    }
    assert sent(api)[:2] == ("GET", f"{ROOT}/Conferences/{CF}/Participants.json")


def test_nobody_is_in_a_room_that_is_over(carrier: Carrier, api: responses.RequestsMock) -> None:
    answer(api, json={"code": 20404, "message": "gone", "status": 404}, status=404)
    assert carrier.places(CF) == {}


TUNED = "timeout=20 speech_threshold=3000 speech_end_threshold=900 silence_timeout=4000"
THEIRS = {
    "MachineDetectionTimeout": ["20"],
    "MachineDetectionSpeechThreshold": ["3000"],
    "MachineDetectionSpeechEndThreshold": ["900"],
    "MachineDetectionSilenceTimeout": ["4000"],
}


@pytest.mark.parametrize("action", ["dial", "add_human"])
def test_the_detection_of_machines_is_tuned_for_one_human(
    carrier: Carrier, api: responses.RequestsMock, action: str
) -> None:
    answer(api, json={"sid": CA, "call_sid": CA}, status=201)
    common = {"to": NUMBER, "from_": OURS, "status_callback": "", "amd_callback": "https://app.example/amd"}
    if action == "dial":
        more = {"url": "https://app.example/human"}
    else:
        more = {"room": CF, "label": "human-1", "room_callback": "", "wait_url": ""}
    getattr(carrier, action)(**common, **more, ring=20, time_limit=60, detection=TUNED)
    form = sent(api)[2]
    assert {name: form[name] for name in THEIRS} == THEIRS
    assert form["MachineDetection"] == ["Enable"]


def test_where_it_is_off_no_machine_is_detected(carrier: Carrier, api: responses.RequestsMock) -> None:
    answer(api, json={"sid": CA}, status=201)
    carrier.dial(
        to=NUMBER,
        from_=OURS,
        url="https://app.example/human",
        status_callback="https://app.example/status",
        amd_callback="https://app.example/amd",
        ring=20,
        time_limit=60,
        detection="off",
    )
    assert not [name for name in sent(api)[2] if "Machine" in name or "Amd" in name]


@pytest.mark.parametrize(
    ("answered_by", "who"),
    [(None, None), ("human", Heard.HUMAN), ("unknown", Heard.UNKNOWN), ("machine_end_beep", Heard.MACHINE)],
)
def test_who_picked_up_a_leg_can_be_asked_for(
    carrier: Carrier, api: responses.RequestsMock, answered_by: str | None, who: Heard | None
) -> None:
    answer(api, json={"sid": CA, "status": "completed", "answered_by": answered_by})
    assert carrier.picked_up(CA) is who


@pytest.mark.parametrize("action", ["find_participant", "leg", "number_called", "picked_up"])
@pytest.mark.parametrize(("status", "code"), [(404, 20404), (400, 16022), (400, 16099)])
def test_looking_for_what_is_gone_finds_nothing(
    carrier: Carrier, api: responses.RequestsMock, action: str, status: int, code: int
) -> None:
    answer(api, json={"code": code, "message": "gone", "status": status}, status=status)
    assert not ACTIONS[action](carrier)


def found(carrier: Carrier, api: responses.RequestsMock, *calls: dict[str, Any], **options: Any) -> str:
    """What `find_call` makes of this list, for a dial at 09:00:10 UTC on 23 November 2026."""
    answer(api, json={"calls": list(calls)})
    return carrier.find_call(NUMBER, OURS, 1795424410.4, **options)


def made(
    sid: str, when: str | None, direction: str = "outbound-api", status: str = "ringing"
) -> dict[str, Any]:
    date = f"Mon, 23 Nov 2026 {when} +0000" if when else None
    return {"sid": sid, "date_created": date, "direction": direction, "status": status}


@pytest.mark.parametrize(
    ("status", "duration", "found"),
    [
        ("in-progress", None, (LegState.UP, True)),
        ("ringing", None, (LegState.COMING, False)),
        ("completed", "12", (Ended.COMPLETED, True)),
        ("no-answer", "0", (Ended.NO_ANSWER, False)),
    ],
)
def test_a_leg_that_a_document_dialled_is_found_by_its_parent(
    carrier: Carrier, api: responses.RequestsMock, status: str, duration: str | None, found: tuple[Leg, bool]
) -> None:
    answer(api, json={"calls": [{"sid": "CAchild", "status": status, "duration": duration}]})
    assert carrier.find_child(CA, NUMBER) == ("CAchild", *found)
    assert api.calls[0].request.params["ParentCallSid"] == CA  # type: ignore[attr-defined]
    assert api.calls[0].request.params["To"] == NUMBER  # type: ignore[attr-defined]


def test_of_several_dialled_legs_the_one_that_talks_or_has_talked_is_told(
    carrier: Carrier, api: responses.RequestsMock
) -> None:
    calls = [
        {"sid": "CAlast", "status": "ringing", "duration": None},
        {"sid": "CAsecond", "status": "completed", "duration": "12"},
        {"sid": "CAfirst", "status": "in-progress", "duration": None},
    ]
    answer(api, json={"calls": calls})
    assert carrier.find_child(CA, NUMBER) == ("CAfirst", LegState.UP, True)
    api.reset()
    answer(api, json={"calls": calls[:2]})
    assert carrier.find_child(CA, NUMBER) == ("CAsecond", Ended.COMPLETED, True)


def test_a_document_that_dialled_nobody_has_no_child(carrier: Carrier, api: responses.RequestsMock) -> None:
    answer(api, json={"calls": []})
    assert carrier.find_child(CA, NUMBER) == ("", LegState.UNKNOWN, False)


def test_a_dial_is_found_by_number_time_and_direction(carrier: Carrier, api: responses.RequestsMock) -> None:
    calls = [made("CAin", "09:00:12", "inbound"), made("CAnew", "09:00:10"), made("CAold", "08:59:59")]
    assert found(carrier, api, *calls) == "CAnew"
    asked = api.calls[0].request.params  # type: ignore[attr-defined]
    assert (asked["To"], asked["From"]) == (NUMBER, OURS)


@pytest.mark.parametrize("status", ["completed", "busy", "no-answer", "canceled", "failed"])
def test_a_leg_that_is_over_is_not_taken_for_the_one_that_was_just_dialled(
    carrier: Carrier, api: responses.RequestsMock, status: str
) -> None:
    over = made("CAover", "09:00:11", status=status)
    assert found(carrier, api, over) == ""
    assert found(carrier, api, over, made("CAup", "09:00:10", status="queued")) == "CAup"


def test_an_older_call_to_the_same_number_is_not_taken_for_ours(
    carrier: Carrier, api: responses.RequestsMock
) -> None:
    assert found(carrier, api, made("CAold", "08:59:59")) == ""


def test_a_call_that_belongs_to_somebody_else_is_passed_over(
    carrier: Carrier, api: responses.RequestsMock
) -> None:
    calls = [made("CAtheirs", "09:00:12"), made("CAours", "09:00:11")]
    assert found(carrier, api, *calls, known={"CAtheirs"}) == "CAours"


def test_a_call_without_a_date_is_a_new_one(carrier: Carrier, api: responses.RequestsMock) -> None:
    assert found(carrier, api, made("CAqueued", None)) == "CAqueued"


# Where to, and as whom ------------------------------------------------------------------------------


def test_another_host_gets_the_same_requests(api: responses.RequestsMock) -> None:
    carrier = Carrier(Account(AC, "token"), base_url="http://127.0.0.1:4010/")
    api.add("POST", f"http://127.0.0.1:4010{ROOT}/Calls/{CA}.json", json={"sid": CA})
    carrier.end_call(CA)
    assert sent(api)[1] == f"{ROOT}/Calls/{CA}.json"


@pytest.mark.parametrize(
    ("account", "pair"),
    [
        (Account(AC, "token"), (AC, "token")),
        (Account(AC, "token", "SK" + "4" * 32, "secret"), ("SK" + "4" * 32, "secret")),
    ],
)
def test_requests_are_signed_by_the_key_when_there_is_one(
    api: responses.RequestsMock, account: Account, pair: tuple[str, str]
) -> None:
    answer(api, json={"sid": CA})
    Carrier(account).end_call(CA)
    wanted = requests.Request("GET", "https://x.example", auth=pair).prepare().headers["Authorization"]
    assert api.calls[0].request.headers["Authorization"] == wanted
    assert AC in str(api.calls[0].request.url)


def test_secrets_are_not_in_an_accounts_repr() -> None:
    assert "hush" not in repr(Account(AC, "hush", "SK1", "hush"))


@pytest.mark.parametrize("action", ["end_call", "move_call", "end_room", "leg", "remove"])
def test_an_empty_sid_never_becomes_a_request_to_the_whole_collection(
    carrier: Carrier, api: responses.RequestsMock, action: str
) -> None:
    answer(api, json={"sid": CA})
    arguments = {"move_call": ("", "https://x.example"), "remove": (CF, "")}.get(action, ("",))
    with pytest.raises(CarrierRefused):
        getattr(carrier, action)(*arguments)
    assert not api.calls
