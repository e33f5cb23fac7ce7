"""Capacity is decided in the database: whose telephone is in use, on real SQLite files and PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import text

from tests.core.stories import KIM, RULES, SAM, Story
from tests.ports.store.databases import create, database
from tests.ports.store.test_store import together
from warmtransfer.core import events as ev
from warmtransfer.core.call import Call, Stage
from warmtransfer.core.legs import Ended
from warmtransfer.core.outcomes import Outcome
from warmtransfer.core.plans import Known
from warmtransfer.core.rules import Human, Rules
from warmtransfer.desk.deciding import decided
from warmtransfer.errors import StoreBusy
from warmtransfer.ports.store.owner import Owner
from warmtransfer.ports.store.records import Decision, Ringing
from warmtransfer.ports.store.store import Store

Open = Callable[..., Store]
NOW = 50_000.0


def talking(store: Store, call_id: str, caller: str = "+15550109999") -> str:
    """A stored call whose AI has the caller."""
    call = Story().talking().call
    fields = {name: getattr(call, name) for name in ("stage", "ai", "alarm", "alarm_at", "room_sid")}
    create(store, call_id, caller=caller, **fields)
    return call_id


def tell(store: Store, call_id: str, *facts: ev.Event, at: float = NOW, rules: Rules = RULES) -> Call:
    """Have these decided one after the other, as the desk has."""
    for fact in facts:
        found = store.decide(
            call_id,
            lambda call, fact=fact: decided(call or Call(id=call_id), fact, at, rules),  # type: ignore[misc]
            20.0,
        )
        assert found is not None
    return found.call


def asks(store: Store, call_id: str, at: float = NOW, rules: Rules = RULES, target: str = "") -> list[str]:
    """Who is rung for this caller."""
    call = tell(store, call_id, ev.HandoffAsked("tool", target), at=at, rules=rules)
    return [each.name for each in call.attempts if each.handoff == call.handoff.number]


def claimed(url: str) -> list[tuple[str, int, str]]:
    """The seats that are taken."""
    with database(url) as db:
        rows = db.execute(text("SELECT telephone, seat, call_id FROM warmtransfer_claim ORDER BY 1, 2"))
        return [(row[0], row[1], row[2]) for row in rows]


def over(n: int, how: Ended = Ended.COMPLETED) -> ev.Event:
    return ev.HumanEnded(n, how, call_sid=f"CAhuman{n}")


def test_whoever_is_rung_for_one_caller_is_not_rung_for_another(store: Store, url: str) -> None:
    assert asks(store, talking(store, "c1")) == ["sam"]
    assert asks(store, talking(store, "c2")) == ["kim"]
    assert asks(store, talking(store, "c3"), at=NOW + 180.0) == []
    call = store.load("c3")
    assert call is not None
    assert [(each.name, each.why, each.since) for each in call.handoff.skipped] == [
        ("sam", "busy", NOW),
        ("kim", "busy", NOW),
    ]
    assert claimed(url) == [(SAM.number, 0, "c1"), (KIM.number, 0, "c2")]


def test_the_journal_says_who_was_passed_over_and_why(store: Store) -> None:
    asks(store, talking(store, "c1"))
    asks(store, talking(store, "c2"))
    assert "skipped" not in store.journal("c1")[-1].data
    assert store.journal("c2")[-1].data["skipped"] == [{"name": "sam", "why": "busy", "since": NOW}]


def test_fifty_who_ask_at_the_same_moment_never_share_a_human(url: str, open_store: Open) -> None:
    three = Rules(humans=(SAM, KIM, Human("lee", "+15550100003", at_once=2)))
    stores = [open_store(url, 4) for _ in range(1 if url.startswith("sqlite") else 2)]
    for n in range(50):
        talking(stores[0], f"c{n:02}")
    jobs = [lambda n=n: asks(stores[n % len(stores)], f"c{n:02}", rules=three) for n in range(50)]
    rung = sorted(name for names in together(jobs) for name in names)
    assert rung == ["kim", "lee", "lee", "sam"]
    assert len(claimed(url)) == 4


@pytest.mark.parametrize("how", [Ended.BUSY, Ended.COMPLETED])
def test_a_telephone_is_free_as_soon_as_its_leg_has_ended(store: Store, url: str, how: Ended) -> None:
    asks(store, talking(store, "c1"))
    tell(store, "c1", ev.HumanDialled(1, "CAhuman1"), ev.HumanAnswered(1, "CAhuman1"))
    assert len(claimed(url)) == 1
    tell(store, "c1", ev.HumanDeclined(1, Outcome.DECLINED), over(1, how))
    assert claimed(url) == [(KIM.number, 0, "c1")], "the next one is rung in its place"


def test_who_talks_with_a_caller_is_taken_until_their_leg_has_ended_and_not_only_the_talk(
    store: Store, url: str
) -> None:
    asks(store, talking(store, "c1"))
    sid = "CAhuman1"
    tell(store, "c1", ev.HumanDialled(1, sid), ev.HumanAnswered(1, sid), ev.HumanAccepted(1),
         ev.HumanJoined(1, "CF1", sid), ev.HumanLeft(1, "CF1"))  # fmt: skip
    assert claimed(url) == [(SAM.number, 0, "c1")]
    tell(store, "c1", over(1))
    assert claimed(url) == []


def test_who_listens_is_rung_for_no_caller_until_their_leg_has_ended(store: Store, url: str) -> None:
    """Sam listens: a caller who asks meanwhile is Kim's, and the next waits until Sam has hung up."""
    listen = ev.SuperviseAsked("api", "sam")
    tell(store, talking(store, "c1"), listen, ev.SupervisorDialled(1, "CAsup"))
    assert claimed(url) == [(SAM.number, 0, "c1")]
    assert asks(store, talking(store, "c2")) == ["kim"]
    assert tell(store, talking(store, "c3"), listen).supervisor is None, "nor to listen to another call"
    assert asks(store, "c3", target="sam") == []
    tell(store, "c1", ev.SupervisorEnded(1))
    assert claimed(url) == [(KIM.number, 0, "c2")]
    call = tell(store, "c3", ev.TurnCame())
    assert [each.name for each in call.trying] == ["sam"]


def test_whose_phone_rings_for_a_caller_is_not_rung_to_listen(store: Store, url: str) -> None:
    assert asks(store, talking(store, "c1")) == ["sam"]
    call = tell(store, talking(store, "c2"), ev.SuperviseAsked("api", "sam"))
    assert call.supervisor is None
    assert claimed(url) == [(SAM.number, 0, "c1")]


def test_who_asks_at_the_same_moment_for_a_caller_and_to_listen_shares_nobody(
    url: str, open_store: Open
) -> None:
    stores = [open_store(url, 4) for _ in range(1 if url.startswith("sqlite") else 2)]
    one = Rules(humans=(SAM,))
    for n in range(12):
        talking(stores[0], f"c{n:02}")

    def wants(n: int) -> bool:
        here, wish = stores[n % len(stores)], ev.SuperviseAsked("api", "sam")
        if n % 2:
            return bool(asks(here, f"c{n:02}", rules=one))
        return tell(here, f"c{n:02}", wish, rules=one).supervisor is not None

    assert together([lambda n=n: wants(n) for n in range(12)]).count(True) == 1
    assert len(claimed(url)) == 1


def test_the_seat_of_who_listened_goes_with_the_call_when_nobody_tells_of_their_end(
    store: Store, url: str
) -> None:
    tell(store, talking(store, "c1"), ev.SuperviseAsked("api", "sam"), ev.SupervisorDialled(1, "CAsup"))
    call = tell(store, "c1", ev.CallerLeft("CF1"))
    for _ in range(12):
        call = tell(store, "c1", ev.TimedOut(call.stage, call.alarm), at=call.at + 10.0)
    assert (call.alarm_at, claimed(url)) == (0.0, [])


def test_a_call_that_is_over_and_looked_after_no_more_holds_nobody(store: Store, url: str) -> None:
    """The news of the leg's end was lost for good."""
    asks(store, talking(store, "c1"))
    call = tell(store, "c1", ev.HumanDialled(1, "CAhuman1"), ev.CallerLeft("CF1"))
    assert call.stage is Stage.OVER
    assert len(claimed(url)) == 1, "the leg is being ended, and may be up"
    for _ in range(12):
        call = tell(store, "c1", ev.TimedOut(call.stage, call.alarm), at=call.at + 10.0)
    assert call.alarm_at == 0.0
    assert claimed(url) == []


def test_what_a_lost_call_has_left_is_swept_away_by_whoever_rings_next(store: Store, url: str) -> None:
    asks(store, talking(store, "c1"))
    with database(url) as db:
        db.execute(text("DELETE FROM warmtransfer_call WHERE id = 'c1'"))
    assert asks(store, talking(store, "c2")) == ["sam"]
    assert claimed(url) == [(SAM.number, 0, "c2")]


def test_forgetting_old_calls_leaves_no_claim(store: Store, url: str) -> None:
    asks(store, talking(store, "c1"))
    tell(store, "c1", ev.CallerLeft("CF1"))
    with database(url) as db:
        db.execute(text("UPDATE warmtransfer_call SET alarm_at = 0"))
    assert store.prune(NOW + 1e6) == 1
    assert claimed(url) == []


def test_a_decision_that_does_not_know_what_is_taken_is_not_saved(store: Store, url: str) -> None:
    asks(store, talking(store, "c1"))
    talking(store, "c2")

    def blind(call: Call | None) -> Decision:
        assert call is not None
        again = decided(call, ev.HandoffAsked("tool"), NOW, RULES).ringing
        assert again is not None
        return replace(again.again(Known()), ringing=None)

    with pytest.raises(StoreBusy):
        store.decide("c2", blind)
    found = store.load("c2")
    assert found is not None
    assert found.attempts == ()
    assert len(claimed(url)) == 1


def test_a_decision_that_rings_nobody_asks_the_database_nothing_more(store: Store) -> None:
    call = Story().talking().call
    assert decided(call, ev.LineHeard(1), NOW, RULES).ringing is None
    ringing = decided(call, ev.HandoffAsked("tool"), NOW, RULES).ringing
    assert isinstance(ringing, Ringing)
    assert ringing.numbers == (SAM.number, KIM.number)


def test_who_was_rung_in_vain_for_one_caller_is_left_in_peace_by_the_next_for_two_minutes(
    store: Store,
) -> None:
    asks(store, talking(store, "c1"))
    tell(store, "c1", over(1, Ended.NO_ANSWER), at=NOW + 30.0)
    tell(store, "c1", ev.CallerLeft("CF1"), over(2, Ended.CANCELLED), at=NOW + 40.0)
    assert asks(store, talking(store, "c2"), at=NOW + 140.0) == ["kim"], "whom nobody has let ring"
    tell(store, "c2", ev.CallerLeft("CF1"), over(1, Ended.CANCELLED), at=NOW + 141.0)
    assert asks(store, talking(store, "c3"), at=NOW + 151.0) == ["sam"]


def test_in_the_same_call_a_human_may_be_tried_again_at_once(store: Store) -> None:
    only = Rules(humans=(SAM,))
    asks(store, talking(store, "c1"), rules=only)
    tell(store, "c1", over(1, Ended.NO_ANSWER), at=NOW + 30.0, rules=only)
    assert asks(store, "c1", at=NOW + 40.0, rules=only) == ["sam"]


def test_the_last_talks_are_known_by_telephone_and_by_caller(store: Store) -> None:
    """Sam has spoken with one caller and then Kim with another."""
    for call_id, caller, target, at in (
        ("c1", "+15550108888", "sam", NOW),
        ("c2", "+15550107777", "kim", NOW + 50.0),
    ):
        talking(store, call_id, caller)
        asks(store, call_id, at=at, target=target)
        tell(store, call_id, ev.HumanDialled(1, f"CA{call_id}"), ev.HumanAnswered(1, f"CA{call_id}"),
             ev.HumanAccepted(1), ev.HumanJoined(1, "CF1", f"CA{call_id}"), at=at)  # fmt: skip
        tell(store, call_id, ev.CallerLeft("CF1"), ev.HumanEnded(1, Ended.COMPLETED), at=at + 20.0)
    seen: list[Known] = []

    def again(known: Known) -> Decision:
        seen.append(known)
        return Decision(Call(id="c3"), None, Call(id="c3"), ())

    asking = Call(id="c3", caller="+15550107777", at=NOW + 100.0)
    store.decide(
        "c3", lambda _: Decision(asking, None, asking, (), ringing=Ringing((SAM.number, KIM.number), again))
    )
    assert seen[0].idle == {SAM.number: NOW + 20.0, KIM.number: NOW + 70.0}
    assert seen[0].spoke == {KIM.number: NOW + 50.0}
    assert seen[0].engaged == {}


def test_who_is_off_duty_is_not_rung_until_they_are_back_and_another_owners_human_is(
    url: str, open_store: Open
) -> None:
    mine, theirs = (open_store(url, owner=Owner("AC1", f"+1555010000{n}")) for n in (8, 9))
    mine.duty.leaves("sam", "the console")
    mine.duty.leaves("sam", "somebody later")
    assert [(each.name, each.since, each.by) for each in mine.duty.away()] == [("sam", 77.0, "the console")]
    assert theirs.duty.away() == ()
    assert asks(mine, talking(mine, "c1")) == ["kim"]
    assert asks(theirs, talking(theirs, "c2")) == ["sam"]
    tell(theirs, "c2", over(1, Ended.CANCELLED))
    tell(mine, "c1", ev.CallerLeft("CF1"), over(1, Ended.CANCELLED))
    mine.duty.returns("sam")
    mine.duty.returns("sam")
    assert asks(mine, talking(mine, "c3")) == ["sam"]


def test_whose_own_page_has_a_link_is_counted_for_each_owner_and_another_is_another(
    url: str, open_store: Open
) -> None:
    mine, theirs = (open_store(url, owner=Owner("AC1", f"+1555010000{n}")).duty.pages for n in (8, 9))
    assert mine.turns() == {}
    assert [mine.turn("sam"), mine.turn("sam"), mine.turn("Zoë")] == [1, 1, 1]
    assert [mine.renew("sam"), mine.renew("kim"), mine.turn("sam")] == [2, 1, 2]
    assert mine.turns() == {"sam": 2, "kim": 1, "Zoë": 1}
    assert theirs.turns() == {}


def test_two_deployments_on_one_database_share_the_telephones(url: str, open_store: Open) -> None:
    mine, theirs = (open_store(url, owner=Owner("AC1", f"+1555010000{n}")) for n in (8, 9))
    assert asks(mine, talking(mine, "c1")) == ["sam"]
    assert asks(theirs, talking(theirs, "c2")) == ["kim"]
