"""`flask warmtransfer doctor`: every fault brought about, one by one, and each sentence as owners read it."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.calls.world import free_port
from tests.commands.account import Account, opened
from tests.ports.store.test_mailbox import begun
from tests.receiving import SECRET, Inbox, receiving
from warmtransfer.ports.store.owner import Owner
from warmtransfer.ports.store.store import Store, here
from warmtransfer.setup.doctor import deployment
from warmtransfer.setup.doctor.line import Verdict

ROOT = Path(__file__).parent.parent.parent
SAM, KIM = "+15550100001", "+15550100002"
Row = dict[str, Any]


class Deployment:
    """A simulated account and model, and the ready app behind its own public URL, all up."""

    def __init__(self, account: Account, folder: Path) -> None:
        self.account = account
        port = free_port()
        self.public = f"http://127.0.0.1:{port}"
        account.environment |= {
            "PORT": str(port), "WARMTRANSFER_PUBLIC_URL": self.public, "OPENAI_API_KEY": "sk-good",
            "WARMTRANSFER_HUMANS": f"sam={SAM},kim={KIM}", "WARMTRANSFER_COMPANY": "Harbour Street Bookshop",
        }  # fmt: skip
        assert account.run("provision", "--yes").exit_code == 0
        [made] = [app for app in account.apps() if app["friendly_name"].startswith("warmtransfer")]
        account.environment["TWILIO_APP_SID"] = made["sid"]
        clean = {
            k: v for k, v in os.environ.items() if not k.startswith(("TWILIO", "WARMTRANSFER", "OPENAI"))
        }
        self._log = (folder / "app.log").open("w")
        self.app = subprocess.Popen(
            [sys.executable, "wsgi.py"], cwd=ROOT, env={**clean, **account.environment}, stderr=self._log
        )
        self._wait()

    def _wait(self) -> None:
        end = time.monotonic() + 60.0
        while time.monotonic() < end:
            with contextlib.suppress(requests.RequestException):
                if requests.get(f"{self.public}/warmtransfer/health", timeout=5).status_code == 200:
                    return
            time.sleep(0.1)
        raise AssertionError(Path(self._log.name).read_text())

    def doctor(self, *arguments: str, **environment: str) -> tuple[int, list[Row]]:
        """The exit status and the lines, with another environment than the app's."""
        before = dict(self.account.environment)
        self.account.environment |= environment
        try:
            done = self.account.run("doctor", "--json", *arguments)
        finally:
            self.account.environment.clear()
            self.account.environment |= before
        assert done.exception is None or isinstance(done.exception, SystemExit), done.output
        found = json.loads(done.stdout)
        assert found["ok"] == (done.exit_code == 0)
        return done.exit_code, found["lines"]

    def stop(self) -> None:
        """End the app."""
        self.app.terminate()
        try:
            self.app.wait(15)
        finally:
            self.app.kill()
            self._log.close()


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """One deployment for all; each test puts back what it changes."""
    folder = tmp_path_factory.mktemp("doctor")
    with opened(
        folder, "--model", "--", "--ears", "match", "--key", "sk-good", "--bad-key", "401"
    ) as account:
        made = Deployment(account, folder)
        try:
            yield made
        finally:
            made.stop()


@pytest.fixture
def account(live: Deployment) -> Iterator[Account]:
    """The account, which is whole again afterwards."""
    number = live.account.number_set()
    yield live.account
    live.account.put(
        trial=False, status="active", verified=[], countries=[], key_rights=[],
        numbers=[f"{live.account.number}=voice"],
    )  # fmt: skip
    live.account.number_set(
        VoiceUrl=number["voice_url"], VoiceApplicationSid="", StatusCallback=number["status_callback"],
        VoiceFallbackUrl=number["voice_fallback_url"],
    )  # fmt: skip


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    """A system of the host's."""
    with receiving() as found:
        yield found


def faults(lines: list[Row], verdict: str = "fault") -> list[str]:
    """The lines of a verdict, as one text each."""
    return [f"{row['what']}: {row['found']} -> {row['do']}" for row in lines if row["verdict"] == verdict]


def test_a_deployment_that_works_has_no_fault_and_every_area_was_looked_at(live: Deployment) -> None:
    status, lines = live.doctor()
    assert (status, faults(lines)) == (0, [])
    areas = {row["area"] for row in lines}
    assert areas >= {
        "configuration",
        "database",
        "account",
        "number",
        "humans",
        "public URL",
        "model",
        "machine",
    }
    assert faults(lines, "cannot tell") == []
    shown = live.account.run("doctor")
    assert "Call the number and ask for a person." in shown.output
    for secret in ("TWILIO_AUTH_TOKEN", "TWILIO_API_SECRET"):
        assert live.account.environment[secret] not in shown.output


#: What is set wrongly in the command's environment, and what the owner is told first.
WRONG: list[tuple[dict[str, str], str]] = [
    ({"TWILIO_AUTH_TOKEN": "another-token"}, "AUTH_TOKEN: refused by Twilio (HTTP 401, code 20003) -> these"),
    ({"TWILIO_API_SECRET": "wrong"}, "API_SECRET: refused by Twilio (HTTP 401, code 20003) -> these"),
    ({"TWILIO_NUMBER": "+15550107777"}, "TWILIO_NUMBER: is no number of the account, which has +15550100000"),
    ({"TWILIO_APP_SID": "AP" + "9" * 32}, "TWILIO_APP_SID: names no TwiML App of the account"),
    ({"TWILIO_APP_SID": ""}, "TWILIO_APP_SID: is missing"),
    ({"TWILIO_APP_SID": ""}, "TWILIO_APP_SID: is not set -> run `flask"),
    ({"OPENAI_API_KEY": "sk-wrong"}, "a session of openai: the model's server answered 401"),
    ({"WARMTRANSFER_REALTIME_MODEL": "gpt-nothing"}, "set WARMTRANSFER_REALTIME_MODEL to a model"),
    ({"WARMTRANSFER_REALTIME_URL": "ws://127.0.0.1:9/v1"}, "reached: ConnectionRefusedError -> see"),
    ({"WARMTRANSFER_PUBLIC_URL": "http://127.0.0.1:9"}, "nothing listens there: is the app running"),
    ({"WARMTRANSFER_PUBLIC_URL": "http://no.such.name.invalid"}, "no.such.name.invalid is not known"),
    ({"WARMTRANSFER_URL_PREFIX": "/other"}, "is answered 404"),
    ({"WARMTRANSFER_HUMANS": ""}, "WARMTRANSFER_HUMANS: is missing"),
    ({"WARMTRANSFER_HUMANS": "sam=12"}, "WARMTRANSFER_HUMANS"),
    ({"DATABASE_URL": "postgresql://nobody@127.0.0.1:9/none"}, "DATABASE_URL: "),
    ({"DATABASE_URL": "sqlite:////nowhere/at/all.sqlite3"}, "DATABASE_URL"),
    ({"DATABASE_URL": "mysql://nobody@127.0.0.1/none"}, "DATABASE_URL: is wrong: it starts with neither"),
    ({"TWILIO_AUTH_TOKEN": "another-one"}, "/media: is answered 403, not 101 -> give the running"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("environment", "told"), WRONG, ids=[next(iter(each)) for each, _ in WRONG]
)
def test_a_wrong_key_is_named_with_what_to_do(
    live: Deployment, environment: dict[str, str], told: str
) -> None:
    status, lines = live.doctor(**environment)
    assert status == 1
    found = faults(lines)
    assert any(told in each for each in found), found
    assert all(" -> " in each and not each.endswith("-> ") for each in found), "each says what to do"


#: What is wrong at Twilio, how it comes about, and what the owner is told.
THERE: list[tuple[str, Callable[[Account], object], str]] = [
    ("suspended", lambda it: it.put(status="suspended"), "the account's state: is suspended"),
    (
        "a country that may not be called",
        lambda it: it.put(countries=["GB"]),
        "sam: is in US, which this",
    ),
    (
        "an unverified human",
        lambda it: it.put(trial=True, verified=[KIM]),
        "sam: has a number that is not",
    ),
    ("no voice", lambda it: it.put(numbers=[f"{it.number}=sms"]), "TWILIO_NUMBER: takes no voice calls"),
    (
        "the number's URL",
        lambda it: it.number_set(VoiceUrl="https://old.example.test/x"),
        ": is https://old",
    ),
    (
        "an App on the number",
        lambda it: it.number_set(VoiceApplicationSid=it.app_sid),
        "by the TwiML App: is",
    ),
    (
        "no status callback",
        lambda it: it.number_set(StatusCallback=""),
        "callback: is nothing, and has",
    ),
]


@pytest.mark.parametrize(("wrong", "told"), [each[1:] for each in THERE], ids=[each[0] for each in THERE])
def test_what_is_wrong_at_twilio_is_named(
    live: Deployment, account: Account, wrong: Callable[[Account], object], told: str
) -> None:
    wrong(account)
    status, lines = live.doctor()
    assert status == 1
    assert any(told in each for each in faults(lines)), faults(lines)


def test_each_of_somebodys_numbers_is_looked_at(live: Deployment, account: Account, tmp_path: Path) -> None:
    team = tmp_path / "team.toml"
    team.write_text(f'[[human]]\nname = "sam"\nnumbers = ["{SAM}", "+4930901820", "client:sam"]\n')
    account.put(countries=["US"])
    status, lines = live.doctor(WARMTRANSFER_HUMANS=str(team), WARMTRANSFER_COUNTRIES="US,DE")
    assert status == 1
    assert any(each.startswith("sam, number 2: is in DE, which this account") for each in faults(lines))
    assert any("sam, number 3 can be called" in each for each in faults(lines, "cannot tell"))
    assert ("sam, number 1", "can be called (US)") in [(row["what"], row["found"]) for row in lines]


def test_a_number_that_cannot_send_the_cards_is_a_warning_and_another_may(
    live: Deployment, account: Account, tmp_path: Path
) -> None:
    path = tmp_path / "cards.toml"
    path.write_text(f'[[human]]\nname = "sam"\nnumber = "{SAM}"\ncard = "sms"\n')
    _, lines = live.doctor(WARMTRANSFER_HUMANS=str(path))
    (told,) = [each for each in lines if "text messages" in each["found"]]
    assert (told["what"], told["verdict"]) == ("TWILIO_NUMBER", "warning")
    assert "WARMTRANSFER_CARDS_FROM" in told["do"]
    account.put(numbers=["+15550100077=sms"])
    _, lines = live.doctor(WARMTRANSFER_HUMANS=str(path), WARMTRANSFER_CARDS_FROM="+15550100077")
    (told,) = [each for each in lines if each["what"] == "WARMTRANSFER_CARDS_FROM"]
    assert told["verdict"] == "ok"
    _, lines = live.doctor(WARMTRANSFER_HUMANS=str(path), WARMTRANSFER_CARDS_FROM="MG" + "1" * 32)
    assert any("messaging service" in each["found"] for each in lines)


def test_the_commonest_mistake_is_named_and_fixed(live: Deployment, account: Account) -> None:
    """The App's URL set to the number's: each AI leg would begin a call that adds another one."""
    app = account.environment["TWILIO_APP_SID"]
    account.ask("POST", f"/Applications/{app}", VoiceUrl=f"{live.public}/warmtransfer/voice")
    _, lines = live.doctor()
    [found] = [each for each in faults(lines) if each.startswith("TwiML App")]
    assert f"is {live.public}/warmtransfer/voice, and has to be {live.public}/warmtransfer/ai" in found
    assert "provision" in found
    status, lines = live.doctor("--fix")
    assert (status, faults(lines)) == (0, [])


KEY = "TWILIO_API_KEY and TWILIO_API_SECRET: "


@pytest.mark.parametrize(
    ("rights", "lacks"),
    [
        (["GET", "POST Calls", "POST Conferences"], "the right DELETE Conferences/{Sid}/Participants/{Sid}"),
        (["GET", "POST Conferences", "DELETE"], "the rights POST Calls (dials humans); POST Calls"),
        (["GET IncomingPhoneNumbers", "POST", "DELETE"], "the rights GET Calls (looks for legs); GET Conf"),
    ],
)
def test_a_restricted_key_is_told_each_right_that_it_lacks(
    live: Deployment, account: Account, rights: list[str], lacks: str
) -> None:
    account.put(key_rights=rights)
    status, lines = live.doctor()
    assert status == 1
    [found] = [each for each in faults(lines) if each.startswith(KEY)]
    assert found.startswith(f"{KEY}accepted, and the key lacks {lacks}"), found
    assert "leave both keys empty: the auth token is used" in found
    account.put(key_rights=["GET", "POST", "DELETE"])
    assert live.doctor()[0] == 0


def test_a_trial_says_so_and_which_humans_it_can_call(live: Deployment, account: Account) -> None:
    account.put(trial=True, verified=[SAM, KIM])
    status, lines = live.doctor()
    assert status == 0
    assert any("is a trial" in each for each in faults(lines, "warning"))


def test_a_secondary_token_in_the_primary_ones_place_is_seen(live: Deployment) -> None:
    """REST takes both, and webhooks are signed with the primary one alone."""
    with opened(Path(live.account.environment["DATABASE_URL"].removeprefix("sqlite:///")).parent,
                "--secondary-token", "the-secondary-auth-token-0000000") as other:  # fmt: skip
        other.environment["TWILIO_AUTH_TOKEN"] = "the-secondary-auth-token-0000000"
        done = other.run("doctor", "--json")
    found = faults(json.loads(done.stdout)["lines"])
    assert any("is not the account's primary token" in each for each in found), found


def test_a_clock_that_is_wrong_is_seen(live: Deployment, monkeypatch: pytest.MonkeyPatch) -> None:
    right = time.time
    monkeypatch.setattr("warmtransfer.setup.doctor.account.time.time", lambda: right() + 300)
    _, lines = live.doctor()
    told = [each for each in faults(lines) if "s ahead of Twilio's" in each]  # 300, and what the asking took
    assert told, faults(lines)


def test_a_file_that_the_app_has_yet_to_make_is_no_fault(live: Deployment, tmp_path: Path) -> None:
    status, lines = live.doctor(DATABASE_URL=f"sqlite:///{tmp_path}/calls.sqlite3")
    assert status == 0
    (line,) = [row for row in lines if row["what"] == "DATABASE_URL"]
    assert line["found"] == "SQLite, made with the first call"
    assert list(tmp_path.iterdir()) == [], "and looking at it makes none"


def test_twilio_out_of_reach_is_told_without_a_status_that_nobody_sent(live: Deployment) -> None:
    _, lines = live.doctor(TWILIO_API_BASE_URL="http://127.0.0.1:9")
    (told,) = [row for row in lines if row["what"] == "TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN"]
    assert told["verdict"] == "cannot tell"
    assert told["found"] == "Twilio cannot be asked (read the account: no connection)"
    assert "reaches Twilio's API" in told["do"]


def test_what_could_not_be_looked_at_keeps_nobody_from_knowing_it(live: Deployment) -> None:
    """Nobody is told to call where the account was not even reached."""
    before = live.account.environment["TWILIO_API_BASE_URL"]
    live.account.environment["TWILIO_API_BASE_URL"] = "http://127.0.0.1:9"
    try:
        shown = live.account.run("doctor").output
    finally:
        live.account.environment["TWILIO_API_BASE_URL"] = before
    assert "not everything could be looked at" in shown
    assert "Call the number" not in shown


def test_what_waits_for_whole_keys_is_named_as_not_looked_at(live: Deployment) -> None:
    _, lines = live.doctor(TWILIO_APP_SID="")
    waiting = {row["what"]: row["found"] for row in lines if row["verdict"] == "cannot tell"}
    assert set(waiting) == {"humans", "the model", "machine"}
    assert all("not looked at while keys are missing" in found for found in waiting.values())


def test_a_suspended_account_is_no_key_without_rights(live: Deployment, account: Account) -> None:
    """A refused list is an exception of the SDK's without a code; only its answer has that."""
    account.put(status="suspended")
    _, lines = live.doctor()
    told = " ".join(faults(lines))
    assert "code 20005" in told
    assert "20003" not in told
    assert "may not do that" not in told


@pytest.mark.parametrize("arguments", [("--fix",), ("--call", SAM, "--yes")])
def test_what_cannot_be_done_is_a_line_of_the_list_and_the_rest_is_looked_at(
    live: Deployment, arguments: tuple[str, ...]
) -> None:
    status, lines = live.doctor(*arguments, WARMTRANSFER_PUBLIC_URL="")
    assert status == 1
    assert any(each.startswith(f"{arguments[0]}: could not") for each in faults(lines)), faults(lines)
    assert {"database", "configuration"} <= {row["area"] for row in lines}


def test_a_machine_that_is_too_small_is_seen(live: Deployment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("warmtransfer.setup.doctor.deployment.memory", lambda: 100_000_000)
    status, lines = live.doctor()
    assert status == 1
    assert any("memory: 0.1 GB, and 20 calls may take" in each for each in faults(lines)), faults(lines)


def test_a_folder_for_recordings_that_cannot_be_written_is_a_warning(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    (wrong,) = deployment.recordings(str(tmp_path / "file" / "kept"))
    assert wrong.verdict is Verdict.WARNING
    assert f"{tmp_path / 'file'} is no folder" in wrong.found
    (there,) = deployment.recordings(str(tmp_path))
    (later,) = deployment.recordings(str(tmp_path / "later"))
    assert there.verdict is later.verdict is Verdict.OK
    assert "made when needed" in later.found
    assert not list(deployment.recordings(""))


def test_several_processes_on_a_file_are_a_warning(live: Deployment) -> None:
    status, lines = live.doctor(WEB_CONCURRENCY="4")
    assert status == 0
    assert any("WEB_CONCURRENCY: is 4, and SQLite is for one" in each for each in faults(lines, "warning"))


@pytest.mark.parametrize("wished", ["abc", "0", "2.5", "65"])
def test_a_wish_for_processes_that_is_no_number_is_a_warning(live: Deployment, wished: str) -> None:
    status, lines = live.doctor(WEB_CONCURRENCY=wished)
    assert status == 0
    told = f"WEB_CONCURRENCY: is '{wished}', which is no number from 1 to 64: wsgi.py serves with one process"
    assert any(told in each and "-> write a number" in each for each in faults(lines, "warning")), lines


def test_a_setting_that_the_model_refuses_is_a_warning_since_calls_go_on(live: Deployment) -> None:
    status, lines = live.doctor(WARMTRANSFER_VOICE="nobody")
    assert status == 0, faults(lines)
    assert any("set WARMTRANSFER_VOICE" in each for each in faults(lines, "warning")), lines


def test_without_systems_of_the_hosts_events_are_no_matter(live: Deployment) -> None:
    assert not [row for row in live.doctor()[1] if row["area"] == "events"]


def test_the_hosts_systems_are_asked_with_a_signed_event(live: Deployment, inbox: Inbox) -> None:
    status, lines = live.doctor(WARMTRANSFER_EVENTS_URL=inbox.url, WARMTRANSFER_EVENTS_SECRET=SECRET)
    assert (status, faults(lines)) == (0, [])
    told = [(row["what"], row["found"]) for row in lines if row["area"] == "events"]
    assert told == [
        ("WARMTRANSFER_EVENTS_URL", "takes a signed event (HTTP 200)"),
        ("events that were not taken", "none"),
    ]
    [got] = inbox.got
    assert got.signed()
    assert got.told["type"] == "test"


@pytest.mark.parametrize(
    ("deed", "told"),
    [
        (401, "signed event: HTTP 401 -> see that your system has the same WARMTRANSFER_EVENTS_SECRET"),
        (500, "does not take a signed event: HTTP 500 -> have your system answer 2xx to a POST there"),
        (301, "HTTP 301, a redirect, which is not followed -> have your system answer"),
        ("drop", "the connection is lost (RemoteDisconnected) -> see that your system is up"),
    ],
)
def test_a_system_that_takes_no_event_is_a_fault(
    live: Deployment, inbox: Inbox, deed: int | str, told: str
) -> None:
    inbox.wish = lambda _got: deed
    status, lines = live.doctor(WARMTRANSFER_EVENTS_URL=inbox.url, WARMTRANSFER_EVENTS_SECRET=SECRET)
    assert status == 1
    assert any(told in each for each in faults(lines)), faults(lines)


def test_an_address_without_tls_and_events_that_were_not_taken_are_warnings(
    live: Deployment, tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path}/calls.sqlite3"
    owner = Owner(live.account.sid, live.account.number)
    store = Store(url, here, owner=owner, tells=True)
    begun(store, "c1", "c2")
    for letter in store.mailbox.take(1):
        store.mailbox.waits(letter, "HTTP 500", 60.0, False)
    for letter in store.mailbox.take(1):
        store.mailbox.give_up(letter, "HTTP 410")
    store.close()
    keys = {"WARMTRANSFER_EVENTS_URL": "http://crm.invalid/hooks", "WARMTRANSFER_EVENTS_SECRET": SECRET}
    _, lines = live.doctor(DATABASE_URL=url, **keys)
    found = faults(lines, "warning")
    assert any("begins with http://" in each for each in found), found
    assert any("events that were not taken: 1, the first for 0.0 h (HTTP 500)" in each for each in found)
    assert any("events that were given up: 1" in each for each in found)


class TestCall:
    """`--call`: a phone rings, is told that it works, and is asked for a key."""

    def phone(self, live: Deployment, *entries: Row) -> None:
        answer = requests.put(f"{live.account.base}/simulator/phones", json=list(entries), timeout=30)
        assert answer.ok, answer.text

    def test_it_is_asked_for_first(self, live: Deployment) -> None:
        done = live.account.run("doctor", "--call", SAM)
        assert done.exit_code == 1
        assert "say --yes, too" in done.output

    def test_a_key_is_what_makes_it_right(self, live: Deployment) -> None:
        press: list[Row] = [{"until": "heard:press 1", "timeout": 20}, {"press": "1"}, {"wait": 20}]
        self.phone(live, {"number": SAM, "answer": {"after": 0.5}, "steps": press})
        status, lines = live.doctor("--call", SAM, "--yes")
        assert status == 0
        assert lines[-1]["found"] == "rang, was told that it works, and somebody pressed 1"

    def test_a_phone_that_is_busy_is_a_fault(self, live: Deployment) -> None:
        self.phone(live, {"number": SAM, "answer": "busy"})
        status, lines = live.doctor("--call", SAM, "--yes")
        assert status == 1
        assert "was not answered (busy)" in lines[-1]["found"]
