"""Stored data of the release before is read forwards, step by step; of the one behind, by what is known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from tests.core.stories import RULES, in_stage
from warmtransfer.core import events as ev
from warmtransfer.core import orders as do
from warmtransfer.core import versions
from warmtransfer.core.call import Call, Outcome, Proof, Stage, Style, Unreadable
from warmtransfer.core.legs import Place
from warmtransfer.core.screening import Screen
from warmtransfer.core.step import step
from warmtransfer.core.supervising import Role
from warmtransfer.core.versions import CALLS, ORDERS, VERSION, Step

#: An attempt and a call as 0.1.0 wrote them.
TRIED = {
    "n": 1, "handoff": 1, "name": "sam", "number": "+15550100001", "style": "screen", "call_sid": "CA2",
    "outcome": None, "answered_by": "", "briefed": False, "ended": False, "dialled_at": 2.0,
    "answered_at": 0.0, "accepted_at": 0.0, "joined_at": 0.0, "ended_at": 0.0, "sip": "",
}  # fmt: skip
FIRST = {
    "id": "c1", "stage": "ringing", "caller_sid": "CA1", "caller": "+15550170001", "called": "+15550100000",
    "rooms": 1, "room_sid": "CF1",
    "ai": {
        "k": 1, "state": "up", "call_sid": "CA3", "token": "t", "generation": 1, "losses": [], "down": False,
    },
    "handoff": {"number": 1, "source": "tool", "target": "", "reason": "", "summary": "A bill."},
    "attempts": [TRIED], "at": 3.0, "alarm": 4, "alarm_at": 27.0, "comforted_until": 0.0, "laps": 0,
    "news": "", "stray": "", "started_at": 1.0, "ended_at": 0.0,
}  # fmt: skip


def heard(word: str) -> str:
    """Who picked up, in our words, when 0.1.0 noted this."""
    return Call.from_dict({**FIRST, "attempts": [{**TRIED, "answered_by": word}]}).attempts[0].answered_by


def test_what_is_stored_says_its_version() -> None:
    assert in_stage(Stage.AI).call.to_dict()["version"] == VERSION
    assert do.EndAI(k=1).to_dict()["version"] == VERSION


@pytest.mark.parametrize("steps", [CALLS, ORDERS], ids=["calls", "orders"])
def test_a_step_leads_from_each_version_that_is_read_to_the_next(steps: Mapping[int, Step]) -> None:
    assert sorted(steps) == list(range(min(steps), VERSION))
    assert VERSION - 1 in steps


def test_a_wait_of_the_first_version_goes_on_as_long_as_it_was_to() -> None:
    """Its timer was the wait's end; now it may go off sooner, and a wait without an end would be none."""
    assert Call.from_dict(FIRST).due_at == 27.0


@pytest.mark.parametrize(("stage", "left"), [("over", True), ("ringing", False), ("message", False)])
def test_the_callers_of_the_first_version_have_left_when_their_calls_are_over(stage: str, left: bool) -> None:
    assert Call.from_dict({**FIRST, "stage": stage}).left is left


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("", ""),
        ("human", "human"),
        ("unknown", "unknown"),
        ("machine_start", "machine"),
        ("machine_end_beep", "machine"),
        ("fax", "machine"),
    ],
)
def test_who_picked_up_is_told_in_our_words_and_no_more_in_the_carriers(theirs: str, ours: str) -> None:
    assert heard(theirs) == ours


def test_a_step_leaves_what_it_is_given_as_it_is() -> None:
    before = repr(FIRST)
    Call.from_dict(FIRST)
    assert repr(FIRST) == before


def test_an_order_of_the_first_version_is_the_same_order() -> None:
    first = {"order": "DialHuman", "n": 1, "call_sid": "", "name": "sam", "number": "+1", "style": "screen",
             "ring": 25.0, "room_sid": "CF1"}  # fmt: skip
    assert do.from_dict(first) == do.DialHuman(
        n=1, name="sam", number="+1", style=Style.SCREEN, ring=25.0, room_sid="CF1"
    )


@pytest.mark.parametrize("read", [versions.call, versions.order])
@pytest.mark.parametrize("version", [0, -1, VERSION + 2, "2", None])
def test_what_is_further_away_than_the_next_release_is_not_guessed_at(read: Any, version: Any) -> None:
    with pytest.raises(Unreadable, match="version"):
        read({"version": version})


def test_the_release_behind_this_one_is_read_as_it_wrote() -> None:
    theirs = in_stage(Stage.RINGING).call.to_dict() | {"version": VERSION + 1, "mood": "fine"}
    assert Call.from_dict(theirs) == in_stage(Stage.RINGING).call
    assert versions.newer(theirs)
    assert not versions.newer(FIRST)


STRANGE = {"outcome": "abducted", "style": "hologram", "screen": "purring"}


def strange(**attempt: Any) -> dict[str, Any]:
    """A call that a release behind this one has stored, with words of its own wherever one may be."""
    data = in_stage(Stage.HUMAN).tell(ev.SuperviseAsked("api", "kim")).call.to_dict()
    proof = {"at": 1.0, "caller": "floating", "human": "in"}
    data["attempts"][0] |= {"proofs": [proof], "screen": "purring", **attempt}
    data["supervisor"] |= {"role": "haunt", "given": "haunt"}
    data["handoff"]["end"] = "abducted"
    return data


def test_words_of_the_release_behind_this_one_are_read_as_what_does_no_harm() -> None:
    call = Call.from_dict(strange())
    (attempt,) = call.attempts
    assert (attempt.screen, attempt.proofs) == (Screen.NONE, (Proof(1.0, Place.UNKNOWN, Place.IN),))
    assert call.supervisor
    assert (call.supervisor.role, call.supervisor.given) == (Role.LISTEN, Role.LISTEN)
    assert call.handoff.end is None
    assert not [each for each in step(call, ev.Restarted(), 2e3, RULES)[1] if isinstance(each, do.SetRole)]


@pytest.mark.parametrize(("joined_at", "outcome"), [(5.0, Outcome.ACCEPTED), (0.0, Outcome.ERROR)])
def test_an_attempt_that_is_over_is_read_whatever_its_words(joined_at: float, outcome: Outcome) -> None:
    call = Call.from_dict(strange(**STRANGE, ended=True, joined_at=joined_at))
    assert (call.attempts[0].outcome, call.attempts[0].style) == (outcome, Style.SCREEN)


@pytest.mark.parametrize("name", ["outcome", "style"])
def test_a_leg_that_may_be_up_is_not_gone_on_with_by_who_does_not_understand_it(name: str) -> None:
    with pytest.raises(Unreadable):
        Call.from_dict(strange(**{name: STRANGE[name]}))
