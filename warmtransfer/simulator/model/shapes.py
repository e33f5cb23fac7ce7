"""Closed shapes for JSON: what a client may send, and the error the real server gives for anything else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol


class Refused(Exception):
    """A client event the server does not take; carries the fields of the `error` event."""

    def __init__(
        self, code: str | None, message: str, param: str | None = None, kind: str = "invalid_request_error"
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.param = param
        self.kind = kind


class Shape(Protocol):
    """Something a JSON value can be held against."""

    def check(self, value: object, path: str) -> None:
        """Raise Refused when the value, found at `path`, does not fit."""


#: The server's words for the JSON types.
NAMES: dict[type, str] = {
    str: "a string",
    int: "an integer",
    float: "a decimal number",
    list: "an array",
    dict: "an object",
}


def english(value: object) -> str:
    """The server's words for a JSON type."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a boolean"
    return NAMES[type(value)]


def wrong_type(path: str, expected: str, value: object) -> Refused:
    """The error for a value of another JSON type."""
    message = f"Invalid type for '{path}': expected {expected}, but got {english(value)} instead."
    return Refused("invalid_type", message, path)


def wrong_value(path: str, value: object, allowed: tuple[str, ...]) -> Refused:
    """The error for a value outside a closed list."""
    quoted = [f"'{name}'" for name in allowed]
    listed = quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])}, and {quoted[-1]}"
    return Refused("invalid_value", f"Invalid value: '{value}'. Supported values are: {listed}.", path)


def too_long(path: str, noun: str, longest: int, length: int) -> Refused:
    """The error for a string or an array above its maximum length."""
    text = f"{noun} too long. Expected maximum length {longest}, but got length {length} instead."
    return Refused(f"{noun}_above_max_length", f"Invalid '{path}': {text}", path)


def within(path: str, value: float, low: float | None, high: float | None, noun: str) -> None:
    """Refuse a number outside its limits, in the words of the server."""
    if low is not None and value < low:
        text = f"{noun} below minimum value. Expected a value >= {low}, but got {value} instead."
        raise Refused(f"{noun}_below_min_value", f"Invalid '{path}': {text}", path)
    if high is not None and value > high:
        text = f"{noun} above maximum value. Expected a value <= {high}, but got {value} instead."
        raise Refused(f"{noun}_above_max_value", f"Invalid '{path}': {text}", path)


@dataclass(frozen=True)
class Text:
    """Any string, up to a length."""

    longest: int | None = None

    def check(self, value: object, path: str) -> None:
        if not isinstance(value, str):
            raise wrong_type(path, "a string", value)
        if self.longest is not None and len(value) > self.longest:
            raise too_long(path, "string", self.longest, len(value))


@dataclass(frozen=True)
class Flag:
    """true or false."""

    def check(self, value: object, path: str) -> None:
        if not isinstance(value, bool):
            raise wrong_type(path, "a boolean", value)


@dataclass(frozen=True)
class Whole:
    """An integer within limits; 1.0 and true are not integers."""

    low: int | None = None
    high: int | None = None

    def check(self, value: object, path: str) -> None:
        if isinstance(value, bool) or not isinstance(value, int):
            raise wrong_type(path, "an integer", value)
        within(path, value, self.low, self.high, "integer")


@dataclass(frozen=True)
class Decimal:
    """Any number within limits."""

    low: float | None = None
    high: float | None = None

    def check(self, value: object, path: str) -> None:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise wrong_type(path, "a decimal number", value)
        within(path, value, self.low, self.high, "decimal")


class One:
    """One string (or number) of a closed list."""

    def __init__(self, *allowed: str | int) -> None:
        self.allowed = allowed

    def check(self, value: object, path: str) -> None:
        if not any(value == option and type(value) is type(option) for option in self.allowed):
            raise wrong_value(path, value, tuple(str(option) for option in self.allowed))


@dataclass(frozen=True)
class Nullable:
    """null, or the shape inside."""

    inner: Shape

    def check(self, value: object, path: str) -> None:
        if value is not None:
            self.inner.check(value, path)


@dataclass(frozen=True)
class Many:
    """An array whose every element has one shape."""

    inner: Shape
    longest: int | None = None

    def check(self, value: object, path: str) -> None:
        if not isinstance(value, list):
            raise wrong_type(path, "an array", value)
        if self.longest is not None and len(value) > self.longest:
            raise too_long(path, "array", self.longest, len(value))
        for place, element in enumerate(value):
            self.inner.check(element, f"{path}[{place}]")


@dataclass(frozen=True)
class Open:
    """An object with any keys; each value has the shape inside, when there is one."""

    inner: Shape | None = None

    def check(self, value: object, path: str) -> None:
        if not isinstance(value, dict):
            raise wrong_type(path, "an object", value)
        if self.inner is not None:
            for key, element in value.items():
                self.inner.check(element, f"{path}.{key}")


@dataclass(frozen=True)
class Closed:
    """An object with exactly these keys; a name ending in `!` is required."""

    fields: Mapping[str, Shape]
    known: dict[str, Shape] = field(init=False, repr=False)
    required: tuple[str, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "known", {name.rstrip("!"): shape for name, shape in self.fields.items()})
        object.__setattr__(self, "required", tuple(name[:-1] for name in self.fields if name.endswith("!")))

    def check(self, value: object, path: str) -> None:
        if not isinstance(value, dict):
            raise wrong_type(path, "an object", value)
        under = f"{path}." if path else ""
        for name in self.required:
            if name not in value:
                where = under + name
                raise Refused("missing_required_parameter", f"Missing required parameter: '{where}'.", where)
        for name, element in value.items():
            if name not in self.known:
                where = under + name
                raise Refused("unknown_parameter", f"Unknown parameter: '{where}'.", where)
            self.known[name].check(element, under + name)


@dataclass(frozen=True)
class Tagged:
    """An object whose field `tag` names which shape it has."""

    tag: str
    variants: Mapping[str, Shape]

    def check(self, value: object, path: str) -> None:
        if not isinstance(value, dict):
            raise wrong_type(path, "an object", value)
        where = f"{path}.{self.tag}" if path else self.tag
        if self.tag not in value:
            raise Refused("missing_required_parameter", f"Missing required parameter: '{where}'.", where)
        name = value[self.tag]
        if not isinstance(name, str):
            raise wrong_type(where, "a string", name)
        if name not in self.variants:
            raise wrong_value(where, name, tuple(self.variants))
        self.variants[name].check(value, path)


class Either:
    """Several shapes told apart by the JSON type of the value: string, number, object or array."""

    def __init__(
        self, *, string: Shape | None = None, number: Shape | None = None, mapping: Shape | None = None,
        array: Shape | None = None,
    ) -> None:  # fmt: skip
        self.by_type: dict[type, Shape] = {
            kind: shape
            for kind, shape in ((str, string), (int, number), (dict, mapping), (list, array))
            if shape is not None
        }

    def check(self, value: object, path: str) -> None:
        shape = self.by_type.get(type(value))
        if shape is None:
            raise wrong_type(path, "one of " + " or ".join(NAMES[kind] for kind in self.by_type), value)
        shape.check(value, path)


class Anything:
    """Any JSON value."""

    def check(self, value: object, path: str) -> None:
        """Nothing is refused."""
