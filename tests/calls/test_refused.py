"""Twilio takes none of our requests, for good: a wrong secret. What still works is what needs no request."""

from __future__ import annotations

import itertools

from tests.calls.story import HELLO, Story

#: Simulated seconds that a try may come sooner than it should: two clocks, and a request's own time.
SLACK = 0.5


def test_with_every_request_refused_the_caller_is_told_and_we_back_off(story: Story) -> None:
    """No AI, no human and no message can be had; the caller does not hear "one moment" for ever."""
    story.expected.add(20003)
    story.world.control("PUT", "/faults", ["rest=refuse:20003;times=0"])
    try:
        story.phone(HELLO, {"wait": 150})
        story.note("say", 30, leg="caller", text="nobody can take your call")
        story.stage("over", 120)
        moves = [row for row in story.read() if row["kind"] == "rest" and _moves(row, story.caller_sid)]
        story.hang_up()
        call = story.ends()
    finally:
        story.world.control("PUT", "/faults", [])
    tries = [row["t"] for row in moves][: story_patience(call)]
    pauses = [later - sooner for sooner, later in itertools.pairwise(tries)]
    assert len(pauses) >= 4, story.digest()
    for pause, least in zip(pauses, (2.0, 4.0, 8.0, 16.0), strict=False):
        assert pause >= least - SLACK, pauses
    apology = story.note("say", 1, leg="caller", text="nobody can take your call")["t"]
    said = [row for row in story.read() if row["kind"] == "note" and row.get("event") == "say"]
    late = [row["text"] for row in said if row.get("leg") == "caller" and row["t"] > apology]
    assert late, "the apology is repeated"
    assert not [text for text in late if "moment" in text.lower()]
    assert [each["outcome"] for each in call["attempts"]] == ["unreachable", "unreachable"]
    assert call["ended_at"]


def story_patience(call: dict[str, object]) -> int:
    """How many tries of moving the caller were ordered before they were given up."""
    journal = call["journal"]
    assert isinstance(journal, list)
    return sum(order["order"] == "RedirectCaller" for row in journal for order in row["orders"])


def _moves(row: dict[str, object], caller_sid: str) -> bool:
    return row["method"] == "POST" and str(row["path"]).endswith(f"/Calls/{caller_sid}.json")
