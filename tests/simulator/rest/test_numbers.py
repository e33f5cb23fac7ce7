"""Numbers and applications over REST, through Twilio's own SDK: found, bought, set, given back, refused."""

from __future__ import annotations

import asyncio
import importlib
import inspect
import re

from twilio.rest import Client

from tests.simulator.app import PUBLIC, world
from tests.simulator.sdk import ask, refused

SECOND, THIRD = "+15550100008", "+15550100009"


def test_numbers_are_listed_by_digits_and_name_page_by_page() -> None:
    def use(client: Client) -> None:
        every = [n.phone_number for n in client.incoming_phone_numbers.list()]
        assert every == [THIRD, SECOND, "+15550100000"]
        assert [n.phone_number for n in client.incoming_phone_numbers.list(page_size=1)] == every
        assert len(client.incoming_phone_numbers.list(limit=2, page_size=1)) == 2
        for digits, found in ((SECOND, [SECOND]), ("010000*", every), ("55501", every), ("+44", [])):
            wanted = client.incoming_phone_numbers.list(phone_number=digits)
            assert [n.phone_number for n in wanted] == found, digits
        (named,) = client.incoming_phone_numbers.list(friendly_name="(555) 010-0009")
        assert named.phone_number == THIRD
        assert client.incoming_phone_numbers.list(origin="hosted") == []
        assert [n.phone_number for n in client.incoming_phone_numbers.local.list()] == every
        assert client.incoming_phone_numbers.toll_free.list() == []
        assert named.capabilities == {"voice": False, "sms": True, "mms": True, "fax": False}

    async def story() -> None:
        async with world(numbers=(SECOND, f"{THIRD}=sms+mms")) as net:
            await ask(net, use)

    asyncio.run(story())


def test_a_number_is_bought_set_and_given_back() -> None:
    def use(client: Client) -> None:
        bought = client.incoming_phone_numbers.create(area_code="415", voice_url=f"{PUBLIC}/voice")
        assert (bought.phone_number, bought.friendly_name) == ("+14155550100", "(415) 555-0100")
        assert (bought.voice_url, bought.voice_method, bought.voice_fallback_url) == (
            f"{PUBLIC}/voice", "POST", None,
        )  # fmt: skip
        free = client.incoming_phone_numbers.local.create(phone_number="+14155550101")
        assert (free.voice_url, free.status_callback) == (None, "")
        set_ = client.incoming_phone_numbers(bought.sid).update(
            friendly_name="front desk", voice_method="GET", voice_fallback_url=f"{PUBLIC}/lost",
            status_callback=f"{PUBLIC}/status", status_callback_method="GET", voice_caller_id_lookup=True,
        )  # fmt: skip
        again = client.incoming_phone_numbers(bought.sid).fetch()
        for each in (set_, again):
            assert (each.friendly_name, each.voice_url, each.voice_method) == (
                "front desk", f"{PUBLIC}/voice", "GET",
            )  # fmt: skip
            assert (each.voice_fallback_url, each.status_callback) == (f"{PUBLIC}/lost", f"{PUBLIC}/status")
            assert (each.status_callback_method, each.voice_caller_id_lookup) == ("GET", True)
        cleared = bought.update(voice_url="", voice_fallback_url="", status_callback="")
        assert (cleared.voice_url, cleared.voice_fallback_url, cleared.status_callback) == (None, None, "")
        assert bought.delete() is True
        assert refused(bought.fetch)[:2] == (404, 20404)
        assert refused(bought.delete)[:2] == (404, 20404)
        assert "+14155550100" in {n.phone_number for n in client.available_phone_numbers("US").local.list()}

    async def story() -> None:
        async with world() as net:
            await ask(net, use)
            (row,) = [r for r in net.rows("rest", method="DELETE") if r["status"] == 204]
            assert "/IncomingPhoneNumbers/PN" in row["path"]

    asyncio.run(story())


def test_what_twilio_refuses_of_a_number_is_refused_with_its_code() -> None:
    def use(client: Client) -> None:
        numbers = client.incoming_phone_numbers
        number = numbers.list()[0]
        for code, work in {
            21421: lambda: numbers.create(phone_number="sam"),
            21422: lambda: numbers.create(phone_number="+15550100000"),
            21451: lambda: numbers.create(area_code="41"),
            21452: lambda: numbers.create(area_code="533"),
            21458: lambda: numbers.toll_free.create(phone_number="+14155550101"),
            21402: lambda: number.update(voice_url="/relative"),
            21403: lambda: number.update(voice_method="PUT"),
            21405: lambda: number.update(voice_url="", voice_fallback_url=f"{PUBLIC}/lost"),
            21420: lambda: number.update(voice_application_sid="AP" + "0" * 32),
            20001: lambda: number.update(friendly_name="x" * 65),
        }.items():
            status, found, text = refused(work)
            assert (status, found) == (400, code), text
        assert number.fetch().voice_url == f"{PUBLIC}/voice"
        assert refused(lambda: numbers("PN" + "0" * 32).update(voice_url=PUBLIC))[:2] == (404, 20404)

    async def story() -> None:
        async with world() as net:
            await ask(net, use)

    asyncio.run(story())


def test_numbers_for_sale_are_found_by_country_kind_place_and_what_they_can() -> None:
    def use(client: Client) -> None:
        us = client.available_phone_numbers("US")
        assert {c.country_code for c in client.available_phone_numbers.list()} == {
            "US",
            "CA",
            "GB",
            "DE",
            "FR",
            "AU",
        }
        assert set(us.fetch().subresource_uris) == {"local", "toll_free"}
        assert refused(client.available_phone_numbers("ZZ").fetch)[:2] == (404, 20404)
        assert refused(lambda: client.available_phone_numbers("DE").mobile.list())[:2] == (404, 20404)
        boston, seattle = us.local.list(area_code=617), us.local.list(area_code=206)
        assert (len(boston), len(seattle)) == (0, 10)
        assert {(n.locality, n.region, n.iso_country) for n in seattle} == {("Seattle", "WA", "US")}
        assert seattle[0].capabilities == {"voice": True, "sms": True, "mms": True}
        talking = us.local.list(area_code=206, voice_enabled=True, sms_enabled=False)
        assert [n.phone_number for n in talking] == ["+12065550108"]
        assert [n.phone_number for n in us.local.list(contains="+1206*550105$")] == ["+12065550105"]
        assert {n.phone_number[:5] for n in us.local.list(in_region="NY")} == {"+1212"}
        assert {n.phone_number[:5] for n in us.toll_free.list()} == {"+1800", "+1888"}
        assert len(us.local.list(page_size=7)) == len(us.local.list()) == 50
        german = client.available_phone_numbers("DE").local
        assert german.list()[0].address_requirements == "local"
        assert german.list(exclude_local_address_required=True) == []
        assert refused(lambda: us.local.list(area_code=11))[:2] == (400, 21451)

    async def story() -> None:
        async with world() as net:
            await ask(net, use)

    asyncio.run(story())


def test_an_application_is_made_found_set_and_removed() -> None:
    """One that answered a number leaves it to its own settings again."""

    def use(client: Client) -> None:
        made = client.applications.create(friendly_name="ours", voice_url=f"{PUBLIC}/ai", voice_method="GET")
        assert re.fullmatch(r"AP[0-9a-f]{32}", made.sid)
        assert (made.voice_fallback_url, made.status_callback) == (None, None)
        assert [app.sid for app in client.applications.list(friendly_name="ours")] == [made.sid]
        assert len(client.applications.list(page_size=1)) == 2
        updated = made.update(voice_fallback_url=f"{PUBLIC}/lost", message_status_callback=f"{PUBLIC}/sent")
        for each in (updated, client.applications(made.sid).fetch()):
            assert (each.voice_url, each.voice_method) == (f"{PUBLIC}/ai", "GET")
            assert (each.voice_fallback_url, each.voice_fallback_method) == (f"{PUBLIC}/lost", "POST")
            assert each.message_status_callback == f"{PUBLIC}/sent"
        assert refused(lambda: made.update(voice_url="ftp://x"))[:2] == (400, 21402)
        assert refused(lambda: made.update(voice_method="PUT"))[:2] == (400, 21403)
        number = client.incoming_phone_numbers.list()[0]
        assert number.update(voice_application_sid=made.sid).voice_application_sid == made.sid
        assert made.delete() is True
        assert number.fetch().voice_application_sid == ""
        assert refused(made.fetch)[:2] == (404, 20404)

    async def story() -> None:
        async with world() as net:
            await ask(net, use)

    asyncio.run(story())


def test_what_is_shown_has_every_field_that_the_sdk_reads() -> None:
    def read_by(module: str) -> set[str]:
        found = importlib.import_module(f"twilio.rest.{module}")
        return set(re.findall(r'payload\.get\(\s*"(\w+)"', inspect.getsource(found)))

    async def story() -> None:
        async with world(verified=frozenset({SECOND})) as net:
            account = "api.v2010.account"
            shown = {
                f"{account}.outgoing_caller_id": ("OutgoingCallerIds", "outgoing_caller_ids"),
                f"{account}.available_phone_number_country.local": (
                    "AvailablePhoneNumbers/US/Local", "available_phone_numbers"),
                f"{account}.available_phone_number_country": ("AvailablePhoneNumbers", "countries"),
            }  # fmt: skip
            for module, (path, key) in shown.items():
                resource = (await net.rest("GET", path))[1][key][0]
                assert read_by(module) <= set(resource), module
            assert read_by(f"{account}.balance") <= set((await net.rest("GET", "Balance"))[1])
            country = (await net.voice("GET", "DialingPermissions/Countries/US"))[1]
            assert read_by("voice.v1.dialing_permissions.country") <= set(country)

    asyncio.run(story())
