"""The IncomingPhoneNumbers resource: the account's numbers, bought, set and given back."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any

from warmtransfer.simulator.network.holdings import CAPABILITIES, NUMBER, Number, named
from warmtransfer.simulator.network.network import Network
from warmtransfer.simulator.network.stock import KINDS, Offer, offers
from warmtransfer.simulator.rest import render, settings
from warmtransfer.simulator.rest.asks import PAGING, Answer, Ask, Table, Work
from warmtransfer.simulator.rest.errors import RestError, not_found
from warmtransfer.simulator.rest.forms import Params
from warmtransfer.simulator.wire import new_sid, rfc2822

LIST = PAGING | {"FriendlyName", "PhoneNumber", "Origin", "Beta"}
#: Taken and kept nowhere: the simulator says so once a request uses them.
NOT_SIMULATED = {
    "EmergencyStatus", "EmergencyAddressSid", "TrunkSid", "IdentitySid", "AddressSid", "BundleSid",
    "VoiceReceiveMode",
}  # fmt: skip
UPDATE = settings.PARAMETERS | NOT_SIMULATED | {
    "AccountSid", "ApiVersion", "FriendlyName", "SmsApplicationSid", "VoiceApplicationSid",
}  # fmt: skip
CREATE = (UPDATE - {"AccountSid"}) | {"PhoneNumber", "AreaCode"}


class NumbersApi:
    """Buys, shows, sets, lists and releases numbers. A call in progress keeps what it began with."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.held = network.holdings

    def table(self) -> Table:
        """The routes."""
        base = "{account}/IncomingPhoneNumbers"
        rows: Table = []
        for kind, name in KINDS.items():
            rows += [("GET", f"{base}/{name}.json", self._of(kind, self.list)),
                     ("POST", f"{base}/{name}.json", self._of(kind, self.create))]  # fmt: skip
        return [
            *rows, ("GET", f"{base}.json", self.list), ("POST", f"{base}.json", self.create),
            ("GET", f"{base}/{{sid}}.json", self.fetch), ("POST", f"{base}/{{sid}}.json", self.update),
            ("DELETE", f"{base}/{{sid}}.json", self.remove),
        ]  # fmt: skip

    def _of(self, kind: str, work: Callable[[Ask, str], Awaitable[Answer]]) -> Work:
        async def only(ask: Ask) -> Answer:
            return await work(ask, kind)

        return only

    async def list(self, ask: Ask, kind: str = "") -> Answer:
        """`GET IncomingPhoneNumbers`, by name, and by digits: some of them, `*` for any one."""
        params = ask.params
        params.note_unknown(self.network.trace, "GET IncomingPhoneNumbers", LIST)
        name, digits = params.text("FriendlyName"), params.text("PhoneNumber")
        origin = params.choice("Origin", "", ("", "twilio", "hosted"))
        like = re.compile(re.escape(digits).replace(r"\*", r"\d"))
        shown = [
            self.shown(number)
            for number in reversed(self.held.numbers.values())
            if name in ("", number.friendly_name) and like.search(number.phone_number)
            and kind in ("", number.kind) and origin != "hosted"
        ]  # fmt: skip
        return 200, ask.page("incoming_phone_numbers", shown)

    async def create(self, ask: Ask, kind: str = "") -> Answer:
        """`POST IncomingPhoneNumbers`: buys one, by its digits or its area code."""
        params = ask.params
        params.note_unknown(self.network.trace, "POST IncomingPhoneNumbers", CREATE)
        offer = self._offer(params)
        if kind and offer.place.kind != kind:
            raise RestError(21458)
        if self.held.trial and self.held.numbers:
            raise RestError(10002, "Trial accounts are allowed only one Twilio number.")
        number = Number(
            new_sid("PN"), named(offer.phone_number), phone_number=offer.phone_number,
            capabilities=offer.capabilities, kind=offer.place.kind,
        )  # fmt: skip
        self._set(number, params)
        self.held.keep(self.held.numbers, number)
        return 201, self.shown(number)

    def _offer(self, params: Params) -> Offer:
        """The number for sale that is asked for; raises 21421, 21422, 21451 or 21452."""
        wanted, area = params.text("PhoneNumber"), params.text("AreaCode")
        free = [offer for offer in offers() if self.held.number(offer.phone_number) is None]
        if wanted:
            if not NUMBER.fullmatch(wanted):
                raise RestError(21421, f"{wanted} is not a valid number")
            found = [offer for offer in free if offer.phone_number == wanted]
            if not found:
                raise RestError(21422, f"{wanted} is not available.")
            return found[0]
        if not area:
            raise RestError(21421, "PhoneNumber or AreaCode is required")
        if not re.fullmatch(r"[2-9]\d\d", area):
            raise RestError(21451)
        found = [offer for offer in free if offer.area_code == area and "voice" in offer.capabilities]
        if not found:
            raise RestError(21452, f"No phone numbers found in area code {area}")
        return found[0]

    def _find(self, ask: Ask) -> Number:
        number = self.held.numbers.get(ask.parts["sid"])
        if number is None:
            raise not_found(ask.path)
        return number

    async def fetch(self, ask: Ask) -> Answer:
        """`GET IncomingPhoneNumbers/{PN}`."""
        return 200, self.shown(self._find(ask))

    async def update(self, ask: Ask) -> Answer:
        """`POST IncomingPhoneNumbers/{PN}`."""
        number = self._find(ask)
        ask.params.note_unknown(self.network.trace, "POST IncomingPhoneNumbers/{sid}", UPDATE)
        self._set(number, ask.params)
        number.touch()
        return 200, self.shown(number)

    def _set(self, number: Number, params: Params) -> None:
        """Sets what a request gives, all of it or, where something is refused, nothing."""
        params.note_ignored(self.network.trace, "IncomingPhoneNumbers", NOT_SIMULATED)
        for name in ("VoiceApplicationSid", "SmsApplicationSid"):
            if (sid := params.text(name)) and sid not in self.held.applications:
                raise RestError(21420, f"{name} {sid} is not accessible")
        friendly_name = params.name(number.friendly_name)
        voice = params.text("VoiceApplicationSid", number.voice_application_sid)
        number.settings = settings.changed(number.settings, params, application=bool(voice))
        number.friendly_name, number.voice_application_sid = friendly_name, voice
        number.sms_application_sid = params.text("SmsApplicationSid", number.sms_application_sid)

    async def remove(self, ask: Ask) -> Answer:
        """`DELETE IncomingPhoneNumbers/{PN}`: gives it back."""
        del self.held.numbers[self._find(ask).sid]
        return 204, None

    def shown(self, number: Number) -> dict[str, Any]:
        """The resource, with every field of the OpenAPI document's example."""
        account = self.network.account.sid
        uri = f"{render.API}/{account}/IncomingPhoneNumbers/{number.sid}"
        return {
            **dict.fromkeys(("address_sid", "bundle_sid", "emergency_address_sid", "identity_sid")),
            "trunk_sid": None,
            **settings.shown(number.settings, unset=("voice_",)),
            "sid": number.sid,
            "account_sid": account,
            "address_requirements": "none",
            "api_version": "2010-04-01",
            "beta": False,
            "capabilities": {each: each in number.capabilities for each in CAPABILITIES},
            "date_created": rfc2822(number.created),
            "date_updated": rfc2822(number.updated),
            "emergency_address_status": "unregistered",
            "emergency_status": "Inactive",
            "friendly_name": number.friendly_name,
            "origin": "twilio",
            "phone_number": number.phone_number,
            "sms_application_sid": number.sms_application_sid,
            "status": "in-use",
            "subresource_uris": {"assigned_add_ons": f"{uri}/AssignedAddOns.json"},
            "type": number.kind,
            "uri": f"{uri}.json",
            "voice_application_sid": number.voice_application_sid,
            "voice_receive_mode": "voice",
        }
