"""The way in: settings of a deployment become sessions."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from warmtransfer.ports.loop.protocols import Loop
from warmtransfer.ports.model.openai.dialect import OpenAISettings
from warmtransfer.ports.model.openai.session import Session
from warmtransfer.ports.model.openai.transcribing import transcribed
from warmtransfer.ports.model.protocol import Listener, ModelSettings
from warmtransfer.ports.model.ready import Ready

log = logging.getLogger("warmtransfer")

#: Azure takes the key in a header of its own.
AZURE = (".azure.com", ".azure.us", ".azure.cn")


class OpenAI:
    """Opens sessions with these settings."""

    def __init__(self, settings: OpenAISettings) -> None:
        self._settings = settings
        self.refused: list[str] = []  #: what the server did not take of them, each once
        self.ready: Ready | None = None  #: what keeps the next connection

    def keep_ready(self, loop: Loop) -> None:
        """Have a connection at hand; see `Readiness`."""
        if self.ready is None:
            self.ready = Ready(loop, self._settings.url)

    def let_go(self) -> None:
        """Have none any more; see `Readiness`."""
        if self.ready is not None:
            self.ready.close()
            self.ready = None

    def open(
        self, loop: Loop, tools: Sequence[Mapping[str, Any]], listener: Listener, timeout: float
    ) -> Session:
        """Begin a session; see `Provider`."""
        at_hand = self.ready.take() if self.ready is not None else None
        return Session(
            loop, self._settings, tools, listener, timeout=timeout, at_hand=at_hand, amended=self._amend
        )

    def transcribe(self, wav: bytes) -> str:
        """What is said in a recording; see `Transcriber`."""
        return transcribed(self._settings, wav)

    def _amend(self, settings: OpenAISettings, why: str) -> None:
        """What the server refused to one call is not asked of it for the next ones."""
        if settings != self._settings:
            self._settings = settings
            self.refused.append(why)
            log.error("%s", why)


def openai(given: ModelSettings) -> OpenAI:
    """The provider for a deployment."""
    return OpenAI(settings(given))


def settings(given: ModelSettings) -> OpenAISettings:
    """How to reach and set up the model; what the deployment leaves empty is as `OpenAISettings` has it."""
    azure = (urlsplit(given.url).hostname or "").endswith(AZURE)
    said = {name: getattr(given, name) for name in ModelSettings.__slots__ if getattr(given, name)}
    return OpenAISettings(
        **said, header="api-key" if azure else "Authorization", scheme="" if azure else "Bearer"
    )
