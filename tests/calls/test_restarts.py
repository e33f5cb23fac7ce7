"""The app dies, or is deployed anew, in the middle of calls: nobody is dropped, nobody is left alone."""

from __future__ import annotations

import signal
from collections.abc import Callable

import pytest

from tests.calls.story import ASK, HELLO, KIM, SAM, Row, Story, human

STAY: Row = {"wait": 200}
#: Twilio could not fetch a document: the app was away.
NO_APP = {11205, 31904}

#: Seconds in which a forgotten caller has company again: four requests and two documents, at this speed on a
#: busy machine; the app's own next look would come much later, or never.
SOON = 12.0

SLOW = human(SAM, {"after": 6.0}, STAY)
LISTENS = human(SAM, {"after": 1.0}, STAY)

#: When the app dies, and what is seen just before.
INSTANTS: dict[str, Callable[[Story], object]] = {
    "connecting": lambda story: story.leg("dialled", "ai-1"),
    "talking to the AI": lambda story: story.stage("ai", 30) and story.note("speech", who="ai"),
    "ringing": lambda story: story.leg("ringing", f"human:{SAM}"),
    "briefing": lambda story: story.note("say", 60, leg="human", text="A call for"),
    "joining": lambda story: story.note("gathered", 60, digits="1"),
    "talking to the human": lambda story: story.leg("left", "ai-1", 90),
    "returning": lambda story: story.leg("left", "human-1", 90),
}


def takes(number: str, *then: Row) -> Row:
    """A human who takes the call without hearing the briefing to its end."""
    return human(number, {"after": 0.5}, {"until": "heard:A call for"}, {"press": "1"}, *then)


def begin(story: Story, instant: str) -> None:
    """A call that has come as far as this instant."""
    phones = {
        "ringing": SLOW,
        "briefing": LISTENS,
        "returning": takes(SAM, {"until": "left:ai-1"}, {"wait": 1}, {"hangup": True}),
    }
    story.world.phones(phones.get(instant, takes(SAM, STAY)), takes(KIM, STAY))
    story.phone(HELLO, *([] if instant == "talking to the AI" else [ASK]), STAY)
    INSTANTS[instant](story)


def company(story: Story) -> str:
    """Who is in a room with the caller: ai, human, or nobody."""
    rooms = story.world.control("GET", "/state")["rooms"]
    others = [label for room in rooms if "caller" in room["members"] for label in room["members"]]
    return next((label.partition("-")[0] for label in others if label != "caller"), "")


def settled(story: Story) -> bool:
    """The caller is in good hands, and the app knows in whose."""
    return in_good_hands(story) and story.app_call()["stage"] in ("ai", "human")


def in_good_hands(story: Story) -> bool:
    """The caller is with a human, or with an AI whose stream is up."""
    if company(story) == "human":
        return True
    return company(story) == "ai" and bool(story.world.control("GET", "/state")["streams"])


def again(story: Story, how: signal.Signals = signal.SIGKILL, *, forget: bool = False) -> None:
    """The app ends and starts anew, perhaps without its database."""
    story.expected |= NO_APP
    story.world.end_app(how)
    if forget:
        for path in story.world.folder.glob("calls.sqlite3*"):
            path.unlink()
        story.call_id = ""
    story.world.start_app()


@pytest.mark.parametrize("instant", list(INSTANTS))
def test_an_app_that_dies_in_the_middle_of_a_call_takes_it_up_again(story: Story, instant: str) -> None:
    begin(story, instant)
    again(story)
    story.world.until(lambda: settled(story), 120 / story.world.speed, "the caller to have company")
    story.hang_up()
    story.ends()
    assert story.joins("caller") == 1


def test_a_deployment_in_the_middle_of_a_call_loses_neither_the_caller_nor_what_was_said(
    story: Story,
) -> None:
    story.phone(HELLO, {"say": "ask-address"}, STAY)
    story.note("speech", 60, who="ai", text="Harbour Street, next to")
    story.world.until(lambda: len(story.app_call()["transcript"]) >= 3, 10, "the words to be noted")
    known = len(story.read())
    again(story, signal.SIGTERM)
    story.world.until(lambda: settled(story), 60 / story.world.speed, "the caller to have company")
    told = [row for row in story.read()[known:] if row["kind"] == "realtime" and row["dir"] == "client"]
    seeded = [str(row["msg"]) for row in told if row["msg"]["type"] == "conversation.item.create"]
    assert any("what is your address" in text for text in seeded)
    assert any("Harbour Street, next to" in text for text in seeded)
    story.note("speech", 30, who="ai", text="sorry")
    story.hang_up()
    story.ends()
    assert story.joins("caller") == 1


FORGOTTEN = ["connecting", "talking to the AI", "briefing"]


@pytest.mark.parametrize("instant", FORGOTTEN)
def test_a_caller_whose_call_was_forgotten_starts_anew(story: Story, instant: str) -> None:
    """The database went with the app: the room is ended, and the caller's own document leads to a new one."""
    begin(story, instant)
    known = len(story.read())
    again(story, forget=True)
    story.world.until(lambda: settled(story), 60 / story.world.speed, "the caller to have company")
    rows = story.read()[known:]
    looked = next(r["t"] for r in rows if r["kind"] == "rest" and r["path"].endswith("/Conferences.json"))
    company = [r["t"] for r in rows if r["kind"] == "leg" and (r["event"], r["label"]) == ("joined", "ai-1")]
    assert company[-1] - looked < SOON, "the new app left the caller alone for long"
    story.hang_up()
    story.ends()
    assert story.joins("caller") == 2


def test_people_who_talk_with_each_other_are_left_alone_although_their_call_was_forgotten(
    story: Story,
) -> None:
    begin(story, "talking to the human")
    with_human = story.leg("joined", "human-1")
    again(story, forget=True)
    assert company(story) == "human"
    story.world.control("POST", f"/calls/{with_human['call_sid']}/hangup")
    left = story.leg("left", "human-1")
    back = story.leg("joined", "ai-1", times=2)
    assert back["t"] - left["t"] < SOON
    story.hang_up()
    story.ends()
