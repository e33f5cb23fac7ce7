"""A human's telephone that asks who calls is told at once, kept, and asked anew once they have picked up."""

from __future__ import annotations

import pytest

from tests.core.callbacks.stories import CALLER, Back
from warmtransfer.core.callbacks import facts as ev
from warmtransfer.core.callbacks import orders as do
from warmtransfer.core.callbacks.callback import Callback, Leg, Stage
from warmtransfer.core.legs import Ended, Heard
from warmtransfer.core.outcomes import Outcome
from warmtransfer.core.plain import Unreadable
from warmtransfer.core.screening import Said, Screen

MACHINE = ev.MachineHeard(1, Heard.MACHINE)


def listening() -> Back:
    """A machine has picked up, and is listened to."""
    return Back().briefing().tell(MACHINE)


def said(what: Said) -> ev.LegSpoke:
    return ev.LegSpoke(1, what)


def first(back: Back) -> Leg:
    """Sam's leg."""
    return back.callback.legs[0]


def test_a_machine_is_listened_to_before_it_is_given_up_in_whatever_order_the_news_comes() -> None:
    for back in (listening(), Back().ringing().tell(MACHINE)):
        assert (back.callback.stage, back.names()) == (Stage.BRIEFING, ["ListenToLeg"])
        assert back.callback.alarm_at == back.at + back.rules.listening
        assert back.tell(MACHINE).last == (), "told twice"
        assert first(back).outcome is None


def test_a_telephone_that_asks_is_told_and_who_picks_up_has_the_whole_gate() -> None:
    back = listening().tell(said(Said.ASKS))
    asked = back.at
    assert (first(back).screen, back.callback.alarm_at) == (Screen.TOLD, asked + back.rules.screening)
    back.tell(said(Said.HOLD))
    assert (first(back).screen, back.callback.alarm_at) == (Screen.WAITING, asked + back.rules.screening)
    back.tell(said(Said.WORDS))
    assert (first(back).screen, back.callback.alarm_at) == (Screen.THERE, back.at + back.limits.briefing)
    back.tell(ev.Accepted(1))
    dialled = [order.number for order in back.last if isinstance(order, do.Dial)]
    assert (back.callback.stage, dialled) == (Stage.CALLING, [CALLER])


@pytest.mark.parametrize(
    ("heard", "outcome"),
    [
        ((Said.GONE,), Outcome.MACHINE),
        ((Said.WORDS,), Outcome.MACHINE),
        ((Said.NOTHING,), Outcome.MACHINE),
        ((Said.MENU,), Outcome.PHONE_MENU),
        ((Said.ASKS, Said.GONE), Outcome.SCREENED),
    ],
)
def test_what_is_no_person_ends_the_leg_and_the_next_one_is_rung(
    heard: tuple[Said, ...], outcome: Outcome
) -> None:
    back = listening().tell(*map(said, heard))
    assert (first(back).outcome, back.callback.stage, back.names()) == (outcome, Stage.ENDING, ["EndLegs"])
    assert back.callback.why == f"human_{outcome.value}"
    assert back.over(1).callback.legs[-1].name == "kim"


def test_nobody_who_picks_up_in_time_is_screened_and_a_machine_that_says_nothing_is_one() -> None:
    assert first(listening().tell(said(Said.ASKS)).wait()).outcome is Outcome.SCREENED
    assert first(listening().wait()).outcome is Outcome.MACHINE


def test_a_leg_that_ends_by_itself_says_how_far_it_was() -> None:
    assert first(listening().tell(said(Said.ASKS)).over(1)).outcome is Outcome.SCREENED
    assert first(listening().over(1)).outcome is Outcome.MACHINE
    there = listening().tell(said(Said.ASKS), said(Said.WORDS)).over(1)
    assert first(there).outcome is Outcome.HUNG_UP, "a person was there, and hung up"


def test_a_leg_that_cannot_be_listened_to_is_what_the_detection_says() -> None:
    back = listening().tell(ev.OrderFailed("ListenToLeg", "refused", 1))
    assert (first(back).outcome, back.callback.stage) == (Outcome.MACHINE, Stage.ENDING)


def test_a_blocked_leg_is_told_from_a_failed_one() -> None:
    back = Back().ringing().tell(ev.LegEnded(1, Ended.FAILED, "608", "CA1"))
    assert first(back).outcome is Outcome.BLOCKED
    assert back.callback.legs[-1].name == "kim"


def test_a_caller_whose_machine_answers_is_not_asked_who_calls() -> None:
    back = Back().joining().tell(ev.MachineHeard(2, Heard.MACHINE))
    assert (back.callback.legs[1].outcome, "ListenToLeg" in back.names()) == (Outcome.MACHINE, False)


def test_a_new_outcome_is_stored_in_words_that_the_release_before_knows() -> None:
    back = listening().tell(said(Said.ASKS), said(Said.GONE))
    stored = back.callback.to_dict()
    assert (stored["legs"][0]["outcome"], stored["legs"][0]["exactly"]) == ("machine", "screened")
    assert Callback.from_dict(stored) == back.callback


def test_how_a_leg_ended_may_be_a_word_of_a_newer_release_once_it_is_over() -> None:
    back = listening().tell(said(Said.ASKS), said(Said.GONE), ev.LegEnded(1, Ended.COMPLETED))
    stored = back.callback.to_dict()
    leg = stored["legs"][0]
    leg |= {"outcome": "of the next release", "exactly": "", "screen": "of the next release"}
    read = Callback.from_dict(stored).legs[0]
    assert (read.ended, read.outcome, read.screen) == (True, Outcome.ERROR, Screen.NONE)
    leg["ended"] = False
    with pytest.raises(Unreadable):
        Callback.from_dict(stored)
