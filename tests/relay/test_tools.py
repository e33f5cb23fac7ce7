"""Tools: from a typed function to what the model sees, and back to one text."""

from __future__ import annotations

import asyncio
import enum
import json
import threading
import typing
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import partial
from typing import Annotated, Any, Literal, NotRequired
from uuid import UUID

import jsonschema  # type: ignore[import-untyped]
import pytest
from pydantic import Field
from typing_extensions import TypedDict

from warmtransfer.core.available import Available, available
from warmtransfer.core.rules import Human, Rules
from warmtransfer.relay.signature import schema_of
from warmtransfer.relay.tools import CallInfo, Toolbox, tool_of

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
                "kind": {"enum": ["new", "old"], "type": "string"},
                "years": {"anyOf": [{"type": "array", "items": {"type": "integer"}}, {"type": "null"}]},
                "exact": {"type": "boolean"},
            },
            "required": ["order"],
            "additionalProperties": False,
        },
    }
    jsonschema.Draft202012Validator.check_schema(tool.shown()["parameters"])


class Size(enum.Enum):
    """A set of words."""

    SMALL = "small"
    LARGE = "large"


@dataclass
class Item:
    """A structure."""

    name: str
    count: int = 1


class Newer(TypedDict):
    """As pydantic reads it in every Python."""

    street: str
    floor: NotRequired[int]


class Older(typing.TypedDict):
    """As the standard library has it."""

    street: str


@dataclass
class Tree:
    """A type that holds itself."""

    children: list[Tree]


GIVEN: list[tuple[Any, object, object, object]] = [
    (str, "a", "a", [1]),
    (str, 4711, "4711", None),
    (int, 7, 7, "seven"),
    (int, "7", 7, 1.5),
    (float, 1.5, 1.5, float("inf")),
    (bool, True, True, "perhaps"),
    (dict, {"a": 1}, {"a": 1}, []),
    (list, [1], [1], "1"),
    (list[str], ["a"], ["a"], [[]]),
    (dict[str, int], {"a": 1}, {"a": 1}, {"a": "b"}),
    (Sequence[int], [1], [1], ["a"]),
    (int | None, None, None, "a"),
    (Literal["new", "old"], "new", "new", "used"),
    (Size, "small", Size.SMALL, "huge"),
    (date, "2026-03-01", date(2026, 3, 1), "tomorrow"),
    (datetime, "2026-03-01T12:00:00", datetime(2026, 3, 1, 12), "noon"),
    (Decimal, "19.90", Decimal("19.90"), "cheap"),
    (Decimal, 19.9, Decimal("19.9"), None),
    (UUID, str(UUID(int=7)), UUID(int=7), "7"),
    (Item, {"name": "tea"}, Item("tea"), {"name": "tea", "colour": "red"}),
    (list[Item], [{"name": "tea", "count": 2}], [Item("tea", 2)], [{"count": 2}]),
    (Newer, {"street": "a"}, {"street": "a"}, {"floor": 1}),
    (Older, {"street": "a"}, {"street": "a"}, {}),
    (Annotated[int, Field(ge=1)], 1, 1, 0),
]


@pytest.mark.parametrize(("hint", "value", "taken", "wrong"), GIVEN, ids=lambda each: str(each)[:30])
def test_a_tool_gets_its_own_types_and_the_model_hears_what_does_not_fit(
    hint: Any, value: object, taken: object, wrong: object
) -> None:
    got: list[object] = []

    def take(given: Any) -> None:
        """Takes it."""
        got.append(given)

    take.__annotations__["given"] = hint
    tools = Toolbox()
    schema = tools.add(take).shown()["parameters"]
    jsonschema.Draft202012Validator.check_schema(schema)
    assert "$ref" not in json.dumps(schema)
    assert tools.run("take", {"given": value}, INFO) == "null"
    assert got == [taken]
    assert type(got[0]) is type(taken)
    said = tools.run("take", {"given": wrong}, INFO)
    assert said.startswith("The tool was not run: given"), said
    assert len(got) == 1


def test_a_default_stays_the_functions_own() -> None:
    marker = date(2026, 1, 1)

    def when(day: date = marker, size: Size | None = None) -> str:
        """Says when."""
        assert day is marker
        return repr(size)

    tools = Toolbox()
    assert tools.add(when).shown()["parameters"]["required"] == []
    assert tools.run("when", {"size": None}, INFO) == "None"
    assert tools.run("when", {"size": "large"}, INFO) == "<Size.LARGE: 'large'>"


@pytest.mark.parametrize("hint", [bytes, list[bytes], threading.Thread, Tree, Callable[[int], int]])
def test_a_refused_type_is_told_with_those_that_do_work(hint: Any) -> None:
    def wants(given: Any) -> None:
        """Wants it."""

    wants.__annotations__["given"] = hint
    with pytest.raises(TypeError, match=r"wants: given: .*Enum, date, .*Decimal, UUID, data.*, TypedDict"):
        tool_of(wants)


def test_what_a_model_cannot_give_is_refused_at_once() -> None:
    def wants_any(*things: str) -> None:
        """Wants things."""

    def unknown(thing: Any) -> None:
        """Wants a thing."""

    def silent(thing: str) -> None: ...

    unknown.__annotations__["thing"] = "NotImported"
    for fn, why in ((wants_any, "things"), (unknown, "NotImported"), (silent, "silent has no docstring")):
        with pytest.raises(TypeError, match=why):
            tool_of(fn)
    with pytest.raises(TypeError, match="no name"):
        tool_of(lambda: 1, description="One.")
    with pytest.raises(TypeError, match="function"):
        tool_of(partial(silent, "x"), "x", "X.")


def test_every_type_that_the_refusal_names_has_a_schema() -> None:
    assert [schema_of(each) for each in (time, timedelta, tuple[int, str], set[int], str | int)]


def test_two_tools_of_one_name_are_refused() -> None:
    tools = Toolbox()
    tools.add(lambda: 1, name="a", description="One.")
    for name in ("a", "transfer_to_human"):
        with pytest.raises(TypeError, match=name):
            tools.add(lambda: 1, name=name, description="One.")


def test_a_tool_gets_its_arguments_and_its_call_and_gives_text() -> None:
    tools = Toolbox()

    def who(name: str, call: CallInfo) -> dict[str, str]:
        """Says who calls."""
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
    tools.add(lambda: value, name="give", description="Gives.")
    assert tools.run("give", {}, INFO) == text


def test_what_goes_wrong_is_told_to_the_model() -> None:
    tools = Toolbox()

    def divide(a: int, b: int) -> float:
        """Divides."""
        return a / b

    tools.add(divide)
    assert "ZeroDivisionError" in tools.run("divide", {"a": 1, "b": 0}, INFO)
    assert "not run" in tools.run("divide", {"a": 1}, INFO)
    assert "not run" in tools.run("divide", {"a": 1, "b": 2, "c": 3}, INFO)
    assert "no tool" in tools.run("nothing", {}, INFO)


def test_a_tool_that_exits_has_failed_like_any_other() -> None:
    tools = Toolbox()

    def leave() -> None:
        """Leaves."""
        raise SystemExit(3)

    async def leave_later() -> None:
        """Leaves later."""
        raise SystemExit(3)

    async def stay() -> str:
        """Stays."""
        return "here"

    for fn in (leave, leave_later, stay):
        tools.add(fn)
    assert "SystemExit" in tools.run("leave", {}, INFO)
    assert "SystemExit" in tools.run("leave_later", {}, INFO)
    assert tools.run("stay", {}, INFO) == "here"
    tools.coroutines.stop()


def test_tools_that_are_coroutines_share_one_loop_and_have_the_app_around_them() -> None:
    around: list[str] = []

    @contextmanager
    def context() -> Iterator[None]:
        around.append("in")
        yield
        around.append("out")

    tools = Toolbox(context)
    loops: list[asyncio.AbstractEventLoop] = []

    async def look_up(number: int, call: CallInfo) -> dict[str, object]:
        """Looks up."""
        loops.append(asyncio.get_running_loop())
        await asyncio.sleep(0)
        assert around[-1] == "in"
        return {"number": number, "caller": call.caller}

    tools.add(look_up)
    for _ in range(2):
        assert json.loads(tools.run("look_up", {"number": "7"}, INFO)) == {"number": 7, "caller": INFO.caller}
    assert loops[0] is loops[1]
    tools.coroutines.stop()


def test_a_coroutine_that_takes_too_long_is_cancelled() -> None:
    cancelled = threading.Event()
    tools = Toolbox()

    async def hang() -> None:
        """Hangs."""
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    tools.add(hang)
    assert "TimeoutError" in tools.run("hang", {}, INFO, 0.05)
    assert cancelled.wait(5)
    tools.coroutines.stop()


def test_the_log_of_a_failed_tool_names_exceptions_and_lines_and_no_words_of_the_caller(
    caplog: pytest.LogCaptureFixture,
) -> None:
    tools = Toolbox()

    def book(name: str) -> None:
        """Books a table."""
        try:
            {}[name]
        except KeyError as exc:
            raise ValueError(f"nobody called {name}") from exc

    tools.add(book)
    said = tools.run("book", {"name": "Ada Lovelace"}, INFO)
    (record,) = caplog.records
    assert record.levelname == "ERROR"
    assert "tool book failed in call c1: ValueError (" in caplog.text
    assert "test_tools.py:" in caplog.text
    assert "after KeyError (" in caplog.text
    for secret in ("Lovelace", INFO.caller):
        assert secret not in caplog.text
        assert secret not in said
    assert record.exc_info is None


def test_a_giant_answer_is_cut() -> None:
    tools = Toolbox()
    tools.add(lambda: "x" * 100_000, name="big", description="Gives much.")
    assert len(tools.run("big", {}, INFO)) == 8000


def test_the_app_is_around_every_run() -> None:
    seen: list[str] = []

    @contextmanager
    def context() -> Iterator[None]:
        seen.append("in")
        yield
        seen.append("out")

    tools = Toolbox(context)
    tools.add(lambda: seen.append("run"), name="run", description="Runs.")
    tools.run("run", {}, INFO)
    assert seen == ["in", "run", "out"]


def test_the_way_to_a_human_names_people_and_no_numbers() -> None:
    kim = Human("Kim", "+15550100002")
    _, who, shown = Toolbox().shown(available(Rules(humans=(SAM, kim)), 0.0))
    assert who["name"] == "who_is_available"
    assert shown["parameters"]["properties"]["target"]["enum"] == ["Sam", "Kim"]
    assert "orders and delivery" in shown["description"]
    assert "+1555" not in json.dumps(shown)
    jsonschema.Draft202012Validator.check_schema(shown["parameters"])


def test_with_nobody_to_ask_there_is_no_such_tool() -> None:
    assert [each["name"] for each in Toolbox().shown(Available())] == ["take_message"]


def test_a_message_can_be_taken_and_a_host_app_may_bring_its_own_way() -> None:
    (shown,) = Toolbox().shown(Available())
    jsonschema.Draft202012Validator.check_schema(shown["parameters"])

    def take_message(number: int) -> str:
        """Ours."""
        return str(number)

    tools = Toolbox()
    tools.add(take_message)
    assert "take_message" in tools
    assert [each["description"] for each in tools.shown(Available())] == ["Ours."]
