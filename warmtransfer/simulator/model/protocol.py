"""What a client may send: the 11 GA client events, closed at every depth.

Source of names and limits: the typed client events of the `openai` package and the public OpenAPI document.
"""

from __future__ import annotations

from collections.abc import Mapping

from warmtransfer.simulator.model.shapes import (
    Anything,
    Closed,
    Decimal,
    Either,
    Flag,
    Many,
    Nullable,
    One,
    Open,
    Refused,
    Shape,
    Tagged,
    Text,
    Whole,
    wrong_type,
    wrong_value,
)

#: The longest `append` the real server takes, in bytes of audio.
LONGEST_APPEND = 15 * 1024 * 1024

AUDIO_FORMAT = Tagged(
    "type",
    {
        "audio/pcm": Closed({"type!": One("audio/pcm"), "rate": One(24000)}),
        "audio/pcmu": Closed({"type!": One("audio/pcmu")}),
        "audio/pcma": Closed({"type!": One("audio/pcma")}),
    },
)
#: The API's own voices; any other name is refused, as there.
VOICES = ("alloy", "ash", "ballad", "coral", "echo", "sage", "shimmer", "verse", "marin", "cedar")
VOICE = Either(string=One(*VOICES), mapping=Closed({"id!": Text()}))
TURN_DETECTION = Tagged(
    "type",
    {
        "server_vad": Closed(
            {
                "type!": One("server_vad"),
                "threshold": Decimal(0.0, 1.0),
                "prefix_padding_ms": Whole(0),
                "silence_duration_ms": Whole(0),
                "create_response": Flag(),
                "interrupt_response": Flag(),
                "idle_timeout_ms": Nullable(Whole(5000, 30000)),
            }
        ),
        "semantic_vad": Closed(
            {
                "type!": One("semantic_vad"),
                "eagerness": One("low", "medium", "high", "auto"),
                "create_response": Flag(),
                "interrupt_response": Flag(),
            }
        ),
    },
)
TRANSCRIPTION = Closed(
    {
        "model": Text(),
        "language": Text(),
        "languages": Many(Text()),
        "prompt": Text(),
        "keywords": Many(Text()),
        "delay": One("minimal", "low", "medium", "high", "xhigh"),
    }
)
NOISE_REDUCTION = Closed({"type": One("near_field", "far_field"), "strength": Decimal(0.0)})
AUDIO_INPUT = Closed(
    {
        "format": AUDIO_FORMAT,
        "noise_reduction": Nullable(NOISE_REDUCTION),
        "transcription": Nullable(TRANSCRIPTION),
        "turn_detection": Nullable(TURN_DETECTION),
    }
)
TOOL_FILTER = Closed({"read_only": Flag(), "tool_names": Many(Text())})
TOOL = Tagged(
    "type",
    {
        "function": Closed(
            {"type!": One("function"), "name": Text(64), "description": Text(), "parameters": Open()}
        ),
        "mcp": Closed(
            {
                "type!": One("mcp"),
                "server_label!": Text(),
                "server_url": Text(),
                "server_description": Text(),
                "connector_id": Text(),
                "tunnel_id": Text(),
                "authorization": Text(),
                "headers": Nullable(Open(Text())),
                "allowed_tools": Nullable(Either(array=Many(Text()), mapping=TOOL_FILTER)),
                "allowed_callers": Nullable(Many(One("direct", "programmatic"))),
                "require_approval": Nullable(
                    Either(
                        string=One("always", "never"),
                        mapping=Closed({"always": TOOL_FILTER, "never": TOOL_FILTER}),
                    )
                ),
                "defer_loading": Flag(),
            }
        ),
    },
)
TOOL_CHOICE = Either(
    string=One("none", "auto", "required"),
    mapping=Tagged(
        "type",
        {
            "function": Closed({"type!": One("function"), "name!": Text()}),
            "mcp": Closed({"type!": One("mcp"), "server_label!": Text(), "name": Nullable(Text())}),
        },
    ),
)
LENGTH = Either(number=Whole(1, 4096), string=One("inf"))
MODALITIES = Many(One("text", "audio"))
REASONING = Closed({"effort": One("minimal", "low", "medium", "high", "xhigh")})
#: Stored prompts left the platform on 2026-11-30; the key is still typed, so it is taken and ignored.
PROMPT = Nullable(
    Closed({"id!": Text(), "version": Nullable(Text()), "variables": Nullable(Open(Anything()))})
)
TRUNCATION = Either(
    string=One("auto", "disabled"),
    mapping=Closed(
        {
            "type!": One("retention_ratio"),
            "retention_ratio!": Decimal(0.0, 1.0),
            "token_limits": Closed({"post_instructions": Whole(0)}),
        }
    ),
)
TRACING = Nullable(
    Either(
        string=One("auto"),
        mapping=Closed({"workflow_name": Text(), "group_id": Text(), "metadata": Anything()}),
    )
)
SESSION = Closed(
    {
        "type!": One("realtime"),
        "model": Text(),
        "instructions": Text(),
        "output_modalities": MODALITIES,
        "audio": Closed(
            {
                "input": AUDIO_INPUT,
                "output": Closed({"format": AUDIO_FORMAT, "voice": VOICE, "speed": Decimal(0.25, 1.5)}),
            }
        ),
        "tools": Many(TOOL),
        "tool_choice": TOOL_CHOICE,
        "parallel_tool_calls": Flag(),
        "reasoning": REASONING,
        "max_output_tokens": LENGTH,
        "truncation": TRUNCATION,
        "tracing": TRACING,
        "prompt": PROMPT,
        "include": Many(One("item.input_audio_transcription.logprobs")),
    }
)


def item(kind: str, **fields: Shape) -> Closed:
    """An item of one type: the keys all items share, and its own (`name_` stands for a required key)."""
    own = {name[:-1] + "!" if name.endswith("_") else name: shape for name, shape in fields.items()}
    return Closed({"type!": One(kind), "id": Text(64), **own})


#: What messages and function calls may carry besides their own fields.
STATUS = {"object": One("realtime.item"), "status": One("completed", "incomplete", "in_progress")}


def message(role: str, *parts: Closed) -> Closed:
    """A message of one role with content parts told apart by their type."""
    kinds: dict[str, Shape] = {}
    for part in parts:
        tag = part.known["type"]
        assert isinstance(tag, One)
        kinds[str(tag.allowed[0])] = part
    return item("message", role_=One(role), content_=Many(Tagged("type", kinds)), **STATUS)


def part(kind: str, **fields: Shape) -> Closed:
    """A content part of one type."""
    return Closed({"type!": One(kind), **fields})


MESSAGE = Tagged(
    "role",
    {
        "system": message("system", part("input_text", text=Text())),
        "user": message(
            "user",
            part("input_text", text=Text()),
            part("input_audio", audio=Text(), transcript=Text()),
            part("input_image", image_url=Text(), detail=One("auto", "low", "high")),
        ),
        "assistant": message(
            "assistant",
            part("output_text", text=Text()),
            part("output_audio", audio=Text(), transcript=Text()),
        ),
    },
)
ITEM = Tagged(
    "type",
    {
        "message": MESSAGE,
        "function_call": item("function_call", name_=Text(), arguments_=Text(), call_id=Text(), **STATUS),
        "function_call_output": item("function_call_output", call_id_=Text(), output_=Text(), **STATUS),
        "mcp_approval_response": item(
            "mcp_approval_response",
            id_=Text(),
            approval_request_id_=Text(),
            approve_=Flag(),
            reason=Nullable(Text()),
        ),
    },
)
RESPONSE = Closed(
    {
        "instructions": Text(),
        "output_modalities": MODALITIES,
        "audio": Closed({"output": Closed({"format": AUDIO_FORMAT, "voice": VOICE})}),
        "tools": Many(TOOL),
        "tool_choice": TOOL_CHOICE,
        "parallel_tool_calls": Flag(),
        "reasoning": REASONING,
        "max_output_tokens": LENGTH,
        "conversation": One("auto", "none"),
        "metadata": Nullable(Open(Text(512))),
        "input": Many(ITEM),
        "prompt": PROMPT,
    }
)


def event(kind: str, **fields: Shape) -> Closed:
    """A client event: its type, the optional event_id, and its own fields (`name_` is required)."""
    own = {name[:-1] + "!" if name.endswith("_") else name: shape for name, shape in fields.items()}
    return Closed({"type!": One(kind), "event_id": Text(512), **own})


#: Every client event there is. `output_audio_buffer.clear` is for WebRTC and SIP: refused by the session.
EVENTS: Mapping[str, Closed] = {
    "session.update": event("session.update", session_=SESSION),
    "input_audio_buffer.append": event("input_audio_buffer.append", audio_=Text()),
    "input_audio_buffer.commit": event("input_audio_buffer.commit"),
    "input_audio_buffer.clear": event("input_audio_buffer.clear"),
    "conversation.item.create": event("conversation.item.create", item_=ITEM, previous_item_id=Text()),
    "conversation.item.retrieve": event("conversation.item.retrieve", item_id_=Text()),
    "conversation.item.truncate": event(
        "conversation.item.truncate", item_id_=Text(), content_index_=Whole(0), audio_end_ms_=Whole(0)
    ),
    "conversation.item.delete": event("conversation.item.delete", item_id_=Text()),
    "response.create": event("response.create", response=RESPONSE),
    "response.cancel": event("response.cancel", response_id=Text()),
    "output_audio_buffer.clear": event("output_audio_buffer.clear"),
}


def checked(message: object) -> dict[str, object]:
    """The client event, when it is one; raises Refused with the real server's error otherwise."""
    if not isinstance(message, dict):
        raise wrong_type("", "an object", message)
    kind = message.get("type")
    if kind is None:
        raise Refused("missing_required_parameter", "Missing required parameter: 'type'.", "type")
    if kind not in EVENTS:
        raise wrong_value("type", kind, tuple(EVENTS))
    EVENTS[str(kind)].check(message, "")
    _one_modality(message)
    return message


def _one_modality(message: Mapping[str, object]) -> None:
    """Refuse audio and text together: audio always brings its transcript, so the server takes one only."""
    for key in ("session", "response"):
        inner = message.get(key)
        modes = inner.get("output_modalities") if isinstance(inner, dict) else None
        if modes is not None and modes not in (["audio"], ["text"]):
            text = f"Invalid modalities: {modes}. Supported combinations are: ['text'] and ['audio']."
            raise Refused("invalid_value", text, f"{key}.output_modalities")
