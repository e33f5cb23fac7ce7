"""The shop phones itself, by the fixtures of warmtransfer's pytest plugin; the README shows its beginning."""

from __future__ import annotations

import pytest
from flask import Flask

from examples.shop import create_app
from warmtransfer.testing.call import PhoneCall


@pytest.fixture(scope="module")
def app(phone_network):
    return create_app(phone_network.environ)


def test_a_caller_asks_for_an_order_and_reaches_kim(call):
    call.humans(sam="no-answer", kim="accepts")
    call.says("Where is my order four seven one one?")
    call.expect_tool("look_up_order", number=4711)
    call.says("I would like to speak to a person please.")
    call.expect_human_hears("kim", "A call for Kim, from the Corner Tea Shop")
    call.expect_outcome("kim", "accepted")
    call.expect_promises()


def test_a_caller_whom_nobody_could_take_is_to_be_called_back(call: PhoneCall, app: Flask) -> None:
    call.humans(sam="busy", kim="declines")
    call.says("Can I talk to a human?")
    call.expect_outcome("kim", "declined")
    call.hangs_up()
    call.expect_promises()
    assert app.test_client().get("/callbacks").json[-1]["caller"] == call.number
