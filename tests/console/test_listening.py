"""A call heard in its page: who may, what the journal says of it, and what is said where it cannot be."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from itsdangerous import TimestampSigner

from tests.console.conftest import AT, Room, token
from tests.console.test_acting import connecting, up, with_human
from tests.console.test_story import text
from warmtransfer.console.access import SOON
from warmtransfer.core import events as ev
from warmtransfer.core.call import Call, Stage

#: What a browser says when a page opens a WebSocket, but for its key: who is let in is told that it is none.
UPGRADE = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13"}
HERE = {"Origin": "http://localhost"}
LET_IN, OUT, UNKNOWN = 400, 403, 401


def ask(room: Room, call_id: str, client: FlaskClient | None = None) -> str:
    """Ask to listen; where the sound is."""
    client = client or room.client
    answer = client.post(f"{AT}/calls/{call_id}/hear", data={"token": token(client, "")})
    assert answer.status_code == 200, answer.text
    return str(answer.json["sound"])  # type: ignore[index]


def opened(client: FlaskClient, address: str, **headers: str) -> int:
    """How this WebSocket is answered."""
    return client.get(address, headers={**UPGRADE, **HERE, **headers}).status_code


def test_whoever_has_asked_is_let_in_and_the_journal_says_who(inside: Room) -> None:
    call_id = connecting(inside)
    assert opened(inside.client, ask(inside, call_id)) == LET_IN
    page = inside.get(f"/calls/{call_id}")
    assert "Anna listens in the console" in text(page)
    assert "OverhearAsked by=console: Anna" in text(page)
    assert re.search(r"<b>Overhear</b> (done|waiting)", page)


def test_the_sound_of_a_call_is_for_the_session_that_has_asked_for_it_and_for_a_moment(
    inside: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    call_id, other_call = connecting(inside), inside.live()[0].call.id
    address = ask(inside, call_id)
    assert opened(inside.client, address.replace(call_id, other_call)) == OUT
    assert opened(inside.client, address.partition("?")[0]) == OUT
    assert opened(inside.client, f"{address}x") == OUT
    kim = inside.site.app.test_client()
    inside.login(kim, "Kim")
    assert opened(kim, address) == OUT
    assert opened(inside.site.app.test_client(), address) == UNKNOWN
    made = TimestampSigner.get_timestamp
    monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda self: made(self) + SOON + 1)
    assert opened(inside.client, address) == OUT


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": ""},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_no_other_site_opens_it_with_somebodys_cookie(inside: Room, headers: dict[str, str]) -> None:
    address = ask(inside, connecting(inside))
    assert opened(inside.client, address, **headers) == OUT
    assert inside.client.get(address, headers=UPGRADE).status_code == OUT, "browsers say where they are"


def test_who_logs_out_hears_nothing_more_of_it(inside: Room) -> None:
    address = ask(inside, connecting(inside))
    inside.client.post(f"{AT}/logout", data={"token": token(inside.client, "")})
    assert opened(inside.client, address) == UNKNOWN


def test_what_is_no_websocket_gets_no_sound(inside: Room) -> None:
    assert inside.client.get(ask(inside, connecting(inside))).status_code == 404


def test_a_call_that_is_not_there_is_not_heard(inside: Room) -> None:
    form = {"token": token(inside.client, "")}
    assert inside.client.post(f"{AT}/calls/nothing/hear", data=form).status_code == 404


@pytest.mark.parametrize(
    ("place", "why"),
    [
        (connecting, ""),
        (up, ""),
        (lambda room: room.site.briefing(), ""),
        (with_human, "The AI has left; to hear the human too, have your telephone rung."),
        (lambda room: room.site.arrive(), "This call is not with the AI."),
    ],
)
def test_the_page_says_why_it_cannot_be_heard(
    inside: Room, place: Callable[[Room], str], why: str
) -> None:
    call_id = place(inside)
    page = inside.get(f"/calls/{call_id}")
    button = re.search(r'id="ear".*?<button[^>]*>', page, re.S)
    assert button
    assert ("data-off" in button[0]) is bool(why)
    assert f'data-why="{why}"' in page
    if why:
        assert why in text(page)
        answer = inside.client.post(f"{AT}/calls/{call_id}/hear", data={"token": token(inside.client, "")})
        assert (answer.status_code, answer.json) == (409, {"why": why})
        assert "listens in the console" not in text(inside.get(f"/calls/{call_id}"))


def test_a_call_that_is_over_has_nothing_to_be_heard(inside: Room) -> None:
    call_id = connecting(inside)
    inside.site.parts.desk.post(call_id, ev.CallerLeft(""))
    call: Call = inside.site.call(call_id)
    assert call.stage is Stage.OVER
    assert 'id="ear"' not in inside.get(f"/calls/{call_id}")
    answer = inside.client.post(f"{AT}/calls/{call_id}/hear", data={"token": token(inside.client, "")})
    assert (answer.status_code, answer.json) == (409, {"why": "The call is over."})
