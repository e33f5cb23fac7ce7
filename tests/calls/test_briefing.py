"""What a human hears, and when: by the network's own clock and recordings."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.calls.story import ASK, HELLO, KIM, SAM, Row, Story, human
from tests.calls.world import World
from warmtransfer.simulator.witness.timings import timings

STAY: Row = {"wait": 100}
#: A human who says hello when picking up, as people do, and accepts as soon as they have heard how.
QUICK = human(
    SAM, {"after": 1.0}, {"say": "sam-hello"}, {"until": "heard-end:at any time"}, {"press": "1"}, STAY
)
COMPANY = {"WARMTRANSFER_COMPANY": "the Harbour Street Bookshop"}

with_company = pytest.mark.parametrize("settings", [COMPANY], indirect=True)


@pytest.fixture
def settings(request: pytest.FixtureRequest) -> dict[str, str]:
    """The keys that a story names."""
    return dict(getattr(request, "param", {}))


@pytest.fixture
def unhurried(tmp_path: Path) -> Iterator[Story]:
    """A story in a world in which little is lost to the tests' own hurry."""
    world = World(tmp_path, speed=1.5, frames=True, environment=COMPANY)
    try:
        yield Story(world.start())
    finally:
        world.stop()


def test_a_human_knows_who_calls_within_four_seconds_and_can_accept_within_six(unhurried: Story) -> None:
    story = unhurried
    story.world.phones(QUICK)
    story.phone(HELLO, ASK, {"until": "joined:human-1", "timeout": 60}, {"wait": 3}, {"hangup": True})
    story.leg("joined", "human-1", 60)
    story.ends()
    found = timings(story.evidence())
    assert 0 < (found["answer_to_first_words"] or 0) <= 4000, found
    assert 0 < (found["answer_to_keys"] or 0) <= 6000, found
    assert 0 < (found["answer_to_accept"] or 0) <= 6000, found


def test_a_humans_phone_shows_the_callers_number_and_ours_where_that_is_refused(unhurried: Story) -> None:
    """The token that lends it came with the caller; it is in no log and no answer of ours."""
    story = unhurried
    story.world.configure({"WARMTRANSFER_SHOW": "caller"})
    story.world.phones(human(SAM, {"after": 1.0}, {"wait": 1}, {"hangup": True}), human(KIM, "busy"))
    story.phone(HELLO, ASK, STAY)
    story.leg("answered", f"human:{SAM}", 60)
    story.world.control("PUT", "/faults", ["rest=refuse:21210;match=POST Calls;times=1"])
    story.leg("ended", f"human:{KIM}", 60)
    asked = [
        dict(row["form"])
        for row in story.read()
        if row["kind"] == "rest" and row["method"] == "POST" and row["path"].endswith("/Calls.json")
    ]
    assert [form["From"] for form in asked] == [story.number, story.number, "+15550100000"]
    assert "CallToken" not in asked[-1]
    kept = json.dumps(story.app_call()) + (story.world.folder / "app.log").read_text()
    assert "simulated-CA" not in kept
    story.hang_up()


@with_company
def test_a_human_who_says_hello_first_is_not_talked_over(story: Story) -> None:
    story.world.phones(QUICK)
    story.phone(HELLO, ASK, STAY)
    answered = story.leg("answered", f"human:{SAM}", 60)
    read = story.note("say", 30, leg="human", text="A call for Sam")
    assert read["t"] - answered["t"] >= 0.9


@with_company
@pytest.mark.parametrize("world", ["amd=prompt", "amd=late"], indirect=True)
def test_a_mailbox_records_at_most_the_beginning_of_the_matter(story: Story, world: World) -> None:
    world.phones(human(SAM, "voicemail"))
    story.phone(HELLO, ASK, STAY)
    ended = story.leg("ended", f"human:{SAM}", 90)
    story.hang_up()
    story.ends()
    read = [row for row in story.read() if row.get("event") == "speech" and row.get("who") == "network"]
    mailbox = [row for row in read if row.get("call_sid") == ended["call_sid"]]
    told = [row for row in mailbox if "caller says" in row["text"]]
    assert any("A call for Sam" in row["text"] for row in mailbox)
    assert not any(row["whole"] for row in told), mailbox
