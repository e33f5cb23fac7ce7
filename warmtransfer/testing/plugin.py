"""The fixtures that pytest finds by itself. Nothing else of ours is loaded before one of them is used."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from warmtransfer.testing.call import PhoneCall
    from warmtransfer.testing.network import PhoneNetwork

SPEED = "phone_network_speed"
NO_APP = (
    "The fixture `call` phones the Flask app that your fixture `app` returns; there is none. Write one that "
    "asks for `phone_network` and makes the app with the keys in `phone_network.environ`."
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """How fast calls go, in pytest's configuration."""
    about = "simulated seconds per second in calls of phone_network (default 4; less on a slow machine)"
    parser.addini(SPEED, about, default="4")


@pytest.fixture(scope="session")
def phone_network(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[PhoneNetwork]:
    """A phone network in a box with a speech model, for all tests: apps are made with its `environ`."""
    try:
        from warmtransfer.testing.network import PhoneNetwork
    except ImportError as fault:
        pytest.fail(str(fault), pytrace=False)
    network = PhoneNetwork(tmp_path_factory.mktemp("phones"), float(request.config.getini(SPEED)))
    try:
        network.start()
        yield network
    finally:
        network.stop()


@pytest.fixture
def call(request: pytest.FixtureRequest, phone_network: PhoneNetwork) -> Iterator[PhoneCall]:
    """Somebody who phones the Flask app that the fixture `app` returns, and hangs up at the test's end."""
    try:
        app = request.getfixturevalue("app")
    except pytest.FixtureLookupError:
        pytest.fail(NO_APP, pytrace=False)
    from warmtransfer.testing.call import PhoneCall
    from warmtransfer.testing.serving import NotOurs

    try:
        served = phone_network.serve(app)
    except NotOurs as fault:
        pytest.fail(str(fault), pytrace=False)
    made = PhoneCall(phone_network, served)
    yield made
    made.end()
