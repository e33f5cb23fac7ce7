"""The phone network of a test session: simulator and model as processes, and the app that is phoned now."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import select
import socket
import time
import urllib.error
import urllib.parse
import urllib.request
import weakref
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Flask

import warmtransfer.simulator
import warmtransfer.simulator.model  # what the extra brings is missed here, in a sentence
from warmtransfer.config import KEYS
from warmtransfer.demo.processes import Crew, environment
from warmtransfer.demo.remote import Row, Tail, ask, told_keys
from warmtransfer.testing.serving import NotOurs, Served, parts_of

#: The host under which Twilio would know the app; the simulator maps it to where the app is.
PUBLIC = "https://warmtransfer.test"
PREFIX = "/warmtransfer"
START_SECONDS = 60.0
GLANCE = 0.05  #: seconds between looks at the trace
HUMANS = "sam=+15550100001,kim=+15550100002"
#: What has to be as the network has it, so that nothing of a test reaches anybody else.
OURS = {
    "account_sid": "TWILIO_ACCOUNT_SID", "auth_token": "TWILIO_AUTH_TOKEN", "number": "TWILIO_NUMBER",
    "app_sid": "TWILIO_APP_SID", "api_base_url": "TWILIO_API_BASE_URL",
    "realtime_url": "WARMTRANSFER_REALTIME_URL", "public_url": "WARMTRANSFER_PUBLIC_URL",
}  # fmt: skip


class PhoneNetwork:
    """A simulated Twilio account and a local speech model, shared by all tests of a session."""

    def __init__(self, folder: Path, speed: float) -> None:
        self.folder = folder
        self.speed = speed
        self.out = folder / "network"
        self.rows: list[Row] = []
        self._held = contextlib.ExitStack()
        self._listening = self._held.enter_context(socket.socket())
        self._crew = self._held.enter_context(Crew(folder, folder))
        self._numbers = itertools.count(1)
        self._gone: weakref.WeakSet[Flask] = weakref.WeakSet()
        self._served: Served | None = None

    # Life -------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Start the network and its model, and wait until they answer."""
        self._listening.bind(("127.0.0.1", 0))
        self._listening.listen(128)
        here = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        command = [
            "python", "-m", "warmtransfer.simulator", "--port", "0", "--app", f"{PUBLIC}{PREFIX}",
            "--map", f"{PUBLIC}={here}", "--speed", str(self.speed), "--out", str(self.out), "--keep", "0",
            "--quiet", "--model", "--", "--ears", "match",
        ]  # fmt: skip
        package = str(Path(warmtransfer.simulator.__file__).parents[2])
        path = os.pathsep.join([package, *filter(None, [os.environ.get("PYTHONPATH")])])
        process = self._crew.start("network", command, environment(PYTHONPATH=path), read=True)
        stdout = process.popen.stdout
        ready = stdout and select.select([stdout], [], [], START_SECONDS)[0]
        line = stdout.readline() if stdout and ready else ""
        if not line:
            raise RuntimeError(f"the phone network did not start:\n{process.tail()}")
        told = json.loads(line)
        self._control, self._keys = str(told["control_url"]), told_keys(told)
        self._tail = Tail(self.out / "trace.jsonl")
        self._laws = self.control("PUT", "/laws", {})

    def stop(self) -> None:
        """End everything."""
        try:
            self._leave()
        finally:
            self._held.close()

    def reset(self) -> None:
        """Forget the faults, laws and rules that a test has set."""
        self.control("PUT", "/faults", [])
        self.control("PUT", "/laws", self._laws)
        self.model({"clear": True})
        self.model({"rules": []})

    # The app ----------------------------------------------------------------------------------------

    @property
    def environ(self) -> dict[str, str]:
        """The keys for one app, as the environment would have them; its database is new each time."""
        database = self.folder / f"calls-{next(self._numbers)}.sqlite3"
        return {
            **self._keys,
            "OPENAI_API_KEY": "sk-for-tests",
            "WARMTRANSFER_PUBLIC_URL": PUBLIC,
            "WARMTRANSFER_HUMANS": HUMANS,
            "WARMTRANSFER_RING_SECONDS": "8",
            "WARMTRANSFER_PLAN": "rest 0",  # no test's people are left in peace because of the one before
            "DATABASE_URL": f"sqlite:///{database}",
        }

    @contextlib.contextmanager
    def environment(self) -> Iterator[None]:
        """Have the environment hold these keys and no others of ours, for an app that reads it at once."""
        names = {key.name for key in KEYS}
        before = {name: os.environ.pop(name) for name in names if name in os.environ}
        os.environ.update(self.environ)
        try:
            yield
        finally:
            for name in names:
                os.environ.pop(name, None)
            os.environ.update(before)

    def serve(self, app: Flask) -> Served:
        """Have the number answered by this app; NotOurs for one that has other keys than `environ`."""
        if self._served is not None and self._served.app is app:
            return self._served
        settings = parts_of(app).settings
        keys = {**self._keys, "WARMTRANSFER_PUBLIC_URL": PUBLIC}
        wrong = [key for name, key in OURS.items() if getattr(settings, name) != keys[key]]
        if wrong:
            raise NotOurs(
                f"The app would phone elsewhere: {', '.join(wrong)} must be as in phone_network.environ. "
                "Make the app with these keys."
            )
        if app in self._gone:
            raise NotOurs(
                "This app has been phoned before, and another one since: an app cannot come back. Make a new "
                "one, or have the tests of one app follow each other."
            )
        self._leave()
        self._point(settings.url_prefix)
        self._served = Served(app, self._listening, self.speed)
        return self._served

    def _leave(self) -> None:
        if self._served is not None:
            self._served.stop()
            self._gone.add(self._served.app)
            self._served = None

    def _point(self, prefix: str) -> None:
        """Have the number and its TwiML App ask below this prefix."""
        numbers = self._rest("GET", "IncomingPhoneNumbers")["incoming_phone_numbers"]
        sid = next(each["sid"] for each in numbers if each["phone_number"] == self._keys["TWILIO_NUMBER"])
        base = f"{PUBLIC}{prefix}"
        urls = {"VoiceUrl": f"{base}/voice", "StatusCallback": f"{base}/status"}
        self._rest("POST", f"IncomingPhoneNumbers/{sid}", **urls)
        self._rest("POST", f"Applications/{self._keys['TWILIO_APP_SID']}", VoiceUrl=f"{base}/ai")

    # Asking -----------------------------------------------------------------------------------------

    def _rest(self, method: str, path: str, **form: str) -> Any:
        account, token = self._keys["TWILIO_ACCOUNT_SID"], self._keys["TWILIO_AUTH_TOKEN"]
        request = urllib.request.Request(
            f"{self._keys['TWILIO_API_BASE_URL']}/2010-04-01/Accounts/{account}/{path}.json",
            data=urllib.parse.urlencode(form).encode() if form else None,
            headers={"Authorization": f"Basic {b64encode(f'{account}:{token}'.encode()).decode()}"},
            method=method,
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """One request to the simulator's control API; ValueError with what it says is wrong."""
        return said(lambda: ask(method, f"{self._control}{path}", body, seconds=60))

    def model(self, order: Mapping[str, Any]) -> Any:
        """One order to the model's control API."""
        host = urlsplit(self._keys["WARMTRANSFER_REALTIME_URL"]).netloc
        return said(lambda: ask("POST", f"http://{host}/control", order, seconds=10))

    def fault(self, *faults: str) -> None:
        """Have this go wrong in the test, such as `rest=500;match=POST Calls` or `model=stall:5`."""
        self.control("PUT", "/faults", [each for each in faults if not each.startswith("model=")])
        for each in faults:
            if each.startswith("model="):
                self.model({"fault": each})

    def law(self, name: str, answer: str) -> None:
        """Have the network follow this answer in the test, where Twilio's documents leave several open."""
        self.control("PUT", "/laws", {name: answer})

    def read(self) -> list[Row]:
        """Every row of the trace so far."""
        self.rows += self._tail.rows()
        return self.rows

    def until(self, met: Callable[[], Any], seconds: float) -> Any:
        """What `met` gives once that is true; something false after so many simulated seconds."""
        end = time.monotonic() + seconds / self.speed + 1.0  # a busy machine has a second more
        while not (found := met()) and time.monotonic() < end:
            time.sleep(GLANCE)
        return found


def said(asking: Callable[[], Any]) -> Any:
    """The answer; ValueError with the words of a refusal."""
    try:
        return asking()
    except urllib.error.HTTPError as refusal:
        with refusal:
            words = refusal.read().decode(errors="replace")
        with contextlib.suppress(ValueError, KeyError, TypeError):  # others' words stay
            words = str(json.loads(words)["error"])
        raise ValueError(words) from None
