"""The clinic phones itself; its own pages stay its own."""

from __future__ import annotations

import pytest
from flask import Flask

from examples.clinic import create_app
from warmtransfer.testing.call import PhoneCall
from warmtransfer.testing.network import PhoneNetwork


@pytest.fixture(scope="module")
def app(phone_network: PhoneNetwork) -> Flask:
    """The clinic, with the network's keys."""
    return create_app({**phone_network.environ, "CLINIC_PASSWORD": "camomile"})


def test_an_appointment_made_by_phone_stands_on_the_page_of_the_staff(call: PhoneCall, app: Flask) -> None:
    call.teach(r"when is the (?P<which>\w+) open", tool="opening_hours", department="{which}")
    call.teach(r"appointment on (?P<day>\w+)", tool="make_appointment", day="{day}")
    call.says("When is the pharmacy open?")
    call.expect_caller_hears("every day from nine until six")
    call.says("I need an appointment on Monday.")
    call.expect_caller_hears("You are expected on Monday")
    call.expect_promises()
    staff = app.test_client()
    assert staff.get("/admin").location == "/login"
    staff.post("/login", data={"password": "camomile"})
    assert staff.get("/admin").json == [{"caller": call.number, "day": "monday"}]


def test_a_caller_who_names_a_department_is_put_through_to_it(call: PhoneCall, app: Flask) -> None:
    staff = app.test_client()
    staff.post("/login", data={"password": "camomile"})
    assert staff.post("/counters/pharmacy", data={"staffed": "no"}).status_code == 204
    call.says("Please let me speak to someone in the pharmacy.")
    call.expect_caller_hears("Pharmacy is closed")
    call.says("Please let me speak to someone in radiology.")
    call.expect_tool("transfer_to_human", target="radiology")
    call.expect_human_hears("radiology", "A call for Radiology, from the Lakeside Clinic")
    call.expect_outcome("radiology", "accepted")
    call.expect_together("radiology")
    call.expect_promises()
