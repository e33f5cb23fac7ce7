"""What somebody who looks after a call has for the AI reaches the model: to know, or to be said."""

from __future__ import annotations

from typing import Any

from tests.relay.ends import calling, ends, until
from warmtransfer.core.call import Stage


def notes(session: Any) -> list[str]:
    """What the session was told by us."""
    items = [each["item"] for each in list(session.got) if each["type"] == "conversation.item.create"]
    return [item["content"][0]["text"] for item in items if item["role"] == "system"]


def test_what_the_ai_is_to_know_makes_it_say_nothing_and_later_sessions_know_it_too() -> None:
    with ends() as both:
        _, session = both.up()
        both.switchboard.heed("c1", "Closed on Friday.", aloud=False)
        until(lambda: "Closed on Friday." in notes(session))
        assert "response.create" not in session.types()
        session.close()
        both.switchboard.prepare(calling(Stage.RETURNING), 0.0)
        until(lambda: "Closed on Friday." in notes(both.model.session(2)))


def test_what_the_ai_is_to_say_is_said_and_waits_for_no_news() -> None:
    with ends() as both:
        _, session = both.up()
        both.switchboard.speak("c1", "Sam could not be reached.", 0.0)
        session.wait("response.create")
        for text in ("Closed on Friday.", "Open on Monday."):
            both.switchboard.heed("c1", text, aloud=True)
        until(lambda: notes(session)[-2:] == ["Closed on Friday.", "Open on Monday."])
        session.say("i1", 200, "Sam could not be reached.", "news")
        assert session.wait("response.create", 2)["response"]["metadata"] == {"purpose": "told"}


def test_an_ai_that_must_not_hear_is_not_made_to_speak() -> None:
    with ends() as both:
        _, session = both.up()
        both.switchboard.follow(calling(Stage.HUMAN))
        both.switchboard.heed("c1", "Closed on Friday.", aloud=True)
        until(lambda: "Closed on Friday." in notes(session))
        both.switchboard.follow(calling(Stage.AI))
        both.switchboard.speak("c1", "You are back.", 0.0)
        assert session.wait("response.create")["response"]["metadata"] == {"purpose": "news"}
