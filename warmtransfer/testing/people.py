"""How the phones of humans react, by the word that a test says for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Row = dict[str, Any]

#: A human who hears how to take the call, takes it, and stays until the caller has gone.
ACCEPTS = (
    {"until": "heard:1", "timeout": 60}, {"wait": 0.5}, {"press": "1"},
    {"until": "left:ai-1", "timeout": 60}, {"say": "Hello, I can help you with that."},
)  # fmt: skip
DECLINES = ({"until": "heard:2", "timeout": 60}, {"wait": 0.5}, {"press": "2"})

ANSWERS: dict[str, Row] = {
    "accepts": {"answer": {"after": 1.0}, "steps": ACCEPTS},
    "declines": {"answer": {"after": 1.0}, "steps": DECLINES},
    "answers": {"answer": {"after": 1.0}},  # and does what the test has them do
    "busy": {"answer": "busy"},
    "no-answer": {"answer": "no-answer"},
    "failed": {"answer": "failed"},
    "voicemail": {"answer": "voicemail"},
}


def entry(number: str, answer: str | Mapping[str, Any]) -> Row:
    """A phone's entry, as the simulator takes it; ValueError for a word that nobody knows."""
    if isinstance(answer, Mapping):
        return {**answer, "number": number}
    if answer not in ANSWERS:
        raise ValueError(f"a human's phone cannot be {answer!r}; it can be one of {', '.join(ANSWERS)}")
    return {**ANSWERS[answer], "number": number}
