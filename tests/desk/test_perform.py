"""Each order becomes its request, and what came of it becomes a fact again."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.core.test_orders import ORDERS
from tests.desk.parts import NoLine, Options, Told, free_turns
from warmtransfer import errors
from warmtransfer.clock import Clock
from warmtransfer.core import events as ev
from warmtransfer.core import orders as do
from warmtransfer.core.call import AI, AIState, Attempt, Call, Outcome, Stage, Style
from warmtransfer.core.legs import Ended, Heard, Leg, LegState
from warmtransfer.core.screening import Screen
from warmtransfer.core.supervising import Supervisor
from warmtransfer.desk.adopting import Adoption
from warmtransfer.desk.perform import Performer
from warmtransfer.web.links import Links

LINKS = Links("https://example.test")
GONE = errors.CarrierGone("over", status=404, code=20404)
RINGS = errors.CarrierRefused("rings", status=400, code=21220)
UNSURE = errors.CarrierUnsure("perhaps", status=500)
SAM = Attempt(1, 1, "sam", "+15550100001", Style.SCREEN)
CALL = Call(
    id="c1", stage=Stage.RINGING, caller_sid="CAcaller", room_sid="CF1",
    ai=AI(k=1, state=AIState.ADDING), attempts=(SAM,),
)  # fmt: skip


def performer(
    carrier: Told, call: Call = CALL, line: NoLine | None = None, settings: Options | None = None
) -> Performer:
    """One that works for this call."""
    return Performer(
        carrier=carrier,
        switchboard=Told(),
        links=LINKS,
        settings=settings or Options(),
        clock=Clock(500.0),
        call=lambda _: call,
        known=lambda _: (),
        turns=free_turns(line),
    )


def performed(
    order: do.Order, call: Call = CALL, line: NoLine | None = None, **answers: Any
) -> tuple[ev.Event | None, Told]:
    """What came of the order, and what the carrier was told."""
    carrier = Told(**answers)
    return performer(carrier, call, line).perform(call.id, order), carrier


def test_the_ai_is_added_to_the_callers_room_with_its_label() -> None:
    result, carrier = performed(do.AddAI(1, "CF1", "wt-c1"), add_ai="CAai")
    assert result == ev.AIAdded(1, "CAai")
    ((_, _, asked),) = carrier.said
    assert asked["room"] == "CF1"
    assert asked["label"] == "ai-1"
    assert asked["parameters"] == {"call": "c1", "leg": "1", "room": "wt-c1"}
    assert asked["room_callback"] == LINKS.room("c1")


def test_an_ai_that_is_not_wanted_any_more_is_not_added() -> None:
    gone = Call(id="c1", stage=Stage.OVER, ai=AI(k=1, state=AIState.ABSENT))
    result, carrier = performed(do.AddAI(1, "CF1", "wt-c1"), gone)
    assert result is None
    assert carrier.said == []


def test_an_ai_leg_of_unsure_fate_is_looked_for_by_its_label() -> None:
    result, carrier = performed(do.AddAI(1, "CF1", "wt-c1"), add_ai=UNSURE, find_participant="CAai")
    assert result == ev.AIAdded(1, "CAai")
    assert carrier.names() == ["add_ai", "find_participant"]


def test_a_label_that_is_taken_is_an_earlier_request_that_was_carried_out() -> None:
    taken = errors.CarrierTaken("taken", status=400)
    result, carrier = performed(do.AddAI(1, "CF1", "wt-c1"), add_ai=taken, find_participant="CAai")
    assert result == ev.AIAdded(1, "CAai")
    assert carrier.names() == ["add_ai", "find_participant"]


def test_a_refused_ai_leg_is_not_looked_for() -> None:
    refused = errors.CarrierRefused("no", status=400, code=21218)
    result, carrier = performed(do.AddAI(1, "CF1", "wt-c1"), add_ai=refused, find_participant="CAai")
    assert result == ev.OrderFailed("AddAI", "refused", "ai-1", "HTTP 400 code 21218")
    assert carrier.names() == ["add_ai"]


def test_an_ai_leg_that_is_not_found_is_reported_and_not_added_twice() -> None:
    result, carrier = performed(do.AddAI(1, "CF1", "wt-c1"), add_ai=UNSURE, find_participant="")
    assert result == ev.OrderFailed("AddAI", "unsure", "ai-1", "HTTP 500 code 0")
    assert carrier.names().count("add_ai") == 1


@pytest.mark.parametrize("style", [Style.SCREEN, Style.ANNOUNCE])
def test_a_human_is_dialled_in_their_style(style: Style) -> None:
    order = do.DialHuman(1, "", "sam", "+15550100001", style, 20.0, "CF1")
    result, carrier = performed(order, dial="CAsam", add_human="CAsam")
    assert result == ev.HumanDialled(1, "CAsam")
    ((name, _, asked),) = carrier.said
    assert name == ("add_human" if style is Style.ANNOUNCE else "dial")
    assert (asked["to"], asked["ring"]) == ("+15550100001", 20)


@pytest.mark.parametrize(
    ("order", "request_", "news"),
    [
        (do.EndHuman(1, "CAsam"), "end_call", None),
        (do.EndStray("CAsam"), "end_call", None),
        (do.EndCaller("wt-c1", "CF1", "CAcaller"), "end_call", ev.CallerLeft(why="ended")),
        (do.RemoveAI(1, "CF1", "CAai"), "remove", None),
        (do.EndAI(1, "CF1", "CAai"), "end_call", ev.AILeft(1, "CF1", "ended")),
    ],
)
def test_ending_what_is_over_is_success(order: do.Order, request_: str, news: ev.Event | None) -> None:
    result, carrier = performed(order, **{request_: GONE})
    assert result == news
    assert carrier.names().count(request_) == 1


@pytest.mark.parametrize("order", [do.EndHuman(1, "CAsam"), do.RemoveAI(1, "CF1", "CAai")])
def test_an_end_of_unsure_fate_is_repeated(order: do.Order) -> None:
    request_ = "remove" if isinstance(order, do.RemoveAI) else "end_call"
    result, carrier = performed(order, **{request_: [UNSURE, UNSURE, ""]})
    assert result is None
    assert carrier.names().count(request_) == 3


def test_a_carrier_that_stays_busy_is_reported_in_the_end() -> None:
    busy = errors.CarrierBusy("429", status=429, code=20429)
    result, carrier = performed(do.DialHuman(1, "", "sam", "+15550100001"), dial=busy)
    assert result == ev.OrderFailed("DialHuman", "busy", "human-1", "HTTP 429 code 20429")
    assert carrier.names().count("dial") == 5


def test_every_try_to_make_a_leg_takes_a_turn_and_a_refusal_for_haste_holds_all_others() -> None:
    line = NoLine()
    busy = errors.CarrierBusy("429", status=429, code=20429)
    answers = iter([busy, busy, "CAsam"])
    performed(do.DialHuman(1, "", "sam", "+15550100001"), dial=list(answers), line=line)
    assert line.asked == 3
    assert len(line.held) == 2
    assert line.held[0] < line.held[1]


def test_what_makes_a_leg_waits_for_its_turn() -> None:
    paced = [each.__name__ for each in do.BY_NAME.values() if each.paced]
    assert sorted(paced) == ["AddAI", "DialHuman", "DialSupervisor"]


def test_what_makes_no_leg_waits_for_nobody() -> None:
    line = NoLine()
    performed(do.EndHuman(1, "CAsam"), line=line)
    performed(do.RedirectCaller(1, caller_sid="CAcaller"), line=line)
    assert line.asked == 0


def test_a_leg_that_nobody_wants_when_its_turn_comes_is_not_made_and_takes_none() -> None:
    line = NoLine()
    gone = Call(id="c1", stage=Stage.OVER, ai=AI(k=1, state=AIState.ABSENT))
    result, carrier = performed(do.AddAI(1, "CF1", "wt-c1"), gone, line=line)
    assert (result, carrier.said, line.asked) == (None, [], 0)


def test_a_leg_whose_order_another_process_has_taken_over_meanwhile_is_not_made() -> None:
    carrier = Told()
    with pytest.raises(errors.Leaving):
        performer(carrier).perform("c1", do.DialHuman(1, "", "sam", "+15550100001"), lambda: False)
    assert carrier.said == []


def test_our_own_fault_is_a_fact_too_and_is_logged_by_name_and_line(caplog: pytest.LogCaptureFixture) -> None:
    """What an exception says may be a caller's number, or their words."""
    fault = KeyError("+15550109999 said that the card is 4929")
    result, _ = performed(do.DialHuman(1, "", "sam", "+15550100001"), dial=fault)
    assert result == ev.OrderFailed("DialHuman", "ours", "human-1", "KeyError")
    assert "DialHuman of sam failed in our own code: KeyError (perform.py:" in caplog.text
    assert "555" not in caplog.text
    assert "4929" not in caplog.text


def test_a_refused_dial_is_one_loud_line_that_names_the_human_and_what_to_do(
    caplog: pytest.LogCaptureFixture,
) -> None:
    fault = errors.CarrierRefused("dial", status=400, code=7, advice="verify it. https://x.example/7")
    result, _ = performed(do.DialHuman(1, "", "sam", "+15550100001"), dial=fault)
    detail = "HTTP 400 code 7: verify it. https://x.example/7"
    assert result == ev.OrderFailed("DialHuman", "refused", "human-1", detail)
    [said] = caplog.records
    assert said.levelno == logging.ERROR
    assert said.getMessage() == f"call c1: DialHuman of sam is refused: {detail}"


def test_what_will_be_tried_again_is_no_error_yet(caplog: pytest.LogCaptureFixture) -> None:
    busy = errors.CarrierBusy("dial", status=429, code=20429, advice="https://x.example/20429")
    performed(do.DialHuman(1, "", "sam", "+15550100001"), dial=[busy, busy, "CAsam"])
    assert [each.levelno for each in caplog.records] == [logging.WARNING, logging.WARNING]


@pytest.mark.parametrize(
    ("leg", "there", "fact"),
    [
        (Ended.COMPLETED, "", ev.HumanEnded(1, Ended.COMPLETED, call_sid="CAsam")),
        (Ended.NO_ANSWER, "", ev.HumanEnded(1, Ended.NO_ANSWER, call_sid="CAsam")),
        (LegState.UNKNOWN, "", ev.HumanEnded(1, Ended.MISSING, call_sid="CAsam")),
        (LegState.UP, "CAsam", ev.HumanJoined(1, "CF1", "CAsam")),
        (LegState.UP, "", ev.LegPresent(1)),
        (LegState.COMING, "", ev.LegPresent(1)),
    ],
)
def test_looking_for_a_leg_finds_where_it_is(leg: Leg, there: str, fact: ev.Event) -> None:
    result, _ = performed(do.LookForLeg(1, "CAsam", "CF1"), leg=leg, find_participant=there, picked_up=None)
    assert result == fact


def test_looking_for_a_leg_that_was_a_mailboxs_finds_that_too() -> None:
    look = do.LookForLeg(1, "CAsam", "CF1")
    result, _ = performed(look, leg=Ended.COMPLETED, picked_up=Heard.MACHINE)
    assert result == ev.HumanEnded(1, Ended.COMPLETED, call_sid="CAsam", answered_by=Heard.MACHINE)


@pytest.mark.parametrize(
    ("leg", "fact"),
    [
        (Ended.COMPLETED, ev.SupervisorEnded(1)),
        (LegState.UNKNOWN, ev.SupervisorEnded(1)),
        (LegState.UP, None),
        (LegState.COMING, None),
    ],
)
def test_looking_for_who_listens_finds_that_they_have_gone(leg: Leg, fact: ev.Event | None) -> None:
    there = replace(CALL, supervisor=Supervisor(1, "api", "kim", "+15550100002", call_sid="CAsup"))
    result, _ = performed(do.LookForSupervisor(1, "CAsup"), there, leg=leg)
    assert result == fact


def test_a_human_counts_as_joined_only_when_they_can_talk() -> None:
    """Style announce: a human whom we could not take off hold is in the room, and nobody's company."""
    _, carrier = performed(do.LookForLeg(1, "CAsam", "CF1"), leg=LegState.UP)
    assert carrier.said[-1] == ("find_participant", ("CF1", "human-1"), {"talking": True})


REDIRECTED = replace(CALL, stage=Stage.REDIRECTED)


def test_a_caller_is_moved_once_the_ai_has_been_heard() -> None:
    result, carrier = performed(do.RedirectCaller(1, "", "CAcaller"), REDIRECTED)
    assert result is None
    assert carrier.said == [("move_call", ("CAcaller", LINKS.next("c1")), {})]


@pytest.mark.parametrize(
    "moved",
    [
        REDIRECTED.with_attempt(replace(SAM, call_sid="CAsam")),
        REDIRECTED.with_attempt(SAM).with_attempt(replace(SAM, n=2)),
        replace(CALL, stage=Stage.OVER),
    ],
    ids=["dialling", "next", "over"],
)
def test_a_caller_who_has_moved_on_is_not_moved_again(moved: Call) -> None:
    """The first try timed out and was done all the same: a second one would cut the dial short."""
    result, carrier = performed(do.RedirectCaller(1, "", "CAcaller"), moved)
    assert (result, carrier.said) == (None, [])


def test_an_unsure_dial_is_found_by_its_number_or_given_up() -> None:
    order = do.LookForDial(1, "", "+15550100001", 5.0)
    result, carrier = performed(order, find_call="CAsam")
    assert result == ev.HumanDialled(1, "CAsam")
    assert carrier.said == [("find_call", ("+15550100001", Options.number, 5.0, ()), {})]
    assert performed(order, find_call="")[0] == ev.HumanEnded(1, Ended.MISSING)


def test_an_unsure_dial_is_not_looked_for_once_its_callback_spoke() -> None:
    known = CALL.with_attempt(Attempt(1, 1, "sam", "+15550100001", Style.SCREEN, call_sid="CAsam"))
    result, carrier = performed(do.LookForDial(1, "", "+15550100001", 5.0), known)
    assert result is None
    assert carrier.said == []


@pytest.mark.parametrize(
    ("leg", "fact"),
    [
        (Ended.COMPLETED, ev.CallerLeft(why="looked")),
        (LegState.UP, ev.CallerPresent("CF1")),
        (LegState.UNKNOWN, ev.CallerLeft(why="unknown")),
    ],
)
def test_looking_for_the_caller_asks_about_the_call_not_the_room(leg: Leg, fact: ev.Event) -> None:
    assert performed(do.LookForCaller("wt-c1", "CF1", "CAcaller"), leg=leg)[0] == fact
    assert performed(do.LookForLoneCaller("wt-c1", "CF1", "CAcaller"), leg=leg)[0] == fact


@pytest.mark.parametrize("leg", [Ended.COMPLETED, LegState.UNKNOWN])
def test_an_ai_leg_that_is_over_is_found_to_be(leg: Leg) -> None:
    order = do.LookForAI(1, "CF1", "CAai")
    assert performed(order, leg=leg)[0] == ev.AILeft(1, "CF1", "looked")
    assert performed(order, leg=LegState.UP)[0] == ev.AIIdle(1)
    unnamed = do.LookForAI(1, "CF1", "")
    assert performed(unnamed, leg=LegState.UP, find_participant="CAai")[0] == ev.AIIdle(1)
    assert performed(unnamed, find_participant="")[0] == ev.AILeft(1, "CF1", "looked")
    coming = do.LookForAI(1, "CF1", "", idle=True)
    assert performed(coming, find_participant="")[0] is None, "another process may just be adding it"
    assert performed(coming, leg=LegState.UP, find_participant="CAai")[0] == ev.AIIdle(1)


@pytest.mark.parametrize(
    ("room", "called", "ended"),
    [
        ("wt-f0f0", Options.number, True),
        ("wt-c1", Options.number, False),
        ("wt-f0f0", "+15550199999", False),
        ("someone-elses", Options.number, False),
    ],
    ids=["forgotten", "known", "another deployment's", "not ours"],
)
def test_of_the_rooms_that_are_open_only_our_forgotten_ones_are_ended(
    room: str, called: str, ended: bool
) -> None:
    carrier = Told(
        open_rooms=[[room]], find_room="CF1", find_participant="CA1", number_called=called, people={}
    )
    adoption = Adoption(carrier, lambda call_id: CALL if call_id == "c1" else None, Options.number)
    adoption.adopt_forgotten()
    assert ("end_room" in carrier.names()) is ended


def test_looking_for_the_room_finds_the_caller_in_it() -> None:
    result, _ = performed(
        do.LookForRoom("wt-c1", "", "CAcaller"), find_room="CF1", find_participant="CAcaller"
    )
    assert result == ev.CallerJoined("wt-c1", "CF1", "CAcaller")


def test_a_human_who_cannot_be_told_is_ended() -> None:
    result, carrier = performed(do.TellHuman(1, "CAsam"), move_call=GONE)
    assert result is None
    assert carrier.names() == ["move_call", "end_call"]


@pytest.mark.parametrize(
    ("told", "answers", "done"),
    [
        (True, {}, ["move_call"]),
        (True, {"move_call": RINGS}, ["move_call", "end_call"]),
        (True, {"move_call": GONE}, ["move_call", "end_call"]),
        (False, {}, ["end_call"]),
        (False, {"end_call": GONE}, ["end_call"]),
    ],
)
def test_who_was_beaten_hears_by_whom_and_whose_phone_rings_or_is_a_machine_is_ended(
    told: bool, answers: dict[str, Any], done: list[str]
) -> None:
    result, carrier = performed(do.EndOthers(2, "CAkim", told=told), **answers)
    assert result is None
    assert carrier.names() == done
    if told:
        assert carrier.said[0][1] == ("CAkim", LINKS.human("c1", 2))


def test_comfort_that_comes_before_the_room_has_begun_is_no_failure() -> None:
    assert performed(do.ComfortCaller("wt-c1", "CF1", "CAcaller"), announce=GONE)[0] is None


def test_every_order_that_is_not_local_can_be_carried_out(tmp_path: Path) -> None:
    abstract = {"SupervisorOrder", "Order", "RelayOrder", "AIOrder", "HumanOrder", "CallerOrder"}
    performer = Performer(
        carrier=Told(),
        switchboard=Told(),
        links=LINKS,
        settings=Options(),
        clock=Clock(),
        call=lambda _: None,
        known=lambda _: (),
        turns=free_turns(),
    )
    for name, kind in do.BY_NAME.items():
        assert kind.local or name in abstract or kind in performer._does, name


OUTSIDE = [kind for kind in ORDERS if not kind().local]


@pytest.mark.parametrize("kind", OUTSIDE, ids=lambda kind: kind.__name__)
def test_every_order_that_is_not_our_relays_is_known(kind: type[do.Order]) -> None:
    """One that nobody carries out would be called a failure of our own code, call after call."""
    result, _ = performed(kind(), Call(id="c1", stage=Stage.OVER))
    assert getattr(result, "kind", "") != "ours"


def test_a_leg_that_is_listened_to_goes_on_with_its_document() -> None:
    sam = replace(SAM, call_sid="CAsam", screen=Screen.LISTENING)
    call = replace(CALL, stage=Stage.BRIEFING, attempts=(sam,))
    result, carrier = performed(do.ListenToLeg(1, "CAsam"), call)
    assert result is None
    assert carrier.said == [("move_call", ("CAsam", LINKS.human("c1", 1)), {})]
    given_up = replace(call, attempts=(replace(sam, outcome=Outcome.MACHINE),))
    assert performed(do.ListenToLeg(1, "CAsam"), given_up)[1].said == []


NOT_SHOWN = errors.CarrierNotShown("no", status=400, code=21210)


def shown(style: Style, caller_id: str = "", **answers: Any) -> tuple[ev.Event | None, Told]:
    """What came of a dial for a caller who may be shown, and what the carrier was told."""
    carrier = Told(**answers)
    performer = Performer(
        carrier=carrier,
        switchboard=Told(),
        links=LINKS,
        settings=Options(),
        clock=Clock(500.0),
        call=lambda _: replace(CALL, caller="+15550123456"),
        known=lambda _: (),
        turns=free_turns(),
        token={"c1": "a-token"}.__getitem__,
    )
    order = do.DialHuman(
        n=1, name="sam", number="+15550100001", style=style, room_sid="CF1", caller_id=caller_id
    )
    return performer.perform("c1", order), carrier


@pytest.mark.parametrize(("style", "request_"), [(Style.SCREEN, "dial"), (Style.ANNOUNCE, "add_human")])
def test_a_human_sees_the_callers_number_by_the_token_that_came_with_the_caller(
    style: Style, request_: str
) -> None:
    result, carrier = shown(style, **{request_: "CAsam"})
    assert result == ev.HumanDialled(1, "CAsam")
    ((_, _, asked),) = carrier.said
    assert (asked["from_"], asked["call_token"]) == ("+15550123456", "a-token")


def test_a_number_that_may_not_be_shown_is_ours_once_more() -> None:
    result, carrier = shown(Style.SCREEN, dial=[NOT_SHOWN, "CAsam"])
    assert result == ev.HumanDialled(1, "CAsam")
    assert [(asked["from_"], asked["call_token"]) for _, _, asked in carrier.said] == [
        ("+15550123456", "a-token"),
        (Options.number, ""),
    ]


def test_a_human_sees_the_number_that_is_theirs_to_see_whatever_others_do() -> None:
    result, carrier = shown(Style.SCREEN, "+15550100009", dial=[NOT_SHOWN, "CAsam"])
    assert result == ev.HumanDialled(1, "CAsam")
    assert [(asked["from_"], asked["call_token"]) for _, _, asked in carrier.said] == [
        ("+15550100009", ""),
        (Options.number, ""),
    ]


@pytest.mark.parametrize("fault", [errors.CarrierRefused("no", status=400, code=21219), UNSURE])
def test_any_other_failure_of_a_dial_dials_nobody_a_second_time(fault: errors.CarrierError) -> None:
    result, carrier = shown(Style.SCREEN, dial=fault)
    assert isinstance(result, ev.OrderFailed)
    assert carrier.names() == ["dial"]


# Cards ----------------------------------------------------------------------------------------------


def sent_card(order: do.SendCard, settings: Options | None = None, **answers: Any) -> tuple[Any, Told]:
    """What came of it, and what the carrier was told."""
    carrier = Told(**answers)
    return performer(carrier, settings=settings).perform("c1", order), carrier


CARD = do.SendCard(1, "CAsam", "sam", "+15550100001", "", 20.0)


def test_a_card_is_a_short_message_with_who_it_is_from_and_a_link_that_can_be_read_back() -> None:
    result, carrier = sent_card(CARD)
    assert result is None
    ((name, _, asked),) = carrier.said
    head, _, link = asked["body"].rpartition(" ")
    assert (name, head) == ("text", "A call for Sam, from the Tea Shop.")
    assert link == LINKS.card("c1", 1)
    assert LINKS.seals.read_card(link.rpartition("/")[2]) == ("c1", 1)
    assert (asked["to"], asked["from_"]) == ("+15550100001", Options.number)
    assert (asked["seconds"], asked["status_callback"]) == (50, LINKS.card_news("c1", 1))


def test_a_card_comes_from_who_is_to_send_it_in_the_language_of_who_reads_it() -> None:
    settings = Options()
    settings.cards_from = "MG" + "1" * 32
    _, carrier = sent_card(replace(CARD, language="de"), settings)
    ((_, _, asked),) = carrier.said
    assert asked["from_"] == settings.cards_from
    assert asked["body"].startswith("Ein Anruf für Sam")


def test_a_long_name_makes_no_long_message() -> None:
    settings = Options()
    settings.company = "The Very Long Name " * 20
    _, carrier = sent_card(CARD, settings)
    ((_, _, asked),) = carrier.said
    assert len(asked["body"]) < 120 + len(LINKS.card("c1", 1)) + 2
    assert asked["body"].endswith(f" {LINKS.card('c1', 1)}")


@pytest.mark.parametrize("fault", [UNSURE, errors.CarrierRefused("no", status=400, code=21610)])
def test_a_card_of_which_nobody_knows_is_not_sent_again(fault: errors.CarrierError) -> None:
    result, carrier = sent_card(CARD, text=fault)
    assert isinstance(result, ev.OrderFailed)
    assert (result.order, result.key) == ("SendCard", "human-1")
    assert carrier.names() == ["text"]


LET_IN = do.LetHumanIn(1, "CAsam", "CF1", Style.SCREEN)
JOINING = replace(CALL, stage=Stage.JOINING)


def test_who_has_accepted_on_a_card_is_moved_to_the_document_that_joins() -> None:
    result, carrier = performed(LET_IN, JOINING)
    assert result is None
    assert carrier.said[-1] == ("move_call", ("CAsam", LINKS.human("c1", 1)), {})


def test_who_is_in_the_room_meanwhile_is_not_moved() -> None:
    result, carrier = performed(LET_IN, JOINING, find_participant="CAsam")
    assert result == ev.HumanJoined(1, "CF1", "CAsam")
    assert carrier.names() == ["find_participant"]


def test_a_move_of_which_nobody_knows_is_not_repeated() -> None:
    result, carrier = performed(LET_IN, JOINING, move_call=UNSURE)
    assert result == ev.OrderFailed("LetHumanIn", "unsure", "human-1", UNSURE.answer)
    assert carrier.names() == ["find_participant", "move_call"]
