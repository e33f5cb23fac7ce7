"""The OutgoingCallerIds resource: numbers that the account has verified, and the request to verify one."""

from __future__ import annotations

from typing import Any

from warmtransfer.simulator.network.holdings import NUMBER, CallerId, named
from warmtransfer.simulator.network.network import Network
from warmtransfer.simulator.rest import render
from warmtransfer.simulator.rest.asks import PAGING, Answer, Ask, Table
from warmtransfer.simulator.rest.errors import RestError, not_found
from warmtransfer.simulator.wire import rfc2822

CREATE = {"PhoneNumber", "FriendlyName", "CallDelay", "Extension", "StatusCallback", "StatusCallbackMethod"}


class CallerIdsApi:
    """Verifies, shows, names, lists and removes caller IDs."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.held = network.holdings

    def table(self) -> Table:
        """The routes."""
        base = "{account}/OutgoingCallerIds"
        return [
            ("GET", f"{base}.json", self.list), ("POST", f"{base}.json", self.create),
            ("GET", f"{base}/{{sid}}.json", self.fetch), ("POST", f"{base}/{{sid}}.json", self.update),
            ("DELETE", f"{base}/{{sid}}.json", self.remove),
        ]  # fmt: skip

    async def list(self, ask: Ask) -> Answer:
        """`GET OutgoingCallerIds`, newest first, by number and name."""
        params = ask.params
        params.note_unknown(
            self.network.trace, "GET OutgoingCallerIds", PAGING | {"PhoneNumber", "FriendlyName"}
        )
        name, number = params.text("FriendlyName"), params.text("PhoneNumber")
        found = [
            each for each in reversed(self.held.caller_ids.values())
            if name in ("", each.friendly_name) and number in ("", each.phone_number)
        ]  # fmt: skip
        return 200, ask.page("outgoing_caller_ids", [self.shown(each) for each in found])

    async def create(self, ask: Ask) -> Answer:
        """`POST OutgoingCallerIds`: calls the number, where somebody enters the code that it answers with."""
        params = ask.params
        params.note_unknown(self.network.trace, "POST OutgoingCallerIds", CREATE)
        number = params.text("PhoneNumber")
        if not NUMBER.fullmatch(number):
            raise RestError(21217, f"The phone number {number} does not appear to be valid")
        if self.held.number(number):
            raise RestError(21449)
        if self.held.caller_id(number):
            raise RestError(21450)
        if self.held.barred(number) == 21215:
            raise RestError(21215)
        delay = params.text("CallDelay", "0")
        if not delay.isdigit() or int(delay) > 60:
            raise RestError(21454, f"CallDelay {delay!r} is not between 0 and 60")
        name = params.name() or named(number)
        told = (params.url("StatusCallback"), params.method("StatusCallbackMethod"))
        call, code = self.network.verify(number, name, float(delay), params.text("Extension"), told)
        return 200, {
            "account_sid": self.network.account.sid, "call_sid": call.sid, "friendly_name": name,
            "phone_number": number, "validation_code": code,
        }  # fmt: skip

    def _find(self, ask: Ask) -> CallerId:
        found = self.held.caller_ids.get(ask.parts["sid"])
        if found is None:
            raise not_found(ask.path)
        return found

    async def fetch(self, ask: Ask) -> Answer:
        """`GET OutgoingCallerIds/{PN}`."""
        return 200, self.shown(self._find(ask))

    async def update(self, ask: Ask) -> Answer:
        """`POST OutgoingCallerIds/{PN}`: its name."""
        found = self._find(ask)
        ask.params.note_unknown(self.network.trace, "POST OutgoingCallerIds/{sid}", {"FriendlyName"})
        found.friendly_name = ask.params.name(found.friendly_name)
        found.touch()
        return 200, self.shown(found)

    async def remove(self, ask: Ask) -> Answer:
        """`DELETE OutgoingCallerIds/{PN}`."""
        del self.held.caller_ids[self._find(ask).sid]
        return 204, None

    def shown(self, caller_id: CallerId) -> dict[str, Any]:
        """The resource."""
        account = self.network.account.sid
        return {
            "sid": caller_id.sid,
            "account_sid": account,
            "friendly_name": caller_id.friendly_name,
            "phone_number": caller_id.phone_number,
            "date_created": rfc2822(caller_id.created),
            "date_updated": rfc2822(caller_id.updated),
            "uri": f"{render.API}/{account}/OutgoingCallerIds/{caller_id.sid}.json",
        }
