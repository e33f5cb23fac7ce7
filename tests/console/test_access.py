"""Who gets in, who does not, and what a change has to carry."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask, Response, redirect, request, session
from flask_login import LoginManager, UserMixin, current_user, login_user
from itsdangerous import TimestampSigner
from werkzeug.test import TestResponse

from tests.console.believable import Visit
from tests.console.conftest import AT, PASSWORD, Room, token
from tests.test_config import GOOD
from tests.web.site import Site
from warmtransfer import WarmTransfer
from warmtransfer.console import streams
from warmtransfer.console.access import COOKIE, HOURS
from warmtransfer.errors import StoreBusy
from warmtransfer.ports.store import logouts
from warmtransfer.ports.store.duty import Duty

#: Every page, without what stands for a call's id.
PAGES = ("", "/news", "/still", "/before", "/before.csv", "/before.json", "/how", "/people", "/nothing")


def test_without_a_password_and_without_a_check_there_is_no_console(tmp_path: Path) -> None:
    site = Site(tmp_path)
    try:
        for path in (*PAGES, "/login", "/static/console.css"):
            assert site.client.get(AT + path).status_code == 404, path
        assert site.client.post(f"{AT}/login", data={"password": ""}).status_code in (403, 404)
    finally:
        site.close()


def test_a_stranger_sees_the_login_and_nothing_else(room: Room) -> None:
    visit = room.live()[0]
    for path in (
        *PAGES,
        f"/calls/{visit.call.id}",
        f"/calls/{visit.call.id}.json",
        f"/calls/{visit.call.id}/news",
        f"/calls/{visit.call.id}/panel",
    ):
        answer = room.client.get(AT + path)
        assert answer.status_code in (303, 401), path
        assert visit.call.id not in answer.text.replace(path, "")
        assert visit.call.caller not in answer.text
    assert "Your name" in room.client.get(f"{AT}/login").text


def test_whoever_knows_the_password_is_let_in_and_out_again(room: Room) -> None:
    assert room.login().headers["Location"] == AT
    assert "Anna" in room.get()
    assert room.client.post(f"{AT}/logout", data={"token": token(room.client, "")}).status_code == 303
    assert room.client.get(AT).status_code == 303


def test_who_logs_out_is_out_with_every_copy_of_their_cookie_in_every_process(room: Room) -> None:
    room.login()
    copied = room.client.get_cookie(COOKIE, path=AT)
    assert copied
    other = room.site.app.test_client()
    other.set_cookie(COOKIE, copied.value, path=AT)
    assert other.get(AT).status_code == 200
    answer = room.client.post(f"{AT}/logout", data={"token": token(room.client, "")}, follow_redirects=True)
    assert "You are logged out, in every tab." in answer.text
    assert other.get(AT).headers["Location"] == f"{AT}/login?out=1"
    elsewhere = Duty(lambda fn, *args: fn(*args), room.diary._transaction, room.site.store.mine).logouts
    assert elsewhere.lately(session_id(room, copied.value)), "as another process sees it"
    assert room.login(other).status_code == 303, "who has the password is in again"
    assert other.get(AT).status_code == 200


def session_id(room: Room, cookie: str) -> str:
    signer = room.site.app.extensions["warmtransfer_console"].access._signer
    return str(signer.loads(cookie)["id"])


def told(answer: TestResponse) -> str:
    """What a page that is open is told until it is told no more."""
    return b"".join(answer.iter_encoded()).decode()


@pytest.fixture
def lasting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Streams stay open, as under gevent, and ask at once whether they may."""
    monkeypatch.setattr(streams.hosts, "patched", lambda: True)
    monkeypatch.setattr(streams, "CHECK", 0.1)
    monkeypatch.setattr(logouts, "FRESH", 0.05)


@pytest.mark.usefixtures("lasting")
def test_a_page_that_is_open_is_told_nothing_more_once_somebody_has_logged_out(room: Room) -> None:
    room.login()
    answer = room.client.get(f"{AT}/news", buffered=False)
    room.client.post(f"{AT}/logout", data={"token": token(room.client, "")})
    Visit(room.diary, time.time(), "+15550123456")
    assert "event: ended" in told(answer)


@pytest.mark.parametrize("password", ["", "wrong", PASSWORD + "x", PASSWORD[:-1], PASSWORD.upper(), "é"])
def test_a_wrong_password_lets_nobody_in(room: Room, password: str) -> None:
    answer = room.client.post(
        f"{AT}/login", data={"name": "Eve", "password": password, "token": token(room.client)}
    )
    assert answer.status_code == 401
    assert "not the one" in answer.text
    assert room.client.get(AT).status_code == 303


def test_who_guesses_is_not_looked_at_for_a_while_even_with_the_right_one(room: Room) -> None:
    for _ in range(10):
        form = {"name": "Eve", "password": "guess", "token": token(room.client)}
        assert room.client.post(f"{AT}/login", data=form).status_code == 401
    answer = room.login()
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 60
    assert room.client.get(AT).status_code == 303


def test_who_guesses_is_counted_by_all_processes_together(room: Room, tmp_path: Path) -> None:
    other = Room(tmp_path)  # the same database
    try:
        for n in range(10):
            client = (room, other)[n % 2].client
            form = {"name": "Eve", "password": "guess", "token": token(client)}
            assert client.post(f"{AT}/login", data=form).status_code == 401
        for each in (room, other):
            answer = each.login()
            assert answer.status_code == 429
            assert 0 < int(answer.headers["Retry-After"]) <= 60
        assert each.login(each.site.app.test_client(), "Anna").status_code == 429, "whatever its cookies"
    finally:
        other.close()


def test_while_the_database_is_away_each_process_counts_for_itself(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object, **__: object) -> object:
        raise StoreBusy("away")

    monkeypatch.setattr(room.site.app.extensions["warmtransfer_console"].guesses._store, "within", away)
    for _ in range(10):
        form = {"name": "Eve", "password": "guess", "token": token(room.client)}
        assert room.client.post(f"{AT}/login", data=form).status_code == 401
    assert room.login().status_code == 429


@pytest.mark.parametrize("address", ["203.0.113.{}", "2001:db8::{:x}"])
def test_a_guesser_with_forty_addresses_is_not_looked_at_forty_times(room: Room, address: str) -> None:
    seen = []
    for number in range(40):
        form = {"name": "Eve", "password": "guess", "token": token(room.client)}
        told = {"X-Forwarded-For": address.format(number)}
        seen.append(room.client.post(f"{AT}/login", data=form, headers=told).status_code)
    assert seen.count(401) <= 30
    assert seen[-1] == 429


def test_the_cookie_is_for_our_pages_alone_and_for_no_script(room: Room) -> None:
    plain = room.client.get(f"{AT}/login").headers["Set-Cookie"]
    assert "HttpOnly" in plain
    assert "SameSite=Lax" in plain
    assert f"Path={AT}" in plain
    assert "Secure" not in plain
    for given in ({"base_url": "https://warmtransfer.test"}, {"headers": {"X-Forwarded-Proto": "https"}}):
        other = room.site.app.test_client()
        assert "Secure" in other.get(f"{AT}/login", **given).headers["Set-Cookie"]  # type: ignore[arg-type]


def test_a_login_makes_a_session_that_was_not_known_before(room: Room) -> None:
    before = room.client.get(f"{AT}/login").headers["Set-Cookie"]
    after = room.login().headers["Set-Cookie"]
    assert before.split(";")[0] != after.split(";")[0]
    assert token(room.client, "") != ""


def test_a_session_ends_after_its_hours(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    room.login()
    room.get()
    made = TimestampSigner.get_timestamp
    monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda self: made(self) + HOURS * 3600 + 1)
    assert room.client.get(AT).status_code == 303


def test_another_password_ends_every_session(room: Room, tmp_path: Path) -> None:
    room.login()
    cookie = room.client.get_cookie("warmtransfer_console", path=AT)
    assert cookie
    (tmp_path / "other").mkdir()
    other = Room(tmp_path / "other", WARMTRANSFER_CONSOLE_PASSWORD="another horse battery")
    same = Room(tmp_path / "other")
    try:
        for site, status in ((other, 303), (same, 200)):
            site.client.set_cookie("warmtransfer_console", cookie.value, path=AT)
            assert site.client.get(AT).status_code == status
    finally:
        other.close()
        same.close()


def test_a_forged_cookie_is_none(room: Room) -> None:
    room.login()
    cookie = room.client.get_cookie("warmtransfer_console", path=AT)
    assert cookie
    signed, _, signature = cookie.value.rpartition(".")
    # Not its last letter, of which some bits mean nothing.
    other = f"{signed}.{'A' if signature[0] != 'A' else 'B'}{signature[1:]}"
    for forged in (other, cookie.value[2:], "e30.x.y", "", "é", "." * 4000):
        room.client.set_cookie("warmtransfer_console", forged, path=AT)
        assert room.client.get(AT).status_code == 303


def changes(room: Room) -> list[tuple[str, dict[str, str]]]:
    """Everything that can be changed, each as its form sends it, without the token."""
    visit = next(each for each in room.live() if each.call.stage == "ai" and not each.call.handoff.number)
    return [
        (f"/calls/{visit.call.id}/handoff", {"target": "kim", "summary": "x"}),
        (f"/calls/{visit.call.id}/do/hang-up", {"attempt": "0"}),
        (f"/calls/{visit.call.id}/hear", {}),
        ("/people/duty", {"name": "sam", "to": "away"}),
        ("/people/link", {"name": "sam", "to": "make"}),
        ("/logout", {}),
    ]


def test_every_change_there_is_is_known_to_these_tests(inside: Room) -> None:
    ours = [
        rule
        for rule in inside.site.app.url_map.iter_rules()
        if rule.endpoint.startswith("warmtransfer_console.")
    ]
    posts = {rule.rule.removeprefix(AT) for rule in ours if "POST" in (rule.methods or ())}
    assert posts == {
        "/login", "/logout", "/people/duty", "/people/link", "/calls/<call_id>/handoff",
        "/calls/<call_id>/do/<name>", "/calls/<call_id>/hear",
    }  # fmt: skip
    known = {re.sub(r"[0-9a-f]{24}", "<call_id>", path) for path, _ in changes(inside)}
    assert {re.sub(r"/do/.*", "/do/<name>", path) for path in known} == posts - {"/login"}


@pytest.mark.parametrize(
    "fault", ["no token", "stale", "another's", "foreign origin", "null origin", "cross-site"]
)
def test_a_change_that_no_page_of_ours_asked_for_changes_nothing(inside: Room, fault: str) -> None:
    good = token(inside.client, "")
    other = inside.site.app.test_client()
    inside.login(other, "Mallory")
    given = {"no token": "", "stale": good, "another's": token(other, "")}.get(fault, good)
    headers = {
        "foreign origin": {"Origin": "https://evil.test"},
        "null origin": {"Origin": "null"},
        "cross-site": {"Sec-Fetch-Site": "cross-site"},
    }.get(fault, {})
    if fault == "stale":
        inside.login()  # a session of its own, with a token of its own
    for path, form in changes(inside):
        answer = inside.client.post(AT + path, data={**form, "token": given}, headers=headers)
        assert answer.status_code == 403, path
    assert inside.client.get(AT).status_code == 200
    assert inside.site.store.duty.away() == ()
    assert all(
        not call.handoff.number
        for call in inside.site.store.calls()
        if call.stage == "ai" and not call.attempts
    )
    assert not any(call.hung_up for call in inside.site.store.calls())


@pytest.mark.parametrize("origin", ["http://localhost", "https://warmtransfer.test"])
def test_a_change_from_our_own_page_is_made(inside: Room, origin: str) -> None:
    path, form = changes(inside)[0]
    answer = inside.client.post(
        AT + path, data={**form, "token": token(inside.client, "")}, headers={"Origin": origin}
    )
    assert answer.status_code == 303


def test_a_change_by_get_is_none(inside: Room) -> None:
    for path, _ in changes(inside):
        assert inside.client.get(AT + path).status_code in (404, 405)
    assert inside.client.get(AT).status_code == 200


def test_no_page_may_hold_a_script_a_style_a_frame_or_a_foreign_host(inside: Room) -> None:
    visit = inside.live()[0]
    for path in ("", "/before", "/how", "/people", f"/calls/{visit.call.id}", "/nothing", "/login"):
        answer = inside.client.get(AT + path, follow_redirects=True)
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'; script-src 'self'; style-src 'self'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert not re.search(
            r"<script(?![^>]* src=)|<[^>]*\s(?:on\w+|style)=|<style|javascript:", answer.text
        )
        assert not re.search(r'(?:src|href|action)="(?:https?:)?//', answer.text)


def test_every_file_that_a_page_asks_for_is_in_the_package(inside: Room) -> None:
    page = inside.get()
    files = set(re.findall(rf'(?:src|href)="({AT}/static/[^"]+)"', page))
    assert len(files) == 3
    for path in files:
        answer = inside.client.get(path)
        assert answer.status_code == 200
        assert "max-age" in answer.headers["Cache-Control"]


# The host app's own check -----------------------------------------------------------------------------


class User(UserMixin):
    """Somebody of the host app's."""

    def __init__(self, name: str) -> None:
        self.id = name


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Flask]:
    """An app with flask-login, whose users may see the console."""
    app = Flask(__name__)
    app.config.update(GOOD, DATABASE_URL=f"sqlite:///{tmp_path / 'calls.sqlite3'}", SECRET_KEY="x")
    logins = LoginManager(app)
    logins.user_loader(User)
    logins.unauthorized_handler(lambda: redirect("/own-login"))

    @app.get("/enter/<name>")
    def enter(name: str) -> str:
        login_user(User(name))
        session.permanent = True
        return "in"

    def check() -> object:
        return current_user.get_id() if current_user.is_authenticated else logins.unauthorized()

    extension = WarmTransfer(app, console_access=check)
    yield app
    extension.stop(app)


def test_the_host_apps_own_login_lets_in_and_keeps_out(host: Flask) -> None:
    client = host.test_client()
    answer = client.get(AT)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/own-login")
    client.get("/enter/grace")
    page = client.get(AT)
    assert page.status_code == 200
    assert "grace" in page.text
    assert "Log out" not in page.text
    assert client.get(f"{AT}/login").status_code == 303


@pytest.mark.usefixtures("lasting")
def test_whom_the_host_app_lets_in_no_more_is_told_nothing_more(tmp_path: Path) -> None:
    app, allowed = Flask(__name__), ["grace"]
    app.config.update(GOOD, DATABASE_URL=f"sqlite:///{tmp_path / 'calls.sqlite3'}")
    extension = WarmTransfer(app, console_access=lambda: request.headers.get("Who") in allowed)
    try:
        answer = app.test_client().get(f"{AT}/news", headers={"Who": "grace"}, buffered=False)
        parts_ = answer.iter_encoded()
        assert b"retry" in next(parts_)
        allowed.clear()
        assert b"event: ended" in b"".join(parts_)
    finally:
        extension.stop(app)


def test_under_the_host_apps_login_a_change_needs_our_token_too(host: Flask) -> None:
    client = host.test_client()
    client.get("/enter/grace")
    client.get(AT)
    assert client.post(f"{AT}/calls/x/handoff", data={}).status_code == 403
    assert client.post(f"{AT}/calls/x/handoff", data={"token": "0" * 64}).status_code == 403


@pytest.mark.parametrize(("said", "status"), [(True, 200), (False, 403), (None, 403), ("", 403)])
def test_a_check_may_say_no_more_than_yes_or_no(tmp_path: Path, said: object, status: int) -> None:
    app = Flask(__name__)
    app.config.update(GOOD, DATABASE_URL=f"sqlite:///{tmp_path / 'calls.sqlite3'}")
    extension = WarmTransfer(app, console_access=lambda: said)
    try:
        assert app.test_client().get(AT).status_code == status
    finally:
        extension.stop(app)


def test_what_the_check_answers_is_sent_as_it_is(tmp_path: Path) -> None:
    app = Flask(__name__)
    app.config.update(GOOD, DATABASE_URL=f"sqlite:///{tmp_path / 'calls.sqlite3'}")
    extension = WarmTransfer(app, console_access=lambda: Response("who are you?", 418))
    try:
        assert app.test_client().get(AT).status_code == 418
    finally:
        extension.stop(app)
