"""The app dies, or is deployed anew, in the middle of calls: nobody is dropped, nobody is left alone."""

from __future__ import annotations

import signal
from collections.abc import Callable

import pytest

from tests.calls.story import ASK, HELLO, KIM, SAM, Row, Story, accepts, human

STAY: Row = {"wait": 200}
#: Twilio could not fetch a document: the app was away.
NO_APP = 11205

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


def leaves(number: str) -> Row:
    """A human who takes the call, and hangs up a little later."""
    there = accepts(number)
    return {**there, "steps": [*there["steps"][:-1], {"wait": 2}, {"hangup": True}]}


def begin(story: Story, instant: str) -> None:
    """A call that has come as far as this instant."""
    phones = {"ringing": SLOW, "briefing": LISTENS, "returning": leaves(SAM)}
    story.world.phones(phones.get(instant, accepts(SAM)), accepts(KIM))
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


@pytest.mark.parametrize("how", [signal.SIGKILL])
@pytest.mark.parametrize("instant", list(INSTANTS))
def test_an_app_that_dies_in_the_middle_of_a_call_takes_it_up_again(
    story: Story, instant: str, how: signal.Signals
) -> None:
    begin(story, instant)
    story.expected.add(NO_APP)
    story.world.end_app(how)
    story.world.start_app()
    story.world.until(lambda: settled(story), 120 / story.world.speed, "the caller to have company")
    story.hang_up()
    story.ends()
    assert story.joins("caller") == 1
