"""Where a number is, as webhooks say it: city, state, postal code and country, as far as they are known."""

from __future__ import annotations

from collections.abc import Mapping

from warmtransfer.simulator.network.countries import country_of
from warmtransfer.simulator.network.stock import PLACES

PARTS = ("City", "State", "Zip", "Country")


def place_of(number: str, given: Mapping[str, str] | None = None) -> dict[str, str]:
    """The place of a number, by its area code; what is `given` (by `city`, `state` …) counts first.

    Something that is no number, such as a client or an application, has no place.
    """
    if not number.startswith("+"):
        return {}
    country = country_of(number)
    here = next((p for p in PLACES if p.kind == "local" and number.startswith(_area(p.begins))), None)
    found = {"Country": here.iso if here is not None else country.iso if country is not None else ""}
    if here is not None:
        found |= {"City": here.locality.upper(), "State": here.region, "Zip": here.postal_code}
    return {part: str((given or {}).get(part.lower(), found.get(part, ""))) for part in PARTS}


def _area(begins: str) -> str:
    """Country and area code, without the digits that the numbers for sale begin with there."""
    return begins[:5] if begins.startswith("+1") else begins[:-2]
