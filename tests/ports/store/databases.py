"""Databases as the store's tests need them: looked into past the store, filled, refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, NullPool, create_engine

from warmtransfer.core.call import Call
from warmtransfer.errors import ConfigError
from warmtransfer.ports.store import revisions
from warmtransfer.ports.store.store import Decision, Store

FILES = Path(revisions.__path__[0])


def creating(call_id: str, **fields: Any) -> Callable[[Call | None], Decision]:
    """A decision that creates a call with these fields, whatever there was."""
    return lambda _call: Decision(Call(id=call_id), None, Call(id=call_id, **fields), ())


def steps() -> list[str]:
    """The versions that a database goes through, first to last: one file each."""
    return sorted(path.name[1:5] for path in FILES.glob("r[0-9]*.py"))


@contextmanager
def database(url: str) -> Iterator[Connection]:
    """A connection of the test's own, in one transaction."""
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"), poolclass=NullPool)
    with engine.begin() as connection:
        yield connection


def create(store: Store, call_id: str, **fields: Any) -> Call:
    """Have this call stored."""
    saved = store.decide(call_id, creating(call_id, **fields), 20.0)  # other tests may keep the disk busy
    assert saved is not None
    return saved.call


def fault(url: str, open_store: Callable[..., Store]) -> str:
    with pytest.raises(ConfigError) as caught:
        open_store(url).open()
    [one] = caught.value.faults
    assert one.startswith("DATABASE_URL: ")
    return one
