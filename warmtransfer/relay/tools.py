"""Tools the model may call: typed Python functions of the host app, and `transfer_to_human`."""

from __future__ import annotations

import inspect
import json
import logging
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

from warmtransfer.core.rules import Human

log = logging.getLogger("warmtransfer")

TRANSFER = "transfer_to_human"
#: What goes back to the model is spoken or thought about, not stored: more than this helps nobody.
ANSWER_LIMIT = 8000

_SIMPLE: dict[Any, dict[str, Any]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    dict: {"type": "object"},
    list: {"type": "array"},
}


@dataclass(frozen=True, slots=True)
class CallInfo:
    """What a tool may know of the call: a parameter with this annotation is filled in, not asked for."""

    call_id: str
    caller: str = ""
    called: str = ""


@dataclass(frozen=True, slots=True)
class Tool:
    """A function and how the model sees it."""

    name: str
    description: str
    parameters: Mapping[str, Any]
    run: Callable[..., Any]
    info: str = ""  #: the parameter that wants a CallInfo

    def shown(self) -> dict[str, Any]:
        """As the session declares it."""
        return {"name": self.name, "description": self.description, "parameters": dict(self.parameters)}


class Toolbox:
    """The tools of one app. `around` is entered around every run (an app context)."""

    def __init__(self, around: Callable[[], AbstractContextManager[Any]] = nullcontext) -> None:
        self._tools: dict[str, Tool] = {}
        self.around = around

    def add(self, fn: Callable[..., Any], name: str = "", description: str = "") -> Tool:
        """Make a typed function a tool; its docstring is what the model is told. Raises TypeError."""
        tool = tool_of(fn, name, description)
        if tool.name == TRANSFER or tool.name in self._tools:
            raise TypeError(f"there is a tool {tool.name} already")
        self._tools[tool.name] = tool
        return tool

    def shown(self, humans: Sequence[Human]) -> list[dict[str, Any]]:
        """Every tool as the session declares it; a transfer only when there is somebody to transfer to."""
        own = [tool.shown() for tool in self._tools.values()]
        return [*own, transfer_tool(humans)] if humans else own

    def run(self, name: str, arguments: Mapping[str, Any], info: CallInfo) -> str:
        """Run in this thread; what went wrong comes back as text for the model."""
        tool = self._tools.get(name)
        if tool is None:
            return f"There is no tool named {name!r}."
        try:
            given = {key: value for key, value in arguments.items() if key != tool.info}
            if tool.info:
                given[tool.info] = info
            bound = inspect.signature(tool.run).bind(**given)
        except TypeError as exc:
            return f"The tool was not run: {exc}."
        try:
            with self.around():
                return answer_text(tool.run(*bound.args, **bound.kwargs))
        except Exception as exc:
            log.exception("tool %s failed in call %s", name, info.call_id)
            return f"The tool failed: {type(exc).__name__}. Tell the caller it did not work."


def answer_text(value: Any) -> str:
    """A tool's answer as the one string the protocol wants."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return text[:ANSWER_LIMIT] or "Done."


def transfer_tool(humans: Sequence[Human]) -> dict[str, Any]:
    """The way to a human: targets by name and description, never a number."""
    known = "; ".join(
        f"{each.name}: {each.description}" if each.description else each.name for each in humans
    )
    return {
        "name": TRANSFER,
        "description": (
            "Have a human join this call. Call it as soon as the caller asks for a person or you cannot "
            "help. Say one short sentence to the caller first. Targets: " + known
        ),
        "parameters": {
            "type": "object",
            "properties": {
                "target": {
                    "type": "string",
                    "enum": [each.name for each in humans],
                    "description": "Whom to call.",
                },
                "reason": {"type": "string", "description": "Why a human is needed, in a few words."},
                "summary": {
                    "type": "string",
                    "description": "What the human should know, in at most 30 words: who, what, why.",
                },
            },
            "required": ["target", "reason", "summary"],
            "additionalProperties": False,
        },
    }


def tool_of(fn: Callable[..., Any], name: str = "", description: str = "") -> Tool:
    """The tool that a typed function is; raises TypeError naming the parameter it cannot describe."""
    hints = typing.get_type_hints(fn, include_extras=True)
    properties: dict[str, Any] = {}
    required: list[str] = []
    info = ""
    for parameter in inspect.signature(fn).parameters.values():
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD, parameter.POSITIONAL_ONLY):
            raise TypeError(f"{fn.__name__}: {parameter.name} cannot be described to a model")
        hint = hints.get(parameter.name, str)
        if hint is CallInfo:
            info = parameter.name
            continue
        try:
            properties[parameter.name] = schema_of(hint)
        except TypeError as exc:
            raise TypeError(f"{fn.__name__}: {parameter.name}: {exc}") from exc
        if parameter.default is parameter.empty:
            required.append(parameter.name)
    parameters = {
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }
    told = description or inspect.getdoc(fn) or ""
    return Tool(name or fn.__name__, " ".join(told.split()), parameters, fn, info)


def schema_of(hint: Any) -> dict[str, Any]:
    """The JSON schema of a type: texts, numbers, booleans, lists, dicts, literals, optionals."""
    if hint in _SIMPLE:
        return dict(_SIMPLE[hint])
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.Annotated:
        told = " ".join(each for each in inner[1:] if isinstance(each, str))
        return {**schema_of(inner[0]), **({"description": told} if told else {})}
    if origin is typing.Literal:
        return {"enum": list(inner)}
    if origin in (list, tuple, set, Sequence) and inner:
        return {"type": "array", "items": schema_of(inner[0])}
    if origin in (dict, Mapping):
        return {"type": "object"}
    if origin in (typing.Union, types.UnionType):
        return {"anyOf": [{"type": "null"} if each is type(None) else schema_of(each) for each in inner]}
    raise TypeError(f"{hint!r} has no JSON schema here")
