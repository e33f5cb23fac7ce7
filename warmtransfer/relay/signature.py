"""What a typed function takes, as a JSON schema, and whether given arguments are that: pydantic's part."""

from __future__ import annotations

import functools
import inspect
import operator
import types
import typing
from collections.abc import Callable, Mapping
from typing import Any, NotRequired

from pydantic import ConfigDict, Field, PydanticUserError, TypeAdapter, ValidationError
from pydantic.errors import PydanticSchemaGenerationError
from pydantic.json_schema import GenerateJsonSchema
from typing_extensions import TypedDict, is_typeddict

#: What a refusal names; pydantic describes more, and the tests hold it to these.
DESCRIBED = (
    "str, int, float, bool, list, dict, tuple, set, Optional and unions, Annotated, Literal, Enum, date, "
    "time, datetime, timedelta, Decimal, UUID, dataclasses, TypedDict and pydantic's models"
)
#: Faults that are told to the model at once.
TOLD = 5

_DEFINITION = "#/$defs/"
#: A model is often generous with quotes, and a caller has no infinity to speak of.
_CONFIG = ConfigDict(extra="forbid", coerce_numbers_to_str=True, allow_inf_nan=False)

_typed_dict: Any = TypedDict  # by name and fields; type checkers know only of literal ones


class WrongArguments(Exception):
    """The arguments are not what the function takes; the text says why, for the model alone."""


class Signature:
    """A function's parameters without those of the types `filled`, which the caller of the function fills in.

    Raises TypeError, which names the parameter that cannot be described.
    """

    def __init__(self, fn: Callable[..., Any], filled: type) -> None:
        name = getattr(fn, "__name__", type(fn).__name__)
        hints = _hints(fn, name)
        fields: dict[str, Any] = {}
        self.filled: list[str] = []
        for parameter in inspect.signature(fn).parameters.values():
            if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD, parameter.POSITIONAL_ONLY):
                raise TypeError(f"{name}: {parameter.name} cannot be described to a model: give it a name")
            hint = hints.get(parameter.name, str)
            if hint is filled or filled in typing.get_args(hint):
                self.filled.append(parameter.name)
                continue
            hint = _described(hint)
            try:
                schema_of(hint)
            except TypeError as exc:
                raise TypeError(f"{name}: {parameter.name}: {exc}") from exc
            fields[parameter.name] = hint if parameter.default is parameter.empty else NotRequired[hint]
        taken = _typed_dict(name, fields)
        taken.__pydantic_config__ = _CONFIG
        self._adapter: TypeAdapter[dict[str, Any]] = TypeAdapter(taken)
        self.schema: dict[str, Any] = {"required": [], **_schema(self._adapter)}

    def read(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """The arguments as the function's own types; raises WrongArguments, and what own validators raise."""
        try:
            return self._adapter.validate_python(dict(given))
        except ValidationError as exc:
            faults = exc.errors(include_url=False, include_context=False, include_input=False)
            raise WrongArguments("; ".join(_told(fault) for fault in faults[:TOLD])) from None


def schema_of(hint: Any) -> dict[str, Any]:
    """The JSON schema of a type; raises TypeError for one that a model cannot give."""
    try:
        adapter: TypeAdapter[Any] = TypeAdapter(hint, config=None if _has_own_config(hint) else _CONFIG)
        schema = _schema(adapter)
    except (PydanticUserError, PydanticSchemaGenerationError) as exc:
        why = str(exc).splitlines()[0].split(". ")[0].rstrip(".")
        raise TypeError(f"{hint!r} cannot be asked of a model ({why}). What can: {DESCRIBED}") from exc
    if _binary(schema):
        raise TypeError(f"{hint!r} cannot be asked of a model: it speaks text. What can: {DESCRIBED}")
    return schema


class _Plain(GenerateJsonSchema):
    """Without titles, which repeat the names."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def _schema(adapter: TypeAdapter[Any]) -> dict[str, Any]:
    schema = adapter.json_schema(schema_generator=_Plain)
    definitions = schema.pop("$defs", {})
    schema.pop("title", None)
    found: dict[str, Any] = _inlined(schema, definitions, ())
    return found


def _inlined(value: Any, definitions: Mapping[str, Any], inside: tuple[str, ...]) -> Any:
    """Without references, which not every model follows; raises TypeError for a type that holds itself."""
    if isinstance(value, list):
        return [_inlined(each, definitions, inside) for each in value]
    if not isinstance(value, dict):
        return value
    reference = value.get("$ref")
    if isinstance(reference, str) and reference.startswith(_DEFINITION):
        name = reference.removeprefix(_DEFINITION)
        if name in inside:
            raise TypeError(f"{name} refers to itself, and a model needs an end. What can: {DESCRIBED}")
        more = {key: each for key, each in value.items() if key != "$ref"}
        return {**_inlined(definitions[name], definitions, (*inside, name)), **more}
    return {key: _inlined(each, definitions, inside) for key, each in value.items()}


def _binary(schema: Any) -> bool:
    if isinstance(schema, dict):
        return schema.get("format") in ("binary", "base64url") or any(map(_binary, schema.values()))
    return isinstance(schema, list) and any(map(_binary, schema))


def _has_own_config(hint: Any) -> bool:
    """Whether pydantic refuses a configuration from outside: that of models, dataclasses and TypedDicts."""
    return isinstance(hint, type) and (
        hasattr(hint, "__pydantic_validator__") or hasattr(hint, "__dataclass_fields__") or is_typeddict(hint)
    )


def _hints(fn: Callable[..., Any], name: str) -> dict[str, Any]:
    if not inspect.isroutine(fn):
        raise TypeError(f"{name}: a tool is a function")
    try:
        return typing.get_type_hints(fn, include_extras=True)
    except (NameError, AttributeError) as exc:
        raise TypeError(f"{name}: an annotation cannot be read: {exc}") from exc


def _described(hint: Any) -> Any:
    """With the texts of `Annotated` as the description that pydantic knows."""
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.Annotated:
        told = " ".join(each for each in inner[1:] if isinstance(each, str))
        more = [each for each in inner[1:] if not isinstance(each, str)]
        if told:
            more.append(Field(description=told))
        return typing.Annotated[(_described(inner[0]), *more)]
    if origin in (typing.Union, types.UnionType):
        return functools.reduce(operator.or_, map(_described, inner))
    if origin in (list, set, dict, tuple) and inner:
        return origin[tuple(_described(each) for each in inner)]
    return _newer(hint) if is_typeddict(hint) else hint


def _newer(given: Any) -> Any:
    """A TypedDict of `typing` as one that pydantic reads: before Python 3.12 it lacks what is required."""
    if type(given).__module__ != "typing":
        return given
    hints = typing.get_type_hints(given, include_extras=True)
    fields = {
        name: _described(hint) if name in given.__required_keys__ else NotRequired[_described(hint)]
        for name, hint in hints.items()
    }
    return _typed_dict(given.__name__, fields)


def _told(fault: Any) -> str:
    where = ".".join(str(each) for each in fault["loc"])
    return f"{where}: {fault['msg']}" if where else str(fault["msg"])
