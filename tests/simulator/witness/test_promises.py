"""Every promise is kept by a good call, and broken by a call in which just the thing it forbids happens."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.simulator.witness.made_call import MadeCall
from warmtransfer.demo.report import report, table
from warmtransfer.simulator.witness import briefing, measures, promises
from warmtransfer.simulator.witness.evidence import Evidence, Leg, Row
from warmtransfer.simulator.witness.timings import NAMES, timings
from warmtransfer.simulator.witness.verdict import Verdict

NOTHING_LEFT = {"leg": 0, "room": 0, "process": 0}


def evidence(folder: Path, **changes: Any) -> Evidence:
    """A hand-made call with these changes."""
    made = replace(MadeCall(), **changes).evidence(folder)
    made.leftovers = dict(NOTHING_LEFT)
    return made


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Evidence:
    """A call in which everything is as promised."""
    return evidence(tmp_path_factory.mktemp("good"))


@pytest.mark.parametrize("name", promises.PROMISES)
def test_a_good_call_keeps_every_promise(good: Evidence, name: str) -> None:
    verdict = promises.PROMISES[name](good)
    assert verdict.ok, verdict.why


#: Promise, what is changed, and words of the reason that is given.
BROKEN: list[tuple[str, dict[str, Any], str]] = [
    ("caller_never_left", {"caller_left": 35.0}, "before hanging up"),
    ("caller_never_in_silence", {"ring_gap": (19.0, 24.0)}, "longest gap"),
    ("caller_never_in_silence", {"greeted": 3.9}, "longest gap"),
    ("caller_never_in_silence", {"asked_hours": 3.4, "hours": 9.6, "barged": 12.0}, "heard nothing for"),
    ("briefing_private", {"leak": 20.0}, "the caller heard"),
    ("briefing_private", {"leak": 22.0, "held": 19.0}, "the caller heard"),
    ("briefing_private", {"leak": 20.0, "held": 27.5, "told": 17.1}, "the caller heard"),
    ("human_briefed_first", {"summary_whole": False}, "cut short"),
    ("human_briefed_first", {"early_voice": 19.5}, "the caller was heard at"),
    ("ai_left_after_human_joined", {"ai_left": 27.0}, "no AI was in the room"),
    ("one_human_at_a_time", {"ended_sam": 16.0}, "was up"),
    ("caller_was_understood", {"recognised": "i do not know"}, "was understood as"),
    ("caller_was_understood", {"dialled_sam": 2.0, "ended_sam": 3.0}, "before the caller spoke"),
    ("caller_was_understood", {"dialled_sam": 12.7}, "neither transcript nor tool call"),
    ("barge_in_obeyed", {"stopped": 10.8, "cut": 3.2}, "after the model noticed"),
    ("barge_in_obeyed", {"cut": None}, "not cut"),
    ("barge_in_obeyed", {"cut": 1.5}, "memory was cut at 1.50 s"),
    ("barge_in_obeyed", {"noticed": 20.0}, "did not notice"),
]


@pytest.mark.parametrize(
    ("name", "changes", "why"), BROKEN, ids=[f"{name}-{'-'.join(changes)}" for name, changes, _ in BROKEN]
)
def test_a_promise_breaks_when_what_it_forbids_happens(
    tmp_path: Path, name: str, changes: dict[str, Any], why: str
) -> None:
    verdict = promises.PROMISES[name](evidence(tmp_path, **changes))
    assert not verdict.ok
    assert why in verdict.why


def test_what_an_announced_human_hears_of_the_room_until_they_are_held_is_no_briefing(tmp_path: Path) -> None:
    found = evidence(tmp_path, held=19.0)
    assert found.met is not None
    assert found.met.overheard == [(17.0, 19.0)]
    verdict = promises.briefing_private(found)
    assert verdict.ok, verdict.why
    assert "pieces of the briefing" in verdict.why


def test_a_caller_who_joins_twice_had_left(good: Evidence) -> None:
    rows = [*good.rows, {**next(row for row in good.rows if row.get("event") == "joined"), "t": 9.0}]
    verdict = promises.caller_never_left(Evidence(rows, good.folder))
    assert not verdict.ok
    assert "2 times" in verdict.why


def test_a_caller_who_never_hung_up_was_dropped(good: Evidence) -> None:
    rows = [row for row in good.rows if row.get("event") != "hangup"]
    assert not promises.caller_never_left(Evidence(rows, good.folder)).ok


def test_a_round_of_the_plan_may_ring_at_once_and_no_more_than_that(tmp_path: Path) -> None:
    found = evidence(tmp_path, ended_sam=16.0)
    found.together = 2
    verdict = promises.one_human_at_a_time(found)
    assert verdict.ok
    assert "never more than 2 at once" in verdict.why


def test_two_humans_in_the_room_break_the_promise_whatever_the_plan(good: Evidence) -> None:
    joined = next(row for row in good.rows if row.get("label") == good.met.label and row["event"] == "joined")  # type: ignore[union-attr]
    other = next(leg for leg in good.kind("human") if leg is not good.met)
    second = {**joined, "call_sid": other.call_sid, "t": joined["t"] + 0.1}
    rows = sorted([*good.rows, second], key=lambda row: row["t"])
    found = Evidence(rows, good.folder, together=2)
    assert "two humans were in the room" in promises.one_human_at_a_time(found).why


def test_an_ai_that_stays_breaks_its_promise(good: Evidence) -> None:
    rows = [row for row in good.rows if row.get("label") != "ai-1" or row["event"] not in ("left", "ended")]
    verdict = promises.ai_left_after_human_joined(Evidence(rows, good.folder))
    assert "never left" in verdict.why


@pytest.mark.parametrize("what", NOTHING_LEFT)
def test_whatever_is_left_over_is_named(good: Evidence, what: str) -> None:
    left = Evidence(good.rows, good.folder, {**NOTHING_LEFT, what: 1})
    assert promises.nothing_left_running(left) == Verdict(False, f"still there: 1 {what}")


def test_a_summary_that_is_not_in_the_recording_was_not_heard(tmp_path: Path) -> None:
    made = MadeCall()
    found = made.evidence(tmp_path)
    found._sounds["kim.wav"] = found.heard(found.met) * 0
    verdict = briefing.human_briefed_first(found)
    assert "not in what" in verdict.why


def test_what_could_not_be_judged_is_not_kept(tmp_path: Path) -> None:
    (tmp_path / "trace.jsonl").write_text("")
    judgement = promises.judge(Evidence.load(tmp_path))
    assert not judgement.ok
    assert not any(verdict.ok for verdict in judgement.verdicts.values())


def test_the_real_model_gets_warnings_for_what_hangs_on_the_script(tmp_path: Path) -> None:
    made = evidence(tmp_path, recognised="something else", cut=None)
    strict, lenient = promises.judge(made), promises.judge(made, lenient=True)
    assert not strict.ok
    assert lenient.ok
    assert {name for name in lenient.verdicts if lenient.warning(name)} == promises.SCRIPTED


def test_the_real_model_gets_no_warning_for_silence(tmp_path: Path) -> None:
    assert not promises.judge(evidence(tmp_path, ring_gap=(19.0, 24.0)), lenient=True).ok


def test_timings_are_those_of_the_story(good: Evidence) -> None:
    found = timings(good)
    assert tuple(found) == NAMES
    asked = measures.ask(good)
    assert asked is not None
    first, summary, keys = good.read_to(good.met)[:3]
    answered = good.met.answered if good.met else None
    assert answered is not None
    wanted = {
        "answer_to_first_word": 660,
        "ask_to_dial": round((13.9 - asked.spoken.end) * 1000),
        "dial_to_answer": 1800,
        "answer_to_first_words": round((first.end - answered) * 1000),
        "answer_to_matter": round((summary.start - answered) * 1000),
        "answer_to_keys": round((keys.end - answered) * 1000),
        "answer_to_accept": 11000,
        "accept_to_joined": 100,
        "joined_to_ai_removed": 1900,
    }
    for name, value in wanted.items():
        assert found[name] == pytest.approx(value, abs=40), name
    assert 0 < (found["longest_silence"] or 0) <= 2000


def test_a_call_without_a_human_has_no_timings_of_one(good: Evidence) -> None:
    rows = [row for row in good.rows if row.get("call_sid") not in ("CA3", "CA4") and row["kind"] != "rest"]
    found = timings(Evidence(rows, good.folder))
    assert found["dial_to_answer"] is None
    assert found["answer_to_first_word"] is not None


def test_the_report_has_the_shape_that_is_promised(good: Evidence) -> None:
    judgement, times = promises.judge(good), timings(good)
    made = report(good, judgement, times, {})
    assert set(made) == {"ok", "promises", "shown", "timings_ms", "legs"}
    assert made["ok"] is True
    assert made["promises"] == dict.fromkeys(promises.PROMISES, True)
    assert [leg["label"] for leg in made["legs"]] == ["caller", "ai-1", "+15550100001", "human-2"]
    assert all(set(leg) == {"label", "call_sid", "started", "ended", "wav"} for leg in made["legs"])
    assert made["legs"][0]["wav"] == "caller.wav"
    assert made["legs"][2]["wav"] is None


def test_a_report_is_not_well_when_what_the_story_is_told_for_is_missing(good: Evidence) -> None:
    judgement, times = promises.judge(good), timings(good)
    shown = {"Sam is told": True, "Lee's phone stops": False}
    assert report(good, judgement, times, shown)["ok"] is False
    text = "\n".join(table(judgement, times, shown))
    assert "MISSING   Lee's phone stops" in text
    assert "1 of what it is told for is missing." in text


def test_what_a_story_does_not_put_to_the_test_is_spared_when_unseen_and_not_when_broken(
    good: Evidence, tmp_path: Path
) -> None:
    assert promises.judge(good, absent=promises.PROMISES).ok
    broken = promises.judge(MadeCall(stopped=11.0).evidence(tmp_path), absent=promises.PROMISES)
    assert not broken.ok
    unseen = promises.Judgement(
        {"barge_in_obeyed": Verdict(False, "nobody spoke", seen=False)}, absent=frozenset({"barge_in_obeyed"})
    )
    assert unseen.ok
    assert "--   nobody spoke" in "\n".join(table(unseen, {}))
    assert report(good, promises.judge(good), {}, {})["promises"]["barge_in_obeyed"] is True


def test_a_human_on_hold_is_not_with_the_caller_before_they_are_let_in(good: Evidence) -> None:
    met = good.met
    assert met is not None
    rows = [{**row, "hold": True} if _joins(row, met) else row for row in good.rows]
    assert Evidence(rows, good.folder).met is None
    let_in = {"kind": "leg", "event": "unheld", "call_sid": met.call_sid, "t": met.joined[0] + 2.0}
    later = Evidence(sorted([*rows, let_in], key=lambda row: row["t"]), good.folder).met
    assert later is not None
    assert later.talks == [met.joined[0] + 2.0]


def test_a_human_who_is_put_through_to_the_callers_own_leg_is_with_the_caller(good: Evidence) -> None:
    met = good.met
    assert met is not None
    rows = [row for row in good.rows if not _joins(row, met)]
    bridge = {"kind": "note", "event": "bridge", "call_sids": ["CA1", met.call_sid], "t": met.joined[0]}
    found = Evidence(sorted([*rows, bridge], key=lambda row: row["t"]), good.folder)
    assert found.met is not None
    assert found.met.label == met.label


def _joins(row: Row, leg: Leg) -> bool:
    return row["kind"] == "leg" and row["event"] == "joined" and row["call_sid"] == leg.call_sid


def test_the_table_names_every_promise_and_timing(good: Evidence) -> None:
    text = "\n".join(table(promises.judge(good), timings(good)))
    assert all(name in text for name in (*promises.PROMISES, *NAMES))
    assert "All promises were kept." in text
    broken = promises.Judgement({"one_human_at_a_time": Verdict(False, "two were up")})
    assert "BROKEN   two were up" in "\n".join(table(broken, {}))


def test_of_several_calls_the_callers_own_is_judged(good: Evidence) -> None:
    """Legs that were in other rooms than the caller's, and another caller, are left out."""
    others = [
        {"kind": "leg", "event": "dialled", "call_sid": "CA8", "direction": "inbound", "t": 0.1},
        {"kind": "leg", "event": "dialled", "call_sid": "CA9", "to": "+15550100009", "t": 0.2},
        {"kind": "leg", "event": "joined", "call_sid": "CA9", "conference_sid": "CF9", "t": 0.3},
        {"kind": "leg", "event": "joined", "call_sid": "CA8", "conference_sid": "CF9", "t": 0.3},
    ]
    assert Evidence([*others, *good.rows], good.folder).caller.call_sid == "CA8"  # type: ignore[union-attr]
    found = Evidence([*others, *good.rows], good.folder, {**NOTHING_LEFT}, caller_sid="CA1")
    assert [leg.call_sid for leg in found.legs] == [leg.call_sid for leg in good.legs]
    assert promises.judge(found).ok
