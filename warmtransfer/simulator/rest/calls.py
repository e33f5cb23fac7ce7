"""The Calls resource."""

from __future__ import annotations

import re
from typing import Any

from warmtransfer.simulator.network.addresses import is_sip, sip_fits
from warmtransfer.simulator.network.calls import ALL_EVENTS, Call, News, answering
from warmtransfer.simulator.network.network import Network
from warmtransfer.simulator.network.reach import Detection
from warmtransfer.simulator.rest import render
from warmtransfer.simulator.rest.asks import PAGING, Answer, Ask, Table
from warmtransfer.simulator.rest.dates import filter_by, names
from warmtransfer.simulator.rest.errors import RestError, not_found
from warmtransfer.simulator.rest.forms import Params
from warmtransfer.simulator.rest.recordings import wanted
from warmtransfer.simulator.twiml.documents import Goto
from warmtransfer.simulator.twiml.grammar import Document, TwimlError, parse

E164 = re.compile(r"\+[1-9]\d{6,14}")
TONES = re.compile(r"[0-9A-D*#wW]{0,32}")
DETECTION = {
    "MachineDetection", "MachineDetectionTimeout", "MachineDetectionSpeechThreshold",
    "MachineDetectionSpeechEndThreshold", "MachineDetectionSilenceTimeout",
}  # fmt: skip
ASYNC_AMD = {"AsyncAmd", "AsyncAmdStatusCallback", "AsyncAmdStatusCallbackMethod"}
CREATE = DETECTION | ASYNC_AMD | {
    "To", "From", "Method", "FallbackUrl", "FallbackMethod", "StatusCallback", "StatusCallbackEvent",
    "StatusCallbackMethod", "SendDigits", "Timeout", "Record", "RecordingChannels", "RecordingStatusCallback",
    "RecordingStatusCallbackMethod", "RecordingStatusCallbackEvent", "SipAuthUsername",
    "SipAuthPassword", "Trim",
    "CallerId", "RecordingTrack", "Byoc", "CallReason", "CallToken", "TimeLimit", "Url", "Twiml",
    "ApplicationSid",
    "ClientNotificationUrl", "CallerDisplayName", "RecordingConfigurationId",
}  # fmt: skip
#: Taken and checked by nobody: the simulator says so once a request uses them.
NOT_SIMULATED = {
    "Byoc", "CallReason", "SipAuthUsername", "ClientNotificationUrl", "CallerDisplayName",
    "RecordingConfigurationId",
}  # fmt: skip
#: What Twilio advises on 21215.
GEOGRAPHY = (
    "Perhaps you need to enable some international permissions: "
    "https://www.twilio.com/console/voice/calls/geo-permissions/low-risk"
)
WANTED = ("Status", "To", "From", "ParentCallSid")
LIST = PAGING | {*WANTED, *names("StartTime"), *names("EndTime")}
UPDATE = {
    "Url", "Method", "Status", "FallbackUrl", "FallbackMethod", "StatusCallback", "StatusCallbackMethod",
    "Twiml",
    "TimeLimit",
}  # fmt: skip


def check_from(network: Network, from_: str, to: str, token: str) -> None:
    """Raises 21213, 21212 or 21210 for a caller id that Twilio would refuse."""
    if not from_:
        raise RestError(21213)
    if to.startswith(("app:", "client:")) or is_sip(to):
        return
    if not E164.fullmatch(from_):
        raise RestError(21212, f"The From number {from_} is not valid for a call to a phone")
    if not network.holdings.may_call_from(from_) and not network.token_fits(token, from_):
        raise RestError(
            21210, f"The source phone number provided, {from_}, is not yet verified for your account."
        )


def check_to(to: str, from_: str) -> None:
    """Raises 21201 or 21211 for a destination that Twilio would refuse."""
    if not to:
        raise RestError(21201)
    if to.startswith("client:") and len(to) > len("client:"):
        return
    if is_sip(to) and sip_fits(to):
        return
    if not E164.fullmatch(to) or to == from_:
        raise RestError(21211, f"The phone number you are attempting to call, {to}, is not valid.")


def check_may(network: Network, to: str) -> None:
    """Raises 21215 for a country that may not be dialled, 21219 for what a trial account may not."""
    code = network.holdings.barred(to)
    if code == 21215:
        raise RestError(code, f"Account not authorized to call {to}. {GEOGRAPHY}")
    if code:
        raise RestError(
            code, f"The number {to} is unverified. Trial accounts may only make calls to verified numbers."
        )


def detection(params: Params, *, url: str, asynchronous: bool) -> Detection:
    """Reads the machine detection of a create; raises 21262 without a place to report to."""
    mode = params.choice("MachineDetection", "", ("", "Enable", "DetectMessageEnd"))
    if mode and asynchronous and not params.text(url):
        raise RestError(21262)
    return Detection(
        mode, asynchronous, params.url(url), params.method(f"{url}Method"),
        params.number("MachineDetectionTimeout", 30, 3, 120),
    )  # fmt: skip


def news(params: Params) -> News:
    """Reads where the status callbacks go."""
    events = params.events("StatusCallbackEvent", ["completed"], ALL_EVENTS)
    return News(params.url("StatusCallback"), params.method("StatusCallbackMethod"), events)


def first_document(params: Params) -> Goto | Document | None:
    """Reads Url or Twiml; raises 20001 for both, 12100 for TwiML that is none."""
    if "Twiml" in params and "Url" in params:
        raise RestError(20001, "Url and Twiml are mutually exclusive")
    if "Twiml" in params:
        try:
            return parse(params.text("Twiml"))
        except TwimlError as exc:
            raise RestError(exc.code, str(exc), status=400) from exc
    return Goto(params.url("Url"), params.method("Method")) if params.text("Url") else None


def fallback_of(params: Params) -> Goto | None:
    """Reads where TwiML is when the first place fails."""
    url, method = params.url("FallbackUrl"), params.method("FallbackMethod")
    return Goto(url, method) if url else None


class CallsApi:
    """Creates, shows, changes and lists legs."""

    def __init__(self, network: Network) -> None:
        self.network = network

    def table(self) -> Table:
        """The routes."""
        base = "{account}/Calls"
        return [
            ("POST", f"{base}.json", self.create), ("GET", f"{base}.json", self.list),
            ("GET", f"{base}/{{sid}}.json", self.fetch), ("POST", f"{base}/{{sid}}.json", self.update),
        ]  # fmt: skip

    async def create(self, ask: Ask) -> Answer:
        """`POST Calls`."""
        params, network = ask.params, self.network
        params.note_unknown(network.trace, "POST Calls", CREATE)
        params.note_ignored(network.trace, "POST Calls", NOT_SIMULATED)
        to, from_ = params.text("To"), params.text("From")
        check_to(to, from_)
        check_from(network, from_, to, params.text("CallToken"))
        check_may(network, to)
        if len(params.text("Twiml")) > 4000:
            raise RestError(20001, "Twiml is longer than 4000 characters")
        first, fallback, told = self._answering(params)
        amd = detection(params, url="AsyncAmdStatusCallback", asynchronous=params.flag("AsyncAmd", False))
        limit = params.number("TimeLimit", 14400, 1, 86400)
        ring = params.number("Timeout", 60, 0, 600)
        tones = params.text("SendDigits")
        if not TONES.fullmatch(tones):
            raise RestError(21206)
        call = network.new_call("outbound-api", from_, to, news=told, time_limit=limit)
        call.tones = tones
        call.recorded = wanted(params, "OutboundAPI") if params.flag("Record", False) else None
        network.reach.place(call, first, fallback, ring, amd)
        return 201, render.call_json(call)

    def _answering(self, params: Params) -> tuple[Goto | Document, Goto | None, News]:
        """Where the call's TwiML is, by the request or its application; who is told, by the request first."""
        told, first = news(params), first_document(params)
        if first is not None:
            return first, fallback_of(params), told
        if not (sid := params.text("ApplicationSid")):
            raise RestError(21205, "Url parameter is required.")
        app = self.network.holdings.applications.get(sid)
        if app is None:
            raise RestError(21218, f"ApplicationSid {sid} is not valid")
        goto, fallback, its = answering(app.settings)
        return goto, fallback, told if told.url else its

    def _find(self, ask: Ask) -> tuple[Call, str]:
        sid = ask.parts["sid"]
        call = self.network.calls.get(sid)
        if call is None:
            raise not_found(ask.path)
        return call, sid

    async def fetch(self, ask: Ask) -> Answer:
        """`GET Calls/{sid}`."""
        return 200, render.call_json(*self._find(ask))

    async def update(self, ask: Ask) -> Answer:
        """`POST Calls/{sid}`: hang up, or give new TwiML; 21220 when the leg is not in the state for it."""
        call, sid = self._find(ask)
        params = ask.params
        params.note_unknown(self.network.trace, "POST Calls/{sid}", UPDATE)
        status = params.choice("Status", "", ("", "completed", "canceled"))
        first = first_document(params)
        limit = params.number("TimeLimit", 0, 1, 86400)
        if call.over and (status or first or limit):
            raise RestError(21220, "Call is not in-progress. Cannot redirect.")
        if params.text("StatusCallback"):
            call.news = News(
                params.url("StatusCallback"), params.method("StatusCallbackMethod"), call.news.events
            )
        if limit:
            call.limit(limit)
        if status:
            self._hang_up(call, status)
        elif first is not None:
            if not call.answered.is_set():
                raise RestError(21220, "Call is not in-progress. Cannot redirect.")
            self.network.redirect(call, first, fallback_of(params))
        return 200, render.call_json(call, sid)

    def _hang_up(self, call: Call, status: str) -> None:
        if not call.answered.is_set():
            call.finish("canceled", sip=487)
        elif status == "completed":
            call.finish("completed")
        else:
            raise RestError(21220, "Call is in-progress. Cannot cancel.")

    async def list(self, ask: Ask) -> Answer:
        """`GET Calls`, newest first, by status, numbers, parent, and the time of their start or end."""
        ask.params.note_unknown(self.network.trace, "GET Calls", LIST)
        want = {k: ask.params.text(k) for k in WANTED}
        started, ended = filter_by(ask.params, "StartTime"), filter_by(ask.params, "EndTime")
        shown: list[dict[str, Any]] = []
        for sid, call in reversed(self.network.calls.items()):
            item = render.call_json(call, sid)
            have = (item["status"], item["to"], item["from"], item["parent_call_sid"])
            fits = all(not w or w == value for w, value in zip(want.values(), have, strict=True))
            if fits and started(call.started) and ended(call.finished):
                shown.append(item)
        return 200, ask.page("calls", shown)
