"""Dialling permissions, as voice.twilio.com (v1) has them: which countries the account may call."""

from __future__ import annotations

import json
from collections.abc import Sequence
from urllib.parse import urlencode

from warmtransfer.simulator.network.holdings import Permission
from warmtransfer.simulator.network.network import Network
from warmtransfer.simulator.rest.asks import PAGING, VOICE, Answer, Ask, Item, Table
from warmtransfer.simulator.rest.errors import RestError, not_found

#: Where the resources say that they are, whatever host they were asked for at.
HOST = f"https://voice.twilio.com{VOICE}"
FLAGS = {
    "low_risk_numbers_enabled": "low_risk",
    "high_risk_special_numbers_enabled": "special",
    "high_risk_tollfraud_numbers_enabled": "toll_fraud",
}
#: Filter -> field.
FILTERS = {
    "LowRiskNumbersEnabled": "low_risk", "HighRiskSpecialNumbersEnabled": "special",
    "HighRiskTollfraudNumbersEnabled": "toll_fraud",
}  # fmt: skip


class PermissionsApi:
    """Shows and changes what may be dialled."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.held = network.holdings

    def table(self) -> Table:
        """The routes."""
        base = "DialingPermissions"
        return [
            ("GET", f"{base}/Countries", self.list),
            ("GET", f"{base}/Countries/{{iso}}", self.fetch),
            ("GET", f"{base}/Countries/{{iso}}/HighRiskSpecialPrefixes", self.prefixes),
            ("POST", f"{base}/BulkCountryUpdates", self.change),
            ("GET", "Settings", self.settings),
            ("POST", "Settings", self.set),
        ]

    async def list(self, ask: Ask) -> Answer:
        """`GET DialingPermissions/Countries`, by code, continent and permission."""
        params = ask.params
        known = PAGING | {"IsoCode", "Continent", "CountryCode", *FILTERS}
        params.note_unknown(self.network.trace, "GET DialingPermissions/Countries", known)
        iso, continent = params.text("IsoCode").upper(), params.text("Continent").upper()
        code = params.text("CountryCode")
        code = f"+{code.lstrip('+')}" if code else ""
        shown = [
            shown_as(permission)
            for permission in self.held.permissions.values()
            if iso in ("", permission.country.iso) and continent in ("", permission.country.continent)
            and (not code or code in permission.country.codes)
            and all(getattr(permission, field) is params.flag(name, False)
                    for name, field in FILTERS.items() if name in params)
        ]  # fmt: skip
        return 200, self._page(ask, shown)

    def _page(self, ask: Ask, items: Sequence[Item]) -> Item:
        """A page as the newer APIs have it: what it is is in `meta`, with whole URLs."""
        page = ask.page("content", list(items))
        asked = [(k, v) for k, v in ask.params.pairs if k not in PAGING]
        base = f"{HOST}{ask.path.removeprefix(VOICE)}"

        def link(number: int) -> str:
            return f"{base}?{urlencode([*asked, ('PageSize', page['page_size']), ('Page', number)])}"

        number = page["page"]
        return {
            "content": page["content"],
            "meta": {
                "key": "content", "page": number, "page_size": page["page_size"],
                "first_page_url": link(0), "url": link(number),
                "next_page_url": link(number + 1) if page["next_page_uri"] else None,
                "previous_page_url": link(number - 1) if number else None,
            },
        }  # fmt: skip

    def _find(self, ask: Ask) -> Permission:
        permission = self.held.permissions.get(ask.parts["iso"].upper())
        if permission is None:
            raise not_found(ask.path)
        return permission

    async def fetch(self, ask: Ask) -> Answer:
        """`GET DialingPermissions/Countries/{iso}`."""
        return 200, shown_as(self._find(ask))

    async def prefixes(self, ask: Ask) -> Answer:
        """`GET …/HighRiskSpecialPrefixes`: none are known here."""
        self._find(ask)
        return 200, self._page(ask, [])

    async def change(self, ask: Ask) -> Answer:
        """`POST DialingPermissions/BulkCountryUpdates`: a JSON list of countries and their permissions."""
        wanted = _countries(ask.params.text("UpdateRequest"))
        if unknown := sorted({str(each.get("iso_code")) for each in wanted} - set(self.held.permissions)):
            raise RestError(20001, f"Invalid parameter UpdateRequest: no country {', '.join(unknown)}")
        for each in wanted:
            permission = self.held.permissions[str(each["iso_code"])]
            for name, field in FLAGS.items():
                if name in each:
                    setattr(permission, field, str(each[name]).lower() == "true")
        return 201, {"update_count": len(wanted), "update_request": ask.params.text("UpdateRequest")}

    async def settings(self, ask: Ask) -> Answer:
        """`GET Settings`."""
        return 200, {"dialing_permissions_inheritance": self.held.inheritance, "url": f"{HOST}/Settings"}

    async def set(self, ask: Ask) -> Answer:
        """`POST Settings`."""
        self.held.inheritance = ask.params.flag("DialingPermissionsInheritance", self.held.inheritance)
        return 202, (await self.settings(ask))[1]


def _countries(text: str) -> list[Item]:
    try:
        found = json.loads(text)
    except ValueError as exc:
        raise RestError(20001, f"Invalid parameter UpdateRequest: it is no JSON: {exc}") from exc
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise RestError(20001, "Invalid parameter UpdateRequest: it is no list of countries")
    return found


def shown_as(permission: Permission) -> Item:
    """The resource of one country."""
    country = permission.country
    url = f"{HOST}/DialingPermissions/Countries/{country.iso}"
    return {
        "iso_code": country.iso,
        "name": country.name,
        "continent": country.continent,
        "country_codes": list(country.codes),
        **{name: getattr(permission, field) for name, field in FLAGS.items()},
        "url": url,
        "links": {"highrisk_special_prefixes": f"{url}/HighRiskSpecialPrefixes"},
    }
