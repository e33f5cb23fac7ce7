"""Tunnels to this machine that a developer has open, as their own programs tell on a local port.

ngrok's agent API is documented (https://ngrok.com/docs/agent/api/): `GET /api/tunnels` on 127.0.0.1:4040, or
where `web_addr` says. Of cloudflared only the ports of its metrics are (20241 to 20245, or where `--metrics`
says); `GET /quicktunnel` there is known from its source and from those who use it.
"""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

#: Stands for the public URL of a tunnel, where a URL is asked for.
AUTO = "auto"

NGROK = ("http://127.0.0.1:4040",)
CLOUDFLARED = tuple(f"http://127.0.0.1:{port}" for port in range(20241, 20246))
#: Seconds for a program on this machine to answer, and the most that is read of it.
PATIENCE = 1.0
MOST = 500_000


@dataclass(frozen=True, slots=True)
class Tunnel:
    """A public URL, who tells it, and where it leads, as far as that is told."""

    url: str
    by: str
    leads_to: str = ""

    @property
    def port(self) -> int:
        """The port here that it leads to, 0 for not known."""
        if self.leads_to.isdecimal():
            return int(self.leads_to)
        where = self.leads_to if "://" in self.leads_to else f"//{self.leads_to}"
        try:
            parts = urlsplit(where)
            return parts.port or {"http": 80, "https": 443}.get(parts.scheme, 0)
        except ValueError:
            return 0


class NoTunnel(Exception):
    """None can be told to be ours; `why` has a sentence for each program that was asked."""

    def __init__(self, why: Iterable[str]) -> None:
        self.why = tuple(why)
        super().__init__(" ".join(self.why))


class _Silent(Exception):
    """No answer, or none of the kind that was asked for; the text says which."""


def find(port: int, ngrok: Iterable[str] = NGROK, cloudflared: Iterable[str] = CLOUDFLARED) -> Tunnel:
    """The tunnel to `port` that is open; the first program that has one is believed. Raises NoTunnel."""
    why = []
    for ask, places in ((_ngrok, tuple(ngrok)), (_cloudflared, tuple(cloudflared))):
        try:
            return ask(port, places)
        except _Silent as silent:
            why.append(str(silent))
    raise NoTunnel(why)


def _ngrok(port: int, places: tuple[str, ...]) -> Tunnel:
    answers = dict(_answers(places, "/api/tunnels", "ngrok"))
    start = f"`ngrok http {port}`"
    if not answers:
        raise _Silent(f"ngrok: nothing answers at {_where(places)}. Start {start} first.")
    all_ = [tunnel for place, told in answers.items() for tunnel in _told(place, told)]
    if not all_:
        raise _Silent(f"ngrok: it answers at {_where(answers)} and has no tunnel open. Start {start} first.")
    secure = [each for each in all_ if each.url.startswith("https://")]
    if not secure:
        there = ", ".join(each.url for each in all_)
        raise _Silent(f"ngrok: none of its tunnels is https ({there}). Start {start}.")
    ours = [each for each in secure if each.port == port]
    if len(ours) == 1 or len(secure) == 1:
        return (ours or secure)[0]
    there = ", ".join(f"{each.url} to {each.leads_to or 'somewhere'}" for each in secure)
    how_many = "several lead" if ours else "none leads"
    raise _Silent(f"ngrok: of its tunnels ({there}) {how_many} to port {port}. Set the URL that is meant.")


def _told(place: str, told: dict[str, Any]) -> Iterator[Tunnel]:
    tunnels = told.get("tunnels")
    for each in tunnels if isinstance(tunnels, list) else ():
        if isinstance(each, dict) and isinstance(url := each.get("public_url"), str):
            config = each.get("config")
            addr = config.get("addr") if isinstance(config, dict) else ""
            yield Tunnel(url.rstrip("/"), f"ngrok at {place}", str(addr or ""))


def _cloudflared(port: int, places: tuple[str, ...]) -> Tunnel:
    answers = dict(_answers(places, "/quicktunnel", "cloudflared"))
    if not answers:
        start = f"`cloudflared tunnel --url http://localhost:{port}`"
        raise _Silent(f"cloudflared: nothing answers at {_where(places)}. Start {start} first.")
    named = {place: told.get("hostname") for place, told in answers.items()}
    found = [Tunnel(f"https://{host}", f"cloudflared at {place}") for place, host in named.items() if host]
    if len(found) == 1:
        return found[0]
    if found:
        there = ", ".join(each.url for each in found)
        raise _Silent(f"cloudflared: there are several tunnels ({there}). Set the URL that is meant.")
    raise _Silent(
        f"cloudflared: it answers at {_where(answers)} and has no quick tunnel; of a named tunnel it does "
        "not tell the host. Set the URL."
    )


def _where(places: Iterable[str]) -> str:
    first, *more = places
    return f"{first} to {more[-1].rpartition(':')[2]}" if more else first


def _answers(places: Iterable[str], path: str, who: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """What is told at each place where anything is; _Silent when all who answer are somebody else."""
    strange = ""
    right = False
    for place in places:
        try:
            status, body = _get(place, path)
        except (OSError, http.client.HTTPException):
            continue
        told = _json(body) if status == 200 else None
        if told is None:
            strange = strange or f"{who}: what answers at {place} is not {who} (HTTP {status} to {path})."
        else:
            right = True
            yield place, told
    if strange and not right:
        raise _Silent(strange)


def _json(body: bytes) -> dict[str, Any] | None:
    try:
        told = json.loads(body)
    except ValueError:
        return None
    return told if isinstance(told, dict) else None


def _get(place: str, path: str) -> tuple[int, bytes]:
    """Asked directly: a proxy of the environment's is for what is far away."""
    parts = urlsplit(place)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port or 80, timeout=PATIENCE)
    try:
        connection.request("GET", path, headers={"Accept": "application/json"})
        answer = connection.getresponse()
        return answer.status, answer.read(MOST)
    finally:
        connection.close()
