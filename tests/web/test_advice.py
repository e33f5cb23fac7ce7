"""A wrong URL at Twilio costs one line that names the setting, and no caller and no bill."""

from __future__ import annotations

import logging
import re

import pytest

from tests.desk.parts import eventually
from tests.test_config import GOOD
from tests.web.site import CALLER, PUBLIC, ROOM, Site, signature
from warmtransfer.web.advice import Visit, visit

NUMBER = GOOD["TWILIO_NUMBER"]
RINGING = {"CallSid": "CA" + "5" * 32, "From": CALLER, "To": NUMBER, "CallStatus": "ringing"}
OF_THE_APP = {
    "CallSid": "CA" + "7" * 32,
    "From": NUMBER,
    "To": "app:" + GOOD["TWILIO_APP_SID"],
    "CallStatus": "ringing",
}


def errors(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What the log said loudly."""
    return [each.getMessage() for each in caplog.records if each.levelno >= logging.ERROR]


def tags(site: Site, path: str, **form: str) -> list[str]:
    """The verbs of the document that a webhook is answered with."""
    return [each.tag for each in site.document(path, **form)]


@pytest.mark.parametrize(
    ("form", "who"),
    [
        (RINGING, Visit.CALLER),
        ({**RINGING, "From": "anonymous"}, Visit.CALLER),
        ({**RINGING, "Direction": "inbound"}, Visit.CALLER),
        (OF_THE_APP, Visit.AI_LEG),
        ({**RINGING, "call": "c1", "leg": "1"}, Visit.AI_LEG),
        ({**RINGING, "Param_leg": "1"}, Visit.AI_LEG),
        ({**RINGING, "From": NUMBER}, Visit.OWN_LEG),
        ({**RINGING, "Direction": "outbound-api"}, Visit.OWN_LEG),
        ({**RINGING, "Direction": "outbound-dial"}, Visit.OWN_LEG),
        ({**RINGING, "CallStatus": "completed"}, Visit.ENDED),
        ({**RINGING, "CallStatus": "no-answer"}, Visit.ENDED),
    ],
)
def test_a_request_is_known_by_its_legs_ends(form: dict[str, str], who: Visit) -> None:
    assert visit(form, NUMBER) is who


def test_an_ai_leg_at_voice_is_no_caller_and_told_once(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    for n in range(5):
        assert tags(site, "/voice", **{**OF_THE_APP, "CallSid": f"CA{n:032d}"}) == ["Hangup"]
    assert site.parts.desk.calls() == []
    (line,) = errors(caplog)
    assert "TWILIO_APP_SID" in line
    assert f"{PUBLIC}/warmtransfer/ai" in line
    assert "/warmtransfer/voice" in line


def test_our_own_number_as_caller_is_turned_away_and_told_once(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    for form in ({**RINGING, "From": NUMBER}, {**RINGING, "Direction": "outbound-api"}):
        assert tags(site, "/voice", **form) == ["Reject"]
    assert site.parts.desk.calls() == []
    (line,) = errors(caplog)
    assert "WARMTRANSFER_HUMANS" in line
    assert "TWILIO_NUMBER" in line


def test_status_callbacks_that_come_to_voice_end_their_call_and_begin_none(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    call_id = site.arrive()
    ended = {"CallSid": site.call(call_id).caller_sid, "CallStatus": "completed"}
    assert tags(site, "/voice", **{**RINGING, **ended}) == ["Hangup"]
    assert site.call(call_id).stage == "over"
    assert len(site.parts.desk.calls()) == 1
    (line,) = errors(caplog)
    assert f"{PUBLIC}/warmtransfer/status" in line


@pytest.mark.parametrize("path", ["/ai", "/status"])
def test_a_caller_at_another_url_of_ours_is_served_and_the_setting_is_told(
    site: Site, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    assert tags(site, path, **RINGING) == ["Dial"]
    (call,) = site.parts.desk.calls()
    assert call.caller == CALLER
    (line,) = errors(caplog)
    assert "TWILIO_NUMBER" in line
    assert f"must be {PUBLIC}/warmtransfer/voice" in line
    assert f"/warmtransfer{path}" in line


def test_what_is_entered_at_twilio_may_be_set_to_get(site: Site) -> None:
    query = "&".join(f"{name}={value.replace('+', '%2B')}" for name, value in RINGING.items())
    url = f"/warmtransfer/voice?{query}"
    answer = site.client.get(url, headers={"X-Twilio-Signature": signature(PUBLIC + url)})
    assert answer.status_code == 200
    assert b"<Conference" in answer.data
    assert site.client.get(url, headers={"X-Twilio-Signature": "A" * 27 + "="}).status_code == 403
    assert site.parts.desk.calls()[0].caller == CALLER


def test_a_slash_at_the_end_is_served_and_told(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    assert tags(site, "/voice/", **RINGING) == ["Dial"]
    assert [each for each in caplog.messages if "ends in a slash" in each]


@pytest.mark.parametrize("path", ["/voise", "/", "/api/none"])
def test_a_signed_request_for_a_path_that_is_not_ours_is_told_once_with_every_url(
    site: Site, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(3):
        assert site.send(path, RINGING).status_code == 404
    (line,) = errors(caplog)
    assert f"POST /warmtransfer{path}, " in line
    for right in ("/voice", "/status", "/ai"):
        assert f"{PUBLIC}/warmtransfer{right}" in line


def test_a_signed_request_by_another_method_is_told(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    url = "/warmtransfer/caller/c1/next"
    sign = {"X-Twilio-Signature": signature(PUBLIC + url)}
    assert site.client.get(url, headers=sign).status_code == 405
    assert f"GET {url}, " in errors(caplog)[0]


def test_a_strangers_request_for_nothing_is_not_told(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    assert site.send("/voise", RINGING, signed="").status_code == 404
    assert site.send("/voise", RINGING, signed="A" * 27 + "=").status_code == 404
    assert site.send("/voise", {"Filler": "x" * 70_000}).status_code == 404
    assert errors(caplog) == []


def test_an_ai_leg_that_leaves_and_never_asked_is_told(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    call_id = site.arrive()
    site.join(call_id)
    site.carrier.wait("add_ai")
    gone = {"ParticipantLabel": "ai-1", "ReasonParticipantLeft": "participant_hung_up"}
    site.room(call_id, "participant-leave", **gone)
    eventually(lambda: errors(caplog))
    (line,) = errors(caplog)
    assert "TWILIO_APP_SID" in line
    assert f"{PUBLIC}/warmtransfer/ai" in line
    assert re.search("without asking", line)


def test_an_ai_leg_that_asked_or_whose_room_ends_is_not_blamed(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    asked, ended = site.arrive(), site.arrive()
    for call_id, room in ((asked, ROOM), (ended, "CF" + "2" * 32)):
        sid = site.call(call_id).caller_sid
        site.room(call_id, "participant-join", ParticipantLabel="caller", CallSid=sid, ConferenceSid=room)
    site.document("/ai", call=asked, leg="1")
    site.room(
        asked, "participant-leave", ParticipantLabel="ai-1", ReasonParticipantLeft="participant_hung_up"
    )
    why = {"ReasonParticipantLeft": "moderator_ended_conference", "ConferenceSid": "CF" + "2" * 32}
    site.room(ended, "participant-leave", ParticipantLabel="ai-1", **why)
    eventually(lambda: site.parts.desk.busy() == 0)
    assert errors(caplog) == []
