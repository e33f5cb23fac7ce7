"""Whether the application can be called: who phones an app that does not listen hears the carrier's error."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlsplit

#: Seconds for a connection: it is this machine's, or a tunnel away.
PATIENCE = 2.0


@dataclass(frozen=True)
class Application:
    """`answers` when it can be called; `starting` while it is waited for; `says`: what a person is told."""

    answers: bool
    starting: bool
    says: str


class Looking:
    """Looks whether the application listens, each time that a page wants to know."""

    def __init__(self, where: Callable[[], str], waits: bool) -> None:
        """`where`: its address by now, "" for none; `waits`: it is being started, with this network."""
        self._where = where
        self._starting = waits

    async def look(self) -> dict[str, Any]:
        """How it stands, as data."""
        return asdict(await self._look())

    async def _look(self) -> Application:
        where = self._where()
        if not where or await _listens(where):
            self._starting = False
            return Application(True, False, "")
        if self._starting:
            return Application(False, True, "The app is starting …")
        parts = urlsplit(where)
        return Application(
            False, False,
            f"Nothing listens at {parts.scheme}://{parts.netloc}, where the app should be: start it there, "
            "or start this with another --app. Until then callers hear what Twilio says of such an app.",
        )  # fmt: skip


async def _listens(url: str) -> bool:
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        async with asyncio.timeout(PATIENCE):
            _, writer = await asyncio.open_connection(parts.hostname or "", port)
    except (OSError, TimeoutError):
        return False
    writer.close()
    return True
