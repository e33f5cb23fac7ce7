"""What a configuration key is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Key:
    """One configuration key: its environment name, the field it fills, how it is read, what it is for."""

    name: str
    field: str
    parse: Callable[[Any], Any]
    default: Any
    sentence: str
    required: bool = False
    provider: str = ""  #: required only by this provider of models; empty: by all
    secret: bool = False
