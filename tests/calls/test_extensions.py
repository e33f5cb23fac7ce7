"""Humans behind a switchboard: the phone menu wants the extension, then somebody there takes the call."""

from __future__ import annotations

import pytest

from tests.calls.story import ASK, HELLO, KIM, SAM, Row, Story, accepts, human

#: The company's switchboard: it rings Sam, half a minute's walk from his desk, when it hears 12.
MENU: Row = human(
    SAM,
    {"after": 1.0},
    {"say": "Welcome to Harbour Books. Please dial the extension."},
    {"until": "keys:12", "timeout": 30},
    {"wait": 9},
    {"until": "heard:press 1 to hear", "timeout": 30},
    {"wait": 0.5},
    {"press": "1"},
    {"until": "heard:press 1 to take the call", "timeout": 40},
    {"wait": 0.5},
    {"press": "1"},
    {"wait": 5},
    {"say": "kim-hello"},
    {"wait": 200},
)
#: The extension's mailbox takes it.
MAILBOX: Row = human(SAM, {"after": 1.0}, {"until": "keys:12", "timeout": 30}, {"beep": True}, {"wait": 200})


@pytest.fixture
def settings(request: pytest.FixtureRequest) -> dict[str, str]:
    style = getattr(request, "param", "screen")
    return {"WARMTRANSFER_HUMANS": f"sam={SAM}x12,kim={KIM}", "WARMTRANSFER_BRIEFING": style}


@pytest.mark.parametrize(
    ("settings", "world"),
    [("screen", "tones=beside_document"), ("redirect", "callbacks=twice")],
    indirect=True,
)
def test_a_human_behind_a_phone_menu_takes_the_call(story: Story) -> None:
    story.world.phones(MENU)
    story.phone(HELLO, ASK, {"wait": 200})
    sent = story.note("tones", 90)
    assert sent["digits"] == "wwww12"
    story.world.until(lambda: story.app_call()["stage"] == "human", 60, "caller and human to talk")
    (attempt,) = story.app_call()["attempts"]
    assert (attempt["number"], attempt["digits"], attempt["outcome"]) == (SAM, "wwww12", "accepted")
    story.hang_up()
    story.ends()


def test_a_mailbox_behind_a_phone_menu_hears_nothing_of_the_caller(story: Story) -> None:
    """Detection of machines would take the menu for one: instead, a key is asked for before the matter."""
    story.world.phones(MAILBOX, accepts(KIM))
    story.phone(HELLO, ASK, {"until": "joined:human-2", "timeout": 200}, {"wait": 3}, {"hangup": True})
    story.leg("joined", "human-2", 200)
    first, second = story.ends()["attempts"]
    assert (first["outcome"], second["outcome"]) == ("no_input", "accepted")
    heard = [
        row["text"]
        for row in story.read()
        if row.get("event") == "say"
        and row.get("who") == "network"
        and row.get("call_sid") == first["call_sid"]
    ]
    assert heard
    assert set(heard) <= {
        "A call for Sam.",
        "Press 1 to hear what it is about, or 2 to decline.",
        "All right. Goodbye.",
    }
