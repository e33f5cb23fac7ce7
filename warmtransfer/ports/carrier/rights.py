"""What an API key may do of what the app does: a restricted one has its rights one by one.

Each is tried by a request that cannot do anything: a list, something that does not exist, or a leg to nobody.
Whoever lacks the right is refused before any of that is looked at, with 403
(https://www.twilio.com/docs/iam/api-keys/restricted-api-keys).
"""

from __future__ import annotations

import json
from typing import Any

from warmtransfer.ports.carrier.connecting import mapped

#: With which codes a missing right is refused: that of strangers, and its own.
CODES = frozenset({20003, 20004, 70051})
_CALL, _ROOM = "CA" + "0" * 32, "CF" + "0" * 32
#: As Twilio's console has them, by request; what the app does with it; and the path that is tried.
RIGHTS = (
    ("GET Calls", "looks for legs", "Calls"),
    ("POST Calls", "dials humans", "Calls"),
    ("POST Calls/{Sid}", "ends and moves legs", f"Calls/{_CALL}"),
    ("GET Conferences", "looks for rooms", "Conferences"),
    ("POST Conferences/{Sid}", "ends rooms", f"Conferences/{_ROOM}"),
    ("GET Conferences/{Sid}/Participants", "looks who is there", f"Conferences/{_ROOM}/Participants"),
    ("POST Conferences/{Sid}/Participants", "adds the AI", f"Conferences/{_ROOM}/Participants"),
    (
        "POST Conferences/{Sid}/Participants/{Sid}",
        "speaks to the caller, holds humans",
        f"Conferences/{_ROOM}/Participants/{_CALL}",
    ),
    (
        "DELETE Conferences/{Sid}/Participants/{Sid}",
        "takes the AI out",
        f"Conferences/{_ROOM}/Participants/{_CALL}",
    ),
    ("GET IncomingPhoneNumbers", "`doctor` and `provision` look at the number", "IncomingPhoneNumbers"),
    ("GET Applications", "`doctor` and `provision` look at the TwiML App", "Applications"),
)


def lacking(client: Any, sid: str) -> list[str]:
    """The rights that this key has not, each with what it is for; raises as every request."""
    with mapped("try what the API key may do", gone=False):
        return [
            f"{right} ({use})"
            for right, use, path in RIGHTS
            if _refused(client, right.partition(" ")[0], f"{_base(sid)}/{path}.json")
        ]


def _base(sid: str) -> str:
    return f"https://api.twilio.com/2010-04-01/Accounts/{sid}"


def _refused(client: Any, method: str, url: str) -> bool:
    answer = client.request(method, url, params={"PageSize": 1} if method == "GET" else None)
    if answer.status_code != 403:
        return False
    try:
        return json.loads(answer.text).get("code") in CODES
    except (ValueError, AttributeError):
        return False
