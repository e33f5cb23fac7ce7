"""Whole calls for which somebody is there, or is not: hours, departments, a list that changes, and an app."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from warmtransfer import WarmTransfer
from warmtransfer.testing.call import PhoneCall
from warmtransfer.testing.network import PhoneNetwork

SAM: dict[str, Any] = {"name": "sam", "number": "+15550100001", "department": "billing", "ring": 10}
KIM: dict[str, Any] = {"name": "kim", "number": "+15550100002", "department": "support", "ring": 10}
#: What is no telephone: an app of the account's, and any telephone system's.
ADDRESSES = ("client:kim", "sip:kim@pbx.example.com")
#: Who may be dialled, as the host app's function tells it: each story its own.
TEAM: list[dict[str, Any]] = []


def in_days(days: int) -> str:
    """The day of the week so many days from now."""
    return f"{datetime.now(UTC) + timedelta(days=days):%A}"


def closed(**who: Any) -> dict[str, Any]:
    """They are there in three days."""
    return {**who, "hours": f"{in_days(3)} 9:00-17:00", "time_zone": "UTC"}


@pytest.fixture(scope="module")
def app(phone_network: PhoneNetwork) -> Flask:
    """An app that asks its own list."""
    app = Flask("host")
    app.config.update(phone_network.environ)
    app.config.pop("WARMTRANSFER_HUMANS")
    WarmTransfer(app, humans=lambda: list(TEAM))
    return app


@pytest.fixture(autouse=True)
def team() -> Iterator[None]:
    """Both are there, unless a story says otherwise."""
    TEAM[:] = [SAM, KIM]
    yield
    TEAM.clear()


def dialled(call: PhoneCall) -> list[str]:
    """Whom the app has dialled, in order."""
    legs = (row for row in call.rows() if row["kind"] == "leg" and row["event"] == "dialled")
    return [row["to"] for row in legs if row["to"] in (SAM["number"], KIM["number"], *ADDRESSES)]


def test_out_of_hours_nobody_is_rung_and_the_caller_hears_when_somebody_is_there(
    team: None, request: pytest.FixtureRequest
) -> None:
    TEAM[:] = [closed(**SAM), closed(**KIM)]
    call: PhoneCall = request.getfixturevalue("call")
    call.says("Can I speak to someone about my invoice?")
    call.expect_caller_hears(f"opens on {in_days(3)} at 9:00 UTC")
    call.expect_caller_hears("take a message")
    assert dialled(call) == []
    call.expect_promises()


def test_a_department_that_is_asked_for_is_rung_and_no_other(call: PhoneCall) -> None:
    call.humans(kim="no-answer")
    call.says("Please let me speak to someone in support.")
    call.expect_tool("transfer_to_human", target="support")
    call.expect_outcome("kim", "no_answer")
    call.expect_caller_hears("Kim did not answer")
    assert dialled(call) == [KIM["number"]], "sam is in another department"
    call.expect_promises()


def test_hours_that_end_during_the_call_end_it_for_the_next_wish(call: PhoneCall) -> None:
    call.says("What is your address?")
    call.expect_caller_hears("Harbour Street")
    TEAM[:] = [closed(**SAM), KIM]
    call.says("Could you put me through to billing?")
    call.expect_tool("transfer_to_human", target="billing")
    call.expect_caller_hears(f"Billing opens on {in_days(3)} at 9:00 UTC")
    assert dialled(call) == []
    call.expect_promises()


def test_a_list_that_changes_between_two_handoffs_counts_as_it_is_at_each(call: PhoneCall) -> None:
    TEAM[:] = [SAM]
    call.humans(sam="busy")
    call.says("I would like to speak to a person please.")
    call.expect_outcome("sam", "busy")
    call.expect_caller_hears("Sam is on another call")
    TEAM[:] = [KIM]
    call.humans()
    call.says("Can I talk to someone please?")
    call.expect_outcome("kim", "accepted")
    call.expect_together("kim")
    assert dialled(call) == [SAM["number"], KIM["number"]]


def test_who_has_several_numbers_is_rung_at_the_next_before_anybody_else_is(call: PhoneCall) -> None:
    TEAM[:] = [{**KIM, "number": [KIM["number"], ADDRESSES[0]]}, SAM]
    call.humans(kim=["busy", "accepts"])
    call.says("I would like to speak to a person please.")
    call.expect_outcome("kim", "busy")
    call.expect_caller_hears("Kim is being called at another number")
    call.expect_outcome("kim", "accepted")
    call.expect_together("kim")
    assert dialled(call) == [KIM["number"], ADDRESSES[0]]
    call.expect_promises()


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_human_is_reached_where_there_is_no_telephone(call: PhoneCall, address: str) -> None:
    TEAM[:] = [{**KIM, "number": address}]
    call.humans()
    call.says("I would like to speak to a person please.")
    call.expect_human_hears("kim", "A call for Kim")
    call.expect_outcome("kim", "accepted")
    call.expect_together("kim")
    assert dialled(call) == [address]
    call.expect_promises()
