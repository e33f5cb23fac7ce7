"""A simulated account in a process of its own, and our commands pointed at it."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests
from click.testing import Result

from warmtransfer import commands
from warmtransfer.demo.remote import told_keys

PUBLIC = "https://calls.example.test"
OURS = f"{PUBLIC}/warmtransfer"


class Account:
    """What stands in its console, changed and read past our own code; and the environment of an app."""

    def __init__(self, keys: dict[str, str], folder: Path) -> None:
        self.base = keys["TWILIO_API_BASE_URL"]
        self.sid, self.number = keys["TWILIO_ACCOUNT_SID"], keys["TWILIO_NUMBER"]
        self.app_sid = keys["TWILIO_APP_SID"]
        self._auth = (self.sid, keys["TWILIO_AUTH_TOKEN"])
        self.environment = {
            **keys,
            "WARMTRANSFER_PUBLIC_URL": PUBLIC,
            "DATABASE_URL": f"sqlite:///{folder / 'calls.sqlite3'}",
        }
        del self.environment["TWILIO_APP_SID"]

    def run(self, *arguments: str, typed: str = "") -> Result:
        """The command, in an app that has no more than this environment."""
        runner = commands.app_to_look_with(self.environment).test_cli_runner()
        return runner.invoke(args=["warmtransfer", *arguments], input=typed)

    def put(self, **changes: Any) -> None:
        """Make it another account: on trial, with other numbers, countries, rights."""
        answer = requests.put(f"{self.base}/simulator/account", json=changes, timeout=30)
        assert answer.ok, answer.text

    def fault(self, *faults: str) -> None:
        """Have this go wrong at Twilio."""
        answer = requests.put(f"{self.base}/simulator/faults", json=list(faults), timeout=30)
        assert answer.ok, answer.text

    def ask(self, method: str, path: str, **form: str) -> Any:
        """A request of the owner's own to the REST API."""
        url = f"{self.base}/2010-04-01/Accounts/{self.sid}{path}.json"
        values = {"params" if method == "GET" else "data": form}
        answer = requests.request(method, url, auth=self._auth, timeout=30, **values)  # type: ignore[arg-type]
        assert answer.ok, answer.text
        return answer.json() if answer.content else {}

    def number_set(self, **form: str) -> dict[str, Any]:
        """The number as it is set, after a change by hand."""
        [found] = self.ask("GET", "/IncomingPhoneNumbers", PhoneNumber=self.number)["incoming_phone_numbers"]
        done: dict[str, Any] = (
            self.ask("POST", f"/IncomingPhoneNumbers/{found['sid']}", **form) if form else found
        )
        return done

    def apps(self) -> list[dict[str, Any]]:
        """Every TwiML App."""
        found: list[dict[str, Any]] = self.ask("GET", "/Applications")["applications"]
        return found


@contextmanager
def opened(folder: Path, *more: str) -> Iterator[Account]:
    """An account whose number is as bought, and which has one TwiML App of somebody else's.

    `more` are options of the simulator's.
    """
    options = ["--app", "https://old.example.test", "--status-url", "", "--quiet", "--port", "0"]
    options += ["--voice-url", "https://demo.twilio.com/welcome/voice/"]
    command = [sys.executable, "-m", "warmtransfer.simulator", *options, *more]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        yield Account(told_keys({"REALTIME_URL": "", **told}), folder)
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(10)
        process.kill()
        process.stdout.close()  # type: ignore[union-attr]
