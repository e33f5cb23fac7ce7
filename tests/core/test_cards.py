"""A human's card: it does what the keys do, lets no mailbox in, and weakens nothing of the handoff."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.core.stories import KIM, RULES, SAM, Story, in_stage, known, styled
from tests.core.test_together import sid
from warmtransfer.core import events as ev
from warmtransfer.core import orders as do
from warmtransfer.core.call import Attempt, Stage, Style
from warmtransfer.core.legs import Ended, Heard
from warmtransfer.core.outcomes import Outcome
from warmtransfer.core.plans import Plan
from warmtransfer.core.rules import Card, Human, Rules
from warmtransfer.core.screening import Said, Screen

S = Stage
WRITTEN = replace(RULES, humans=tuple(replace(each, card=Card.SMS) for each in RULES.humans))
TOGETHER = replace(WRITTEN, plans=(Plan(size=0),))


def reading(style: Style = Style.SCREEN) -> Story:
    """A story whose humans get a card."""
    humans = styled(style).humans
    return Story(Rules(humans=tuple(replace(each, card=Card.SMS) for each in humans)))


def both(*facts: ev.Event) -> Story:
    """The two are rung at once, and then this."""
    story = Story(TOGETHER).asked()
    return story.tell(ev.HumanDialled(1, sid(1)), ev.HumanDialled(2, sid(2)), *facts)


def attempt(story: Story, n: int = 1) -> Attempt:
    found = story.call.attempt_number(n)
    assert found is not None
    return found


# The message ----------------------------------------------------------------------------------------


def test_the_message_goes_out_once_the_phone_is_dialled_and_only_once() -> None:
    story = reading().ringing()
    assert story.last == (do.SendCard(1, "CAhuman1", "sam", "+15550100001", "", 20.0),)
    story.tell(ev.HumanRang(1, "CAhuman1"), ev.HumanDialled(1, "CAhuman1"))
    assert [each for each in story.given if isinstance(each, do.SendCard)] == [
        do.SendCard(1, "CAhuman1", "sam", "+15550100001", "", 20.0)
    ]


@pytest.mark.parametrize("card", [Card.NONE, Card.LINK])
def test_nobody_is_written_to_who_does_not_wish_it(card: Card) -> None:
    story = Story(replace(RULES, humans=tuple(replace(each, card=card) for each in RULES.humans))).ringing()
    assert story.last == ()


@pytest.mark.parametrize("human", [replace(SAM, digits="ww12"), replace(SAM, number="client:sam")])
def test_no_message_goes_where_none_can_be_read(human: Human) -> None:
    story = Story(Rules(humans=(replace(human, card=Card.SMS),))).ringing()
    assert story.last == ()


def test_a_round_writes_to_each_of_those_it_rings() -> None:
    given = [each for each in both().given if isinstance(each, do.SendCard)]
    assert [(each.n, each.name) for each in given] == [(1, "sam"), (2, "kim")]


@pytest.mark.parametrize("kind", ["refused", "unsure", "busy", "gone", "ours"])
@pytest.mark.parametrize("stage", [S.RINGING, S.BRIEFING, S.JOINING, S.HUMAN, S.CANCELLING, S.OVER])
def test_a_message_that_fails_is_noted_and_changes_nothing(stage: Stage, kind: str) -> None:
    story = in_stage(stage, reading())
    before = known(story.call)
    story.tell(ev.OrderFailed("SendCard", kind, f"human-{story.n}", "30034"))
    assert (known(story.call), story.last) == (before, ())
    story.tell(ev.CardLost(story.n, 30034))
    assert (known(story.call), story.last) == (before, ())


def test_a_message_is_not_sent_for_an_attempt_that_is_over() -> None:
    story = reading().ringing()
    (order,) = story.last
    assert order.wanted(story.call)
    story.tell(ev.HumanEnded(1, Ended.NO_ANSWER, "", "CAhuman1"))
    assert not order.wanted(story.call)


# Accepting ------------------------------------------------------------------------------------------


def test_accepted_on_the_card_while_it_rings_lets_in_once_a_person_is_heard() -> None:
    story = reading().ringing().tell(ev.CardAccepted(1))
    assert (story.call.stage, story.last) == (S.RINGING, ())
    story.tell(ev.HumanAnswered(1, "CAhuman1"))
    assert story.call.stage is S.BRIEFING
    story.tell(ev.MachineHeard(1, Heard.HUMAN))
    assert story.call.stage is S.JOINING
    assert attempt(story).outcome is Outcome.ACCEPTED
    assert story.last == (do.LetHumanIn(1, "CAhuman1", "CF1", Style.SCREEN),)


def test_accepted_on_the_card_while_the_briefing_is_heard_lets_in_at_once() -> None:
    story = reading().briefing().tell(ev.MachineHeard(1, Heard.HUMAN), ev.CardAccepted(1))
    assert story.call.stage is S.JOINING
    assert story.names() == ["LetHumanIn"]
    assert attempt(story).accepted_at == story.at


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("said", [Said.GONE, Said.WORDS, Said.YES, Said.NOTHING])
def test_a_mailbox_that_picks_up_is_not_let_in_whoever_has_accepted(first: bool, said: Said) -> None:
    story = reading().ringing()
    facts = [ev.CardAccepted(1), ev.HumanAnswered(1, "CAhuman1")]
    story.tell(*(facts if first else reversed(facts)), ev.MachineHeard(1, Heard.MACHINE))
    assert (story.call.stage, story.names()) == (S.BRIEFING, ["ListenToLeg"])
    story.tell(ev.LegSpoke(1, said))
    assert attempt(story).outcome is Outcome.MACHINE
    assert story.call.stage is S.CANCELLING
    assert story.names() == ["EndHuman"]


def screening(*facts: ev.Event) -> Story:
    """A telephone has asked who calls, and was told; somebody accepts on its owner's card besides."""
    story = reading().ringing().tell(ev.CardAccepted(1), ev.HumanAnswered(1, "CAhuman1"))
    return story.tell(ev.MachineHeard(1, Heard.MACHINE), ev.LegSpoke(1, Said.ASKS), *facts)


def test_who_accepts_on_the_card_and_picks_up_at_a_telephone_that_asks_is_let_in_by_a_yes() -> None:
    story = screening(ev.LegSpoke(1, Said.HOLD))
    assert (story.call.stage, attempt(story).outcome) == (S.BRIEFING, None)
    story.tell(ev.LegSpoke(1, Said.WORDS, "Hello?"))
    assert (story.call.stage, attempt(story).screen) == (S.BRIEFING, Screen.THERE)
    story.tell(ev.LegSpoke(1, Said.YES, "Yes"))
    assert (story.call.stage, attempt(story).outcome) == (S.JOINING, Outcome.ACCEPTED)
    assert "LetHumanIn" not in story.names()  # the answer to this very news lets them in


def test_who_has_picked_up_there_and_accepts_only_then_is_asked_the_same() -> None:
    story = reading().briefing().tell(ev.MachineHeard(1, Heard.MACHINE), ev.LegSpoke(1, Said.ASKS))
    story.tell(ev.LegSpoke(1, Said.WORDS), ev.CardAccepted(1))
    assert (story.call.stage, story.names()) == (S.BRIEFING, ["ListenToLeg"])
    assert story.last[0].wanted(story.call)
    assert story.tell(ev.LegSpoke(1, Said.YES)).call.stage is S.JOINING


@pytest.mark.parametrize(
    "facts",
    [
        [Said.YES],
        [Said.WORDS],
        [Said.WORDS, Said.WORDS],
        [Said.WORDS, Said.NOTHING],
        [Said.WORDS, Said.HOLD, Said.YES],
        [Said.HOLD, Said.NOTHING],
        [Said.WORDS, Said.ASKS, Said.YES],
    ],
)
def test_no_telephone_that_speaks_for_its_owner_comes_to_the_caller(facts: list[Said]) -> None:
    """It speaks, perhaps words that nobody knows, and it answers no question that was not its own."""
    story = screening(*(ev.LegSpoke(1, said) for said in facts))
    assert (story.call.stage, attempt(story).outcome) == (S.BRIEFING, None)
    while story.call.stage is S.BRIEFING:
        story.wait()
    assert attempt(story).outcome in (Outcome.SCREENED, Outcome.TIMED_OUT)
    assert not attempt(story).accepted_at


def test_a_mailbox_behind_such_a_telephone_is_one_and_a_key_needs_no_word() -> None:
    mailbox = screening(ev.LegSpoke(1, Said.WORDS), ev.LegSpoke(1, Said.GONE))
    assert attempt(mailbox).outcome is Outcome.SCREENED
    assert screening(ev.HumanAccepted(1)).call.stage is S.JOINING
    assert screening(ev.LegSpoke(1, Said.WORDS), ev.HumanAccepted(1)).call.stage is S.JOINING


def test_who_cannot_be_told_from_a_machine_is_let_in_by_the_key() -> None:
    story = reading().briefing().tell(ev.CardAccepted(1), ev.MachineHeard(1, Heard.UNKNOWN))
    assert story.call.stage is S.BRIEFING
    story.tell(ev.HumanAccepted(1))
    assert story.call.stage is S.JOINING
    assert "LetHumanIn" not in story.names()  # the key's own answer lets them in


def test_a_key_needs_no_ear_and_no_card() -> None:
    story = reading().briefing().tell(ev.CardAccepted(1), ev.HumanAccepted(1))
    assert (story.call.stage, attempt(story).by_card) == (S.JOINING, False)
    assert "LetHumanIn" not in story.names()


def test_in_the_browser_whoever_has_picked_up_is_a_person() -> None:
    story = Story(Rules(humans=(replace(SAM, number="client:sam", card=Card.LINK),)))
    story.briefing().tell(ev.CardAccepted(1))
    assert story.call.stage is S.JOINING


def test_an_announced_human_who_accepts_on_the_card_need_not_hear_it_all() -> None:
    story = reading(Style.ANNOUNCE).briefing().tell(ev.MachineHeard(1, Heard.HUMAN), ev.CardAccepted(1))
    assert story.call.stage is S.JOINING
    assert story.last == (do.LetHumanIn(1, "CAhuman1", "CF1", Style.ANNOUNCE),)


def test_whoever_accepts_on_a_card_wins_the_round_when_they_are_heard_and_not_before() -> None:
    story = both(ev.CardAccepted(1), ev.HumanAnswered(2, sid(2)), ev.HumanAccepted(2))
    assert [each.outcome for each in story.call.attempts] == [Outcome.TAKEN, Outcome.ACCEPTED]
    story = both(ev.CardAccepted(1), ev.HumanAnswered(2, sid(2)), ev.HumanAnswered(1, sid(1)))
    story.tell(ev.MachineHeard(1, Heard.HUMAN))
    assert [each.outcome for each in story.call.attempts] == [Outcome.ACCEPTED, Outcome.TAKEN]
    assert story.names() == ["LetHumanIn", "EndOthers"]


def test_who_is_in_the_room_already_is_not_taken_out_of_it() -> None:
    story = reading().briefing().tell(ev.MachineHeard(1, Heard.HUMAN), ev.CardAccepted(1))
    (order,) = story.last
    assert order.wanted(story.call)
    story.tell(ev.HumanJoined(1, "CF1", "CAhuman1"))
    assert not order.wanted(story.call)


@pytest.mark.parametrize("kind", ["gone", "refused", "unsure"])
def test_a_leg_that_cannot_be_moved_is_looked_for(kind: str) -> None:
    story = reading().briefing().tell(ev.MachineHeard(1, Heard.HUMAN), ev.CardAccepted(1))
    story.tell(ev.OrderFailed("LetHumanIn", kind, "human-1"))
    assert (story.call.stage, story.names()) == (S.JOINING, ["LookForLeg"])


# Declining ------------------------------------------------------------------------------------------


def test_declined_on_the_card_while_it_rings_ends_the_leg_and_the_next_is_rung() -> None:
    story = reading().ringing().tell(ev.CardDeclined(1))
    assert (story.call.stage, story.names()) == (S.CANCELLING, ["EndHuman"])
    story.tell(ev.HumanEnded(1, Ended.CANCELLED, "", "CAhuman1"))
    assert story.call.stage is S.RINGING
    assert attempt(story).outcome is Outcome.DECLINED
    assert attempt(story, 2).name == KIM.name


def test_declined_on_the_card_at_the_gate_is_the_other_key() -> None:
    story, keyed = reading().briefing(), reading().briefing()
    story.tell(ev.CardDeclined(1))
    keyed.tell(ev.HumanDeclined(1, Outcome.DECLINED))
    assert (known(story.call), story.last) == (known(keyed.call), keyed.last)


def test_one_of_a_round_who_declines_on_the_card_leaves_it_to_the_others() -> None:
    story = both(ev.CardDeclined(1))
    assert story.call.stage is S.RINGING
    assert [(type(each).__name__, getattr(each, "n", 0)) for each in story.last] == [("EndOthers", 1)]
    story.tell(ev.HumanAnswered(2, sid(2)), ev.CardDeclined(2))
    assert (story.call.stage, story.names()) == (S.CANCELLING, ["EndHuman"])


def test_who_is_not_rung_yet_cannot_decline() -> None:
    story = reading().asked()
    before = known(story.call)
    story.tell(ev.CardDeclined(1))
    assert (known(story.call), story.last) == (before, ())


def test_a_redirected_human_may_decline_on_the_card_and_accepts_by_the_key_alone() -> None:
    story = reading(Style.REDIRECT)
    story.talking().tell(ev.HandoffAsked("tool"), ev.CallerCameBack(), ev.HumanAnswered(1, "CAhuman1"))
    before = known(story.call)
    story.tell(ev.MachineHeard(1, Heard.HUMAN), ev.CardAccepted(1))
    assert story.call.stage is S.REDIRECTED
    assert attempt(story).outcome is None
    story.tell(ev.CardDeclined(1))
    assert (attempt(story).outcome, story.names()) == (Outcome.DECLINED, ["EndHuman"])
    assert before.stage is S.REDIRECTED


# The end --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fact", [ev.CardAccepted(1), ev.CardDeclined(1)])
@pytest.mark.parametrize("stage", [S.CANCELLING, S.JOINING, S.HUMAN, S.OVER])
def test_a_card_is_void_once_its_attempt_is_decided(stage: Stage, fact: ev.Event) -> None:
    story = in_stage(stage, reading())
    before = known(story.call)
    story.tell(fact)
    assert (known(story.call), story.last) == (before, ())


@pytest.mark.parametrize("stage", list(Stage))
def test_a_note_is_kept_at_any_time_and_changes_nothing(stage: Stage) -> None:
    story = in_stage(stage, reading())
    before = known(story.call)
    story.tell(ev.CallNoted(max(1, story.n), "sam", "Sent a new one."))
    assert (known(story.call), story.last) == (before, ())
