"""Looking for calls, and taking them away."""

from __future__ import annotations

import csv
import io
import json
import random
import re
import time
from datetime import UTC, datetime

import pytest

from tests.console import believable
from tests.console.believable import Visit
from tests.console.conftest import AT, Room
from warmtransfer.console.before import ENDS, cell
from warmtransfer.core import events as ev
from warmtransfer.core.legs import Ended
from warmtransfer.core.outcomes import Outcome

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC).timestamp()


def found(page: str) -> list[str]:
    """The calls of a list, by id."""
    return re.findall(r'href="/warmtransfer/console/calls/([0-9a-f]+)"', page)


@pytest.fixture
def calls(inside: Room) -> dict[str, str]:
    """Four calls, by what is special about them."""
    day = 86400.0
    diary = inside.diary
    kim = (
        Visit(diary, NOON, "+15550123456", 2)
        .connected()
        .ask(target="kim")
        .rings()
        .answers()
        .accepts()
        .leaves(60)
    )
    sam = (
        Visit(diary, NOON - day, "+15550127777").connected().ask().rings().fails(Ended.BUSY).rings().answers()
    )
    sam.declines().leaves()
    alone = Visit(diary, NOON - 2 * day, "+4930901820").connected().chat().leaves()
    withheld = Visit(diary, NOON + 11 * 3600, "").connected().leaves()
    sip = Visit(diary, NOON - 4 * day, "sip:margaret.lee@pbx.example.com", name="Margaret Lee").leaves()
    named = {"kim": kim, "sam": sam, "alone": alone, "withheld": withheld, "sip": sip}
    return {visit.call.id: name for name, visit in named.items()}


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", "withheld kim sam alone sip"),
        ("number=margaret", "sip"),
        ("number=Margaret Lee", "sip"),
        ("number=pbx.EXAMPLE", "sip"),
        ("number=%25", ""),
        ("number=abc", ""),
        ("number=%2B15550123456", "kim"),
        ("number=3456", "kim"),
        ("number=%2B1 (555) 012-3456", "kim"),
        ("number=%2B15550100002", "kim sam"),
        ("human=kim", "kim sam"),
        ("human=sam", "sam"),
        ("outcome=accepted", "kim"),
        ("outcome=busy", "sam"),
        ("human=kim&outcome=declined", "sam"),
        ("human=sam&outcome=declined", ""),
        ("day=2026-11-20", "withheld kim"),
        ("day=2026-11-18", "alone"),
        ("day=2026-11-17", ""),
        ("day=2026-11-20&human=kim", "kim"),
    ],
)
def test_calls_are_found_by_what_is_known_of_them(
    inside: Room, calls: dict[str, str], query: str, names: str
) -> None:
    assert [calls[each] for each in found(inside.get(f"/before?{query}"))] == names.split()


@pytest.mark.parametrize(
    "query", ["number=1", "day=yesterday", "outcome=won", "after=x", "day=0000-00-00"]
)
def test_what_cannot_be_understood_is_said_and_not_guessed(
    inside: Room, calls: dict[str, str], query: str
) -> None:
    page = inside.get(f"/before?{query}")
    assert 'role="alert"' in page
    assert found(page) == []
    assert inside.client.get(f"{AT}/before.csv?{query}").status_code == 400


@pytest.mark.parametrize("text", ["' OR 1=1 --", "%00", "\\", "%25", "_", "😀" * 60])
def test_a_name_is_no_more_than_a_name(inside: Room, calls: dict[str, str], text: str) -> None:
    assert found(inside.get(f"/before?human={text}"))[:1] in ([], found(inside.get("/before"))[:1])


def test_the_day_is_the_deployments_own(tmp_path: object) -> None:
    room = Room(tmp_path, WARMTRANSFER_TIME_ZONE="Pacific/Auckland")  # type: ignore[arg-type]
    try:
        room.login()
        visit = Visit(room.diary, NOON, "+15550123456").leaves()
        assert found(room.get("/before?day=2026-11-21")) == [visit.call.id]
        assert found(room.get("/before?day=2026-11-20")) == []
    finally:
        room.close()


def test_pages_follow_each_other_and_none_is_left_out(inside: Room) -> None:
    dice = random.Random(3)
    made = [Visit(inside.diary, NOON + n, believable.number(dice)).call.id for n in range(120)]
    seen: list[str] = []
    path = "/before"
    while path:
        page = inside.get(path)
        seen += found(page)
        more = re.search(r'rel="next" href="/warmtransfer/console([^"]+)"', page)
        path = more[1].replace("&amp;", "&") if more else ""
    assert seen == made[::-1]


def test_what_was_found_can_be_taken_away(inside: Room, calls: dict[str, str]) -> None:
    answer = inside.client.get(f"{AT}/before.csv?human=kim")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="calls.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [calls[row["id"]] for row in rows] == ["kim", "sam"]
    assert rows[0]["reached"] == "Kim"
    assert rows[0]["caller"] == "+15550123456"
    assert rows[0]["began"] == "2026-11-20T12:00:00+00:00"
    told = json.loads(inside.client.get(f"{AT}/before.json?human=kim").text)
    assert [calls[each["id"]] for each in told["calls"]] == ["kim", "sam"]


def test_an_export_is_whole_beyond_one_page(inside: Room) -> None:
    for n in range(130):
        Visit(inside.diary, NOON + n, "+15550123456")
    rows = list(csv.DictReader(io.StringIO(inside.client.get(f"{AT}/before.csv").text)))
    assert len({row["id"] for row in rows}) == 130


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
        ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"),
        ("-1+1", "'-1+1"),
        ("@SUM(1)", "'@SUM(1)"),
        ("\t=1", "'\t'=1"),
        ("\n=1+1", "'\n'=1+1"),
        ("Mrs Lee ;=1+1", "Mrs Lee ;'=1+1"),
        ("one, two,-2+3", "one, two,'-2+3"),
        ("two lines\n @SUM(1)", "two lines\n' @SUM(1)"),
        ("a\t＝1", "a\t'＝1"),
        ("ring +15550123456;+15550123457", "ring +15550123456;+15550123457"),
        ("well - perhaps", "well - perhaps"),
        ("+15550123456", "+15550123456"),
        (12.5, "12.5"),
        ('plain, with "quotes"', 'plain, with "quotes"'),
    ],
)
def test_no_cell_is_taken_for_a_formula(value: object, shown: str) -> None:
    assert cell(value) == shown


def test_who_called_is_said_by_name_and_a_withheld_number_as_such(inside: Room) -> None:
    now = time.time()
    named = Visit(inside.diary, now - 30, "+15550123456", name="Mrs Lee").connected()
    for number in ("+266696687", "anonymous", "sip:anonymous@anonymous.invalid"):
        Visit(inside.diary, now - 20, number).connected()
    for path in ("", "/before"):
        page = inside.get(path)
        assert page.count("number withheld") == 3, path
        assert "Mrs Lee" in page
        assert "+1 555-012-3456" in page
    assert "<bdi>Mrs Lee</bdi>" in inside.get(f"/calls/{named.call.id}")


def test_no_word_turns_around_what_follows_it(inside: Room) -> None:
    visit = Visit(inside.diary, time.time() - 30, "+15550123456").connected().say("caller", "abc\u202edef")
    for path in ("", f"/calls/{visit.call.id}"):
        page = inside.get(path)
        assert "\u202e" not in page
        assert "<bdi>abcdef</bdi>" in page


def test_a_formula_in_a_callers_words_stays_text_in_the_file(inside: Room) -> None:
    Visit(inside.diary, time.time() - 60, "=1+1").connected().tell(ev.HandoffAsked("tool", "", "", "=2+2"))
    (row,) = csv.DictReader(io.StringIO(inside.client.get(f"{AT}/before.csv").text))
    assert (row["caller"], row["summary"]) == ("'=1+1", "'=2+2")


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_no_part_of_a_line_is_a_formula_whatever_separates_cells(inside: Room, separator: str) -> None:
    call = Visit(inside.diary, time.time() - 60, "+15550123456").connected()
    call.tell(ev.HandoffAsked("tool", "", "", "Mrs Lee ;=1+1 |@SUM(1)\t=2\n=3, =4"))
    told = inside.client.get(f"{AT}/before.csv").text
    assert all(each.startswith('"') for each in told.splitlines()[:2]), "every cell is quoted"
    parts = [part.strip() for row in csv.reader(io.StringIO(told), delimiter=separator) for part in row]
    assert not [each for each in parts if each[:1] in ("=", "@")]
    assert "+15550123456" in told


def test_every_outcome_can_be_chosen() -> None:
    assert {*ENDS} == {*(each.value for each in Outcome), "open"}
