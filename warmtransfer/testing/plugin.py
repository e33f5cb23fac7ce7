"""The fixtures that pytest finds by itself. Nothing else of ours is loaded before one of them is used."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
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


@contextmanager
def said(fault: type[Exception], words: str = "") -> Iterator[None]:
    """Have a test that this happens to fail with a sentence alone: these words, or those of the fault."""
    why = ""
    try:
        yield
    except fault as exc:
        why = words or str(exc)
    if why:
        pytest.fail(why, pytrace=False)


def pytest_addoption(parser: pytest.Parser) -> None:
    """How fast calls go, in pytest's configuration."""
    about = "simulated seconds per second in calls of phone_network (default 4; less on a slow machine)"
    parser.addini(SPEED, about, default="4")


@pytest.fixture(scope="session")
def phone_network(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[PhoneNetwork]:
    """A phone network in a box with a speech model, for all tests: apps are made with its `environ`."""
    with said(ImportError):
        from warmtransfer.testing.network import PhoneNetwork
    network = PhoneNetwork(tmp_path_factory.mktemp("phones"), float(request.config.getini(SPEED)))
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

    with said(pytest.FixtureLookupError, NO_APP):
        app = request.getfixturevalue("app")
    with said(NotOurs):
        served = phone_network.serve(app)
    made = PhoneCall(phone_network, served)
    yield made
    made.end()
