"""An app of our own with a carrier that writes down its orders, and Twilio's signature beside it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path
from typing import cast

from werkzeug.test import TestResponse

from tests.desk.parts import Told, eventually
from tests.test_config import GOOD
from warmtransfer import create_app
from warmtransfer.core.call import Call, Stage
from warmtransfer.errors import StoreBusy
from warmtransfer.ports.carrier.rest import Carrier
from warmtransfer.ports.loop.choose import make_loop
from warmtransfer.ports.store.owner import Owner
from warmtransfer.ports.store.store import Decision, Saved, Store
from warmtransfer.web.parts import Parts

PUBLIC = "https://warmtransfer.test"
TOKEN = GOOD["TWILIO_AUTH_TOKEN"]
CALLER = "+15550109999"
ROOM = "CF" + "1" * 32


HUMANS = """
[[human]]
name = "sam"
number = "+15550100001"
at_once = 20
[[human]]
name = "kim"
number = "+15550100002"
at_once = 20
"""


def signature(url: str, form: dict[str, str] | None = None, token: str = TOKEN) -> str:
    """Twilio's signature, by its description: HMAC-SHA1 over the URL and the sorted fields."""
    text = url + "".join(name + value for name, value in sorted((form or {}).items()))
    return base64.b64encode(hmac.new(token.encode(), text.encode(), hashlib.sha1).digest()).decode()


class Lockable(Store):
    """A database that can be had, or cannot."""

    locked = False

    def decide(
        self, call_id: str, fn: Callable[[Call | None], Decision | None], wait: float = 3.0
    ) -> Saved | None:
        """As the database does it, unless it is locked."""
        if self.locked:
            raise StoreBusy("locked")
        return super().decide(call_id, fn, wait)

    def arrive(self, call_sid: str, most: int, fn: Callable[[], Decision]) -> Saved | Call | None:
        """As the database does it, unless it is locked."""
        if self.locked:
            raise StoreBusy("locked")
        return super().arrive(call_sid, most, fn)


class Site:
    """The app under test."""

    def __init__(self, folder: Path, **config: str) -> None:
        self.carrier = Told(add_ai="CAai1", dial="CAhuman1")
        (folder / "humans.toml").write_text(HUMANS)
        environment = {
            **GOOD,
            "DATABASE_URL": f"sqlite:///{folder / 'calls.sqlite3'}",
            "WARMTRANSFER_CPS": "500",
            # Each call of a test is as the first: nobody is busy with another, or tired of the one before.
            "WARMTRANSFER_PLAN": "rest 0",
            "WARMTRANSFER_HUMANS": str(folder / "humans.toml"),
            # Nobody listens there: the model is lost at once, and these tests do without.
            "WARMTRANSFER_REALTIME_URL": "ws://127.0.0.1:9/v1/realtime",
            **config,
        }
        loop = make_loop()
        owner = Owner(environment["TWILIO_ACCOUNT_SID"], environment["TWILIO_NUMBER"])
        tells = "WARMTRANSFER_EVENTS_URL" in config
        self.store = Lockable(environment["DATABASE_URL"], loop.offload, owner=owner, tells=tells)
        carrier = cast(Carrier, self.carrier)
        self.app = create_app(environment, carrier=carrier, store=self.store, loop=loop)
        self.client = self.app.test_client()

    @property
    def parts(self) -> Parts:
        """The app's parts."""
        found: Parts = self.app.extensions["warmtransfer"]
        return found

    def close(self) -> None:
        """End everything."""
        self.parts.life.stop()

    def send(
        self, path: str, form: dict[str, str] | None = None, *, signed: str | None = None
    ) -> TestResponse:
        """A webhook as Twilio sends it; `signed` replaces its signature, and an empty one is left out."""
        given = {"AccountSid": GOOD["TWILIO_ACCOUNT_SID"], **(form or {})}
        url = f"/warmtransfer{path}"
        sign = signature(PUBLIC + url, given) if signed is None else signed
        headers = {"X-Twilio-Signature": sign} if sign else {}
        return self.client.post(url, data=given, headers=headers)

    def document(self, path: str, **form: str) -> list[ET.Element]:
        """The verbs of the document that this webhook is answered with."""
        answer = self.send(path, form)
        assert answer.status_code == 200, answer.status
        assert answer.content_type == "text/xml; charset=utf-8"
        return list(ET.fromstring(answer.data))

    # A call, step by step ---------------------------------------------------------------------------

    def arrive(self) -> str:
        """A caller in the room's `<Dial>`; the call's id."""
        sid = "CA" + secrets.token_hex(16)
        (dial,) = self.document(
            "/voice", CallSid=sid, From=CALLER, To=GOOD["TWILIO_NUMBER"], CallStatus="ringing"
        )
        return (dial[0].text or "").removeprefix("wt-")

    def join(self, call_id: str) -> Call:
        """The caller is in the room."""
        self.room(
            call_id, "participant-join", ParticipantLabel="caller", CallSid=self.call(call_id).caller_sid
        )
        return self.call(call_id)

    def room(self, call_id: str, event: str, **more: str) -> TestResponse:
        """News of the call's room."""
        form = {"ConferenceSid": ROOM, "FriendlyName": f"wt-{call_id}", "StatusCallbackEvent": event, **more}
        return self.send(f"/room/{call_id}", form)

    def briefing(self) -> str:
        """A call whose first human has answered and is being asked; the call's id."""
        call_id = self.arrive()
        self.join(call_id)
        self.parts.desk.ask(call_id, "api", summary="An invoice is wrong.")
        self.carrier.wait("dial")
        self.document(f"/human/{call_id}/1", CallSid="CAhuman1", CallStatus="in-progress")
        assert self.call(call_id).stage is Stage.BRIEFING
        return call_id

    def call(self, call_id: str) -> Call:
        """The call as stored."""
        found = self.parts.desk.call(call_id)
        assert found is not None
        return found

    def until(self, call_id: str, stage: Stage) -> Call:
        """The call, once it is in this stage."""
        eventually(lambda: self.call(call_id).stage is stage)
        return self.call(call_id)
