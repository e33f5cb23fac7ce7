"""What can be asked for of a call by the API: decided at once, or refused with a sentence that says why."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.web.site import Site
from tests.web.test_openapi import API, BEARER, TOKEN, faults
from warmtransfer.core import events as ev
from warmtransfer.core.call import Stage
from warmtransfer.core.events.supervisor import Wish
from warmtransfer.web.wishes import DOES, WISHES


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """An app whose API is on."""
    site = Site(tmp_path, WARMTRANSFER_API_TOKEN=TOKEN)
    yield site
    site.close()


def wish(site: Site, call_id: str, name: str, **body: Any) -> TestResponse:
    return site.client.post(f"{API}/calls/{call_id}/{name}", headers=BEARER, json=body)


def test_everything_that_can_be_asked_for_has_its_name_and_its_words() -> None:
    assert set(WISHES.values()) == {
        kind for kind in vars(ev).values() if isinstance(kind, type) and issubclass(kind, Wish)
    }
    assert list(DOES) == list(WISHES)


def test_the_next_person_is_rung_and_the_journal_says_who_asked(site: Site) -> None:
    call_id = site.briefing()
    answer = wish(site, call_id, "next-person", attempt=1)
    assert (answer.status_code, answer.json["stage"]) == (202, "cancelling")
    (args, _) = site.carrier.wait("move_call")
    assert args[0] == "CAhuman1"
    site.send(f"/human/{call_id}/1/status", {"CallSid": "CAhuman1", "CallStatus": "completed"})
    assert site.carrier.wait("dial", 2)[1]["to"] == "+15550100002"
    (asked,) = (row for row in site.parts.records.journal(call_id) if row.event == "NextAsked")
    assert asked.data == {"by": "api", "attempt": 1}


def test_what_is_asked_twice_or_too_late_is_refused_and_noted(site: Site) -> None:
    call_id = site.briefing()
    assert wish(site, call_id, "stop-ringing").status_code == 202
    again = wish(site, call_id, "stop-ringing")
    assert (again.status_code, again.json["detail"]) == (409, "It is being stopped already.")
    assert [row.event for row in site.parts.records.journal(call_id)].count("StopAsked") == 2


def test_a_call_is_ended_once(site: Site) -> None:
    call_id = site.arrive()
    site.join(call_id)
    assert wish(site, call_id, "hang-up").json["stage"] == "over"
    assert site.carrier.wait("end_call")[0] == (site.call(call_id).caller_sid,)
    assert wish(site, call_id, "hang-up").json["detail"] == "The call is over."
    assert site.call(call_id).stage is Stage.OVER


def test_the_ai_never_goes_from_a_caller_who_would_be_alone(site: Site) -> None:
    call_id = site.arrive()
    site.join(call_id)
    answer = wish(site, call_id, "end-ai")
    assert answer.status_code == 409
    assert "alone in silence" in answer.json["detail"]


@pytest.mark.parametrize(
    ("name", "body", "said"),
    [
        ("next-person", {"attempt": "1"}, "attempt is not a whole number"),
        ("next-person", {"attempt": True}, "attempt is not a whole number"),
        ("next-person", {"attempt": -1}, "attempt is not a whole number"),
        ("hang-up", {"attempt": 1}, "attempt: not among its fields: there are none"),
        ("tell-ai", {}, "text is missing"),
        ("tell-ai", {"text": "  "}, "text is missing"),
        ("tell-ai", {"text": "x" * 501}, "text is not a text of at most 500"),
        ("tell-ai", {"text": "x", "aloud": "yes"}, "aloud is not true or false"),
        ("tell-ai", {"text": "x", "by": "the queen"}, "by: not among text, aloud"),
    ],
)
def test_what_makes_no_sense_is_refused_with_what_is_wrong(
    site: Site, name: str, body: dict[str, Any], said: str
) -> None:
    call_id = site.briefing()
    answer = wish(site, call_id, name, **body)
    assert answer.status_code == 400
    assert said in answer.json["detail"]
    assert site.call(call_id).stage is Stage.BRIEFING


def test_half_a_letter_does_not_reach_the_database(site: Site) -> None:
    call_id = site.arrive()
    site.join(call_id)
    assert wish(site, call_id, "tell-ai", text="Closed \ud800").status_code == 409, "the AI is not up here"
    assert site.parts.records.journal(call_id)[-1].data["text"] == "Closed ?"


def test_every_answer_is_as_described(site: Site) -> None:
    described = site.client.get(f"{API}/openapi.json", headers=BEARER).json
    call_id = site.briefing()
    for name in WISHES:
        path = f"/calls/{{id}}/{name}"
        for status, answer in (
            (400, wish(site, call_id, name, more=1)),
            (404, wish(site, "none", name)),
        ):
            assert answer.status_code == status
            assert faults(described, path, "post", status, answer.json) == []
    stranger = site.client.post(f"{API}/calls/{call_id}/hang-up")
    assert stranger.status_code == 401
    assert faults(described, "/calls/{id}/hang-up", "post", 401, stranger.json) == []
    for name, status in (("stop-ringing", 202), ("stop-ringing", 409), ("bring-ai-back", 409)):
        answer = wish(site, call_id, name)
        assert answer.status_code == status
        assert faults(described, f"/calls/{{id}}/{name}", "post", status, answer.json) == []
