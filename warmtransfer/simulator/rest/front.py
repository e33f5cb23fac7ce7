"""The REST API's front door: authentication, faults, error bodies, and a trace row for every request."""

from __future__ import annotations

import asyncio
import base64
import binascii
import hmac
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web

from warmtransfer.simulator.network.laws import Fault
from warmtransfer.simulator.network.network import Network
from warmtransfer.simulator.rest import render
from warmtransfer.simulator.rest.asks import Answer, Ask
from warmtransfer.simulator.rest.calls import CallsApi
from warmtransfer.simulator.rest.conferences import ConferencesApi
from warmtransfer.simulator.rest.errors import RestError, not_found
from warmtransfer.simulator.rest.forms import Params
from warmtransfer.simulator.sound.audio import wav_bytes
from warmtransfer.simulator.trace import redact_form
from warmtransfer.simulator.wire import new_sid

#: Simulated seconds after which a request that is never answered is dropped.
NEVER = 300.0


Work = Callable[[Ask], Awaitable[Answer]]


class Rest:
    """Serves the API of one account."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.account = network.account
        self.calls = CallsApi(network)
        self.conferences = ConferencesApi(network)

    def routes(self) -> list[web.RouteDef]:
        """Returns the routes of the API, and one for everything that it lacks."""
        calls, rooms = self.calls, self.conferences
        table: list[tuple[str, str, Work]] = [
            ("GET", "{account}.json", self._account),
            ("POST", "{account}/Calls.json", calls.create),
            ("GET", "{account}/Calls.json", calls.list),
            ("GET", "{account}/Calls/{sid}.json", calls.fetch),
            ("POST", "{account}/Calls/{sid}.json", calls.update),
            ("GET", "{account}/Conferences.json", rooms.list),
            ("GET", "{account}/Conferences/{sid}.json", rooms.fetch),
            ("POST", "{account}/Conferences/{sid}.json", rooms.update),
            ("POST", "{account}/Conferences/{sid}/Participants.json", rooms.add),
            ("GET", "{account}/Conferences/{sid}/Participants.json", rooms.participants),
            ("GET", "{account}/Conferences/{sid}/Participants/{who}.json", rooms.participant),
            ("POST", "{account}/Conferences/{sid}/Participants/{who}.json", rooms.change),
            ("DELETE", "{account}/Conferences/{sid}/Participants/{who}.json", rooms.remove),
            ("GET", "{account}/Applications.json", self._applications),
            ("GET", "{account}/Applications/{sid}.json", self._application),
            ("GET", "{account}/IncomingPhoneNumbers.json", self._numbers),
            ("GET", "{account}/IncomingPhoneNumbers/{sid}.json", self._number),
        ]
        found = [web.route(m, f"{render.API}/{p}", self._serve(work)) for m, p, work in table]
        media = web.get(f"{render.API}/{{account}}/Recordings/{{sid}}", self._recording)
        return [*found, media, web.route("*", f"{render.API}/{{tail:.*}}", self._serve(self._nothing))]

    def _serve(self, work: Work) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def serve(request: web.Request) -> web.StreamResponse:
            text = request.query_string if request.method == "GET" else await request.text()
            pairs = parse_qsl(text, keep_blank_values=True)
            ask = Ask(request.path, request.method, Params(pairs), dict(request.match_info))
            status, body, fault = await self._answer(request, ask, work)
            if fault is not None and fault.action == "timeout_after":
                self._row(ask, 0, None)
                await self.network.clock.sleep(NEVER)
            self._row(ask, status, body)
            headers = {"Twilio-Request-Id": new_sid("RQ"), "Twilio-Concurrent-Requests": "1"}
            return (
                web.Response(status=status)
                if body is None
                else web.json_response(body, status=status, headers=headers)
            )

        return serve

    async def _answer(
        self, request: web.Request, ask: Ask, work: Work
    ) -> tuple[int, dict[str, Any] | None, Fault | None]:
        network = self.network
        try:
            self._authenticate(request, ask)
            fault = network.laws.fault("rest", ask.subject)
            if fault is not None:
                network.trace.note("fault", fault=f"rest={fault.action}", about=ask.subject)
                await self._before(fault)
            status, body = await work(ask)
            if fault is not None and fault.action == "500_after":
                raise RestError(20500)
            return status, body, fault
        except RestError as exc:
            return exc.status, exc.body(), None

    async def _before(self, fault: Fault) -> None:
        if fault.action == "slow":
            await self.network.clock.sleep(float(fault.argument or 5))
        elif fault.action in ("429", "500", "503"):
            raise RestError({"429": 20429, "500": 20500, "503": 20503}[fault.action])
        elif fault.action == "refuse":
            raise RestError(int(fault.argument or 20001))

    def _authenticate(self, request: web.Request, ask: Ask) -> None:
        kind, _, text = request.headers.get("Authorization", "").partition(" ")
        try:
            user, _, password = base64.b64decode(text).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            user = password = ""
        account = self.account
        wanted = {account.sid: account.token, account.key_sid: account.key_secret}.get(user)
        if kind.lower() != "basic" or wanted is None or not hmac.compare_digest(wanted, password):
            raise RestError(20003)
        if ask.parts.get("account", account.sid) != account.sid:
            raise not_found(ask.path)

    def _row(self, ask: Ask, status: int, body: dict[str, Any] | None) -> None:
        self.network.trace.write(
            "rest",
            method=ask.method,
            path=ask.path,
            form=redact_form(ask.params.pairs),
            status=status,
            response=body,
        )

    async def _account(self, ask: Ask) -> Answer:
        return 200, render.account_json(self.account)

    async def _application(self, ask: Ask) -> Answer:
        if ask.parts["sid"] != self.account.app_sid:
            raise not_found(ask.path)
        return 200, render.application_json(self.account)

    async def _applications(self, ask: Ask) -> Answer:
        return 200, ask.page("applications", [render.application_json(self.account)])

    async def _number(self, ask: Ask) -> Answer:
        if ask.parts["sid"] != self.account.number_sid:
            raise not_found(ask.path)
        return 200, render.number_json(self.account)

    async def _numbers(self, ask: Ask) -> Answer:
        wanted = ask.params.text("PhoneNumber", self.account.number)
        shown = [render.number_json(self.account)] if wanted == self.account.number else []
        return 200, ask.page("incoming_phone_numbers", shown)

    async def _nothing(self, ask: Ask) -> Answer:
        text = f"the simulator has no {ask.subject}: that is its own gap, and no fault of the request"
        self.network.trace.note("warning", text=f"{text}; Twilio may well have it")
        raise RestError(20404, f"Not simulated: {text}; Twilio may well have it")

    async def _recording(self, request: web.Request) -> web.Response:
        pcm = self.network.services.recordings.clips.get(request.match_info["sid"].partition(".")[0])
        if pcm is None:
            return web.json_response(not_found(request.path).body(), status=404)
        return web.Response(body=await asyncio.to_thread(wav_bytes, pcm), content_type="audio/x-wav")
