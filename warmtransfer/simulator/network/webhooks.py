"""Requests to the application: signed, within time limits, repeated as the URL's overrides say."""

from __future__ import annotations

import base64
import re
import ssl
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlencode, urljoin, urlsplit
from urllib.request import url2pathname

import aiohttp
import yarl

from warmtransfer.simulator.clock import Clock
from warmtransfer.simulator.trace import REDACTED, Trace, redact_form, redact_headers
from warmtransfer.simulator.wire import HostMap, sign

Form = Sequence[tuple[str, str]]
MAX_REDIRECTS = 10
#: The password of a <Sip>, which is nobody's business but its phone's.
_PASSWORD = re.compile(r"""(<Sip\b[^>]*\bpassword\s*=\s*["'])[^"']*(["'])""")
USER_AGENT = "TwilioProxy/1.1"


@dataclass(frozen=True)
class Overrides:
    """Connection overrides of a URL's fragment; times in milliseconds."""

    ct: int = 5000
    rt: int = 15000
    tt: int = 15000
    rc: int = 1
    rp: frozenset[str] = frozenset({"ct"})

    @classmethod
    def of(cls, url: str) -> Overrides:
        """Reads `#rc=2&rp=all`; what is out of its documented range keeps its default."""
        given = dict(parse_qsl(urlsplit(url).fragment))
        policy = frozenset(given["rp"].split(",")) if "rp" in given else cls.rp
        if "all" in policy:
            policy = frozenset({"4xx", "5xx", "ct", "rt"})
        return cls(
            ct=_within(given.get("ct"), 100, 10000, cls.ct),
            rt=_within(given.get("rt"), 100, 15000, cls.rt),
            tt=_within(given.get("tt"), 100, 15000, cls.tt),
            rc=_within(given.get("rc"), 0, 5, cls.rc),
            rp=policy,
        )


def _within(text: str | None, low: int, high: int, default: int) -> int:
    if text is None or not text.isdigit() or not low <= int(text) <= high:
        return default
    return int(text)


@dataclass(frozen=True)
class Reply:
    """What came back: the document, or `error` with Twilio's code."""

    status: int
    body: bytes = b""
    content_type: str = ""
    url: str = ""
    error: int = 0

    @property
    def text(self) -> str:
        """Returns the body as text."""
        return self.body.decode("utf-8", errors="replace")


class Webhooks:
    """Sends one request at a time for whoever asks; each is a `webhook` row of the trace."""

    def __init__(self, clock: Clock, trace: Trace, hosts: HostMap, token: str) -> None:
        self.clock = clock
        self.trace = trace
        self.hosts = hosts
        self.token = token
        self.pending = 0
        self._jars: dict[str, aiohttp.CookieJar] = {}
        self._session: aiohttp.ClientSession | None = None

    async def send(self, url: str, form: Form, method: str = "POST", *, token: str = "") -> Reply:
        """Sends a form and returns the last reply; never raises for what the other side does.

        `token` is the idempotency token to reuse when the same event is sent twice.
        """
        if url.startswith("file:"):
            return self._kept(url, form, method)
        limits = Overrides.of(url)
        token = token or str(uuid.uuid4())
        deadline = self.clock.now() + limits.tt / 1000
        self.pending += 1
        try:
            reply = Reply(0, url=url, error=11205)
            for attempt in range(limits.rc + 1):
                left = deadline - self.clock.now()
                if left <= 0:
                    break
                reply, failure = await self._attempt(url, form, method, limits, left, (token, attempt))
                if not failure or failure not in limits.rp:
                    break
            return reply
        finally:
            self.pending -= 1

    def _kept(self, url: str, form: Form, method: str) -> Reply:
        """A document that Twilio hosts itself: a file, for which no application has to be up."""
        try:
            body = Path(url2pathname(urlsplit(url).path)).read_bytes()
        except OSError as exc:
            self._note(url, form, method, 404, f"no such file: {type(exc).__name__}")
            return Reply(404, url=url, error=11200)
        self.trace.write(
            "webhook", method=method.upper(), url=url, headers={}, form=redact_form(form), status=200,
            body=_shown(body, "text/xml"), took=0.0,
        )  # fmt: skip
        return Reply(200, body, "text/xml", url)

    async def _attempt(
        self, url: str, form: Form, method: str, limits: Overrides, left: float, token: tuple[str, int]
    ) -> tuple[Reply, str]:
        try:
            reply = await self.clock.wait_for(
                self._follow(url, form, method, limits, token), min(left, limits.rt / 1000)
            )
        except TimeoutError:
            self._note(url, form, method, 0, "no answer in time")
            return Reply(0, url=url, error=11205), "rt"
        except aiohttp.ClientConnectorDNSError:
            self._note(url, form, method, 0, "unknown host")
            return Reply(0, url=url, error=11210), "ct"
        except (
            aiohttp.ClientConnectionError,
            aiohttp.ClientPayloadError,
            ConnectionError,
            ssl.SSLError,
        ) as exc:
            self._note(url, form, method, 0, f"connection failed: {type(exc).__name__}")
            return Reply(0, url=url, error=11205), "ct"
        except aiohttp.InvalidURL:
            self._note(url, form, method, 0, "invalid URL")
            return Reply(0, url=url, error=11100), ""
        if reply.status >= 500:
            return reply, "5xx"
        return reply, "4xx" if reply.status >= 400 else ""

    async def _follow(
        self, url: str, form: Form, method: str, limits: Overrides, token: tuple[str, int]
    ) -> Reply:
        whose = dict(form).get("CallSid", "")
        for _ in range(MAX_REDIRECTS + 1):
            status, body, headers = await self._once(url, form, method, limits, token, whose)
            if status not in (301, 302, 303, 307, 308) or "Location" not in headers:
                error = 0 if 200 <= status < 300 else 11200
                return Reply(status, body, headers.get("Content-Type", ""), url.partition("#")[0], error)
            url = urljoin(url.partition("#")[0], headers["Location"])
            if status in (301, 302, 303):
                method, form = "GET", ()
        return Reply(status, b"", "", url, 11215)

    async def _once(
        self, url: str, form: Form, method: str, limits: Overrides, token: tuple[str, int], whose: str
    ) -> tuple[int, bytes, dict[str, str]]:
        url = url.partition("#")[0]
        if method.upper() == "GET" and form:
            url += ("&" if urlsplit(url).query else "?") + urlencode(form)
            form = ()
        headers = self._headers(url, form, token)
        jar = self._jar(whose)
        if cookies := jar.filter_cookies(yarl.URL(url)):
            headers["Cookie"] = "; ".join(f"{c.key}={c.coded_value}" for c in cookies.values())
        began = self.clock.now()
        async with self._client().request(
            method.upper(),
            yarl.URL(self.hosts.local(url), encoded=True),
            data=urlencode(form) if method.upper() == "POST" else None,
            headers=headers,
            allow_redirects=False,
            timeout=aiohttp.ClientTimeout(sock_connect=limits.ct / 1000 / self.clock.speed),
        ) as response:
            body = await response.read()
            jar.update_cookies(response.cookies, yarl.URL(url))
            self.trace.write(
                "webhook", method=method.upper(), url=url, headers=redact_headers(headers),
                form=redact_form(form), status=response.status, body=_shown(body, response.content_type),
                took=round(self.clock.now() - began, 4),
            )  # fmt: skip
            return response.status, body, dict(response.headers)

    def _jar(self, whose: str) -> aiohttp.CookieJar:
        """The cookies of one call, each for the host that set it; what belongs to no call keeps none."""
        if not whose:
            return aiohttp.CookieJar(unsafe=True)
        if whose not in self._jars:
            self._jars[whose] = aiohttp.CookieJar(unsafe=True)  # hosts may be addresses
        return self._jars[whose]

    def forget(self, whose: str) -> None:
        """Lets a call's cookies go."""
        self._jars.pop(whose, None)

    def _headers(self, url: str, form: Form, token: tuple[str, int]) -> dict[str, str]:
        parts = urlsplit(url)
        headers = {
            "Host": parts.netloc.rpartition("@")[2],
            "User-Agent": USER_AGENT,
            "Accept": "*/*",
            "X-Twilio-Signature": sign(self.token, url, form),
            "I-Twilio-Idempotency-Token": token[0],
        }
        if parts.username:
            headers["Authorization"] = _basic(parts.username, parts.password or "")
        if (
            urlsplit(self.hosts.local(url)).netloc != headers["Host"]
        ):  # what a tunnel or a platform's router adds
            headers |= {"X-Forwarded-Proto": parts.scheme, "X-Forwarded-Host": parts.netloc}
        if token[1]:
            headers["X-Twilio-Retry-Count"] = str(token[1])
        if form:
            headers["Content-Type"] = "application/x-www-form-urlencoded; charset=UTF-8"
        return headers

    def _note(self, url: str, form: Form, method: str, status: int, why: str) -> None:
        self.trace.write(
            "webhook", method=method.upper(), url=url.partition("#")[0], headers={}, form=redact_form(form),
            status=status, body="", error=why,
        )  # fmt: skip

    def _client(self) -> aiohttp.ClientSession:
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0), cookie_jar=aiohttp.DummyCookieJar()
            )
        return self._session

    async def close(self) -> None:
        """Closes the connections."""
        if self._session is not None:
            await self._session.close()


def _basic(user: str, password: str) -> str:
    text = f"{unquote(user)}:{unquote(password)}"
    return "Basic " + base64.b64encode(text.encode()).decode()


def _shown(body: bytes, content_type: str) -> str:
    if content_type.startswith("audio/"):
        return f"[{len(body)} bytes of {content_type}]"
    return _PASSWORD.sub(rf"\g<1>{REDACTED}\g<2>", body.decode("utf-8", errors="replace"))
