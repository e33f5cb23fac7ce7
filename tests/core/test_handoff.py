"""Handoffs, told fact by fact."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.stories import ROOM, RULES, Story, in_stage, styled
from warmtransfer.core import briefing
from warmtransfer.core import events as ev
from warmtransfer.core import orders as do
from warmtransfer.core.call import AIState, Call, Outcome, Stage, Style
from warmtransfer.core.legs import Ended, Heard
from warmtransfer.core.rules import Rules
from warmtransfer.core.screening import Said


def test_the_plain_handoff() -> None:
    """AI, ringing, briefing, key 1, join, introduction, AI removed: each once and in this order."""
    story = Story().with_human()
    story.tell(ev.LineHeard(1))
    kinds = [type(order).__name__ for order in story.given]
    first = ["PrepareModel", "AddAI", "LetAISpeak"]
    assert kinds == [*first, "DialHuman", "Introduce", "LimitAI", "CloseModel", "RemoveAI"]
    assert story.call.stage is Stage.HUMAN
    assert story.call.attempts[0].outcome is Outcome.ACCEPTED


def test_two_asks_make_one_handoff_with_the_better_summary() -> None:
    story = Story().ringing().tell(ev.HandoffAsked("words", summary="A better summary."))
    assert story.last == ()
    assert len(story.call.attempts) == 1
    assert story.call.handoff.summary == "A better summary."


def test_who_saw_nobody_rung_betters_nothing_of_what_another_is_rung_for() -> None:
    story = Story().ringing()
    before = story.call.handoff
    for wish in (ev.HandoffAsked("console", "kim", begins=True), ev.HandoffAsked("console", adds_to=2)):
        story.tell(dataclasses.replace(wish, summary="For Kim alone."))
        assert (story.call.handoff, story.last) == (before, ())


def test_more_of_a_wish_that_is_over_is_no_new_one() -> None:
    story = Story().talking().tell(ev.HandoffAsked("console", summary="More.", adds_to=1))
    assert (story.call.stage, story.call.handoff.number, story.last) == (Stage.AI, 0, ())


@pytest.mark.parametrize(
    ("status", "sip", "outcome"),
    [
        (Ended.NO_ANSWER, "", Outcome.NO_ANSWER),
        (Ended.BUSY, "486", Outcome.BUSY),
        (Ended.FAILED, "404", Outcome.UNREACHABLE),
        (Ended.FAILED, "503", Outcome.FAILED),
        (Ended.CANCELLED, "", Outcome.CANCELLED),
    ],
)
def test_a_human_who_cannot_be_had_is_followed_by_the_next(status: Ended, sip: str, outcome: Outcome) -> None:
    story = Story().ringing().tell(ev.HumanEnded(1, status, sip))
    assert story.call.attempts[0].outcome is outcome
    assert story.names() == ["LetAISpeak", "DialHuman"]
    assert story.call.attempts[1].name == "kim"


def test_a_caller_who_waits_is_told_who_is_tried_next() -> None:
    story = Story().ringing().tell(ev.HumanEnded(1, Ended.NO_ANSWER))
    speak = story.last[0]
    assert isinstance(speak, do.LetAISpeak)
    assert "Sam did not answer. Tell the caller that Kim is being called now." in speak.news


def test_after_the_last_human_the_ai_is_told_in_words() -> None:
    story = Story().ringing().tell(ev.HumanEnded(1, Ended.NO_ANSWER), ev.HumanDialled(2, "CAhuman2"))
    story.tell(ev.HumanEnded(2, Ended.BUSY))
    assert story.call.stage is Stage.AI
    speak = story.last[0]
    assert isinstance(speak, do.LetAISpeak)
    assert "Sam did not answer; Kim is on another call" in speak.news


@pytest.mark.parametrize("outcome", [Outcome.DECLINED, Outcome.NO_INPUT, Outcome.MACHINE])
def test_a_gate_that_stays_shut_waits_for_the_leg_to_end_before_the_next_dial(outcome: Outcome) -> None:
    story = Story().briefing()
    if outcome is Outcome.MACHINE:
        story.tell(ev.MachineHeard(1, Heard.MACHINE), ev.LegSpoke(1, Said.GONE))
    else:
        story.tell(ev.HumanDeclined(1, outcome))
    assert (story.call.stage, story.names()) == (Stage.CANCELLING, ["EndHuman"])
    story.tell(ev.HumanEnded(1, Ended.COMPLETED))
    assert (story.call.stage, story.names()) == (Stage.RINGING, ["LetAISpeak", "DialHuman"])
    assert story.call.attempts[0].outcome is outcome


@pytest.mark.parametrize("style", list(Style))
def test_a_mailbox_that_only_the_end_of_its_leg_tells_of_is_a_machine(style: Style) -> None:
    """The news of it was lost, or came while nobody was here."""
    story = Story(styled(style))
    if style is Style.REDIRECT:
        story.talking().tell(ev.HandoffAsked("tool", "", "", ""), ev.HumanDialled(1, "CAhuman1"))
    else:
        story.briefing()
    story.tell(ev.HumanEnded(1, Ended.COMPLETED, "", "CAhuman1", Heard.MACHINE))
    if style is Style.REDIRECT:
        story.tell(ev.CallerCameBack(1, Ended.NO_ANSWER))
    if style is Style.ANNOUNCE:
        story.tell(ev.CallerPresent(ROOM))
    assert story.call.attempts[0].outcome is Outcome.MACHINE
    assert len(story.call.attempts) == 2


def test_news_that_the_ai_was_lost_over_is_told_again() -> None:
    """The process died while the AI was saying that nobody could be had."""
    story = Story().ringing().tell(ev.HumanEnded(1, Ended.NO_ANSWER), ev.HumanDialled(2, "CAhuman2"))
    story.tell(ev.HumanEnded(2, Ended.BUSY), ev.Restarted(), ev.AILeft(1, ROOM, "looked")).ai_up(2)
    assert story.call.stage is Stage.AI
    speak = story.last[0]
    assert isinstance(speak, do.LetAISpeak)
    assert "Sam did not answer; Kim is on another call" in speak.news


def test_a_key_outranks_the_machine_that_the_end_tells_of() -> None:
    story = Story().joining().tell(ev.HumanEnded(1, Ended.COMPLETED, "", "CAhuman1", Heard.MACHINE))
    assert story.call.attempts[0].outcome is Outcome.ACCEPTED


def test_a_redirected_human_who_hung_up_has_answered_although_the_news_of_that_is_lost() -> None:
    """The caller's own leg calls it unanswered, since nobody was put through."""
    story = Story(styled(Style.REDIRECT)).talking()
    story.tell(ev.HandoffAsked("tool", "", "", ""), ev.HumanDialled(1, "CAhuman1"))
    story.tell(ev.HumanEnded(1, Ended.COMPLETED, "", "CAhuman1"), ev.CallerCameBack(1, Ended.NO_ANSWER))
    assert story.call.attempts[0].outcome is Outcome.HUNG_UP


def test_a_key_outranks_the_machine_detection() -> None:
    story = Story().joining().tell(ev.MachineHeard(1, Heard.MACHINE))
    assert (story.call.stage, story.last) == (Stage.JOINING, ())


def test_a_human_who_was_heard_before_their_webhook_came_is_briefed_all_the_same() -> None:
    """The database was away while they answered: their document is asked for again, the detection was not."""
    story = Story().ringing().tell(ev.MachineHeard(1, Heard.HUMAN))
    assert story.call.stage is Stage.RINGING
    assert story.tell(ev.HumanAnswered(1, "CAhuman1")).call.stage is Stage.BRIEFING
    assert story.tell(ev.HumanAnswered(1, "CAhuman1")).last == ()


def test_unknown_is_no_machine_when_there_is_a_gate() -> None:
    story = Story().briefing().tell(ev.MachineHeard(1, Heard.UNKNOWN))
    assert story.call.stage is Stage.BRIEFING


def test_the_ring_guard_ends_the_leg_and_dials_only_after_its_end_is_known() -> None:
    story = Story().ringing().wait()
    assert (story.call.stage, story.names()) == (Stage.CANCELLING, ["EndHuman"])
    story.wait()
    assert story.names() == ["LookForLeg"]
    assert len(story.call.attempts) == 1
    story.tell(ev.HumanEnded(1, Ended.CANCELLED))
    assert story.names() == ["LetAISpeak", "DialHuman"]


@pytest.mark.parametrize(
    ("status", "outcome"),
    [(Ended.BUSY, Outcome.BUSY), (Ended.NO_ANSWER, Outcome.NO_ANSWER), (Ended.CANCELLED, Outcome.TIMED_OUT)],
)
def test_what_the_carrier_knows_of_an_end_outranks_our_own_timer(status: Ended, outcome: Outcome) -> None:
    """The status callback was lost; the look for the leg brings the same word later."""
    story = Story().ringing().wait().tell(ev.HumanEnded(1, status))
    assert story.call.attempts[0].outcome is outcome


def test_a_leg_that_can_neither_be_found_nor_ended_sends_the_caller_back_and_rings_nobody() -> None:
    story = Story().ringing().wait()
    for _ in range(RULES.patience):
        story.wait()
    assert story.call.stage is Stage.AI
    assert len(story.call.attempts) == 1
    story.tell(ev.HumanAnswered(1, "CAhuman1"))
    assert story.names() == ["EndStray"]


def test_an_unsure_dial_is_looked_for_and_never_repeated() -> None:
    story = Story().talking().tell(ev.HandoffAsked("api"))
    story.tell(ev.OrderFailed("DialHuman", "unsure", "human-1"))
    assert (story.call.stage, story.names()) == (Stage.RINGING, ["LookForDial"])
    story.tell(ev.HumanEnded(1, Ended.MISSING))
    assert story.call.attempts[0].outcome is Outcome.ERROR
    assert [order.name for order in story.last if isinstance(order, do.DialHuman)] == ["kim"]
    story.tell(ev.HumanAnswered(1, "CAlate"))
    assert story.last == (do.EndStray("CAlate"),)
    assert story.call.stage is Stage.RINGING


def test_an_unsure_dial_whose_callback_speaks_goes_on() -> None:
    story = Story().talking().tell(ev.HandoffAsked("api"), ev.HumanRang(1, "CAhuman1"))
    story.tell(ev.OrderFailed("DialHuman", "unsure", "human-1"))
    assert story.last == ()
    assert story.tell(ev.HumanAnswered(1, "CAhuman1")).call.stage is Stage.BRIEFING


def test_a_refused_dial_takes_the_next_human_at_once() -> None:
    story = Story().talking().tell(ev.HandoffAsked("tool"), ev.OrderFailed("DialHuman", "refused", "human-1"))
    assert story.call.attempts[0].outcome is Outcome.UNREACHABLE
    assert [order.name for order in story.last if isinstance(order, do.DialHuman)] == ["kim"]


def test_a_target_is_rung_first() -> None:
    story = Story().talking().tell(ev.HandoffAsked("tool", target="Kim"))
    assert story.call.attempts[0].name == "kim"


def test_nobody_to_ring_is_said_and_the_ai_stays() -> None:
    story = Story(Rules()).talking().tell(ev.HandoffAsked("tool"))
    assert (story.call.stage, story.names()) == (Stage.AI, ["LetAISpeak"])


def test_the_human_leaves_and_the_ai_returns_with_the_news() -> None:
    story = Story().with_human().tell(ev.LineHeard(1), ev.AILeft(1, ROOM), ev.HumanLeft(1, ROOM))
    assert story.call.stage is Stage.RETURNING
    assert story.names() == [
        *("EndHuman", "CloseModel", "PrepareModel", "LookForCaller", "ComfortCaller", "AddAI")
    ]
    story.ai_up(2)
    assert story.call.stage is Stage.AI
    assert "Sam has just left the call" in story.last[0].news  # type: ignore[attr-defined]


def test_a_human_who_leaves_during_the_introduction_brings_the_ai_back_on_a_new_leg() -> None:
    story = Story().with_human().tell(ev.HumanEnded(1, Ended.COMPLETED))
    assert story.call.stage is Stage.RETURNING
    assert story.call.ai.k == 2


def test_a_caller_gone_while_the_human_is_briefed_is_told_to_the_human_in_words() -> None:
    story = Story().briefing().tell(ev.CallerLeft(ROOM, "participant_hung_up"))
    assert story.names() == ["TellHuman", "CloseModel", "EndAI"]
    assert story.call.attempts[0].outcome is Outcome.CALLER_LEFT


def test_old_news_of_a_human_who_is_being_told_does_not_end_their_leg() -> None:
    """A status callback may come twice, or late."""
    story = Story().briefing().tell(ev.CallerLeft(ROOM, "participant_hung_up"))
    (told,) = [order for order in story.last if isinstance(order, do.TellHuman)]
    for news in (ev.HumanRang, ev.HumanAnswered, ev.HumanDialled):
        story.tell(news(1, told.call_sid))
        assert story.names() == []
    assert story.tell(ev.HumanAnswered(1, "CAother")).last == (do.EndStray("CAother"),)


def test_a_leg_that_turns_up_after_the_end_is_ended() -> None:
    story = Story().connecting().tell(ev.CallerLeft(ROOM)).tell(ev.AIAdded(1, "CAlate"))
    assert story.last == (do.EndStray("CAlate"),)


def test_the_ai_is_brought_back_twice_and_then_a_human_is_asked_for() -> None:
    story = Story().talking()
    for k in (2, 3):
        story.tell(ev.AILeft(k - 1, ROOM))
        assert story.call.stage is Stage.RETURNING
        story.ai_up(k)
        assert story.call.stage is Stage.AI
    story.tell(ev.AILeft(3, ROOM))
    assert story.call.stage is Stage.RINGING
    assert story.call.handoff.source == "model_down"


def test_with_no_ai_and_no_human_the_caller_may_leave_a_message() -> None:
    story = in_stage(Stage.MESSAGE)
    assert story.names() == ["RedirectCaller"]
    story.tell(ev.CallerLeft(ROOM, "moved"), ev.CallerCameBack())
    assert story.call.stage is Stage.MESSAGE
    assert story.tell(ev.MessageLeft("url", 5)).call.stage is Stage.OVER
    assert "EndCaller" not in story.names()


def test_announce_needs_the_briefing_heard_and_a_human_heard() -> None:
    for facts in (
        [ev.BriefingHeard(1), ev.MachineHeard(1, Heard.HUMAN)],
        [ev.MachineHeard(1, Heard.HUMAN), ev.BriefingHeard(1)],
    ):
        story = Story(styled(Style.ANNOUNCE)).briefing()
        assert story.names() == ["BriefOnHold"]
        story.tell(facts[0])
        assert story.call.stage is Stage.BRIEFING
        story.tell(facts[1])
        assert (story.call.stage, story.names()) == (Stage.JOINING, ["LetHumanIn"])


@pytest.mark.parametrize("joining", [False, True])
def test_nobody_is_rung_for_a_caller_who_may_have_ended_the_room_of_an_announced_human(joining: bool) -> None:
    """The leg's status can come before the news that the caller has left."""
    story = Story(styled(Style.ANNOUNCE)).briefing()
    if joining:
        story.tell(ev.BriefingHeard(1), ev.MachineHeard(1, Heard.HUMAN))
    story.tell(ev.HumanEnded(1, Ended.COMPLETED, call_sid="CAhuman1"))
    assert (story.call.stage, story.names()) == (Stage.CANCELLING, ["LookForCaller"])
    story.tell(ev.CallerLeft(ROOM, "participant_hung_up"))
    outcome = Outcome.ACCEPTED if joining else Outcome.CALLER_LEFT
    assert [each.outcome for each in story.call.attempts] == [outcome]


@pytest.mark.parametrize("how", ["seen", "unseen"])
def test_an_announced_human_who_hangs_up_has_hung_up(how: str) -> None:
    story = Story(styled(Style.ANNOUNCE)).briefing().tell(ev.HumanLeft(1, ROOM, "participant_hung_up"))
    story.tell(ev.CallerPresent(ROOM)) if how == "seen" else story.wait()
    assert story.call.attempts[0].outcome is Outcome.HUNG_UP
    assert (story.call.stage, story.call.attempts[1].name) == (Stage.RINGING, "kim")


def test_announce_takes_unknown_for_a_machine() -> None:
    story = Story(styled(Style.ANNOUNCE)).briefing().tell(ev.MachineHeard(1, Heard.UNKNOWN))
    assert story.call.attempts[0].outcome is Outcome.MACHINE


def test_redirect_saves_the_stage_first_and_comes_back_in_a_new_room() -> None:
    story = in_stage(Stage.REDIRECTED)
    assert story.names() == ["RedirectCaller"]
    story.tell(ev.CallerLeft(ROOM, "the room ended"))
    story.tell(ev.StreamEnded(1, "stopped"), ev.CallerCameBack())
    assert story.call.stage is Stage.REDIRECTED
    story.tell(ev.CallerCameBack(1, Ended.NO_ANSWER))
    assert (story.call.stage, len(story.call.attempts)) == (Stage.REDIRECTED, 2)
    story.tell(ev.CallerCameBack(2, Ended.BUSY))
    assert (story.call.stage, story.call.room) == (Stage.RETURNING, "wt-c1-2")
    story.tell(ev.CallerJoined("wt-c1-2", "CF2", "CAcaller")).ai_up(2)
    assert story.call.stage is Stage.AI
    assert "Sam did not answer; Kim is on another call" in story.last[0].news  # type: ignore[attr-defined]


def test_redirect_accepted_and_over() -> None:
    story = in_stage(Stage.REDIRECTED).tell(ev.HumanAnswered(1, "CAhuman1"), ev.HumanAccepted(1))
    assert story.call.stage is Stage.HUMAN
    assert story.tell(ev.CallerCameBack(1, Ended.COMPLETED)).call.stage is Stage.RETURNING
    assert "Sam has just left" in story.call.news


def test_a_redirected_human_who_hangs_up_is_told_of_whatever_comes_first() -> None:
    """The leg's status and the caller's Dial action come in either order."""
    story = in_stage(Stage.REDIRECTED).tell(ev.HumanAnswered(1, "CAhuman1"), ev.HumanAccepted(1))
    story.tell(ev.HumanEnded(1, Ended.COMPLETED, call_sid="CAhuman1"), ev.CallerCameBack(1, Ended.COMPLETED))
    assert (story.call.stage, story.call.attempts[0].outcome) == (Stage.RETURNING, Outcome.ACCEPTED)
    assert "Sam has just left" in story.call.news


def test_a_redirected_caller_who_leaves_while_it_rings_is_what_ended_the_leg() -> None:
    story = in_stage(Stage.REDIRECTED)
    story.tell(ev.HumanEnded(1, Ended.CANCELLED, call_sid="CAhuman1"), ev.CallerLeft(why="completed"))
    assert story.call.attempts[0].outcome is Outcome.CALLER_LEFT


@pytest.mark.parametrize(
    ("status", "sip", "dial", "outcome"),
    [
        (Ended.NO_ANSWER, "487", Ended.NO_ANSWER, Outcome.NO_ANSWER),
        (Ended.BUSY, "486", Ended.BUSY, Outcome.BUSY),
        (Ended.FAILED, "404", Ended.FAILED, Outcome.UNREACHABLE),
    ],
)
def test_a_redirected_attempt_ends_as_leg_and_dial_tell(
    status: Ended, sip: str, dial: Ended, outcome: Outcome
) -> None:
    story = in_stage(Stage.REDIRECTED).tell(ev.HumanEnded(1, status, sip, "CAhuman1"))
    story.tell(ev.CallerCameBack(1, dial))
    assert story.call.attempts[0].outcome is outcome
    assert (story.call.stage, len(story.call.attempts)) == (Stage.REDIRECTED, 2)


def test_who_hangs_up_while_briefed_has_not_declined_and_is_so_stored_for_the_release_before() -> None:
    story = Story().briefing().tell(ev.HumanEnded(1, Ended.COMPLETED, "", "CAhuman1"))
    (dialled,) = (order for order in story.last if isinstance(order, do.DialHuman))
    assert dialled.n == 2
    stored = story.call.to_dict()
    assert (stored["attempts"][0]["outcome"], stored["attempts"][0]["exactly"]) == ("declined", "hung_up")
    assert Call.from_dict(stored).attempts[0].outcome is Outcome.HUNG_UP
    assert "Sam could not take the call" in briefing.progress(story.call)


def test_a_human_who_hangs_up_during_the_whisper_has_hung_up() -> None:
    story = in_stage(Stage.REDIRECTED).tell(
        ev.HumanAnswered(1, "CAhuman1"), ev.CallerCameBack(1, Ended.NO_ANSWER)
    )
    assert story.call.attempts[0].outcome is Outcome.HUNG_UP


def test_a_redirected_caller_with_neither_human_nor_ai_leaves_a_message() -> None:
    """Not another lap over the same humans."""
    story = Story(styled(Style.REDIRECT)).talking()
    story.tell(ev.ModelLost(story.call.ai.generation, "insufficient_quota", fatal=True))
    assert (story.call.stage, story.names()) == (Stage.REDIRECTED, ["RedirectCaller"])
    story.tell(ev.CallerCameBack(1, Ended.BUSY), ev.CallerCameBack(2, Ended.BUSY))
    assert story.call.stage is Stage.MESSAGE
    assert "RedirectCaller" not in story.names()  # the caller is asking for the document already


def test_after_a_redirect_a_human_of_another_style_is_reached_in_the_same_way() -> None:
    sam = dataclasses.replace(RULES.humans[0], style=Style.REDIRECT)
    story = Story(Rules(humans=(sam, RULES.humans[1]))).talking()
    story.tell(ev.HandoffAsked("tool"), ev.CallerCameBack(1, Ended.NO_ANSWER))
    assert (story.call.stage, story.call.attempts[1].style) == (Stage.REDIRECTED, Style.REDIRECT)


def test_a_redirect_that_cannot_be_ordered_goes_back_to_the_ai_in_whatever_state_it_is() -> None:
    story = in_stage(Stage.REDIRECTED)
    assert story.tell(ev.OrderFailed("RedirectCaller", "unsure")).call.stage is Stage.AI
    story = in_stage(Stage.REDIRECTED).tell(ev.StreamEnded(1, "broken"))
    assert story.tell(ev.OrderFailed("RedirectCaller", "unsure")).call.stage is Stage.RETURNING
    assert "AddAI" in story.names()


def test_detection_stands_in_for_a_lost_answer() -> None:
    """Style announce has no document that tells of the answer."""
    story = Story(styled(Style.ANNOUNCE)).ringing().tell(ev.MachineHeard(1, Heard.HUMAN))
    assert (story.call.stage, story.names()) == (Stage.BRIEFING, ["BriefOnHold"])
    assert story.tell(ev.BriefingHeard(1)).call.stage is Stage.JOINING
    story = Story(styled(Style.ANNOUNCE)).ringing().tell(ev.MachineHeard(1, Heard.MACHINE))
    assert (story.call.stage, story.names()) == (Stage.CANCELLING, ["EndHuman"])


def test_a_restart_is_no_loss_of_the_ai_and_its_leg_is_looked_for() -> None:
    story = in_stage(Stage.AI).tell(ev.Restarted())
    assert story.call.stage is Stage.RETURNING
    assert {"LookForCaller", "LookForAI"} <= set(story.names())
    story.tell(ev.AIAsked(1, "token"), ev.StreamUp(2), ev.AIUp(2))
    assert (story.call.stage, story.call.ai.losses) == (Stage.AI, ())
    assert "interrupted" in story.last[0].news  # type: ignore[attr-defined]


def test_losses_before_a_restart_do_not_count_and_its_timers_begin_anew() -> None:
    """A process that is being stopped loses streams one after the other, and then nobody hears any news."""
    story = in_stage(Stage.AI).tell(ev.AIAsked(1, "t2"), ev.AIAsked(1, "t3"))
    before = story.call.alarm_at
    story.tell(ev.Restarted(), after=30.0)
    assert story.call.alarm_at > before + 20.0
    story.tell(ev.AILeft(1, ROOM, "looked"))
    assert (story.call.stage, len(story.call.ai.losses)) == (Stage.RETURNING, 1)


def test_an_introduction_cut_short_by_a_restart_is_over() -> None:
    assert "RemoveAI" in in_stage(Stage.HUMAN).tell(ev.Restarted()).names()


def test_a_leg_of_the_ai_that_ended_meanwhile_is_replaced() -> None:
    for stage in (Stage.AI, Stage.RINGING, Stage.BRIEFING):
        story = in_stage(stage).tell(ev.Restarted(), ev.AILeft(1, ROOM, "looked"))
        assert "AddAI" in story.names()


LEG = st.integers(1, 4)
FACTS = st.one_of(
    st.just(ev.CallerJoined("wt-c1", ROOM, "CAcaller")),
    st.builds(ev.AIAdded, LEG, st.just("CAai")),
    st.builds(ev.AIAsked, LEG, st.just("token")),
    st.builds(ev.StreamUp, LEG),
    st.builds(ev.AIUp, LEG),
    st.builds(ev.StreamEnded, LEG),
    st.builds(ev.ModelLost, LEG, st.just("gone"), st.booleans()),
    st.builds(ev.AILeft, LEG, st.just(ROOM)),
    st.builds(ev.StreamFailed, LEG),
    st.builds(ev.AIIdle, LEG),
    st.builds(ev.LastResortReached, LEG, st.just("CAdesk"), st.just("+15550100099"), st.booleans()),
    st.builds(ev.HandoffAsked, st.just("tool")),
    st.builds(ev.HumanDialled, LEG, st.just("CAhuman")),
    st.builds(ev.HumanAnswered, LEG, st.just("CAhuman")),
    st.builds(ev.HumanAccepted, LEG),
    st.builds(ev.HumanDeclined, LEG, st.just(Outcome.DECLINED)),
    st.builds(ev.MachineHeard, LEG, st.sampled_from(Heard)),
    st.builds(ev.HumanJoined, LEG, st.just(ROOM), st.just("CAhuman")),
    st.builds(ev.HumanLeft, LEG, st.just(ROOM)),
    st.builds(ev.HumanEnded, LEG, st.sampled_from(Ended)),
    st.builds(
        ev.OrderFailed,
        st.sampled_from(["DialHuman", "AddAI", "EndHuman"]),
        st.just("unsure"),
        st.just("human-1"),
    ),
    st.just(ev.RoomLost(ROOM)),
    st.just(ev.CallerCameBack()),
    st.just(ev.Restarted()),
    st.just("timer"),
)


@settings(max_examples=400, deadline=None)
@given(st.lists(FACTS, max_size=40))
def test_whatever_happens_one_human_at_a_time_and_nobody_after_the_end(facts: list[ev.Event | str]) -> None:
    """No dial while another attempt's leg may be up; nothing is added once the caller has gone."""
    story = Story().arrived()
    for fact in facts:
        if fact == "timer":
            if story.call.alarm_at:
                story.wait()
        elif isinstance(fact, ev.Event):
            story.tell(fact)
        if any(isinstance(order, do.DialHuman) for order in story.last):
            assert all(attempt.ended for attempt in story.call.attempts[:-1])
        if story.call.stage is Stage.OVER:
            assert not any(isinstance(order, do.DialHuman | do.AddAI) for order in story.last)
        if story.call.stage in (Stage.RINGING, Stage.BRIEFING, Stage.CANCELLING, Stage.JOINING):
            assert story.call.alarm_at
    story.tell(ev.CallerLeft(why="completed"))
    assert story.call.stage is Stage.OVER
    assert story.call.ai.state is AIState.ABSENT
