"""OpenAI's Realtime protocol in words: the events we send, and what its errors and closes mean.

GA shapes only; the beta's are refused since 2026-05-12. Source: the typed events of the `openai` package 3.54
and developers.openai.com/api/docs/guides/realtime-conversations. Azure and compatible servers differ in URL
and header, which are settings.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from warmtransfer.ports.audio import is_base64

Json = dict[str, Any]

#: Another try cannot help. They come as `error`, or inside a failed response.
FATAL = frozenset(
    {
        "insufficient_quota", "invalid_api_key", "account_deactivated", "billing_hard_limit_reached",
        "model_not_found", "beta_api_shape_disabled",
        # What `insufficient_quota` is told as, in detail; it may stay the error's type beside them.
        "credit_balance_exhausted", "organization_spend_limit_exceeded", "organization_usage_limit_exceeded",
        "project_spend_limit_exceeded",
    }
)  # fmt: skip
#: Races that every client loses now and then; the session goes on.
HARMLESS = frozenset(
    {
        "response_cancel_not_active", "conversation_already_has_active_response",
        "input_audio_buffer_commit_empty", "item_truncate_invalid_item_id", "unsupported_content_type",
        "item_delete_invalid_item_id",
    }
)  # fmt: skip
#: Errors that another try may not meet.
PASSING = frozenset(
    {"server_error", "rate_limit_exceeded", "session_expired", "slow_down", "server_is_overloaded"}
)
#: What stands around caller audio, which is base64 already.
APPEND, APPENDED = b'{"type":"input_audio_buffer.append","audio":"', b'"}'
ALREADY = "conversation_already_has_active_response"
#: What json.loads does after it has guessed an encoding: a text message's is UTF-8.
_read = json.JSONDecoder().decode
#: How an audio delta begins, and where its audio does.
_AUDIO_TYPE = "response.output_audio.delta"
_AUDIO, _DELTA = b'{"type":"response.output_audio.delta",', b'"delta":"'


@dataclass(frozen=True, slots=True)
class OpenAISettings:
    """How to reach the model and how it should behave. Lengths as the protocol has them."""

    url: str = "wss://api.openai.com/v1/realtime"
    key: str = ""
    header: str = "Authorization"  #: Azure: api-key
    scheme: str = "Bearer"  #: before the key; Azure: empty
    extra_headers: tuple[tuple[str, str], ...] = ()
    model: str = "gpt-realtime-2.1"
    voice: str = "marin"
    speed: float = 1.0
    instructions: str = "You answer the phone. Be brief and friendly, and speak as one speaks on the phone."
    transcription_model: str = "gpt-transcribe"
    language: str = ""  #: ISO 639-1, a hint for the transcription
    noise_reduction: str = ""  #: near_field, far_field, or nothing
    vad: str = "server_vad"  #: or semantic_vad
    vad_threshold: float = 0.5
    vad_prefix_ms: int = 300
    vad_silence_ms: int = 500
    vad_idle_ms: int | None = None
    vad_eagerness: str = "auto"
    create_response: bool = True
    interrupt_response: bool = True  #: the server cancels by itself when the caller speaks

    def __repr__(self) -> str:
        return f"OpenAISettings(url={self.url!r}, model={self.model!r})"  # never the key


def address(settings: OpenAISettings) -> str:
    """The URL to open: the model's name is in its query."""
    parts = urlsplit(settings.url)
    query = parse_qsl(parts.query, keep_blank_values=True)
    if not any(key == "model" for key, _ in query):
        query.append(("model", settings.model))
    return urlunsplit(parts._replace(query=urlencode(query)))


def headers(settings: OpenAISettings) -> list[str]:
    """Header lines of the upgrade request. Never OpenAI-Beta: with it the server closes with 4000."""
    key = f"{settings.scheme} {settings.key}".strip()
    lines = [f"{name}: {value}" for name, value in settings.extra_headers]
    return [f"{settings.header}: {key}", *lines] if settings.key else lines


def turn_detection(settings: OpenAISettings) -> Json:
    """Every field spelled out: the server's own defaults are documented in two ways."""
    answers = {
        "create_response": settings.create_response,
        "interrupt_response": settings.interrupt_response,
    }
    if settings.vad == "semantic_vad":
        return {"type": "semantic_vad", "eagerness": settings.vad_eagerness, **answers}
    return {
        "type": "server_vad",
        "threshold": settings.vad_threshold,
        "prefix_padding_ms": settings.vad_prefix_ms,
        "silence_duration_ms": settings.vad_silence_ms,
        "idle_timeout_ms": settings.vad_idle_ms,
        **answers,
    }


def session_update(settings: OpenAISettings, tools: Sequence[Mapping[str, Any]]) -> Json:
    """The first event of a session: everything the server should not have to guess."""
    transcription = {"model": settings.transcription_model}
    if settings.language:
        transcription["language"] = settings.language
    hears: Json = {"format": {"type": "audio/pcmu"}, "turn_detection": turn_detection(settings)}
    if settings.noise_reduction:
        hears["noise_reduction"] = {"type": settings.noise_reduction}
    if settings.transcription_model:
        hears["transcription"] = transcription
    speaks = {"format": {"type": "audio/pcmu"}, "voice": settings.voice, "speed": settings.speed}
    session = {
        "type": "realtime",
        "output_modalities": ["audio"],
        "instructions": settings.instructions,
        "audio": {"input": hears, "output": speaks},
        "tools": [{"type": "function", **tool} for tool in tools],
        "tool_choice": "auto",
    }
    return {"type": "session.update", "session": session}


def tools_update(tools: Sequence[Mapping[str, Any]]) -> Json:
    """Other tools; what is left out stays as it is."""
    shown = [{"type": "function", **tool} for tool in tools]
    return {"type": "session.update", "session": {"type": "realtime", "tools": shown}}


def message(role: str, text: str) -> Json:
    """An item that puts words into the conversation: system and user give text in, the assistant out."""
    kind = "output_text" if role == "assistant" else "input_text"
    item = {"type": "message", "role": role, "content": [{"type": kind, "text": text}]}
    return {"type": "conversation.item.create", "item": item}


def tool_output(call_id: str, text: str) -> Json:
    """What a tool answered; the protocol wants one string."""
    item = {"type": "function_call_output", "call_id": call_id, "output": text}
    return {"type": "conversation.item.create", "item": item}


def respond(purpose: str, instructions: str = "", *, tools: bool = True) -> Json:
    """Ask for a response; its `purpose` comes back in response.created."""
    response: Json = {"metadata": {"purpose": purpose}}
    if instructions:
        response["instructions"] = instructions
    if not tools:
        response["tool_choice"] = "none"
    return {"type": "response.create", "response": response}


def truncate(item: str, content: int, ms: int) -> Json:
    """Make the model forget what of this item was not heard."""
    return {
        "type": "conversation.item.truncate",
        "item_id": item,
        "content_index": content,
        "audio_end_ms": ms,
    }


def decode(data: bytes) -> Json:
    """The event, an audio delta's `delta` as bytes; raises ValueError, or TypeError, when it is none."""
    if data.startswith(_AUDIO):
        usual = _without_audio(data)
        if usual is not None:
            return usual
    event: Json = _read(data.decode())
    if event["type"] == _AUDIO_TYPE:
        event["delta"] = event["delta"].encode("utf-8", "replace")
        if not is_base64(event["delta"]):
            raise ValueError("audio that is not base64")
    return event


def _without_audio(data: bytes) -> Json | None:
    """The audio delta; None when anything about it is unusual.

    Audio is most of what comes: it is cut out, so that JSON reads only the rest. That it was this event's own
    `delta`, and not one within another member, shows by what JSON then finds there: nothing.
    """
    start = data.find(_DELTA) + len(_DELTA)
    end = data.find(b'"', start)
    audio = data[start:end]
    if start < len(_DELTA) or not audio or not is_base64(audio) or data.find(_DELTA, end) >= 0:
        return None
    event: Json = _read((data[:start] + data[end:]).decode())
    if event["type"] != _AUDIO_TYPE or event.get("delta") != "":
        return None
    event["delta"] = audio
    return event


def encode(event: Mapping[str, Any]) -> bytes:
    """The event as it goes over the wire; half a surrogate pair, as in a cut-off transcript, as `?`."""
    return json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def fatal_error(error: object) -> str:
    """The code of an error that no new session can cure, or its type where the code is new; else nothing."""
    named = (error.get("code"), error.get("type")) if isinstance(error, dict) else ()
    return next((str(name) for name in named if name in FATAL), "")


def harmless(error: Mapping[str, Any]) -> bool:
    """Whether an `error` event is only a lost race. The truncation one carries no code."""
    text = str(error.get("message", ""))
    return error.get("code") in HARMLESS or "already shorter than" in text


def finished_calls(items: Iterable[object], *, completed: bool) -> list[Json]:
    """The function calls among output items that are whole; `completed` tells of their response."""
    calls = [item for item in items if isinstance(item, dict) and item.get("type") == "function_call"]
    return [item for item in calls if item.get("status") == "completed" or (completed and whole(item))]


def cut_calls(items: Iterable[object], status: str) -> list[Json]:
    """The function calls that came as half; one that the caller has interrupted is not wanted whole."""
    if status not in ("completed", "incomplete"):
        return []
    calls = [item for item in items if isinstance(item, dict) and item.get("type") == "function_call"]
    return [item for item in calls if not finished_calls([item], completed=status == "completed")]


def whole(item: Mapping[str, Any]) -> bool:
    """Whether a call of a completed response has not been marked as cut off."""
    return item.get("status") in (None, "completed")
