"""The twelve lines, phoned: an app that reads the environment when it is imported."""

from __future__ import annotations

import pytest
from flask import Flask

from warmtransfer.testing.call import PhoneCall
from warmtransfer.testing.network import PhoneNetwork


@pytest.fixture(scope="module")
def app(phone_network: PhoneNetwork) -> Flask:
    """The app, imported with the network's keys in the environment."""
    with phone_network.environment():
        from examples import plain

    return plain.app


def test_the_telephone_is_answered_and_a_person_can_be_had(call: PhoneCall) -> None:
    call.expect_caller_hears("I am the AI assistant of the Corner Bakery")
    call.says("Can I talk to a human?")
    call.expect_together("sam")
    call.expect_promises()
