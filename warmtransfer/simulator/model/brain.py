"""The brain: a rule book that turns what was said, asked or found into things to say and tools to call.

A rule book is JSON: {"greeting": text, "tools": {name in the rules: the application's name},
"phrases": [texts for the recogniser], "rules": [rule, …]}. A tool `$transfer` of a rule is the one that
`tools` has for `transfer`, so that an application with a tool of another name needs no rules of its own.
The first rule that fits is used. Keys of a rule, all optional but `do`:
  name · on: "speech" (default), "instructions", "output" or "idle" · hears, unless: patterns, one of which
  must, none of which may be found in the words (lower case, no punctuation) · declared, undeclared: tools
  that must, must not be declared · tool: whose output this is · needs: fields that must be known ·
  times: at most so often · do: the actions, in order.
Actions: {"say": text} · {"two_items": [text, …]} · {"tool": name, "arguments"?: {…},
  "partial_arguments"?: reason, "unreadable"?: true} ·
  {"no_tool": text} (says it; no tool of the list is called) · {"nothing": true} ·
  {"mute": reason} · {"stall": seconds, 0 for ever} · {"late_audio": n} · {"fail": code} ·
  {"error": code, "message"?} · {"close": code, "reason"?} · {"expire": true} · {"unknown": type} ·
  {"ping": true or "event"} · {"refuse_reconnect": n}.
Texts may hold {name} of a pattern's named group, {remembered}, and the fields of a tool's output.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from warmtransfer.simulator.model.arguments import UNKNOWN, built, said_by
from warmtransfer.simulator.model.conversation import Conversation, Entry
from warmtransfer.simulator.model.obey import GREET, line_in
from warmtransfer.simulator.model.words import digits_in, plain, spelled

Json = dict[str, Any]
Action = dict[str, Any]

DEFAULT_RULES = Path(__file__).with_name("rules.json")
#: Every action a rule may ask for; each needs one of these keys.
ACTIONS = frozenset(
    {
        "say", "two_items", "tool", "no_tool", "nothing", "stall", "late_audio", "fail", "error", "close",
        "expire", "unknown", "ping", "refuse_reconnect", "mute",
    }
)  # fmt: skip
KEYS = frozenset(
    {"name", "on", "hears", "unless", "declared", "undeclared", "needs", "tool", "times", "do"}
)  # fmt: skip
#: Actions whose texts are spoken.
SPOKEN = ("say", "two_items", "no_tool")
#: Keys of a tool's output that speak to the model, in the order it minds them.
SPEAKING = ("say", "tell_caller", "tell", "instructions", "instruction", "message", "note", "result", "error")


@dataclass(frozen=True)
class Ask:
    """What a response has to answer."""

    why: str  #: "speech", "asked" (response.create) or "idle"
    conversation: Conversation
    tools: tuple[Json, ...] = ()
    tool_choice: object = "auto"
    instructions: str = ""  #: of this response only
    session_instructions: str = ""


class BadRules(ValueError):
    """The rule book cannot be used; says which rule and why."""


class RuleBook:
    """Rules in order; the first that fits is used."""

    def __init__(self, book: Mapping[str, Any], tools: Mapping[str, str] | None = None) -> None:
        tools = {str(key): str(name) for key, name in {**book.get("tools", {}), **(tools or {})}.items()}
        self._tools = tools
        self.greeting = str(book.get("greeting", "Hello. How can I help you?"))
        self.phrases = [str(phrase) for phrase in book.get("phrases", [])]
        self._own = self._read(book.get("rules", []))
        self.rules: list[Json] = self._own

    @classmethod
    def load(cls, path: Path | str | None = None, tools: Mapping[str, str] | None = None) -> RuleBook:
        """Read a rule book, the shipped one without a path; `tools` are other names for its tools."""
        return cls(json.loads(Path(path or DEFAULT_RULES).read_text(encoding="utf-8")), tools)

    def teach(self, rules: Sequence[Json]) -> None:
        """Have these rules asked before the book's own, in the place of those taught before."""
        self.rules = [*self._read(rules), *self._own]

    def _read(self, rules: Sequence[Json]) -> list[Json]:
        return [self._proved(named(rule, self._tools)) for rule in rules]

    def fixed_lines(self) -> list[str]:
        """The greeting and every line that is said as it stands, those of the tests left out."""
        rules = [rule for rule in self.rules if not str(rule.get("name", "")).startswith("test:")]
        said = [str(action["say"]) for rule in rules for action in rule["do"] if "say" in action]
        return [self.greeting, *(line for line in said if "{" not in line)]

    def _proved(self, rule: Json) -> Json:
        name = rule.get("name", rule.get("hears"))
        unknown = set(rule) - KEYS
        if unknown or not isinstance(rule.get("do"), list):
            raise BadRules(f"rule {name!r}: unknown keys {sorted(unknown)} or no list `do`")
        for action in rule["do"]:
            if not ACTIONS & set(action):
                known = ", ".join(sorted(ACTIONS))
                raise BadRules(f"rule {name!r}: no known action in {sorted(action)}; there are {known}")
        for pattern in [*rule.get("hears", []), *rule.get("unless", [])]:
            re.compile(pattern)
        return rule


def named(rule: Json, tools: Mapping[str, str]) -> Json:
    """The rule with the application's names for its tools; raises BadRules for a tool without one."""

    def name_of(tool: object) -> object:
        if not isinstance(tool, str) or not tool.startswith("$"):
            return tool
        if tool[1:] not in tools:
            have = ", ".join(sorted(tools)) or "none"
            raise BadRules(f"rule {rule.get('name')!r}: no name for the tool {tool}; `tools` has {have}")
        return tools[tool[1:]]

    changed = {
        key: [name_of(tool) for tool in value] if isinstance(value, list) else name_of(value)
        for key, value in rule.items()
        if key in ("tool", "declared", "undeclared")
    }
    actions = rule.get("do")
    if isinstance(actions, list):
        changed["do"] = [
            {**each, "tool": name_of(each["tool"])} if "tool" in each else each for each in actions
        ]
    return {**rule, **changed}


class Brain:
    """One session's thoughts: the rule book, and how often each rule has been used."""

    def __init__(self, book: RuleBook) -> None:
        self.book = book
        self._used: Counter[int] = Counter()

    def greeting(self, instructions: str) -> str:
        """How to greet: the words the session's instructions put in quotes after "greet", else the book's."""
        found = GREET.search(instructions)
        line = line_in(instructions[found.start() :], "") if found else None
        return line or self.book.greeting

    def answer(self, ask: Ask) -> list[Action]:
        """What to do now. Tool calls come with their arguments complete, as JSON text."""
        actions = self._thought(ask)
        names = {str(tool.get("name")): tool for tool in ask.tools}
        if ask.tool_choice == "none":
            actions = [action for action in actions if not {"tool", "partial_arguments"} & set(action)]
        wanted = forced(ask.tool_choice, list(names))
        if wanted and not any("tool" in action for action in actions):
            actions = [{"tool": wanted}]
        return [completed(action, names, ask.conversation) for action in actions]

    def _thought(self, ask: Ask) -> list[Action]:
        told = ask.instructions or directive(ask)
        if name := tool_named(told, ask.tools):
            return [{"tool": name}]
        if ask.instructions:
            line = line_in(ask.instructions, self.greeting(ask.session_instructions))
            return [{"say": line}] if line else self._ruled("instructions", ask.instructions, ask, {})
        if ask.why == "idle":
            return self._ruled("idle", "", ask, {})
        if line := line_in(told, self.greeting(ask.session_instructions)):
            return [{"say": line}]
        last = latest(ask.conversation)
        first = not said_by(ask.conversation, "assistant")
        if last is None:
            greeting: list[Action] = [{"say": self.greeting(ask.session_instructions)}]
            return greeting if first else self._ruled("idle", "", ask, {})
        if last.role == "function_call_output":
            return self._found(last, ask)
        if last.role == "system":
            if first and not GREET.search(last.text):
                return [{"say": self.greeting(ask.session_instructions)}]
            line = line_in(last.text, self.greeting(ask.session_instructions))
            return [{"say": line}] if line else self._ruled("instructions", last.text, ask, {})
        return self._ruled("speech", unanswered(ask.conversation), ask, {})

    def _found(self, output: Entry, ask: Ask) -> list[Action]:
        try:
            parsed = json.loads(output.text)
        except ValueError:
            parsed = output.text
        whole = parsed if isinstance(parsed, dict) else {"say": str(parsed)}
        texts = [str(whole[key]) for key in SPEAKING if key in whole]
        for text in texts:
            if line := line_in(text, self.book.greeting):
                return [{"say": line}]
        fields = {key: str(value) for key, value in parsed.items()} if isinstance(parsed, dict) else {}
        listed = ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in fields.items())
        return self._ruled("output", output.text, ask, {**fields, "output": listed or str(parsed)}, output)

    def _ruled(
        self, on: str, text: str, ask: Ask, fields: Mapping[str, str], output: Entry | None = None
    ) -> list[Action]:
        words = text if text.startswith("(") else plain(text)
        declared = {str(tool.get("name")) for tool in ask.tools}
        base = {"remembered": remembered(ask.conversation), **fields}
        known = {key: value for key, value in base.items() if value}
        for number, rule in enumerate(self.book.rules):
            if rule.get("on", "speech") != on or self._used[number] >= rule.get("times", 1 << 30):
                continue
            if rule.get("tool") and (output is None or rule["tool"] != called_by(output, ask.conversation)):
                continue
            if set(rule.get("declared", ())) - declared or declared & set(rule.get("undeclared", ())):
                continue
            match = fits(rule, words)
            if match is None or set(rule.get("needs", ())) - set(known):
                continue
            self._used[number] += 1
            return [filled(action, {**known, **match}) for action in rule["do"]]
        return [{"nothing": True}]


def fits(rule: Json, words: str) -> dict[str, str] | None:
    """The named groups of the first pattern that fits; None when the rule does not apply."""
    if any(re.search(pattern, words) for pattern in rule.get("unless", ())):
        return None
    if "hears" not in rule:
        return {}
    for pattern in rule["hears"]:
        if match := re.search(pattern, words):
            return {name: digits_in(value) for name, value in match.groupdict().items() if value}
    return None


def filled(value: Any, fields: Mapping[str, str], spoken: bool = False) -> Any:
    """The value with every {field} put in; numbers are spelled digit by digit where they are spoken."""
    if isinstance(value, dict):
        return {key: filled(inner, fields, key in SPOKEN) for key, inner in value.items()}
    if isinstance(value, list):
        return [filled(inner, fields, spoken) for inner in value]
    if not isinstance(value, str):
        return value
    texts = {key: spelled(text) if spoken else text for key, text in fields.items()}
    return re.sub(r"\{(\w+)\}", lambda match: texts.get(match.group(1), match.group(0)), value)


def directive(ask: Ask) -> str:
    """A system message that is the newest item when a response is asked for."""
    last = ask.conversation.entries[-1] if ask.conversation.entries else None
    return last.text if ask.why == "asked" and last is not None and last.role == "system" else ""


def tool_named(told: str, tools: Sequence[Json]) -> str | None:
    """The declared tool that these instructions say to call."""
    for tool in tools:
        name = str(tool.get("name"))
        order = re.search(
            rf"(?:^|[.,;:!?]\s*|\b(?:now|please|must|should|then|and|to)\s+)(?:call|use)\b[^.!?]*\b{name}\b",
            told,
            re.I,
        )
        if order and not re.search(rf"\b(?:not|never|don't) (?:call|use)\b[^.!?]*\b{name}\b", told, re.I):
            return name
    return None


def latest(conversation: Conversation) -> Entry | None:
    """The newest item that wants an answer: a tool's output, or what the caller said, else an instruction."""
    fresh: list[Entry] = []
    for entry in reversed(conversation.entries):
        if entry.role in ("assistant", "function_call"):
            break
        if entry.role in ("user", "function_call_output"):
            return entry
        fresh.append(entry)
    return next((entry for entry in fresh if entry.role == "system"), None)


def unanswered(conversation: Conversation) -> str:
    """All the caller has said since anybody answered: a pause may have cut one sentence in two."""
    texts: list[str] = []
    for entry in reversed(conversation.entries):
        if entry.role in ("assistant", "function_call"):
            break
        if entry.role == "user" and entry.text:
            texts.append(entry.text)
    understood = [text for text in texts if text != UNKNOWN]
    return " ".join(reversed(understood)) or UNKNOWN


def remembered(conversation: Conversation) -> str:
    """The last thing of substance the caller said before now."""
    said = [text.rstrip(".?! ") for text in said_by(conversation, "user")[:-1]]
    return next((text for text in reversed(said) if len(text.split()) > 3 and "still there" not in text), "")


def called_by(output: Entry, conversation: Conversation) -> str:
    """The name of the tool whose output this is."""
    call_id = output.item.get("call_id")
    calls = [entry.item for entry in conversation if entry.item["type"] == "function_call"]
    return next((str(item["name"]) for item in calls if item.get("call_id") == call_id), "")


def forced(choice: object, names: list[str]) -> str | None:
    """The tool that must be called by `tool_choice`, if one must."""
    if isinstance(choice, dict) and choice.get("type") == "function":
        return str(choice["name"])
    return names[0] if choice == "required" and names else None


def completed(action: Action, tools: Mapping[str, Json], conversation: Conversation) -> Action:
    """A tool action with the arguments its schema asks for; other actions as they are."""
    if "tool" not in action:
        return action
    given = dict(action.get("arguments") or {})
    arguments = built(tools.get(str(action["tool"]), {}), conversation, given)
    return {**action, "arguments": json.dumps(arguments, ensure_ascii=False)}
