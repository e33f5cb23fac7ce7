"""Twilio's REST API: one method per request, every failure one of `errors.Carrier*`.

What each request carries and why stands in the design, section 4; field names and defaults are those of
https://www.twilio.com/docs/voice/api/conference-participant-resource and .../call-resource.
"""

from __future__ import annotations

import logging
from collections.abc import Collection
from contextlib import suppress
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

from warmtransfer import vocabulary
from warmtransfer.core.legs import Ended, Heard, Leg, LegState, Place
from warmtransfer.errors import CarrierGone, CarrierRefused, CarrierUnsure
from warmtransfer.ports.carrier.children import best
from warmtransfer.ports.carrier.connecting import Account as Account
from warmtransfer.ports.carrier.connecting import connected, mapped
from warmtransfer.ports.carrier.parameters import heard_out, leg_news, room_news, tuned, whole_ring
from warmtransfer.ports.carrier.recordings import Recordings
from warmtransfer.sparing import Sparing

log = logging.getLogger("warmtransfer")

#: A TwiML App answers by itself; the least that Twilio takes would do, this leaves room for a slow webhook.
AI_RING = 15
#: Seconds by which Twilio's clock may be behind ours; its dates are whole seconds besides.
SKEW = 2.0
#: Milliseconds in Twilio's queue that are worth a line: requests that left in time may arrive a little close.
QUEUED = 500
WAITS = (
    "%s: new legs wait in Twilio's own queue, this one for %s ms: set WARMTRANSFER_CPS to the account's "
    "calls per second, less what other apps of the account use"
)


class Carrier:
    """Orders and questions to Twilio. Safe to share between threads; every call blocks.

    A request is never repeated here: only the caller knows whether that could ring a phone twice.
    """

    def __init__(self, account: Account, base_url: str = "", timeout: float = 10.0) -> None:
        self._client = connected(account, base_url, timeout)
        # Loads the resource modules now rather than in the middle of somebody's call.
        self._calls, self._rooms = self._client.calls, self._client.conferences
        self._texts = self._client.messages
        self._lines = Sparing(log)
        self._recordings = Recordings(account, base_url, timeout)

    def close(self) -> None:
        """Close its connections."""
        self._client.http_client.close()

    # Legs -------------------------------------------------------------------------------------------

    def add_ai(
        self,
        *,
        room: str,
        app_sid: str,
        parameters: dict[str, str],
        label: str,
        from_: str,
        room_callback: str,
        status_callback: str = "",
        time_limit: int,
    ) -> str:
        """Add a leg answered by the TwiML App to `room` (its CF SID); its CallSid."""
        query = urlencode(parameters, quote_via=quote)
        with mapped("add_ai"):
            leg = self._rooms(_named("add_ai", room)).participants.create(
                to=f"app:{app_sid}?{query}" if query else f"app:{app_sid}",
                from_=from_,
                label=label,
                timeout=AI_RING,
                time_limit=time_limit,
                wait_url="",
                **room_news(room_callback),
                **(leg_news(status_callback) if status_callback else {}),
            )
            return self._made("add_ai", leg.call_sid, leg.queue_time)

    def dial(
        self,
        *,
        to: str,
        from_: str,
        url: str,
        status_callback: str,
        amd_callback: str,
        ring: float,
        time_limit: int,
        digits: str = "",
        call_token: str = "",
        fallback_url: str = "",
        detection: str = "",
    ) -> str:
        """Dial a human on a leg of their own, whose document is at `url`, or `fallback_url`; its CallSid.

        Where `digits` are sent after the answer, it is a switchboard that answers, which any detection of
        machines would take for a mailbox: it is left out. So it is at what is no telephone.
        """
        with mapped("dial", gone=False):
            leg = self._calls.create(
                to=to,
                from_=from_,
                url=url,
                method="POST",
                timeout=whole_ring(ring),
                time_limit=time_limit,
                **({"fallback_url": fallback_url} if fallback_url else {}),
                **heard_out(to, digits, amd_callback, detection),
                **leg_news(status_callback, call_token),
            )
            return self._made("dial", leg.sid, leg.queue_time)

    def text(self, *, to: str, from_: str, body: str, seconds: int, status_callback: str) -> str:
        """Send a text message from a number, or by a messaging service; its SID. Twilio lets it go when it
        has not left after `seconds`."""
        sender = {"messaging_service_sid": from_} if from_.startswith("MG") else {"from_": from_}
        with mapped("text", gone=False):
            sent = self._texts.create(
                to=to, body=body, validity_period=max(1, seconds), status_callback=status_callback, **sender
            )
            return _sid("text", sent.sid)

    def try_phone(self, *, to: str, from_: str, url: str) -> str:
        """Ring a phone that nobody waits for, for a minute at most; its CallSid."""
        with mapped("try_phone", gone=False):
            leg = self._calls.create(to=to, from_=from_, url=url, method="POST", timeout=30, time_limit=60)
            return _sid("try_phone", leg.sid)

    def add_human(
        self,
        *,
        room: str,
        to: str,
        from_: str,
        label: str,
        status_callback: str,
        amd_callback: str,
        room_callback: str,
        wait_url: str,
        ring: float,
        time_limit: int,
        call_token: str = "",
        detection: str = "",
    ) -> str:
        """Dial a human straight into `room` (its CF SID), muted (style announce); the leg's CallSid."""
        with mapped("add_human"):
            leg = self._rooms(_named("add_human", room)).participants.create(
                to=to,
                from_=from_,
                label=label,
                timeout=whole_ring(ring),
                time_limit=time_limit,
                muted=True,
                wait_url=wait_url,
                wait_method="POST",
                # Participants know no AsyncAmd*: sending those gives warning 21263.
                machine_detection="Enable",
                **tuned(detection),
                amd_status_callback=amd_callback,
                amd_status_callback_method="POST",
                **room_news(room_callback),
                **leg_news(status_callback, call_token),
            )
            return self._made("add_human", leg.call_sid, leg.queue_time)

    def _made(self, what: str, sid: object, queue_time: object) -> str:
        """The new leg's SID; and a line when Twilio lets it wait, which our own turns are to prevent."""
        waits = str(queue_time or "")
        if waits.isdecimal() and int(waits) >= QUEUED:
            self._lines.say("queue", logging.WARNING, WAITS, what, waits)
        return _sid(what, sid)

    def end_call(self, call_sid: str) -> None:
        """End a call in whatever state it is: queued, ringing, in a room, or anywhere else."""
        with mapped("end_call"):
            self._calls(_named("end_call", call_sid)).update(status="completed")

    def limit_call(self, call_sid: str, seconds: int) -> None:
        """Have Twilio end a call once it has lasted so long."""
        with mapped("limit_call"):
            self._calls(_named("limit_call", call_sid)).update(time_limit=seconds)

    def move_call(self, call_sid: str, url: str) -> None:
        """Make a live call go on with the document at `url`, out of any room it is in."""
        with mapped("move_call"):
            self._calls(_named("move_call", call_sid)).update(url=url, method="POST")

    # Participants and rooms -------------------------------------------------------------------------

    def remove(self, room_sid: str, key: str) -> None:
        """Remove the participant with this CallSid or label from the room."""
        with mapped("remove"):
            self._participant("remove", room_sid, key).delete()

    def announce(self, room_sid: str, call_sid: str, url: str) -> None:
        """Play the document at `url` to one participant."""
        with mapped("announce"):
            self._participant("announce", room_sid, call_sid).update(announce_url=url, announce_method="POST")

    def hold(self, room_sid: str, call_sid: str, url: str) -> None:
        """Put one participant on hold with the document at `url`."""
        with mapped("hold"):
            # HoldMethod is GET by default.
            self._participant("hold", room_sid, call_sid).update(hold=True, hold_url=url, hold_method="POST")

    def release(self, room_sid: str, call_sid: str) -> None:
        """Let one participant off hold, unmuted."""
        with mapped("release"):
            self._participant("release", room_sid, call_sid).update(hold=False, muted=False)

    def voice(self, room_sid: str, call_sid: str, muted: bool, coached: str) -> None:
        """Mute a participant or not; with `coached` they are heard by that leg alone."""
        coach = {"coaching": True, "call_sid_to_coach": coached} if coached else {"coaching": False}
        with mapped("voice"):
            self._participant("voice", room_sid, call_sid).update(muted=muted, **coach)

    def end_room(self, room_sid: str) -> None:
        """End a conference; each leg goes on with its own document."""
        with mapped("end_room"):
            self._rooms(_named("end_room", room_sid)).update(status="completed")

    # Recordings -------------------------------------------------------------------------------------

    def fetch_recording(self, url: str, most: int) -> bytes:
        """A recording as a WAV file, of at most so many bytes."""
        return self._recordings.fetch(url, most)

    def delete_recording(self, url: str) -> None:
        """Have Twilio keep a recording no longer; harmless when repeated."""
        self._recordings.delete(url)

    # Questions --------------------------------------------------------------------------------------

    def find_room(self, name: str) -> str:
        """The CF SID of the conference of this name that has not ended, "" for none."""
        with mapped("find_room", gone=False):
            find = self._rooms.list
            found = (find(friendly_name=name, status=state, limit=1) for state in vocabulary.LIVE_ROOMS)
            return next((str(rooms[0].sid) for rooms in found if rooms), "")

    def people(self, room_sid: str) -> dict[str, str]:
        """The CallSids of everyone in a room, by label; "" stands for all without one."""
        with mapped("people"):
            legs = self._rooms(_named("people", room_sid)).participants.list(limit=50)
            return {str(each.label or ""): str(each.call_sid) for each in legs}

    def places(self, room_sid: str) -> dict[str, Place]:
        """Where everyone in a room is, by CallSid and by label; nobody in one that is over."""
        with suppress(CarrierGone), mapped("places"):
            legs = self._rooms(_named("places", room_sid)).participants.list(limit=50)
            found = {key: vocabulary.place(each) for each in legs for key in (each.call_sid, each.label)}
            return {str(key): place for key, place in found.items() if key}
        return {}

    def open_rooms(self) -> list[str]:
        """The names of all conferences of the account that have not ended."""
        with mapped("open_rooms", gone=False):
            rooms = [self._rooms.list(status=state) for state in vocabulary.LIVE_ROOMS]
            return [str(each.friendly_name) for found in rooms for each in found]

    def number_called(self, call_sid: str) -> str:
        """The number that this call was made to, "" if Twilio knows no such call."""
        with suppress(CarrierGone), mapped("number_called"):
            return str(self._calls(_named("number_called", call_sid)).fetch().to)
        return ""

    def find_participant(self, room_sid: str, key: str, *, talking: bool = False) -> str:
        """The CallSid of the participant with this CallSid or label, "" if it is not in the room.

        `talking`: nor if it is muted or on hold.
        """
        with suppress(CarrierGone), mapped("find_participant"):
            leg = self._participant("find_participant", room_sid, key).fetch()
            return "" if talking and (leg.muted or leg.hold) else _sid("find_participant", leg.call_sid)
        return ""

    def leg(self, call_sid: str) -> Leg:
        """Where a leg is, or how it ended."""
        with suppress(CarrierGone), mapped("leg"):
            return vocabulary.leg(str(self._calls(_named("leg", call_sid)).fetch().status))
        return LegState.UNKNOWN

    def picked_up(self, call_sid: str) -> Heard | None:
        """Who picked up, as the detection of machines has it; None when it has said nothing."""
        with suppress(CarrierGone), mapped("picked_up"):
            return vocabulary.heard(str(self._calls(_named("picked_up", call_sid)).fetch().answered_by or ""))
        return None

    def find_call(self, to: str, from_: str, since: float, known: Collection[str] = ()) -> str:
        """The CallSid of the newest call from `from_` to `to` since then (unix seconds), "" for none.

        Calls in `known` belong to somebody else, and one that is over may be of an attempt before: nobody
        waits at its end. Twilio lists the newest first.
        """
        with mapped("find_call", gone=False):
            for each in self._calls.list(to=to, from_=from_, limit=20):
                # A call that is not dialled yet may have no date.
                made = each.date_created.timestamp() if isinstance(each.date_created, datetime) else since
                over = isinstance(vocabulary.leg(str(each.status)), Ended)
                ours = str(each.direction) == "outbound-api" and each.sid not in known
                if ours and not over and made >= since - SKEW:
                    return str(each.sid)
        return ""

    def incoming(self, number: str) -> list[str]:
        """The CallSids of everyone who has phoned this number and is still on the line."""
        with mapped("incoming", gone=False):
            calls = self._calls.list(to=_named("incoming", number), status="in-progress", limit=200)
            return [str(each.sid) for each in calls if str(each.direction) == "inbound"]

    def find_child(self, parent_sid: str, to: str) -> tuple[str, Leg, bool]:
        """The leg to `to` that this leg's document dialled, where it is, and if anybody answered."""
        with mapped("find_child", gone=False):
            return best(self._calls.list(parent_call_sid=_named("find_child", parent_sid), to=to, limit=50))

    def _participant(self, what: str, room_sid: str, key: str) -> Any:
        return self._rooms(_named(what, room_sid)).participants(_named(what, key))


def _named(what: str, sid: str) -> str:
    """`sid`, unless it is empty: then the request would go to the whole collection."""
    if not sid:
        raise CarrierRefused(f"{what}: no SID to name")
    return sid


def _sid(what: str, sid: object) -> str:
    """The SID in an answer; one without it says nothing about what was done."""
    if not isinstance(sid, str) or not sid:
        raise CarrierUnsure(f"{what}: the answer names no SID", status=200)
    return sid
