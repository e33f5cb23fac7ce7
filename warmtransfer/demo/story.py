"""Stories: who calls, what they say and do, who is phoned and how they react."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Story:
    """One scenario, as its JSON file says; `names` tells whose a number is."""

    about: str
    limit: float  #: simulated seconds after which the call counts as stuck
    environment: dict[str, str]
    names: dict[str, str]
    phones: list[dict[str, Any]]
    call: dict[str, Any]

    @classmethod
    def load(cls, name: str) -> Story:
        """Read a shipped story."""
        fields = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
        return cls(**fields)
