"""What is counted, and what Prometheus is told."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.console import believable
from tests.console.believable import Visit
from tests.console.conftest import METRICS, Room
from tests.ports.store.test_mailbox import begun
from tests.receiving import SECRET
from tests.web.site import Site
from warmtransfer.console.figures import Counting, Figures, Tried, handoffs, hours, quantile, silence, spark
from warmtransfer.core import events as ev
from warmtransfer.core.legs import Ended
from warmtransfer.ports.store.ledger import Began


@pytest.mark.parametrize(
    ("values", "share", "found"),
    [
        ([], 0.5, None),
        ([3.0], 0.99, 3.0),
        ([1.0, 2.0, 3.0, 4.0], 0.5, 2.0),
        ([*map(float, range(1, 101))], 0.9, 90.0),
    ],
)
def test_a_share_is_what_so_many_do_not_exceed(
    values: list[float], share: float, found: float | None
) -> None:
    assert quantile(values, share) == found


def test_a_handoff_is_measured_step_by_step(inside: Room) -> None:
    visit = Visit(inside.diary, time.time() - 300, "+15550123456").connected().chat()
    visit.ask().rings().fails(Ended.NO_ANSWER, 20.0).rings(after=1.0).answers(6.0).accepts(5.0).leaves(60.0)
    (one,) = counted(inside).handoffs
    assert one.taken is not None
    assert one.taken.name == "kim"
    assert [round(step, 1) if step else step for step in one.steps()] == [23.0, 6.0, 5.0, 0.7, 2.5]
    assert one.took == pytest.approx(34.7, abs=0.1)


def counted(room: Room, since: float = 0.0) -> Figures:
    ledger = room.site.app.extensions["warmtransfer_console"].ledger
    return Counting(ledger, time.time).since(since)


#: How the calls of the next test ended, one of which goes on.
ENDED = {"handled_by_ai": 1, "reached_human": 1, "message_left": 1}


def test_calls_handoffs_messages_and_losses_are_counted(inside: Room) -> None:
    at = time.time() - 600
    diary = inside.diary
    Visit(diary, at, "+15550120001").connected().leaves()
    Visit(diary, at, "+15550120002").connected().ask().rings().answers().accepts().leaves(30)
    lost = (
        Visit(diary, at, "+15550120003").connected().ask().rings().fails(Ended.BUSY).rings().fails(Ended.BUSY)
    )
    lost.rings().fails(Ended.BUSY).tell(ev.MessageTaken("Ring back.")).ask().leaves()
    live = Visit(diary, at, "+15550120004").connected()
    live.tell(ev.ModelLost(live.call.ai.generation, "closed"))
    found = counted(inside)
    assert (found.calls, found.live, found.asked, found.reached, found.messages, found.losses) == (
        4,
        1,
        3,
        1,
        1,
        1,
    )
    assert (dict(found.ends), found.dropped) == (ENDED, 0)
    assert counted(inside, time.time()).calls == 0
    assert {name: ends for name, _, ends, _ in found.outcomes}["Sam"]["busy"] >= 1


def test_a_second_ask_while_one_is_served_is_no_second_handoff(inside: Room) -> None:
    visit = Visit(inside.diary, time.time() - 300, "+15550123456").connected().ask().rings()
    visit.ask().answers().declines().rings().fails(Ended.BUSY).rings().fails(Ended.BUSY)
    assert counted(inside).asked == 1
    visit.ask()
    assert counted(inside).asked == 2


def test_a_handoff_that_the_ais_end_has_asked_for_is_one_too() -> None:
    tried = [
        Tried("c1", 1, 1, "sam", "busy", 10.0, 0.0, 0.0, 0.0, 12.0),
        Tried("c1", 2, 2, "kim", "accepted", 31.0, 35.0, 38.0, 39.0, 60.0, asked_at=30.0),
    ]
    first, second = handoffs(tried)
    assert (first.asked_at, first.taken, second.asked_at) == (10.0, None, 30.0)
    assert (second.taken, second.took) == (tried[1], 9.0)


def test_of_a_request_the_first_who_got_into_the_call_has_taken_it() -> None:
    tried = [
        Tried("c1", 1, 1, "sam", "busy", 10.0, 0.0, 0.0, 0.0, 12.0, asked_at=9.0),
        Tried("c1", 2, 1, "kim", "accepted", 13.0, 14.0, 15.0, 16.0, 30.0, asked_at=9.0),
        Tried("c1", 3, 1, "colleague", "last_resort", 40.0, 41.0, 0.0, 41.0, 60.0, asked_at=9.0),
    ]
    (one,) = handoffs(tried)
    assert (one.taken, one.took) == (tried[1], 7.0)


def test_silences_are_of_the_calls_of_which_they_are_known_and_losses_of_all() -> None:
    calls = [Began(f"c{n}", 0.0, False, losses=n % 10 == 0, quiet=float(n)) for n in range(100)]
    found = silence(calls)
    assert (found.measured, found.seconds) == (99, [50.0, 90.0, 99.0])
    assert (found.losses, found.lost) == (10, [0, 0, 1])


def test_of_a_call_the_longest_silence_counts_whichever_stream_it_was_in(inside: Room) -> None:
    visit = Visit(inside.diary, time.time() - 300, "+15550123456").connected()
    for generation, seconds in enumerate((2.5, 7.25, 1.0), 1):
        visit.tell(ev.SilenceHeard(generation, seconds), 1.0)
    visit.tell(ev.ModelLost(visit.call.ai.generation, "closed")).ai_up()
    visit.tell(ev.ModelLost(visit.call.ai.generation, "closed"))
    found = counted(inside).silence
    assert (found.measured, found.seconds[0], found.losses, found.lost[0]) == (1, 7.25, 2, 2)


def test_times_fall_into_their_part_and_a_line_of_blocks_shows_them() -> None:
    assert hours([0.0, 5.0, 9.9, 10.0, -1.0], 0.0, 10.0, 2) == [1, 2]
    assert spark([0, 1, 2]) == " ▄█"
    assert spark([]) == ""


@pytest.mark.parametrize("days", ["1", "7", "30", "x", ""])
def test_the_page_has_figures_for_every_span(inside: Room, days: str) -> None:
    believable.fill(inside.diary, 12)
    page = inside.get(f"/how?days={days}")
    assert "asked → joined" in page
    assert "asked for a person" in page


def test_the_page_tells_of_silences_in_all_and_by_day(inside: Room) -> None:
    for back, seconds in ((0, 1.25), (3, 6.5), (3, 2.5)):
        at = time.time() - back * 86400 - 30
        visit = Visit(inside.diary, at, "+15550123456").connected()
        visit.tell(ev.SilenceHeard(1, seconds)).leaves()
    rows = re.findall(r'<tr><td data-label="calls of">(.*?)</td>(.*?)</tr>', inside.get("/how?days=7"))
    cells = {day: re.findall(r">([^<>]+)</td>", row) for day, row in rows}
    assert len(cells) == 3
    assert cells["the seven days"][:4] == ["2.5 s", "6.5 s", "6.5 s", "3"]
    assert [row[3] for row in cells.values()] == ["3", "1", "2"], "the last day first"
    assert "SilenceHeard" in inside.get(f"/calls/{visit.call.id}")


def test_the_page_is_whole_without_any_call(inside: Room) -> None:
    assert "Nobody has been rung yet" in inside.get("/how")
    assert "Nobody is waiting" in inside.get()
    assert "not rung" in inside.get("/people")


def test_people_are_shown_with_the_call_they_are_on(inside: Room) -> None:
    inside.live()
    page = inside.get("/people")
    assert "on a call" in page
    assert "being rung" in page
    assert "Mrs Okafor" in page


# Prometheus -------------------------------------------------------------------------------------------


def scraped(room: Room) -> dict[str, dict[tuple[str, ...], float]]:
    answer = room.client.get("/warmtransfer/metrics", headers={"Authorization": f"Bearer {METRICS}"})
    assert answer.status_code == 200
    assert answer.content_type.startswith("text/plain; version=")
    return {
        family.name: {tuple(sorted(sample.labels.values())): sample.value for sample in family.samples}
        for family in text_string_to_metric_families(answer.text)
    }


def test_prometheus_is_told_what_is_up_and_what_was(room: Room) -> None:
    room.live()
    at = time.time() - 120
    one = Visit(room.diary, at, "+15550120002").connected().ask().rings().answers().accepts().leaves(30)
    one.tell(ev.SilenceHeard(1, 2.5))
    found = scraped(room)
    assert found["warmtransfer_live_calls"]["human",] == 2
    assert found["warmtransfer_waiting_calls"][()] == 4
    assert found["warmtransfer_longest_wait_seconds"][()] > 60
    assert found["warmtransfer_calls"]["1h",] == 12
    assert found["warmtransfer_handoffs_reached"]["1h",] == 3
    rung = {key: many for key, many in found["warmtransfer_attempts"].items() if {"1h", "accepted"} < {*key}}
    assert rung == {("1h", "accepted", "sam"): 2, ("1h", "accepted", "kim"): 1}
    assert found["warmtransfer_longest_silence_seconds"]["0.9", "1h"] == 2.5
    assert found["warmtransfer_model_reconnects"]["0.5", "1h"] == 0
    assert found["warmtransfer_model_reconnects"]["0.99", "1h"] == 1
    steps = found["warmtransfer_handoff_step_seconds"]
    assert {step for _, _, step in (sorted(key, key=len) for key in steps)} >= {
        "asked_to_joined",
        "ai_removed",
    }


def test_every_process_tells_prometheus_the_same(room: Room, tmp_path: Path) -> None:
    room.live()
    believable.fill(room.diary, 10, days=0.5)
    other = Room(tmp_path)
    try:
        ours, theirs = scraped(room), scraped(other)
        for each in (ours, theirs):
            each.pop("warmtransfer_longest_wait_seconds")
        assert ours == theirs
    finally:
        other.close()


def test_events_that_were_not_taken_are_told_to_prometheus_and_on_the_pages(tmp_path: Path) -> None:
    keys = {"WARMTRANSFER_EVENTS_URL": "https://crm.invalid/", "WARMTRANSFER_EVENTS_SECRET": SECRET}
    room = Room(tmp_path, **keys)
    try:
        room.login()
        assert scraped(room)["warmtransfer_events_waiting"][()] == 0
        assert "flask … warmtransfer events" not in room.get() + room.get("/how")
        store = room.site.store
        begun(store, "c1", "c2")
        one, two = store.mailbox.take(9)
        store.mailbox.waits(one, "HTTP <500>", 60.0, False)
        store.mailbox.give_up(two, "HTTP 410")
        found = scraped(room)
        assert found["warmtransfer_events_waiting"][()] == found["warmtransfer_events_given_up"][()] == 1
        assert found["warmtransfer_events_oldest_seconds"][()] < 60
        for page in (room.get(), room.get("/how")):
            assert "1 event waits to be taken by your systems, since" in page
            assert "(HTTP &lt;500&gt;). 1 was given up." in page
    finally:
        room.close()


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer wrong", METRICS, f"Basic {METRICS}", f"Bearer {METRICS}x", "Bearer é"]
)
def test_metrics_are_for_who_has_the_token(room: Room, header: str) -> None:
    answer = room.client.get("/warmtransfer/metrics", headers={"Authorization": header})
    assert answer.status_code == 401
    assert "warmtransfer_calls" not in answer.text


def test_without_a_token_there_are_no_metrics(tmp_path: Path) -> None:
    site = Site(tmp_path)
    try:
        assert site.client.get("/warmtransfer/metrics").status_code == 404
    finally:
        site.close()


def test_who_guesses_the_token_is_not_looked_at_for_a_while(room: Room) -> None:
    for _ in range(10):
        room.client.get("/warmtransfer/metrics", headers={"Authorization": "Bearer guess"})
    answer = room.client.get("/warmtransfer/metrics", headers={"Authorization": f"Bearer {METRICS}"})
    assert answer.status_code == 429
