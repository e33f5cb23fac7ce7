"""The account itself over REST: who may ask, what it is, whom it may call; and how it is changed."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from twilio.rest import Client

from tests.simulator.app import KIM, PUBLIC, SAM, World, world
from tests.simulator.sdk import ElsewhereClient, ask, refused
from warmtransfer.ports.carrier.elsewhere import Elsewhere
from warmtransfer.simulator.network.countries import COUNTRIES, country_of

LONDON = "+442079460100"


def call(net: World, client: Client, to: str) -> Any:
    """Has the SDK place a call."""
    return client.calls.create(to=to, from_=net.account.number, url=f"{PUBLIC}/human")


def test_the_account_says_what_kind_it_is_and_what_is_left() -> None:
    def use(client: Client) -> None:
        account = client.api.accounts(client.account_sid).fetch()
        assert (account.type, account.status, account.friendly_name) == (
            "Full",
            "active",
            "Simulated account",
        )
        assert client.balance.fetch().balance == "7.50"
        assert account.update(friendly_name="ours").friendly_name == "ours"
        assert [a.sid for a in client.api.accounts.list(friendly_name="ours")] == [client.account_sid]
        assert refused(lambda: account.update(status="suspended"))[:2] == (400, 21477)

    async def story() -> None:
        async with world(balance="7.50") as net:
            await ask(net, use)
            by_token = await ask(net, lambda c: c.api.accounts(c.account_sid).fetch(), by_token=True)
            assert by_token.auth_token == net.account.token
            assert net.account.token not in net.story()
            await net.control("PUT", "/account", {"trial": True, "balance": "0.40"})
            assert (await ask(net, lambda c: c.api.accounts(c.account_sid).fetch())).type == "Trial"
            assert (await ask(net, lambda c: c.balance.fetch())).balance == "0.40"

    asyncio.run(story())


def test_wrong_credentials_are_20003_and_a_secondary_token_lets_in() -> None:
    async def story() -> None:
        async with world(secondary_token="another-token-of-32-characters-0") as net:
            account = net.account
            for user, password, fine in (
                (account.sid, account.token, True), (account.sid, account.secondary_token, True),
                (account.sid, "wrong", False), (account.sid, "", False),
                (account.key_sid, account.key_secret, True),
                (account.key_sid, account.token, False), ("AC" + "0" * 32, account.token, False),
            ):  # fmt: skip
                client = Client(user, password, account.sid, http_client=ElsewhereClient(net.sim.url))

                def works(client: Client = client) -> bool:
                    if client.incoming_phone_numbers(account.number_sid).fetch().sid:
                        return bool(client.voice.v1.dialing_permissions.countries("US").fetch().iso_code)
                    return False

                if fine:
                    assert await asyncio.to_thread(works), user
                else:
                    assert (await asyncio.to_thread(refused, works))[:2] == (401, 20003), user
                client.http_client.session.close()
            other = Client(
                account.sid, account.token, "AC" + "0" * 32, http_client=ElsewhereClient(net.sim.url)
            )
            assert (await asyncio.to_thread(refused, other.balance.fetch))[:2] == (404, 20404)
            other.http_client.session.close()

    asyncio.run(story())


@pytest.mark.parametrize("code", [20003, 70051])
def test_a_restricted_key_may_do_what_it_has_rights_for_and_no_more(code: int) -> None:
    """The refusal is a 403; its code is a law. The token may do everything."""

    def use(client: Client) -> None:
        assert client.incoming_phone_numbers.list()
        number = client.incoming_phone_numbers("PN" + "5" * 32)
        for work in (lambda: number.update(voice_url=PUBLIC), client.balance.fetch, client.applications.list):
            assert refused(work)[:2] == (403, code)

    async def story() -> None:
        rights = ("GET IncomingPhoneNumbers", "POST Calls")
        async with world(laws={"missing_right": str(code)}, key_rights=rights) as net:
            await ask(net, use)
            assert (await ask(net, lambda c: c.balance.fetch(), by_token=True)).currency == "USD"
            await net.control("PUT", "/account", {"key_rights": []})
            assert (await ask(net, lambda c: c.balance.fetch())).currency == "USD"

    asyncio.run(story())


def test_a_suspended_account_is_refused_everything_but_the_sight_of_itself() -> None:
    async def story() -> None:
        async with world({"/voice": "<Hangup/>"}) as net:
            await net.control("PUT", "/account", {"status": "suspended"})
            assert (await ask(net, lambda c: c.api.accounts(c.account_sid).fetch())).status == "suspended"
            refusal = await ask(net, lambda c: refused(lambda: call(net, c, SAM)))
            assert refusal[:2] == (403, 20005)
            assert (await net.ended(await net.phone()))["status"] == "failed"
            assert net.rows("note", event="error", code=10003)
            assert net.app.seen == []

    asyncio.run(story())


def test_countries_are_opened_and_closed_and_a_closed_one_cannot_be_dialled() -> None:
    def use(client: Client, net: World) -> None:
        permissions = client.voice.v1.dialing_permissions
        us = permissions.countries("US").fetch()
        assert (us.name, us.country_codes, us.continent) == ("United States/Canada", ["+1"], "NORTH_AMERICA")
        assert (us.low_risk_numbers_enabled, us.high_risk_special_numbers_enabled) == (True, False)
        assert len(permissions.countries.list(page_size=100)) == len(COUNTRIES)
        assert [c.iso_code for c in permissions.countries.list(low_risk_numbers_enabled=True)] == ["US"]
        assert [c.iso_code for c in permissions.countries.list(country_code="+44")] == ["GB"]
        assert refused(permissions.countries("ZZ").fetch)[:2] == (404, 20404)
        assert permissions.countries("GB").highrisk_special_prefixes.list() == []
        status, code, text = refused(lambda: call(net, client, LONDON))
        assert (status, code) == (400, 21215)
        assert LONDON in text
        assert "geo-permissions" in text
        added = client.conferences("wt-1").participants
        assert refused(lambda: added.create(to=LONDON, from_=net.account.number))[1] == 21215
        asked = [{"iso_code": "GB", "low_risk_numbers_enabled": "true"}]
        assert permissions.bulk_country_updates.create(update_request=json.dumps(asked)).update_count == 1
        assert permissions.countries("GB").fetch().low_risk_numbers_enabled is True
        assert call(net, client, LONDON).status == "queued"
        wrong = json.dumps([{"iso_code": "ZZ"}])
        assert refused(lambda: permissions.bulk_country_updates.create(update_request=wrong))[1] == 20001
        assert permissions.settings().fetch().dialing_permissions_inheritance is True
        assert permissions.settings().update(dialing_permissions_inheritance=False).url

    async def story() -> None:
        async with world(countries=("US",)) as net:
            await ask(net, lambda client: use(client, net))

    asyncio.run(story())


def test_a_closed_country_fails_a_leg_of_a_dial_with_13227() -> None:
    async def story() -> None:
        pages = {"/voice": f'<Dial action="/after"><Number>{LONDON}</Number></Dial>'}
        async with world(pages, countries=("US",)) as net:
            await net.ended(await net.phone())
            assert net.app.forms("/after")[0]["DialCallStatus"] == "failed"
            assert net.rows("note", event="error", code=13227)

    asyncio.run(story())


def test_the_longest_beginning_tells_a_numbers_country() -> None:
    numbers = ("+12125550100", "+18765550100", "+77172555010", "+74955550100", LONDON, "+8835100123")
    found = [country.iso if (country := country_of(number)) else "" for number in numbers]
    assert found == ["US", "JM", "KZ", "RU", "GB", ""]


@pytest.mark.parametrize(
    "changes",
    [
        {"gravity": 1}, {"trial": "yes"}, {"status": "asleep"}, {"balance": "much"}, {"verified": ["sam"]},
        {"numbers": ["+15550100009=fly"]}, {"numbers": "+15550100009"}, {"countries": ["ZZ"]},
        {"key_rights": ["POST Cals"]}, {"trial": True, "countries": ["ZZ"]}, [],
    ],
)  # fmt: skip
def test_a_change_of_the_account_that_makes_no_sense_is_refused_whole(changes: Any) -> None:
    async def story() -> None:
        async with world() as net:
            before = await net.control("GET", "/account")
            assert "error" in await net.control("PUT", "/account", changes)
            assert await net.control("GET", "/account") == before

    asyncio.run(story())


def test_the_control_api_shows_and_changes_what_the_account_has() -> None:
    async def story() -> None:
        async with world(numbers=("+15550100009",), verified=frozenset({SAM})) as net:
            shown = await net.control("GET", "/account")
            assert [n["number"] for n in shown["numbers"]] == ["+15550100000", "+15550100009"]
            assert (shown["verified"], shown["trial"], shown["status"]) == ([SAM], False, "active")
            assert set(shown["countries"]) == set(COUNTRIES)
            changes = {"numbers": ["+15550100009=none"], "verified": [KIM], "countries": ["us", "gb"]}
            shown = await net.control("PUT", "/account", changes)
            assert shown["numbers"][1]["capabilities"] == []
            assert (shown["verified"], shown["countries"]) == ([KIM], ["GB", "US"])
            assert net.rows("note", event="account")[0]["set"] == changes

    asyncio.run(story())


def test_our_client_finds_the_simulator_behind_both_of_its_hosts() -> None:
    """api.twilio.com and voice.twilio.com go there, with a region too; other products stay what they are."""
    asked: list[str] = []

    class Inner:
        def request(self, method: str, url: str, **kwargs: Any) -> None:
            asked.append(url)

    elsewhere = Elsewhere(Inner(), "http://127.0.0.1:9000/")
    for host in (
        "api.twilio.com",
        "voice.dublin.ie1.twilio.com",
        "lookups.twilio.com",
        "voice.twilio.com.test",
    ):
        elsewhere.request("GET", f"https://{host}/v1/x?y=1")
    assert asked == [
        "http://127.0.0.1:9000/v1/x?y=1", "http://127.0.0.1:9000/v1/x?y=1", "https://lookups.twilio.com/v1/x?y=1",
        "https://voice.twilio.com.test/v1/x?y=1",
    ]  # fmt: skip
