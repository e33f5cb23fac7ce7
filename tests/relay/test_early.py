"""The first greeting is made while the AI's leg is on its way, and heard, and counted, only after that."""

from __future__ import annotations

import pytest

from tests.relay.ends import Ends, Phone, Session, calling, ends, until
from warmtransfer.core import events as ev
from warmtransfer.core.call import Stage


def greeted(both: Ends, *, whole: bool = True) -> Session:
    """A call that has come in, and whose greeting the model has made, or begun, before there is a stream."""
    both.switchboard.prepare(calling(Stage.ARRIVING), 0.0)
    session = both.model.session()
    assert session.wait("response.create")["response"] == {"metadata": {"purpose": "greeting"}}
    session.begin("r1", "greeting")
    session.speak("r1", "i1", 400, "Hello there")
    if whole:
        session.end("r1")
    return session


def connected(both: Ends) -> Phone:
    """The stream is there, and the desk has said that the AI is up."""
    both.switchboard.follow(calling(Stage.CONNECTING))
    phone = both.phone()
    both.desk.posted(ev.AIUp)
    both.switchboard.follow(calling(Stage.AI))
    return phone


@pytest.mark.parametrize("whole", [True, False], ids=["made", "begun"])
def test_a_greeting_made_early_is_played_at_once_and_asked_for_once(whole: bool) -> None:
    with ends(early=True) as both:
        session = greeted(both, whole=whole)
        phone = connected(both)
        until(phone.own)
        assert not phone.heard(400)
        both.switchboard.speak("c1", "", 0.0)
        until(lambda: phone.heard(400))
        if not whole:
            session.end("r1")
        phone.mark(until(phone.marks)[-1])
        until(lambda: both.desk.lines == [("ai", "Hello there")])
        assert session.types().count("response.create") == 1


def test_it_is_asked_for_before_the_session_has_answered() -> None:
    """The model takes events in order: a way to and fro is saved."""
    with ends(early=True) as both:
        both.model.greets = False
        both.switchboard.prepare(calling(Stage.ARRIVING), 0.0)
        session = both.model.session()
        session.wait("response.create")
        assert session.types() == ["session.update", "conversation.item.create", "response.create"]


def test_a_caller_who_leaves_at_once_has_heard_nothing_and_cost_one_response() -> None:
    with ends(early=True) as both:
        session = greeted(both)
        both.switchboard.follow(calling(Stage.OVER))
        both.switchboard.close("c1")
        assert session.closed.wait(5)
        assert both.desk.lines == []
        assert session.types().count("response.create") == 1


def test_what_was_made_early_and_never_heard_is_not_told_to_the_next_session() -> None:
    with ends(early=True) as both:
        greeted(both).close(1011)
        phone = both.phone()
        lost = both.desk.posted(ev.ModelLost)
        assert isinstance(lost, ev.ModelLost)
        both.switchboard.prepare(calling(Stage.RETURNING), 0.0)
        second = both.model.session(2)
        both.desk.posted(ev.AIUp)
        both.switchboard.speak("c1", "", 0.0)
        second.wait("response.create")
        assert [each["item"]["role"] for each in second.got if "item" in each] == ["system"]
        assert both.desk.lines == []
        assert not phone.heard(400)


@pytest.mark.parametrize("whole", [True, False], ids=["made", "begun"])
def test_a_caller_who_speaks_first_is_answered_instead(whole: bool) -> None:
    with ends(early=True) as both:
        session = greeted(both, whole=whole)
        phone = connected(both)
        session.send("input_audio_buffer.speech_started", audio_start_ms=0, item_id="u1")
        if not whole:
            session.end("r1", "cancelled")
        assert session.wait("conversation.item.delete")["item_id"] == "i1"
        session.say("i2", 600, "Yes, we are open.")
        until(lambda: phone.heard(600))
        assert not phone.heard(400)


def test_news_takes_the_place_of_a_greeting_that_was_made_early() -> None:
    with ends(early=True) as both:
        session = greeted(both)
        connected(both)
        both.switchboard.speak("c1", "Say that nobody is there.", 0.0)
        assert session.wait("conversation.item.delete")["item_id"] == "i1"
        assert session.wait("response.create", 2)["response"]["metadata"] == {"purpose": "news"}


def test_a_human_who_is_rung_before_the_ai_is_up_makes_the_greeting_pointless() -> None:
    with ends(early=True) as both:
        session = greeted(both)
        both.switchboard.follow(calling(Stage.RINGING))
        assert session.wait("conversation.item.delete")["item_id"] == "i1"


def test_an_early_greeting_without_a_sound_is_made_once_more() -> None:
    with ends(early=True) as both:
        both.switchboard.prepare(calling(Stage.ARRIVING), 0.0)
        session = both.model.session()
        session.wait("response.create")
        session.begin("r1", "greeting")
        session.end("r1", "incomplete")
        assert session.wait("response.create", 2)["response"]["metadata"] == {"purpose": "again"}
        phone = connected(both)
        both.switchboard.speak("c1", "", 0.0)
        session.say("i2", 400, "Hello there", "again")
        until(lambda: phone.heard(400))
        assert session.types().count("response.create") == 2


def test_only_a_call_that_begins_is_greeted_early() -> None:
    with ends(early=True) as both:
        both.switchboard.recall("c1", [("caller", "Hello?")])
        both.switchboard.prepare(calling(Stage.CONNECTING), 0.0)
        session = both.model.session()
        connected(both)
        assert "response.create" not in session.types()


def test_every_session_is_told_what_time_it_is() -> None:
    with ends(facts=lambda: ("It is now Monday.",)) as both:
        _, session = both.up()
        note = session.wait("conversation.item.create")["item"]
        assert (note["role"], note["content"][0]["text"]) == ("system", "It is now Monday.")
