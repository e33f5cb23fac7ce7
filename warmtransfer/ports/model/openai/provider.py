"""The way in: settings of a deployment become sessions."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from warmtransfer.ports.loop.protocols import Loop
from warmtransfer.ports.model.openai.dialect import OpenAISettings
from warmtransfer.ports.model.openai.session import Session
from warmtransfer.ports.model.protocol import Listener, ModelSettings

log = logging.getLogger("warmtransfer")

#: Azure takes the key in a header of its own.
AZURE = (".azure.com", ".azure.us", ".azure.cn")


class OpenAI:
    """Opens sessions with these settings."""

    def __init__(self, settings: OpenAISettings) -> None:
        self._settings = settings
        self.refused: list[str] = []  #: what the server did not take of them, each once

    def open(
        self, loop: Loop, tools: Sequence[Mapping[str, Any]], listener: Listener, timeout: float
    ) -> Session:
        """Begin a session; see `Provider`."""
        return Session(loop, self._settings, tools, listener, timeout=timeout, amended=self._amend)

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
