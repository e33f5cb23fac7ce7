"""Tools: from a typed function to what the model sees, and back to one text."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated, Any, Literal

import jsonschema  # type: ignore[import-untyped]
import pytest

from warmtransfer.core.rules import Human
from warmtransfer.relay.tools import CallInfo, Toolbox, schema_of, tool_of

INFO = CallInfo("c1", "+15550199999")
SAM = Human("Sam", "+15550100001", "orders and delivery")


def test_a_typed_function_becomes_a_schema() -> None:
    def find(
        order: Annotated[str, "The number on the receipt."],
        kind: Literal["new", "old"] = "new",
        years: list[int] | None = None,
        *,
        exact: bool = False,
        call: CallInfo,
    ) -> dict[str, str]:
        """Find an order
        by its number."""
        return {}

    tool = tool_of(find)
    assert tool.shown() == {
        "name": "find",
        "description": "Find an order by its number.",
        "parameters": {
            "type": "object",
            "properties": {
                "order": {"type": "string", "description": "The number on the receipt."},
                "kind": {"enum": ["new", "old"]},
                "years": {"anyOf": [{"type": "array", "items": {"type": "integer"}}, {"type": "null"}]},
                "exact": {"type": "boolean"},
            },
            "required": ["order"],
            "additionalProperties": False,
        },
    }
    jsonschema.Draft202012Validator.check_schema(tool.shown()["parameters"])


@pytest.mark.parametrize(
    "hint", [str, int, float, bool, dict, list, list[str], dict[str, int], Sequence[int]]
)
def test_plain_types_have_a_schema(hint: Any) -> None:
    jsonschema.Draft202012Validator.check_schema(schema_of(hint))


def test_what_a_model_cannot_give_is_refused_at_once() -> None:
    def wants_bytes(data: bytes) -> None: ...
    def wants_any(*things: str) -> None: ...

    with pytest.raises(TypeError, match="wants_bytes: data"):
        tool_of(wants_bytes)
    with pytest.raises(TypeError, match="things"):
        tool_of(wants_any)


def test_two_tools_of_one_name_are_refused() -> None:
    tools = Toolbox()
    tools.add(lambda: 1, name="a")
    for name in ("a", "transfer_to_human"):
        with pytest.raises(TypeError, match=name):
            tools.add(lambda: 1, name=name)


def test_a_tool_gets_its_arguments_and_its_call_and_gives_text() -> None:
    tools = Toolbox()

    def who(name: str, call: CallInfo) -> dict[str, str]:
        return {"name": name, "caller": call.caller}

    tools.add(who)
    assert json.loads(tools.run("who", {"name": "x"}, INFO)) == {"name": "x", "caller": "+15550199999"}
    assert json.loads(tools.run("who", {"name": "x", "call": "forged"}, INFO))["caller"] == "+15550199999"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("plain", "plain"),
        ({"a": 1}, '{"a": 1}'),
        (None, "null"),
        (3.5, "3.5"),
        ("", "Done."),
        (["é"], '["é"]'),
    ],
)
def test_any_answer_is_one_text(value: object, text: str) -> None:
    tools = Toolbox()
    tools.add(lambda: value, name="give")
    assert tools.run("give", {}, INFO) == text


def test_what_goes_wrong_is_told_to_the_model() -> None:
    tools = Toolbox()

    def divide(a: int, b: int) -> float:
        return a / b

    tools.add(divide)
    assert "ZeroDivisionError" in tools.run("divide", {"a": 1, "b": 0}, INFO)
    assert "not run" in tools.run("divide", {"a": 1}, INFO)
    assert "not run" in tools.run("divide", {"a": 1, "b": 2, "c": 3}, INFO)
    assert "no tool" in tools.run("nothing", {}, INFO)


def test_a_giant_answer_is_cut() -> None:
    tools = Toolbox()
    tools.add(lambda: "x" * 100_000, name="big")
    assert len(tools.run("big", {}, INFO)) == 8000


def test_the_app_is_around_every_run() -> None:
    seen: list[str] = []

    @contextmanager
    def context() -> Iterator[None]:
        seen.append("in")
        yield
        seen.append("out")

    tools = Toolbox(context)
    tools.add(lambda: seen.append("run"), name="run")
    tools.run("run", {}, INFO)
    assert seen == ["in", "run", "out"]


def test_the_way_to_a_human_names_people_and_no_numbers() -> None:
    kim = Human("Kim", "+15550100002")
    (shown,) = Toolbox().shown((SAM, kim))
    assert shown["parameters"]["properties"]["target"]["enum"] == ["Sam", "Kim"]
    assert "orders and delivery" in shown["description"]
    assert "+1555" not in json.dumps(shown)
    jsonschema.Draft202012Validator.check_schema(shown["parameters"])


def test_with_nobody_to_ask_there_is_no_such_tool() -> None:
    assert Toolbox().shown(()) == []
