"""What is asked of all calls at once, of both databases."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from sqlalchemy import text, update

from tests.console import believable
from tests.console.believable import CALLED, Diary, Visit
from warmtransfer.console.figures import Counting, Figures
from warmtransfer.core import events as ev
from warmtransfer.core.legs import Ended
from warmtransfer.core.search import Search
from warmtransfer.ports.store.ledger import Ledger, Serials
from warmtransfer.ports.store.opening import upgraded
from warmtransfer.ports.store.owner import Owner
from warmtransfer.ports.store.tables import attempt, call

OURS, THEIRS = Owner("AC1", CALLED), Owner("AC1", "+15550100099")


@pytest.fixture
def diary(url: str) -> Iterator[Diary]:
    """The owner's calls."""
    found = Diary(url, OURS)
    yield found
    found.close()


@pytest.fixture
def stranger(url: str, diary: Diary) -> Iterator[Diary]:
    """Another owner's in the same database."""
    diary.open()
    found = Diary(url, THEIRS)
    yield found
    found.close()


def figures(ledger: Ledger) -> Figures:
    """Of all calls."""
    return Counting(ledger, time.time).since(0.0)


def test_serials_rise_and_what_lies_behind_one_is_told(diary: Diary) -> None:
    ledger = Ledger(diary)
    assert ledger.latest() == Serials()
    visit = Visit(diary, time.time(), "+15550120001").connected().chat(2)
    before = ledger.latest()
    visit.chat(1).ask()
    assert [row.event for row in ledger.facts(before.fact)] == ["HandoffAsked"]
    assert [(row.line.who, row.call_id) for row in ledger.words(before.word)] == [("ai", visit.call.id)]
    assert ledger.facts(ledger.latest().fact) == []


def test_what_humans_were_told_is_no_line_of_the_conversation(diary: Diary) -> None:
    visit = Visit(diary, time.time(), "+15550120001").connected().chat(1).ask().rings().answers()
    ledger = Ledger(diary)
    assert {row.line.who for row in ledger.words(0)} == {"ai"}
    (last,) = ledger.last_words([visit.call.id])
    assert last.line.who == "ai"
    assert {row.line.who for row in ledger.lines(visit.call.id)} == {"ai", "to human-1"}


def test_calls_of_another_owner_are_as_good_as_absent(diary: Diary, stranger: Diary) -> None:
    theirs = Visit(stranger, time.time() - 60, "+15550120001").connected().ask().rings().answers().accepts()
    ours = Visit(diary, time.time() - 60, "+15550120002").connected()
    ledger = Ledger(diary)
    assert [call.id for call in ledger.live(10)] == [ours.call.id]
    assert [call.id for call in ledger.calls([theirs.call.id, ours.call.id])] == [ours.call.id]
    assert [call.id for call in ledger.search(Search())] == [ours.call.id]
    assert [each.id for each in ledger.began(0)] == [ours.call.id]
    assert (ledger.reached(0), ledger.became(0), ledger.uncounted(0)) == ([], [], 0)
    assert ledger.tried_in(theirs.call.id) != [], "whoever may see the call"


def test_a_search_ends_where_it_is_told_to(diary: Diary) -> None:
    calls = [Visit(diary, at, "+15550120001").call for at in (1000.0, 2000.0, 3000.0)]
    found = Ledger(diary).search(Search(since=1500.0), until=3000.0)
    assert [call.id for call in found] == [calls[1].id]


def test_only_a_recording_with_words_in_it_counts_as_a_message(diary: Diary) -> None:
    for seconds in (0, 7):
        visit = Visit(diary, time.time() - 90, "+15550120001").connected()
        visit.tell(ev.ModelLost(visit.call.ai.generation, "refused", fatal=True))
        for n in (1, 2, 3):
            visit.tell(ev.HumanDialled(n, f"CA{n}{seconds}")).fails(Ended.BUSY, 1.0)
        assert visit.call.stage == "message"
        visit.tell(ev.MessageLeft("https://example.test/r", seconds))
    ledger = Ledger(diary)
    assert figures(ledger).messages == 1


def test_how_long_it_took_is_known_of_both(diary: Diary) -> None:
    visit = Visit(diary, time.time() - 90, "+15550120001").connected().ask().rings(after=1.0).answers(6.0)
    visit.accepts(5.0).leaves(20.0)
    ledger = Ledger(diary)
    (one,) = figures(ledger).handoffs
    assert [step and round(step, 1) for step in one.steps()] == [1.4, 6.0, 5.0, 0.7, 2.5]


def test_what_a_release_before_has_decided_is_counted_by_the_upgrade(diary: Diary, url: str) -> None:
    believable.fill(diary, 30, seed=3)
    lost = Visit(diary, time.time() - 90, "+15550120001").connected()
    lost.tell(ev.ModelLost(lost.call.ai.generation, "closed")).ai_up().leaves()
    ledger = Ledger(diary)
    known = figures(ledger)
    assert known.messages
    assert known.losses
    with diary._transaction() as db:
        db.execute(update(call).values(asked=0, losses=0, messaged=False))
        db.execute(update(attempt).values(asked_at=0.0, rang_at=0.0, alone_at=0.0))
        db.execute(text("UPDATE warmtransfer_alembic_version SET version_num = '0012'"))
    assert figures(ledger).asked > 0, "as far as people were rung"
    upgraded(url)
    found = figures(ledger)
    assert (found.asked, found.messages, found.losses) == (known.asked, known.messages, known.losses)
    assert (found.steps, found.outcomes) == (known.steps, known.outcomes)


def test_a_request_that_its_call_does_not_count_is_one_too(diary: Diary) -> None:
    visit = Visit(diary, time.time() - 90, "+15550120001").connected().ask().rings().fails(Ended.BUSY)
    visit.rings().fails(Ended.BUSY).rings().fails(Ended.BUSY).ask().rings()
    Visit(diary, time.time() - 90, "+15550120002").connected().leaves()
    ledger = Ledger(diary)
    assert (figures(ledger).asked, ledger.uncounted(0)) == (2, 0)
    with diary._transaction() as db:
        db.execute(update(call).where(call.c.id == visit.call.id).values(asked=1))
    assert (figures(ledger).asked, ledger.uncounted(0)) == (2, 1)


def test_nothing_is_asked_for_no_calls(diary: Diary) -> None:
    ledger = Ledger(diary)
    assert (ledger.calls([]), ledger.facts_of([]), ledger.last_words([])) == ([], [], [])
