"""Tokens and rate limits, as they accompany each response."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from warmtransfer.simulator.model.conversation import Conversation, Entry

Json = dict[str, Any]
#: What the server reports at the start of each response.
LIMITS: list[Json] = [
    {"name": "requests", "limit": 1000, "remaining": 999, "reset_seconds": 0.06},
    {"name": "tokens", "limit": 400000, "remaining": 399000, "reset_seconds": 0.15},
]


def usage(conversation: Conversation, output: Iterable[Entry]) -> Json:
    """Tokens, counted roughly: a letter is a quarter of one, audio is 10 a second in and 20 out."""
    made = list(output)
    text_in = sum(len(entry.text) for entry in conversation) // 4
    audio_in = sum(entry.milliseconds for entry in conversation if entry.role == "user") // 100
    text_out = sum(len(entry.text) for entry in made) // 4
    audio_out = sum(entry.milliseconds for entry in made) // 50
    return {
        "total_tokens": text_in + audio_in + text_out + audio_out,
        "input_tokens": text_in + audio_in,
        "output_tokens": text_out + audio_out,
        "input_token_details": {
            "text_tokens": text_in,
            "audio_tokens": audio_in,
            "image_tokens": 0,
            "cached_tokens": 0,
            "cached_tokens_details": {"text_tokens": 0, "audio_tokens": 0, "image_tokens": 0},
        },
        "output_token_details": {"text_tokens": text_out, "audio_tokens": audio_out},
    }
