"""Callbacks over the wire: each leg's documents, the room, a caller's keys, the tool, API and command."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from tests.commands.parts import invoked, run, waiting
from tests.desk.parts import eventually
from tests.web.site import CALLER, ROOM, Site
from tests.web.test_api import TOKEN
from tests.web.test_openapi import faults
from warmtransfer import callback_ended
from warmtransfer.core.call import Attempt, Call, Handoff, Style, call_of
from warmtransfer.core.call import Stage as CallStage
from warmtransfer.core.callbacks import facts as ev
from warmtransfer.core.callbacks.callback import Callback, Stage, callback_of, room_of
from warmtransfer.core.events import CallerPresent
from warmtransfer.core.outcomes import Outcome
from warmtransfer.ports.store.records import Decision
from warmtransfer.relay.tools import CallInfo

BEARER = {"Authorization": f"Bearer {TOKEN}"}
API = "/warmtransfer/api"
HUMAN, CALLED = "CA" + "a" * 32, "CA" + "b" * 32


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """An app whose API is on, and whose callbacks are tried when the test says."""
    site = Site(tmp_path, WARMTRANSFER_API_TOKEN=TOKEN, WARMTRANSFER_COMPANY="Harbour Street Bookshop")
    site.parts.callbacks._chore.start = lambda: None  # type: ignore[method-assign]
    yield site
    site.close()


def said(verbs: list[ET.Element]) -> str:
    """What this document says, to whatever depth."""
    return " ".join("".join(each.itertext()) for verb in verbs for each in verb.iter("Say"))


def promise(site: Site, **fields: Any) -> Callback:
    """A callback that a caller was promised who has hung up."""
    call_id = site.arrive()
    site.send("/status", {"CallSid": site.call(call_id).caller_sid, "CallStatus": "completed"})
    wish = Callback("", number=CALLER, name="Mrs Lee", called_at=1e9, **fields)
    return site.parts.callbacks.take(call_id, wish)


def now(site: Site, promised: Callback) -> Callback:
    found = site.parts.callbacks.load(promised.id)
    assert found is not None
    return found


def briefing(site: Site, **fields: Any) -> Callback:
    """A callback whose human has answered."""
    promised = promise(site, **fields)
    site.parts.callbacks.look()
    site.document(f"/callback/{promised.id}/human/1", CallSid=HUMAN)
    assert now(site, promised).stage is Stage.BRIEFING
    return promised


def calling(site: Site) -> Callback:
    """A callback whose human waits in the room."""
    promised = briefing(site)
    site.document(f"/callback/{promised.id}/human/1/gate", Digits="1")
    joins(site, promised, "callback-human-1", HUMAN)
    return promised


def joins(site: Site, promised: Callback, label: str, sid: str, event: str = "participant-join") -> None:
    room = {"ConferenceSid": ROOM, "FriendlyName": room_of(promised.id), "StatusCallbackEvent": event}
    site.send(f"/callback/{promised.id}/room", {**room, "ParticipantLabel": label, "CallSid": sid})


def test_the_human_hears_whom_to_ring_back_and_what_about_before_a_key_counts(site: Site) -> None:
    promised = promise(site, about="her order of Monday")
    site.parts.callbacks.look()
    verbs = site.document(f"/callback/{promised.id}/human/1", CallSid=HUMAN)
    assert verbs[0].tag == "Gather"
    assert "/human/1/gate" in verbs[0].attrib["action"]
    words = said(verbs[:1])
    assert "A call for Sam, from Harbour Street Bookshop." in words
    assert "You asked us to ring Mrs Lee back. her order of Monday. They called on" in words
    assert words.index("Press 1") < words.index("Mrs Lee"), "a mailbox hears the neutral words first"


def test_key_1_leads_into_the_callbacks_own_room_and_another_key_out(site: Site) -> None:
    promised = briefing(site)
    dial, *rest = site.document(f"/callback/{promised.id}/human/1/gate", Digits="1")
    assert dial.tag == "Dial"
    room = dial[0]
    assert room.text == f"wt-cb-{promised.id}"
    assert room.attrib["participantLabel"] == "callback-human-1"
    assert room.attrib["endConferenceOnExit"] == "true"
    assert room.attrib["beep"] == "false"
    assert [each.tag for each in rest] == ["Say", "Hangup"]
    other = briefing(site)
    assert "Goodbye" in said(site.document(f"/callback/{other.id}/human/1/gate", Digits="2"))
    assert now(site, other).stage is Stage.ENDING


def test_a_humans_telephone_that_asks_who_calls_is_told_at_once_and_asked_anew(site: Site) -> None:
    promised = briefing(site, about="her order of Monday")
    here = f"/callback/{promised.id}"
    site.send(f"{here}/leg/1/status", {"CallSid": HUMAN, "CallStatus": "in-progress"})
    site.send(f"{here}/leg/1/amd", {"CallSid": HUMAN, "AnsweredBy": "machine_start"})
    assert site.carrier.wait("move_call")[0][0] == HUMAN
    listen, _ = site.document(f"{here}/human/1")
    assert (listen.attrib["input"], said([listen])) == ("dtmf speech", "")
    asks = "Record your name and reason for calling, and I'll see if this person is available."
    told = site.document(f"{here}/human/1/spoke", SpeechResult=asks)
    words = said(told)
    assert words.startswith("A call for Sam, from Harbour Street Bookshop.")
    assert "You asked us to ring Mrs Lee back. her order of Monday." in words
    gate = site.document(f"{here}/human/1/spoke", SpeechResult="Hello, this is Sam.")
    assert "/human/1/gate" in gate[0].attrib["action"]
    assert "Press 1" in said(gate)
    assert site.document(f"{here}/human/1/gate", Digits="1")[0].tag == "Dial"


def test_a_mailbox_that_is_listened_to_hears_nothing_and_is_let_go(site: Site) -> None:
    promised = briefing(site)
    here = f"/callback/{promised.id}"
    site.send(f"{here}/leg/1/amd", {"CallSid": HUMAN, "AnsweredBy": "machine_start"})
    gone = site.document(f"{here}/human/1/spoke", SpeechResult="Please leave a message after the tone.")
    assert [each.tag for each in gone] == ["Hangup"]
    assert now(site, promised).why == "human_machine"
    assert site.carrier.wait("end_call")[0][0] == HUMAN


def test_a_rooms_name_tells_a_callback_from_a_call() -> None:
    assert callback_of(room_of("c0ffee")) == "c0ffee"
    assert callback_of("wt-c0ffee") == ""
    assert call_of(room_of("c" * 24)) == "", "no call's room is looked for, adopted or ended by its name"
    assert call_of(room_of("1" * 24)) == ""


def test_the_caller_hears_who_is_calling_and_joins(site: Site) -> None:
    promised = calling(site)
    say, dial, _ = site.document(f"/callback/{promised.id}/caller/2", CallSid=CALLED)
    assert "This is Harbour Street Bookshop. You asked to be rung back. One moment, Sam is" in said([say])
    assert dial[0].text == room_of(promised.id)
    joins(site, promised, "callback-caller-2", CALLED)
    assert now(site, promised).stage is Stage.TALKING
    joins(site, promised, "callback-caller-2", CALLED, "participant-leave")
    for n, sid in ((2, CALLED), (1, HUMAN)):
        site.send(f"/callback/{promised.id}/leg/{n}/status", {"CallSid": sid, "CallStatus": "completed"})
    again = now(site, promised)
    assert (again.stage, again.why) == (Stage.WAITING, "caller_dropped_early"), "they had no time to talk"


def test_a_caller_who_cannot_be_had_is_told_to_the_human_in_words(site: Site) -> None:
    promised = calling(site)
    assert "the caller is being rung" in said(site.document(f"/callback/{promised.id}/leg/1/wait"))
    site.send(f"/callback/{promised.id}/leg/2/status", {"CallSid": CALLED, "CallStatus": "busy"})
    assert (now(site, promised).stage, now(site, promised).why) == (Stage.ENDING, "caller_busy")
    assert site.carrier.wait("move_call")[0][0] == HUMAN
    assert "cannot be reached" in said(site.document(f"/callback/{promised.id}/leg/1/gone"))


def test_a_callers_mailbox_hears_one_sentence_and_nothing_of_the_matter(site: Site) -> None:
    promised = calling(site)
    site.document(f"/callback/{promised.id}/caller/2", CallSid=CALLED)
    site.send(f"/callback/{promised.id}/leg/2/amd", {"CallSid": CALLED, "AnsweredBy": "machine_start"})
    assert now(site, promised).why == "caller_machine"
    words = said(site.document(f"/callback/{promised.id}/leg/2/gone"))
    assert words.startswith("This is Harbour Street Bookshop. You asked to be rung back, and we are sorry")


def test_legs_of_a_callback_that_nobody_knows_are_let_go_and_change_nothing(site: Site) -> None:
    for path in ("/callback/none/human/1", "/callback/none/human/1/gate", "/callback/none/caller/1"):
        verbs = site.document(path, CallSid=HUMAN, Digits="1")
        assert [each.tag for each in verbs] == ["Say", "Hangup"]
    verbs = site.document("/callback/none/leg/1/wait")
    assert verbs[-1].tag == "Redirect", "where nothing may hang up, they are told again and again"
    told = site.send("/callback/none/leg/1/status", {"CallSid": HUMAN, "CallStatus": "busy"})
    assert told.status_code == 204
    assert not {"dial", "end_call", "move_call"} & {*site.carrier.names()}


# Without a model --------------------------------------------------------------------------------------


def to_message(site: Site) -> str:
    """A caller who is asked for a message."""
    call_id = site.arrive()
    call = replace(site.call(call_id), stage=CallStage.MESSAGE)
    site.store.decide(call_id, lambda found: _as(found, call))
    return call_id


def _as(found: Any, call: Any) -> Any:
    return Decision(found, None, call, ())


def test_a_caller_may_press_1_hears_the_number_and_says_what_it_is_about(site: Site) -> None:
    call_id = to_message(site)
    gate, record, _ = site.document(f"/caller/{call_id}/next")
    assert (gate.tag, record.tag) == ("Gather", "Record")
    assert "Press 1 if we may ring you back" in said([gate])
    check, again = site.document(f"/caller/{call_id}/callback", Digits="1")
    assert "1 5 5 5 0 1 0 9 9 9 9" in said([check])
    assert again.tag == "Redirect", "whoever presses nothing has not said that it is right"
    say, record, _ = site.document(f"/caller/{call_id}/callback/right", Digits="1")
    assert "what it is about" in said([say])
    (kept,) = site.parts.callbacks.kept.of_call(call_id)
    assert (kept.number, kept.by, kept.stage) == (CALLER, "voice", Stage.WAITING)
    thanks = site.document(f"/caller/{call_id}/message", RecordingUrl="", RecordingDuration="0")
    assert said(thanks) == "Thank you. We will ring you back. Goodbye."


@pytest.mark.parametrize("digits", ["2", ""])
def test_a_number_that_is_not_right_leads_to_a_message_and_promises_nothing(site: Site, digits: str) -> None:
    call_id = to_message(site)
    verbs = site.document(f"/caller/{call_id}/callback/right", Digits=digits)
    assert [each.tag for each in verbs] == ["Say", "Record", "Redirect"]
    assert site.parts.callbacks.kept.of_call(call_id) == []


def test_a_caller_whose_number_cannot_be_rung_is_asked_for_a_message_alone(site: Site) -> None:
    call_id = to_message(site)
    call = replace(site.call(call_id), caller="anonymous")
    site.store.decide(call_id, lambda found: _as(found, call))
    assert [each.tag for each in site.document(f"/caller/{call_id}/next")] == ["Say", "Record", "Redirect"]


# The AI's tool ----------------------------------------------------------------------------------------


def ask(site: Site, call_id: str, **given: Any) -> str:
    """What the model is told that calls the tool."""
    usual = {"number": "", "confirmed": False, "when": "", "when_words": "", "about": "", "name": "Mrs Lee"}
    return site.parts.afterwards.promises(CallInfo(call_id), {**usual, **given})


def test_nothing_is_kept_before_the_number_was_read_back_and_confirmed(site: Site) -> None:
    call_id = site.arrive()
    kept = site.parts.callbacks.kept
    # Who was not asked cannot have said yes.
    assert "1 5 5 5 0 1 0 9 9 9 9" in ask(site, call_id, confirmed=True)
    assert "5 5 5 0 1 0 0 0 0 7" in ask(site, call_id, number="+15550100007", confirmed=True)
    assert kept.of_call(call_id) == []
    assert "The callback is kept" in ask(site, call_id, number="(555) 010-0007", confirmed=True)
    (promised,) = kept.of_call(call_id)
    assert promised.number == "+15550100007"
    assert eventually(lambda: site.call(call_id).callback_id == promised.id), "the call knows of it"


def test_a_call_that_ended_with_a_promise_says_so_to_whoever_asks(site: Site) -> None:
    call_id = site.arrive()
    ask(site, call_id)
    ask(site, call_id, confirmed=True)
    (promised,) = site.parts.callbacks.kept.of_call(call_id)
    eventually(lambda: site.call(call_id).callback_id)
    site.send("/status", {"CallSid": site.call(call_id).caller_sid, "CallStatus": "completed"})
    listed = site.client.get(f"{API}/calls?outcome=callback_promised", headers=BEARER).json
    described = site.client.get(f"{API}/openapi.json", headers=BEARER).json
    assert faults(described, "/calls", "get", 200, listed) == []
    (call,) = listed["calls"]
    promise = {"id": promised.id, "promised_at": site.call(call_id).promised_at}
    assert (call["outcome"], call["callback"]) == ("callback_promised", promise)
    assert call_id in run(site, "calls", "--outcome", "callback_promised")


def test_a_caller_who_waits_in_the_line_is_asked_whether_they_still_want_to(site: Site) -> None:
    call_id = waiting(site)
    ask(site, call_id)
    assert "call leave_line if they do not" in ask(site, call_id, confirmed=True)


@pytest.mark.parametrize(
    ("number", "why"),
    [
        ("12", "Nothing is kept"),
        ("+19005550100", "premium"),
        ("+4930901820", "WARMTRANSFER_COUNTRIES"),
        ("+15550100000", "our own number"),
    ],
)
def test_a_number_that_may_not_be_rung_is_refused(site: Site, number: str, why: str) -> None:
    call_id = site.arrive()
    assert why in ask(site, call_id, number=number, confirmed=True)


def test_a_time_is_kept_in_words_and_as_a_time_and_one_that_cannot_be_is_answered(site: Site) -> None:
    call_id = site.arrive()
    assert "is no time" in ask(site, call_id, when="tomorrow at three")
    assert "that time is over" in ask(site, call_id, when="2020-01-01T09:00")
    assert "more than 60 days" in ask(site, call_id, when="2099-01-01T09:00")
    soon = "2026-12-24T15:00"
    site.parts.afterwards.promises._clock = _At(1_797_800_000.0)  # 2026-12-20
    assert "on Thursday, 24 December at 15:00" in ask(site, call_id, when=soon)
    ask(site, call_id, when=soon, when_words="Thursday at three", confirmed=True)
    (kept,) = site.parts.callbacks.kept.of_call(call_id)
    assert kept.words == "Thursday at three"
    assert kept.wanted_at == kept.alarm_at == 1_798_124_400.0


class _At:
    def __init__(self, at: float) -> None:
        self._at = at

    def now(self) -> float:
        return self._at


def test_a_time_outside_all_hours_is_answered_with_the_next_opening(tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    site = Site(tmp_path / "site", WARMTRANSFER_TIME_ZONE="Europe/Berlin", WARMTRANSFER_HOURS="mon-fri 9-17")
    site.parts.afterwards.promises._clock = _At(1_797_800_000.0)  # Sunday, 2026-12-20
    call_id = site.arrive()
    answer = ask(site, call_id, when="2026-12-21T18:30", confirmed=True)
    assert "The next opening is on Tuesday, 22 December at 9:00" in answer
    assert "2026-12-22T09:00" in answer
    assert "once somebody is there, tomorrow at 9:00" in ask(site, call_id)
    assert site.parts.callbacks.kept.of_call(call_id) == []
    site.close()


# API, and command line --------------------------------------------------------------------------------


def test_the_api_lists_callbacks_dials_and_cancels_as_it_is_described(site: Site) -> None:
    described = site.client.get(f"{API}/openapi.json", headers=BEARER).json
    promised = briefing(site)
    listed = site.client.get(f"{API}/callbacks?live=1", headers=BEARER)
    assert [each["id"] for each in listed.json["callbacks"]] == [promised.id]
    assert faults(described, "/callbacks", "get", 200, listed.json) == []
    promise(site, wanted_at=promised.at + 9_999)
    page = site.client.get(f"{API}/callbacks?limit=1", headers=BEARER).json
    behind = site.client.get(f"{API}/callbacks", query_string={"after": page["next"]}, headers=BEARER).json
    assert {page["callbacks"][0]["id"], behind["callbacks"][0]["id"]} > {promised.id}
    assert behind["next"] is None
    one = site.client.get(f"{API}/callbacks/{promised.id}", headers=BEARER)
    assert one.json["legs"][0]["name"] == "sam"
    assert faults(described, "/callbacks/{id}", "get", 200, one.json) == []
    dial = site.client.post(f"{API}/callbacks/{promised.id}/dial", headers=BEARER)
    assert dial.status_code == 409
    cancel = site.client.post(f"{API}/callbacks/{promised.id}/cancel", headers=BEARER)
    assert (cancel.status_code, cancel.json["stage"]) == (200, "ending")
    waiting = promise(site, wanted_at=promised.at + 9_999)
    dial = site.client.post(f"{API}/callbacks/{waiting.id}/dial", headers=BEARER)
    assert faults(described, "/callbacks/{id}/dial", "post", 202, dial.json) == []
    assert dial.json["next_at"] < waiting.alarm_at
    for path in ("limit=0", "limit=x", "live=2", "stage=none", "more=1", "after=x", "after=1~"):
        assert site.client.get(f"{API}/callbacks?{path}", headers=BEARER).status_code == 400
    assert site.client.get(f"{API}/callbacks/none", headers=BEARER).status_code == 404
    assert site.client.get(f"{API}/callbacks").status_code == 401


def test_the_command_lists_them_has_one_tried_now_and_cancels_it(site: Site) -> None:
    waiting = promise(site, wanted_at=4_000_000_000.0, about="her order")
    assert run(site, "callbacks", "--stage", "given_up") == ""
    line = run(site, "callbacks")
    assert waiting.id in line
    assert "Mrs Lee +15550109999  her order" in line
    assert "waiting" in run(site, "callback", waiting.id)
    assert now(site, waiting).alarm_at < 4_000_000_000.0
    site.parts.callbacks.look()
    assert now(site, waiting).stage is Stage.RINGING
    refused = invoked(site, "callback", waiting.id)
    assert refused.exit_code == 1
    assert "ringing" in refused.output
    assert "ending" in run(site, "callback", waiting.id, "--cancel")
    site.parts.callbacks.post(waiting.id, ev.LegMade(1, HUMAN))
    # What the command has ordered is done by the app.
    site.parts.callbacks.look()
    eventually(lambda: "end_call" in site.carrier.names())
    assert invoked(site, "callback", "none").exit_code == 1


def test_the_command_that_cancels_tells_whoever_listens(site: Site) -> None:
    heard: list[tuple[str, str]] = []

    def listen(sender: Flask, callback: Callback, **more: Any) -> None:
        heard.append((callback.id, callback.why))

    waiting = promise(site, wanted_at=4_000_000_000.0)
    callback_ended.connect(listen, sender=site.app)
    assert "cancelled: by a command" in run(site, "callback", waiting.id, "--cancel")
    assert heard == [(waiting.id, "cli")]
    assert invoked(site, "callback", waiting.id, "--cancel").exit_code == 1
    assert len(heard) == 1


def test_a_caller_who_phones_again_and_gets_to_a_person_is_not_rung_back(site: Site) -> None:
    promised = promise(site, wanted_at=4_000_000_000.0)
    before = replace(promised, created_at=promised.created_at - 60.0)
    site.parts.callbacks.kept.decide(promised.id, lambda found, know: (before, (), ()))
    again = with_a_human(site)
    assert now(site, promised).stage is Stage.WAITING, "they may have been dropped at once"
    call = site.call(again)
    site.store.decide(again, lambda found: _as(found, replace(call, attempts=_since(call, 11.0))))
    site.parts.desk.post(again, CallerPresent(ROOM))
    eventually(lambda: now(site, promised).stage is Stage.CANCELLED)
    assert now(site, promised).why == "reached_person"


def test_one_whose_caller_was_with_a_person_while_nobody_told_us_is_found_at_its_time(site: Site) -> None:
    desk = site.parts.callbacks
    desk.limits = replace(desk.limits, on_line=0.0)
    promised = promise(site)
    again = with_a_human(site)
    desk.look()
    assert now(site, promised).stage is Stage.WAITING, "they are on the line"
    call = site.call(again)
    site.store.decide(again, lambda found: _as(found, replace(call, stage=CallStage.OVER)))
    desk.look()
    assert (now(site, promised).stage, now(site, promised).why) == (Stage.CANCELLED, "reached_person")


def with_a_human(site: Site) -> str:
    """A call in which a human has just joined the caller."""
    call_id = site.arrive()
    site.join(call_id)
    call = replace(site.call(call_id), stage=CallStage.HUMAN, room_sid=ROOM)
    tried = Attempt(1, 1, "kim", "+15550100002", Style.SCREEN, outcome=Outcome.ACCEPTED, joined_at=call.at)
    call = replace(call, handoff=Handoff(1, "tool", asked_at=call.at), attempts=(tried,))
    site.store.decide(call_id, lambda found: _as(found, call))
    return call_id


def _since(call: Call, seconds: float) -> tuple[Attempt, ...]:
    (tried,) = call.attempts
    return (replace(tried, joined_at=tried.joined_at - seconds),)


def test_a_number_of_which_only_a_callback_is_kept_is_forgotten_too(site: Site) -> None:
    promised = promise(site)
    site.parts.callbacks.take(promised.call_id, replace(promised, number="+15550100077"))
    assert "Nothing is kept" in run(site, "forget", "+15550100078", "--yes")
    run(site, "forget", "+15550100077", "--yes")
    assert site.parts.callbacks.kept.listed() == []
