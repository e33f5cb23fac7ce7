"""A human's own page and the card of a call: opened by their link alone, and by no look at it changed."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from werkzeug.test import TestResponse

from tests.console.believable import Visit
from tests.console.conftest import Room
from tests.desk.parts import eventually
from warmtransfer.console.card import card
from warmtransfer.core import events as ev
from warmtransfer.core.call import Attempt, Stage
from warmtransfer.core.legs import Ended, Heard
from warmtransfer.core.outcomes import Outcome
from warmtransfer.core.screening import Said
from warmtransfer.core.words import Show
from warmtransfer.web import hosts
from warmtransfer.web.seals import Seals

MY = "/warmtransfer/my"
HUMANS = """
[[human]]
name = "sam"
number = "+15550100001"
card = "sms"
[[human]]
name = "kim"
number = "+15550100002"
card = "link"
[[human]]
name = "pat"
number = "+15550100003"
"""


class Own(Room):
    """A room whose humans have cards, and in which nobody logs in."""

    def __init__(self, folder: Path, **more: str) -> None:
        (folder / "cards.toml").write_text(HUMANS)
        mine = {"WARMTRANSFER_HUMANS": str(folder / "cards.toml"), "WARMTRANSFER_CONSOLE_PASSWORD": ""}
        super().__init__(folder, **{**mine, **more})

    @property
    def seals(self) -> Seals:
        """What makes the links."""
        return self.site.parts.links.seals

    def card(self, visit: Visit, n: int = 1) -> str:
        """The path of an attempt's card."""
        return f"{MY}/c/{self.seals.card(visit.call.id, n)}"

    def page(self, name: str) -> str:
        """The path of a human's own page."""
        return f"{MY}/{self.seals.page(name, self.site.store.duty.pages.turn(name))}"

    def form(self, path: str, **more: str) -> dict[str, str]:
        """What a form of this page sends."""
        return {"token": self.seals.form(path.rpartition("/")[2]), **more}

    def press(self, path: str, what: str, page: str = "", **more: str) -> TestResponse:
        """A button of a card, or of their own page."""
        return self.client.post(path + page, data=self.form(path, do=what, **more))

    def attempt(self, visit: Visit, n: int = 1) -> Attempt:
        found = self.site.call(visit.call.id).attempt_number(n)
        assert found is not None
        return found

    def seen(self, path: str) -> str:
        answer = self.client.get(path)
        assert answer.status_code == 200
        return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Own]:
    found = Own(tmp_path)
    yield found
    found.close()


def ringing(own: Own) -> Visit:
    """Sam's phone rings for a caller."""
    return Visit(own.diary, time.time() - 30, "+15550127001").connected().chat(2).ask().rings()


def heard(visit: Visit) -> Visit:
    """Sam has picked up, and was heard."""
    visit.answers(1)
    return visit.tell(ev.MachineHeard(1, Heard.HUMAN), 1)


# What is on the card --------------------------------------------------------------------------------


def test_a_card_says_who_and_what_and_what_was_said(own: Own) -> None:
    seen = own.seen(own.card(ringing(own)))
    assert "Your phone is ringing" in seen
    assert "Margaret Lee: order 4417 came without its second book" in seen
    assert "only one has arrived" in seen
    assert "Pressing 1 on the phone does the same" in seen
    assert ("Accept" in seen, "Decline" in seen) == (True, True)


@pytest.mark.parametrize(("show", "there"), [("own", False), ("said", True), ("caller", True)])
def test_the_callers_number_is_on_it_where_humans_get_it(tmp_path: Path, show: str, there: bool) -> None:
    own = Own(tmp_path, WARMTRANSFER_SHOW=show)
    try:
        assert ("+1 555-012-7001" in own.seen(own.card(ringing(own)))) is there
    finally:
        own.close()


def test_a_card_of_which_the_attempt_is_over_says_what_came_of_it_and_nothing_else(own: Own) -> None:
    visit = ringing(own)
    visit.fails(Ended.NO_ANSWER).rings()
    seen = own.seen(own.card(visit))
    assert "You did not answer in time" in seen
    assert "Kim’s phone is ringing" in seen
    assert "Margaret Lee" not in seen
    assert "only one has arrived" not in seen
    assert "Accept" not in seen
    kims = own.seen(own.card(visit, 2))
    assert "Sam did not answer" in kims
    assert "Margaret Lee" in kims


def test_a_card_is_not_found_a_day_after_its_attempt(own: Own) -> None:
    visit = Visit(own.diary, time.time() - 90_000, "+15550127001").connected().ask().rings()
    path = own.card(visit)
    visit.fails(Ended.NO_ANSWER)
    assert own.client.get(path).status_code == 404


# What is done on it ---------------------------------------------------------------------------------


def test_accepted_on_the_card_the_leg_that_was_heard_is_moved_into_the_room(own: Own) -> None:
    visit = heard(ringing(own))
    path = own.card(visit)
    answer = own.press(path, "accept")
    assert (answer.status_code, answer.headers["Location"]) == (303, path)
    assert own.site.call(visit.call.id).stage is Stage.JOINING
    assert own.attempt(visit).outcome is Outcome.ACCEPTED
    moved, _ = own.site.carrier.wait("move_call")
    assert moved == (own.attempt(visit).call_sid, own.site.parts.links.human(visit.call.id, 1))
    document = own.site.document(f"/human/{visit.call.id}/1", CallSid=own.attempt(visit).call_sid)
    assert document[0][0].text == f"wt-{visit.call.id}"
    assert "You are being connected" in own.seen(path)


def test_accepted_before_anybody_has_picked_up_is_kept_until_a_person_is_heard(own: Own) -> None:
    visit = ringing(own)
    path = own.card(visit)
    assert own.press(path, "accept").status_code == 303
    assert own.site.call(visit.call.id).stage is Stage.RINGING
    seen = own.seen(path)
    assert "Now pick up the phone" in seen
    assert "Accept" not in seen
    sid = own.attempt(visit).call_sid
    own.site.document(f"/human/{visit.call.id}/1", CallSid=sid)
    own.site.send(f"/human/{visit.call.id}/1/amd", {"CallSid": sid, "AnsweredBy": "human"})
    assert own.site.call(visit.call.id).stage is Stage.JOINING


def test_a_mailbox_that_picks_up_does_not_come_to_the_caller(own: Own) -> None:
    visit = ringing(own)
    own.press(own.card(visit), "accept")
    sid = own.attempt(visit).call_sid
    own.site.document(f"/human/{visit.call.id}/1", CallSid=sid)
    own.site.send(f"/human/{visit.call.id}/1/amd", {"CallSid": sid, "AnsweredBy": "machine_start"})
    assert "Pick up the phone" in own.seen(own.card(visit)), "it may be a telephone that asks who calls"
    said = {"SpeechResult": "Please leave a message after the tone."}
    heard = own.site.document(f"/human/{visit.call.id}/1/spoke", **said)
    assert [verb.tag for verb in heard] == ["Hangup"]
    assert own.attempt(visit).outcome is Outcome.MACHINE
    assert "A mailbox picked up" in own.seen(own.card(visit))


def test_where_no_person_can_be_told_from_a_machine_key_1_is_what_the_card_asks_for(own: Own) -> None:
    """The detection may be off, or not sure."""
    visit = ringing(own)
    tried = own.attempt(visit)
    assert "accept" in card(visit.call, tried, Show.SAID, 0.0).buttons
    off = card(visit.call, tried, Show.SAID, 0.0, detected=False)
    assert "accept" not in off.buttons
    assert "Press 1 on the phone" in off.hint
    visit.answers(1)
    own.press(own.card(visit), "accept")
    visit.tell(ev.MachineHeard(1, Heard.UNKNOWN), 1)
    assert "Press 1 on the phone" in own.seen(own.card(visit))


def test_at_a_telephone_that_asks_who_calls_the_card_says_what_to_do_there(own: Own) -> None:
    visit = ringing(own)
    visit.answers(1)
    visit.tell(ev.MachineHeard(1, Heard.MACHINE), 1)
    visit.tell(ev.LegSpoke(1, Said.ASKS), 1)
    assert "Accept" in own.seen(own.card(visit))
    own.press(own.card(visit), "accept")
    assert "Pick up and say yes, or press 1" in own.seen(own.card(visit))
    visit.tell(ev.LegSpoke(1, Said.WORDS), 1)
    assert "Say yes on the phone" in own.seen(own.card(visit))
    assert own.attempt(visit).outcome is None


def test_declined_on_the_card_the_phone_stops_ringing_and_the_next_one_rings(own: Own) -> None:
    visit = ringing(own)
    assert own.press(own.card(visit), "decline").status_code == 303
    sid = own.attempt(visit).call_sid
    told = own.site.carrier.said  # the AI's leg, of which nobody had told this process, may be ended, too
    eventually(lambda: (sid,) in [arguments for name, arguments, _ in told if name == "end_call"])
    form = {"CallSid": own.attempt(visit).call_sid, "CallStatus": "canceled"}
    own.site.send(f"/human/{visit.call.id}/1/status", form)
    assert own.attempt(visit).outcome is Outcome.DECLINED
    eventually(lambda: len(own.site.call(visit.call.id).attempts) == 2)
    assert own.attempt(visit, 2).name == "kim"
    assert "You have declined" in own.seen(own.card(visit))


def test_a_card_that_is_void_changes_nothing_whatever_is_pressed(own: Own) -> None:
    visit = ringing(own)
    path = own.card(visit)
    visit.fails(Ended.NO_ANSWER)
    before = own.site.call(visit.call.id)
    for what in ("accept", "decline"):
        assert own.press(path, what).status_code == 303
    after = own.site.call(visit.call.id)
    assert (after.stage, after.attempts) == (before.stage, before.attempts)


# Who may --------------------------------------------------------------------------------------------


def test_a_look_at_it_changes_nothing_whoever_looks_and_how(own: Own) -> None:
    visit = heard(ringing(own))
    before = own.site.call(visit.call.id)
    for path in (own.card(visit), own.page("sam")):
        asked = f"{path}?do=accept&token={own.seals.form(path.rpartition('/')[2])}"
        for look in (own.client.get, own.client.head, own.client.options):
            assert look(path).status_code == 200
            assert look(asked).status_code == 200
    assert own.site.call(visit.call.id) == before
    assert own.site.store.duty.away() == ()


@pytest.mark.parametrize("fault", ["no token", "another's token", "cross-site", "no button"])
def test_a_change_that_no_page_of_this_link_asked_for_is_none(own: Own, fault: str) -> None:
    visit = heard(ringing(own))
    for path, page in ((own.card(visit), ""), (own.page("sam"), "/card")):
        form = own.form(path, do="accept", call=visit.call.id, n="1")
        headers = {}
        if fault == "no token":
            del form["token"]
        elif fault == "another's token":
            form["token"] = own.seals.form("another")
        elif fault == "cross-site":
            headers = {"Sec-Fetch-Site": "cross-site"}
        else:
            form["do"] = "please"
        answer = own.client.post(path + page, data=form, headers=headers)
        assert answer.status_code == (400 if fault == "no button" else 403)
    assert own.site.call(visit.call.id).stage is Stage.BRIEFING


def test_a_browser_that_tells_nobody_where_it_is_may_press(own: Own) -> None:
    """Whose page has `no-referrer` sends an Origin of null."""
    visit = ringing(own)
    path = own.card(visit)
    headers = {"Origin": "null", "Sec-Fetch-Site": "same-origin"}
    answer = own.client.post(path, data=own.form(path, do="decline"), headers=headers)
    assert answer.status_code == 303
    assert own.attempt(visit).outcome is Outcome.DECLINED


def test_nobody_comes_in_by_a_link_that_we_have_not_made(own: Own) -> None:
    visit = ringing(own)
    good, page = own.card(visit), own.page("sam")
    forged = [
        good[:-1] + ("a" if good[-1] != "a" else "b"),
        good.replace("-1-", "-2-"),
        own.card(visit, 7),
        f"{MY}/c/x",
        page[:-1] + ("a" if page[-1] != "a" else "b"),
        f"{MY}/{own.seals.page('sam', 2)}",
        f"{MY}/{own.seals.page('kim', 1)}",
        f"{MY}/{own.seals.form(page.rpartition('/')[2])}",
    ]
    for path in forged:
        for more in ("", "/news", "/note", "/duty", "/card"):
            assert own.client.get(path + more).status_code in (404, 405), path + more
            assert own.client.post(path + more, data=own.form(path, do="accept")).status_code in (404, 405)
    assert own.client.get(good).status_code == own.client.get(page).status_code == 200


def test_an_answer_is_kept_by_nobody_and_tells_nobody_where_it_was(own: Own) -> None:
    visit = ringing(own)
    for path in (own.card(visit), own.page("sam"), f"{MY}/nothing"):
        answer = own.client.get(path)
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert "noindex" in answer.headers["X-Robots-Tag"]
        assert "default-src 'none'; script-src 'self'" in answer.headers["Content-Security-Policy"]
        assert "Set-Cookie" not in answer.headers
        assert not re.search(
            r"<script(?![^>]* src=)|<[^>]*\s(?:on\w+|style)=|<style|javascript:", answer.text
        )
        assert not re.search(r'(?:src|href|action)="(?:https?:)?//', answer.text)
        for file in re.findall(r'(?:src|href)="(/[^"]+/static/[^"]+)"', answer.text):
            assert own.client.get(file).status_code == 200


def test_the_console_stays_shut_to_whoever_has_a_link(own: Own) -> None:
    visit = ringing(own)
    own.client.get(own.page("sam"))
    for path in ("", "/people", f"/calls/{visit.call.id}"):
        assert own.client.get(f"/warmtransfer/console{path}").status_code == 404


def test_words_of_a_caller_are_words_and_nothing_else(own: Own) -> None:
    visit = Visit(own.diary, time.time(), "+15550127001").connected()
    visit.say("caller", "<script>alert(1)</script>")
    visit.tell(ev.HandoffAsked("tool", "", "", "<img src=x onerror=alert(1)>")).rings()
    page = own.client.get(own.card(visit)).text
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "&lt;script&gt;" in page


# A human's own page ---------------------------------------------------------------------------------


def test_the_switch_on_their_own_page_is_the_same_as_the_operators(own: Own) -> None:
    page = own.page("sam")
    assert "You are on duty" in own.seen(page)
    assert own.client.post(f"{page}/duty", data=own.form(page, to="away")).status_code == 303
    ((name, by),) = [(each.name, each.by) for each in own.site.store.duty.away()]
    assert (name, by) == ("sam", "themselves")
    assert "You are away" in own.seen(page)
    own.client.post(f"{page}/duty", data=own.form(page, to="here"))
    assert own.site.store.duty.away() == ()


def test_what_rings_is_on_their_own_page_and_on_nobody_elses(own: Own) -> None:
    visit = ringing(own)
    assert "Margaret Lee" in own.seen(own.page("sam"))
    assert "Nothing rings" in own.seen(own.page("kim"))
    for name in ("kim", "pat"):
        page = own.page(name)
        assert own.press(page, "decline", "/card", call=visit.call.id, n="1").status_code == 404
        assert own.client.post(
            f"{page}/note", data=own.form(page, call=visit.call.id, n="1", note="x")
        ).status_code == 404
    assert own.attempt(visit).outcome is None
    page = own.page("sam")
    assert own.press(page, "decline", "/card", call=visit.call.id, n="1").status_code == 303
    assert own.attempt(visit).outcome is Outcome.DECLINED


def test_who_wishes_no_card_sees_none_and_decides_by_the_keys(own: Own) -> None:
    visit = ringing(own)
    visit.fails(Ended.BUSY).rings()
    visit.fails(Ended.BUSY)
    pat = Visit(own.diary, time.time() - 5, "+15550127002").connected()
    pat.tell(ev.HandoffAsked("tool", "", "", "A secret."))
    page = own.page("pat")
    assert "not shown here" in own.seen(page)
    assert "A secret" not in own.seen(page)


def test_another_link_voids_the_one_before(own: Own) -> None:
    page = own.page("sam")
    own.site.store.duty.pages.renew("sam")
    assert own.client.get(page).status_code == 404
    assert own.client.post(f"{page}/duty", data=own.form(page, to="away")).status_code == 404
    assert own.client.get(own.page("sam")).status_code == 200
    assert own.page("sam") != page


def test_what_came_of_it_is_one_line_that_the_console_shows(tmp_path: Path) -> None:
    own = Own(tmp_path, WARMTRANSFER_CONSOLE_PASSWORD="correct horse battery")
    try:
        visit = ringing(own)
        visit.answers().accepts().leaves(60)
        page = own.page("sam")
        assert "You talked for" in own.seen(page)
        form = {"call": visit.call.id, "n": "1", "note": "  Sent the second   parcel anew. "}
        assert own.client.post(f"{page}/note", data=own.form(page, **form)).status_code == 303
        assert "Sent the second parcel anew." in own.seen(page)
        path = own.card(visit)
        form = own.form(path, note="<b>Called back.</b>")
        assert own.client.post(f"{path}/note", data=form).status_code == 303
        assert "&lt;b&gt;Called back." in own.client.get(path).text
        own.login()
        shown = own.get(f"/calls/{visit.call.id}")
        assert "Sam noted: Sent the second parcel anew." in shown
        assert own.site.call(visit.call.id).stage is Stage.OVER
    finally:
        own.close()


@pytest.mark.parametrize("note", ["x" * 301, "a\x00b", "a\x1bb"])
def test_a_note_is_one_line(own: Own, note: str) -> None:
    visit = ringing(own)
    visit.answers().accepts()
    path = own.card(visit)
    assert own.client.post(f"{path}/note", data=own.form(path, note=note)).status_code == 400


def test_the_console_gives_out_the_link_and_voids_it(tmp_path: Path) -> None:
    own = Own(tmp_path, WARMTRANSFER_CONSOLE_PASSWORD="correct horse battery")
    try:
        own.login()
        assert own.site.parts.links.page("sam", 1) not in own.get("/people?link=sam")
        console = "/warmtransfer/console/people/link"
        token = re.search(r'name="token" value="([0-9a-f]+)"', own.get("/people"))
        assert token
        form = {"token": token[1], "name": "sam", "to": "make"}
        assert own.client.post(console, data=form).headers["Location"].endswith("/people?link=sam")
        assert own.site.parts.links.page("sam", 1) in own.get("/people?link=sam")
        own.client.post(console, data={**form, "to": "renew"})
        assert own.site.parts.links.page("sam", 2) in own.get("/people?link=sam")
        assert own.client.post(console, data={**form, "name": "eve"}).status_code == 400
    finally:
        own.close()


def test_news_comes_by_itself_and_ends_with_the_link(own: Own) -> None:
    visit = ringing(own)
    page = own.page("sam")
    told = own.client.get(f"{page}/news").text
    assert "Margaret Lee" in told
    assert told.count('"id": "card"') == 1
    assert "event: beat" in told
    assert "Margaret Lee" in own.client.get(f"{own.card(visit)}/news").text
    assert own.client.get(f"{own.page('kim')}/news").text.count("Margaret Lee") == 0


def test_the_call_that_has_just_ended_is_told_by_itself_with_a_line_for_a_note(
    own: Own, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hosts, "patched", lambda: True)
    visit = ringing(own)
    visit.answers(0).accepts(0)
    answer = own.client.get(f"{own.page('sam')}/news", buffered=False)
    told = (each.decode() for each in answer.iter_encoded())
    assert any("You have the caller" in each for each in told)
    visit.tell(ev.CallerLeft(visit.call.room_sid))
    end = time.monotonic() + 10
    part = next(each for each in told if "You talked" in each or time.monotonic() > end)
    assert "You talked" in part, "though their own leg may still be up"
    assert "note-" in part
    visit.tell(ev.HumanEnded(1, Ended.COMPLETED, "", visit.call.attempts[0].call_sid))
    answer.close()
