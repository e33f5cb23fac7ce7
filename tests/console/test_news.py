"""Who looks is told of everything, whoever decided it, once, and of nothing that is not theirs."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.console import believable
from tests.console.believable import Diary, Visit
from tests.console.conftest import AT, PASSWORD, Room
from tests.desk.parts import eventually
from warmtransfer.console import news as looking
from warmtransfer.console.news import News
from warmtransfer.console.streams import _events
from warmtransfer.core import events as ev
from warmtransfer.core.call import Call, Stage
from warmtransfer.errors import StoreBusy
from warmtransfer.ports.store.ledger import Ledger
from warmtransfer.ports.store.owner import Owner


@pytest.fixture
def diary(tmp_path: Path) -> Iterator[Diary]:
    """Another process's hand in the same database."""
    found = Diary(f"sqlite:///{tmp_path / 'calls.sqlite3'}")
    yield found
    found.close()


@pytest.fixture
def news(diary: Diary, monkeypatch: pytest.MonkeyPatch) -> News:
    """Looks every time it is asked."""
    monkeypatch.setattr(looking, "FRESH", 0.0)
    return News(Ledger(diary), time.time)


def begun(diary: Diary) -> Visit:
    return Visit(diary, time.time(), "+15550129999").connected()


def test_a_call_is_seen_from_its_arrival_to_its_end(diary: Diary, news: News) -> None:
    first = news.look()
    visit = Visit(diary, time.time(), "+15550129999")
    assert news.look() > first
    assert [each.call.id for each in news.calls()] == [visit.call.id]
    visit.connected().chat(1)
    news.look()
    (known,) = news.calls()
    assert (known.call.stage, known.said and known.said.line.who) == (Stage.AI, "ai")
    visit.leaves()
    news.look()
    assert news.calls() == []
    assert news.call(visit.call.id) is not None, "its page is told that it is over"


def test_nothing_new_is_no_news(diary: Diary, news: News) -> None:
    begun(diary)
    seen = news.look()
    assert [news.look() for _ in range(5)] == [seen] * 5


def test_what_is_new_is_told_once(diary: Diary, news: News) -> None:
    visit = begun(diary)
    news.look()
    before = news.calls()[0].version
    visit.chat(1)
    news.look()
    after = news.calls()[0].version
    assert after > before
    news.look()
    assert news.calls()[0].version == after


def test_a_call_of_another_number_is_not_seen(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'calls.sqlite3'}"
    ours, theirs = (Diary(url, Owner("AC1", number)) for number in (believable.CALLED, "+15550100099"))
    try:
        looked = News(Ledger(ours), time.time)
        looked.look()
        Visit(theirs, time.time(), "+15550129999").connected()
        time_of_ours = Visit(ours, time.time(), "+15550128888")
        eventually(lambda: looked.look() and looked.calls())
        assert [each.call.id for each in looked.calls()] == [time_of_ours.call.id]
    finally:
        ours.close()
        theirs.close()


class Late(Ledger):
    """A database in which one row is seen after those that came behind it."""

    hidden = 0

    def facts(self, after: int) -> list[Any]:
        return [row for row in super().facts(after) if row.id != self.hidden]

    def latest(self) -> Any:
        return super().latest()


def test_what_is_seen_late_behind_what_came_after_it_is_told_all_the_same(
    diary: Diary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking, "FRESH", 0.0)
    ledger = Late(diary)
    news = News(ledger, time.time)
    first, second = begun(diary), begun(diary)
    news.look()
    first.tell(ev.HandoffAsked("tool"))
    ledger.hidden = ledger.latest().fact
    second.tell(ev.HandoffAsked("tool"))
    news.look()
    assert {each.call.stage for each in news.calls()} == {Stage.AI, Stage.RINGING}
    ledger.hidden = 0
    news.look()
    assert {each.call.stage for each in news.calls()} == {Stage.RINGING}


def test_who_decides_here_wakes_those_who_wait(diary: Diary) -> None:
    news = News(Ledger(diary), time.time)
    news.look()
    woken = threading.Event()

    def wait() -> None:
        began = time.monotonic()
        while not news._poked and time.monotonic() - began < 5:
            news.wait(5.0)
        woken.set()

    thread = threading.Thread(target=wait)
    thread.start()
    news.poke()
    assert woken.wait(5.0)
    thread.join()


# The stream -------------------------------------------------------------------------------------------


def messages(text: str) -> list[tuple[str, Any, str]]:
    """Event, data and id of each message."""
    found = []
    for block in text.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line)
        if "event" in fields:
            found.append((fields["event"], json.loads(fields["data"]), fields.get("id", "")))
    return found


def ask(room: Room, path: str = "/news", **headers: str) -> list[tuple[str, Any, str]]:
    answer = room.client.get(AT + path, headers=headers)
    assert answer.content_type == "text/event-stream; charset=utf-8"
    return messages(answer.text)


def test_where_threads_are_the_systems_an_answer_ends_once_it_has_said_what_is_new(inside: Room) -> None:
    visits = inside.live()
    began = time.monotonic()
    found = ask(inside)
    assert time.monotonic() - began < 5
    assert [event for event, _, _ in found][-1] == "beat"
    rows = {data["id"]: data for event, data, _ in found if event == "row"}
    assert set(rows) == {visit.call.id for visit in visits}
    here = next(data for event, data, _ in found if event == "here")
    assert [data["order"] for data in rows.values()] == sorted(data["order"] for data in rows.values())
    assert here == sorted(rows)


def test_who_comes_again_is_told_of_what_they_missed_and_no_more(inside: Room) -> None:
    visits = inside.live()
    page = inside.get()
    since = re.search(r'data-news="[^"]*since=(\d+-\d+)"', page)
    assert since
    missed = next(visit for visit in visits if visit.call.stage is Stage.HUMAN)
    missed.at = time.time()
    missed.leaves()
    calm = next(visit for visit in visits if visit.call.stage is Stage.AI and not visit.call.handoff.number)
    calm.at = time.time()
    calm.ask()
    found = eventually(
        lambda: (
            (got := ask(inside, f"/news?since={since[1]}")) and any(each[0] == "row" for each in got) and got
        )
    )
    told = [data["id"] for event, data, _ in found if event == "row"]
    here = next(data for event, data, _ in found if event == "here")
    assert calm.call.id in told
    assert missed.call.id not in here
    resumed = eventually(lambda: ask(inside, **{"Last-Event-ID": found[-1][2]}))
    assert set(told) >= {data["id"] for event, data, _ in resumed if event == "row"}


@pytest.mark.parametrize("mark", ["", "x", "1", "-", "1-", "-1-2", "9" * 400 + "-1", "1-2-3", "²-²"])
def test_a_mark_that_is_none_is_told_everything_or_nothing_but_never_fails(inside: Room, mark: str) -> None:
    inside.live()
    assert ask(inside, **({"Last-Event-ID": mark} if mark.isascii() else {}))[-1][0] == "beat"


def test_a_stream_ends_when_the_process_leaves(diary: Diary) -> None:
    leaving = threading.Event()
    stream = _events(
        lambda told: iter([("here", [])]), News(Ledger(diary), time.time), lambda: not leaving.is_set()
    )
    assert next(stream).startswith("retry:")
    assert "here" in next(stream)
    assert "beat" in next(stream)
    leaving.set()
    began = time.monotonic()
    assert all("beat" in each for each in stream)
    assert time.monotonic() - began < 2


class Away(Ledger):
    """A database that cannot be had."""

    def latest(self) -> Any:
        raise StoreBusy("away")


def test_a_database_that_is_away_is_said_and_the_line_stays(diary: Diary) -> None:
    turns = iter([True, True, False])
    stream = _events(lambda told: iter(()), News(Away(diary), time.time), lambda: next(turns, False))
    assert [event for event, _, _ in messages("".join(stream))][:1] == ["trouble"]


def test_a_script_in_a_callers_name_or_words_stays_text(inside: Room) -> None:
    evil = '<script>alert(1)</script>"><img src=x onerror=alert(1)>'
    visit = Visit(inside.diary, time.time(), evil).connected()
    visit.say("caller", evil).ask().rings()
    visit.tell(ev.HandoffAsked("tool", "", evil, evil)).tell(ev.MessageTaken(evil))
    texts = [inside.get(), inside.get("/before"), inside.get(f"/calls/{visit.call.id}")]
    news = [*ask(inside), *ask(inside, f"/calls/{visit.call.id}/news")]
    texts += [json.dumps(data) if isinstance(data, dict | list) else str(data) for _, data, _ in news]
    assert "alert(1)" in "".join(texts)
    for text in texts:
        assert "<script>" not in text
        assert "<img src=x" not in text


def test_a_call_that_is_over_says_so_on_its_page(inside: Room) -> None:
    visit = Visit(inside.diary, time.time() - 60, "+15550129999").connected().chat(2)
    path = f"/calls/{visit.call.id}"
    assert "data-news" in inside.get(path)
    told = [event for event, _, _ in ask(inside, f"{path}/news")]
    assert told[:5] == ["part", "part", "talk", "ear", "acts"]
    visit.leaves()
    assert "over" in [event for event, _, _ in ask(inside, f"{path}/news")]
    assert "data-news" not in inside.get(path)


def test_a_call_seen_first_by_its_end_is_no_live_one(diary: Diary, news: News) -> None:
    visit = begun(diary)
    visit.leaves()
    news.look()
    assert news.calls() == []
    assert isinstance(diary.load(visit.call.id), Call)


def test_a_stream_holds_nothing_of_the_host_apps_request(inside: Room) -> None:
    given_back: list[str] = []
    app = inside.site.app
    app.teardown_request_funcs.setdefault(None, []).append(lambda fault: given_back.append("request"))
    answer = inside.client.get(f"{AT}/news", buffered=False)
    assert given_back == ["request"], "before anything was read"
    assert b"retry" in next(answer.iter_encoded())
    answer.close()


def test_behind_a_prefix_of_the_servers_every_link_has_it(room: Room) -> None:
    visit = Visit(room.diary, time.time(), "+15550129999").connected()
    shop = "http://localhost/shop"
    page = room.client.get(f"{AT}/login", base_url=shop).text
    found = re.search(r'name="token" value="([0-9a-f]+)"', page)
    assert found
    form = {"name": "Anna", "password": PASSWORD, "token": found[1]}
    answer = room.client.post(f"{AT}/login", data=form, base_url=shop)
    assert answer.headers["Location"] == f"/shop{AT}"
    answer = room.client.get(f"{AT}/news", base_url=shop)
    (row,) = [data for event, data, _ in messages(answer.text) if event == "row"]
    assert f'href="/shop{AT}/calls/{visit.call.id}"' in row["html"]
