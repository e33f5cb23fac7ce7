"""Tokens by which the carrier lets us show a caller's number: kept in memory alone, while the call is up."""

from __future__ import annotations

import threading
from collections import OrderedDict

from warmtransfer.core import events as ev
from warmtransfer.core.call import Call, Stage

#: Calls whose tokens are kept; the oldest gives way.
KEPT = 10_000


class Tokens:
    """By call. They are secrets of a sort: never stored, logged or journaled. Any thread may ask.

    `wanted`: whether anybody will; otherwise none is kept.
    """

    def __init__(self, wanted: bool) -> None:
        self._wanted = wanted
        self._lock = threading.Lock()
        self._tokens: OrderedDict[str, str] = OrderedDict()

    def keep(self, call_id: str, token: str) -> None:
        """This call's caller came with this token, or with none."""
        if self._wanted and token:
            with self._lock:
                self._tokens[call_id] = token
                while len(self._tokens) > KEPT:
                    self._tokens.popitem(last=False)

    def of(self, call_id: str) -> str:
        """The token of this call's caller, "" for none: it came to an earlier process, or is over."""
        with self._lock:
            return self._tokens.get(call_id, "")

    def watch(self, before: Call | None, after: Call, event: ev.Event) -> None:
        """Forget the token of a call that is over."""
        if after.stage is Stage.OVER:
            with self._lock:
                self._tokens.pop(after.id, None)
