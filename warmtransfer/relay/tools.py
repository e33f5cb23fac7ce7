"""Tools the model may call: typed Python functions of the host app, and `transfer_to_human`."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from inspect import getdoc, isawaitable
from typing import Any

from warmtransfer.core.available import Available, shown
from warmtransfer.errors import log_fault
from warmtransfer.ports.loop.coroutines import Coroutines
from warmtransfer.relay.signature import Signature, WrongArguments

log = logging.getLogger("warmtransfer")

TRANSFER = "transfer_to_human"
#: Ours too, unless the host app brings its own of this name.
TAKE_MESSAGE = "take_message"
#: And this.
WHO = "who_is_available"
#: And these, of a caller who waits in a line.
PLACE, LEAVE = "place_in_line", "leave_line"
#: And this.
TAKE_CALLBACK = "take_callback"
#: What goes back to the model is spoken or thought about, not stored: more than this helps nobody.
ANSWER_LIMIT = 8000

#: What the realtime APIs take for a function's name.
NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")


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
    signature: Signature
    run: Callable[..., Any]

    def shown(self) -> dict[str, Any]:
        """As the session declares it."""
        return {"name": self.name, "description": self.description, "parameters": self.signature.schema}


class Toolbox:
    """The tools of one app. `around` is entered around every run (an app context)."""

    def __init__(
        self,
        around: Callable[[], AbstractContextManager[Any]] = nullcontext,
        coroutines: Coroutines | None = None,
    ) -> None:
        self._tools: dict[str, Tool] = {}
        self.who: Callable[[], str] = Available().told  #: answers who can be reached; may block
        #: Keeps a callback, and says what the model is to say next; may block. None where there are none.
        self.promise: Callable[[CallInfo, Mapping[str, Any]], str] | None = None
        self.around = around
        self.coroutines = coroutines or Coroutines()

    def add(self, fn: Callable[..., Any], name: str = "", description: str = "") -> Tool:
        """Make a typed function a tool; its docstring is what the model is told. Raises TypeError."""
        tool = tool_of(fn, name, description)
        if tool.name == TRANSFER or tool.name in self._tools:
            raise TypeError(f"there is a tool {tool.name} already")
        self._tools[tool.name] = tool
        return tool

    def shown(self, found: Available, waits: bool = False) -> list[dict[str, Any]]:
        """Every tool as the session declares it; a transfer only when there is somebody to transfer to, and
        what is about the line for them only while the caller `waits` in it."""
        own = [tool.shown() for tool in self._tools.values()]
        own += [tool for tool in LINE_TOOLS if waits and tool["name"] not in self._tools]
        if TAKE_MESSAGE not in self._tools:
            own.append(MESSAGE_TOOL)
        if not (found.able or found.unable):
            return own
        if self.promise is not None and TAKE_CALLBACK not in self._tools:
            own.append(callback_tool(found))
        return [*own, *([] if WHO in self._tools else [WHO_TOOL]), transfer_tool(found)]

    def names(self) -> list[str]:
        """Every tool that a model may call, ours among them."""
        return sorted({*self._tools, TAKE_CALLBACK, TAKE_MESSAGE, TRANSFER, WHO, PLACE, LEAVE})

    def __contains__(self, name: object) -> bool:
        return name in self._tools

    def run(
        self, name: str, arguments: Mapping[str, Any], info: CallInfo, seconds: float | None = None
    ) -> str:
        """Run in this thread; what went wrong comes back as text for the model.

        One that is `async def` runs in the loop of them all, and is cancelled after `seconds`.
        """
        tool = self._tools.get(name)
        if tool is None and name == WHO:
            return self.who()
        if tool is None and name == TAKE_CALLBACK and self.promise is not None:
            return self.promise(info, arguments)
        if tool is None:
            return f"There is no tool named {name!r}."
        try:
            return answer_text(self._call(tool, arguments, info, seconds))
        except WrongArguments as exc:
            return f"The tool was not run: {exc}. Call it again with correct arguments."
        except KeyboardInterrupt:
            raise
        except BaseException as exc:  # noqa: BLE001 - its SystemExit would end the server, and every call
            log_fault(log, exc, "tool %s failed in call %s", name, info.call_id)
            return f"The tool failed: {type(exc).__name__}. Tell the caller it did not work."

    def _call(
        self, tool: Tool, arguments: Mapping[str, Any], info: CallInfo, seconds: float | None
    ) -> object:
        filled = dict.fromkeys(tool.signature.filled, info)
        asked = {key: value for key, value in arguments.items() if key not in filled}
        with self.around():
            found = tool.run(**tool.signature.read(asked), **filled)
        return self.coroutines.run(lambda: self._finish(found), seconds) if isawaitable(found) else found

    async def _finish(self, found: Awaitable[object]) -> object:
        with self.around():
            return await found


def answer_text(value: Any) -> str:
    """A tool's answer as the one string the protocol wants."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return text[:ANSWER_LIMIT] or "Done."


#: Where a message goes that the caller leaves with the AI.
MESSAGE_TOOL = {
    "name": TAKE_MESSAGE,
    "description": (
        "Take a message for somebody who cannot be reached. Ask for the caller's name, their number and the "
        "matter, read the number back, then call it once. Say that it is taken only after this has said so."
    ),
    "parameters": {
        "type": "object",
        "properties": {
            "text": {
                "type": "string",
                "description": "For whom it is, who called, their number, and what they want.",
            }
        },
        "required": ["text"],
        "additionalProperties": False,
    },
}


#: The parameters of a tool that has none.
NOTHING_ASKED: dict[str, Any] = {
    "type": "object", "properties": {}, "required": [], "additionalProperties": False,
}  # fmt: skip

#: Who can be reached at the moment of asking.
WHO_TOOL = {
    "name": WHO,
    "description": (
        "Says which departments and people can be reached now, and why the others cannot. Call it before you "
        "promise anybody, and whenever the caller asks who is there or when somebody is."
    ),
    "parameters": NOTHING_ASKED,
}


#: What a caller can want who waits in the line for a human.
LINE_TOOLS: tuple[dict[str, Any], ...] = (
    {
        "name": PLACE,
        "description": (
            "Says which place in the line for a person the caller has now, and how long it may take. Call it "
            "whenever the caller asks how long it takes or whether they are still in the line; never guess."
        ),
        "parameters": NOTHING_ASKED,
    },
    {
        "name": LEAVE,
        "description": (
            "Takes the caller out of the line for a person. Call it as soon as they say that they do not "
            "want to wait, or do not need a person any more."
        ),
        "parameters": NOTHING_ASKED,
    },
)


def callback_tool(found: Available) -> dict[str, Any]:
    """The way to be rung back: it answers with what is still missing, or that the callback is kept."""
    names = [*found.names(), *(each.name for each, _ in found.unable)]
    text = {"type": "string"}
    return {
        "name": TAKE_CALLBACK,
        "description": (
            "Have the caller rung back by somebody who cannot be reached now. Offer it when nobody can be "
            "reached. Ask for the caller's name, what it is about, and when they want to be rung. Call "
            "it with confirmed false first: it answers with the number to read out digit by digit, and with "
            "what cannot be done. Call it with confirmed true only when the caller has said that the number "
            "is right. Say that it is kept only after this has said so."
        ),
        "parameters": {
            "type": "object",
            "properties": {
                "number": {
                    **text,
                    "description": "With its country's code, as +15550100001; empty for the caller's own.",
                },
                "confirmed": {
                    "type": "boolean",
                    "description": "Whether the caller has heard the number and said that it is right.",
                },
                "when_words": {**text, "description": "When they want to be rung, in their own words."},
                "when": {
                    **text,
                    "description": "That time here, as 2026-12-01T15:00; empty for as soon as possible.",
                },
                "about": {**text, "description": "What it is about, in at most 30 words."},
                "name": {**text, "description": "Who is to be rung, as in Mrs Lee."},
                "target": {**text, "enum": ["", *names], "description": "Whom they want; empty for anybody."},
            },
            "required": ["number", "confirmed", "when_words", "when", "about", "name", "target"],
            "additionalProperties": False,
        },
    }


def transfer_tool(found: Available) -> dict[str, Any]:
    """The way to a human: targets by name and description, never a number.

    Who cannot be reached may be asked for all the same, and is answered with the reason.
    """
    return {
        "name": TRANSFER,
        "description": (
            "Have a human join this call. Call it as soon as the caller asks for a person or you cannot "
            "help. If you do not know who is calling and what about, ask for that once, in one question; "
            "call it whatever the answer is. Say one short sentence to the caller first. " + _targets(found)
        ),
        "parameters": {
            "type": "object",
            "properties": {
                "target": {
                    "type": "string",
                    "enum": [*found.names(), *(each.name for each, _ in found.unable)],
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


def _targets(found: Available) -> str:
    able = "; ".join(map(shown, found.able))
    first = f"Targets: {able}" if able else "Nobody can be reached now: offer to take a message"
    why = " ".join(why for _, why in found.unable)
    return f"{first}. Cannot be reached now: {why}" if why else first


def tool_of(fn: Callable[..., Any], name: str = "", description: str = "") -> Tool:
    """The tool that a typed function is; raises TypeError for what a model could not call, and says why."""
    signature = Signature(fn, CallInfo)
    name = name or fn.__name__
    if not NAME.fullmatch(name):
        raise TypeError(f"{name!r} is no name that a model can call: letters, digits, _ and -, 64 at most")
    told = " ".join((description or getdoc(fn) or "").split())
    if not told:
        raise TypeError(f"{name} has no docstring: it tells the model what the tool does; write a sentence")
    return Tool(name, told, signature, fn)
