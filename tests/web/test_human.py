"""A human's webhooks: briefed, asked, let in, or told why not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.desk.parts import eventually
from tests.web.site import Site
from tests.web.test_voice import tags
from warmtransfer.core import briefing
from warmtransfer.core import events as ev
from warmtransfer.core.call import Outcome, Stage
from warmtransfer.core.words import ENGLISH


def test_the_human_is_briefed_when_the_leg_is_answered(site: Site) -> None:
    call_id = site.briefing()
    gather, *_ = site.document(f"/human/{call_id}/1", CallSid="CAhuman1")
    said = [each.text for each in gather.iter("Say")]
    assert said[:4] == [
        briefing.first_words("sam", ""),
        ENGLISH.take,
        ENGLISH.decline,
        "An invoice is wrong.",
    ]


def test_key_one_lets_the_human_in(site: Site) -> None:
    call_id = site.briefing()
    dial, say, _ = site.document(f"/human/{call_id}/1/gate", Digits="1", CallSid="CAhuman1")
    assert dial[0].text == f"wt-{call_id}"
    assert say.text == ENGLISH.caller_gone
    assert site.call(call_id).stage is Stage.JOINING


@pytest.mark.parametrize(
    ("digits", "outcome"),
    [
        ({"Digits": "2"}, Outcome.DECLINED),
        ({"Digits": "*"}, Outcome.DECLINED),
        ({"Digits": ""}, Outcome.NO_INPUT),
        ({}, Outcome.NO_INPUT),
    ],
)
def test_anything_else_declines(site: Site, digits: dict[str, str], outcome: Outcome) -> None:
    call_id = site.briefing()
    say, hangup = site.document(f"/human/{call_id}/1/gate", CallSid="CAhuman1", **digits)
    assert (say.text, hangup.tag) == (ENGLISH.declined, "Hangup")
    assert site.call(call_id).attempts[0].outcome is outcome


def test_a_key_pressed_twice_lets_in_once_and_a_key_after_the_caller_left_does_not(site: Site) -> None:
    call_id = site.briefing()
    first = site.send(f"/human/{call_id}/1/gate", {"Digits": "1"})
    assert site.send(f"/human/{call_id}/1/gate", {"Digits": "1"}).data == first.data
    site.send("/status", {"CallSid": site.call(call_id).caller_sid, "CallStatus": "completed"})
    say, hangup = site.document(f"/human/{call_id}/1/gate", Digits="1")
    assert (say.text, hangup.tag) == (ENGLISH.caller_gone, "Hangup")


@pytest.fixture
def behind(tmp_path: Path) -> Iterator[Site]:
    """An app whose first human is behind a switchboard."""
    site = Site(tmp_path, WARMTRANSFER_HUMANS="sam=+15550100001x12,kim=+15550100002")
    yield site
    site.close()


def test_behind_a_switchboard_the_matter_is_told_to_who_presses_a_key(behind: Site) -> None:
    call_id = behind.briefing()
    _, asked = behind.carrier.wait("dial")
    assert (asked["to"], asked["digits"]) == ("+15550100001", "wwww12")
    gather, *_ = behind.document(f"/human/{call_id}/1", CallSid="CAhuman1")
    assert {each.text for each in gather.iter("Say")} == {briefing.first_words("sam", ""), ENGLISH.there}
    gate, *_ = behind.document(f"/human/{call_id}/1/who", CallSid="CAhuman1", Digits="1")
    assert "An invoice is wrong." in [each.text for each in gate.iter("Say")]
    assert behind.call(call_id).stage is Stage.BRIEFING, "to hear it is not to take it"
    behind.document(f"/human/{call_id}/1/gate", Digits="1", CallSid="CAhuman1")
    assert behind.call(call_id).stage is Stage.JOINING


@pytest.mark.parametrize(("digits", "outcome"), [("2", Outcome.DECLINED), ("", Outcome.NO_INPUT)])
def test_behind_a_switchboard_no_key_and_any_other_decline(
    behind: Site, digits: str, outcome: Outcome
) -> None:
    call_id = behind.briefing()
    say, hangup = behind.document(f"/human/{call_id}/1/who", CallSid="CAhuman1", Digits=digits)
    assert (say.text, hangup.tag) == (ENGLISH.declined, "Hangup")
    assert behind.call(call_id).attempts[0].outcome is outcome


def test_behind_a_switchboard_a_key_after_the_caller_left_tells_nothing(behind: Site) -> None:
    call_id = behind.briefing()
    behind.send("/status", {"CallSid": behind.call(call_id).caller_sid, "CallStatus": "completed"})
    say, hangup = behind.document(f"/human/{call_id}/1/who", Digits="1")
    assert (say.text, hangup.tag) == (ENGLISH.caller_gone, "Hangup")


def test_a_leg_of_a_forgotten_call_is_told_goodbye(site: Site) -> None:
    for path in ("/human/forgotten/1", "/human/forgotten/1/gate", "/human/forgotten/1/who"):
        say, hangup = site.document(path, CallSid="CAhuman1", Digits="1")
        assert (say.text, hangup.tag) == (ENGLISH.too_late, "Hangup")
    assert site.document("/human/forgotten/1/hold")[0].text == ENGLISH.caller_gone
    assert site.document("/human/forgotten/1/briefed")[0].text == ENGLISH.caller_gone


def test_progress_of_the_leg_and_machines_are_noted(site: Site) -> None:
    call_id = site.briefing()
    assert site.send(f"/human/{call_id}/1/amd", {"AnsweredBy": "machine_start"}).status_code == 204
    heard = site.document(f"/human/{call_id}/1")
    assert tags(heard) == ["Gather", "Redirect"]
    assert heard[0].get("input") == "dtmf speech"
    assert f"/human/{call_id}/1/spoke" in str(heard[0].get("action"))
    mailbox = {"SpeechResult": "Please leave a message after the tone."}
    assert tags(site.document(f"/human/{call_id}/1/spoke", **mailbox)) == ["Hangup"]
    assert site.call(call_id).attempts[0].outcome is Outcome.MACHINE
    form = {"CallSid": "CAhuman1", "CallStatus": "completed"}
    assert site.send(f"/human/{call_id}/1/status", form).status_code == 204
    assert site.call(call_id).attempts[0].ended
    assert site.send(f"/human/{call_id}/1/status", {"CallStatus": "strange"}).status_code == 204
    assert site.send(f"/human/{call_id}/1/amd", {}).status_code == 204


def test_who_has_accepted_on_their_card_at_a_telephone_that_asks_is_let_in_by_a_yes(site: Site) -> None:
    call_id = site.briefing()
    site.parts.desk.post(call_id, ev.CardAccepted(1))
    site.send(f"/human/{call_id}/1/amd", {"AnsweredBy": "machine_start"})
    leg = f"/human/{call_id}/1"

    def says(words: str) -> list[Any]:
        return site.document(f"{leg}/spoke", SpeechResult=words)

    told = says("Please record your name and reason for calling")
    assert tags(told)[-2:] == ["Gather", "Redirect"]
    for _ in range(2):
        asked = says("Hello, who is it?")
        assert [say.text for say in asked[0].iter("Say")] == [ENGLISH.sure]
        assert asked[0].get("input") == "dtmf speech"
    (dial, *_) = says("Yes, please.")
    assert dial.tag == "Dial"
    assert [room.get("participantLabel") for room in dial.iter("Conference")] == ["human-1"]


def test_hold_wait_and_goodbye_documents(site: Site) -> None:
    call_id = site.briefing()
    assert tags(site.document(f"/human/{call_id}/1/hold")) == ["Say", "Pause", "Say", "Redirect"]
    assert tags(site.document(f"/human/{call_id}/1/briefed")) == ["Say", "Pause", "Redirect"]
    assert tags(site.document(f"/human/{call_id}/1/wait")) == ["Say", "Pause", "Redirect"]


def test_a_card_that_did_not_arrive_is_a_line_with_what_to_do_and_no_more(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    call_id = site.briefing()
    before = site.call(call_id)
    form = {"MessageSid": "SM" + "1" * 32, "MessageStatus": "undelivered", "To": "+15550100001"}
    path = f"/human/{call_id}/1/card"
    assert site.send(path, {**form, "MessageStatus": "delivered"}).status_code == 204
    assert site.send(path, {**form, "ErrorCode": "30034"}).status_code == 204
    eventually(lambda: "the card of sam did not arrive" in caplog.text)
    line = next(each for each in caplog.messages if "did not arrive" in each)
    assert "A2P 10DLC" in line
    assert "+1555" not in line
    assert site.call(call_id) == replace(before, at=site.call(call_id).at)


@pytest.mark.parametrize(("ended", "said"), [("caller", ENGLISH.caller_gone), ("Anna", ENGLISH.too_late)])
def test_who_is_let_go_hears_that_the_caller_left_only_when_they_did(
    site: Site, ended: str, said: str
) -> None:
    call_id = site.briefing()
    assert site.document(f"/human/{call_id}/1/gone")[0].text == ENGLISH.too_late, "others see to it"
    if ended == "Anna":
        site.parts.desk.post(call_id, ev.HangUpAsked("console: Anna"))
    else:
        site.send("/status", {"CallSid": site.call(call_id).caller_sid, "CallStatus": "completed"})
    assert site.document(f"/human/{call_id}/1/gone")[0].text == said
    assert site.document(f"/human/{call_id}/1", CallSid="CAhuman1")[0].text == said
