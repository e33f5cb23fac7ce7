"""The closed table of client events against the closed schema of the openai package's types."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.relay import strict
from tests.simulator.model.client import settings
from warmtransfer.simulator.model.protocol import EVENTS, checked
from warmtransfer.simulator.model.shapes import Refused

Json = dict[str, Any]


def session(**fields: Any) -> Json:
    return {"type": "session.update", "session": {"type": "realtime", **fields}}


def heard(**fields: Any) -> Json:
    return session(audio={"input": fields})


def turns(**fields: Any) -> Json:
    return heard(turn_detection={"type": "server_vad", **fields})


def item(**fields: Any) -> Json:
    return {"type": "conversation.item.create", "item": fields}


def message(role: str, **part: Any) -> Json:
    return item(type="message", role=role, content=[part])


def respond(**fields: Any) -> Json:
    return {"type": "response.create", "response": fields}


GOOD: list[Json] = [
    settings(),
    session(instructions="", tools=[], tool_choice="none", max_output_tokens="inf", truncation="auto"),
    session(tracing=None),
    session(tracing={"workflow_name": "calls", "metadata": {"a": 1}}),
    session(max_output_tokens=4096, parallel_tool_calls=False, reasoning={"effort": "low"}),
    session(
        truncation={
            "type": "retention_ratio",
            "retention_ratio": 0.5,
            "token_limits": {"post_instructions": 9},
        }
    ),
    session(tool_choice={"type": "function", "name": "transfer_to_human"}),
    session(tools=[{"type": "mcp", "server_label": "shop", "server_url": "https://example.test"}]),
    session(include=["item.input_audio_transcription.logprobs"], output_modalities=["text"]),
    session(
        audio={
            "output": {
                "voice": {"id": "voice_1"},
                "speed": 1.5,
                "format": {"type": "audio/pcm", "rate": 24000},
            }
        }
    ),
    heard(turn_detection=None),
    heard(turn_detection={"type": "semantic_vad", "eagerness": "high", "create_response": False}),
    heard(noise_reduction={"type": "near_field"}),
    turns(threshold=1, prefix_padding_ms=0, silence_duration_ms=900, idle_timeout_ms=5000),
    turns(idle_timeout_ms=None),
    {"type": "input_audio_buffer.append", "audio": "//8=", "event_id": "e1"},
    {"type": "input_audio_buffer.commit"},
    {"type": "input_audio_buffer.clear"},
    message("system", type="input_text", text="Sam did not answer."),
    message("user", type="input_text", text="Where is my order?"),
    message("user", type="input_audio", audio="//8=", transcript="hello"),
    message("assistant", type="output_text", text="It is on its way."),
    item(type="function_call", name="transfer_to_human", arguments="{}", call_id="call_1"),
    item(type="function_call_output", call_id="call_1", output="{}", id="item_1"),
    {"type": "conversation.item.create", "previous_item_id": "root", "item": message("user")["item"]}
    | {"item": {"type": "message", "role": "user", "content": []}},
    {"type": "conversation.item.retrieve", "item_id": "item_1"},
    {"type": "conversation.item.truncate", "item_id": "item_1", "content_index": 0, "audio_end_ms": 1500},
    {"type": "conversation.item.delete", "item_id": "item_1"},
    {"type": "response.create"},
    respond(instructions="Say hello.", tool_choice="none", conversation="none", metadata={"for": "greeting"}),
    respond(input=[{"type": "message", "role": "user", "content": [{"type": "input_text", "text": "hi"}]}]),
    respond(audio={"output": {"voice": "cedar"}}, output_modalities=["audio"], max_output_tokens=100),
    {"type": "response.cancel"},
    {"type": "response.cancel", "response_id": "resp_1"},
    {"type": "output_audio_buffer.clear"},
]
#: What both refuse, with the field our error names.
BAD: list[tuple[Json, str | None]] = [
    ({"type": "session.update", "session": {"instructions": "hello"}}, "session.type"),
    (
        {"type": "session.update", "session": {"type": "realtime", "modalities": ["text", "audio"]}},
        "session.modalities",
    ),
    (
        {"type": "session.update", "session": {"type": "realtime", "input_audio_format": "g711_ulaw"}},
        "session.input_audio_format",
    ),
    ({"type": "session.update"}, "session"),
    (session(temperature=0.8), "session.temperature"),
    (session(voice="alloy"), "session.voice"),
    (session(turn_detection=None), "session.turn_detection"),
    (session(tools={}), "session.tools"),
    (session(tools=[{"type": "function", "name": "a", "strict": True}]), "session.tools[0].strict"),
    (session(tool_choice="maybe"), "session.tool_choice"),
    (session(max_output_tokens="all"), "session.max_output_tokens"),
    (session(output_modalities=["video"]), "session.output_modalities[0]"),
    (session(truncation={"type": "retention_ratio"}), "session.truncation.retention_ratio"),
    (heard(format="g711_ulaw"), "session.audio.input.format"),
    (heard(format={"type": "g711_ulaw"}), "session.audio.input.format.type"),
    (heard(format={"type": "audio/pcmu", "rate": 8000}), "session.audio.input.format.rate"),
    (heard(format={"type": "audio/pcm", "rate": 16000}), "session.audio.input.format.rate"),
    (heard(format={"rate": 24000, "type": 3}), "session.audio.input.format.type"),
    (
        heard(transcription={"model": "whisper-1", "temperature": 0}),
        "session.audio.input.transcription.temperature",
    ),
    (heard(turn_detection={"threshold": 0.5}), "session.audio.input.turn_detection.type"),
    (turns(silence_ms=500), "session.audio.input.turn_detection.silence_ms"),
    (turns(threshold="0.5"), "session.audio.input.turn_detection.threshold"),
    (turns(create_response="true"), "session.audio.input.turn_detection.create_response"),
    (turns(eagerness="low"), "session.audio.input.turn_detection.eagerness"),
    ({"type": "input_audio_buffer.append"}, "audio"),
    ({"type": "input_audio_buffer.append", "audio": None}, "audio"),
    ({"type": "input_audio_buffer.append", "audio": "//8=", "format": "pcmu"}, "format"),
    ({"type": "input_audio_buffer.commit", "event_id": 7}, "event_id"),
    (message("assistant", type="text", text="beta"), "item.content[0].type"),
    (message("assistant", type="input_text", text="hello"), "item.content[0].type"),
    (message("system", type="input_text", words="hello"), "item.content[0].words"),
    (item(type="message", role="tool", content=[]), "item.role"),
    (item(type="message", content=[]), "item.role"),
    (item(type="message", role="user"), "item.content"),
    (item(type="message", role="user", content="hello"), "item.content"),
    (item(type="function_call_output", output="{}"), "item.call_id"),
    (item(type="function_call_output", call_id="c", output={"ok": True}), "item.output"),
    (item(type="function_call", name="a"), "item.arguments"),
    (item(role="user", content=[]), "item.type"),
    ({"type": "conversation.item.truncate", "item_id": "i", "content_index": 0}, "audio_end_ms"),
    ({"type": "conversation.item.truncate", "item_id": "i", "audio_end_ms": 1}, "content_index"),
    ({"type": "conversation.item.truncate", "content_index": 0, "audio_end_ms": 1}, "item_id"),
    (
        {"type": "conversation.item.truncate", "item_id": "i", "content_index": 0, "audio_end_ms": "1500"},
        "audio_end_ms",
    ),
    (
        {"type": "conversation.item.truncate", "item_id": "i", "content_index": 0, "audio_end_ms": 1.5},
        "audio_end_ms",
    ),
    ({"type": "conversation.item.delete", "id": "i"}, "item_id"),
    (respond(modalities=["audio"]), "response.modalities"),
    (respond(voice="marin"), "response.voice"),
    (respond(input="hello"), "response.input"),
    (respond(metadata={"a": 1}), "response.metadata.a"),
    ({"type": "response.cancel", "response_id": None}, "response_id"),
    ({"type": "transcription_session.update", "session": {}}, "type"),
    ({"type": "input_audio_buffer.speech", "audio": ""}, "type"),
    ({"event_id": "e"}, "type"),
]
#: What the schema lets through and the real server does not (facts: openapi limits, and one modality only).
STRICTER: list[tuple[Json, str]] = [
    (turns(idle_timeout_ms=1000), "integer_below_min_value"),
    (turns(idle_timeout_ms=30001), "integer_above_max_value"),
    (turns(threshold=1.5), "decimal_above_max_value"),
    (session(output_modalities=["audio", "text"]), "invalid_value"),
    (session(output_modalities=[]), "invalid_value"),
    (respond(output_modalities=["text", "audio"]), "invalid_value"),
    (session(max_output_tokens=5000), "integer_above_max_value"),
    (session(audio={"output": {"speed": 3.0}}), "decimal_above_max_value"),
    (session(tools=[{"type": "function", "name": "a", "parameters": "{}"}]), "invalid_type"),
    ({"type": "session.update", "session": {"type": "transcription"}}, "invalid_value"),
    ({"type": "input_audio_buffer.clear", "event_id": "e" * 513}, "string_above_max_length"),
]


def test_the_table_holds_the_eleven_events_of_the_typed_client() -> None:
    schema = strict.validator().schema
    variants = schema["oneOf"] if "oneOf" in schema else schema["anyOf"]
    names = {schema["$defs"][v["$ref"].rpartition("/")[2]]["properties"]["type"]["const"] for v in variants}
    assert set(EVENTS) == names
    assert len(names) == 11


@pytest.mark.parametrize("event", GOOD, ids=lambda event: json.dumps(event)[:70])
def test_takes_what_the_closed_schema_takes(event: Json) -> None:
    strict.validator().validate(event)
    assert checked(event) is event


@pytest.mark.parametrize(("event", "param"), BAD, ids=lambda value: json.dumps(value)[:70])
def test_refuses_what_the_closed_schema_refuses_and_names_the_field(event: Json, param: str | None) -> None:
    assert not strict.validator().is_valid(event)
    with pytest.raises(Refused) as refused:
        checked(event)
    assert refused.value.param == param
    assert refused.value.kind == "invalid_request_error"


@pytest.mark.parametrize(("event", "code"), STRICTER, ids=lambda value: json.dumps(value)[:70])
def test_is_stricter_than_the_types_where_the_server_is(event: Json, code: str) -> None:
    assert strict.validator().is_valid(event)
    with pytest.raises(Refused) as refused:
        checked(event)
    assert refused.value.code == code


@pytest.mark.parametrize("name", ["transcription", "noise_reduction"])
def test_null_turns_off_what_the_guide_says_it_turns_off(name: str) -> None:
    event = heard(**{name: None})
    assert checked(event) is event


@pytest.mark.parametrize(
    ("event", "code", "message"),
    [
        ({}, "missing_required_parameter", "Missing required parameter: 'type'."),
        (session(temperature=1), "unknown_parameter", "Unknown parameter: 'session.temperature'."),
        (
            turns(silence_duration_ms="500"),
            "invalid_type",
            "Invalid type for 'session.audio.input.turn_detection.silence_duration_ms': "
            "expected an integer, but got a string instead.",
        ),
        (
            heard(format={"type": "g711_ulaw"}),
            "invalid_value",
            "Invalid value: 'g711_ulaw'. Supported values are: 'audio/pcm', 'audio/pcmu', and 'audio/pcma'.",
        ),
        ([], "invalid_type", "Invalid type for '': expected an object, but got an array instead."),
    ],
)  # fmt: skip
def test_speaks_the_words_of_the_server(event: Any, code: str, message: str) -> None:
    with pytest.raises(Refused) as refused:
        checked(event)
    assert (refused.value.code, refused.value.message) == (code, message)
