"""Twilio's own SDK, pointed at the simulator."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit, urlunsplit

from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from tests.simulator.app import World

T = TypeVar("T")


class ElsewhereClient(TwilioHttpClient):  # type: ignore[misc]
    """Twilio's HTTP client with another host: all it takes to point the SDK at the simulator."""

    def __init__(self, base: str) -> None:
        super().__init__(timeout=10)
        self.base = urlsplit(base)

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
        """Sends the request to the simulator."""
        url = urlunsplit(urlsplit(url)._replace(scheme=self.base.scheme, netloc=self.base.netloc))
        return super().request(method, url, *args, **kwargs)


def sdk(net: World, *, by_token: bool = False) -> Client:
    """Returns the SDK's client, with the API key or the token."""
    account = net.account
    user, password = (account.sid, account.token) if by_token else (account.key_sid, account.key_secret)
    return Client(user, password, account.sid, http_client=ElsewhereClient(net.sim.url))


async def ask(net: World, use: Callable[[Client], T], *, by_token: bool = False) -> T:
    """Has the SDK do something, in a thread of its own."""

    def used() -> T:
        client = sdk(net, by_token=by_token)
        try:
            return use(client)
        finally:
            client.http_client.session.close()

    return await asyncio.to_thread(used)


def refused(use: Callable[[], Any]) -> tuple[int, int, str]:
    """The HTTP status, code and message that a request is refused with."""
    try:
        use()
    except TwilioRestException as exc:
        return exc.status, exc.code, exc.msg
    except TwilioException as exc:  # a refused list has no more than the response
        body = json.loads(exc.args[1].text)
        return exc.args[1].status_code, body["code"], body["message"]
    raise AssertionError("it was not refused")
