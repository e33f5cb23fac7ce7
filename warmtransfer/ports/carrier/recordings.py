"""Recordings as Twilio keeps them: their sound, and their end.

https://www.twilio.com/docs/voice/api/recording: the media of a recording is its URI without `.json`; `.wav`
asks for it as it was taken. Only the SID of an address that we were told is used: requests go to the account.
"""

from __future__ import annotations

import re
from typing import Any

import requests

from warmtransfer.errors import CarrierBusy, CarrierGone, CarrierRefused, CarrierUnsure
from warmtransfer.ports.carrier.connecting import Account

_SID = re.compile(r"RE[0-9a-fA-F]{32}")
HOST = "https://api.twilio.com"
#: Bytes that are read at once.
BITE = 64 * 1024


class Recordings:
    """Of one account. Every call blocks; safe to share between threads."""

    def __init__(self, account: Account, base_url: str = "", timeout: float = 10.0) -> None:
        self._base = f"{(base_url or HOST).rstrip('/')}/2010-04-01/Accounts/{account.sid}/Recordings"
        secret = account.api_secret if account.api_key else account.auth_token
        self._key = (account.api_key or account.sid, secret)
        self._timeout = timeout

    def fetch(self, url: str, most: int) -> bytes:
        """The recording as a WAV file; CarrierRefused for one of more than `most` bytes."""
        found = bytearray()
        with self._asked("GET", f"{self._base}/{sid(url)}.wav", stream=True) as answer:
            try:
                for bite in answer.iter_content(BITE):
                    found += bite
                    if len(found) > most:
                        raise CarrierRefused(f"the recording has more than {most} bytes", status=200)
            except requests.RequestException as exc:
                raise CarrierUnsure(f"recording: {type(exc).__name__}") from None
        return bytes(found)

    def delete(self, url: str) -> None:
        """Have the carrier keep it no longer; one that is gone is gone."""
        try:
            self._asked("DELETE", f"{self._base}/{sid(url)}.json").close()
        except CarrierGone:
            return

    def _asked(self, method: str, url: str, **how: Any) -> requests.Response:
        try:
            answer = requests.request(method, url, auth=self._key, timeout=self._timeout, **how)
        except requests.RequestException as exc:
            # Not chained: its text holds the address.
            raise CarrierUnsure(f"recording: {type(exc).__name__}") from None
        status = answer.status_code
        if status < 300:
            return answer
        answer.close()
        kind = CarrierGone if status in (404, 410) else CarrierRefused if status < 429 else CarrierBusy
        raise kind("recording", status=status)


def sid(url: str) -> str:
    """The SID in a recording's address; CarrierRefused for an address without one."""
    found = _SID.findall(url)
    if not found:
        raise CarrierRefused("recording: its address names none")
    return str(found[-1])
