"""Losing things: streams, sessions, time; and closing what is open."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.relay.ends import Session, calling, ends, sound, until
from warmtransfer.core import events as ev
from warmtransfer.core.call import Stage
from warmtransfer.relay.switchboard import REMEMBERED


def seeds(session: Session) -> list[tuple[str, str]]:
    """Role and text of the messages a session was told."""
    items = [each["item"] for each in list(session.got) if each["type"] == "conversation.item.create"]
    return [(each["role"], each["content"][0]["text"]) for each in items if each["type"] == "message"]


def test_a_stream_that_stops_is_reported_and_the_session_stays() -> None:
    with ends() as both:
        phone, session = both.up()
        phone.stop()
        assert both.desk.posted(ev.StreamEnded) == ev.StreamEnded(1, "stopped")
        assert both.finished is not None
        assert both.finished.wait(3)
        second = both.phone(2)
        both.desk.posted(ev.AIUp, 2)
        second.media()
        until(lambda: session.audio)
        assert len(both.model.sessions) == 1


def test_a_stream_that_is_handed_over_after_the_callers_end_opens_no_session() -> None:
    """It was admitted, and the caller hung up before the relay had it: nobody would close the session."""
    with ends() as both:
        both.switchboard.follow(calling(Stage.OVER))
        phone = both.phone()
        assert both.finished is not None
        assert both.finished.wait(3)
        assert phone.closed.wait(3)
        assert both.switchboard.live() == 0
        assert not both.model.sessions


def test_a_stream_that_breaks_is_reported() -> None:
    with ends() as both:
        phone, _ = both.up()
        phone.cut()
        assert both.desk.posted(ev.StreamEnded) == ev.StreamEnded(1, "broken")


def test_a_stream_without_media_counts_as_broken() -> None:
    with ends(speed=10, silence=2.0) as both:
        phone, _ = both.up()
        assert both.desk.posted(ev.StreamEnded) == ev.StreamEnded(1, "broken")
        assert phone.closed.wait(3)


@pytest.mark.parametrize(
    "bad", [b"{", b'"text"', b'{"event":"media"}', b'{"event":"media","media":{"payload":1}}']
)
def test_a_malformed_message_ends_the_stream_and_not_the_call(bad: bytes) -> None:
    with ends() as both:
        phone, session = both.up()
        phone.raw(bad)
        assert both.desk.posted(ev.StreamEnded) == ev.StreamEnded(1, "bad_message")
        assert phone.closed.wait(3)
        assert phone.code == 1003
        assert not session.closed.is_set()


def test_a_binary_or_giant_message_ends_the_stream_cleanly() -> None:
    with ends() as both:
        phone, _ = both.up()
        phone.raw(b"\x00\x01", binary=True)
        assert both.desk.posted(ev.StreamEnded) == ev.StreamEnded(1, "bad_message")
        giant = both.phone(2)
        giant.raw(b" " * 70000)
        assert both.desk.posted(ev.StreamEnded, 2) == ev.StreamEnded(2, "bad_message")


def test_unknown_messages_of_either_side_are_passed_over() -> None:
    with ends() as both:
        phone, session = both.up()
        phone.raw(b'{"event":"weather","weather":{"rain":true}}')
        phone.raw(b'{"event":"dtmf","streamSid":"MZ1","dtmf":{"track":"inbound_track","digit":"1"}}')
        session.raw('{"type": "response.brand_new", "event_id": "e"}')
        session.raw("not json")
        session.raw('{"type": "response.done"}')
        phone.media()
        until(lambda: session.audio)
        session.say("i1", 100, "Still here.")
        until(lambda: phone.heard(100))
        assert [type(each) for each in both.desk.events] == [ev.AIUp]


def test_closing_ends_stream_and_session_within_a_second() -> None:
    with ends() as both:
        phone, session = both.up()
        both.switchboard.close("c1")
        assert session.closed.wait(1)
        assert phone.closed.wait(1)
        assert phone.code == 1000
        assert both.finished is not None
        assert both.finished.wait(1)
        assert both.switchboard.live() == 0
        assert [type(each) for each in both.desk.events] == [ev.AIUp, ev.SilenceHeard]


@pytest.mark.parametrize(
    ("code", "fatal"), [(1000, False), (1001, False), (1011, False), (3000, True), (4000, True)]
)
def test_a_closed_session_is_a_loss_whatever_its_code(code: int, fatal: bool) -> None:
    """1001 looks like a clean end and is the 60-minute cap."""
    with ends() as both:
        _, session = both.up()
        session.close(code, "why")
        lost = both.desk.posted(ev.ModelLost)
        assert isinstance(lost, ev.ModelLost)
        assert (lost.generation, lost.fatal) == (1, fatal)
        assert str(code) in lost.reason


def test_a_session_that_vanishes_is_a_loss() -> None:
    with ends() as both:
        _, session = both.up()
        session.cut()
        assert both.desk.posted(ev.ModelLost)


def test_a_new_session_is_told_what_was_heard_and_only_that() -> None:
    with ends(speed=4) as both:
        phone, first = both.up()
        first.say("i1", 400, "Hello, how can I help?")
        until(lambda: len(both.desk.lines) == 1)
        first.hear("u1", "Where is my order?")
        first.begin("r2")
        first.speak("r2", "i2", 8000, "Let me tell you a very long story about your order")
        until(lambda: phone.heard(8000))
        began = both.clock.monotonic()
        until(lambda: both.clock.monotonic() > began + 2.0)
        first.send("input_audio_buffer.speech_started", audio_start_ms=0, item_id="u2")
        first.wait("conversation.item.truncate")
        first.close(1011)
        both.desk.posted(ev.ModelLost)
        both.switchboard.prepare(calling(Stage.RETURNING), 0.0)
        second = both.model.session(2)
        both.desk.posted(ev.AIUp, 2)
        until(lambda: len(seeds(second)) == 3)
        assert seeds(second)[:2] == [("assistant", "Hello, how can I help?"), ("user", "Where is my order?")]
        role, cut = seeds(second)[2]
        assert (role, cut[:10], cut[-1]) == ("assistant", "Let me tel", "…")
        second.say("i9", 200, "Sorry for the interruption.")
        until(lambda: phone.heard(200))


def test_ids_of_an_old_session_are_never_sent_to_the_new_one() -> None:
    """What the old one said still plays; cutting it is no business of the new one."""
    with ends() as both:
        phone, first = both.up()
        first.say("i1", 9000, "a long sentence")
        until(lambda: phone.heard(9000))
        first.close(1011)
        both.desk.posted(ev.ModelLost)
        both.switchboard.prepare(calling(Stage.RETURNING), 0.0)
        both.desk.posted(ev.AIUp, 2)
        second = both.model.session(2)
        clears = len(phone.named("clear"))
        second.send("input_audio_buffer.speech_started", audio_start_ms=0, item_id="u1")
        until(lambda: len(phone.named("clear")) > clears)
        second.hear("u2", "hello")
        until(lambda: ("caller", "hello") in both.desk.lines)
        assert not {"conversation.item.truncate", "conversation.item.delete"} & set(second.types())


def test_a_failure_before_the_stream_is_reported_when_the_stream_is_there() -> None:
    with ends() as both:
        both.switchboard.prepare(calling(Stage.ARRIVING), 0.0)
        session = both.model.session()
        session.wait("session.update")
        session.close(1011)
        assert session.closed.wait(3)
        until(lambda: both.switchboard.live())
        both.switchboard.until_heard("c1", 0.1)
        phone = both.phone()
        lost = both.desk.posted(ev.ModelLost)
        assert isinstance(lost, ev.ModelLost)
        assert lost.generation == 1
        until(lambda: phone.own())


@pytest.mark.parametrize(("status", "fatal"), [(401, True), (403, True), (426, False), (503, False)])
def test_a_refused_upgrade_is_a_loss_and_a_wrong_key_a_fatal_one(status: int, fatal: bool) -> None:
    with ends() as both:
        both.model.refuses = status
        both.phone()
        lost = both.desk.posted(ev.ModelLost)
        assert isinstance(lost, ev.ModelLost)
        assert str(status) in lost.reason
        assert lost.fatal is fatal


def test_a_session_that_never_starts_is_given_up() -> None:
    with ends(speed=10, open_seconds=1.0) as both:
        both.model.greets = False
        both.phone()
        lost = both.desk.posted(ev.ModelLost)
        assert isinstance(lost, ev.ModelLost)
        assert not lost.fatal


def test_a_silent_response_is_a_stalled_session() -> None:
    with ends(speed=20, stall=5.0) as both:
        _, session = both.up()
        both.switchboard.speak("c1", "", 0.0)
        session.wait("response.create")
        lost = both.desk.posted(ev.ModelLost)
        assert isinstance(lost, ev.ModelLost)
        assert lost.reason == "stalled"
        assert session.closed.wait(3)


@pytest.mark.parametrize(
    ("code", "fatal"),
    [("response_cancel_not_active", None), ("server_error", None), ("insufficient_quota", True)],
)
def test_errors_are_no_losses_unless_listed(code: str, fatal: bool | None) -> None:
    with ends() as both:
        phone, session = both.up()
        error = {"type": "invalid_request_error", "code": code, "message": "m", "param": None}
        session.send("error", error=error)
        if fatal:
            lost = both.desk.posted(ev.ModelLost)
            assert isinstance(lost, ev.ModelLost)
            assert lost.fatal
        else:
            phone.media()
            until(lambda: session.audio)
            assert not [each for each in both.desk.events if isinstance(each, ev.ModelLost)]


def test_quota_trouble_inside_a_failed_response_is_fatal() -> None:
    with ends() as both:
        _, session = both.up()
        session.begin("r1")
        error = {"type": "insufficient_quota", "code": "insufficient_quota"}
        session.end("r1", "failed", status_details={"type": "failed", "error": error})
        lost = both.desk.posted(ev.ModelLost)
        assert isinstance(lost, ev.ModelLost)
        assert lost.fatal


def test_a_failed_response_is_tried_again_and_three_are_a_loss() -> None:
    with ends(speed=10) as both:
        _, session = both.up()
        both.switchboard.speak("c1", "", 0.0)
        for number in (1, 2, 3):
            session.wait("response.create", number)
            session.begin(f"r{number}", "greeting" if number == 1 else "again")
            why = {"type": "failed", "error": {"code": "server_error"}}
            session.end(f"r{number}", "failed", status_details=why)
        lost = both.desk.posted(ev.ModelLost)
        assert isinstance(lost, ev.ModelLost)
        assert not lost.fatal


def test_a_session_is_exchanged_before_its_cap_when_nobody_speaks() -> None:
    """The new one knows what was said, takes the audio, and the old one is closed: no loss is seen."""
    with ends(speed=10) as both:
        both.model.life = 3.0  # real seconds: 30 of the clock, exchanged after about 25
        phone, first = both.up()
        both.model.life = 3600.0
        first.say("i1", 300, "Hello there.")
        until(lambda: both.desk.lines)
        second = both.model.session(2)
        assert first.closed.wait(5)
        until(lambda: seeds(second))
        assert seeds(second) == [("assistant", "Hello there.")]
        phone.media()
        until(lambda: second.audio)
        second.say("i1", 700, "I am still here.")
        until(lambda: phone.heard(700))
        assert [type(each) for each in both.desk.events] == [ev.AIUp]


def test_an_exchange_waits_until_the_caller_has_finished() -> None:
    with ends(speed=10) as both:
        both.model.life = 3.0
        phone, first = both.up()
        both.model.life = 3600.0
        first.send("input_audio_buffer.speech_started", audio_start_ms=0, item_id="u1")
        second = both.model.session(2)
        second.wait("session.update")
        phone.media()
        until(lambda: first.audio)
        assert not first.closed.is_set()
        first.send("input_audio_buffer.committed", item_id="u1", previous_item_id=None)
        first.written("u1", "and that was my question")
        assert first.closed.wait(5)
        assert seeds(second) == [("user", "and that was my question")]


def test_a_relay_nobody_streams_to_closes_its_session() -> None:
    with ends(speed=20, orphan=2.0) as both:
        both.switchboard.prepare(calling(Stage.ARRIVING), 0.0)
        assert both.model.session().closed.wait(5)
        until(lambda: both.switchboard.live() == 0)


def test_the_conversation_is_remembered_after_the_relay_is_closed() -> None:
    """The AI comes back after a human: a new relay, and a session that knows what was said before."""
    with ends(speed=10) as both:
        _, first = both.up()
        first.say("i1", 300, "Hello there.")
        until(lambda: both.desk.lines)
        both.switchboard.close("c1")
        assert first.closed.wait(2)
        both.switchboard.prepare(calling(Stage.RETURNING), 0.0)
        phone = both.phone(2)
        both.desk.posted(ev.AIUp, 2)
        second = both.model.session(2)
        both.switchboard.speak("c1", "Sam has left. You are back.", 0.0)
        second.wait("response.create")
        assert seeds(second) == [("assistant", "Hello there."), ("system", "Sam has left. You are back.")]
        second.say("i2", 200, "I am back.")
        until(lambda: phone.heard(200))


def test_a_newer_stream_takes_the_place_of_an_older_one() -> None:
    with ends() as both:
        old, session = both.up()
        new = both.phone(2)
        both.desk.posted(ev.AIUp, 2)
        assert old.closed.wait(3)
        new.media(sound(20).encode())
        assert until(lambda: session.audio) == [sound(20)]
        assert not [each for each in both.desk.events if isinstance(each, ev.StreamEnded)]


def test_what_the_model_says_while_there_is_no_stream_is_not_counted_as_said() -> None:
    """The session outlives the stream; it must not believe that the caller heard this."""
    with ends() as both:
        phone, session = both.up()
        phone.stop()
        both.desk.posted(ev.StreamEnded)
        session.say("i1", 500, "Nobody heard this.")
        assert session.wait("conversation.item.delete")["item_id"] == "i1"
        assert not both.desk.lines


def test_while_a_call_lasts_no_number_of_others_makes_its_ai_forget() -> None:
    """A human talks, so there is no relay: the AI may still have to come back."""
    with ends() as both:
        both.switchboard.follow(calling(Stage.HUMAN))
        both.switchboard.recall("c1", [("caller", "Where is my order?")])
        for number in range(2 * REMEMBERED):
            stage = Stage.OVER if number % 2 else Stage.HUMAN
            both.switchboard.follow(replace(calling(stage), id=f"other{number}"))
            both.switchboard.recall(f"other{number}", [("caller", "Something else.")])
        _, session = both.up()
        until(lambda: seeds(session))
        assert seeds(session)[0] == ("user", "Where is my order?")


def test_a_call_whose_stream_is_with_another_process_is_closed_and_its_words_are_forgotten() -> None:
    """They are told anew should it come back: more will have been said by then."""
    with ends() as both:
        both.switchboard.recall("c1", [("caller", "Where is my order?")])
        phone, _ = both.up()
        both.switchboard.leave("c1")
        assert phone.closed.wait(3)
        assert until(lambda: not both.switchboard.calls())
        both.switchboard.recall("c1", [("caller", "Where is my invoice?")])
        both.switchboard.prepare(calling(Stage.RETURNING), 0.0)
        assert until(lambda: seeds(both.model.session(2)))[0] == ("user", "Where is my invoice?")
        assert not [each for each in both.desk.events if isinstance(each, ev.StreamEnded)]
