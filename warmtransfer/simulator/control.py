"""The control API: phones the number, sets phones, laws and faults, shows the state and the trace."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from warmtransfer.simulator.network.geography import PARTS
from warmtransfer.simulator.network.laws import LawError
from warmtransfer.simulator.network.network import Network

PREFIX = "/simulator"
#: Statuses a leg passes through, in order; waiting for one is satisfied by any later one.
RANK = {"queued": 0, "initiated": 1, "ringing": 2, "in-progress": 3}


class Refused(Exception):
    """A control request that makes no sense, with the reason."""


class Control:
    """Serves JSON under /simulator, without authentication: it is for the one who started the simulator."""

    def __init__(self, network: Network, quit_: asyncio.Event) -> None:
        self.network = network
        self.quit_ = quit_

    def routes(self) -> list[web.RouteDef]:
        """Returns the routes."""
        table: list[tuple[str, str, Callable[[web.Request], Awaitable[Any]]]] = [
            ("POST", "/calls", self.phone_in),
            ("GET", "/calls/{sid}", self.call),
            ("GET", "/calls/{sid}/wait", self.wait),
            ("POST", "/calls/{sid}/steps", self.steps),
            ("POST", "/calls/{sid}/press", self.press),
            ("POST", "/calls/{sid}/hangup", self.hang_up),
            ("POST", "/messages", self.text_in),
            ("GET", "/messages", self.messages),
            ("GET", "/recordings", self.recordings),
            ("PUT", "/phones", self.phones),
            ("PUT", "/laws", self.laws),
            ("PUT", "/faults", self.faults),
            ("GET", "/account", self.account),
            ("PUT", "/account", self.put_account),
            ("GET", "/state", self.state),
            ("GET", "/trace", self.trace),
            ("POST", "/quit", self.quit),
        ]
        return [web.route(method, PREFIX + path, _json(work)) for method, path, work in table]

    async def phone_in(self, request: web.Request) -> dict[str, Any]:
        """Phones a number: `{"from", "to", "steps", "name", "place"}`."""
        call = self.network.phone_in(*incoming(await _body(request)))
        return {"call_sid": call.sid}

    def _call(self, request: web.Request) -> Any:
        call = self.network.calls.get(request.match_info["sid"])
        if call is None:
            raise Refused(f"no call {request.match_info['sid']}")
        return call

    async def call(self, request: web.Request) -> dict[str, Any]:
        """Shows one leg."""
        call = self._call(request)
        return {"call_sid": call.sid, "label": call.label, "status": call.status, "seconds": call.seconds}

    async def wait(self, request: web.Request) -> dict[str, Any]:
        """Waits until a leg has a status (`completed` is any end) or the timeout, in simulated seconds."""
        call = self._call(request)
        status = request.query.get("status", "completed")
        timeout = float(request.query.get("timeout", "60"))

        async def reached() -> None:
            rank = RANK.get(status, 4)
            while not call.over and RANK.get(call.status, 4) < rank:
                since = self.network.trace.count
                await self.network.trace.wait(lambda row: row.get("call_sid") == call.sid, timeout, since)

        try:
            await self.network.clock.wait_for(reached(), timeout)
        except TimeoutError:
            return {"call_sid": call.sid, "status": call.status, "timed_out": True}
        return {"call_sid": call.sid, "status": call.status, "timed_out": False}

    async def steps(self, request: web.Request) -> dict[str, Any]:
        """Has the person on a leg that was answered do this too, after their script: `[{"say": …}, …]`."""
        call = self._call(request)
        if call.phone is None or call.over:
            raise Refused(f"nobody is on the line of {call.sid}: it is {call.status}")
        call.phone.go_on(await _body(request))
        return {"call_sid": call.sid}

    async def press(self, request: web.Request) -> dict[str, Any]:
        """Presses keys on a leg: `{"digits": "1"}`."""
        call = self._call(request)
        for digit in str((await _body(request)).get("digits", "")):
            call.press(digit)
        return {"call_sid": call.sid}

    async def hang_up(self, request: web.Request) -> dict[str, Any]:
        """Hangs up, as the person on that leg."""
        call = self._call(request)
        if not call.over:
            self.network.trace.note("hangup", who=call.label, call_sid=call.sid)
        call.finish("completed" if call.answered.is_set() else "no-answer")
        return {"call_sid": call.sid, "status": call.status}

    async def phones(self, request: web.Request) -> dict[str, Any]:
        """Says how phones react: a list of entries, or `{"phones": [...]}`."""
        body = await _body(request)
        self.network.phones.put(body["phones"] if isinstance(body, dict) and "phones" in body else body)
        return {"ok": True}

    async def laws(self, request: web.Request) -> dict[str, Any]:
        """Sets laws: `{name: answer}`."""
        for name, answer in (await _body(request)).items():
            self.network.laws.put(name, str(answer))
            self.network.trace.note("law", law=name, answer=str(answer), set=True)
        return dict(self.network.laws.answers)

    async def faults(self, request: web.Request) -> dict[str, Any]:
        """Replaces the faults: `["rest=500_after;match=POST Calls;times=1"]` or `{"faults": [...]}`."""
        body = await _body(request)
        texts = [str(t) for t in (body.get("faults", []) if isinstance(body, dict) else body)]
        self.network.laws.put_faults(texts)
        self.network.trace.note("fault", set=texts)
        return {"faults": texts}

    async def text_in(self, request: web.Request) -> dict[str, Any]:
        """Writes to a number: `{"from", "to", "body", "media"}`."""
        body = await _body(request)
        message = self.network.text_in(
            str(body.get("from") or "+15550123456"), str(body.get("to") or ""), str(body.get("body") or ""),
            tuple(str(each) for each in body.get("media") or ()),
        )  # fmt: skip
        return {"message_sid": message.sid}

    async def messages(self, request: web.Request) -> dict[str, Any]:
        """Shows the messages, oldest first."""
        return {
            "messages": [
                {"sid": m.sid, "direction": m.direction, "from": m.from_, "to": m.to, "body": m.body,
                 "status": m.status}
                for m in self.network.messages.kept.values()
            ]
        }  # fmt: skip

    async def recordings(self, request: web.Request) -> dict[str, Any]:
        """Shows the recordings, oldest first."""
        return {
            "recordings": [
                {"sid": r.sid, "call_sid": r.call_sid, "conference_sid": r.conference_sid,
                 "source": r.source, "status": r.status, "channels": r.channels, "duration": r.duration}
                for r in self.network.services.recordings.kept.values()
            ]
        }  # fmt: skip

    async def account(self, request: web.Request) -> dict[str, Any]:
        """Shows what the account holds, and its kind and state."""
        return self.network.holdings.shown()

    async def put_account(self, request: web.Request) -> dict[str, Any]:
        """Changes the account: `{"trial", "status", "balance", "numbers", "verified", "countries", …}`."""
        changes = await _body(request)
        if not isinstance(changes, dict):
            raise Refused("the account is changed by an object, such as {\"trial\": true}")
        self.network.holdings.put(changes)
        self.network.trace.note("account", set=changes)
        return self.network.holdings.shown()

    async def state(self, request: web.Request) -> dict[str, Any]:
        """Shows what is still up."""
        return self.network.state()

    async def trace(self, request: web.Request) -> web.Response:
        """Returns the trace's rows from number `since` on, as JSON lines; `next` is in a header.

        Rows of calls that were let go are missing: `X-First` is the number of the first row.
        """
        since = int(request.query.get("since", "0"))
        trace = self.network.trace
        lines = trace.lines_since(since)
        return web.Response(
            text="".join(line + "\n" for line in lines), content_type="application/x-ndjson",
            headers={"X-Next": str(max(since, trace.count)), "X-First": str(trace.count - len(lines))},
        )  # fmt: skip

    async def quit(self, request: web.Request) -> dict[str, Any]:
        """Ends the simulator."""
        self.quit_.set()
        return {"ok": True}


def incoming(asked: dict[str, Any]) -> tuple[str, str, list[dict[str, Any]], str, dict[str, str]]:
    """What `phone_in` takes, out of an object; raises ValueError for a place that is none."""
    place = asked.get("place") or {}
    if not isinstance(place, dict) or set(place) - {part.lower() for part in PARTS}:
        raise ValueError(f"a place is an object of {', '.join(p.lower() for p in PARTS)}, not {place!r}")
    return (
        str(asked.get("from") or "+15550123456"), str(asked.get("to") or ""),
        list(asked.get("steps") or []), str(asked.get("name") or ""), place,
    )  # fmt: skip


async def _body(request: web.Request) -> Any:
    try:
        return json.loads(await request.text() or "{}")
    except ValueError as exc:
        raise Refused(f"the body is no JSON: {exc}") from exc


def _json(
    work: Callable[[web.Request], Awaitable[Any]],
) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def serve(request: web.Request) -> web.StreamResponse:
        try:
            answer = await work(request)
        except (Refused, LawError, ValueError, KeyError, TypeError) as exc:
            return web.json_response({"error": str(exc)}, status=400)
        return answer if isinstance(answer, web.StreamResponse) else web.json_response(answer)

    return serve
