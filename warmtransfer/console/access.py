"""Who may see the console: a signed cookie, a token for every change, and no other site's requests.

A session is a cookie that we have signed, so every process knows it. It is good for `HOURS`, for as long as
the password stays the same and nobody has logged out of it, which all processes are told (`Ended`). What a
form carries is derived from the session's id: another session's token is none.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlsplit

from flask import Request, Response
from itsdangerous import BadData, URLSafeTimedSerializer

COOKIE = "warmtransfer_console"
#: The form's field with the session's token.
TOKEN = "token"
#: The field of a WebSocket's address with its ticket, and for how many seconds that is good.
TICKET, SOON = "ticket", 30
#: How long a session is good for.
HOURS = 12
#: Who it was, where the host app's check says no more than yes.
SOMEBODY = "somebody"
#: The most letters of a name.
NAME = 40


@dataclass(frozen=True, slots=True)
class Session:
    """One browser: `name` is who has given the password there, "" for nobody."""

    id: str
    name: str = ""


class Ended(Protocol):
    """The sessions that were logged out of, over all processes. Its methods raise as the database does."""

    def end(self, session: str, good_for: float) -> None: ...
    def ended(self, session: str) -> bool: ...
    def lately(self, session: str) -> bool: ...


class Access:
    """Judges requests to one app's console. `check` is the host app's own, asked for each request."""

    def __init__(
        self,
        password: str,
        secret: str,
        public_url: str,
        check: Callable[[], Any] | None,
        ended: Ended,
    ) -> None:
        self._ended = ended
        self._password = password
        self._check = check
        self._public = urlsplit(public_url)
        # One that changes ends every session: with the password, or with the secret.
        self._key = hmac.digest(secret.encode(), f"console {password}".encode(), hashlib.sha256)
        self._signer = URLSafeTimedSerializer(self._key, salt="warmtransfer console session")
        self._tickets = URLSafeTimedSerializer(self._key, salt="warmtransfer console sound")

    @property
    def on(self) -> bool:
        """Whether there is a console at all."""
        return bool(self._password or self._check)

    @property
    def by_password(self) -> bool:
        """Whether our own login lets anybody in."""
        return bool(self._password)

    # Who it is --------------------------------------------------------------------------------------

    def session(self, request: Request) -> Session:
        """The browser's session, or a new one for whoever has none that is good."""
        try:
            told = self._signer.loads(request.cookies.get(COOKIE, ""), max_age=HOURS * 3600)
            found = Session(str(told["id"]), str(told["name"]))
        except (BadData, KeyError, TypeError):
            return self.anew()
        return self.anew() if found.name and self._ended.ended(found.id) else found

    def anew(self, name: str = "") -> Session:
        """A session that nobody has had before."""
        return Session(secrets.token_hex(16), name)

    def who(self, session: Session) -> str | Response:
        """By what name they are let in, "" for nobody, or what the host app answers in their place."""
        found = self._check() if self._check else None
        if found and not isinstance(found, Response):
            return SOMEBODY if found is True else _name(str(found)) or SOMEBODY
        if self._password and session.name:
            return session.name
        return found if isinstance(found, Response) and not self._password else ""

    def login(self, name: str, password: str) -> Session | None:
        """A session for who knows the password."""
        if not self._password or not hmac.compare_digest(password.encode(), self._password.encode()):
            return None
        return self.anew(_name(name) or SOMEBODY)

    def logout(self, session: Session) -> Session:
        """End this session, whoever has a copy of it; another one, of nobody."""
        if session.name:
            self._ended.end(session.id, HOURS * 3600)
        return self.anew()

    def still(self, session: Session, who: str) -> bool:
        """Whether a page that is open may be told more, within its request: `who` it was let in as."""
        return not (session.name and self._ended.lately(session.id)) and self.who(session) == who

    def keep(self, session: Session, request: Request, response: Response, path: str) -> None:
        """Have the browser keep this session: for our pages alone, and read by no script."""
        response.set_cookie(
            COOKIE,
            self._signer.dumps({"id": session.id, "name": session.name}),
            max_age=HOURS * 3600,
            path=path,
            secure=self._encrypted(request),
            httponly=True,
            samesite="Lax",
        )

    def _encrypted(self, request: Request) -> bool:
        """Whether the browser speaks https: with us, or with a proxy that stands at our public address."""
        told = request.headers.get("X-Forwarded-Proto", "").partition(",")[0].strip()
        here = request.host == self._public.netloc and self._public.scheme == "https"
        return request.is_secure or told == "https" or here

    def seal(self, address: str) -> str:
        """An address as it is kept: whoever reads the database does not learn it."""
        return hmac.new(self._key, f"address {address}".encode(), hashlib.sha256).hexdigest()

    # What a change must carry -----------------------------------------------------------------------

    def token(self, session: Session) -> str:
        """What a form of this session carries."""
        return hmac.new(self._key, f"token {session.id}".encode(), hashlib.sha256).hexdigest()

    def meant(self, session: Session, request: Request) -> bool:
        """Whether this change comes from a page of ours in this session, and not from another site."""
        given = request.form.get(TOKEN, "")
        return self._from_here(request) and hmac.compare_digest(given.encode(), self.token(session).encode())

    def ticket(self, session: Session, call_id: str) -> str:
        """What opens this call's sound in this session, for `SOON`: a change has been asked for before."""
        return str(self._tickets.dumps([session.id, call_id]))

    def admits(self, session: Session, call_id: str, request: Request) -> bool:
        """Whether a page of ours opens this WebSocket, with such a ticket.

        Browsers open them, with cookies, for pages of anywhere; but they say of where.
        """
        try:
            told = self._tickets.loads(request.args.get(TICKET, ""), max_age=SOON)
        except BadData:
            return False
        return told == [session.id, call_id] and "Origin" in request.headers and self._from_here(request)

    def _from_here(self, request: Request) -> bool:
        site = request.headers.get("Sec-Fetch-Site", "same-origin")
        origin = request.headers.get("Origin")
        hosts = (request.host, self._public.netloc)
        return site in ("same-origin", "none") and (origin is None or urlsplit(origin).netloc in hosts)


def _name(given: str) -> str:
    """A name on one line."""
    return " ".join("".join(each if each.isprintable() else " " for each in given).split())[:NAME]
