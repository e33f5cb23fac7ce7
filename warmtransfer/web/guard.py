"""Lets in what Twilio has signed for our configured address, and nothing else."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit, urlunsplit

from flask import Request
from twilio.request_validator import RequestValidator

from warmtransfer.sparing import Sparing
from warmtransfer.web.doorstep import possible_host

log = logging.getLogger("warmtransfer")

#: Bytes a webhook's form may have; Twilio's are below 4 kB.
FORM_LIMIT = 64 * 1024
#: Fields a webhook's form may have; Twilio sends about 40.
FIELD_LIMIT = 500
SIGNATURE = "X-Twilio-Signature"
#: In the WSGI environment: Twilio has signed this request.
SIGNED = "warmtransfer.signed"

_SHAPE = re.compile(r"[A-Za-z0-9+/]{27}=")  # 20 bytes of HMAC-SHA1 as base64

#: Seconds between two lines of one topic: what is wrong here stays wrong until somebody changes it.
PAUSE = 3600.0


class Guard:
    """Judges requests by the public URL and the auth token; the Host header is never believed."""

    def __init__(self, public_url: str, auth_token: str, secondary: str = "") -> None:
        self._public_url = public_url
        self._validators = tuple(RequestValidator(token) for token in (auth_token, secondary) if token)
        self._lines = Sparing(log, PAUSE)

    def admits(self, request: Request) -> bool:
        """Whether Twilio signed this webhook. The form is read only with a size limit and a signature."""
        if self.signed(request):
            return True
        if _shaped(request):
            self._explain(request, webhook=True)
        return False

    def admits_stream(self, request: Request) -> bool:
        """Whether Twilio signed this stream's handshake: over wss or https, with or without a slash."""
        if not _shaped(request):
            return False
        urls = _spellings(_as_asked(self._public_url, request) + _target(request))
        if any(self._fits(request, url, {}) for url in urls):
            request.environ[SIGNED] = True
            return True
        self._explain(request, webhook=False)
        return False

    def signed(self, request: Request) -> bool:
        """Whether Twilio signed this request for the address it came to; nothing is said if not."""
        if not _shaped(request):
            return False
        request.max_content_length = FORM_LIMIT
        request.max_form_parts = FIELD_LIMIT
        url = _as_asked(self._public_url, request) + _target(request)
        if not self._fits(request, url, request.form):
            return False
        request.environ[SIGNED] = True
        return True

    def _fits(self, request: Request, url: str, form: Mapping[str, str]) -> bool:
        signature = request.headers.get(SIGNATURE, "")
        return any(each.validate(url, form, signature) for each in self._validators)

    def _explain(self, request: Request, *, webhook: bool) -> None:
        """Say loudly, once in a while, which key is wrong, if the signature fits another address of ours."""
        for address in _addresses(request):
            url = address + _target(request)
            spelled = (url,) if webhook else tuple(_spellings(url))
            form = request.form if webhook else {}
            if any(self._fits(request, each, form) for each in spelled):
                self._lines.say(
                    "address",
                    logging.ERROR,
                    "WARMTRANSFER_PUBLIC_URL is %s, but Twilio calls us at %s: every webhook is refused "
                    "until the key says %s",
                    self._public_url,
                    address,
                    address,
                )
                return
        self._lines.say(
            "signature",
            logging.ERROR,
            "a signature was refused: it does not fit WARMTRANSFER_PUBLIC_URL (%s) and TWILIO_AUTH_TOKEN; if "
            "Twilio sent it, one of the two keys is wrong",
            self._public_url,
        )


def _shaped(request: Request) -> bool:
    return _SHAPE.fullmatch(request.headers.get(SIGNATURE, "")) is not None


def _as_asked(public_url: str, request: Request) -> str:
    """The public URL, its host in the letter case that was asked for: Twilio signs what was typed there."""
    parts = urlsplit(public_url)
    host = request.headers.get("Host", "")
    same = host.lower() == parts.netloc.lower()
    return urlunsplit(parts._replace(netloc=host)) if same else public_url


def _target(request: Request) -> str:
    """Path and query as sent: what stands behind the public URL."""
    query = request.query_string.decode("latin-1")
    return f"{request.path}?{query}" if query else request.path


def _spellings(url: str) -> Iterator[str]:
    """The ways in which a stream's URL is signed in practice."""
    parts = urlsplit(url)
    secure = parts.scheme in ("https", "wss")
    for scheme in ("wss", "https") if secure else ("ws", "http"):
        for path in (parts.path.rstrip("/"), parts.path.rstrip("/") + "/"):
            yield urlunsplit((scheme, parts.netloc, path, parts.query, ""))


def _addresses(request: Request) -> Iterator[str]:
    """Where this request may have been sent, by its own account; used for the log only."""
    hosts = (request.headers.get("X-Forwarded-Host", ""), request.headers.get("Host", ""))
    for host in dict.fromkeys(hosts):
        if host and possible_host(host):
            yield from (f"https://{host}", f"http://{host}")


def sign(token: str, url: str, form: Mapping[str, str]) -> str:
    """The signature that Twilio gives a request to `url` (https://www.twilio.com/docs/usage/security)."""
    return str(RequestValidator(token).compute_signature(url, dict(form)))
