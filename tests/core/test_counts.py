"""Which facts count where: late, repeated and foreign news changes nothing."""

from __future__ import annotations

import dataclasses

import pytest

from tests.core.stories import INTO, Again, Story, fact, in_stage, known
from warmtransfer.core import conclusions as so
from warmtransfer.core import events as ev
from warmtransfer.core import orders as do
from warmtransfer.core.call import ELSEWHERE, FREE, SEEKING, WANTED, Stage
from warmtransfer.core.counts import COUNTS, WAITS
from warmtransfer.core.reading import READERS, read
from warmtransfer.core.step import step
from warmtransfer.core.table import TABLE

EVENTS = sorted(COUNTS, key=lambda kind: kind.__name__)
PAST = [stage for stage in Stage if stage not in (Stage.ARRIVING, Stage.CONNECTING)]

#: What the same fact looks like when it is of the leg, stream or room before, or of one that never was.
OLD = {
    "n": (1, 7),
    "attempt": (1, 7),
    "k": (1, 7),
    "generation": (1, 7),
    "room": ("wt-c1", "wt-c2"),
    "room_sid": ("CF1", "CF9"),
    "alarm": (1, 99),
    "key": ("ai-1", "human-1", "ai-7", "human-7"),
}
#: The way of a caller's leg is asked for again by whoever serves it, not by attempts (but see below).
STALE = [
    (kind, field.name, old)
    for kind in EVENTS
    for field in dataclasses.fields(kind)
    for old in OLD.get(field.name, ())
    if kind is not ev.CallerCameBack
]


def test_every_event_counts_somewhere_and_is_read() -> None:
    events = {kind for kind in vars(ev).values() if isinstance(kind, type) and issubclass(kind, ev.Event)}
    assert set(COUNTS) == set(READERS) == events - {ev.Event}
    assert all(COUNTS.values())


def test_every_row_is_of_a_fact_that_counts_in_its_stage() -> None:
    for stage, rows in TABLE.items():
        for kind in rows:
            assert issubclass(kind, so.Conclusion) or stage in COUNTS[kind], (stage, kind)


#: What may be counted in these stages only, whatever becomes of the table.
ONLY: dict[type[ev.Event], set[Stage]] = {
    ev.CallArrived: {Stage.ARRIVING},
    ev.CallerJoined: {Stage.ARRIVING, *WANTED},
    ev.CallerLeft: set(Stage),
    ev.RoomLost: set(Stage) - {Stage.ARRIVING, Stage.OVER, *ELSEWHERE},
    ev.MessageLeft: {Stage.MESSAGE},
    ev.AIAsked: set(WANTED),
    ev.LineHeard: {Stage.HUMAN},
    ev.HandoffAsked: {*WANTED, Stage.HUMAN, Stage.REDIRECTED},
    ev.HumanAccepted: {Stage.BRIEFING, Stage.REDIRECTED},
    ev.HumanDeclined: {Stage.BRIEFING, Stage.REDIRECTED},
    ev.BriefingHeard: {Stage.BRIEFING},
    ev.LegSpoke: {Stage.BRIEFING},
    ev.HumanJoined: {Stage.JOINING},
    ev.LegPresent: {Stage.CANCELLING, Stage.HUMAN},
    ev.BridgeSeen: {Stage.HUMAN},
    ev.Restarted: set(Stage) - {Stage.OVER},
}


@pytest.mark.parametrize("kind", ONLY)
def test_what_decides_a_call_counts_in_few_stages(kind: type[ev.Event]) -> None:
    assert COUNTS[kind] == ONLY[kind]


@pytest.mark.parametrize("kind", EVENTS)
def test_a_fact_changes_nothing_where_it_does_not_count(kind: type[ev.Event]) -> None:
    for stage in set(Stage) - COUNTS[kind]:
        for story in (in_stage(stage), in_stage(stage, Again())):
            before = known(story.call)
            story.tell(fact(kind, story))
            assert (known(story.call), story.last) == (before, ()), stage


@pytest.mark.parametrize(("kind", "name", "old"), STALE)
def test_news_of_an_older_leg_stream_or_room_changes_nothing(
    kind: type[ev.Event], name: str, old: str | int
) -> None:
    """A leg that should not be up any more is ended; that is all."""
    for stage in PAST:
        story = in_stage(stage, Again())
        fresh = fact(kind, story)
        if getattr(fresh, name) == old:
            continue
        before = known(story.call)
        story.tell(dataclasses.replace(fresh, **{name: old}))
        assert known(story.call) == before, stage
        assert all(isinstance(order, do.EndStray) for order in story.last), stage


@pytest.mark.parametrize("stage", [stage for stage in PAST if stage in SEEKING | {Stage.HUMAN}])
@pytest.mark.parametrize("kind", [ev.HumanEnded])
def test_the_end_of_some_other_leg_is_not_the_end_of_this_one(stage: Stage, kind: type[ev.Event]) -> None:
    story = in_stage(stage)
    before = known(story.call)
    story.tell(dataclasses.replace(fact(kind, story), call_sid="CAother"))
    assert (known(story.call), story.last) == (before, ())


def test_a_dial_whose_end_is_told_twice_does_not_end_the_next_one() -> None:
    """Our answer was lost: the caller's leg asks again after attempt 1, and is to dial attempt 2."""
    story = in_stage(Stage.REDIRECTED, Again())
    before = known(story.call)
    story.tell(ev.CallerCameBack(1))
    assert (known(story.call), story.last) == (before, ())


@pytest.mark.parametrize("kind", [kind for kind in vars(so).values() if isinstance(kind, type)])
def test_a_conclusion_cannot_be_posted(kind: type) -> None:
    if kind is so.Conclusion or not issubclass(kind, so.Conclusion):
        return
    story = in_stage(Stage.RINGING)
    with pytest.raises(TypeError, match=kind.__name__):
        step(story.call, kind(), story.at, story.rules)  # type: ignore[arg-type]


def test_conclusions_are_no_events() -> None:
    assert not issubclass(so.Conclusion, ev.Event)


def test_every_stage_belongs_to_one_part_of_a_call() -> None:
    """Whoever adds a stage says here, and so everywhere, what it is about."""
    parts = [{Stage.ARRIVING}, FREE, SEEKING, {Stage.HUMAN}, ELSEWHERE, {Stage.OVER}]
    assert sorted(stage for part in parts for stage in part) == sorted(Stage)
    assert WANTED == FREE | SEEKING
    assert set(INTO) == set(Stage)


def test_a_timer_counts_where_one_is_armed() -> None:
    assert COUNTS[ev.TimedOut] == set(WAITS)


def test_reading_keeps_what_is_new_although_no_row_follows() -> None:
    story = in_stage(Stage.AI)
    call, found = read(story.call, ev.AIJoined(1, story.call.room_sid, "CAnew"), story.rules)
    assert (call.ai.call_sid, type(found)) == ("CAnew", ev.AIJoined)
    assert step(story.call, ev.AIJoined(1, story.call.room_sid, "CAnew"), 0.0, story.rules)[1] == ()


def test_the_stories_with_a_past_have_one() -> None:
    story = in_stage(Stage.RINGING, Again())
    assert (story.n, story.call.ai.k, story.call.room, story.call.ai.generation) == (2, 2, "wt-c1-2", 2)
    assert isinstance(story, Story)
