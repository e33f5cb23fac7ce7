"""One request to the API, and what answers it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from warmtransfer.simulator.rest import render
from warmtransfer.simulator.rest.forms import Params

#: The top of voice.twilio.com, which is served beside api.twilio.com.
VOICE = "/v1"
#: All other hosts of Twilio's, such as lookups.twilio.com.
OTHERS = r"/{version:v\d+}"
#: Parameters that every list takes.
PAGING = frozenset({"Page", "PageSize", "PageToken"})


@dataclass(frozen=True)
class Ask:
    """One request: its path's parts, its parameters, its path for error texts."""

    path: str
    method: str
    params: Params
    parts: dict[str, str]
    by_token: bool = True  #: whether the account's own token let it in, and not an API key

    @property
    def subject(self) -> str:
        """What faults match: `POST Calls`, `DELETE Conferences/CF…/Participants/ai-1`."""
        short = self.path.removeprefix(f"{render.API}/").partition("/")[2]
        if self.path == f"{render.API}.json":
            short = "Accounts"
        elif self.path.startswith(VOICE):
            short = self.path.removeprefix(f"{VOICE}/")
        return f"{self.method} {short.removesuffix('.json')}"

    def page(self, key: str, items: list[dict[str, Any]]) -> dict[str, Any]:
        """Returns the page that the query asks for."""
        size = int(self.params.number("PageSize", 50, 1, 1000))
        asked = [(k, v) for k, v in self.params.pairs if k not in PAGING]
        return render.page(key, items, self.path, int(self.params.number("Page", 0, 0, 10**6)), size, asked)


Item: TypeAlias = dict[str, Any]
Answer = tuple[int, dict[str, Any] | None]
Work: TypeAlias = Callable[[Ask], Awaitable[Answer]]
#: Method, path below the API's top, and what answers it.
Table: TypeAlias = list[tuple[str, str, Work]]
