"""`flask warmtransfer show ID`: one call, for people and for machines."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.commands.parts import KIM, declined, in_line, run, talked
from tests.web.site import CALLER, ROOM, Site
from warmtransfer.core import events as ev
from warmtransfer.web.printed import Page

SAM_TOLD = "A call for Sam"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A running app."""
    site = Site(tmp_path)
    yield site
    site.close()


def test_the_head_tells_who_when_and_every_leg_in_full(site: Site) -> None:
    call_id = talked(site)
    text = run(site, "show", call_id)
    assert text.startswith(f"call {call_id}  over\n  from     {CALLER}\n")
    assert re.search(r"began    \d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d{4}\n", text)
    assert re.search(r"ended    \d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d{4}, after 0:\d\d\n", text)
    assert f"caller   {site.call(call_id).caller_sid}\n" in text
    assert f"human-2  {KIM}\n" in text
    assert re.search(rf"room     {ROOM}  wt-{call_id}\n", text)


def test_an_attempt_tells_its_times_its_words_and_how_long_they_talked(site: Site) -> None:
    call_id = talked(site)
    text = run(site, "show", call_id)
    assert "attempt 1  sam, +15550100001  screen  declined\n" in text
    assert re.search(r"attempt 2  kim, \+15550100002  screen  accepted, talked 0:\d\d\n", text)
    assert re.search(r"  called \d\d:\d\d:\d\d\.\d{3}, answered \d\d:\d\d:\d\d\.\d{3}, accepted ", text)
    assert re.search(rf'\d\d:\d\d:\d\d\.\d{{3}} was told: "{SAM_TOLD}.* An invoice is wrong\.', text)


def test_the_timeline_is_in_order_with_times_of_day(site: Site) -> None:
    call_id = declined(site)
    text = run(site, "show", call_id)
    rows = text.splitlines()
    date = next(n for n, row in enumerate(rows) if re.fullmatch(r"\d{4}-\d\d-\d\d [+-]\d{4}", row))
    times = [row[:12] for row in rows[date + 1 :] if re.match(r"\d\d:\d\d:\d\d\.\d{3}  ", row)]
    assert times == sorted(times)
    assert re.search(r"HumanAnswered +ringing -> briefing +n=1 leg=human-", text)
    assert re.search(r"> DialHuman +\w+ \(\+\d\.\d\d s\)", text)
    order = [text.index(word) for word in ("HumanAnswered", 'caller: "Where is my order', "HumanEnded")]
    assert order == sorted(order)


def test_a_wait_for_a_turn_stands_in_the_timeline(site: Site) -> None:
    free = threading.Event()
    call_id = in_line(site, free)
    assert re.search(r"TurnAwaited +ringing +key=human-1 seconds=42\.0\n", run(site, "show", call_id))
    free.set()


def test_what_repeats_is_told_once(site: Site) -> None:
    call_id = declined(site)
    for _ in range(4):
        site.parts.desk.post(call_id, ev.HumanRang(2, "CAkim"))
    text = run(site, "show", call_id)
    assert text.count("HumanRang") == 1
    assert re.search(r"HumanRang .*\n +\(4 times, until \d\d:\d\d:\d\d\.\d{3}\)\n", text)
    assert [row["event"] for row in json.loads(run(site, "show", call_id, "--json"))["journal"]].count(
        "HumanRang"
    ) == 4


@pytest.mark.parametrize("width", [60, 80, 120])
def test_a_narrow_terminal_breaks_lines_between_words_and_never_a_sid(site: Site, width: int) -> None:
    call_id = talked(site)
    site.parts.desk.heard(call_id, "caller", "word " * 60)
    journal, words = site.store.journal(call_id), site.store.transcript(call_id)
    text = Page(site.call(call_id), journal, words, time.time(), width).text()
    assert max(map(len, text.splitlines())) <= width
    assert f"human-2  {KIM}\n" in text
    assert f"wt-{call_id}" in text


def test_machines_get_legs_words_told_and_the_talk(site: Site) -> None:
    call_id = talked(site)
    story = json.loads(run(site, "show", call_id, "--json"))
    sam, kim = story["attempts"]
    assert sam["told"][0]["text"].startswith(SAM_TOLD)
    assert [line["text"] for line in sam["told"]][1:] == ["All right. Goodbye."]
    assert sam["talked"] is None
    assert kim["talked"] >= 0
    assert story["legs"]["caller"] == [site.call(call_id).caller_sid]
    assert KIM in story["legs"]["human-2"]
    assert story["rooms"] == {f"wt-{call_id}": ROOM}
    assert [line["who"] for line in story["transcript"]] == ["caller"]


def test_the_minutes_that_each_leg_counts_are_told(site: Site) -> None:
    call_id = talked(site)
    line = next(each for each in run(site, "show", call_id).splitlines() if each.startswith("  minutes  "))
    legs = r"caller 1 \(0:\d\d\), human-1 1 \(0:\d\d\), human-2 1 \(0:\d\d\)"
    assert re.fullmatch(rf"  minutes  3: {legs}; each leg counts from answer to end, rounded up", line)
    billed = json.loads(run(site, "show", call_id, "--json"))["billed"]
    assert billed["minutes"] == 3
    assert [leg["leg"] for leg in billed["legs"]] == ["caller", "human-1", "human-2"]
    assert all(leg["began_at"] <= leg["ended_at"] for leg in billed["legs"])


def test_the_model_is_not_told_what_humans_were(site: Site) -> None:
    """After a restart the model's memory is made from what was said: not from a briefing."""
    call_id = declined(site)
    recalled: list[object] = []
    site.parts.switchboard.recall = lambda _call, said: recalled.extend(said)  # type: ignore[method-assign]
    site.parts.desk.start()
    assert recalled == [("caller", "Where is my order?")]
    assert site.call(call_id).attempts
