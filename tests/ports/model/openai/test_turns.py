"""Whose turn it is: what a refused request means for it."""

from __future__ import annotations

from warmtransfer.ports.model.openai.turns import Turns
from warmtransfer.ports.model.protocol import Want


def test_a_turn_the_server_could_not_answer_for_a_running_response_is_not_waited_for() -> None:
    """Its own attempt is refused when ours was asked for while the caller spoke."""
    turns = Turns()
    turns.want(Want("news"))
    wanted = turns.next()
    assert wanted is not None
    turns.asked(wanted, "wt_1")
    turns.began("r1", "news")
    turns.owed()
    turns.refused("None", again=True)
    turns.ended("r1")
    assert not turns.stalled(0.0, 10.0)
    assert not turns.stalled(5.0, 10.0)
    assert not turns.stalled(50.0, 10.0)


def test_our_own_request_that_came_too_early_is_made_again() -> None:
    turns = Turns()
    turns.want(Want("news", note="Sam has left."))
    wanted = turns.next()
    assert wanted is not None
    turns.asked(wanted, "wt_1")
    turns.refused("wt_1", again=True)
    assert turns.next() is None
    turns.began("r1", None)
    turns.ended("r1")
    assert turns.next() == wanted
