"""The Recordings resource: the account's, those of a call, those of a conference, and their sound."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

from aiohttp import web

from warmtransfer.simulator.network.calls import Call
from warmtransfer.simulator.network.network import Network
from warmtransfer.simulator.network.recordings import Recording
from warmtransfer.simulator.network.rooms import Room
from warmtransfer.simulator.network.taking import EVENTS, Taking, Wanted
from warmtransfer.simulator.rest import render
from warmtransfer.simulator.rest.asks import PAGING, Answer, Ask, Table
from warmtransfer.simulator.rest.dates import filter_by, names
from warmtransfer.simulator.rest.errors import RestError, not_found
from warmtransfer.simulator.rest.forms import Params
from warmtransfer.simulator.sound.audio import mixed, wav_bytes
from warmtransfer.simulator.wire import rfc2822

#: Stands for the recording that is under way.
CURRENT = "Twilio.CURRENT"
CREATE = {
    "RecordingStatusCallback", "RecordingStatusCallbackMethod", "RecordingStatusCallbackEvent", "Trim",
    "RecordingChannels", "RecordingTrack",
}  # fmt: skip
ALL = PAGING | {"CallSid", "ConferenceSid", "IncludeSoftDeleted", *names("DateCreated")}
NO_MP3 = (
    "Not simulated: the simulator has recordings as WAV, not as MP3: that is its own gap, and no fault of "
    "the request; Twilio has both"
)


def wanted(params: Params, source: str, *, of: str = "", trim: str = "do-not-trim") -> Wanted:
    """How a request asks for a recording; `of` begins the names that are a conference's."""
    name = f"{of}RecordingStatusCallback"
    silence = params.choice(f"{of}Trim", trim, ("trim-silence", "do-not-trim"))
    return Wanted(
        source,
        not of and params.choice("RecordingChannels", "mono", ("mono", "dual")) == "dual",
        "both" if of else params.choice("RecordingTrack", "both", ("both", "inbound", "outbound")),
        silence == "trim-silence",
        params.url(name),
        params.method(f"{name}Method"),
        params.events(f"{name}Event", ["completed"], EVENTS),
    )


class RecordingsApi:
    """Begins, rests, ends, shows and removes recordings."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.kept = network.services.recordings.kept

    def table(self) -> Table:
        """The routes."""
        calls, rooms = "{account}/Calls/{call}/Recordings", "{account}/Conferences/{room}/Recordings"
        return [
            ("GET", "{account}/Recordings.json", self.list), ("POST", f"{calls}.json", self.create),
            ("GET", f"{calls}.json", self.list), ("GET", f"{rooms}.json", self.list),
            *(
                (method, f"{base}/{{sid}}.json", work)
                for base in ("{account}/Recordings", calls, rooms)
                for method, work in (("GET", self.fetch), ("DELETE", self.remove))
            ),
            ("POST", f"{calls}/{{sid}}.json", self.update), ("POST", f"{rooms}/{{sid}}.json", self.update),
        ]  # fmt: skip

    async def create(self, ask: Ask) -> Answer:
        """`POST Calls/{CA}/Recordings`: records what is left of a call in progress (else 21220)."""
        call, params = self._call(ask), ask.params
        params.note_unknown(self.network.trace, "POST Recordings", CREATE)
        how = wanted(params, "StartCallRecordingAPI")
        taking = call.record(how)
        if taking is None:
            raise RestError(21220, "Requested resource is not eligible for recording")
        return 201, self.shown(taking.recording, ask)

    def _call(self, ask: Ask) -> Call:
        call = self.network.calls.get(ask.parts["call"])
        if call is None:
            raise not_found(ask.path)
        return call

    def _room(self, ask: Ask) -> Room:
        room = self.network.rooms.get(ask.parts["room"])
        if room is None:
            raise not_found(ask.path)
        return room

    def _of(self, ask: Ask) -> Iterable[Recording]:
        """The recordings that a path is about, oldest first."""
        everything = list(self.kept.values())
        if "call" in ask.parts:
            call = self._call(ask)
            return [each for each in everything if each.call_sid in (call.sid, call.webhook_sid)]
        if "room" in ask.parts:
            room = self._room(ask)
            return [each for each in everything if each.conference_sid == room.sid]
        return everything

    async def list(self, ask: Ask) -> Answer:
        """`GET …/Recordings`, newest first, by call, conference and day; deleted ones when asked for."""
        params = ask.params
        params.note_unknown(self.network.trace, "GET Recordings", ALL)
        created = filter_by(params, "DateCreated")
        call, room = params.text("CallSid"), params.text("ConferenceSid")
        deleted = params.flag("IncludeSoftDeleted", False)
        shown = [
            self.shown(each, ask)
            for each in reversed(list(self._of(ask)))
            if call in ("", each.call_sid) and room in ("", each.conference_sid) and created(each.created)
            and (deleted or each.status != "deleted")
        ]  # fmt: skip
        return 200, ask.page("recordings", shown)

    def _find(self, ask: Ask) -> Recording:
        sid, deleted = ask.parts["sid"], ask.params.flag("IncludeSoftDeleted", False)
        for each in reversed(list(self._of(ask))):
            if (each.sid == sid or (sid == CURRENT and each.active)) and (
                deleted or each.status != "deleted"
            ):
                return each
        raise not_found(ask.path)

    async def fetch(self, ask: Ask) -> Answer:
        """`GET …/Recordings/{RE}`."""
        return 200, self.shown(self._find(ask), ask)

    async def update(self, ask: Ask) -> Answer:
        """`POST …/Recordings/{RE}`: rests, goes on or ends; 21220 for one that has ended."""
        recording, params = self._find(ask), ask.params
        params.note_unknown(self.network.trace, "POST Recordings/{sid}", {"Status", "PauseBehavior"})
        status = params.choice("Status", "", ("paused", "in-progress", "stopped"))
        behaviour = params.choice("PauseBehavior", "silence", ("silence", "skip"))
        taking = self._taking(ask, recording)
        if taking is None or not recording.active:
            raise RestError(21220, f"Recording {recording.sid} is {recording.status}: it cannot be changed")
        if status == "stopped":
            taking.stop()
        elif status == "paused":
            taking.pause(skip=behaviour == "skip")
        elif recording.status == "paused":
            taking.resume()
        return 200, self.shown(recording, ask)

    def _taking(self, ask: Ask, recording: Recording) -> Taking | None:
        """What takes a recording."""
        room = self._room(ask) if "room" in ask.parts else None
        takings = [room.taking] if room is not None else self._call(ask).takings
        return next((each for each in takings if each is not None and each.recording is recording), None)

    async def remove(self, ask: Ask) -> Answer:
        """`DELETE …/Recordings/{RE}`: its sound is gone; IncludeSoftDeleted still shows what it was."""
        recording = self._find(ask)
        if recording.active:
            raise RestError(21220, f"Recording {recording.sid} is {recording.status}: it cannot be deleted")
        recording.status, recording.sides = "deleted", ()
        return 204, None

    async def sound(self, request: web.Request) -> web.Response:
        """`GET Recordings/{RE}` and `….wav`: a 16-bit WAV file, for everybody, as Twilio's default."""
        sid, _, kind = request.match_info["sid"].partition(".")
        recording = self.kept.get(sid)
        if recording is None or recording.status not in ("completed", "stopped") or not recording.sides:
            return web.json_response(not_found(request.path).body(), status=404)
        if kind not in ("", "wav"):
            self.network.trace.note("warning", text=NO_MP3)
            return web.json_response(RestError(20404, NO_MP3).body(), status=404)
        sides = recording.sides
        if request.query.get("RequestedChannels") == "1" and len(sides) > 1:
            sides = (mixed(list(sides)),)
        return web.Response(body=await asyncio.to_thread(wav_bytes, *sides), content_type="audio/x-wav")

    def shown(self, recording: Recording, ask: Ask) -> dict[str, Any]:
        """The resource, under the path it was asked for by."""
        account = self.network.account.sid
        top = f"{render.API}/{account}"
        base = f"{top}/Calls/{ask.parts['call']}" if "call" in ask.parts else top
        base = f"{top}/Conferences/{ask.parts['room']}" if "room" in ask.parts else base
        uri = f"{base}/Recordings/{recording.sid}"
        inner = {"add_on_results": "AddOnResults", "transcriptions": "Transcriptions"}
        return {
            "sid": recording.sid,
            "account_sid": account,
            "api_version": "2010-04-01",
            "call_sid": recording.call_sid or None,
            "conference_sid": recording.conference_sid or None,
            "channels": recording.channels,
            "date_created": rfc2822(recording.created),
            "date_updated": rfc2822(recording.updated),
            "start_time": rfc2822(recording.created),
            "duration": None if recording.duration is None else str(recording.duration),
            "encryption_details": None,
            "error_code": recording.error or None,
            "media_url": f"{self.network.services.base_url}{top}/Recordings/{recording.sid}",
            "price": None,
            "price_unit": "USD",
            "source": recording.source,
            "status": recording.status,
            "subresource_uris": {
                key: f"{top}/Recordings/{recording.sid}/{name}.json" for key, name in inner.items()
            },
            "track": recording.track,
            "uri": f"{uri}.json",
        }
