"""Lets in what Twilio has signed for our configured address, and nothing else."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Iterator
from urllib.parse import urlsplit, urlunsplit

from flask import Request
from twilio.request_validator import RequestValidator

log = logging.getLogger("warmtransfer")

#: Bytes a webhook's form may have; Twilio's are below 4 kB.
FORM_LIMIT = 64 * 1024
#: Fields a webhook's form may have; Twilio sends about 40.
FIELD_LIMIT = 500
SIGNATURE = "X-Twilio-Signature"

_SHAPE = re.compile(r"[A-Za-z0-9+/]{27}=")  # 20 bytes of HMAC-SHA1 as base64
_HOST = re.compile(r"[A-Za-z0-9.:\[\]-]{1,255}")


class Guard:
    """Judges requests by the public URL and the auth token; the Host header is never believed."""

    def __init__(self, public_url: str, auth_token: str) -> None:
        self._public_url = public_url
        self._validator = RequestValidator(auth_token)
        self._lock = threading.Lock()
        self._said: set[str] = set()

    def admits(self, request: Request) -> bool:
        """Whether Twilio signed this webhook. The form is read only with a size limit and a signature."""
        signature = request.headers.get(SIGNATURE, "")
        if not _SHAPE.fullmatch(signature):
            return False
        request.max_content_length = FORM_LIMIT
        request.max_form_parts = FIELD_LIMIT
        url = _as_asked(self._public_url, request) + _target(request)
        if self._validator.validate(url, request.form, signature):
            return True
        self._explain(request, signature, webhook=True)
        return False

    def admits_stream(self, request: Request) -> bool:
        """Whether Twilio signed this stream's handshake: over wss or https, with or without a slash."""
        signature = request.headers.get(SIGNATURE, "")
        if not _SHAPE.fullmatch(signature):
            return False
        urls = _spellings(_as_asked(self._public_url, request) + _target(request))
        if any(self._validator.validate(url, {}, signature) for url in urls):
            return True
        self._explain(request, signature, webhook=False)
        return False

    def _explain(self, request: Request, signature: str, *, webhook: bool) -> None:
        """Say once, loudly, which key is wrong, if the signature fits another address of ours."""
        for address in _addresses(request):
            url = address + _target(request)
            spelled = (url,) if webhook else tuple(_spellings(url))
            form = request.form if webhook else {}
            if any(self._validator.validate(each, form, signature) for each in spelled):
                self._once(
                    "address",
                    "WARMTRANSFER_PUBLIC_URL is %s, but Twilio calls us at %s: every webhook is refused "
                    "until the key says %s",
                    self._public_url,
                    address,
                    address,
                )
                return
        self._once(
            "signature",
            "a signature was refused: it does not fit WARMTRANSFER_PUBLIC_URL (%s) and TWILIO_AUTH_TOKEN; if "
            "Twilio sent it, one of the two keys is wrong",
            self._public_url,
        )

    def _once(self, topic: str, text: str, *arguments: str) -> None:
        with self._lock:
            if topic in self._said:
                return
            self._said.add(topic)
        log.error(text, *arguments)


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
        if _HOST.fullmatch(host):
            yield from (f"https://{host}", f"http://{host}")
