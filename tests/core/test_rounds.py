"""Who is rung by a plan: in which order, how many at once, and who is passed over for which reason."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.core.stories import KIM, RULES, SAM, Story
from warmtransfer.core import conclusions as so
from warmtransfer.core import events as ev
from warmtransfer.core import orders as do
from warmtransfer.core.attempts import settle
from warmtransfer.core.call import Call, Handoff, Skipped, Stage, Style
from warmtransfer.core.legs import Ended
from warmtransfer.core.plans import Claim, First, Known, Plan, read
from warmtransfer.core.rounds import claims, next_round, plan_for, skipped
from warmtransfer.core.rules import Human, Rules

LEE = Human("lee", "+15550100003", departments=("sales",), at_once=2)
ZOE = Human("zoe", "+15550100003", digits="wwww7", departments=("sales",))
FOUR = Rules(humans=(SAM, KIM, LEE, ZOE))
NOW = 10_000.0


def knowing(rules: Rules = FOUR, **known: Any) -> Rules:
    """The rules with this known of telephones."""
    return replace(rules, known=Known(**known))


def rung(rules: Rules, target: str = "", **call: Any) -> list[str]:
    """Who is rung first for this target."""
    asked = Call(id="c1", at=NOW, handoff=Handoff(1, "tool", target), **call)
    return [human.name for human in next_round(asked, rules)]


@pytest.mark.parametrize(
    ("text", "plan"),
    [
        ("", Plan()),
        ("In  Turn", Plan()),
        ("all at once", Plan(size=0)),
        ("rounds of 3, longest idle first", Plan(size=3, first=(First.IDLE,))),
        (
            "last who spoke with this caller first, longest idle first, rest 0",
            Plan(first=(First.SPOKE, First.IDLE), rest=0.0),
        ),
    ],
)
def test_a_plan_is_what_its_words_say(text: str, plan: Plan) -> None:
    assert read(text) == plan
    assert read(str(plan)) == plan


@pytest.mark.parametrize(
    "text", ["rounds", "rounds of 1", "rounds of 0", "at once", "rest -1", "in turn first"]
)
def test_words_that_are_no_plan_are_refused_with_those_that_are(text: str) -> None:
    with pytest.raises(ValueError, match="rounds of 2"):
        read(text)


@pytest.mark.parametrize(
    ("text", "one", "other"),
    [
        ("in turn, all at once", "in turn", "all at once"),
        ("All at  once, rest 5, rounds of 3", "all at once", "rounds of 3"),
        ("no line, line of 10", "no line", "line of 10"),
        ("longest wait 600, no line", "no line", "longest wait 600"),
        ("line of 5, line of 10", "line of 5", "line of 10"),
        ("rest 30, rest 90", "rest 30", "rest 90"),
    ],
)
def test_words_that_contradict_each_other_are_refused_with_both(text: str, one: str, other: str) -> None:
    with pytest.raises(ValueError, match=f"'{one}' and '{other}' contradict each other"):
        read(text)


def test_what_is_said_twice_and_is_the_same_is_said_once() -> None:
    assert read("rest 30, in turn, rest 30, in turn, no line, priority 1") == Plan(
        rest=30.0, line=False, priority=1
    )


@pytest.mark.parametrize(
    ("plan", "names"),
    [
        (Plan(), ["sam"]),
        (Plan(size=0), ["sam", "kim", "lee", "zoe"]),
        (Plan(size=3), ["sam", "kim", "lee"]),
    ],
)
def test_a_plan_says_how_many_ring_at_once(plan: Plan, names: list[str]) -> None:
    assert rung(replace(FOUR, plans=(plan,))) == names


def test_who_is_asked_for_is_not_rung_beside_those_who_are_not() -> None:
    assert rung(replace(FOUR, plans=(Plan(size=0),)), "kim") == ["kim"]


def test_a_department_has_its_own_plan_and_all_others_the_default_one() -> None:
    rules = replace(FOUR, plans=(Plan("Sales", 0), Plan(size=2)))
    assert rung(rules, "sales") == ["lee", "zoe"]
    assert rung(rules, "kim") == ["kim"]
    assert rung(rules) == ["sam", "kim"]
    assert plan_for(Call(id="c1", handoff=Handoff(1, target="sales")), rules).department == "Sales"


def test_one_telephone_never_rings_twice_at_once_and_one_behind_an_extension_is_another() -> None:
    shared = replace(FOUR, humans=(SAM, replace(KIM, number=SAM.number), ZOE), plans=(Plan(size=0),))
    assert rung(shared) == ["sam", "zoe"]


def test_whoever_is_reached_from_the_callers_own_leg_is_rung_alone() -> None:
    humans = (replace(SAM, style=Style.REDIRECT), KIM, replace(LEE, style=Style.REDIRECT), ZOE)
    rules = replace(FOUR, humans=humans, plans=(Plan(size=0),))
    assert rung(rules) == ["sam"]
    assert rung(replace(rules, humans=humans[1:])) == ["kim", "zoe"]
    assert rung(replace(rules, humans=humans[1:]), stage=Stage.REDIRECTED) == ["kim"]


def test_the_one_who_was_idle_for_the_longest_is_first_and_one_who_never_talked_before_all() -> None:
    idle = {SAM.number: 900.0, KIM.number: 500.0, f"{ZOE.number} {ZOE.digits}": 700.0}
    rules = knowing(replace(FOUR, plans=(Plan(size=0, first=(First.IDLE,)),)), idle=idle)
    assert rung(rules) == ["lee", "kim", "zoe", "sam"]


def test_the_one_whom_the_caller_knows_is_first_and_of_the_others_who_was_idle_for_the_longest() -> None:
    known = {
        "spoke": {KIM.number: 100.0, LEE.number: 300.0},
        "idle": {SAM.number: 900.0, KIM.number: 950.0},
    }
    rules = knowing(replace(FOUR, plans=(Plan(size=0, first=(First.SPOKE, First.IDLE)),)), **known)
    assert rung(rules) == ["lee", "kim", "zoe", "sam"]


PASSED: list[tuple[dict[str, Any], Skipped]] = [
    ({"engaged": {SAM.number: (9_700.0,)}}, Skipped("sam", "busy", 9_700.0)),
    ({"away": {"sam": 5_000.0}}, Skipped("sam", "away", 5_000.0)),
    ({"vain": {SAM.number: NOW - 119.0}}, Skipped("sam", "rung", NOW - 119.0)),
]


@pytest.mark.parametrize(("known", "why"), PASSED)
def test_who_is_engaged_away_or_was_just_rung_in_vain_is_passed_over_for_that_reason(
    known: dict[str, Any], why: Skipped
) -> None:
    assert rung(knowing(**known)) == ["kim"]
    assert skipped(Call(id="c1", at=NOW), knowing(**known)) == (why,)


def test_two_minutes_after_a_ring_in_vain_they_may_be_rung_again_or_sooner_if_the_plan_says_so() -> None:
    rules = knowing(vain={SAM.number: NOW - 120.0})
    assert rung(rules) == ["sam"]
    assert rung(knowing(replace(FOUR, plans=(Plan(rest=10.0),)), vain={SAM.number: NOW - 11.0})) == ["sam"]


def test_who_takes_two_calls_at_once_is_rung_while_there_is_one() -> None:
    only = replace(FOUR, humans=(LEE,))
    assert rung(knowing(only, engaged={LEE.number: (1.0,)})) == ["lee"]
    assert rung(knowing(only, engaged={LEE.number: (1.0, 2.0)})) == []


def busy(since: float = 880.0) -> Rules:
    """Both are on other calls, and nobody may wait for them."""
    no_line = replace(RULES, plans=(Plan(line=False),))
    return knowing(no_line, engaged={SAM.number: (since,), KIM.number: (since,)})


def test_when_all_who_could_be_reached_are_busy_the_caller_is_told_so_and_since_when() -> None:
    story = Story(busy()).talking().tell(ev.HandoffAsked("tool"))
    assert story.call.stage is Stage.AI
    assert story.call.handoff.all_busy
    assert story.call.handoff.skipped == (Skipped("sam", "busy", 880.0), Skipped("kim", "busy", 880.0))
    (told,) = [order.news for order in story.last if isinstance(order, do.LetAISpeak)]
    assert "busy with other callers" in told
    assert "Sam is on another call, for 2 minutes now." in told
    assert Call.from_dict(story.call.to_dict()) == story.call


def test_that_all_are_busy_is_a_conclusion_of_its_own_with_who_and_since_when() -> None:
    call = Story().talking().call
    asked = replace(call, handoff=Handoff(1, "tool"))
    _, fact = settle(asked, busy())
    assert fact == so.AllBusy((Skipped("sam", "busy", 880.0), Skipped("kim", "busy", 880.0)))


def test_who_did_not_answer_is_told_of_beside_those_who_are_busy() -> None:
    story = Story().ringing()
    story.rules = knowing(RULES, engaged={KIM.number: (story.at - 30.0,)})
    story.tell(ev.HumanEnded(1, Ended.NO_ANSWER))
    assert story.call.handoff.all_busy
    (told,) = [order.news for order in story.last if isinstance(order, do.LetAISpeak)]
    assert "Sam did not answer. Kim is on another call." in told


def test_an_ai_that_is_away_when_all_are_busy_comes_back_and_tells_the_caller() -> None:
    story = Story(busy()).returning().tell(ev.HandoffAsked("words"))
    assert story.call.stage is Stage.RETURNING
    story.ai_up(2)
    (told,) = [order.news for order in story.last if isinstance(order, do.LetAISpeak)]
    assert "busy with other callers" in told


def test_nobody_busy_is_no_line_of_busy_people() -> None:
    story = Story(knowing(RULES, away={"sam": 1.0, "kim": 1.0})).talking().tell(ev.HandoffAsked("tool"))
    assert not story.call.handoff.all_busy
    (told,) = [order.news for order in story.last if isinstance(order, do.LetAISpeak)]
    assert "Nobody is available" in told
    assert "Sam is away." in told


def test_every_attempt_that_is_begun_claims_its_telephone() -> None:
    before = Story().talking()
    after = Story().asked()
    assert claims(before.call, after.call, RULES) == (Claim(SAM.number, 1, 1),)
    assert claims(after.call, after.call, RULES) == ()
