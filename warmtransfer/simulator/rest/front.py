"""The REST API's front door: authentication, faults, error bodies, and a trace row for every request."""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Awaitable, Callable
from itertools import chain
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web

from warmtransfer.simulator.network.laws import Fault
from warmtransfer.simulator.network.network import Network
from warmtransfer.simulator.rest import render
from warmtransfer.simulator.rest.accounts import AccountsApi
from warmtransfer.simulator.rest.applications import ApplicationsApi
from warmtransfer.simulator.rest.asks import OTHERS, VOICE, Answer, Ask, Table, Work
from warmtransfer.simulator.rest.available import AvailableApi
from warmtransfer.simulator.rest.callerids import CallerIdsApi
from warmtransfer.simulator.rest.calls import CallsApi
from warmtransfer.simulator.rest.conferences import ConferencesApi
from warmtransfer.simulator.rest.errors import RestError, not_found
from warmtransfer.simulator.rest.forms import Params
from warmtransfer.simulator.rest.messages import MessagesApi
from warmtransfer.simulator.rest.numbers import NumbersApi
from warmtransfer.simulator.rest.permissions import PermissionsApi
from warmtransfer.simulator.rest.queues import QueuesApi
from warmtransfer.simulator.rest.recordings import RecordingsApi
from warmtransfer.simulator.trace import redact_form
from warmtransfer.simulator.wire import new_sid

#: Simulated seconds after which a request that is never answered is dropped.
NEVER = 300.0


class Rest:
    """Serves the API of one account."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.account = network.account
        self.holdings = network.holdings
        self.accounts, self.permissions = AccountsApi(network), PermissionsApi(network)
        self.recordings = RecordingsApi(network)
        apis = (
            self.accounts, CallsApi(network), ConferencesApi(network), NumbersApi(network),
            AvailableApi(network), ApplicationsApi(network), CallerIdsApi(network), MessagesApi(network),
            self.recordings, QueuesApi(network),
        )  # fmt: skip
        self.table: Table = list(chain.from_iterable(api.table() for api in apis))

    def routes(self) -> list[web.RouteDef]:
        """Returns the routes of api.twilio.com and voice.twilio.com, and one of each for everything else."""
        found: Table = [("GET", f"{render.API}.json", self.accounts.list)]
        found += [(method, f"{render.API}/{path}", work) for method, path, work in self.table]
        found += [(method, f"{VOICE}/{path}", work) for method, path, work in self.permissions.table()]
        rest: Table = [("*", f"{top}/{{tail:.*}}", self._nothing) for top in (render.API, VOICE, OTHERS)]
        sound = web.get(f"{render.API}/{{account}}/Recordings/{{sid}}", self.recordings.sound)

        def served(table: Table) -> list[web.RouteDef]:
            return [web.route(method, path, self._serve(work)) for method, path, work in table]

        return [*served(found), sound, *served(rest)]

    def _serve(self, work: Work) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def serve(request: web.Request) -> web.StreamResponse:
            text = request.query_string if request.method == "GET" else await request.text()
            pairs = parse_qsl(text, keep_blank_values=True)
            by_token = not _credentials(request)[0].startswith("SK")
            ask = Ask(request.path, request.method, Params(pairs), dict(request.match_info), by_token)
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
        """Lets in who has a token or the key, as far as the account's state and the key's rights go."""
        account, (user, password) = self.account, _credentials(request)
        wanted = {
            account.sid: (account.token, account.secondary_token), account.key_sid: (account.key_secret,)
        }.get(user, ())  # fmt: skip
        if not any(each and hmac.compare_digest(each, password) for each in wanted):
            raise RestError(20003)
        if ask.parts.get("account", account.sid) != account.sid:
            raise not_found(ask.path)
        if not ask.by_token and not self.holdings.may(ask.subject):
            code = int(self.network.laws["missing_right"])
            raise RestError(code, "Permission Denied" if code == 20003 else "", status=403)
        if self.holdings.status != "active" and ask.subject.strip() != "GET":
            raise RestError(20005, f"Account {account.sid} is {self.holdings.status}")

    def _row(self, ask: Ask, status: int, body: dict[str, Any] | None) -> None:
        self.network.trace.write(
            "rest",
            method=ask.method,
            path=ask.path,
            form=redact_form(ask.params.pairs),
            status=status,
            response=body,
        )

    async def _nothing(self, ask: Ask) -> Answer:
        text = f"the simulator has no {ask.subject}: that is its own gap, and no fault of the request"
        self.network.trace.note("warning", text=f"{text}; Twilio may well have it")
        raise RestError(20404, f"Not simulated: {text}; Twilio may well have it")


def _credentials(request: web.Request) -> tuple[str, str]:
    """The user and password of a request; empty where they are none."""
    kind, _, text = request.headers.get("Authorization", "").partition(" ")
    try:
        user, _, password = base64.b64decode(text).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return (user, password) if kind.lower() == "basic" else ("", "")
