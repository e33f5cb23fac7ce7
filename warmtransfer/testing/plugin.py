"""The fixtures that pytest finds by itself. Nothing else of ours is loaded before one of them is used."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TypeVar

import pytest

if TYPE_CHECKING:
    from warmtransfer.testing.call import PhoneCall
    from warmtransfer.testing.network import PhoneNetwork

T = TypeVar("T")

SPEED = "phone_network_speed"
NO_APP = (
    "The fixture `call` phones the Flask app that your fixture `app` returns; there is none. Write one that "
    "asks for `phone_network` and makes the app with the keys in `phone_network.environ`."
)


def said(fault: type[Exception], work: Callable[[], T], words: str = "") -> T:
    """What is made; a fault of this kind fails the test with a sentence alone: these words, or its own."""
    try:
        return work()
    except fault as exc:
        why = words or str(exc)
    pytest.fail(why, pytrace=False)  # here, where nothing is handled: it would be printed as well


def _network() -> type[PhoneNetwork]:
    from warmtransfer.testing.network import PhoneNetwork

    return PhoneNetwork


def pytest_addoption(parser: pytest.Parser) -> None:
    """How fast calls go, in pytest's configuration."""
    about = "simulated seconds per second in calls of phone_network (default 4; less on a slow machine)"
    parser.addini(SPEED, about, default="4")


@pytest.fixture(scope="session")
def phone_network(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[PhoneNetwork]:
    """A phone network in a box with a speech model, for all tests: apps are made with its `environ`."""
    made = said(ImportError, _network)
    network = made(tmp_path_factory.mktemp("phones"), float(request.config.getini(SPEED)))
    try:
        network.start()
        yield network
    finally:
        network.stop()


@pytest.fixture
def call(request: pytest.FixtureRequest, phone_network: PhoneNetwork) -> Iterator[PhoneCall]:
    """Somebody who phones the Flask app that the fixture `app` returns, and hangs up at the test's end."""
    from warmtransfer.testing.call import PhoneCall
    from warmtransfer.testing.serving import NotOurs

    app = said(pytest.FixtureLookupError, lambda: request.getfixturevalue("app"), NO_APP)
    served = said(NotOurs, lambda: phone_network.serve(app))
    made = PhoneCall(phone_network, served)
    yield made
    made.end()
