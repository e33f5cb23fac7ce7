"""Text from outside, made fit for a terminal and a log."""

from __future__ import annotations

import logging
import re
from typing import Any

#: Control characters, among them the escapes that terminals obey (C0, C1), line separators, and those that
#: turn the direction of writing.
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def visible(text: str) -> str:
    """The text with what a terminal would obey written out: one line, whoever wrote it."""
    return _UNSEEN.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def log_plainly(level: int) -> logging.Logger:
    """Our log, on standard error, from this level on."""
    lines_out = logging.StreamHandler()
    lines_out.setFormatter(Plain("%(asctime)s %(levelname)s %(message)s"))
    # Other libraries stay at INFO: what they tell of requests when debugging holds telephone numbers.
    logging.basicConfig(level=max(level, logging.INFO), handlers=[lines_out])
    logging.getLogger("alembic").setLevel(logging.WARNING)  # of each step it says more than an owner asks
    log = logging.getLogger("warmtransfer")
    log.setLevel(level)
    return log


class Plain(logging.Formatter):
    """Lines for a terminal: what moves its cursor or its colours is shown, not done."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        """The line, on one line."""
        return visible(super().formatMessage(record))

    def formatException(self, ei: Any) -> str:  # noqa: N802 - logging's name
        """The traceback, on its lines."""
        return "\n".join(map(visible, super().formatException(ei).splitlines()))
