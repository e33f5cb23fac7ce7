"""The model knows who can be reached, also when that changes during the call; nobody else is rung."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from tests.relay.ends import LIMIT, SAM, Ends, Session, calling, ends, until
from tests.relay.test_relay_handoff import WISH, notes, outputs
from warmtransfer.core.call import Stage
from warmtransfer.core.hours import Hours, Span
from warmtransfer.core.rules import Human
from warmtransfer.errors import UnknownTarget
from warmtransfer.relay.relay import TICK
from warmtransfer.relay.tools import Toolbox

KIM = Human("Kim", "+15550100002", "repairs")
MONDAY = datetime(2026, 12, 7, tzinfo=UTC).timestamp()
LATE = Human("Kim", "+15550100002", hours=Hours(ZoneInfo("UTC"), (Span(0, 9 * 60, 17 * 60),)))


def transfer(update: dict[str, Any]) -> dict[str, Any]:
    """The way to a human, as a session was told it."""
    found: dict[str, Any] = next(
        tool for tool in update["session"]["tools"] if tool["name"] == "transfer_to_human"
    )
    return found


def updates(session: Session) -> list[dict[str, Any]]:
    """What the session has been set up with, one after the other."""
    return [each for each in list(session.got) if each["type"] == "session.update"]


def lists(both: Ends, *humans: Human) -> None:
    """These can be reached from now on."""
    both.loop.soon(both.people.change, *humans)


def test_who_comes_and_goes_during_the_call_is_told_without_a_word_to_the_caller() -> None:
    with ends() as both:
        _, session = both.up()
        first = transfer(updates(session)[0])
        assert first["parameters"]["properties"]["target"]["enum"] == ["Sam"]
        lists(both, SAM, KIM)
        second = until(lambda: updates(session)[1:])[0]
        assert set(second["session"]) == {"type", "tools"}, "the rest stays as it is"
        assert transfer(second)["description"].endswith("Targets: Sam: orders; Kim: repairs")
        assert [note for note in notes(session) if "Kim" in note] == []


def test_a_list_that_comes_to_the_same_is_not_told_again() -> None:
    with ends() as both:
        _, session = both.up()
        lists(both, SAM)
        lists(both, SAM, KIM)
        until(lambda: updates(session)[1:])
        assert len(updates(session)) == 2


def test_an_hour_that_passes_during_the_call_is_told_to_the_model() -> None:
    with ends() as both:
        both.people.at = MONDAY + 8 * 3600
        both.people.change(SAM, LATE)
        _, session = both.up()
        told = transfer(updates(session)[0])
        assert told["description"].endswith("Cannot be reached now: Kim is there again at 9:00 UTC.")
        assert told["parameters"]["properties"]["target"]["enum"] == ["Sam", "Kim"]
        both.people.at += 3601.0
        second = until(lambda: updates(session)[1:])[0]
        assert transfer(second)["description"].endswith("Targets: Sam: orders; Kim")
        assert until(lambda: [note for note in notes(session) if "has changed" in note]) == [
            "Who can be reached has changed. Can be reached now: Sam: orders; Kim."
        ]


def test_who_is_available_says_who_and_why_not() -> None:
    tools = Toolbox()
    tools.who = lambda: "Can be reached now: Sam."
    with ends(tools=tools) as both:
        _, session = both.up()
        session.begin("r1")
        session.end("r1", output=[session.call("who_is_available", {})])
        assert until(lambda: outputs(session)) == ["Can be reached now: Sam."]


def test_a_host_app_may_bring_its_own_who_is_available() -> None:
    tools = Toolbox()
    tools.add(lambda: "Ours.", name="who_is_available", description="Ours.")
    with ends(tools=tools) as both:
        _, session = both.up()
        names = [tool["name"] for tool in updates(session)[0]["session"]["tools"]]
        assert names.count("who_is_available") == 1
        session.begin("r1")
        session.end("r1", output=[session.call("who_is_available", {})])
        assert until(lambda: outputs(session)) == ["Ours."]


def test_a_target_that_nobody_bears_is_answered_with_the_list() -> None:
    with ends() as both:
        _, session = both.up()

        def refuse() -> None:
            raise UnknownTarget(("billing", "Sam"))

        both.desk.on_ask = refuse
        session.begin("r1")
        session.end("r1", output=[session.call("transfer_to_human", {**WISH, "target": "Bob"})])
        [told] = until(lambda: outputs(session))
        assert told.startswith(
            "Nobody was called: the target is none of billing, Sam. Call it again with one"
        )
        assert session.wait("response.create"), "the model goes on by itself"


def test_who_is_rung_for_the_caller_is_not_called_busy_meanwhile() -> None:
    with ends() as both:
        _, session = both.up()
        both.switchboard.follow(calling(Stage.RINGING))
        lists(both, replace(SAM, away=True), KIM)
        looked = threading.Event()
        both.loop.later(3 * TICK, looked.set)
        assert looked.wait(LIMIT)
        assert len(updates(session)) == 1
        both.switchboard.follow(calling(Stage.AI))
        assert "Sam is away." in transfer(until(lambda: updates(session)[1:])[0])["description"]
