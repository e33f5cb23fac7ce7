"""The Conferences resource and the Participants in it."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl

from warmtransfer.simulator.network.calls import Call
from warmtransfer.simulator.network.network import Network
from warmtransfer.simulator.network.reach import Detection
from warmtransfer.simulator.network.roomnews import SUBSCRIPTIONS, RoomNews
from warmtransfer.simulator.network.rooms import Member, Room
from warmtransfer.simulator.network.taking import Wanted
from warmtransfer.simulator.rest import render
from warmtransfer.simulator.rest.asks import PAGING, Answer, Ask, Table
from warmtransfer.simulator.rest.calls import (
    ASYNC_AMD,
    DETECTION,
    NOT_SIMULATED,
    check_from,
    check_may,
    check_to,
    detection,
    news,
)
from warmtransfer.simulator.rest.dates import filter_by, names
from warmtransfer.simulator.rest.errors import RestError, not_found
from warmtransfer.simulator.rest.forms import Params
from warmtransfer.simulator.rest.recordings import wanted
from warmtransfer.simulator.twiml.announce import announce
from warmtransfer.simulator.wire import new_sid

CONFERENCE_SID = re.compile(r"CF[0-9a-fA-F]{32}")
CALL_SID = re.compile(r"CA[0-9a-fA-F]{32}")
CREATE = DETECTION | {
    "From", "To", "StatusCallback", "StatusCallbackMethod", "StatusCallbackEvent", "Label", "Timeout",
    "Record",
    "Muted", "Beep", "StartConferenceOnEnter", "EndConferenceOnExit", "WaitUrl", "WaitMethod", "EarlyMedia",
    "MaxParticipants", "ConferenceRecord", "ConferenceTrim", "ConferenceStatusCallback",
    "ConferenceStatusCallbackMethod", "ConferenceStatusCallbackEvent", "RecordingChannels", "RecordingTrack",
    "RecordingStatusCallback", "RecordingStatusCallbackMethod", "RecordingStatusCallbackEvent",
    "ConferenceRecordingStatusCallback", "ConferenceRecordingStatusCallbackMethod",
    "ConferenceRecordingStatusCallbackEvent", "SipAuthUsername", "SipAuthPassword", "Region", "Coaching",
    "CallSidToCoach", "JitterBufferSize", "Byoc", "CallerId", "CallReason", "TimeLimit", "AmdStatusCallback",
    "AmdStatusCallbackMethod", "Trim", "CallToken", "ClientNotificationUrl", "CallerDisplayName",
    "RecordingConfigurationId",
}  # fmt: skip
LIST = PAGING | {"FriendlyName", "Status", *names("DateCreated"), *names("DateUpdated")}
UPDATE = {
    "Muted", "Hold", "HoldUrl", "HoldMethod", "AnnounceUrl", "AnnounceMethod", "WaitUrl", "WaitMethod",
    "BeepOnExit",
    "EndConferenceOnExit", "Coaching", "CallSidToCoach",
}  # fmt: skip
RECORDED = ("true", "record-from-start")
BEEPS = ("true", "false", "onEnter", "onExit")


class ConferencesApi:
    """Creates, shows, changes and lists conferences and who is in them."""

    def __init__(self, network: Network) -> None:
        self.network = network

    def table(self) -> Table:
        """The routes."""
        base = "{account}/Conferences"
        room, who = f"{base}/{{sid}}", f"{base}/{{sid}}/Participants/{{who}}"
        return [
            ("GET", f"{base}.json", self.list), ("GET", f"{room}.json", self.fetch),
            ("POST", f"{room}.json", self.update), ("POST", f"{room}/Participants.json", self.add),
            ("GET", f"{room}/Participants.json", self.participants),
            ("GET", f"{who}.json", self.participant), ("POST", f"{who}.json", self.change),
            ("DELETE", f"{who}.json", self.remove),
        ]  # fmt: skip

    async def list(self, ask: Ask) -> Answer:
        """`GET Conferences`, newest first, by name, status and dates; those in progress without a status."""
        params = ask.params
        params.note_unknown(self.network.trace, "GET Conferences", LIST)
        name = params.text("FriendlyName")
        created, updated = (filter_by(params, each, days=True) for each in ("DateCreated", "DateUpdated"))
        status = params.choice("Status", "in-progress", ("init", "in-progress", "completed"))
        shown = [
            render.conference_json(room)
            for room in reversed(self.network.rooms.values())
            if created(room.created)
            and updated(room.updated)
            and name in ("", room.name)
            and status == room.status
        ]
        return 200, ask.page("conferences", shown)

    def _room(self, ask: Ask) -> Room:
        if not CONFERENCE_SID.fullmatch(ask.parts["sid"]):
            raise RestError(20004, f"{ask.parts['sid']!r} is not a Conference SID")
        room = self.network.rooms.get(ask.parts["sid"])
        if room is None:
            raise not_found(ask.path)
        return room

    async def fetch(self, ask: Ask) -> Answer:
        """`GET Conferences/{CF}`."""
        return 200, render.conference_json(self._room(ask))

    async def update(self, ask: Ask) -> Answer:
        """`POST Conferences/{CF}`: end it, or announce something to everyone."""
        room, params = self._room(ask), ask.params
        params.note_unknown(
            self.network.trace, "POST Conferences/{sid}", {"Status", "AnnounceUrl", "AnnounceMethod"}
        )
        status = params.choice("Status", "", ("", "completed"))
        url, method = params.url("AnnounceUrl"), params.method("AnnounceMethod")
        if room.status == "completed" or (url and room.status != "in-progress"):
            raise RestError(16099)
        if url:
            self.network.tasks.spawn(announce(room, None, url, method))
        if status:
            room.end("conference-ended-via-api")
        return 200, render.conference_json(room)

    async def add(self, ask: Ask) -> Answer:
        """`POST Participants`: rings somebody, or an application,
        for a conference that it makes if need be."""
        params, network = ask.params, self.network
        params.note_unknown(network.trace, "POST Participants", CREATE)
        params.note_ignored(network.trace, "POST Participants", NOT_SIMULATED)
        if wrong := sorted(k for k, _ in params.pairs if k in ASYNC_AMD):
            network.trace.note("warning", code=21263, text=f"Participants take no {', '.join(wrong)}")
        to, from_ = params.text("To"), params.text("From")
        extra = self._destination(to, from_, params)
        label = self._label(params)
        self._check_ranges(params)
        room, by_name = self._target(ask)
        if room.label_taken(label):
            raise RestError(16026, f"Participant label {label!r} is already in use")
        if len(room.members) + len(room.ringing) >= params.number("MaxParticipants", 250, 2, 250):
            raise RestError(16020)
        member = self._member(params, room, by_name, extra, label)
        network.reach.add(member, params.number("Timeout", 60, 5, 600), self._detection(params))
        return 201, render.participant_json(member)

    def _destination(self, to: str, from_: str, params: Params) -> tuple[tuple[str, str], ...]:
        """Checks To and From; returns the custom parameters behind a `?`."""
        kind, _, query = to.partition("?") if to.startswith("app:") else (to, "", "")
        if kind.startswith("app:"):
            if self.network.holdings.application(kind) is None:
                raise RestError(21218, f"ApplicationSid {kind.removeprefix('app:')} is not valid")
        else:
            check_to(kind, from_)
        check_from(self.network, from_, to, params.text("CallToken"))
        check_may(self.network, kind)
        return tuple(parse_qsl(query, keep_blank_values=True))

    def _label(self, params: Params) -> str:
        label = params.text("Label")
        if len(label) > 128 or "/" in label or "%2F" in label.upper() or CALL_SID.fullmatch(label):
            raise RestError(16024, f"Invalid participant label {label!r}")
        return label

    def _check_ranges(self, params: Params) -> None:
        params.number("Timeout", 60, 5, 600)
        params.number("TimeLimit", 14400, 1, 86400)
        for name in ("WaitUrl", "ConferenceStatusCallback"):
            params.url(name)
            params.method("WaitMethod" if name == "WaitUrl" else f"{name}Method")
        params.choice("Beep", "true", BEEPS)
        params.choice("JitterBufferSize", "large", ("off", "small", "medium", "large"))
        params.events("ConferenceStatusCallbackEvent", ["start", "end"], SUBSCRIPTIONS)
        news(params)
        self._detection(params)
        params.choice("ConferenceRecord", "false", (*RECORDED, "false", "do-not-record"))
        _own(params)
        _whole(params)

    def _detection(self, params: Params) -> Detection:
        return detection(params, url="AmdStatusCallback", asynchronous=True)

    def _target(self, ask: Ask) -> tuple[Room, bool]:
        """Returns the conference and whether it was asked for by name."""
        key = ask.parts["sid"]
        if not CONFERENCE_SID.fullmatch(key):
            if len(key) > 128:
                raise RestError(16003)
            return self.network.room_for(key, by_rest=True), True
        room = self._room(ask)
        if room.status == "completed":
            raise RestError(16022)
        return room, False

    def _member(
        self, params: Params, room: Room, by_name: bool, extra: tuple[tuple[str, str], ...], label: str
    ) -> Member:
        network, to = self.network, params.text("To")
        more = {}
        if to.startswith("app:") and network.laws["app_sid"] == "different":
            more["webhook_sid"] = new_sid("CA")
        call: Call = network.new_call(
            "outbound-api", params.text("From"), to, news=news(params), extra=extra, given_label=label,
            time_limit=params.number("TimeLimit", 14400, 1, 86400), **more,
        )  # fmt: skip
        call.recorded = _own(params)
        events = params.events("ConferenceStatusCallbackEvent", ["start", "end"], SUBSCRIPTIONS)
        told = RoomNews(
            params.url("ConferenceStatusCallback"), params.method("ConferenceStatusCallbackMethod"), events
        )
        return Member(
            call, room, label,
            muted=params.flag("Muted", False),
            coach=params.text("CallSidToCoach") if params.flag("Coaching", False) else "",
            start_on_enter=params.flag("StartConferenceOnEnter", True),
            end_on_exit=params.flag("EndConferenceOnExit", False),
            wait_url=params.url("WaitUrl") if "WaitUrl" in params else None,
            wait_method=params.method("WaitMethod"),
            beep=params.text("Beep", "true"),
            early_media=params.flag("EarlyMedia", True),
            max_members=int(params.number("MaxParticipants", 250, 2, 250)),
            news=told, records=_whole(params), by_rest=True, by_name=by_name,
        )  # fmt: skip

    def _find(self, ask: Ask) -> Member:
        room = self._room(ask)
        member = room.find(ask.parts["who"])
        if member is None:
            raise not_found(ask.path)
        return member

    async def participants(self, ask: Ask) -> Answer:
        """`GET Participants`."""
        room = self._room(ask)
        items = [render.participant_json(m) for m in (*room.members.values(), *room.ringing.values())]
        for name in ("Muted", "Hold", "Coaching"):
            if name in ask.params:
                items = [i for i in items if i[name.lower()] is ask.params.flag(name, False)]
        return 200, ask.page("participants", items)

    async def participant(self, ask: Ask) -> Answer:
        """`GET Participants/{CallSid or label}`."""
        return 200, render.participant_json(self._find(ask))

    async def change(self, ask: Ask) -> Answer:
        """`POST Participants/{CallSid or label}`; only while the conference is in progress (16099)."""
        member, params = self._find(ask), ask.params
        params.note_unknown(self.network.trace, "POST Participants/{sid}", UPDATE)
        if member.room.status != "in-progress":
            raise RestError(16099)
        if not member.joined and member.key in member.room.ringing:
            raise RestError(16001, "Participant is not connected")
        hold_url = params.url("HoldUrl")
        announce_url, method = params.url("AnnounceUrl"), params.method("AnnounceMethod")
        hold_method = params.method("HoldMethod", "GET")
        if "Muted" in params:
            member.room.mute(member, params.flag("Muted", False))
        if "Hold" in params:
            member.room.put_on_hold(member, params.flag("Hold", False), hold_url or None, hold_method)
        self._modify(member, params)
        if announce_url:
            self.network.tasks.spawn(announce(member.room, member, announce_url, method))
        return 200, render.participant_json(member)

    def _modify(self, member: Member, params: Params) -> None:
        changed = False
        if "EndConferenceOnExit" in params:
            changed = member.end_on_exit != params.flag("EndConferenceOnExit", False)
            member.end_on_exit = params.flag("EndConferenceOnExit", False)
        if "Coaching" in params or "CallSidToCoach" in params:
            whom = params.text("CallSidToCoach") if params.flag("Coaching", True) else ""
            if whom and whom not in member.room.members:
                raise RestError(16028)
            changed = changed or member.coach != whom
            member.room.coach(member, whom)
        if "WaitUrl" in params:
            member.wait_url, member.wait_method = params.url("WaitUrl"), params.method("WaitMethod")
            changed = True
        if changed or "BeepOnExit" in params:
            member.room.modify(member)

    async def remove(self, ask: Ask) -> Answer:
        """`DELETE Participants/{CallSid or label}`; only while the conference is in progress (16099)."""
        member = self._find(ask)
        if member.room.status != "in-progress":
            raise RestError(16099)
        member.room.kick(member)
        return 204, None


def _own(params: Params) -> Wanted | None:
    """How a participant's own leg is to be recorded, if it is."""
    asked = params.flag("Record", False)
    return wanted(params, "OutboundAPI", trim="trim-silence") if asked else None


def _whole(params: Params) -> Wanted | None:
    """How the conference is to be recorded, if the participant asks for it."""
    asked = params.text("ConferenceRecord") in RECORDED
    return wanted(params, "Conference", of="Conference", trim="trim-silence") if asked else None
