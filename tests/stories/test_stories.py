"""Every story under every law: which cells there are, how they are judged and kept; and one is told."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from tests.chaos.accounts import account
from tests.chaos.promises import Case
from tests.chaos.stories import Told
from tests.stories.__main__ import main
from tests.stories.catalogue import DEMOS, STORIES
from tests.stories.cells import Cell, Ledger, Row, Stage, steady, touching
from tests.stories.judging import PROMISES, still_up, unclaimed
from tools import stories
from tools.tables import PAGES, filled, places
from warmtransfer.simulator.network.laws import LAWS
from warmtransfer.simulator.phones.scripts import reaction
from warmtransfer.simulator.phones.steps import check_steps


def row(story: str, laws: str = "", **more: object) -> Row:
    """What stands in the ledger of a call."""
    usual: Row = {
        "story": story, "laws": laws, "tested": ["caller", "caller_never_in_silence"], "broken": [],
        "limits": [], "timings": {"answer_to_first_word": 900, "longest_silence": 1400},
        "decided": ["callbacks"],
    }  # fmt: skip
    return {**usual, **more}


# Which ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", list(STORIES))
def test_every_story_can_be_told(name: str) -> None:
    story = STORIES[name]
    check_steps(list(story.steps))
    assert all(reaction(phone) for phone in story.phones)
    assert unclaimed(story) <= set(PROMISES)


def test_stories_have_names_of_their_own_and_those_of_the_demo_are_among_them() -> None:
    assert not [
        name for name, times in Counter(story.name for story in STORIES.values()).items() if times > 1
    ]
    assert set(DEMOS) <= set(STORIES)


def test_a_story_is_told_as_usual_before_it_is_known_which_laws_touch_it() -> None:
    assert touching("nobody answers", {}) == [Cell("nobody answers")]


def test_a_law_that_had_something_to_decide_touches_a_story_by_each_of_its_other_answers() -> None:
    told = {Cell("x"): ["amd", "callbacks", "dropped_stream"]}
    assert [cell.laws for cell in touching("x", told)] == [
        "", "dropped_stream=next_verb", "dropped_stream=leg_ends", "callbacks=late", "callbacks=twice",
        "callbacks=shuffled", "callbacks=lost:0.3", "amd=late",
    ]  # fmt: skip
    assert sum(len(answers) - 1 for answers in LAWS.values()) > len(touching("x", told))


def test_what_is_to_be_decided_only_under_another_answer_is_told_under_both() -> None:
    told = {Cell("x"): ["dropped_stream"], Cell("x", "dropped_stream=leg_ends"): ["lone_participant"]}
    laws = [cell.laws for cell in touching("x", told)]
    assert laws[-1] == "dropped_stream=leg_ends,lone_participant=nothing"
    assert Cell("x", laws[-1]).answers == {"dropped_stream": "leg_ends", "lone_participant": "nothing"}


# How ----------------------------------------------------------------------------------------------------


def leg(t: float, sid: str, event: str, **more: object) -> Row:
    """A leg's row of the trace."""
    return {"kind": "leg", "t": t, "call_sid": sid, "event": event, "label": sid, **more}


def test_a_leg_that_outlives_the_caller_is_told_unless_it_was_ordered_to_end_in_time() -> None:
    rows = [leg(0, "CA1", "dialled", direction="inbound"), leg(1, "CA2", "dialled"), leg(9, "CA1", "ended")]
    late = [*rows, leg(14, "CA2", "ended")]
    assert "CA2 was ended 5.0 s later" in still_up(late, "CA1")
    assert "never" in still_up(rows, "CA1")
    ordered = {"kind": "rest", "t": 10, "method": "POST", "path": "/Calls/CA2.json", "call_sid": ""}
    assert still_up([*late, ordered], "CA1") == ""


def test_a_style_that_takes_the_caller_out_of_the_room_does_not_claim_that_they_stay() -> None:
    assert "caller_never_left" in unclaimed(STORIES["redirected, and back"])
    assert unclaimed(STORIES["the second human takes it"]) == frozenset()


def test_a_slow_answer_of_the_app_may_be_the_machines_fault() -> None:
    assert steady([{"kind": "webhook", "took": 0.2}, {"kind": "leg"}])
    assert not steady([{"kind": "webhook", "took": 1.2}])


def test_a_broken_promise_is_kept_with_the_command_that_tells_it_again(tmp_path: Path) -> None:
    cell = Cell("nobody answers", "amd=late")
    ledger = Ledger(tmp_path / "cells.jsonl")
    ledger.note(
        cell, row(cell.story, cell.laws, broken=[["caller", "out of the room"]]), Case([], "", [], 1.0)
    )
    (told,) = tmp_path.glob("broken-*.txt")
    assert told.read_text().startswith('python -m tests.stories --story "nobody answers" --laws "amd=late"\n')
    again = Ledger(tmp_path / "cells.jsonl")
    assert set(again.rows) == {cell}, "it goes on where it stopped"


@pytest.mark.parametrize(("broken", "status"), [([], 0), ([["caller", "out of the room"]], 1)])
def test_the_exit_status_tells_of_a_broken_promise(tmp_path: Path, broken: list[object], status: int) -> None:
    cells = [json.dumps(row("only the AI", broken=broken))]
    (tmp_path / "cells.jsonl").write_text("\n".join(cells) + "\n")
    assert main(["--seconds", "0", "--out", str(tmp_path)]) == status
    assert "| only the AI | 1 | 2 |" in (tmp_path / "stories.md").read_text()
    assert json.loads((tmp_path / "stories.json").read_text())["left"] > len(STORIES)


# The tables ---------------------------------------------------------------------------------------------


def test_the_tables_of_the_documents_are_what_the_kept_results_say() -> None:
    made = stories.tables(stories.kept())
    for page, mine in places(PAGES, made).items():
        assert filled(page.read_text(), mine) == page.read_text(), page.name
    assert stories.headline(stories.kept()) in (PAGES[0]).read_text()


def test_a_row_has_median_and_95th_of_a_hundred_and_the_longest_silence() -> None:
    cells = [
        row("x", timings={"answer_to_first_word": ms, "longest_silence": ms}) for ms in range(100, 2100, 100)
    ]
    table = stories.tables({"date": "2026-11-30", "left": 0, "cells": cells})["stories"]
    assert "| x | 20 | 40 | 0 | 1.0 / 1.9 s |  |  |  | 2.0 s |" in table
    assert "20 calls, 1 stories as usual" in table


def test_a_law_that_no_story_comes_to_is_named() -> None:
    told = {
        "date": "",
        "left": 3,
        "cells": [row("x", decided=[law for law in LAWS if law != "trial_caller"])],
    }
    assert "none came to what these decide: `trial_caller`." in stories.tables(told)["stories-laws"]
    whole = stories.tables({**told, "left": 0})["stories-laws"]
    assert "the simulator's own tests do: `trial_caller`." in whole
    assert "At least 3 calls are yet to be told" in stories.headline(told)


# A sample -----------------------------------------------------------------------------------------------

SAMPLE = Cell("the first does not answer, the second takes it", "callbacks=shuffled")


@pytest.mark.timeout(300)  # on a machine that others use it is told again, more slowly
def test_a_story_under_a_law_that_touches_it_breaks_no_promise() -> None:
    stage = Stage()
    try:
        told, case = stage.tell(SAMPLE)
    finally:
        stage.close()
    assert {"callbacks", "amd", "app_sid"} <= set(told["decided"])
    assert not told["broken"], "\n".join(account(case))
    heard = {"human_briefed_first", "briefing_private", "caller_never_in_silence", "one_human_at_a_time"}
    assert heard | {"caller", "kept", "gone"} <= set(told["tested"])
    assert isinstance(STORIES[SAMPLE.story], Told)
