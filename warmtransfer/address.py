"""The public URL when it is `auto`: found once, at the start, from the tunnel open on this machine."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any
from urllib.parse import urlsplit

from warmtransfer.ports import tunnels
from warmtransfer.ports.tunnels import AUTO

KEY = "WARMTRANSFER_PUBLIC_URL"


def settle(given: MutableMapping[str, Any]) -> tuple[str, tuple[str, ...]]:
    """Put the tunnel's URL where `auto` stands: a line that tells which, and why none was found.

    Both are empty where another URL, or none, is given. `auto:http://host:port` asks a tunnel there.
    """
    wish = given.get(KEY)
    word, _, place = wish.strip().partition(":") if isinstance(wish, str) else ("", "", "")
    if word.lower() != AUTO:
        return "", ()
    port = str(given.get("PORT") or "").strip()
    here = int(port) if port.isascii() and port.isdigit() else 8000
    if place and not _askable(place):
        return "", (f"{AUTO}: is followed by the address of a tunnel's API, such as http://ngrok:4040.",)
    try:
        found = tunnels.find(here, (place,), (place,)) if place else tunnels.find(here)
    except tunnels.NoTunnel as none:
        return "", none.why
    given[KEY] = found.url
    return _line(found, here), ()


def _askable(place: str) -> bool:
    try:
        parts = urlsplit(place)
        return parts.scheme == "http" and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _line(found: tunnels.Tunnel, port: int) -> str:
    line = f"{KEY} is {found.url}, as told by {found.by}"
    if found.port not in (0, port):
        line += f"; that tunnel leads to {found.leads_to}, and PORT is {port}"
    return line
