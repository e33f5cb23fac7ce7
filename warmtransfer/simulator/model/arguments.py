"""Arguments of a tool call, made from its declared schema and from what was really said."""

from __future__ import annotations

import re
from typing import Any

from warmtransfer.simulator.model.conversation import Conversation

Json = dict[str, Any]

UNKNOWN = "(unclear)"
#: A caller's wish for a person, and our words that promise one.
PERSON = re.compile(r"\b(?:person|human|someone|somebody|representative|operator|agent)\b", re.IGNORECASE)
ANNOUNCES = re.compile(r"\b(?:get|find|reach|put you|transfer|connect)\b", re.IGNORECASE)
#: Words too common to tell one target from another.
COMMON = frozenset(
    (
        "about",
        "with",
        "would",
        "like",
        "that",
        "this",
        "have",
        "from",
        "your",
        "please",
        "speak",
        "talk",
        "person",
    )
)


def said_by(conversation: Conversation, role: str) -> list[str]:
    """The texts of one role's messages that were understood, oldest first."""
    texts = [entry.text.strip() for entry in conversation if entry.role == role]
    return [text for text in texts if text and text != UNKNOWN]


def summary_of(conversation: Conversation) -> str:
    """What the call is about in one breath: what was asked last, and what came of it.

    The wish for a person itself says nothing, nor does the sentence that announces the transfer.
    """
    asked = [text for text in said_by(conversation, "user") if not PERSON.search(text)]
    if not asked:
        return "The caller has only asked to speak with a person."
    before = f' Before that they asked: "{asked[-2]}".' if len(asked) > 1 else ""
    useful = said_by(conversation, "assistant")[1:]
    told = next((line for line in reversed(useful) if not ANNOUNCES.search(line)), "")
    first = re.split(r"(?<=[.!?])\s", told)[0].rstrip(".!?")
    answer = f' They were told: "{first}".' if first else ""
    return f'The caller says: "{asked[-1]}".{answer or before}'


def reason_of(conversation: Conversation) -> str:
    """Why a person is wanted: the last thing asked before the request, or the request itself."""
    asked = said_by(conversation, "user")
    if not asked:
        return "The caller asked for a person."
    return asked[-2] if len(asked) > 1 else asked[-1]


def target_of(schema: Json, description: str, words: str) -> str:
    """One of the declared targets: the one named, else the one described best, else the first."""
    about = " ".join([str(schema.get("description", "")), description])
    names = [str(name) for name in schema.get("enum", [])] or named_in(about)
    if not names:
        first = re.search(r"[A-Za-z][\w-]*", about)
        return first.group(0).lower() if first else "anyone"
    spoken = words.lower().replace("-", " ")
    for name in names:
        if re.search(rf"\b{re.escape(name.lower().replace('_', ' '))}\b", spoken):
            return name
    fits = [fit(name, names, about, spoken) for name in names]
    return names[fits.index(max(fits))]


def named_in(text: str) -> list[str]:
    """The names a description lists as `name: …`, `name (…)`, `name = …` or in quotes."""
    found = re.findall(r"['\"`]([\w-]+)['\"`]|(?:^|[\n,;.:(]\s*)[-*]?\s*([a-z][\w-]*)\s*(?=[:=(])", text)
    return list(dict.fromkeys(one or other for one, other in found))


def fit(name: str, names: list[str], about: str, spoken: str) -> int:
    """How many words the caller used stand in the part of the description that follows this name."""
    others = "|".join(re.escape(other) for other in names if other != name) or r"\Z"
    part = re.search(rf"\b{re.escape(name)}\b(.*?)(?:\b(?:{others})\b|\Z)", about, re.IGNORECASE | re.DOTALL)
    described = set(re.findall(r"[a-z]{4,}", part.group(1).lower())) if part else set()
    stems = {word.rstrip("s") for word in described}
    return sum(word.rstrip("s") in stems for word in re.findall(r"[a-z]{4,}", spoken) if word not in COMMON)


def built(tool: Json, conversation: Conversation, given: Json) -> Json:
    """Arguments that fit the tool's schema: those given by the rule, and the rest from the conversation."""
    parameters = tool.get("parameters") or {}
    properties: Json = parameters.get("properties") or {}
    required = set(parameters.get("required") or ())
    words = " ".join(said_by(conversation, "user"))
    arguments: Json = {}
    for name, schema in properties.items():
        if name in given:
            arguments[name] = cast(given[name], schema)
        elif name in ("target", "department", "to"):
            arguments[name] = target_of(schema, str(tool.get("description", "")), words)
        elif name in ("reason", "topic"):
            arguments[name] = reason_of(conversation)
        elif name in ("summary", "context", "notes"):
            arguments[name] = summary_of(conversation)
        elif name in required:
            arguments[name] = plain_value(schema)
    return arguments if properties else given


def cast(value: object, schema: Json) -> object:
    """The value in the type the schema asks for, where that can be done."""
    kind = schema.get("type")
    if kind in ("integer", "number") and isinstance(value, str) and value.isdigit():
        return int(value)
    return str(value) if kind == "string" else value


def plain_value(schema: Json) -> object:
    """Some value of the schema's type, for a required field nothing is known of."""
    if "default" in schema:
        return schema["default"]
    if schema.get("enum"):
        return schema["enum"][0]
    kind = schema.get("type")
    plain: Json = {"string": "", "integer": 0, "number": 0, "boolean": False, "array": [], "object": {}}
    return plain.get(str(kind))
