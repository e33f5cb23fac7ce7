"""The carrier's port, and an API that answers as it is told."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import responses

from tests.ports.carrier.asking import AC
from warmtransfer.ports.carrier.rest import Account, Carrier


@pytest.fixture
def carrier() -> Carrier:
    return Carrier(Account(AC, "token"))


@pytest.fixture
def api() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock
