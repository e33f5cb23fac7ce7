"""One request to the API, and what answers it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from warmtransfer.simulator.rest import render
from warmtransfer.simulator.rest.forms import Params

#: Parameters that every list takes.
PAGING = frozenset({"Page", "PageSize", "PageToken"})


@dataclass(frozen=True)
class Ask:
    """One request: its path's parts, its parameters, its path for error texts."""

    path: str
    method: str
    params: Params
    parts: dict[str, str]

    @property
    def subject(self) -> str:
        """What faults match: `POST Calls`, `DELETE Conferences/CF…/Participants/ai-1`."""
        short = self.path.removeprefix(f"{render.API}/").partition("/")[2]
        return f"{self.method} {short.removesuffix('.json')}"

    def page(self, key: str, items: list[dict[str, Any]]) -> dict[str, Any]:
        """Returns the page that the query asks for."""
        size = int(self.params.number("PageSize", 50, 1, 1000))
        asked = [(k, v) for k, v in self.params.pairs if k not in PAGING]
        return render.page(key, items, self.path, int(self.params.number("Page", 0, 0, 10**6)), size, asked)


Answer = tuple[int, dict[str, Any] | None]
