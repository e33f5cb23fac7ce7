"""Resources as the REST API shows them: exact field names, times in RFC 2822, lists with their paging."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from warmtransfer.simulator.network.calls import Call
from warmtransfer.simulator.network.rooms import Member, Room
from warmtransfer.simulator.wire import rfc2822

Query = Sequence[tuple[str, str]]

API = "/2010-04-01/Accounts"

PARTICIPANT_STATUS = {
    "queued": "queued",
    "initiated": "connecting",
    "ringing": "ringing",
    "in-progress": "connected",
    "completed": "complete",
}


def call_json(call: Call, sid: str = "") -> dict[str, Any]:
    """Returns a Call resource, under the SID it was asked for by."""
    account, holdings = call.services.account.sid, call.services.holdings
    number = holdings.number(call.to) if call.direction == "inbound" else holdings.number(call.from_)
    sid = sid or call.sid
    uri = f"{API}/{account}/Calls/{sid}"
    parts = ("notifications", "recordings", "siprec", "streams", "transcriptions", "user_defined_messages")
    return {
        "sid": sid,
        "account_sid": account,
        "annotation": None,
        "answered_by": call.answered_by or None,
        "api_version": "2010-04-01",
        "caller_name": call.caller_name or None,
        "date_created": rfc2822(call.created),
        "date_updated": rfc2822(call.finished or call.updated),
        "direction": call.direction,
        "duration": str(call.seconds) if call.over else None,
        "start_time": rfc2822(call.started) if call.started else None,
        "end_time": rfc2822(call.finished) if call.finished else None,
        "forwarded_from": None,
        "from": call.from_,
        "from_formatted": call.from_,
        "group_sid": None,
        "parent_call_sid": call.parent.sid if call.parent else None,
        "phone_number_sid": number.sid if number is not None else None,
        "price": None,
        "price_unit": "USD",
        "queue_time": str(call.queue_ms),
        "status": call.status,
        "subresource_uris": {p: f"{uri}/{p.title().replace('_', '')}.json" for p in parts},
        "to": call.to.partition("?")[0],
        "to_formatted": call.to.partition("?")[0],
        "trunk_sid": None,
        "uri": f"{uri}.json",
    }


def conference_json(room: Room) -> dict[str, Any]:
    """Returns a Conference resource."""
    account = room.services.account.sid
    uri = f"{API}/{account}/Conferences/{room.sid}"
    return {
        "account_sid": account,
        "api_version": "2010-04-01",
        "call_sid_ending_conference": room.ender or None,
        "date_created": rfc2822(room.created),
        "date_updated": rfc2822(room.updated),
        "friendly_name": room.name,
        "reason_conference_ended": room.reason or None,
        "region": "us1",
        "sid": room.sid,
        "status": room.status,
        "subresource_uris": {
            "participants": f"{uri}/Participants.json",
            "recordings": f"{uri}/Recordings.json",
        },
        "uri": f"{uri}.json",
    }


def participant_json(member: Member) -> dict[str, Any]:
    """Returns a Participant resource."""
    room, call = member.room, member.call
    account = room.services.account.sid
    return {
        "account_sid": account,
        "call_sid": call.sid,
        "label": member.label or None,
        "call_sid_to_coach": member.coach or None,
        "coaching": bool(member.coach),
        "conference_sid": room.sid,
        "date_created": rfc2822(member.created),
        "date_updated": rfc2822(member.updated),
        "end_conference_on_exit": member.end_on_exit,
        "muted": member.muted,
        "hold": member.hold,
        "start_conference_on_enter": member.start_on_enter,
        "status": PARTICIPANT_STATUS.get(call.status, "failed"),
        "queue_time": str(call.queue_ms),
        "uri": f"{API}/{account}/Conferences/{room.sid}/Participants/{call.sid}.json",
    }


def page(
    key: str, items: list[dict[str, Any]], uri: str, number: int, size: int, asked: Query = ()
) -> dict[str, Any]:
    """Returns one page of a list resource; its links repeat the filters that were asked for."""
    start = number * size
    part = items[start : start + size]

    def link(n: int) -> str:
        return f"{uri}?{urlencode([*asked, ('PageSize', size), ('Page', n)])}"

    return {
        key: part,
        "page": number,
        "page_size": size,
        "start": start,
        "end": start + len(part) - 1 if part else start,
        "uri": link(number),
        "first_page_uri": link(0),
        "next_page_uri": link(number + 1) if start + size < len(items) else None,
        "previous_page_uri": link(number - 1) if number else None,
    }
