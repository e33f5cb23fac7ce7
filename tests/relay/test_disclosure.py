"""The caller hears that an AI speaks: when they have is told once, and what they missed is said again."""

from __future__ import annotations

import pytest

from tests.relay.ends import Ends, Phone, Session, ends, until
from warmtransfer.core import events as ev
from warmtransfer.relay.disclosure import AGAIN, Disclosure

LINE = "Hello, I am the AI assistant of Harbour Books."
GREETING = f"{LINE} How can I help you?"


def greeted(both: Ends, text: str = GREETING) -> tuple[Phone, Session]:
    """A call in which the model has made this greeting; nothing of it has been heard."""
    phone, session = both.up()
    both.switchboard.speak("c1", "", 0.0)
    session.wait("response.create")
    session.say("i1", 400, text, "greeting")
    until(phone.marks)
    return phone, session


def told(both: Ends) -> list[ev.Event]:
    return [each for each in list(both.desk.events) if isinstance(each, ev.Disclosed)]


def notes(session: Session) -> list[str]:
    """What the model was told between its responses."""
    items = [each["item"] for each in list(session.got) if each["type"] == "conversation.item.create"]
    return [each["content"][0]["text"] for each in items if each["role"] == "system"]


@pytest.mark.parametrize(
    "heard",
    [
        GREETING,
        "hello i am the ai assistant of harbour books",
        "Well… Hello! I am the A.I. assistant of Harbour Books",
    ],
)
def test_a_line_is_heard_by_its_letters_however_they_are_spelled(heard: str) -> None:
    line = Disclosure(LINE)
    assert line.heard(heard)
    assert not line.heard(heard), "it is told once"
    line.missed()
    assert not line.reminder(), "nothing is owed any more"


@pytest.mark.parametrize("heard", ["", "Hello, I am the AI…", "Hello, I am the assistant of Harbour Books."])
def test_a_part_of_the_line_or_other_words_are_not_the_line(heard: str) -> None:
    line = Disclosure(LINE)
    assert not line.heard(heard)
    assert not line.reminder(), "it may still come"
    line.missed()
    assert line.reminder() == AGAIN.format(LINE)
    assert not line.reminder(), "told once a loss"


def test_without_a_line_nothing_is_heard_or_missed() -> None:
    line = Disclosure("")
    line.missed()
    assert not line.heard("Hello.")
    assert not line.reminder()


def test_the_desk_is_told_once_the_caller_has_heard_it_and_not_before() -> None:
    with ends(disclosure=LINE) as both:
        phone, session = greeted(both)
        assert told(both) == []
        phone.mark(phone.marks()[-1])
        assert both.desk.posted(ev.Disclosed) == ev.Disclosed(LINE)
        session.say("i2", 400, GREETING)
        phone.mark(until(lambda: phone.marks()[1:])[-1])
        until(lambda: both.desk.lines == [("ai", GREETING)] * 2)
        assert told(both) == [ev.Disclosed(LINE)]
        assert not [note for note in notes(session) if LINE in note]


def test_a_caller_who_speaks_over_it_hears_it_in_the_next_answer() -> None:
    with ends(disclosure=LINE) as both:
        phone, session = greeted(both)
        session.send("input_audio_buffer.speech_started", audio_start_ms=0, item_id="u1")
        until(lambda: AGAIN.format(LINE) in notes(session))
        session.say("i2", 600, f"{LINE} Yes, we are open.")
        until(lambda: phone.heard(600))
        phone.mark(phone.marks()[-1])
        assert both.desk.posted(ev.Disclosed) == ev.Disclosed(LINE)
        assert notes(session).count(AGAIN.format(LINE)) == 1


def test_news_in_the_place_of_the_greeting_leaves_it_to_the_next_answer() -> None:
    with ends(disclosure=LINE) as both:
        _, session = both.up()
        both.switchboard.speak("c1", "Say that nobody is there.", 0.0)
        session.wait("response.create")
        until(lambda: notes(session) == ["Say that nobody is there.", AGAIN.format(LINE)])


def test_news_that_comes_while_it_is_heard_takes_nothing_from_it() -> None:
    with ends(disclosure=LINE) as both:
        phone, session = greeted(both)
        both.switchboard.speak("c1", "Say that nobody is there.", 0.0)
        session.wait("response.create", 2)
        phone.mark(phone.marks()[-1])
        assert both.desk.posted(ev.Disclosed) == ev.Disclosed(LINE)
        assert AGAIN.format(LINE) not in notes(session)


def test_what_another_process_has_said_is_not_said_again() -> None:
    with ends(disclosure=LINE) as both:
        both.switchboard.recall("c1", [("ai", GREETING), ("caller", "Where is my order?")])
        phone, session = both.up()
        both.switchboard.speak("c1", "Say that Sam is busy.", 0.0)
        session.wait("response.create")
        session.say("i1", 400, "Sam is on another call.", "news")
        phone.mark(until(phone.marks)[-1])
        until(lambda: ("ai", "Sam is on another call.") in both.desk.lines)
        assert LINE not in " ".join(notes(session))
        assert told(both) == []


def test_a_greeting_that_we_have_to_speak_ourselves_leaves_it_to_the_next_answer() -> None:
    with ends(disclosure=LINE) as both:
        _, session = both.up()
        both.switchboard.speak("c1", "", 0.0)
        for number in (1, 2):
            session.wait("response.create", number)
            purpose = "greeting" if number == 1 else "again"
            session.begin(f"r{number}", purpose)
            session.end(f"r{number}")
        until(lambda: both.desk.lines == [("ai", "Hello. How can I help you?")])
        until(lambda: AGAIN.format(LINE) in notes(session))
        assert told(both) == []
