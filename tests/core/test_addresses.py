"""Somebody with several telephones: one after the other within their turn, and one person all the while."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.core.stories import KIM, RULES, SAM, Story
from tests.core.test_rounds import NOW, rung
from warmtransfer.core import events as ev
from warmtransfer.core import orders as do
from warmtransfer.core.attempts import close, start
from warmtransfer.core.briefing import progress
from warmtransfer.core.call import Call, Handoff, Stage, Style
from warmtransfer.core.legs import Ended
from warmtransfer.core.outcomes import Outcome
from warmtransfer.core.place import Waiting, Waits
from warmtransfer.core.plans import Claim, First, Known, Plan
from warmtransfer.core.rounds import ELSEWHERE, claims, next_round, turns
from warmtransfer.core.rules import Address, Human, Rules

DESK, SOFT = Address("+15550100011", "wwww7"), Address("client:sam")
MANY = replace(SAM, also=(DESK, SOFT))
HOUSE = Rules(humans=(MANY, KIM))
ENDS = {
    Outcome.NO_ANSWER: Ended.NO_ANSWER,
    Outcome.BUSY: Ended.BUSY,
    Outcome.FAILED: Ended.FAILED,
    Outcome.UNREACHABLE: Ended.UNREACHABLE,
}


def ended(story: Story, how: Ended) -> Story:
    """The newest leg is dialled, and ends so."""
    story.tell(ev.HumanDialled(story.n, story.leg))
    return story.tell(ev.HumanEnded(story.n, how, "", story.leg))


def tried(call: Call) -> list[tuple[str, str]]:
    return [(each.name, each.number) for each in call.attempts]


@pytest.mark.parametrize("how", ENDS.values())
def test_each_is_rung_when_the_one_before_was_in_vain_and_then_the_next_person(how: Ended) -> None:
    story = Story(HOUSE).asked()
    for _ in range(4):
        ended(story, how)
    assert tried(story.call) == [
        ("sam", SAM.number),
        ("sam", DESK.number),
        ("sam", SOFT.number),
        ("kim", KIM.number),
    ]
    assert story.call.attempts[1].digits == DESK.digits
    assert story.call.stage is Stage.AI


def test_a_mailbox_at_one_is_no_answer_at_the_next() -> None:
    story = Story(HOUSE).briefing()
    story.tell(ev.HumanDeclined(1, Outcome.MACHINE), ev.HumanEnded(1, Ended.COMPLETED, "", story.leg))
    assert tried(story.call)[-1] == ("sam", DESK.number)


def test_who_said_no_is_not_asked_again_at_another() -> None:
    story = Story(HOUSE).briefing()
    story.tell(ev.HumanDeclined(1, Outcome.DECLINED), ev.HumanEnded(1, Ended.COMPLETED, "", story.leg))
    assert tried(story.call)[-1] == ("kim", KIM.number)


def test_every_end_that_says_nothing_of_the_person_leads_to_the_next_and_no_other_does() -> None:
    said = {Outcome.DECLINED, Outcome.ACCEPTED, Outcome.CANCELLED, Outcome.CALLER_LEFT, Outcome.LAST_RESORT}
    assert set(Outcome) - ELSEWHERE == said | {Outcome.TAKEN, Outcome.HUNG_UP}


def test_the_caller_hears_that_it_is_another_number_and_of_each_person_once() -> None:
    story = ended(Story(HOUSE).asked(), Ended.NO_ANSWER)
    assert progress(story.call).startswith("Sam did not answer. Sam is being called at another number")
    for _ in range(2):
        ended(story, Ended.NO_ANSWER)
    assert "Kim is being called for the caller now" in progress(story.call)
    ended(story, Ended.NO_ANSWER)
    (told,) = [order.news for order in story.last if isinstance(order, do.LetAISpeak)]
    assert "did not succeed: Sam did not answer; Kim did not answer." in told


def test_in_rounds_those_of_a_round_are_tried_again_together_before_the_next_round() -> None:
    lee = Human("lee", "+15550100003", also=(Address("+15550100013"),))
    rules = Rules(humans=(replace(SAM, also=(DESK,)), KIM, lee), plans=(Plan(size=2),))
    call = Call(id="c1", at=NOW, handoff=Handoff(1, "tool"))
    rounds = []
    while some := next_round(call, rules):
        rounds.append([human.number for human in some])
        for human in some:
            call = _over(call, human)
    assert rounds == [[SAM.number, KIM.number], [DESK.number], [lee.number], ["+15550100013"]]


def _over(call: Call, human: Human) -> Call:
    call = start(call, human)
    return close(call, len(call.attempts), Outcome.NO_ANSWER)


def test_all_at_once_rings_each_persons_first() -> None:
    assert rung(replace(HOUSE, plans=(Plan(size=0),))) == ["sam", "kim"]


def test_a_telephone_that_is_shared_rings_once_and_the_callers_own_never() -> None:
    shared = replace(HOUSE, humans=(KIM, replace(SAM, number=KIM.number, also=(SOFT,))))
    story = ended(Story(shared).asked(), Ended.NO_ANSWER)
    assert tried(story.call) == [("kim", KIM.number), ("sam", SOFT.number)]
    own = Call(id="c1", at=NOW, caller=SAM.number, handoff=Handoff(1))
    assert [human.number for human in next_round(own, HOUSE)] == [DESK.number]


def knowing(**known: object) -> Rules:
    return replace(HOUSE, known=Known(**known))  # type: ignore[arg-type]


@pytest.mark.parametrize("phone", [SAM.number, DESK.phone, SOFT.phone])
def test_who_is_on_a_call_at_one_is_busy_at_all(phone: str) -> None:
    assert rung(knowing(engaged={phone: (NOW - 9.0,)})) == ["kim"]


def test_calls_at_once_are_counted_over_all_of_them() -> None:
    two = replace(HOUSE, humans=(replace(MANY, at_once=2), KIM))
    one_each = Known(engaged={SAM.number: (1.0,), DESK.phone: (2.0,)})
    assert rung(replace(two, known=Known(engaged={DESK.phone: (2.0,)}))) == ["sam"]
    assert rung(replace(two, known=one_each)) == ["kim"]


def test_every_one_that_rings_claims_its_own_seat() -> None:
    before = Story(HOUSE).asked()
    after = ended(Story(HOUSE).asked(), Ended.NO_ANSWER)
    assert claims(before.call, after.call, HOUSE) == (Claim(DESK.phone, 1, 2),)


def test_who_was_rung_in_vain_at_one_and_reached_at_the_next_was_not_rung_in_vain() -> None:
    vain = {SAM.number: NOW - 60.0}
    assert rung(knowing(vain=vain)) == ["kim"]
    assert rung(knowing(vain=vain, idle={DESK.phone: NOW - 20.0})) == ["sam"]
    assert rung(knowing(vain={DESK.phone: NOW - 10.0}, idle={SAM.number: NOW - 20.0})) == ["kim"]


def test_who_spoke_with_the_caller_or_was_idle_is_known_by_any_of_them() -> None:
    spoke = replace(knowing(spoke={SOFT.phone: 5.0}), plans=(Plan(first=(First.SPOKE,)),))
    assert rung(replace(spoke, humans=(KIM, MANY))) == ["sam"]
    idle = replace(knowing(idle={SOFT.phone: 5.0}), plans=(Plan(first=(First.IDLE,)),))
    assert rung(idle) == ["kim"]


def test_who_is_reached_by_moving_the_caller_is_tried_everywhere_too() -> None:
    rules = replace(HOUSE, humans=(replace(MANY, style=Style.REDIRECT),))
    call = _over(Call(id="c1", at=NOW, handoff=Handoff(1)), MANY)
    assert [human.number for human in next_round(call, rules)] == [DESK.number]


def test_every_number_is_asked_about() -> None:
    assert HOUSE.numbers == (SAM.number, DESK.number, SOFT.number, KIM.number)
    assert RULES.numbers == (SAM.number, KIM.number)
    assert MANY.at(SOFT).at(Address(SAM.number)).addresses[0].phone == SAM.number
    assert set(MANY.at(SOFT).addresses) == set(MANY.addresses)


# In the line -----------------------------------------------------------------------------------------


def waiting(*call_ids: str) -> tuple[Waiting, ...]:
    """Callers who wait for Sam, one after the other, at whichever of his telephones."""
    phones = (SAM.number, DESK.phone, SOFT.phone)
    places = (Waits(since=NOW - 100.0 + place, phones=phones) for place, _ in enumerate(call_ids))
    return tuple(Waiting(*each) for each in zip(call_ids, places, strict=True))


def test_a_free_person_is_one_turn_however_many_telephones_they_have() -> None:
    only = replace(HOUSE, humans=(MANY,))
    assert list(turns(waiting("a", "b", "c"), only, NOW)) == ["a"]
    twice = replace(only, humans=(replace(MANY, at_once=2),))
    assert list(turns(waiting("a", "b", "c"), twice, NOW)) == ["a", "b"]
    engaged = replace(twice, known=Known(engaged={SOFT.phone: (NOW - 9.0,)}))
    assert list(turns(waiting("a", "b", "c"), engaged, NOW)) == ["a"]
    assert turns(waiting("a"), replace(only, known=Known(engaged={DESK.phone: (NOW,)})), NOW) == {}


def test_who_shares_a_telephone_has_one_turn_of_it_with_the_other() -> None:
    shared = replace(HOUSE, humans=(MANY, replace(KIM, number=SOFT.number)))
    assert list(turns(waiting("a", "b"), shared, NOW)) == ["a", "b"], "one of them, and Kim beside him"
    line = [Waiting(each, Waits(since=1.0, phones=(SOFT.phone,))) for each in ("a", "b")]
    assert list(turns(line, shared, NOW)) == ["a"], "the telephone that both have is taken"


def test_who_comes_before_is_not_overtaken_at_another_telephone() -> None:
    known = Known(line=waiting("a"), engaged={KIM.number: (NOW - 9.0,)})
    assert rung(replace(HOUSE, known=known)) == []
    assert rung(replace(HOUSE, known=replace(known, line=()))) == ["sam"]


def test_who_waits_waits_for_every_telephone_of_those_who_may_take_the_call() -> None:
    busy = {SAM.number: (880.0,), KIM.number: (880.0,)}
    rules = replace(HOUSE, plans=(Plan(longest_wait=300.0),), known=Known(engaged=busy))
    story = Story(rules).talking().tell(ev.HandoffAsked("tool"))
    assert story.call.stage is Stage.WAITING
    assert story.call.waits.phones == (SAM.number, DESK.phone, SOFT.phone, KIM.number)
