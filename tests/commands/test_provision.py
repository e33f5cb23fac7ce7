"""`flask warmtransfer provision`, against a simulated account by Twilio's own SDK."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.commands.account import OURS, PUBLIC, Account, opened

ROOT = Path(__file__).parent.parent.parent
OLD = "https://old.example.test/answer"


@pytest.fixture
def account(tmp_path: Path) -> Iterator[Account]:
    """An account nobody has set up."""
    with opened(tmp_path) as found:
        yield found


def test_a_new_account_is_set_up_in_one_run_and_the_next_one_has_nothing_to_do(account: Account) -> None:
    done = account.run("provision")
    assert done.exit_code == 0, done.output
    [made] = [app for app in account.apps() if app["friendly_name"] == f"warmtransfer {account.number}"]
    assert f"TWILIO_APP_SID={made['sid']}" in done.output
    assert (made["voice_url"], made["voice_fallback_url"]) == (f"{OURS}/ai", f"{OURS}/ai")
    number = account.number_set()
    assert number["voice_url"] == number["voice_fallback_url"] == f"{OURS}/voice"
    assert number["status_callback"] == f"{OURS}/status"
    assert number["voice_method"] == number["status_callback_method"] == "POST"
    again = account.run("provision")
    assert "Everything is set as it has to be." in again.output
    assert len(account.apps()) == 2


def test_a_dry_run_prints_the_plan_and_changes_nothing(account: Account) -> None:
    before = account.number_set(), account.apps()
    done = account.run("provision", "--dry-run")
    assert done.exit_code == 0, done.output
    assert "Nothing was changed." in done.output
    assert "TWILIO_APP_SID=" not in done.output
    for url in (f"{OURS}/voice", f"{OURS}/ai", f"{OURS}/status"):
        assert f"-> {url}" in done.output
    assert (account.number_set(), account.apps()) == before


def test_a_number_that_answers_elsewhere_is_changed_when_somebody_says_so(account: Account) -> None:
    account.number_set(VoiceUrl=OLD)
    refused = account.run("provision", typed="n\n")
    assert refused.exit_code == 1
    assert f"is answered by {OLD} today" in refused.output
    assert account.number_set()["voice_url"] == OLD
    assert len(account.apps()) == 1, "nothing at all is changed before the answer"
    nobody = account.run("provision")
    assert nobody.exit_code == 1, "a script that is asked gets no"
    assert "Nothing was changed" in nobody.output
    assert "--yes" in nobody.output
    assert account.run("provision", typed="y\n").exit_code == 0
    assert account.number_set()["voice_url"] == f"{OURS}/voice"


def test_a_run_that_stops_half_way_says_so_and_the_next_one_goes_on(account: Account) -> None:
    account.fault("rest=500;match=POST IncomingPhoneNumbers")
    stopped = account.run("provision", "--yes")
    assert stopped.exit_code == 1
    assert "This has stopped before its end. Run again, it goes on from there" in stopped.output
    assert len(account.apps()) == 2, "the App is there"
    assert account.run("provision", "--yes").exit_code == 0
    assert len(account.apps()) == 2, "and is not made again"
    assert account.number_set()["voice_url"] == f"{OURS}/voice"
    assert account.run("provision", "--undo", "--yes").exit_code == 0
    assert len(account.apps()) == 1


def test_what_would_answer_in_our_place_is_taken_from_the_number(account: Account) -> None:
    account.number_set(VoiceApplicationSid=account.app_sid)
    asked = account.run("provision", typed="n\n")
    assert f"answered by the TwiML App {account.app_sid} today" in asked.output
    assert account.run("provision", "--yes").exit_code == 0
    assert not account.number_set()["voice_application_sid"]


def test_undo_puts_back_what_the_first_run_has_found(account: Account) -> None:
    account.number_set(VoiceUrl=OLD, VoiceMethod="GET", StatusCallback="https://old.example.test/ended")
    before, apps = account.number_set(), account.apps()
    assert account.run("provision", "--yes").exit_code == 0
    account.environment["WARMTRANSFER_PUBLIC_URL"] = "https://new.example.test"
    assert account.run("provision", "--yes").exit_code == 0, "a second change is not what was found"
    shown = account.run("provision", "--undo", "--dry-run")
    assert f"-> {OLD} (GET)" in shown.output
    assert account.number_set()["voice_url"] == "https://new.example.test/warmtransfer/voice"
    assert account.run("provision", "--undo", "--yes").exit_code == 0
    changing = {"date_updated"}
    now = account.number_set()
    assert {k: v for k, v in now.items() if k not in changing} == {
        k: v for k, v in before.items() if k not in changing
    }
    assert [app["sid"] for app in account.apps()] == [app["sid"] for app in apps]
    nothing = account.run("provision", "--undo", "--yes")
    assert nothing.exit_code == 1
    assert "there is nothing to undo" in nothing.output


def test_an_app_that_is_configured_is_set_and_undone_not_replaced(account: Account) -> None:
    account.environment["TWILIO_APP_SID"] = account.app_sid
    [before] = account.apps()
    done = account.run("provision", "--yes")
    assert done.exit_code == 0, done.output
    assert "TWILIO_APP_SID=" not in done.output, "it is set already"
    [app] = account.apps()
    assert app["voice_url"] == f"{OURS}/ai"
    assert account.run("provision", "--undo", "--yes").exit_code == 0
    assert account.apps()[0]["voice_url"] == before["voice_url"]


@pytest.mark.parametrize(
    ("form", "line"),
    [("env", "  "), ("config", "  config:set "), ("export", "  export ")],
)
def test_keys_are_printed_in_the_form_of_where_they_go(account: Account, form: str, line: str) -> None:
    done = account.run("provision", "--yes", "--format", form, "--number", account.number)
    assert re.search(rf"^{line}TWILIO_APP_SID=AP[0-9a-f]{{32}}$", done.output, re.MULTILINE), done.output


def test_each_thing_that_cannot_be_used_has_its_own_sentence(account: Account) -> None:
    def said(*arguments: str) -> str:
        done = account.run("provision", "--yes", *arguments)
        assert done.exit_code == 1, done.output
        assert "Traceback" not in done.output
        return done.output

    assert f"is not a number of the account {account.sid}, which has {account.number}" in said(
        "--number", "+15550107777"
    )
    account.put(numbers=[f"{account.number}=sms"])
    assert f"{account.number} takes no voice calls" in said()
    account.put(numbers=[f"{account.number}=voice"], status="suspended")
    assert f"The account {account.sid} is suspended" in said()
    account.put(status="active")
    account.environment["TWILIO_APP_SID"] = "AP" + "9" * 32
    assert "this account has no such TwiML App" in said()
    del account.environment["TWILIO_APP_SID"]
    account.environment["TWILIO_AUTH_TOKEN"] = "wrong"
    assert "these credentials are not accepted" in said()
    del account.environment["WARMTRANSFER_PUBLIC_URL"]
    assert "WARMTRANSFER_PUBLIC_URL is missing" in said()
    account.environment["WARMTRANSFER_PUBLIC_URL"] = PUBLIC
    account.environment["TWILIO_API_BASE_URL"] = "http://127.0.0.1:9"
    assert "Twilio was asked in vain to read the account: no connection." in said()


def test_a_key_without_the_right_is_told_which_right(account: Account) -> None:
    key = account.environment
    assert key["TWILIO_API_KEY"], "the simulator has a key, too"
    account.put(key_rights=["GET IncomingPhoneNumbers", "GET Accounts", "GET Applications"])
    done = account.run("provision", "--yes")
    assert done.exit_code == 1
    assert "Twilio refused to create the TwiML App" in done.output
    assert "TWILIO_API_KEY" in done.output


def test_a_trial_account_is_told_what_that_means(account: Account) -> None:
    account.put(trial=True)
    done = account.run("provision", "--yes")
    assert done.exit_code == 0, done.output
    assert "This is a trial account" in done.output


def test_by_the_command_of_the_readme_without_an_app_sid(account: Account) -> None:
    """The ready app cannot run yet: it lacks the key that is to be made."""
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "warmtransfer", "provision", "--yes"]
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("TWILIO", "WARMTRANSFER", "OPENAI"))}
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**clean, **account.environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "TWILIO_APP_SID=AP" in done.stdout
