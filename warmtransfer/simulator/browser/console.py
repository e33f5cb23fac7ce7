"""The application's console beside the telephones: whoever plays is logged in there by itself."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import aiohttp
from aiohttp import web

#: Seconds for the whole of it.
PATIENCE = 10.0
#: By what name.
NAME = "You"
_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')


async def entered(console: str, password: str, host: str) -> web.StreamResponse:
    """An answer that leads to the console, with the session of whoever logs in there with this password.

    Browsers keep cookies by host and not by port: it is led to at the `host` that it has come by.
    """
    try:
        cookies = await _login(console, password)
    except (aiohttp.ClientError, TimeoutError):
        return web.Response(status=503, text="The console does not answer yet. Load this page again.")
    there = urlsplit(console)
    away = there._replace(netloc=f"{host}:{there.port}" if there.port else host)
    answer = web.Response(status=303, headers={"Location": away.geturl()})
    for each in cookies:
        answer.headers.add("Set-Cookie", each)
    answer.headers["Cache-Control"] = "no-store"
    return answer


async def _login(console: str, password: str) -> list[str]:
    """The cookies that the form gives for the password, sent as a browser sends it."""
    limit = aiohttp.ClientTimeout(total=PATIENCE)
    jar = aiohttp.CookieJar(unsafe=True)  # the host is a bare address
    async with aiohttp.ClientSession(cookie_jar=jar, timeout=limit) as http:
        async with http.get(f"{console}/login") as got:
            form = dict(_HIDDEN.findall(await got.text()))
        form |= {"name": NAME, "password": password}
        async with http.post(f"{console}/login", data=form, allow_redirects=False) as got:
            return got.headers.getall("Set-Cookie", []) if got.status == 303 else []
