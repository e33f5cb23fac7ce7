"""The judge of chaos: each promise, when it is broken, is seen to be."""

from __future__ import annotations

from typing import Any

import pytest

from tests.calls.world import Row
from tests.chaos.kills import Kill, spread
from tests.chaos.promises import Case, judge
from tests.chaos.scene import Many, of_call
from tests.chaos.weather import weather

CALLER, AI, SAM, KIM = "CAcaller", "CAai", "CAsam", "CAkim"
ROOM = "CF1"
MINE, OTHER = "a" * 24, "b" * 24
NUMBERS = {SAM: "+15550100001", KIM: "+15550100002", AI: "app:AP1", CALLER: "+15550100000"}


class Told:
    """Rows of a call as the network would write them, a second apart."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.leg("dialled", CALLER).leg("answered", CALLER).leg("joined", CALLER)
        self.leg("dialled", AI).leg("joined", AI)
        self.stream("start").note("session", session="s1", state="open")

    def leg(self, event: str, sid: str, **more: Any) -> Told:
        shown = {"direction": "inbound" if sid == CALLER else "outbound-api", "to": NUMBERS.get(sid, "")}
        row = {"call_sid": sid, "label": sid[2:], "conference_sid": ROOM, **shown, **more}
        return self._row("leg", event=event, **row)

    def note(self, event: str, **more: Any) -> Told:
        return self._row("note", event=event, **more)

    def stream(self, event: str) -> Told:
        return self._row("stream", sid="MZ1", msg={"event": event})

    def seconds(self, seconds: int) -> Told:
        """Nothing of interest happens."""
        for _ in range(seconds):
            self.note("nothing")
        return self

    def _row(self, kind: str, **fields: Any) -> Told:
        self.rows.append({"t": float(len(self.rows)), "kind": kind, **fields})
        return self

    def human(self, sid: str, key: str = "1") -> Told:
        """A human is rung, answers and presses this key."""
        self.leg("dialled", sid).leg("answered", sid)
        return self.note("gathered", call_sid=sid, digits=key)


def attempt(sid: str, outcome: str | None, n: int = 1) -> Row:
    style = {"style": "screen", "ended": True, "ended_at": 20.0, "name": sid[2:], "n": n}
    return {"call_sid": sid, "number": NUMBERS[sid], "outcome": outcome, **style}


def case(told: Told, *attempts: Row, stage: str = "over", done: float = 1.0, **more: Any) -> Case:
    journal = [{"event": "CallArrived", "after": stage, "orders": [{"order": "AddAI", "done_at": done}]}]
    call = {"stage": stage, "attempts": list(attempts), "journal": journal, "transcript": []}
    at_end = float(len(told.rows))
    given: dict[str, Any] = {"kept": True, "hung_up": at_end, **more}
    told.leg("left", CALLER, reason="participant_hung_up").leg("ended", CALLER, status="completed")
    return Case(told.rows, CALLER, [call], **given)


def broken(of: Case) -> set[str]:
    """The promises that the judge calls broken."""
    return {name for name, _ in judge(of).broken}


def good() -> Case:
    told = Told().human(SAM).leg("joined", SAM).seconds(2)
    told.leg("left", AI, reason="participant_updated_via_api").leg("ended", AI, status="completed")
    return case(told, attempt(SAM, "accepted"))


def test_a_call_that_went_well_breaks_nothing_and_tests_every_promise() -> None:
    verdicts = judge(good())
    assert verdicts.broken == []
    assert min(verdicts.tested[name] for name in ("caller", "one", "once", "ai", "up", "outcome", "kept")) > 0


def test_a_human_who_is_rung_beside_another_is_seen() -> None:
    told = Told().leg("dialled", SAM).leg("dialled", KIM)
    assert broken(case(told, attempt(SAM, "cancelled"), attempt(KIM, "cancelled", 2))) == {"one"}


def test_two_humans_in_one_room_are_seen() -> None:
    told = Told().human(SAM).leg("joined", SAM).leg("joined", KIM, to=NUMBERS[KIM])
    told.rows.insert(0, {**told.rows[0], "call_sid": KIM, "to": NUMBERS[KIM], "direction": "outbound-api"})
    assert "one" in broken(case(told, attempt(SAM, "accepted"), attempt(KIM, "accepted", 2)))


def test_a_human_who_is_rung_twice_in_one_attempt_is_seen() -> None:
    told = Told().leg("dialled", SAM).leg("ended", SAM, status="busy")
    told.leg("dialled", KIM, to=NUMBERS[SAM]).leg("ended", KIM, status="busy")
    assert broken(case(told, attempt(SAM, "busy"))) == {"once"}


@pytest.mark.parametrize("of", ["callback/b1", "human/c1/2"])
def test_a_human_who_is_rung_for_a_callback_was_not_rung_twice_for_the_call(of: str) -> None:
    told = Told().leg("dialled", SAM).leg("ended", SAM, status="busy")
    url = f"https://x.example/warmtransfer/{of}/leg/1"
    told._row("rest", method="POST", path="/Calls.json", form=[["Url", url]], response={"sid": KIM})
    told.leg("dialled", KIM, to=NUMBERS[SAM]).leg("ended", KIM, status="busy")
    assert broken(case(told, attempt(SAM, "busy"))) == (set() if "callback" in of else {"once"})


@pytest.mark.parametrize("ours", [True, False], ids=["its stream closed by us", "its stream up"])
def test_an_ai_that_is_removed_while_no_human_is_in_is_seen(ours: bool) -> None:
    told = Told().seconds(12)
    if ours:
        told.note("stream-error", sid="MZ1", text="the server closed the socket (1000)")
    told.leg("left", AI, reason="participant_updated_via_api")
    assert broken(case(told)) == {"ai"}


def test_an_ai_whose_stream_broke_may_be_replaced() -> None:
    told = Told().seconds(12).note("stream-error", sid="MZ1", text="no close frame")
    assert broken(case(told.leg("left", AI, reason="participant_hung_up"))) == set()


@pytest.mark.parametrize("another", [True, False], ids=["another is dialled", "nobody comes"])
def test_an_ai_whose_process_leaves_may_be_replaced_and_not_merely_removed(another: bool) -> None:
    told = Told().seconds(12).note("stream-error", sid="MZ1", text="the server closed the socket (1000)")
    told.leg("left", AI, reason="participant_updated_via_api").leg("ended", AI, status="completed")
    if another:
        told.leg("dialled", "CAai2", to=NUMBERS[AI]).leg("joined", "CAai2", to=NUMBERS[AI])
    assert broken(case(told, struck=True)) == (set() if another else {"ai"})


def test_a_caller_whose_leg_ends_by_itself_is_seen() -> None:
    assert broken(case(Told(), hung_up=1000.0)) == {"caller"}
    assert broken(case(Told(), hung_up=None)) == {"caller"}


def test_a_leg_that_is_left_up_is_seen() -> None:
    assert broken(case(Told(), left=["human-1"])) == {"up"}


def test_a_promise_that_is_not_kept_is_seen() -> None:
    assert broken(case(Told(), kept=False)) == {"kept"}


def test_a_document_that_nobody_could_answer_is_no_broken_promise() -> None:
    told = Told()
    form, url = [["CallSid", CALLER]], "https://x.example/warmtransfer/caller/c1/next"
    told._row("webhook", url=url, status=0, form=form)
    of = case(told, hung_up=1000.0)
    assert (broken(of), len(judge(of).limits)) == (set(), 1)


@pytest.mark.parametrize(
    ("status", "key", "outcome"),
    [("busy", "", "no_answer"), ("completed", "1", "no_input"), ("completed", "2", "accepted"),
     ("completed", "", "busy"), ("completed", "1", None), ("completed", "", "machine")],
)  # fmt: skip
def test_an_outcome_that_is_not_what_happened_is_seen(status: str, key: str, outcome: str | None) -> None:
    told = Told().leg("dialled", SAM)
    if status == "completed":
        told.leg("answered", SAM).note("gathered", call_sid=SAM, digits=key)
    told.leg("ended", SAM, status=status)
    assert broken(case(told, attempt(SAM, outcome))) == {"outcome"}


def test_an_order_that_is_still_open_at_the_end_is_seen() -> None:
    assert broken(case(Told(), done=0.0)) == {"orders"}
    assert broken(case(Told(), stage="ai")) == {"orders"}


def test_a_fault_of_our_own_is_seen() -> None:
    assert broken(case(Told(), log="call c1: AddAI failed in our own code")) == {"code"}


def test_the_rows_of_one_call_are_told_from_anothers() -> None:
    mine = Told().rows
    other = {"kind": "leg", "event": "dialled", "call_sid": "CAother", "to": "+1", "t": 3.0}
    rest = {"kind": "rest", "method": "POST", "path": "/Calls.json", "t": 4.0, "status": 201}
    mine_too = {**rest, "form": [["Url", f"https://x/human/{MINE}/1"]], "response": {"sid": SAM}}
    not_mine = {**rest, "form": [["Url", f"https://x/human/{OTHER}/1"]], "response": {"sid": "CAother"}}
    rung = {"kind": "leg", "event": "dialled", "call_sid": SAM, "to": NUMBERS[SAM], "t": 5.0}
    rows = [*mine, other, mine_too, not_mine, rung]
    found = of_call(rows, CALLER, [MINE])
    assert other not in found
    assert not_mine not in found
    assert [mine_too, rung] == found[-2:]
    many = Many()
    for row in rows:
        many.add(row)
    assert many.of_call(CALLER, [MINE]) == found
    many.forget(4.0)
    assert many.of_call(CALLER, [MINE]) == [row for row in found if row["t"] >= 4.0]


def test_any_beginning_of_all_kills_has_every_kind_of_boundary_first() -> None:
    kinds = ["before REST dial", "after REST dial", "before commit of CallerLeft"]
    kills = [Kill(1, story, f"{kind} #{n}") for story in "ab" for kind in kinds for n in (1, 2)]
    mixed = spread(kills)
    assert {kill.boundary.partition(" #")[0] for kill in mixed[:3]} == set(kinds)
    assert sorted(mixed, key=repr) == sorted(kills, key=repr)


def test_a_seed_is_the_same_weather_each_time() -> None:
    assert weather(7) == weather(7)
    assert weather(7) != weather(8)
