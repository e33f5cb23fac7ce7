"""Faults: written one way wherever they strike, and refused when they could never strike."""

from __future__ import annotations

import asyncio
import re

import pytest

from tests.simulator.app import world
from warmtransfer.simulator.model import faults as model
from warmtransfer.simulator.network.aims import SUBJECTS, can_match
from warmtransfer.simulator.network.laws import Fault, LawError, Laws
from warmtransfer.simulator.rest import render
from warmtransfer.simulator.rest.asks import VOICE
from warmtransfer.simulator.rest.front import Rest


@pytest.mark.parametrize(
    "match",
    [
        "", "POST Calls", "POST Participants", "Participants", "DELETE Conferences Participants/ai-1",
        "POST Conferences wt-abc Participants", "GET Calls/CA12", "DELETE ai-1", "POST Participants/caller",
        "Conferences/room/Participants", "GET", "IncomingPhone",
    ],
)  # fmt: skip
def test_a_match_that_some_request_has_is_taken(match: str) -> None:
    assert can_match("rest", match)
    assert Fault.parse(f"rest=500;match={match}").match == match


@pytest.mark.parametrize(
    "match",
    [
        "post Calls", "DELETE Balance", "Participants POST", "POST Cals", "PUT Calls", "POST Calls.json",
        "Calls Conferences", "GET Participants Calls",
    ],
)  # fmt: skip
def test_a_match_that_no_request_can_have_is_refused_with_what_it_takes(match: str) -> None:
    with pytest.raises(LawError, match="can never match"):
        Fault.parse(f"rest=500;match={match}")


def test_a_match_of_streams_is_part_of_a_url() -> None:
    assert can_match("stream", "wss:// /media ?call=7")
    assert not can_match("stream", "POST /media")
    assert not can_match("stream", "/med<ia")


def test_a_match_of_rooms_is_part_of_a_label() -> None:
    assert can_match("room", "human -1")
    assert not can_match("room", "POST human")
    assert not can_match("room", "hu<man")


def test_the_subjects_are_those_of_the_routes() -> None:
    """A route that is added is a subject that a fault may aim at."""

    async def story() -> set[str]:
        async with world() as net:
            routes = Rest(net.network).routes()
        top = f"{render.API}/{{account}}"
        short = [r.path.removeprefix(top).removeprefix(VOICE) for r in routes]
        paths = [(r.method, path.removeprefix("/2010-04-01")) for r, path in zip(routes, short, strict=True)
                 if r.method != "*"]  # fmt: skip
        return {
            f"{method} {path.strip('/').removesuffix('.json')}".strip()
            for method, path in paths
            if "Recordings" not in path or path.endswith(".json")  # their sound is no resource
        }

    def plain(subject: str) -> str:
        return re.sub(r"{\w+}", "{}", subject)

    assert {plain(s) for s in asyncio.run(story())} == {plain(s) for s in SUBJECTS}


def test_times_means_the_same_to_every_fault() -> None:
    """Once by default, N times, and every time for 0, on the wire as in the model; less is refused."""
    for times, strikes in (("", 1), (";times=1", 1), (";times=2", 2), (";times=0", 4)):
        laws = Laws()
        laws.put_faults([f"rest=500{times}"])
        assert sum(laws.fault("rest", "GET Calls") is not None for _ in range(4)) == strikes
        theirs = model.Faults([model.parsed(f"model=stall:1{times}")])
        assert sum(len(theirs.take("reply")) for _ in range(4)) == strikes
    for times in ("-1", "x", "1.5", ""):
        with pytest.raises(LawError, match="0 is every time"):
            Fault.parse(f"rest=500;times={times}")
        with pytest.raises(ValueError, match="0 is every time"):
            model.parsed(f"model=stall:1;times={times}")


@pytest.mark.parametrize(
    "text", ["rest", "=500", "rest=", "rest=500;often=2", "stall=5", "rest=slow:soon", ""]
)
def test_a_fault_that_is_written_otherwise_is_refused_everywhere(text: str) -> None:
    with pytest.raises(LawError):
        Fault.parse(text)
    with pytest.raises(ValueError, match="fault"):
        model.parsed(text)
