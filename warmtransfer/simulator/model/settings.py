"""The session's effective configuration: the server's defaults, and how `session.update` changes them."""

from __future__ import annotations

import copy
from typing import Any

from warmtransfer.simulator.model.shapes import Refused

Json = dict[str, Any]

#: Models of the GA interface; the preview models of the beta are gone.
MODELS = frozenset(
    {
        "gpt-realtime-2.1", "gpt-realtime-2.1-mini", "gpt-realtime-2", "gpt-realtime-1.5", "gpt-realtime",
        "gpt-realtime-2025-08-28", "gpt-realtime-mini", "gpt-realtime-mini-2025-10-06",
        "gpt-realtime-mini-2025-12-15", "gpt-audio-1.5", "gpt-audio-mini", "gpt-audio-mini-2025-10-06",
        "gpt-audio-mini-2025-12-15",
    }
)  # fmt: skip
#: The server's turn detection, by type. 200 ms is what the public example of session.created shows as the
#: live default, although the text says 500: a client that counts on either should say so.
TURN_DEFAULTS: dict[str, Json] = {
    "server_vad": {
        "type": "server_vad",
        "threshold": 0.5,
        "prefix_padding_ms": 300,
        "silence_duration_ms": 200,
        "idle_timeout_ms": None,
        "create_response": True,
        "interrupt_response": True,
    },
    "semantic_vad": {
        "type": "semantic_vad",
        "eagerness": "auto",
        "create_response": True,
        "interrupt_response": True,
    },
}


def defaults(session_id: str, model: str, expires_at: int) -> Json:
    """The configuration of a new session, as session.created shows it."""
    return {
        "type": "realtime",
        "object": "realtime.session",
        "id": session_id,
        "model": model,
        "output_modalities": ["audio"],
        "instructions": "You are a friendly assistant on a voice call.",
        "tools": [],
        "tool_choice": "auto",
        "max_output_tokens": "inf",
        "tracing": None,
        "truncation": "auto",
        "prompt": None,
        "expires_at": expires_at,
        "audio": {
            "input": {
                "format": {"type": "audio/pcm", "rate": 24000},
                "transcription": None,
                "noise_reduction": None,
                "turn_detection": dict(TURN_DEFAULTS["server_vad"]),
            },
            "output": {"format": {"type": "audio/pcm", "rate": 24000}, "voice": "marin", "speed": 1.0},
        },
        "include": None,
    }


def updated(config: Json, change: Json, has_spoken: bool) -> Json:
    """The configuration after an update: fields that are present change, others stay.

    Raises Refused for what can never change (model, a voice that has been heard, tracing once on) and for
    audio this server cannot make.
    """
    new = copy.deepcopy(config)
    if "model" in change and change["model"] != config["model"]:
        raise Refused("invalid_value", "The model of a session cannot be changed.", "session.model")
    if config["tracing"] is not None and change.get("tracing", config["tracing"]) != config["tracing"]:
        raise Refused("invalid_value", "Tracing cannot be changed once it is on.", "session.tracing")
    audio = change.get("audio", {})
    voice = audio.get("output", {}).get("voice", config["audio"]["output"]["voice"])
    if has_spoken and voice != config["audio"]["output"]["voice"]:
        text = "Cannot update a conversation's voice if assistant audio is present."
        raise Refused("cannot_update_voice", text, "session.audio.output.voice")
    for side in ("input", "output"):
        new["audio"][side].update(copy.deepcopy(audio.get(side, {})))
        form = new["audio"][side]["format"]
        if form["type"] == "audio/pcma":
            text = "This server speaks audio/pcmu and audio/pcm, not audio/pcma."
            raise Refused("invalid_value", text, f"session.audio.{side}.format.type")
        if form["type"] == "audio/pcm":
            form["rate"] = 24000
    new["audio"]["input"]["turn_detection"] = _turns(config, audio.get("input", {}))
    new.update({key: copy.deepcopy(value) for key, value in change.items() if key not in ("audio", "type")})
    return new


def _turns(config: Json, change: Json) -> Json | None:
    before: Json | None = config["audio"]["input"]["turn_detection"]
    if "turn_detection" not in change:
        return before
    after: Json | None = change["turn_detection"]
    if after is None:
        return None
    kept = before if before is not None and before["type"] == after["type"] else TURN_DEFAULTS[after["type"]]
    return {**kept, **after}
