"""The page of a call: what it tells, live and afterwards, and what can be done from it."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from flask import Flask
from markupsafe import Markup

from tests.console.believable import Diary, Visit
from tests.console.conftest import AT, Room, token
from tests.desk.parts import eventually
from tests.test_config import GOOD
from warmtransfer import WarmTransfer
from warmtransfer.console import lanes, telling
from warmtransfer.core import events as ev
from warmtransfer.core.call import Stage
from warmtransfer.core.legs import Ended


def whole(room: Room) -> Visit:
    """A call that Kim took after Sam did not, and that is over."""
    visit = Visit(room.diary, time.time() - 300, "+15550123456").connected().chat()
    visit.ask().rings().fails(Ended.NO_ANSWER).rings().answers().accepts()
    return visit.leaves(60.0)


def text(page: str) -> str:
    """A page's words, as they are read."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page)).replace("&#39;", "'")


def test_a_call_is_told_with_words_attempts_evidence_timings_journal_and_legs(inside: Room) -> None:
    visit = whole(inside)
    page = text(inside.get(f"/calls/{visit.call.id}"))
    assert "The caller has left" in page
    for said in (
        "Hi, I ordered two books",
        "Kim was told",
        "cut off here",
        "A person is asked for",
        "Kim took the call",
    ):
        assert said in page, said
    assert "Sam did not answer" in page
    assert "known by key 1" in page
    assert "CallerLeft" in page
    for sid in (visit.call.caller_sid, visit.call.room_sid, *(each.call_sid for each in visit.call.attempts)):
        assert sid in page
    order = [
        page.index(word)
        for word in ("Hi, I ordered", "A person is asked for", "Sam’s phone", "Kim’s phone", "Kim was told")
    ]
    assert order == sorted(order)


def test_the_raw_call_is_what_the_api_gives_and_holds_no_token(inside: Room) -> None:
    visit = whole(inside)
    answer = inside.client.get(f"{AT}/calls/{visit.call.id}.json")
    assert answer.json is not None
    assert answer.json["id"] == visit.call.id
    assert answer.json["attempts"][1]["outcome"] == "accepted"
    assert f"{visit.call.id}.t" not in answer.text
    assert f"{visit.call.id}.t" not in inside.get(f"/calls/{visit.call.id}")


def test_a_call_that_is_not_known_is_said_to_be_so(inside: Room) -> None:
    for path in ("/calls/none", "/calls/none.json", "/calls/none/news"):
        assert inside.client.get(AT + path).status_code == 404
    answer = inside.client.post(f"{AT}/calls/none/handoff", data={"token": token(inside.client, "")})
    assert answer.status_code == 404


# Handing over -----------------------------------------------------------------------------------------


def talking(room: Room) -> Visit:
    """A call that the AI has, with the site's own hands on it."""
    call_id = room.site.arrive()
    room.site.join(call_id)
    visit = Visit.__new__(Visit)
    visit.store, visit.at, visit.talk, visit._said = room.diary, time.time(), 0, 0
    visit.call = room.site.call(call_id)
    return visit


def hand_over(room: Room, call_id: str, **form: str) -> int:
    answer = room.client.post(f"{AT}/calls/{call_id}/handoff", data={"token": token(room.client, ""), **form})
    return answer.status_code


def test_a_handoff_asked_for_here_rings_whom_it_names_and_says_who_asked(inside: Room) -> None:
    visit = talking(inside)
    page = inside.get(f"/calls/{visit.call.id}")
    assert "Ring now" in page
    assert re.search(r'<option value="kim">\s*Kim', page)
    assert hand_over(inside, visit.call.id, target="kim", summary="Wants the atlas.") == 303
    _, dialled = inside.site.carrier.wait("dial")
    assert dialled["to"] == "+15550100002"
    call = inside.site.call(visit.call.id)
    assert (call.handoff.source, call.handoff.summary) == ("console: Anna", "Wants the atlas.")
    page = text(inside.get(f"/calls/{visit.call.id}?done=handoff"))
    assert "Anna asked, from here" in page
    assert "Asked for. Kim’s phone is ringing" in page
    assert "source=console: Anna" in page, "the journal says so, too"


def test_while_somebody_is_rung_only_what_they_hear_can_be_bettered(inside: Room) -> None:
    visit = talking(inside)
    assert hand_over(inside, visit.call.id, summary="One.") == 303
    inside.site.carrier.wait("dial")
    page = inside.get(f"/calls/{visit.call.id}")
    assert "Ring now" not in page
    assert "Save what they hear" in page
    assert hand_over(inside, visit.call.id, summary="Two.") == 303
    call = inside.site.call(visit.call.id)
    assert (call.handoff.number, call.handoff.summary, len(call.attempts)) == (1, "Two.", 1)


def test_a_wish_for_somebody_that_comes_while_another_is_rung_is_not_done_and_its_words_are_given_back(
    inside: Room,
) -> None:
    visit = talking(inside)
    page = inside.get(f"/calls/{visit.call.id}")
    assert 'name="seen" value="nobody"' in page
    inside.site.parts.desk.ask(visit.call.id, "tool", "kim", "", "Of the AI.")
    inside.site.carrier.wait("dial")
    given = {"seen": "nobody", "target": "sam", "summary": "For Sam: mine."}
    given["token"] = token(inside.client, "")
    answer = inside.client.post(f"{AT}/calls/{visit.call.id}/handoff", data=given)
    assert answer.status_code == 409
    assert "Not done. The call had moved on: Kim" in text(answer.text)
    assert '<p class="quote" id="written">For Sam: mine.</p>' in answer.text
    call = inside.site.call(visit.call.id)
    assert (call.handoff.number, call.handoff.summary) == (1, "Of the AI.")
    assert [each.name for each in call.attempts] == ["kim"]


def test_more_for_those_who_are_rung_rings_nobody_once_they_are_not(inside: Room) -> None:
    visit = talking(inside)
    assert hand_over(inside, visit.call.id, seen="nobody", summary="One.") == 303
    inside.site.carrier.wait("dial")
    assert 'name="seen" value="1"' in inside.get(f"/calls/{visit.call.id}")
    for seen, status in (("1", 303), ("2", 409), ("x", 400)):
        assert hand_over(inside, visit.call.id, seen=seen, summary=f"More {seen}.") == status
        assert inside.site.call(visit.call.id).handoff.summary == "More 1."
    left = talking(inside)
    assert hand_over(inside, left.call.id, seen="1", summary="More.") == 409
    assert inside.site.call(left.call.id).handoff.number == 0


@pytest.mark.parametrize(
    ("form", "status"),
    [({"target": "nobody"}, 400), ({"summary": "x" * 2001}, 400), ({"target": "SAM "}, 400)],
)
def test_a_handoff_that_makes_no_sense_rings_nobody(inside: Room, form: dict[str, str], status: int) -> None:
    visit = talking(inside)
    assert hand_over(inside, visit.call.id, **form) == status
    assert inside.site.call(visit.call.id).handoff.number == 0


def test_nobody_is_rung_for_a_caller_who_has_left_or_is_not_there_yet(inside: Room) -> None:
    over, arriving = whole(inside), inside.site.arrive()
    for call_id in (over.call.id, arriving):
        assert hand_over(inside, call_id) == 409
        assert "Ring now" not in inside.get(f"/calls/{call_id}")


def test_the_summary_is_filled_with_what_is_known(inside: Room) -> None:
    visit = talking(inside)
    inside.site.parts.desk.heard(visit.call.id, "caller", "The atlas, please.")
    eventually(lambda: inside.site.parts.records.transcript(visit.call.id))
    assert ">The atlas, please.</textarea>" in inside.get(f"/calls/{visit.call.id}")


# The host app's own part ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("panel", "shown"),
    [
        (lambda call: Markup("<b>Order 4417</b>"), "<b>Order 4417</b>"),
        (lambda call: f"<i>{call.caller}", "&lt;i&gt;+15550123456"),
        (lambda call: None, ""),
        (lambda call: 1 / 0, "The app’s own part is not shown: it failed"),
        (lambda call: "<" * 20_000, "The app’s own part is not shown: it is too long"),
    ],
)
def test_the_host_app_shows_a_part_of_its_own_escaped_unless_it_is_markup(
    tmp_path: Path, panel: object, shown: str
) -> None:
    app = Flask(__name__)
    url = f"sqlite:///{tmp_path / 'calls.sqlite3'}"
    app.config.update(GOOD, DATABASE_URL=url)
    extension = WarmTransfer(app, console_access=lambda: "grace", console_panel=panel)  # type: ignore[arg-type]
    diary = Diary(url, app.extensions["warmtransfer"].records.mine)
    try:
        visit = Visit(diary, time.time() - 60, "+15550123456").connected()
        client, path = app.test_client(), f"{AT}/calls/{visit.call.id}"
        page = client.get(path)
        assert f'data-panel="{path}/panel"' in page.text
        assert not shown or shown not in page.text, "the page waits for nobody's code"
        made = client.get(f"{path}/panel")
        assert (made.status_code, len(made.text) < 1000) == (200, True)
        assert (shown in made.text) if shown else made.text == ""
    finally:
        diary.close()
        extension.stop(app)


# The lanes --------------------------------------------------------------------------------------------


def drawn(room: Room, visit: Visit, now: float = 0.0) -> lanes.Picture:
    records = room.site.parts.records
    journal, words = records.journal(visit.call.id), records.transcript(visit.call.id)
    return lanes.picture(visit.call, journal, words, now or visit.at)


def test_the_lanes_show_who_was_on_the_line_who_rang_and_what_was_said(inside: Room) -> None:
    visit = whole(inside)
    picture = drawn(inside, visit)
    caller, ai, sam, kim = picture.lanes
    assert [lane.title for lane in picture.lanes] == ["Caller", "AI", "Sam", "Kim"]
    assert len(caller.blocks) == len(ai.blocks) == 3
    assert ai.blocks[-1].cut
    assert sam.rings
    assert not sam.line
    assert not sam.room
    assert kim.room[0][0] == visit.call.attempts[1].joined_at
    assert kim.blocks[0].read
    assert kim.rings[0][1] == visit.call.attempts[1].answered_at
    assert [stage for _, stage in picture.stages][-1] is Stage.HUMAN


def test_everything_in_a_picture_lies_within_it_and_in_order(inside: Room) -> None:
    picture = drawn(inside, whole(inside))
    spans = [span for lane in picture.lanes for block in lane.blocks for span in [block.span]]
    for begin, end in spans:
        assert 0 <= picture.x(begin) <= picture.x(end) <= picture.width
    times = [picture.begin + each for each in range(int(picture.end - picture.begin))]
    assert [picture.x(at) for at in times] == sorted(picture.x(at) for at in times)


def test_a_long_stretch_in_which_nothing_changes_is_folded(inside: Room) -> None:
    visit = Visit(inside.diary, time.time() - 9000, "+15550123456").connected().chat()
    visit.ask().rings().answers().accepts().leaves(7200.0)
    picture = drawn(inside, visit)
    assert picture.width < 3000
    assert any(long > 7000 for _, long in picture.folds())
    assert "in which nothing changed" in inside.get(f"/calls/{visit.call.id}")


def test_a_call_of_no_length_is_drawn_all_the_same(inside: Room) -> None:
    visit = Visit(inside.diary, time.time(), "+15550123456")
    assert drawn(inside, visit).lanes[0].title == "Caller"
    assert "<svg" in inside.get(f"/calls/{visit.call.id}")


def test_a_document_that_is_asked_for_twice_is_told_once(inside: Room) -> None:
    visit = Visit(inside.diary, time.time() - 60, "+15550123456").connected().ask().rings().answers()
    line = next(each for each in inside.diary.transcript(visit.call.id) if each.who == "to human-1")
    inside.diary.add_lines([(visit.call.id, line.at + 1, line.who, line.text)])
    said = [
        each
        for each in telling._words(visit.call, ledger(inside).lines(visit.call.id))
        if each.side == "told"
    ]
    assert len(said) == 1


def ledger(room: Room) -> telling.Any:
    return room.site.app.extensions["warmtransfer_console"].ledger


def test_a_message_is_shown(inside: Room) -> None:
    visit = Visit(inside.diary, time.time() - 60, "+15550123456").connected()
    visit.tell(ev.MessageTaken("Ring me back after five.")).leaves()
    assert text(inside.get(f"/calls/{visit.call.id}")).count("Ring me back after five.") >= 2
