"""Who has to go when too many connections say nothing."""

from __future__ import annotations

import resource
from collections.abc import Iterator

import pytest

from warmtransfer.doorkeeper import RESERVED, Doorkeeper, Limits, fitting


class Visitor:
    """A connection that notes its end."""

    def __init__(self, client: str = "a", *, trusted: bool = False) -> None:
        self.client = client
        self.trusted = trusted
        self.gone = False

    def cut(self) -> None:
        """Note it."""
        self.gone = True


def waiting(keeper: Doorkeeper, *visitors: Visitor, seconds: float = 60.0) -> tuple[Visitor, ...]:
    """These, silent in this order."""
    for each in visitors:
        keeper.silent(each, seconds)
    return visitors


def test_whose_time_is_over_is_closed_and_nobody_else() -> None:
    keeper = Doorkeeper(Limits())
    (late,) = waiting(keeper, Visitor(), seconds=-1.0)
    (early,) = waiting(keeper, Visitor())
    (heard,) = waiting(keeper, Visitor(), seconds=-1.0)
    keeper.heard(heard)
    keeper.look()
    assert (late.gone, early.gone, heard.gone) == (True, False, False)


def test_an_address_with_too_many_loses_its_oldest_and_others_none() -> None:
    keeper = Doorkeeper(Limits(client=2))
    other = waiting(keeper, Visitor("b"))
    first, second, third = waiting(keeper, Visitor(), Visitor(), Visitor())
    assert (first.gone, second.gone, third.gone, other[0].gone) == (True, False, False, False)


def test_when_all_room_is_taken_the_address_that_has_most_makes_room() -> None:
    keeper = Doorkeeper(Limits(silent=4, client=100))
    (lonely,) = waiting(keeper, Visitor("b"))
    crowd = waiting(keeper, *(Visitor("a") for _ in range(3)))
    waiting(keeper, Visitor("c"))
    assert (lonely.gone, [each.gone for each in crowd]) == (False, [True, False, False])


def test_twilios_connections_go_last_and_are_not_counted_against_their_address() -> None:
    keeper = Doorkeeper(Limits(silent=5, client=2))
    (first,) = waiting(keeper, Visitor("b"))
    known = waiting(keeper, *(Visitor("a", trusted=True) for _ in range(4)))
    assert not any(each.gone for each in (first, *known))
    waiting(keeper, Visitor("c"))
    assert first.gone
    assert not any(each.gone for each in known)


def test_a_newcomer_is_never_the_one_to_go() -> None:
    keeper = Doorkeeper(Limits(silent=3, client=1))
    known = waiting(keeper, *(Visitor("a", trusted=True) for _ in range(3)))
    first, second = waiting(keeper, Visitor("b"), Visitor("c"))
    assert [each.gone for each in known] == [True, False, False]
    assert (first.gone, second.gone) == (True, False)


def test_a_connection_that_speaks_in_between_starts_its_silence_anew() -> None:
    keeper = Doorkeeper(Limits(client=2))
    first, second = waiting(keeper, Visitor(), Visitor())
    keeper.heard(first)
    keeper.silent(first, 60.0)
    waiting(keeper, Visitor())
    assert (first.gone, second.gone) == (False, True)


@pytest.fixture
def files() -> Iterator[None]:
    """The limit of open files as it was, afterwards."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


@pytest.mark.usefixtures("files")
def test_a_process_with_few_files_takes_fewer_connections_than_it_has_files(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _: (1024, 1024))
    monkeypatch.setattr(resource, "setrlimit", lambda *_: None)
    found = fitting()
    assert found.most == 1024 - RESERVED
    assert found.silent <= found.most // 2
    assert found.client <= found.most // 4
