"""What can be done from a call's page, with what the caller notices, and why the rest cannot be."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.console.conftest import AT, Room, token
from tests.console.test_story import text
from warmtransfer.console.acting import DONE, LABELS, SURE
from warmtransfer.core import events as ev
from warmtransfer.core.call import Stage
from warmtransfer.web.wishes import WISHES


def do(room: Room, call_id: str, what: str, /, **form: str) -> str:
    """Where it leads."""
    given = {"token": token(room.client, ""), **form}
    answer = room.client.post(f"{AT}/calls/{call_id}/do/{what}", data=given)
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"].removeprefix(AT)


def act(page: str, name: str) -> str:
    """One action of the page."""
    found = re.search(rf'data-act="{name}">(.*?)</form>', page, re.S)
    assert found, name
    return found[1]


def off(page: str) -> set[str]:
    """The actions that are off."""
    return {name for name in LABELS if "data-off" in act(page, name) and "<select" not in act(page, name)}


def connecting(room: Room) -> str:
    call_id = room.site.arrive()
    room.site.join(call_id)
    return call_id


def up(room: Room) -> str:
    """A call whose AI is with the caller, as the database has it."""
    call_id = connecting(room)
    desk = room.site.parts.desk
    for fact in (ev.AIAdded(1, "CAai1"), ev.AIAsked(1, "t"), ev.StreamUp(1), ev.AIUp(1)):
        desk.post(call_id, fact)
    assert room.site.call(call_id).stage is Stage.AI
    return call_id


def with_human(room: Room) -> str:
    """Sam has the caller, and the AI has gone."""
    call_id = room.site.briefing()
    room.site.document(f"/human/{call_id}/1/gate", CallSid="CAhuman1", Digits="1")
    room.site.room(call_id, "participant-join", ParticipantLabel="human-1", CallSid="CAhuman1")
    assert room.site.call(call_id).stage is Stage.HUMAN
    return call_id


def test_everything_that_can_be_asked_for_stands_on_the_page(inside: Room) -> None:
    assert set(LABELS) == set(DONE) == set(WISHES) > set(SURE)


@pytest.mark.parametrize(
    ("place", "fits"),
    [
        (connecting, {"listen", "hang-up"}),
        (up, {"listen", "tell-ai", "hang-up"}),
        (lambda room: room.site.briefing(), {"stop-ringing", "next-person", "listen", "hang-up"}),
        (with_human, {"listen", "bring-ai-back", "hang-up"}),
    ],
)
def test_what_does_not_fit_is_off_and_says_why(
    inside: Room, place: Callable[[Room], str], fits: set[str]
) -> None:
    page = inside.get(f"/calls/{place(inside)}")
    # The AI of these calls has nobody who speaks for it: it may have been lost meanwhile.
    assert off(page) - {"end-ai", "tell-ai"} == set(LABELS) - fits - {"end-ai", "tell-ai"}
    for name in off(page):
        assert re.search(r'class="hint"[^>]*>\S.*\.</p>', act(page, name))
    assert "The caller hears" in act(page, "hang-up")


def test_a_call_that_is_over_has_nothing_to_be_done(inside: Room) -> None:
    call_id = connecting(inside)
    assert do(inside, call_id, "hang-up") == f"/calls/{call_id}?done=hang-up"
    page = inside.get(f"/calls/{call_id}?done=hang-up")
    assert "data-act" not in page
    assert "The call is ended. The caller has been hung up on." in text(page)
    assert "Anna has ended the call" in text(page)
    assert inside.site.carrier.wait("end_call")[0] == (inside.site.call(call_id).caller_sid,)


def test_the_next_person_is_named_before_and_rung_after(inside: Room) -> None:
    call_id = inside.site.briefing()
    page = inside.get(f"/calls/{call_id}")
    assert "that Sam could not be had, and that Kim is called now" in act(page, "next-person")
    assert 'name="attempt" value="1"' in act(page, "next-person")
    assert do(inside, call_id, "next-person", attempt="1") == f"/calls/{call_id}?done=next-person"
    inside.site.send(f"/human/{call_id}/1/status", {"CallSid": "CAhuman1", "CallStatus": "completed"})
    assert inside.site.carrier.wait("dial", 2)[1]["to"] == "+15550100002"
    assert "Anna has asked for the next person" in text(inside.get(f"/calls/{call_id}"))


def test_who_is_away_is_not_promised_as_the_next_person(inside: Room) -> None:
    call_id = inside.site.briefing()
    given = {"token": token(inside.client, ""), "to": "away"}
    for name in ("kim", "Mrs Okafor"):
        inside.client.post(f"{AT}/people/duty", data={**given, "name": name})
    hint = act(inside.get(f"/calls/{call_id}"), "next-person")
    assert "that Sam could not be had. Nobody else can be rung now." in hint
    assert "Kim is away" in text(hint)
    assert do(inside, call_id, "next-person", attempt="1") == f"/calls/{call_id}?done=next-person"
    page = text(inside.get(f"/calls/{call_id}?done=next-person"))
    assert "Nobody else can be rung now." in page
    assert "The next person is rung" not in page


def test_what_was_meant_for_somebody_else_is_not_done_and_the_page_says_so(inside: Room) -> None:
    call_id = inside.site.briefing()
    do(inside, call_id, "next-person", attempt="1")
    inside.site.send(f"/human/{call_id}/1/status", {"CallSid": "CAhuman1", "CallStatus": "completed"})
    inside.site.carrier.wait("dial", 2)
    assert do(inside, call_id, "next-person", attempt="1") == f"/calls/{call_id}?late=next-person"
    page = inside.get(f"/calls/{call_id}?late=next-person")
    assert "Not done. The call had moved on" in text(page)
    assert [each.name for each in inside.site.call(call_id).attempts] == ["sam", "kim"]
    assert text(page).count("Anna has asked for the next person") == 1, "the journal knows two"
    assert text(page).count("by=console: Anna attempt=1") == 2


def test_the_ai_is_brought_back_and_the_human_let_go(inside: Room) -> None:
    call_id = with_human(inside)
    page = inside.get(f"/calls/{call_id}")
    assert "Sam hears that the call has been taken care of" in act(page, "bring-ai-back")
    assert "<summary" in act(page, "bring-ai-back"), "asked once more, in place"
    assert do(inside, call_id, "bring-ai-back", attempt="1").endswith("?done=bring-ai-back")
    args, _ = inside.site.carrier.wait("move_call")
    assert args == ("CAhuman1", inside.site.parts.links.gone(call_id, 1))
    assert inside.site.call(call_id).stage is Stage.RETURNING
    assert "Anna has brought the AI back" in text(inside.get(f"/calls/{call_id}"))


def test_a_caller_in_the_line_is_put_first_for_somebody_chosen_or_taken_out(inside: Room) -> None:
    desk = inside.site.parts.desk
    for human in inside.site.parts.people.rules().humans:
        desk.ask(up(inside), "api", human.name)
    call_id = up(inside)
    desk.ask(call_id, "tool")
    assert inside.site.call(call_id).stage is Stage.WAITING
    page = inside.get(f"/calls/{call_id}")
    assert {"take-next", "leave-line"}.isdisjoint(off(page))
    assert 'value="">whoever is free first' in act(page, "take-next")
    assert 'value="kim">Kim' in act(page, "take-next")
    assert "<summary" in act(page, "leave-line"), "asked once more, in place"
    assert do(inside, call_id, "take-next", name="kim") == f"/calls/{call_id}?done=take-next"
    assert inside.site.call(call_id).waits.own == ("+15550100002",)
    assert do(inside, call_id, "leave-line") == f"/calls/{call_id}?done=leave-line"
    page = inside.get(f"/calls/{call_id}?done=leave-line")
    assert "The caller is in the line no longer." in text(page)
    assert "Anna has taken the caller out of the line" in text(page)
    assert "A person is asked for" in text(page)


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("next-person", {"attempt": "-1"}),
        ("next-person", {"attempt": "²"}),
        ("next-person", {"attempt": "9" * 30}),
        ("tell-ai", {}),
        ("tell-ai", {"text": "x" * 501}),
    ],
)
def test_what_makes_no_sense_is_refused(inside: Room, name: str, form: dict[str, str]) -> None:
    call_id = inside.site.briefing()
    given = {"token": token(inside.client, ""), **form}
    assert inside.client.post(f"{AT}/calls/{call_id}/do/{name}", data=given).status_code == 400
    assert inside.site.call(call_id).stage is Stage.BRIEFING


@pytest.mark.parametrize("path", ["/calls/none/do/hang-up", "/calls/{}/do/nothing", "/calls/{}/do/handoff"])
def test_what_there_is_not_cannot_be_done(inside: Room, path: str) -> None:
    address = AT + path.format(connecting(inside))
    assert inside.client.post(address, data={"token": token(inside.client, "")}).status_code == 404


def test_a_notice_of_something_that_there_is_not_is_none(inside: Room) -> None:
    call_id = connecting(inside)
    for query in ("done=<b>x", "late=<b>x", "late=nothing"):
        assert 'role="alert">' not in inside.get(f"/calls/{call_id}?{query}").split("<main")[1]


# Listening --------------------------------------------------------------------------------------------


def test_who_listens_is_rung_on_a_telephone_of_the_list_and_let_in_muted_by_a_key(inside: Room) -> None:
    call_id = with_human(inside)
    page = act(inside.get(f"/calls/{call_id}"), "listen")
    assert re.findall(r'<option value="([^"]+)"', page) == ["kim", "Mrs Okafor"], "Sam talks with the caller"
    assert do(inside, call_id, "listen", name="kim", role="whisper").endswith("?done=listen")
    assert inside.site.carrier.wait("dial", 2)[1]["to"] == "+15550100002"
    (gate, *_) = inside.site.document(f"/supervisor/{call_id}/1", CallSid="CAsup")
    assert gate.tag == "Gather", "a mailbox hears nobody"
    (dial, _) = inside.site.document(f"/supervisor/{call_id}/1/gate", CallSid="CAsup", Digits="1")
    room = dial[0].attrib
    assert (room["muted"], room["beep"], room["participantLabel"]) == ("true", "false", "supervisor-1")
    assert (room["startConferenceOnEnter"], room["endConferenceOnExit"]) == ("false", "false")
    assert "voice" not in inside.site.carrier.names()
    inside.site.room(call_id, "participant-join", ParticipantLabel="supervisor-1", CallSid="CAsup")
    args, _ = inside.site.carrier.wait("voice")
    assert args[1:] == ("CAsup", False, "CAhuman1"), "only now, and by Sam alone"
    assert "Anna whispers on Kim’s telephone" in text(inside.get(f"/calls/{call_id}"))
    assert do(inside, call_id, "stop-listening").endswith("?done=stop-listening")
    inside.site.carrier.wait("end_call")
    assert inside.site.call(call_id).stage is Stage.HUMAN


@pytest.mark.parametrize("name", ["+15550109998", "nobody", "sam"])
def test_nobody_but_those_of_the_list_is_rung_to_listen(inside: Room, name: str) -> None:
    call_id = with_human(inside)
    assert do(inside, call_id, "listen", name=name, role="listen").endswith("?late=listen")
    assert inside.site.call(call_id).supervisor is None
    assert inside.site.carrier.names().count("dial") == 1


def test_a_leg_whose_key_was_no_1_or_that_nobody_awaits_hears_goodbye(inside: Room) -> None:
    call_id = with_human(inside)
    assert inside.site.document(f"/supervisor/{call_id}/1", CallSid="CAx")[-1].tag == "Hangup"
    do(inside, call_id, "listen", name="kim")
    for digits in ("", "2"):
        path = f"/supervisor/{call_id}/1/gate"
        assert [each.tag for each in inside.site.document(path, Digits=digits)] == ["Say", "Hangup"]
    inside.site.send(f"/supervisor/{call_id}/1/status", {"CallSid": "CAsup", "CallStatus": "completed"})
    assert [each.tag for each in inside.site.document(f"/supervisor/{call_id}/1/gate", Digits="1")] == [
        "Say", "Hangup",
    ]  # fmt: skip
