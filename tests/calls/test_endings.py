"""The caller hangs up at any instant: every other leg is ended within two seconds, and a human is told."""

from __future__ import annotations

import pytest

from tests.calls.story import ASK, HELLO, SAM, Row, Story, accepts, human

STAY: Row = {"wait": 100}
#: Each instant, under laws that could matter then; `make stories` has each under every one.
CASES = [
    ("", "arriving"),
    ("ringing_leg=survives,callbacks=late", "connecting"),
    ("callbacks=lost:0.3", "greeting"),
    ("", "ringing"),
    ("ringing_leg=survives,callbacks=late", "ringing"),
    ("callbacks=twice", "briefing"),
    ("callbacks=shuffled", "joining"),
    ("lone_participant=nothing,callbacks=lost:0.3", "talking"),
]
SLOW = human(SAM, {"after": 6.0}, STAY)
LISTENS = human(SAM, {"after": 1.0}, STAY)


#: Seconds by which the trace may tell of a leg's end before the caller's, whose room it ended with.
TOGETHER = 0.5
#: The legs beside the caller's that must be up at an instant; where nothing is said, they may have been.
UP = {"greeting": ("ai",), "ringing": ("ai", "human"), "briefing": ("ai", "human"), "talking": ("human",)}


def ended_in_time(story: Story, label: str) -> int:
    """The number of legs of this kind that were up, each ended, or ordered to, within two seconds."""
    caller = next(
        r
        for r in story.rows
        if r["kind"] == "leg" and r["event"] == "ended" and r["call_sid"] == story.caller_sid
    )
    legs = [r for r in story.read() if r["kind"] == "leg" and str(r.get("label", "")).startswith(label)]
    sids = {r["call_sid"] for r in legs} - {
        r["call_sid"] for r in legs if r["event"] == "ended" and r["t"] < caller["t"] - TOGETHER
    }
    for sid in sids:
        over = [r["t"] for r in legs if r["event"] in ("ended", "left") and r["call_sid"] == sid]
        ordered = [
            r["t"]
            for r in story.rows
            if r["kind"] == "rest" and sid in r["path"] and r["method"] in ("POST", "DELETE")
        ]
        first = min(t for t in over + ordered if t >= caller["t"] - TOGETHER)
        assert first - caller["t"] < 2.0, f"{label} {sid} after {first - caller['t']:.1f} s\n{story.digest()}"
    return len(sids)


@pytest.mark.parametrize(("world", "instant"), CASES, indirect=["world"])
def test_a_caller_who_leaves_takes_every_leg_along(story: Story, instant: str) -> None:
    story.world.phones({"ringing": SLOW, "briefing": LISTENS}.get(instant, accepts(SAM)))
    story.phone(HELLO, ASK, STAY)
    waits = {
        "arriving": lambda: story.leg("answered", "caller"),
        "connecting": lambda: story.leg("dialled", "ai-1"),
        # made while the AI's leg is still being connected: the model has said it before the room hears it
        "greeting": lambda: (story.leg("joined", "ai-1"), story.note("speech", who="ai")),
        "ringing": lambda: story.leg("ringing", "human:" + SAM),
        "briefing": lambda: story.note("say", leg="human", text="A call for"),
        "joining": lambda: story.note("gathered", digits="1"),
        "talking": lambda: story.leg("left", "ai-1", 90),
    }
    waits[instant]()
    story.hang_up()
    call = story.ends()
    ended = {label: ended_in_time(story, label) for label in ("ai", "human")}
    assert all(ended[label] == 1 for label in UP.get(instant, ())), ended
    if instant == "briefing":
        assert call["attempts"][0]["outcome"] == "caller_left"
        story.note("say", leg="human", text="The caller has hung up")
    if instant == "talking":
        story.note("say", leg="human-1", text="The caller has hung up")


def test_the_models_socket_is_closed_within_a_second(story: Story) -> None:
    story.world.phones(accepts(SAM))
    story.phone(HELLO, STAY)
    story.note("speech", 30, who="ai")
    story.hang_up()
    ended = story.wait(
        "the caller's end",
        lambda r: r["kind"] == "leg" and r["event"] == "ended" and r["call_sid"] == story.caller_sid,
    )
    closed = story.note("session", 10, state="closed")
    assert closed["t"] - ended["t"] < 1.0
    story.ends()
