"""The REST API: who may ask, what is answered, and what is refused clearly."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Request
from werkzeug.test import TestResponse

from tests.commands.parts import waiting
from tests.desk.parts import eventually
from tests.web.site import CALLER, Site
from warmtransfer.core import events as ev
from warmtransfer.core.call import Stage
from warmtransfer.web.wrong import Wrong, address

TOKEN = "a-token-for-the-tests"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """An app whose API is on."""
    site = Site(tmp_path, WARMTRANSFER_API_TOKEN=TOKEN)
    yield site
    site.close()


def get(site: Site, path: str) -> Any:
    """What the API answers, as JSON."""
    answer = site.client.get(f"/warmtransfer/api{path}", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200, answer.text
    return answer.json


def ask(site: Site, call_id: str, **more: Any) -> TestResponse:
    """A handoff asked for."""
    return site.client.post(
        f"/warmtransfer/api/calls/{call_id}/handoff", headers={"Authorization": f"Bearer {TOKEN}"}, **more
    )


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer wrong",
        f"Basic {TOKEN}",
        TOKEN,
        f"Bearer {TOKEN}x",
        f"Bearer {TOKEN[:-1]}",
        "Bearer \u00e9",
    ],
)
def test_a_wrong_token_gets_nothing_but_401(site: Site, header: str) -> None:
    call_id = site.arrive()
    for path in ("/calls", f"/calls/{call_id}"):
        answer = site.client.get(f"/warmtransfer/api{path}", headers={"Authorization": header})
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"] == "Bearer"
        assert call_id not in answer.text
    answer = site.client.post(f"/warmtransfer/api/calls/{call_id}/handoff", headers={"Authorization": header})
    assert answer.status_code == 401
    assert site.call(call_id).handoff.number == 0


def test_without_a_configured_token_the_api_is_not_there(tmp_path: Path) -> None:
    site = Site(tmp_path)
    try:
        for header in ({}, {"Authorization": "Bearer "}, {"Authorization": "Bearer"}):
            assert site.client.get("/warmtransfer/api/calls", headers=header).status_code == 404
    finally:
        site.close()


def test_calls_are_listed_newest_first(site: Site) -> None:
    first, second = site.arrive(), site.arrive()
    site.send("/status", {"CallSid": site.call(first).caller_sid, "CallStatus": "completed"})
    listed = get(site, "/calls")["calls"]
    assert [(each["id"], each["stage"]) for each in listed] == [(second, "arriving"), (first, "over")]
    assert listed[0]["caller"] == CALLER
    assert [each["id"] for each in get(site, "/calls?live=1")["calls"]] == [second]
    assert [each["id"] for each in get(site, "/calls?limit=1")["calls"]] == [second]


def test_one_call_is_told_with_attempts_words_and_decisions(site: Site) -> None:
    call_id = site.briefing()
    site.send(f"/human/{call_id}/1/gate", {"Digits": "2"})
    site.parts.desk.heard(call_id, "caller", "Where is my order?")
    told = eventually(lambda: (got := get(site, f"/calls/{call_id}"))["transcript"] and got)
    assert told["stage"] == "cancelling"
    assert told["handoff"]["summary"] == "An invoice is wrong."
    (attempt,) = told["attempts"]
    assert (attempt["name"], attempt["outcome"], attempt["style"]) == ("sam", "declined", "screen")
    assert [(line["who"], line["text"]) for line in told["transcript"]] == [("caller", "Where is my order?")]
    steps = [(row["event"], row["before"], row["after"]) for row in told["journal"]]
    assert steps[0][0] == "CallArrived"
    assert ("HumanAnswered", "ringing", "briefing") in steps
    assert steps[-1] == ("HumanDeclined", "briefing", "cancelling")
    assert [order["order"] for order in told["journal"][-1]["orders"]] == ["EndHuman"]


def test_the_api_tells_when_the_caller_had_heard_that_an_ai_speaks(site: Site) -> None:
    call_id = site.arrive()
    assert get(site, f"/calls/{call_id}")["disclosed_at"] is None
    site.parts.desk.post(call_id, ev.Disclosed("Hello, I am an AI assistant."))
    told = get(site, f"/calls/{call_id}")
    assert told["disclosed_at"] == told["journal"][-1]["at"] > 0
    assert get(site, "/calls")["calls"][0]["disclosed_at"] == told["disclosed_at"]


def test_the_story_of_a_call_holds_no_token(site: Site) -> None:
    call_id = site.arrive()
    site.join(call_id)
    site.carrier.wait("add_ai")
    site.document("/ai", call=call_id, leg="1")
    token = site.call(call_id).ai.token
    assert token
    answer = site.client.get(
        f"/warmtransfer/api/calls/{call_id}", headers={"Authorization": f"Bearer {TOKEN}"}
    )
    assert token not in answer.text
    assert not [row for row in site.store.journal(call_id) if token in str(row)]


@pytest.mark.parametrize(
    ("path", "said"),
    [
        *((f"/calls?{query}", "limit is not a number from 1 to 500") for query in (
            "limit=0", "limit=501", "limit=-1", "limit=", "limit=x", "limit=1.5", "limit=%2B5", "limit=٣"
        )),
        *((f"/calls?live={word}", "live is none of 1, true, 0, false") for word in ("", "yes", "2")),
        ("/calls?limit=5&offset=3", "offset: not among limit, live, number, since, human, outcome, after"),
        ("/calls?number=x", "number is neither one as +15550100001 nor the last digits of one"),
        ("/calls?since=yesterday", "since is no time: give 30m, 12h, 7d"),
        ("/calls?outcome=gone", "outcome is none of open, accepted, declined"),
        ("/calls?human=", "human is no name"),
        ("/calls?after=x", "after is not the next of an earlier answer"),
        ("/calls?limit=5&limit=6", "limit is given twice"),
        ("/calls/c1?live=1", "live: not among the parameters: there are none"),
    ],
)  # fmt: skip
def test_a_wrong_or_unknown_parameter_is_refused_with_what_is_allowed(
    site: Site, path: str, said: str
) -> None:
    answer = site.client.get(f"/warmtransfer/api{path}", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 400
    assert said in answer.json["detail"]


def test_a_list_is_narrowed_by_what_is_asked(site: Site) -> None:
    over = site.briefing()
    site.send(f"/human/{over}/1/gate", {"Digits": "2"})
    site.send("/status", {"CallSid": site.call(over).caller_sid, "CallStatus": "completed"})
    live = site.arrive()

    def found(query: str) -> list[str]:
        return [each["id"] for each in get(site, f"/calls?{query}")["calls"]]

    for anna in ("%2B15550109999", "+15550109999", "9999"):
        assert found(f"number={anna}") == [live, over]
    assert found("number=%2B15550108888") == []
    assert found("human=sam&outcome=declined") == [over]
    assert found("human=kim&outcome=declined") == []
    assert found("outcome=left_waiting") == [over]
    assert found("outcome=dropped_early") == []
    assert found("since=1h") == [live, over]
    assert found("since=2100-01-01T00:00Z") == []
    assert found("live=1&since=1h") == [live]


def test_a_list_says_where_the_next_begins_and_the_last_that_there_is_none(site: Site) -> None:
    first, second, third = site.arrive(), site.arrive(), site.arrive()
    page = get(site, "/calls?limit=2")
    assert [each["id"] for each in page["calls"]] == [third, second]
    rest = get(site, f"/calls?limit=2&after={page['next']}")
    assert [each["id"] for each in rest["calls"]] == [first]
    assert rest["next"] is None


@pytest.mark.parametrize("live", ["0", "false"])
def test_a_list_of_all_calls_can_be_asked_for_in_words(site: Site, live: str) -> None:
    call_id = site.arrive()
    site.send("/status", {"CallSid": site.call(call_id).caller_sid, "CallStatus": "completed"})
    assert [each["id"] for each in get(site, f"/calls?live={live}")["calls"]] == [call_id]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "", 404),
        ("GET", "/", 404),
        ("GET", "/nothing", 404),
        ("PUT", "/calls/c1/nothing/at/all", 404),
        ("POST", "/calls", 405),
        ("DELETE", "/calls/c1", 405),
        ("GET", "/calls/c1/handoff", 405),
        ("POST", "/calls/c1/handoff", 413),
        ("GET", "/calls/c1", 500),
    ],
)
def test_every_refusal_is_json(
    site: Site, method: str, path: str, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: str) -> None:
        raise LookupError("a secret")

    if status == 500:
        monkeypatch.setattr(site.store, "load", broken)
    answer = site.client.open(
        f"/warmtransfer/api{path}",
        method=method,
        headers={"Authorization": f"Bearer {TOKEN}"},
        json={"summary": "x" * 20_000} if status == 413 else None,
        follow_redirects=True,
    )
    assert (answer.status_code, answer.content_type) == (status, "application/json")
    assert set(answer.json) == {"error", "detail"}
    assert "a secret" not in answer.text
    if status == 405:
        assert answer.headers["Allow"] in answer.json["detail"]


def test_wrong_tokens_are_logged_once_and_slow_down_their_address_alone(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    wrong, right = {"Authorization": "Bearer wrong"}, {"Authorization": f"Bearer {TOKEN}"}
    who = {"REMOTE_ADDR": "203.0.113.5"}
    url = "/warmtransfer/api/calls"
    seen = [site.client.get(url, headers=wrong, environ_base=who).status_code for _ in range(12)]
    assert seen == [401] * 10 + [429] * 2
    slowed = site.client.get(url, headers=right, environ_base=who)
    assert slowed.status_code == 429
    assert 1 <= int(slowed.headers["Retry-After"]) <= 60
    assert slowed.json["error"] == "Too Many Requests"
    assert site.client.get(url, headers=right).status_code == 200
    told = [each for each in caplog.messages if "WARMTRANSFER_API_TOKEN" in each]
    assert told == ["a wrong WARMTRANSFER_API_TOKEN was sent from 203.0.113.5"]


def test_a_slowed_address_is_looked_at_again_after_a_minute() -> None:
    now = [1000.0]
    counted = Wrong(lambda: now[0])
    for _ in range(10):
        counted.note("203.0.113.5")
    assert counted.wait("203.0.113.5") == 60
    assert counted.wait("203.0.113.6") == 0
    now[0] += 61
    assert counted.wait("203.0.113.5") == 0
    counted.note("203.0.113.5")
    assert counted.wait("203.0.113.5") == 0


def test_who_has_many_addresses_is_one_guesser_and_keeps_nobody_out_who_was_let_in_before() -> None:
    now = [1000.0]
    counted = Wrong(lambda: now[0], together=30)
    counted.right("198.51.100.1")
    looked_at = 0
    for number in range(40):
        if not counted.wait(f"203.0.113.{number}"):
            looked_at += 1
            counted.note(f"203.0.113.{number}")
    assert looked_at == 30
    assert counted.wait("198.51.100.1") == 0
    for _ in range(10):
        counted.note("198.51.100.1")
    assert counted.wait("198.51.100.1") == 60
    now[0] += 61
    assert counted.wait("203.0.113.99") == 0


@pytest.mark.parametrize(
    ("direct", "told", "who"),
    [
        ("203.0.113.5", "", "203.0.113.5"),
        ("8.8.8.8", "198.51.100.7", "8.8.8.8"),
        ("127.0.0.1", "10.9.9.9, 198.51.100.7", "198.51.100.7"),
        ("10.0.0.1", "\x1b[2J", "10.0.0.1"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("2001:db8:1:2:3:4:5:6", "", "2001:db8:1:2::/64"),
        ("10.0.0.1", "2a00:1:2:3::f", "2a00:1:2:3::/64"),
        ("::ffff:8.8.8.8", "", "8.8.8.8"),
    ],
)
def test_an_address_is_a_proxys_word_only_when_the_proxy_is_near(direct: str, told: str, who: str) -> None:
    environ = {"REMOTE_ADDR": direct, "HTTP_X_FORWARDED_FOR": told}
    assert address(Request(environ)) == who


def test_a_handoff_can_be_asked_for(site: Site) -> None:
    call_id = site.arrive()
    site.join(call_id)
    answer = ask(site, call_id, json={"target": "Kim", "reason": "angry", "summary": "Wants a refund."})
    assert answer.status_code == 202
    assert answer.json["stage"] == "ringing"
    assert site.carrier.wait("dial")[1]["to"] == "+15550100002"
    again = ask(site, call_id)
    assert again.status_code == 202
    assert again.json["handoff"]["number"] == 1


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"json": []}, "JSON object"),
        ({"data": "{", "content_type": "application/json"}, "JSON object"),
        ({"data": "[" * 15000, "content_type": "application/json"}, "JSON object"),
        ({"data": "target=sam"}, "JSON object"),
        ({"json": {"target": "+15550109998"}}, "target is none of sam, kim"),
        ({"json": {"number": "1"}}, "number"),
        ({"json": {"summary": 5}}, "summary"),
        ({"json": {"reason": "x" * 501}}, "reason"),
    ],
)
def test_a_wrong_request_is_told_what_is_wrong_and_rings_nobody(
    site: Site, more: dict[str, Any], said: str
) -> None:
    call_id = site.arrive()
    site.join(call_id)
    answer = ask(site, call_id, **more)
    assert answer.status_code == 400
    assert said in answer.json["detail"]
    assert site.call(call_id).stage is Stage.CONNECTING


def test_a_body_that_is_too_large_is_refused(site: Site) -> None:
    answer = ask(site, site.arrive(), json={"summary": "x" * 20000})
    assert answer.status_code in (400, 413)


def test_what_cannot_be_done_is_told(site: Site) -> None:
    assert ask(site, "nobody").status_code == 404
    answer = site.client.get("/warmtransfer/api/calls/nobody", headers={"Authorization": f"Bearer {TOKEN}"})
    assert (answer.status_code, answer.json["error"]) == (404, "Not Found")
    call_id = site.arrive()
    site.send("/status", {"CallSid": site.call(call_id).caller_sid, "CallStatus": "completed"})
    gone = ask(site, call_id)
    assert (gone.status_code, gone.json["error"]) == (409, "Conflict")


def test_a_caller_on_the_way_into_the_room_is_told_as_such(site: Site) -> None:
    """The core would let the wish pass: there is nobody yet whom a human could join."""
    answer = ask(site, site.arrive())
    assert answer.status_code == 409
    assert "ask again in a second" in answer.json["detail"]


def test_a_locked_call_is_told_to_come_again(site: Site) -> None:
    call_id = site.arrive()
    site.join(call_id)
    site.store.locked = True
    answer = ask(site, call_id)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
    site.store.locked = False


def test_the_minutes_that_a_live_call_counts_so_far_are_told(site: Site) -> None:
    call_id = site.arrive()
    billed = get(site, f"/calls/{call_id}")["billed"]
    (caller,) = billed["legs"]
    assert (caller["leg"], caller["ended_at"], caller["minutes"], billed["minutes"]) == ("caller", None, 1, 1)
    assert caller["began_at"] == site.call(call_id).started_at


def test_a_place_in_the_line_is_shown_while_the_caller_waits(site: Site) -> None:
    call_id = waiting(site)
    told = get(site, f"/calls/{call_id}")
    place = site.call(call_id).waits
    assert told["stage"] == "waiting"
    assert told["waits"] == {"since": place.since, "until": place.until, "place": 1, "seconds": None}
    site.parts.desk.post(call_id, ev.LineLeft("words"))
    assert get(site, f"/calls/{call_id}")["waits"] is None
