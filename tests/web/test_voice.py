"""The number's, the caller's and the AI's webhooks, posted as Twilio posts them."""

from __future__ import annotations

import os
import re
import sqlite3
import threading
import xml.etree.ElementTree as ET
from datetime import datetime
from pathlib import Path

import pytest

from tests.desk.parts import eventually
from tests.test_config import GOOD
from tests.web.site import CALLER, PUBLIC, ROOM, Site, signature
from warmtransfer.core.call import AIState, Stage
from warmtransfer.core.words import ENGLISH
from warmtransfer.errors import StoreBusy
from warmtransfer.simulator.sound.audio import parse_wav
from warmtransfer.web.sounds import RING_SECONDS

NUMBER = GOOD["TWILIO_NUMBER"]


def tags(verbs: list[ET.Element]) -> list[str]:
    """The verbs' names."""
    return [verb.tag for verb in verbs]


# The number -----------------------------------------------------------------------------------------


def test_a_caller_is_in_the_room_with_the_first_answer(site: Site) -> None:
    (dial,) = site.document("/voice", CallSid="CA1", From=CALLER, To=NUMBER)
    (call,) = site.parts.desk.calls()
    assert (call.stage, call.caller_sid, call.caller, call.called) == (Stage.ARRIVING, "CA1", CALLER, NUMBER)
    assert re.fullmatch(r"[0-9a-f]{24}", call.id)
    assert dial[0].text == f"wt-{call.id}"


def test_twilio_repeating_itself_makes_no_second_call(site: Site) -> None:
    first = site.send("/voice", {"CallSid": "CA1", "From": CALLER, "To": NUMBER})
    again = site.send("/voice", {"CallSid": "CA1", "From": CALLER, "To": NUMBER})
    assert first.data == again.data
    assert len(site.parts.desk.calls()) == 1


def test_a_request_that_is_no_call_is_refused(site: Site) -> None:
    assert site.send("/voice", {"From": CALLER}).status_code == 400


def test_one_call_too_many_hears_that_nobody_is_free(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    site = Site(tmp_path, WARMTRANSFER_MAX_CALLS="2")
    try:
        first = site.arrive()
        site.arrive()
        say, hangup = site.document("/voice", CallSid="CA3", From=CALLER, To=NUMBER)
        assert (say.text, hangup.tag) == (ENGLISH.sorry, "Hangup")
        assert "WARMTRANSFER_MAX_CALLS" in caplog.text
        assert len(site.parts.desk.calls()) == 2
        repeated = site.document("/voice", CallSid=site.call(first).caller_sid, From=CALLER, To=NUMBER)
        assert tags(repeated) == ["Dial"]
        site.send("/status", {"CallSid": site.call(first).caller_sid, "CallStatus": "completed"})
        assert tags(site.document("/voice", CallSid="CA3", From=CALLER, To=NUMBER)) == ["Dial"]
    finally:
        site.close()


def test_the_numbers_status_ends_a_call_whose_caller_never_joined(site: Site) -> None:
    call_id = site.arrive()
    sid = site.call(call_id).caller_sid
    assert site.send("/status", {"CallSid": sid, "CallStatus": "in-progress"}).status_code == 204
    assert site.call(call_id).stage is Stage.ARRIVING
    assert site.send("/status", {"CallSid": sid, "CallStatus": "completed"}).status_code == 204
    assert site.call(call_id).stage is Stage.OVER
    assert site.send("/status", {"CallSid": "CAunknown", "CallStatus": "completed"}).status_code == 204


# The caller -----------------------------------------------------------------------------------------


def test_the_wait_and_comfort_documents_need_no_call(site: Site) -> None:
    assert tags(site.document("/caller/c1/wait")) == ["Play", "Say", "Redirect"]
    assert tags(site.document("/caller/c1/comfort")) == ["Say", "Play"]


def test_a_caller_whose_room_was_lost_gets_a_new_one(site: Site) -> None:
    call_id = site.arrive()
    site.join(call_id)
    (dial,) = site.document(
        f"/caller/{call_id}/next", CallSid="CA1", DialCallStatus="answered", CallStatus="in-progress"
    )
    assert dial[0].text == f"wt-{call_id}-2"
    assert site.call(call_id).stage is Stage.RETURNING


def test_the_action_of_a_caller_who_hung_up_ends_the_call(site: Site) -> None:
    call_id = site.arrive()
    site.join(call_id)
    form = {"DialCallStatus": "answered", "CallStatus": "completed"}
    assert tags(site.document(f"/caller/{call_id}/next", **form)) == ["Hangup"]
    assert site.call(call_id).stage is Stage.OVER


def test_a_caller_whose_call_is_forgotten_starts_anew(site: Site) -> None:
    for path in ("/caller/forgotten/next", "/caller/forgotten/dial/2"):
        form = {"CallSid": f"CA{path[-1]}", "From": CALLER, "To": NUMBER, "CallStatus": "in-progress"}
        (dial,) = site.document(path, DialCallStatus="answered", **form)
        (call,) = [each for each in site.parts.desk.calls() if each.caller_sid == form["CallSid"]]
        assert dial[0].text == f"wt-{call.id}"
    assert tags(site.document("/caller/forgotten/next", CallSid="CA9", CallStatus="completed")) == ["Hangup"]


def test_a_message_ends_the_call_with_thanks(site: Site) -> None:
    call_id = site.arrive()
    say, hangup = site.document(
        f"/caller/{call_id}/message", RecordingUrl="https://a.test/R1", RecordingDuration="7"
    )
    assert (say.text, hangup.tag) == (ENGLISH.thanks, "Hangup")
    assert site.document("/caller/forgotten/message")[0].text == ENGLISH.thanks


def test_a_caller_who_left_in_the_room_ends_the_call(site: Site) -> None:
    call_id = site.arrive()
    site.join(call_id)
    answer = site.room(
        call_id, "participant-leave", ParticipantLabel="caller", ReasonParticipantLeft="participant_hung_up",
        ParticipantCallStatus="completed",
    )  # fmt: skip
    assert (answer.status_code, answer.data) == (204, b"")
    assert site.call(call_id).stage is Stage.OVER


def test_news_of_another_room_or_an_unknown_call_changes_nothing(site: Site) -> None:
    call_id = site.arrive()
    for room in ("wt-other", f"wt-{call_id}x"):
        form = {"ConferenceSid": ROOM, "FriendlyName": room, "StatusCallbackEvent": "conference-end"}
        assert site.send(f"/room/{call_id}", form).status_code == 204
    assert site.room("forgotten", "conference-end").status_code == 204
    assert site.call(call_id).stage is Stage.ARRIVING


# The AI ---------------------------------------------------------------------------------------------


def connecting(site: Site) -> str:
    """A call whose AI leg has been added."""
    call_id = site.arrive()
    site.join(call_id)
    site.carrier.wait("add_ai")
    return call_id


def token(verbs: list[ET.Element]) -> str:
    """The token in the stream's parameter."""
    (parameter,) = next(verb for verb in verbs if verb.tag == "Connect")[0]
    return str(parameter.get("value"))


@pytest.mark.parametrize("prefix", ["", "Param_"])
def test_the_ais_leg_is_known_by_its_own_parameters(site: Site, prefix: str) -> None:
    call_id = connecting(site)
    _, order = site.carrier.wait("add_ai")
    assert order["parameters"] == {"call": call_id, "leg": "1", "room": f"wt-{call_id}"}
    form = {prefix + name: value for name, value in order["parameters"].items()}
    verbs = site.document("/ai", CallSid="CAelse", **form)
    assert (tags(verbs)[0], tags(verbs)[-1]) == ("Connect", "Redirect")
    assert token(verbs) == site.call(call_id).ai.token


def test_every_stream_has_a_token_of_its_own_that_works_once(site: Site) -> None:
    call_id = connecting(site)
    first = token(site.document("/ai", call=call_id, leg="1"))
    second = token(site.document(f"/ai/{call_id}/1/after", CallStatus="in-progress"))
    assert first != second
    assert site.parts.desk.admit(first) is None
    assert site.parts.desk.admit(second) == (call_id, 2)
    assert site.parts.desk.admit(second) is None
    assert site.call(call_id).ai.state is AIState.STREAMING


def test_who_comes_out_of_the_fallback_document_is_served_as_if_they_had_just_come(site: Site) -> None:
    call_id = connecting(site)
    assert tags(site.document("/again", call=call_id, leg="1", To="app:AP1"))[0] == "Connect"
    form = {"CallSid": "CAlate", "From": CALLER, "To": NUMBER, "CallStatus": "in-progress"}
    assert tags(site.document("/again", **form)) == ["Dial"]
    known = site.parts.desk.by_caller("CAlate")
    assert known is not None
    assert site.document("/again", **form)[0][0].text == known.room, "one call, asked twice"


def test_news_of_the_last_resort_is_written_down_once_and_its_end_brings_the_ai(site: Site) -> None:
    call_id = connecting(site)
    path = f"/ai/{call_id}/1/last-resort"
    for status in ("ringing", "in-progress", "in-progress"):
        site.send(path, {"CallSid": "CAdesk", "CallStatus": status})
    assert [each.outcome for each in site.call(call_id).attempts] == ["last_resort"]
    assert site.call(call_id).stage is Stage.HUMAN
    site.send(path, {"CallSid": "CAdesk", "CallStatus": "completed"})
    assert site.call(call_id).stage is Stage.RETURNING


def test_only_a_stream_that_failed_is_news(site: Site) -> None:
    call_id = connecting(site)
    token(site.document("/ai", call=call_id, leg="1"))
    for event in ("stream-started", "stream-stopped"):
        site.send(f"/ai/{call_id}/1/stream", {"StreamEvent": event})
        assert site.call(call_id).ai.losses == ()
    site.send(f"/ai/{call_id}/1/stream", {"StreamEvent": "stream-error", "StreamError": "refused"})
    assert len(site.call(call_id).ai.losses) == 1


def test_an_ai_leg_that_has_ended_or_is_not_wanted_is_hung_up(site: Site) -> None:
    call_id = connecting(site)
    assert tags(site.document(f"/ai/{call_id}/1/after", CallStatus="completed")) == ["Hangup"]
    assert tags(site.document(f"/ai/{call_id}/7/after", CallStatus="in-progress")) == ["Hangup"]
    assert tags(site.document("/ai/forgotten/1/after", CallStatus="in-progress")) == ["Hangup"]
    site.send("/status", {"CallSid": site.call(call_id).caller_sid, "CallStatus": "completed"})
    assert tags(site.document("/ai", call=call_id, leg="1")) == ["Hangup"]


def test_the_room_of_a_forgotten_call_is_ended_so_that_its_caller_starts_anew(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.carrier.answers["find_room"] = ROOM
    try:
        verbs = site.document("/ai", call="forgotten", leg="1", room="wt-f0f0")
        assert tags(verbs) == ["Hangup"]
        assert site.carrier.wait("find_room")[0] == ("wt-f0f0",)
        assert site.carrier.wait("end_room")[0] == (ROOM,)
    finally:
        site.close()


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/room/f0f0", {"StatusCallbackEvent": "participant-join", "ParticipantLabel": "caller"}),
        ("/room/f0f0", {"StatusCallbackEvent": "participant-leave", "ParticipantLabel": "ai-1"}),
        ("/room/f0f0", {"StatusCallbackEvent": "participant-leave", "ParticipantLabel": "human-2"}),
        ("/caller/f0f0/wait", {}),
    ],
)
def test_a_caller_left_alone_in_a_forgotten_room_starts_anew(
    tmp_path: Path, path: str, form: dict[str, str]
) -> None:
    site = Site(tmp_path)
    site.carrier.answers.update(find_room=ROOM, people={"caller": "CA1", "ai-1": "CA2"})
    try:
        assert site.send(path, {**form, "FriendlyName": "wt-f0f0-2", "ConferenceSid": ROOM}).status_code < 300
        assert site.carrier.wait("end_room")[0] == (ROOM,)
    finally:
        site.close()


@pytest.mark.parametrize(
    ("event", "label", "people"),
    [
        ("participant-leave", "ai-1", {"caller": "CA1", "human-1": "CA3"}),
        ("participant-leave", "caller", {"human-1": "CA3"}),
        ("participant-modify", "caller", {"caller": "CA1"}),
    ],
)
def test_a_forgotten_room_in_which_nobody_is_alone_is_left_alone(
    tmp_path: Path, event: str, label: str, people: dict[str, str]
) -> None:
    site = Site(tmp_path)
    site.carrier.answers.update(find_room=ROOM, people=people)
    try:
        form = {"StatusCallbackEvent": event, "ParticipantLabel": label, "FriendlyName": "wt-f0f0"}
        assert site.send("/room/f0f0", {**form, "ConferenceSid": ROOM}).status_code == 204
        eventually(lambda: site.parts.desk.busy() == 0)
        assert "end_room" not in site.carrier.names()
    finally:
        site.close()


@pytest.mark.parametrize(
    "form",
    [{}, {"call": "c1"}, {"call": "c1", "leg": "x"}, {"call": "c1", "leg": "1", "room": "someone-elses"}],
)
def test_a_leg_without_our_parameters_is_hung_up_and_no_room_is_touched(
    site: Site, form: dict[str, str]
) -> None:
    assert tags(site.document("/ai", **form)) == ["Hangup"]
    eventually(lambda: site.parts.desk.busy() == 0)
    assert sorted(site.carrier.names()) == ["incoming", "open_rooms"]  # the looks at the start


# When the database cannot be had ---------------------------------------------------------------------


def test_a_caller_hears_it_ring_while_the_database_is_away_and_an_apology_in_the_end(site: Site) -> None:
    call_id = site.arrive()
    site.store.locked = True
    for path in ("/voice", f"/caller/{call_id}/next"):
        play, redirect = site.document(path, CallSid="CA2", From=CALLER, To=NUMBER)
        assert (play.tag, play.text) == ("Play", f"{PUBLIC}/warmtransfer/sounds/ring.wav")
        assert redirect.text == f"{PUBLIC}/warmtransfer{path}?again=1#rc=5&rp=all"
        say, hangup = site.document(f"{path}?again=30", CallSid="CA2", From=CALLER, To=NUMBER)
        assert "busy" in (say.text or "")
        assert hangup.tag == "Hangup"
    site.store.locked = False


def test_a_caller_who_waits_in_a_room_hears_it_ring_for_as_long_as_the_database_is_away(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    call_id = site.arrive()

    def away(call_id: str) -> None:
        raise StoreBusy("away")

    monkeypatch.setattr(site.store, "load", away)
    assert tags(site.document(f"/caller/{call_id}/wait?again=99")) == ["Play", "Say", "Redirect"]


def test_a_document_is_asked_for_again_and_keeps_what_twilio_sends_once(site: Site) -> None:
    call_id = site.briefing()
    site.store.locked = True
    pause, redirect = site.document(f"/human/{call_id}/1/gate", Digits="1", CallSid="CAhuman1")
    site.store.locked = False
    assert pause.get("length") == "1"
    assert redirect.text == f"{PUBLIC}/warmtransfer/human/{call_id}/1/gate?Digits=1&again=1#rc=5&rp=all"
    again = redirect.text.removeprefix(f"{PUBLIC}/warmtransfer").partition("#")[0]
    (dial, *_) = site.document(again)
    assert dial[0].get("participantLabel") == "human-1"
    assert site.call(call_id).stage is Stage.JOINING


def test_news_is_answered_so_that_twilio_repeats_it(site: Site) -> None:
    call_id = site.arrive()
    site.store.locked = True
    assert site.room(call_id, "participant-join", ParticipantLabel="caller").status_code == 503
    site.store.locked = False


def test_a_document_is_not_asked_for_for_ever(site: Site) -> None:
    call_id = site.arrive()
    site.store.locked = True
    assert tags(site.document(f"/human/{call_id}/1?again=29")) == ["Pause", "Redirect"]
    assert site.send(f"/human/{call_id}/1?again=30").status_code == 500
    site.store.locked = False


# What anybody may ask for ---------------------------------------------------------------------------


def test_sounds_and_health_need_no_signature(site: Site) -> None:
    sound = site.client.get("/warmtransfer/sounds/ring.wav")
    assert sound.content_type == "audio/wav"
    assert sound.data[:4] == b"RIFF"
    ring = parse_wav(sound.data)
    assert len(ring) == RING_SECONDS * 8000
    assert max(abs(ring[:16000])) > 1000
    assert RING_SECONDS - 2.0 < 2.0, "a pause of two seconds sounds like nobody"
    assert site.client.get("/warmtransfer/sounds/other.wav").status_code == 404
    # A database that a busy machine opens for longer than a second does not answer, the first time.
    eventually(lambda: site.client.get("/warmtransfer/health").json["ok"])
    health = site.client.get("/warmtransfer/health").json
    (here,) = health.pop("processes")
    assert health == {"ok": True, "relays": 0, "database": "ok"}
    assert here.keys() == {"id", "host", "pid", "since", "lease_age", "calls", "streams", "leaving"}
    assert (here["pid"], here["calls"], here["streams"], here["leaving"]) == (os.getpid(), 0, 0, False)
    assert datetime.fromisoformat(here["since"]).tzinfo is not None


def test_health_answers_while_the_database_is_away_and_says_so(site: Site, tmp_path: Path) -> None:
    site.arrive()
    held = sqlite3.connect(tmp_path / "calls.sqlite3", isolation_level=None)
    held.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreBusy):
        site.store.decide("c1", lambda _: None, 0.05)
    answer = site.client.get("/warmtransfer/health")
    assert (answer.status_code, answer.json["ok"]) == (200, False)
    assert "cannot be had" in answer.json["database"]
    held.close()
    site.store.decide("c1", lambda _: None)
    assert site.client.get("/warmtransfer/health").json["ok"] is True


def test_health_takes_up_stored_calls_without_waiting_for_them(site: Site) -> None:
    held = threading.Event()
    begun = threading.Event()

    def slow() -> None:
        begun.set()
        held.wait(20)

    site.parts.desk.start = slow  # type: ignore[method-assign]
    for _ in range(3):
        assert site.client.get("/warmtransfer/health").status_code == 200
    assert begun.wait(5)
    held.set()


def test_a_signature_for_one_path_does_not_open_another(site: Site) -> None:
    form = {"AccountSid": GOOD["TWILIO_ACCOUNT_SID"], "CallSid": "CA1"}
    signed = signature(f"{PUBLIC}/warmtransfer/status", form)
    assert site.send("/voice", {"CallSid": "CA1"}, signed=signed).status_code == 403


def test_every_url_we_hand_out_leads_to_a_route(site: Site) -> None:
    links = site.parts.links
    adapter = site.app.url_map.bind("warmtransfer.test", url_scheme="https")
    urls = [links.voice(), links.status(), links.ai(), links.ai_after("c1", 1), links.ai_stream("c1", 1)]
    urls += [links.ai_last_resort("c1", 1), links.again(), links.knocked()]
    urls += [links.check(), links.checked()]
    urls += [link("c1") for link in (links.room, links.wait, links.next, links.comfort, links.message)]
    urls += [links.callback("c1"), links.callback_right("c1")]
    back = site.parts.back.links
    legs = (back.human, back.gate, back.who, back.spoke, back.caller, back.leg_status, back.amd)
    legs += (back.leg_wait, back.gone)
    urls += [back.room("b1"), *(link("b1", 1) for link in legs)]
    urls += [
        link("c1", 1)
        for link in (
            links.next, links.dial, links.human, links.gate, links.who, links.human_status, links.amd,
            links.human_wait, links.hold, links.briefed, links.gone, links.spoke, links.card_news,
            links.supervisor, links.supervisor_gate, links.supervisor_status,
        )
    ]  # fmt: skip
    found = {adapter.match(url.removeprefix(PUBLIC).partition("#")[0], "POST")[0] for url in urls}
    rules = {rule.endpoint for rule in site.app.url_map.iter_rules()}
    assert found == {endpoint for endpoint in rules if endpoint.startswith("warmtransfer.")}
    for opened in (links.sound("ring"), links.card("c1", 1), links.page("sam", 1)):
        assert adapter.match(opened.removeprefix(PUBLIC), "GET")
