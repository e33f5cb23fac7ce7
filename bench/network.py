"""Twilio's control side, as little of it as a call needs: signed webhooks, and a REST API that says yes."""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import json
import secrets
import threading
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

ACCOUNT = "AC" + "0" * 31 + "1"
APP = "AP" + "0" * 31 + "1"
AUTH_TOKEN = "bench-auth-token"
NUMBER = "+15550100000"
CALLER = "+15550109999"


class Refused(Exception):
    """A webhook was not answered as a call needs it; says how."""


@dataclass(frozen=True, slots=True)
class Order:
    """A REST request that arrived. `at`: monotonic seconds, taken when its head had been read."""

    at: float
    method: str
    path: str
    form: dict[str, str]


def sid(kind: str) -> str:
    """A fresh identifier."""
    return kind + secrets.token_hex(16)


def signature(url: str, form: dict[str, str] | None = None) -> str:
    """Twilio's signature of a request to `url` (https://www.twilio.com/docs/usage/security)."""
    text = url + "".join(name + value for name, value in sorted((form or {}).items()))
    digest = hmac.new(AUTH_TOKEN.encode(), text.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()


class Rest:
    """The REST API. Remembers every order, and answers at once."""

    def __init__(self) -> None:
        self.orders: list[Order] = []
        self.news = threading.Condition()
        rest = self

        class Answer(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def handle_one(self) -> None:
                at = time.monotonic()
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
                form = {name: values[0] for name, values in parse_qs(body).items()}
                status, answer = rest._take(Order(at, self.command, self.path, form))
                data = b"" if status == 204 else json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            do_GET = do_POST = do_DELETE = handle_one  # noqa: N815 - names that http.server asks for

            def log_message(self, *arguments: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        self.port: int = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def _take(self, order: Order) -> tuple[int, dict[str, object]]:
        with self.news:
            self.orders.append(order)
            self.news.notify_all()
        if order.method == "DELETE":
            return 204, {}
        if order.method == "GET":
            return 200, {"participants": [], "calls": [], "conferences": [], "uri": order.path, "page": 0}
        made = sid("CA")
        answer: dict[str, object] = {"sid": made, "call_sid": made, "status": "queued"}
        return 201, {**answer, "label": order.form.get("Label"), "account_sid": ACCOUNT}

    def wait(self, wanted: Callable[[Order], bool], seconds: float, since: int = 0) -> Order:
        """The first order from number `since` on that is wanted; raises Refused when none comes."""
        found: list[Order] = []

        def look() -> bool:
            found.extend(order for order in self.orders[since:] if wanted(order))
            return bool(found)

        with self.news:
            if not self.news.wait_for(look, seconds):
                raise Refused("the server did not send the REST request that a call needs")
        return found[0]

    def stop(self) -> None:
        """Serve no more."""
        self._server.shutdown()
        self._server.server_close()


@dataclass(slots=True)
class Leg:
    """A call that has been set up: what its phone has to show."""

    call_id: str
    caller_sid: str
    room_sid: str
    ai_sid: str
    media: str
    token: str


class Webhooks:
    """Twilio's side of one server's webhooks. One per thread: it keeps a connection."""

    def __init__(self, port: int, rest: Rest, prefix: str) -> None:
        self._base = f"http://127.0.0.1:{port}"
        self._prefix = prefix
        self._rest = rest
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self.took: list[float] = []  #: seconds that each answer took

    def post(self, path: str, form: dict[str, str]) -> bytes:
        """Post one signed webhook; the answer's body. Raises Refused."""
        given = {"AccountSid": ACCOUNT, "ApiVersion": "2010-04-01", "Direction": "inbound", **form}
        url = self._base + self._prefix + path
        headers = {
            "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
            "X-Twilio-Signature": signature(url, given),
            "User-Agent": "TwilioProxy/1.1",
        }
        began = time.monotonic()
        self._connection.request("POST", self._prefix + path, urlencode(given), headers)
        answer = self._connection.getresponse()
        body = answer.read()
        self.took.append(time.monotonic() - began)
        if answer.status not in (200, 204):
            raise Refused(f"{path} was answered {answer.status}")
        return body

    def room(self, leg: Leg, event: str, **more: str) -> None:
        """News of the call's conference."""
        room = {"ConferenceSid": leg.room_sid, "FriendlyName": f"wt-{leg.call_id}"}
        self.post(f"/room/{leg.call_id}", {**room, "StatusCallbackEvent": event, **more})

    def set_up(self) -> Leg:
        """A call until its AI leg has been given its stream; the stream's handshake comes next."""
        caller, room_sid = sid("CA"), sid("CF")
        form = {"CallSid": caller, "From": CALLER, "To": NUMBER, "CallStatus": "ringing"}
        document = ET.fromstring(self.post("/voice", {**form, "CallerCountry": "US"}))
        conference = document.find("Dial/Conference")
        if conference is None:
            raise Refused("the caller was not sent into a room")
        leg = Leg((conference.text or "").removeprefix("wt-"), caller, room_sid, "", "", "")
        since = len(self._rest.orders)
        self.room(leg, "participant-join", ParticipantLabel="caller", CallSid=caller)
        order = self._rest.wait(lambda each: leg.call_id in each.form.get("To", ""), 30.0, since)
        asked = {name: values[0] for name, values in parse_qs(urlsplit(order.form["To"]).query).items()}
        leg.ai_sid = sid("CA")
        form = {"CallSid": leg.ai_sid, "CallStatus": "in-progress", **asked}
        document = ET.fromstring(self.post("/ai", form))
        stream, token = document.find("Connect/Stream"), document.find("Connect/Stream/Parameter")
        if stream is None or token is None:
            raise Refused("the AI's leg was given no stream")
        leg.media, leg.token = stream.get("url", ""), token.get("value", "")
        self.room(leg, "participant-join", ParticipantLabel="ai-1", CallSid=leg.ai_sid)
        return leg

    def hang_up(self, leg: Leg) -> None:
        """The caller leaves, then the AI and the room: without that news the AI's leg would be looked for."""
        why = {"ReasonParticipantLeft": "participant_hung_up"}
        self.room(leg, "participant-leave", ParticipantLabel="caller", CallSid=leg.caller_sid, **why)
        self.room(leg, "participant-leave", ParticipantLabel="ai-1", CallSid=leg.ai_sid)
        self.room(leg, "conference-end")
        self.post("/status", {"CallSid": leg.caller_sid, "CallStatus": "completed"})

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()
