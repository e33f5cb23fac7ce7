"""Orders: each says its lane, what it needs, what it is about, and can be read back."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from tests.core.stories import Again, in_stage, styled
from warmtransfer.core import briefing
from warmtransfer.core import events as ev
from warmtransfer.core import orders as do
from warmtransfer.core.call import AI, AIState, Attempt, Call, Proof, Stage, Style
from warmtransfer.core.legs import Place
from warmtransfer.core.orders.ai import MARGIN
from warmtransfer.core.orders.relay import RelayOrder, backoff
from warmtransfer.core.outcomes import Outcome
from warmtransfer.core.rules import Card, Human, Rules
from warmtransfer.core.screening import Screen
from warmtransfer.core.supervising import Role, Supervisor
from warmtransfer.core.table import TABLE

#: What several orders have in common; not orders themselves.
BASES = {do.Order, do.AIOrder, do.HumanOrder, do.CallerOrder, do.BridgeOrder, do.SupervisorOrder, RelayOrder}
ORDERS = sorted(set(do.BY_NAME.values()) - BASES, key=lambda kind: kind.__name__)


@pytest.mark.parametrize("kind", ORDERS)
def test_every_order_says_its_own_lane(kind: type[do.Order]) -> None:
    assert isinstance(vars(kind).get("lane"), do.Lane), f"{kind.__name__} inherits its lane, or has none"


def test_every_order_is_given_somewhere_and_nothing_else_is() -> None:
    given = {type(order) for rows in TABLE.values() for _, orders in rows.values() for order in orders}
    assert given == set(ORDERS)


def test_orders_to_our_own_relay_are_listed_and_local() -> None:
    local = {kind for kind in ORDERS if kind().local}
    assert local == set(do.Local.__args__) == {kind for kind in ORDERS if issubclass(kind, RelayOrder)}


SAM = Attempt(2, 1, "sam", "+15550100001", Style.ANNOUNCE, "CAhuman2", dialled_at=900.0)
CALL = Call(
    id="c1", stage=Stage.RINGING, caller_sid="CAcaller", room_sid="CF2", rooms=2, at=1000.0,
    ai=AI(k=3, state=AIState.UP, call_sid="CAai3", since=940.0), stray="CAstray", news="News.",
    comforted_until=1001.5,
    attempts=(Attempt(1, 1, "kim", "+15550100002", Style.SCREEN, ended=True), SAM),
)  # fmt: skip
ALONE = replace(CALL, ai=replace(CALL.ai, state=AIState.ABSENT), comforted_until=0.0)
HEARD = replace(
    CALL,
    supervisor=Supervisor(3, "", "kim", "+15550100002", given=Role.JOIN, call_sid="CAsup", joined_at=1.0),
)
SAMS = Human("sam", "+15550100001", ring=17.0, language="de", card=Card.SMS)
RULES = Rules(humans=(Human("kim", "+15550100002", ring=15.0), SAMS))
TALK = replace(
    CALL, stage=Stage.HUMAN, attempts=(replace(SAM, n=1), replace(SAM, outcome=Outcome.ACCEPTED))
)


def found(caller: Place = Place.IN, human: Place = Place.IN) -> Call:
    """The same two, after a look that has found them so."""
    proof = Proof(999.0, caller, human)
    return replace(TALK, attempts=(TALK.attempts[0], replace(TALK.attempts[1], proofs=(proof,))))

FILLED = [
    (do.PrepareModel(0.0), CALL),
    (do.LetAISpeak("News.", 1.5), CALL),
    (do.TellInPause("News.", 1.5), CALL),
    (do.TellAI(briefing.progress(CALL)), CALL),
    (do.DialSupervisor(3, "CAsup", "CF2", "kim", "+15550100002", "", 15.0), HEARD),
    (do.SetRole(3, "CAsup", "CF2", True, ""), HEARD),
    (do.EndSupervisor(3, "CAsup", "CF2"), HEARD),
    (do.LookForSupervisor(3, "CAsup", "CF2"), HEARD),
    (do.LetAIKnow("Closed on Friday."), replace(CALL, note="Closed on Friday.")),
    (do.HaveAISay("Closed on Friday."), replace(CALL, note="Closed on Friday.")),
    (do.Introduce(briefing.introduction("sam")), CALL),
    (do.PlayComfort(), CALL),
    (do.CloseModel(), CALL),
    (do.Overhear(), CALL),
    (do.AddAI(4, "CF2", "wt-c1-2", 0.0), CALL),
    (do.RemoveAI(3, "CF2", "CAai3"), CALL),
    (do.EndAI(3, "CF2", "CAai3"), CALL),
    (do.EndAI(3, "CF2", "CAai3"), ALONE),
    (do.LookForAI(3, "CF2", "CAai3"), CALL),
    (do.LookForAI(3, "CF2", "CAai3", idle=True), replace(CALL, ai=replace(CALL.ai, state=AIState.ADDING))),
    (do.LimitAI(3, "CF2", "CAai3", math.ceil(60.0 + RULES.introduction + MARGIN)), CALL),
    (do.DialHuman(2, "CAhuman2", "sam", "+15550100001", Style.ANNOUNCE, 17.0, "CF2"), CALL),
    (do.RedirectCaller(2, "CAhuman2", "CAcaller", 2), CALL),
    (do.RedirectCaller(0, "", "CAcaller", 2), replace(CALL, attempts=())),
    (do.EndHuman(2, "CAhuman2"), CALL),
    (do.EndOthers(2, "CAhuman2"), replace(CALL, attempts=(replace(SAM, outcome=Outcome.MACHINE),))),
    (do.EndOthers(2, "CAhuman2", told=True), replace(CALL, attempts=(replace(SAM, outcome=Outcome.TAKEN),))),
    (do.TellHuman(2, "CAhuman2"), CALL),
    (do.BriefOnHold(2, "CAhuman2", "CF2"), CALL),
    (do.ListenToLeg(2, "CAhuman2"), replace(CALL, attempts=(replace(SAM, screen=Screen.LISTENING),))),
    (do.LetHumanIn(2, "CAhuman2", "CF2"), CALL),
    (do.SendCard(2, "CAhuman2", "sam", "+15550100001", "de", 17.0), CALL),
    (do.LookForLeg(2, "CAhuman2", "CF2"), CALL),
    (do.LookAtBridge(2, "CAhuman2", "CF2", "CAcaller"), TALK),
    (do.LookAgain(2, "CAhuman2", "CF2", "CAcaller"), TALK),
    (do.MendBridge(2, "CAhuman2", "CF2", "CAcaller"), found(human=Place.MUTED)),
    (do.MendBridge(2, "CAcaller", "CF2", "CAcaller", caller=True), found(caller=Place.HELD)),
    (
        do.LookForDial(2, "", "+15550100001", 900.0),
        replace(CALL, attempts=(CALL.attempts[0], replace(SAM, call_sid=""))),
    ),
    (do.EndStray("CAstray"), CALL),
    (do.LookForRoom("wt-c1-2", "CF2", "CAcaller"), CALL),
    (do.LookForCaller("wt-c1-2", "CF2", "CAcaller"), CALL),
    (do.LookForLoneCaller("wt-c1-2", "CF2", "CAcaller"), CALL),
    (do.LookWhoLeft("wt-c1-2", "CF2", "CAcaller"), replace(CALL, attempts=(replace(SAM, ended=True),))),
    (do.ComfortCaller("wt-c1-2", "CF2", "CAcaller"), ALONE),
    (do.EndCaller("wt-c1-2", "CF2", "CAcaller"), CALL),
]


def test_every_order_is_among_the_filled_ones() -> None:
    assert {type(order) for order, _ in FILLED} == set(ORDERS)


@pytest.mark.parametrize(("order", "call"), FILLED)
def test_an_order_carries_its_legs_and_numbers_and_can_be_read_back(order: do.Order, call: Call) -> None:
    assert type(order)().for_call(call, RULES) == (order,)
    assert do.from_dict(order.to_dict()) == order
    assert order.to_dict()["order"] == type(order).__name__


KEYS = {
    **dict.fromkeys(("RemoveAI", "EndAI", "LookForAI", "LimitAI"), "ai-3"),
    **dict.fromkeys(("LookForRoom", "LookForCaller", "LookForLoneCaller", "LookWhoLeft"), "caller"),
    **dict.fromkeys(("ComfortCaller", "EndCaller"), "caller"),
    "AddAI": "ai-4",
    "EndStray": "CAstray",
}


@pytest.mark.parametrize(("order", "call"), FILLED)
def test_the_key_names_the_leg_that_a_failure_is_about(order: do.Order, call: Call) -> None:
    human = f"human-{order.n}" if isinstance(order, do.HumanOrder) else ""
    human = f"supervisor-{order.n}" if isinstance(order, do.SupervisorOrder) else human
    human = "caller" if getattr(order, "caller", False) else human
    assert order.key == KEYS.get(type(order).__name__, human)


ENDED = replace(CALL, attempts=(replace(SAM, n=1, ended=True),))
BARE = Call(id="c1", at=1000.0)
NEEDLESS = [
    *((kind, call) for kind in (do.DialHuman, do.EndHuman, do.TellHuman) for call in (ENDED, BARE)),
    *((kind, call) for kind in (do.BriefOnHold, do.LetHumanIn) for call in (ENDED, BARE)),
    *((kind, call) for kind in (do.LookForLeg, do.LookForDial) for call in (ENDED, BARE)),
    (do.LookForDial, CALL),
    *((kind, call) for kind in (do.LookAtBridge, do.LookAgain) for call in (CALL, ENDED, BARE)),
    *((kind, replace(TALK, room_sid="")) for kind in (do.LookAtBridge, do.LookAgain)),
    *((do.MendBridge, call) for call in (TALK, found(), found(Place.OUT, Place.OUT), BARE)),
    (do.LookForLeg, replace(CALL, attempts=(replace(SAM, n=1, call_sid=""),))),
    *(
        (kind, replace(CALL, attempts=(replace(SAM, n=1, style=style),)))
        for kind in (do.BriefOnHold, do.LetHumanIn)
        for style in (Style.SCREEN, Style.REDIRECT)
    ),
    *((do.EndOthers, call) for call in (CALL, ENDED, BARE)),
    *(
        (do.EndOthers, replace(CALL, attempts=(replace(SAM, outcome=outcome),)))
        for outcome in (Outcome.ACCEPTED, Outcome.LAST_RESORT)
    ),
    *((do.ListenToLeg, call) for call in (CALL, ENDED, BARE)),
    *((do.LookWhoLeft, call) for call in (CALL, BARE)),
    (do.AddAI, BARE),
    (do.RemoveAI, ALONE),
    (do.EndAI, replace(ALONE, ai=replace(ALONE.ai, call_sid=""))),
    (do.EndAI, replace(CALL, ai=AI(state=AIState.UP))),
    (do.LookForAI, ALONE),
    (do.LimitAI, ALONE),
    (do.LimitAI, replace(CALL, ai=replace(CALL.ai, since=0.0))),
    (do.EndAI, replace(ALONE, attempts=(replace(SAM, n=1, outcome=Outcome.LAST_RESORT),))),
    (do.Introduce, ALONE),
    (do.Introduce, replace(CALL, attempts=())),
    *(
        (do.Introduce, replace(CALL, ai=replace(CALL.ai, state=state)))
        for state in (AIState.ADDING, AIState.STREAMING)
    ),
    (do.ComfortCaller, CALL),
    (do.ComfortCaller, replace(ALONE, room_sid="")),
    (do.ComfortCaller, replace(ALONE, comforted_until=1000.1)),
]


@pytest.mark.parametrize(("kind", "call"), NEEDLESS)
def test_an_order_without_anything_to_do_it_to_is_not_given(kind: type[do.Order], call: Call) -> None:
    assert kind().for_call(call, RULES) == ()


THREE = replace(
    CALL,
    attempts=(
        replace(SAM, n=1, name="pat", call_sid="CAhuman1", ended=True),
        *(replace(SAM, n=n, first=2, call_sid=f"CAhuman{n}") for n in (2, 3, 4)),
    ),
)


def test_an_order_is_about_every_leg_of_a_round_or_the_one_that_the_fact_is_about() -> None:
    assert [order.n for order in do.EndHuman().for_call(THREE, RULES)] == [2, 3, 4]
    assert [order.n for order in do.EndHuman().for_call(THREE, RULES, 3)] == [3]
    assert do.EndHuman().for_call(THREE, RULES, 1) == ()


def test_whoever_accepts_is_let_in_and_all_others_are_ended_told_or_looked_for() -> None:
    call = THREE.with_attempt(replace(THREE.attempts[1], outcome=Outcome.ACCEPTED))
    call = call.with_attempt(replace(THREE.attempts[2], outcome=Outcome.TAKEN))
    call = call.with_attempt(replace(THREE.attempts[3], outcome=Outcome.TAKEN, call_sid=""))
    assert [order.n for order in do.LetHumanIn().for_call(call, RULES, 2)] == [2]
    assert [(order.n, order.told) for order in do.EndOthers().for_call(call, RULES, 2)] == [(3, True)]
    assert [order.n for order in do.LookForDial().for_call(call, RULES, 2)] == [4]


def test_no_humans_leg_waits_behind_another_and_all_else_waits_in_its_lane() -> None:
    assert do.DialHuman(1).queue != do.DialHuman(2).queue == do.LookForDial(2).queue
    assert do.EndHuman(1).queue != do.EndHuman(2).queue
    assert do.RedirectCaller(1).queue == do.RedirectCaller(2).queue == do.ComfortCaller().queue


def test_comfort_is_given_again_in_the_moment_in_which_the_last_one_ends() -> None:
    assert do.ComfortCaller().for_call(replace(ALONE, comforted_until=1000.0), RULES)


def test_an_ai_leg_that_is_ended_or_removed_counts_as_gone_at_once_and_its_token_is_void() -> None:
    call = replace(CALL, ai=replace(CALL.ai, token="t"))
    for order in (do.EndAI(), do.RemoveAI()):
        assert order.advance(call).ai == replace(CALL.ai, state=AIState.ABSENT, token="")


def test_a_new_ai_leg_has_no_past() -> None:
    call = do.AddAI(4).advance(replace(CALL, ai=replace(CALL.ai, token="t", generation=5, losses=(1.0,))))
    assert call.ai == AI(k=4, state=AIState.ADDING, generation=5, losses=(1.0,), since=1000.0)


def test_news_is_told_once() -> None:
    assert do.LetAISpeak().advance(CALL).news == ""
    assert do.TellAI().advance(CALL) == CALL


def test_the_ai_is_tried_again_later_and_later() -> None:
    losses = [replace(CALL, ai=replace(CALL.ai, losses=(1.0,) * times)) for times in range(6)]
    assert [backoff(call) for call in losses] == [0.0, 0.0, 1.0, 3.0, 3.0, 3.0]
    assert do.AddAI().for_call(losses[2], RULES) == (do.AddAI(4, "CF2", "wt-c1-2", 1.0),)
    assert do.PrepareModel().for_call(losses[3], RULES) == (do.PrepareModel(3.0),)


def test_a_human_who_is_not_configured_any_more_rings_for_the_usual_time() -> None:
    assert do.ring_seconds(replace(SAM, name="gone"), RULES) == Human("x", "y").ring


def test_announced_humans_are_dialled_into_the_room_of_the_call() -> None:
    story = in_stage(Stage.AI, Again())
    story.rules = styled(Style.ANNOUNCE)
    story.tell(ev.HandoffAsked("api", "kim"))
    assert story.last == (do.DialHuman(1, "", "kim", "+15550100002", Style.ANNOUNCE, 20.0, "CF2"),)


def test_a_look_at_a_human_waits_behind_the_look_at_the_ai_and_their_dials_for_nobody() -> None:
    """What a last resort is doing has to be known before it is known that the next may be rung."""
    assert do.LookForLeg(n=2).queue == do.LookForAI().queue
    assert do.DialHuman(n=1).queue != do.DialHuman(n=2).queue
