"""The pages of the telephones: what they are made of, what they tell, and where else they are."""

from __future__ import annotations

import asyncio
import json
import re
import socket
import ssl
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from cryptography import x509

from tests.simulator.app import SAM
from warmtransfer.simulator.browser.elsewhere import reached, split
from warmtransfer.simulator.browser.pages import ASSETS, KINDS
from warmtransfer.simulator.browser.shown import PEOPLE, Scene, people
from warmtransfer.simulator.browser.understood import understood
from warmtransfer.simulator.network.account import Account
from warmtransfer.simulator.options import parser
from warmtransfer.simulator.running.authority import Authority
from warmtransfer.simulator.server import Simulator
from warmtransfer.simulator.wire import HostMap


def served(work: Callable[[Simulator, aiohttp.ClientSession], Awaitable[None]], **more: Any) -> None:
    """A simulator's pages."""

    async def whole() -> None:
        async with Simulator(Account(), **more) as sim, aiohttp.ClientSession() as http:
            await work(sim, http)

    asyncio.run(whole())


def test_every_part_of_the_page_is_there_and_of_its_own() -> None:
    async def work(sim: Simulator, http: aiohttp.ClientSession) -> None:
        async with http.get(f"{sim.url}/phones") as page:
            text = await page.text()
            policy = page.headers["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert f"connect-src 'self' ws://127.0.0.1:{sim.port};" in policy
        assert not re.search(r"<style|\son\w+=|\sstyle=|<script(?![^>]*src=)", text)
        parts = set(re.findall(r'(?:src|href)="([^"]+)"', text))
        for path in ASSETS.iterdir():
            content = path.read_text()
            parts |= set(re.findall(r'"(/phones/assets/[^"]+)"', content))
            assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", content), path
        assert {f"/phones/assets/{path.name}" for path in ASSETS.iterdir()} - parts == {
            "/phones/assets/phones.html"
        }
        for part in parts:
            async with http.get(sim.url + part) as got:
                assert got.status == 200, part
                assert got.content_type == KINDS[Path(part).suffix]

    served(work)


@pytest.mark.parametrize("path", ["nobody", "nobody/line", "assets/..%2fpages.py", "assets/none.js"])
def test_what_is_not_there_is_not_found(path: str) -> None:
    async def work(sim: Simulator, http: aiohttp.ClientSession) -> None:
        async with http.get(f"{sim.url}/phones/{path}") as got:
            assert got.status == 404

    served(work)


def test_the_page_is_told_who_is_there_and_what_answers() -> None:
    book = tuple(understood())

    async def work(sim: Simulator, http: aiohttp.ClientSession) -> None:
        async with http.get(f"{sim.url}/phones/about.json") as got:
            told = await got.json()
        assert told["number"] == Account().number
        assert told["company"] == "the shop"
        assert [each["name"] for each in told["people"]] == ["Caller", "Ann", "Bob"]
        assert told["people"][1] == {"name": "Ann", "number": "+15550100005", "calls": False}
        assert told["model"] == "local"
        assert told["understood"][0]["says"] == list(book[0].says)
        assert told["elsewhere"] == ""
        async with http.get(f"{sim.url}/phones/ann") as page:
            assert page.status == 200
        async with http.get(f"{sim.url}/phones/ann/code.svg") as code:
            assert code.status == 404

    scene = Scene(people(["ann=+15550100005", "Bob=+15550100006"]), "local", book, "the shop")
    served(work, scene=scene)


async def listening(port: int = 0) -> asyncio.Server:
    """An application that listens, and no more."""
    return await asyncio.start_server(lambda _reader, writer: writer.close(), "127.0.0.1", port)


def free() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.parametrize("waits", [True, False])
def test_the_page_is_told_whether_the_app_can_be_called(waits: bool) -> None:
    port = free()
    account = Account(voice_url="https://app.example.test/voice")
    there = HostMap({"https://app.example.test": f"http://127.0.0.1:{port}"})

    async def whole() -> None:
        made = Simulator(account, scene=Scene(waits=waits), hosts=there)
        async with made as sim, aiohttp.ClientSession() as http:

            async def told() -> dict[str, Any]:
                async with http.get(f"{sim.url}/phones/app.json") as got:
                    found: dict[str, Any] = await got.json()
                    return found

            first = await told()
            assert (first["answers"], first["starting"]) == (False, waits)
            away = f"Nothing listens at http://127.0.0.1:{port}, where the app should be: start it there"
            assert first["says"].startswith("The app is starting" if waits else away)
            server = await listening(port)
            assert await told() == {"answers": True, "starting": False, "says": "", "held": []}
            async with http.get(f"{sim.url}/phones/about.json") as got:
                assert (await got.json())["app"]["answers"] is True
            server.close()
            await server.wait_closed()
            # It was up: from now on it is not being started, but away.
            gone = await told()
            assert (gone["answers"], gone["starting"]) == (False, False)
            assert gone["says"].startswith(away)

    asyncio.run(whole())


def test_a_number_that_is_answered_by_a_file_has_no_app_to_wait_for() -> None:
    async def work(sim: Simulator, http: aiohttp.ClientSession) -> None:
        [number] = sim.network.holdings.numbers.values()
        number.settings = replace(number.settings, voice_url="file:///nowhere.xml")
        async with http.get(f"{sim.url}/phones/app.json") as got:
            assert (await got.json())["answers"] is True

    served(work, scene=Scene(waits=True))


def test_other_devices_get_the_telephones_and_nothing_else() -> None:
    async def work(sim: Simulator, http: aiohttp.ClientSession) -> None:
        assert sim.phones_elsewhere.startswith(f"{sim.pages.elsewhere}/phones?token=")
        assert sim.phones_url == f"{sim.url}/phones"
        for path in ("/simulator/state", f"/2010-04-01/Accounts/{Account().sid}/Calls.json"):
            async with http.get(sim.pages.elsewhere + path, ssl=False) as got:
                assert got.status == 404
        async with http.get(f"{sim.url}/phones/{SAM}/code.svg") as code:
            assert (code.status, code.content_type) == (200, "image/svg+xml")
            assert "<svg" in await code.text()

    served(work, phones_at="127.0.0.1")


@pytest.mark.parametrize(("host", "token"), [("0.0.0.0", True), ("127.0.0.1", False), ("localhost", False)])
def test_a_host_that_others_reach_is_given_a_link_with_the_token(host: str, token: bool) -> None:
    async def made() -> str:
        return Simulator(Account(), host=host, port=9000).phones_url

    assert ("token=" in asyncio.run(made())) is token


@pytest.mark.parametrize("host", ["192.0.2.5", "2001:db8::1", "pc.local"])
def test_the_certificate_is_for_the_host_of_the_link(host: str) -> None:
    """A client that is told to trust it finds nothing else wrong with it."""
    server = Authority().context(host)
    there, here = ssl.MemoryBIO(), ssl.MemoryBIO()
    asked = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    asked.check_hostname, asked.verify_mode = False, ssl.CERT_NONE
    client = asked.wrap_bio(there, here)
    answering = server.wrap_bio(here, there, server_side=True)
    for _ in range(4):
        for side in (client, answering):
            with suppress(ssl.SSLWantReadError):
                side.do_handshake()
    der = client.getpeercert(binary_form=True)
    assert der is not None
    held = x509.load_der_x509_certificate(der).extensions
    names = held.get_extension_for_class(x509.SubjectAlternativeName)
    assert [str(each.value) for each in names.value] == [host]


# the words of the command line


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("0.0.0.0", ("0.0.0.0", 0)),
        ("192.0.2.5:9443", ("192.0.2.5", 9443)),
        ("[::1]:80", ("::1", 80)),
        ("[::1]", ("::1", 0)),
        ("pc.local", ("pc.local", 0)),
    ],
)
def test_where_to_serve_other_devices_is_a_host_and_a_port(text: str, found: tuple[str, int]) -> None:
    assert split(text) == found


@pytest.mark.parametrize("text", [":80", "host:", "host:x", "host:99999"])
def test_another_text_is_no_host(text: str) -> None:
    with pytest.raises(ValueError, match="write HOST or HOST:PORT"):
        split(text)


def test_a_link_names_a_host_that_can_be_reached() -> None:
    assert reached("pc.local") == "pc.local"
    assert reached("192.0.2.5") == "192.0.2.5"
    assert reached("2001:db8::1") == "[2001:db8::1]"
    assert reached("0.0.0.0") != "0.0.0.0"


def test_without_names_the_demos_people_are_there() -> None:
    assert people([]) == PEOPLE
    assert people(["sam=+15550100001"])[1].name == "Sam"
    for wrong in ("sam", "=+15550100001", "sam="):
        with pytest.raises(ValueError, match="write NAME=NUMBER"):
            people([wrong])


def test_every_option_of_the_telephones_has_its_words() -> None:
    text = parser().format_help()
    for option in ("--handset", "--company", "--console", "--phones-at"):
        assert option in text


# what the model understands


def test_the_rule_book_is_told_in_sentences_that_it_understands() -> None:
    book = understood()
    (person,) = [each for each in book if each.transfers]
    assert "i would like to speak to a person" in person.says
    answers = {says: each.answer for each in book for says in each.says}
    assert "ten until two" in answers["when are you open on saturday"]
    assert not any(says.startswith("test ") for says in answers)


def test_another_book_is_told_by_its_own_rules(tmp_path: Path) -> None:
    path = tmp_path / "book.json"
    rules = [
        {"hears": ["\\bstaff\\b"], "unless": ["no staff"], "do": [{"tool": "escalate"}]},
        {"hears": ["staff"], "do": [{"say": "As you like."}]},
        {"hears": ["order"], "declared": ["look_up"], "do": [{"say": "Which?"}]},
        {"do": [{"say": "What?"}]},
    ]
    phrases = ["get me the staff", "no staff please", "my order"]
    path.write_text(json.dumps({"tools": {"transfer": "escalate"}, "phrases": phrases, "rules": rules}))
    found = understood(path)
    assert [(each.says, each.answer, each.transfers) for each in found] == [
        (("get me the staff",), "", True),
        (("no staff please",), "As you like.", False),
    ]
