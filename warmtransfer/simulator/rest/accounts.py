"""The Accounts resource, for the one account that there is, and its Balance."""

from __future__ import annotations

from typing import Any

from warmtransfer.simulator.network.holdings import STATUSES
from warmtransfer.simulator.network.network import Network
from warmtransfer.simulator.rest import render
from warmtransfer.simulator.rest.asks import PAGING, Answer, Ask, Table
from warmtransfer.simulator.rest.errors import RestError
from warmtransfer.simulator.wire import rfc2822

SUBRESOURCES = {
    "applications": "Applications", "available_phone_numbers": "AvailablePhoneNumbers", "balance": "Balance",
    "calls": "Calls", "conferences": "Conferences", "incoming_phone_numbers": "IncomingPhoneNumbers",
    "outgoing_caller_ids": "OutgoingCallerIds", "queues": "Queues", "recordings": "Recordings",
}  # fmt: skip


class AccountsApi:
    """Shows the account, and names it."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.held = network.holdings

    def table(self) -> Table:
        """The routes; the list is above all accounts."""
        return [
            ("GET", "{account}.json", self.fetch), ("POST", "{account}.json", self.update),
            ("GET", "{account}/Balance.json", self.balance),
        ]  # fmt: skip

    async def list(self, ask: Ask) -> Answer:
        """`GET Accounts`: the account, which has no others below it."""
        params = ask.params
        params.note_unknown(self.network.trace, "GET Accounts", PAGING | {"FriendlyName", "Status"})
        status, name = params.choice("Status", "", ("", *STATUSES)), params.text("FriendlyName")
        fits = status in ("", self.held.status) and name in ("", self.held.friendly_name)
        return 200, ask.page("accounts", [self.shown(ask)] if fits else [])

    async def fetch(self, ask: Ask) -> Answer:
        """`GET Accounts/{AC}`."""
        return 200, self.shown(ask)

    async def update(self, ask: Ask) -> Answer:
        """`POST Accounts/{AC}`: its name; a status is refused (21475, 21477), as it has no parent."""
        params = ask.params
        params.note_unknown(self.network.trace, "POST Accounts/{sid}", {"FriendlyName", "Status"})
        if status := params.text("Status"):
            raise RestError(21477 if status in STATUSES else 21475)
        self.held.friendly_name = params.name(self.held.friendly_name)
        return 200, self.shown(ask)

    async def balance(self, ask: Ask) -> Answer:
        """`GET Balance`."""
        sid = self.network.account.sid
        return 200, {"account_sid": sid, "balance": self.held.balance, "currency": "USD"}

    def shown(self, ask: Ask) -> dict[str, Any]:
        """The resource; whoever came with the token sees it again, an API key does not."""
        account = self.network.account
        uri = f"{render.API}/{account.sid}"
        return {
            "sid": account.sid,
            "owner_account_sid": account.sid,
            "friendly_name": self.held.friendly_name,
            "status": self.held.status,
            "type": "Trial" if self.held.trial else "Full",
            "auth_token": account.token if ask.by_token else "",
            "date_created": rfc2822(self.held.opened),
            "date_updated": rfc2822(self.held.opened),
            "subresource_uris": {key: f"{uri}/{name}.json" for key, name in SUBRESOURCES.items()},
            "uri": f"{uri}.json",
        }
