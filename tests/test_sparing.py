"""What strangers can cause is said, and does not fill the log."""

from __future__ import annotations

import logging

import pytest

from warmtransfer.sparing import TOPICS, Sparing
from warmtransfer.visible import visible

log = logging.getLogger("warmtransfer.test")


def test_a_line_is_said_once_a_minute_with_how_many_there_were(caplog: pytest.LogCaptureFixture) -> None:
    now = [0.0]
    lines = Sparing(log, 60.0, lambda: now[0])
    for second in range(70):
        now[0] = float(second)
        lines.say("a", logging.WARNING, "seen: %s", "x")
    lines.say("b", logging.ERROR, "another")
    assert caplog.messages == ["seen: x", "seen: x (59 more like it since the last such line)", "another"]


def test_topics_without_end_take_no_memory_without_end() -> None:
    lines = Sparing(log, 60.0, lambda: 0.0)
    for n in range(3 * TOPICS):
        lines.say(str(n), logging.DEBUG, "seen")
    assert len(lines._said) == TOPICS


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("a plain line, ü 日本 😀", "a plain line, ü 日本 😀"),
        ("\x1b]0;title\x07", r"\x1b]0;title\x07"),
        ("\x1b[2J\x9b31m", r"\x1b[2J\x9b31m"),
        ("one\ntwo\r\x08\x7f\t", r"one\ntwo\r\x08\x7f\t"),
        ("\u202egnp.exe\u2066\u2028", r"\u202egnp.exe\u2066\u2028"),
    ],
)
def test_what_a_terminal_would_obey_is_written_out(text: str, seen: str) -> None:
    assert visible(text) == seen
