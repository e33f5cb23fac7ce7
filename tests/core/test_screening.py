"""Telephones that ask who calls, menus and blocked calls are told from mailboxes and failed calls."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.core.stories import RULES, Story, in_stage
from warmtransfer.core import events as ev
from warmtransfer.core import orders as do
from warmtransfer.core.call import Call, Outcome, Stage
from warmtransfer.core.legs import Ended, Heard
from warmtransfer.core.outcomes import LIKE, of_leg, words
from warmtransfer.core.screening import Said, Screen, meaning

APPLE = "Hi, if you record your name and reason for calling, I'll see if this person is available."
GOOGLE = (
    "Hi, the person you're calling is using a screening service from Google, and will get a copy of this "
    "conversation. Go ahead and say your name, and why you're calling."
)
MACHINE = ev.MachineHeard(1, Heard.MACHINE)


def listening() -> Story:
    """A machine has picked up, and is listened to."""
    return in_stage(Stage.BRIEFING).tell(MACHINE)


def asked() -> Story:
    """It is a telephone that asks who calls, and is told."""
    return listening().tell(said(Said.ASKS))


def said(what: Said) -> ev.LegSpoke:
    return ev.LegSpoke(1, what)


@pytest.mark.parametrize(
    ("text", "means"),
    [
        (APPLE, Said.ASKS),
        (APPLE.replace("'", "\N{RIGHT SINGLE QUOTATION MARK}"), Said.ASKS),
        ("and reason for calling I'll see if this person is available", Said.ASKS),
        ("see if this person is available", Said.ASKS),
        ("this person is available.", Said.ASKS),
        ("This person is not available right now. Goodbye.", Said.GONE),
        (GOOGLE, Said.ASKS),
        ("Please say your name and why you are calling.", Said.ASKS),
        ("Thanks. Please stay on the line.", Said.HOLD),
        ("The person you are calling is not available. Leave a message after the tone.", Said.GONE),
        ("You have reached Sam, please leave a message after the tone", Said.GONE),
        ("Please leave your name and the reason for your call.", Said.GONE),
        ("Record your name and reason for calling after the beep.", Said.GONE),
        ("For sales, press 1. For support, press 2.", Said.MENU),
        ("Press one for English.", Said.MENU),
        ("Hello?", Said.WORDS),
        ("Yes.", Said.YES),
        ("Hello, yes please.", Said.YES),
        ("Ja, gerne.", Said.YES),
        ("Sí", Said.YES),
        ("D'accord", Said.YES),
        ("Yes but not now", Said.WORDS),
        ("Yes, they will call you back this afternoon.", Said.WORDS),
        ("Okay, please hold on.", Said.HOLD),
        ("yesterday", Said.WORDS),
        ("Yes, this is Sam, who is it?", Said.WORDS),
        ("  ", Said.NOTHING),
        ("", Said.NOTHING),
    ],
)
def test_what_a_telephone_says_is_told_by_its_words(text: str, means: Said) -> None:
    assert meaning(text) is means


def test_a_machine_is_listened_to_before_it_is_given_up() -> None:
    story = listening()
    assert (story.call.stage, story.last) == (Stage.BRIEFING, (do.ListenToLeg(1, "CAhuman1"),))
    assert story.call.attempts[0].answered_by == Heard.MACHINE
    assert story.tell(MACHINE).last == (), "told twice, listened to once"


def test_a_machine_whose_answer_was_not_told_is_listened_to_as_well() -> None:
    story = in_stage(Stage.RINGING).tell(MACHINE)
    assert (story.call.stage, story.names()) == (Stage.BRIEFING, ["ListenToLeg"])


@pytest.mark.parametrize(
    ("what", "outcome"),
    [
        (Said.GONE, Outcome.MACHINE),
        (Said.WORDS, Outcome.MACHINE),
        (Said.NOTHING, Outcome.MACHINE),
        (Said.MENU, Outcome.PHONE_MENU),
    ],
)
def test_what_asks_nothing_is_a_mailbox_or_a_menu(what: Said, outcome: Outcome) -> None:
    story = listening().tell(said(what))
    assert (story.call.stage, story.names()) == (Stage.CANCELLING, ["EndHuman"])
    assert story.call.attempts[0].outcome is outcome


def test_what_says_nothing_for_long_is_a_mailbox() -> None:
    story = listening()
    began = story.at
    while story.call.stage is Stage.BRIEFING:
        story.wait()
    assert story.at - began == story.rules.listening
    assert story.call.attempts[0].outcome is Outcome.MACHINE


def test_a_telephone_that_asks_is_told_and_its_leg_kept_while_somebody_may_pick_up() -> None:
    story = asked()
    assert (story.call.stage, story.last) == (Stage.BRIEFING, ())
    for what in (Said.HOLD, Said.NOTHING):
        story.tell(said(what))
        attempt = story.call.attempts[0]
        assert (story.call.stage, attempt.outcome, attempt.screen) == (Stage.BRIEFING, None, Screen.WAITING)


def test_the_gate_begins_anew_when_the_person_picks_up() -> None:
    story = asked().tell(said(Said.HOLD), after=30.0)
    story.tell(said(Said.WORDS), after=5.0)
    assert story.call.attempts[0].screen is Screen.THERE
    assert story.call.due_at == story.at + story.rules.briefing
    story.tell(ev.HumanAccepted(1, "1"))
    assert story.call.stage is Stage.JOINING
    story.tell(ev.HumanJoined(1, story.call.room_sid, "CAhuman1"))
    assert story.call.attempts[0].outcome is Outcome.ACCEPTED


@pytest.mark.parametrize("press", [lambda: listening(), lambda: asked()])
def test_a_key_counts_while_it_is_listened_to(press: object) -> None:
    story = press()  # type: ignore[operator]
    story.tell(ev.HumanAccepted(1, "1"))
    assert story.call.stage is Stage.JOINING


@pytest.mark.parametrize(
    "end",
    [said(Said.GONE), ev.HumanEnded(1, Ended.COMPLETED, "", "CAhuman1"), None],
    ids=["gone", "ended", "late"],
)
def test_a_telephone_that_asked_and_was_not_picked_up_has_screened_the_call(end: ev.Event | None) -> None:
    story = asked()
    if end:
        story.tell(end)
    while story.call.attempts[0].outcome is None:
        story.wait()
    assert story.call.attempts[0].outcome is Outcome.SCREENED
    story.tell(ev.HumanEnded(1, Ended.COMPLETED, "", "CAhuman1"))
    assert story.call.stage is Stage.RINGING
    assert "their phone had asked who is calling" in str(story.given)


def test_it_is_asked_for_no_longer_than_the_rules_say() -> None:
    story = asked()
    began = story.at
    while story.call.stage is Stage.BRIEFING:
        story.wait()
    assert story.at - began == story.rules.screening


def test_a_leg_that_cannot_be_listened_to_is_what_the_detection_says() -> None:
    story = listening().tell(ev.OrderFailed("ListenToLeg", "refused", "human-1"))
    assert (story.call.stage, story.call.attempts[0].outcome) == (Stage.CANCELLING, Outcome.MACHINE)


def test_words_of_a_leg_that_is_not_listened_to_change_nothing() -> None:
    story = in_stage(Stage.BRIEFING)
    assert story.tell(said(Said.GONE)).last == ()
    assert story.call.attempts[0].outcome is None


@pytest.mark.parametrize("sip", ["603", "607", "608"])
def test_a_call_that_a_network_refuses_as_unwanted_was_blocked(sip: str) -> None:
    assert of_leg(Ended.FAILED, sip) is Outcome.BLOCKED
    assert of_leg(Ended.BUSY, sip) is Outcome.BUSY, "the carrier's own word for a telephone that declines"


#: The outcomes of the release before this one.
KNOWN = {
    "accepted", "declined", "no_input", "machine", "no_answer", "busy", "failed", "unreachable", "cancelled",
    "taken", "caller_left", "timed_out", "last_resort", "error",
}  # fmt: skip


def test_every_outcome_has_a_word_that_the_release_before_knows() -> None:
    assert {LIKE.get(each, each) for each in Outcome} <= KNOWN
    assert not set(LIKE) & KNOWN


@pytest.mark.parametrize("outcome", list(LIKE))
def test_the_release_before_reads_a_new_outcome_as_the_nearest_that_it_knows(outcome: Outcome) -> None:
    story = in_stage(Stage.BRIEFING)
    call = replace(story.call, attempts=(replace(story.call.attempts[0], outcome=outcome),))
    data = call.to_dict()
    assert data["attempts"][0]["outcome"] == LIKE[outcome]
    assert Call.from_dict(data) == call
    del data["attempts"][0]["exactly"]  # saved by that release
    assert Call.from_dict(data).attempts[0].outcome == LIKE[outcome]
    assert words(outcome)


@pytest.mark.parametrize(
    ("stored", "read"),
    [
        ({"outcome": "machine", "exactly": "abducted"}, Outcome.MACHINE),
        ({"outcome": "busy", "exactly": "screened"}, Outcome.BUSY),
        ({"outcome": None, "exactly": "screened"}, None),
    ],
)
def test_an_exact_word_that_is_not_known_or_does_not_fit_is_left_out(
    stored: dict[str, str | None], read: Outcome | None
) -> None:
    data = in_stage(Stage.BRIEFING).call.to_dict()
    data["attempts"][0] |= stored
    assert Call.from_dict(data).attempts[0].outcome is read


def test_how_machines_are_detected_goes_with_the_dial() -> None:
    sam, kim = RULES.humans
    story = Story(replace(RULES, humans=(replace(sam, detection="off"), kim))).asked()
    (dial,) = (order for order in story.last if isinstance(order, do.DialHuman))
    assert dial.detection == "off"
    assert do.from_dict(dial.to_dict()) == dial
