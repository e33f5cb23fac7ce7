"""Which providers of models there are, by the name that `WARMTRANSFER_PROVIDER` gives."""

from __future__ import annotations

from collections.abc import Mapping

from warmtransfer.ports.model.openai.provider import openai
from warmtransfer.ports.model.protocol import Factory

PROVIDERS: Mapping[str, Factory] = {"openai": openai}
