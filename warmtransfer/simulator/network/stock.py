"""The numbers that can be bought: some of each kind, where numbers for films and tests are set aside."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from warmtransfer.simulator.network.countries import COUNTRIES

#: Kinds of numbers, and the resource of each.
KINDS = {"local": "Local", "toll-free": "TollFree", "mobile": "Mobile"}
#: How many numbers each place has.
EACH = 10


@dataclass(frozen=True)
class Place:
    """Where numbers are for sale: what they begin with, how many digits follow, what is said of it."""

    iso: str
    kind: str  #: local, mobile or toll-free
    begins: str
    digits: int = 2
    locality: str = ""
    region: str = ""
    postal_code: str = ""
    latitude: str = ""
    longitude: str = ""
    address: str = "none"  #: whose address the buyer must give: none, any, local or foreign


#: North America has 555-0100 to 0199 for fiction in every area code; Britain, Germany, France and
#: Australia have ranges of their own for it.
PLACES = (
    Place("US", "local", "+121255501", 2, "New York", "NY", "10001", "40.712800", "-74.006000"),
    Place("US", "local", "+131255501", 2, "Chicago", "IL", "60601", "41.878100", "-87.629800"),
    Place("US", "local", "+141555501", 2, "San Francisco", "CA", "94102", "37.774900", "-122.419400"),
    Place("US", "local", "+151255501", 2, "Austin", "TX", "78701", "30.267200", "-97.743100"),
    Place("US", "local", "+120655501", 2, "Seattle", "WA", "98101", "47.606200", "-122.332100"),
    Place("US", "toll-free", "+180055501", 2),
    Place("US", "toll-free", "+188855501", 2),
    Place("CA", "local", "+141655501", 2, "Toronto", "ON", "M5H 2N2", "43.653200", "-79.383200"),
    Place("CA", "local", "+160455501", 2, "Vancouver", "BC", "V6B 1A1", "49.282700", "-123.120700"),
    Place("CA", "toll-free", "+187755501", 2),
    Place("GB", "local", "+4420794601", 2, "London", "", "", "51.507400", "-0.127800", "any"),
    Place("GB", "mobile", "+4477009001", 2, address="any"),
    Place("GB", "toll-free", "+44808157001", 1),
    Place("DE", "local", "+493023125", 3, "Berlin", "", "", "52.520000", "13.405000", "local"),
    Place("FR", "local", "+3319900", 4, "Paris", "", "", "48.856600", "2.352200", "local"),
    Place("AU", "local", "+6125550", 4, "Sydney", "NSW", "2000", "-33.868800", "151.209300", "any"),
    Place("AU", "mobile", "+614915701", 2, address="any"),
)  # fmt: skip


@dataclass(frozen=True)
class Offer:
    """One number for sale."""

    phone_number: str
    place: Place
    capabilities: frozenset[str]

    @property
    def area_code(self) -> str:
        """The area code of a number in North America."""
        return self.phone_number[2:5] if self.place.iso in ("US", "CA") else ""


@cache
def offers() -> tuple[Offer, ...]:
    """Every number for sale. The last of each place takes no calls, the last but one no messages."""
    found = []
    for place in PLACES:
        for n in range(EACH):
            everything = {"voice", "sms", "mms"} if place.iso in ("US", "CA") else {"voice", "sms"}
            lacks = {EACH - 1: {"voice"}, EACH - 2: {"sms", "mms"}}.get(n, set())
            number = f"{place.begins}{n:0{place.digits}d}"
            found.append(Offer(number, place, frozenset(everything - lacks)))
    return tuple(found)


def places(iso: str) -> dict[str, str]:
    """What a country has for sale: `kind -> the resource's name`, in the API's order; empty for none."""
    return {kind: name for kind, name in KINDS.items() if any((p.iso, p.kind) == (iso, kind) for p in PLACES)}


def country_name(iso: str) -> str:
    """A country's own name; Canada, which dialling permissions do not know, has one here."""
    return {"US": "United States", "CA": "Canada"}.get(iso) or COUNTRIES[iso].name
