"""Cookies: kept for one call and one host, as a browser would, and sent again with its next requests."""

from __future__ import annotations

import asyncio

from aiohttp import web

from tests.simulator.app import PUBLIC, Page, Seen, twiml, world


def setting(verbs: str, name: str, value: str, **more: str) -> web.Response:
    """A document that sets a cookie."""
    response = twiml(verbs)
    response.set_cookie(name, value, **more)  # type: ignore[arg-type]
    return response


def test_a_cookie_comes_back_in_the_same_call_and_in_no_other() -> None:
    """Documents and the status callback of a call carry what its earlier documents set."""
    count = iter("abc")

    def menu(seen: Seen) -> web.Response:
        if "Digits" in seen.form:
            return twiml("<Redirect>/next</Redirect>")
        asks = '<Gather numDigits="1" action="/voice"><Pause length="40"/></Gather>'
        return setting(asks, "s", next(count))

    async def story() -> None:
        pages: dict[str, Page] = {"/voice": menu, "/next": "<Hangup/>"}
        async with world(pages) as net:
            # A busy machine answers with the menu late: who presses before is not heard.
            calls = [await net.phone({"wait": 20}, {"press": "1"}) for _ in range(2)]
            for sid in calls:
                await net.ended(sid)
            await net.quiet()
            for sid in calls:
                sent = [s.headers.get("Cookie") for s in net.app.seen if s.form["CallSid"] == sid]
                assert sent[0] is None
                assert sent[1] in ("s=a", "s=b")
                assert sent[1:] == [sent[1]] * 3  # the menu's action, the next document, the status
            assert {s.headers.get("Cookie") for s in net.app.seen} == {None, "s=a", "s=b"}
            assert "s=a" not in "\n".join(net.sim.trace.lines)

    asyncio.run(story())


def test_cookies_keep_to_their_host_their_path_and_their_time() -> None:
    """Another host gets none; a path's cookie only goes there; one that is deleted is not sent again."""

    async def story() -> None:
        other = "https://other.example.test"
        pages: dict[str, Page] = {
            "/voice": lambda _: setting("<Redirect>/private/a</Redirect>", "all", "1"),
            "/private/a": lambda _: setting(f"<Redirect>{other}/b</Redirect>", "deep", "2", path="/private"),
            "/b": f"<Redirect>{PUBLIC}/c</Redirect>",
            "/c": lambda _: setting("<Redirect>/d</Redirect>", "all", "", max_age="0"),
            "/d": "<Hangup/>",
        }
        async with world(pages) as net:
            elsewhere: list[str | None] = []

            async def serve(request: web.Request) -> web.Response:
                elsewhere.append(request.headers.get("Cookie"))
                return twiml(f"<Redirect>{PUBLIC}/c</Redirect>")

            server = web.Application()
            server.router.add_route("*", "/b", serve)
            runner = web.AppRunner(server, shutdown_timeout=0.5)
            await runner.setup()
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            net.network.services.hosts.pairs[other] = f"http://127.0.0.1:{runner.addresses[0][1]}"
            try:
                await net.ended(await net.phone())
            finally:
                await runner.cleanup()
            sent = {s.path: s.headers.get("Cookie") for s in net.app.seen}
            assert elsewhere == [None]
            assert sent["/private/a"] == "all=1"
            assert sent["/c"] == "all=1"
            assert sent["/d"] is None

    asyncio.run(story())
