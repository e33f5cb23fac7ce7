"""The AvailablePhoneNumbers resource: what can be bought, by country, kind, place and digits."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any

from warmtransfer.simulator.network.holdings import named
from warmtransfer.simulator.network.network import Network
from warmtransfer.simulator.network.stock import KINDS, PLACES, Offer, country_name, offers, places
from warmtransfer.simulator.rest import render
from warmtransfer.simulator.rest.asks import PAGING, Answer, Ask, Table
from warmtransfer.simulator.rest.errors import RestError, not_found
from warmtransfer.simulator.rest.forms import Params

#: Filters that the simulator applies, and those that it has nothing to tell numbers apart by.
FILTERS = {
    "AreaCode", "Contains", "SmsEnabled", "MmsEnabled", "VoiceEnabled", "FaxEnabled", "Beta", "InRegion",
    "InLocality", "InPostalCode", "ExcludeAllAddressRequired", "ExcludeLocalAddressRequired",
    "ExcludeForeignAddressRequired",
}  # fmt: skip
NOT_SIMULATED = {"NearNumber", "NearLatLong", "Distance", "InRateCenter", "InLata"}
#: `Exclude…AddressRequired` -> the requirements that it excludes.
EXCLUDED = {"All": ("any", "local", "foreign"), "Local": ("local",), "Foreign": ("foreign",)}
#: The letters of a telephone's keys, for `Contains=WARM`.
KEYS = dict(zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "22233344455566677778889999", strict=True))


class AvailableApi:
    """Shows the stock, less what the account has bought."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.base = f"{render.API}/{network.account.sid}/AvailablePhoneNumbers"

    def table(self) -> Table:
        """The routes."""
        base = "{account}/AvailablePhoneNumbers"
        country = f"{base}/{{country}}"
        return [
            ("GET", f"{base}.json", self.countries),
            ("GET", f"{country}.json", self.country),
            *(("GET", f"{country}/{name}.json", self._of(kind)) for kind, name in KINDS.items()),
        ]

    async def countries(self, ask: Ask) -> Answer:
        """`GET AvailablePhoneNumbers`: the countries that have numbers."""
        isos = dict.fromkeys(place.iso for place in PLACES)
        return 200, ask.page("countries", [self._country(iso) for iso in isos])

    async def country(self, ask: Ask) -> Answer:
        """`GET AvailablePhoneNumbers/{country}`: what kinds of numbers it has."""
        if not places(ask.parts["country"]):
            raise not_found(ask.path)
        return 200, self._country(ask.parts["country"])

    def _country(self, iso: str) -> dict[str, Any]:
        kinds = {k.replace("-", "_"): f"{self.base}/{iso}/{name}.json" for k, name in places(iso).items()}
        return {
            "country_code": iso, "country": country_name(iso), "beta": False, "subresource_uris": kinds,
            "uri": f"{self.base}/{iso}.json",
        }  # fmt: skip

    def _of(self, kind: str) -> Callable[[Ask], Awaitable[Answer]]:
        async def listed(ask: Ask) -> Answer:
            iso, params = ask.parts["country"], ask.params
            path = f"GET AvailablePhoneNumbers/{iso}/{KINDS[kind]}"
            if kind not in places(iso):
                raise not_found(ask.path)
            params.note_unknown(self.network.trace, path, PAGING | FILTERS | NOT_SIMULATED)
            params.note_ignored(self.network.trace, path, NOT_SIMULATED)
            held, fits = self.network.holdings, wanted(params)
            shown = [
                offer_json(offer)
                for offer in offers()
                if (offer.place.iso, offer.place.kind) == (iso, kind)
                and held.number(offer.phone_number) is None and fits(offer)
            ]  # fmt: skip
            return 200, ask.page("available_phone_numbers", shown)

        return listed


def wanted(params: Params) -> Callable[[Offer], bool]:
    """What tells whether a number passes the filters; raises 21451 and 20001."""
    area = params.text("AreaCode")
    if area and not re.fullmatch(r"[2-9]\d\d", area):
        raise RestError(21451)
    like = pattern(params.text("Contains"))
    can = {name: params.flag(f"{name.title()}Enabled", False) for name in ("voice", "sms", "mms", "fax")
           if f"{name.title()}Enabled" in params}  # fmt: skip
    place = {"region": params.text("InRegion"), "locality": params.text("InLocality"),
             "postal_code": params.text("InPostalCode")}  # fmt: skip
    refused = {
        address
        for name, addresses in EXCLUDED.items()
        if params.flag(f"Exclude{name}AddressRequired", False)
        for address in addresses
    }

    def fits(offer: Offer) -> bool:
        return (
            area in ("", offer.area_code)
            and like.search(offer.phone_number.removeprefix("+")) is not None
            and all((name in offer.capabilities) is there for name, there in can.items())
            and all(text.lower() in ("", getattr(offer.place, name).lower()) for name, text in place.items())
            and offer.place.address not in refused
        )

    return fits


def pattern(contains: str) -> re.Pattern[str]:
    """What `Contains` looks for: digits, letters of the keys, `*` and `%` for any; raises 20001."""
    if contains and not re.fullmatch(r"[\w*%+$]{2,16}", contains, re.ASCII):
        raise RestError(20001, f"Invalid parameter Contains: {contains!r}")
    steps = {"*": r"\d", "%": r"\d*", "+": "^", "$": "$", **KEYS}
    return re.compile("".join(steps.get(each, each) for each in contains.upper()))


def offer_json(offer: Offer) -> dict[str, Any]:
    """One number for sale."""
    place, capabilities = offer.place, ("voice", "sms", "mms")
    return {
        "friendly_name": named(offer.phone_number),
        "phone_number": offer.phone_number,
        "lata": None,
        "locality": place.locality or None,
        "rate_center": place.locality.upper() if place.iso in ("US", "CA") and place.locality else None,
        "latitude": place.latitude or None,
        "longitude": place.longitude or None,
        "region": place.region or None,
        "postal_code": place.postal_code or None,
        "iso_country": place.iso,
        "address_requirements": place.address,
        "beta": False,
        "capabilities": {each: each in offer.capabilities for each in capabilities},
    }
