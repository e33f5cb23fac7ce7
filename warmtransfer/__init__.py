"""An AI answers the phone, and hands the caller to a person without ever dropping them."""

import ast as _ast
from importlib import import_module as _import_module
from pkgutil import get_data as _get_data

__version__ = "0.1.0"


def _homes() -> dict[str, str]:
    """The module of each public name, as the stub beside this file has it."""
    tree = _ast.parse(_get_data(__name__, "__init__.pyi") or b"")
    return {
        alias.name: node.module or ""
        for node in tree.body
        if isinstance(node, _ast.ImportFrom)
        for alias in node.names
    }


# Loaded when asked for: the simulator lives in this package and needs none of them.
_HOMES = _homes()
__all__ = sorted(_HOMES)


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(_import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
