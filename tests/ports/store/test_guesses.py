"""Wrong passwords in SQLite and PostgreSQL: counted for all, forgotten when they do not count any more."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import func, select

from warmtransfer.ports.store.guesses import Guesses
from warmtransfer.ports.store.owner import Owner
from warmtransfer.ports.store.store import Store
from warmtransfer.ports.store.tables import guess

ONE, TWO = Owner("AC1", "+15550100000"), Owner("AC1", "+15550100001")


class Hand:
    """Guesses of three a minute, by a clock that is told the time."""

    def __init__(self, store: Store) -> None:
        self.now = 1000.0
        self.guesses = Guesses(store, 3, 60.0, lambda: self.now)

    def wrong(self, seal: str, times: int) -> Hand:
        """So many wrong passwords."""
        for _ in range(times):
            self.guesses.note(seal)
        return self


def test_so_many_wrong_passwords_make_this_address_wait_and_no_other(store: Store) -> None:
    hand = Hand(store).wrong("eve", 2)
    assert hand.guesses.wait("eve") == 0
    hand.now += 20
    hand.wrong("eve", 1)
    assert (hand.guesses.wait("eve"), hand.guesses.wait("anna")) == (40, 0)
    hand.now += 40
    assert hand.guesses.wait("eve") == 0


def test_a_minute_later_they_do_not_count_and_are_not_kept(store: Store) -> None:
    hand = Hand(store).wrong("eve", 3).wrong("mallory", 1)
    hand.now += 60
    hand.wrong("eve", 1)
    assert hand.guesses.wait("eve") == 0
    assert store.ask(select(func.count()).select_from(guess))[0][0] == 1


def test_every_owner_has_their_own(url: str, open_store: Callable[..., Store]) -> None:
    one, two = (Hand(open_store(url, owner=owner)) for owner in (ONE, TWO))
    one.wrong("eve", 3)
    two.wrong("eve", 1)
    assert (one.guesses.wait("eve"), two.guesses.wait("eve")) == (60, 0)
