"""The public URL, asked as Twilio asks it."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from warmtransfer.ports import outside
from warmtransfer.setup.doctor.line import Area, Line
from warmtransfer.setup.keys import Setup
from warmtransfer.web.guard import SIGNATURE, sign

ADDRESS = Area("public URL")
START = "start the app, and the tunnel or proxy before it; check WARMTRANSFER_PUBLIC_URL"

SAME = (
    "give the running app the same TWILIO_AUTH_TOKEN and WARMTRANSFER_PUBLIC_URL as this command; its log "
    "says what it was asked for"
)
UPGRADE = (
    "have the proxy pass Upgrade and Connection on, and take a server that speaks WebSockets: see "
    "docs/hosts.md"
)


class Address:
    """Looks at it from this machine, by its public name."""

    def __init__(self, setup: Setup) -> None:
        self._setup = setup

    def lines(self) -> Iterator[Line]:
        """Reached at all, then who answers, then what is let in."""
        links = self._setup.links
        health = f"{links.public_url}{links.prefix}/health"
        try:
            answer = outside.get(health)
        except outside.Unreached as fault:
            yield ADDRESS.fault(health, str(fault), START)
            return
        state = _json(answer.body)
        if answer.status not in (200, 503) or "relays" not in state:
            yield ADDRESS.fault(health, _stranger(answer), _way(answer, links.prefix))
            return
        secure = "by TLS with a valid certificate" if links.public_url.startswith("https") else "without TLS"
        yield ADDRESS.ok(health, f"is reached, {secure}")
        yield from _health(state, answer.status)
        yield from self._door()
        yield from self._stream()

    def _door(self) -> Iterator[Line]:
        """Whether what Twilio signs is let in, and nothing else."""
        url = self._setup.links.status()
        # A call that nobody has: the app answers, and nothing is done.
        form = {"CallSid": f"CA{secrets.token_hex(16)}", "CallStatus": "completed",
                "AccountSid": self._setup.account.sid}  # fmt: skip
        signed = {SIGNATURE: sign(self._setup.account.auth_token, url, form)}
        try:
            stranger, own = outside.post(url, form, {}), outside.post(url, form, signed)
        except outside.Unreached as fault:
            yield ADDRESS.fault("signed webhooks", str(fault), START)
            return
        if stranger.status == 403:
            yield ADDRESS.ok("a webhook that nobody has signed", "is refused")
        else:
            found = f"is answered {stranger.status}, not 403"
            yield ADDRESS.fault(
                "a webhook that nobody has signed", found, "see whether this app answers there"
            )
        if own.status in (200, 204):
            yield ADDRESS.ok("a webhook signed with TWILIO_AUTH_TOKEN", "is let in")
        else:
            found = f"is answered {own.status}"
            yield ADDRESS.fault("a webhook signed with TWILIO_AUTH_TOKEN", found, SAME)

    def _stream(self) -> Iterator[Line]:
        url = self._setup.links.media()
        what = f"a stream's handshake at {url}"
        try:
            answer = outside.shake_hands(url, {SIGNATURE: sign(self._setup.account.auth_token, url, {})})
        except outside.Unreached as fault:
            yield ADDRESS.fault(what, str(fault), "see that the proxy lets WebSockets through")
            return
        if answer.upgraded:
            yield ADDRESS.ok(what, "is let in")
        else:
            do = SAME if answer.status == 403 else UPGRADE
            yield ADDRESS.fault(what, f"is answered {answer.status}, not 101", do)


def _health(state: Mapping[str, object], status: int) -> Iterator[Line]:
    database, leaving = str(state.get("database", "")), state.get("leaving")
    if leaving:
        yield ADDRESS.warning("the app", "is ending", "run this again when the next one is up")
    elif status == 200 and database == "ok":
        yield ADDRESS.ok("the app", "is up, and so is its database")
    else:
        yield ADDRESS.fault("the app", f"says of its database: {database}", "see its log")


def _json(body: str) -> Mapping[str, object]:
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _stranger(answer: outside.Answer) -> str:
    who = f" by {answer.server}" if answer.server else ""
    where = f" to {urlsplit(answer.location).netloc or answer.location}" if answer.location else ""
    return f"is answered {answer.status}{where}{who}, and not by this app"


def _way(answer: outside.Answer, prefix: str) -> str:
    if answer.status in (301, 302, 307, 308):
        return (
            "set WARMTRANSFER_PUBLIC_URL to the address that it leads to: Twilio's signatures do not follow"
        )
    if answer.status == 404:
        return (
            f"see that the proxy passes {prefix or '/'} on, and that WARMTRANSFER_URL_PREFIX is the app's own"
        )
    if answer.status in (502, 503, 504):
        return START
    return "see what answers there: a login, a page of the tunnel's, another app"
