"""Once caller and human are together, both are looked for, and what keeps them apart is put right."""

from __future__ import annotations

from tests.calls.story import ASK, HELLO, SAM, Row, Story, accepts

STAY: Row = {"wait": 100}


def test_who_is_on_hold_beside_the_caller_is_let_go_within_seconds(story: Story) -> None:
    story.world.control("PUT", "/faults", ["room=hold:1;match=human"])
    story.world.phones(accepts(SAM))
    story.phone(HELLO, ASK, STAY)
    joined = story.leg("joined", "human-1", 90)
    let_go = story.leg("unheld", "human-1", 30)
    assert 4.0 < let_go["t"] - joined["t"] < 10.0
    story.world.until(lambda: len(_proofs(story)) == 2, 10, "the look after the repair")
    wrong, sound = _proofs(story)
    assert [(each["caller"], each["human"]) for each in (wrong, sound)] == [("in", "held"), ("in", "in")]
    story.hang_up()
    call = story.ends()
    assert (call["attempts"][0]["left_first"], call["stage"]) == ("caller", "over")
    assert "MendBridge" in str(call["journal"])


def _proofs(story: Story) -> list[Row]:
    found: list[Row] = story.app_call()["attempts"][0]["proofs"]
    return found
