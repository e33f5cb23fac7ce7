"""Orders: each says its lane, what it needs, what it is about, and can be read back."""

from __future__ import annotations

import pytest

from warmtransfer.core import orders as do
from warmtransfer.core.relayorders import RelayOrder
from warmtransfer.core.table import TABLE

#: What several orders have in common; not orders themselves.
BASES = {do.Order, do.AIOrder, do.HumanOrder, do.CallerOrder, RelayOrder}
ORDERS = sorted(set(do.BY_NAME.values()) - BASES, key=lambda kind: kind.__name__)


@pytest.mark.parametrize("kind", ORDERS)
def test_every_order_says_its_own_lane(kind: type[do.Order]) -> None:
    assert isinstance(vars(kind).get("lane"), do.Lane), f"{kind.__name__} inherits its lane, or has none"


def test_every_order_is_given_somewhere_and_nothing_else_is() -> None:
    given = {type(order) for rows in TABLE.values() for _, orders in rows.values() for order in orders}
    assert given == set(ORDERS)


def test_orders_to_our_own_relay_are_listed_and_local() -> None:
    local = {kind for kind in ORDERS if kind().local}
    assert local == set(do.Local.__args__) == {kind for kind in ORDERS if issubclass(kind, RelayOrder)}
