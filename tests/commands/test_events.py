"""`flask warmtransfer events`: how events stand, and having them sent again; on an app with a receiver."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.commands.parts import invoked, run, talked
from tests.desk.parts import eventually
from tests.receiving import SECRET, Inbox, receiving
from tests.web.site import Site
from warmtransfer.core.callbacks.callback import Callback


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    with receiving() as found:
        yield found


@pytest.fixture
def site(tmp_path: Path, inbox: Inbox) -> Iterator[Site]:
    """A running app that tells the receiver."""
    keys = {"WARMTRANSFER_EVENTS_URL": inbox.url, "WARMTRANSFER_EVENTS_SECRET": SECRET}
    site = Site(tmp_path, **keys)
    site.app.extensions["warmtransfer"].life.start()
    yield site
    site.close()


WHOLE = [
    *("call.started", "handoff.asked", "attempt.ended", "human.joined", "handoff.ended"),
    *("call.over", "attempt.ended"),
]


def test_a_running_app_tells_of_a_whole_call_signed_and_in_order(site: Site, inbox: Inbox) -> None:
    call_id = talked(site)
    got = inbox.wait(len(WHOLE))
    assert inbox.types(call_id) == WHOLE
    assert [each.told["data"]["sequence"] for each in got] == list(range(1, len(WHOLE) + 1))
    assert all(each.signed() for each in got)
    outcomes = [each.told["data"]["attempt"]["outcome"] for each in got if "attempt" in each.told["data"]]
    assert outcomes == ["declined", "accepted", "accepted"]


def test_a_callback_that_is_cancelled_by_hand_is_told_of_as_any_other(site: Site, inbox: Inbox) -> None:
    later = Callback("", number="+15550100077", name="Mrs Lee", wanted_at=4_000_000_000.0)
    promised = site.parts.callbacks.take("c1", later)
    run(site, "callback", promised.id, "--cancel")
    inbox.wait(2)
    assert inbox.types("c1") == ["callback.taken", "callback.ended"]


def test_events_are_listed_with_how_they_stand(site: Site, inbox: Inbox) -> None:
    inbox.wish = lambda got: 500 if got.told["type"] == "human.joined" else 200
    call_id = talked(site)
    eventually(lambda: "try 1" in run(site, "events"))
    lines = run(site, "events", call_id).splitlines()
    date = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d{4}"
    assert re.fullmatch(rf"{date}  call\.started   delivered msg_{call_id}_1  try 1: HTTP 200", lines[0])
    late = rf"{date}  human\.joined   open      msg_{call_id}_4  try 1: HTTP 500; again in [456] s"
    assert re.fullmatch(late, lines[3])
    assert re.fullmatch(rf"{date}  handoff\.ended  open      msg_{call_id}_5", lines[4])
    waiting = json.loads(run(site, "events", "--state", "open", "--json"))
    assert [each["type"] for each in waiting] == WHOLE[3:]
    assert waiting[0]["body"]["data"]["attempt"]["name"] == "kim"


def test_a_call_is_replayed_with_the_ids_it_had(site: Site, inbox: Inbox) -> None:
    call_id = talked(site)
    first = [(each.id, each.body) for each in inbox.wait(len(WHOLE))]

    def all_noted() -> bool:
        return run(site, "events", "--state", "delivered").count("\n") == len(WHOLE)

    eventually(all_noted)
    assert run(site, "events", call_id, "--replay") == f"{len(WHOLE)} events to be sent again.\n"
    again = inbox.wait(2 * len(WHOLE))[len(WHOLE) :]
    assert [(each.id, each.body) for each in again] == first
    eventually(all_noted)
    assert run(site, "events", "--since", "1h", "--replay").startswith(f"{len(WHOLE)} ")


def test_a_replay_of_everything_is_not_begun_by_mistake(site: Site) -> None:
    result = invoked(site, "events", "--replay")
    assert result.exit_code == 1
    assert "Say which: the id of a CALL, --since TIME, or --state given_up." in result.output


def test_where_nobody_is_told_it_says_so(tmp_path: Path) -> None:
    site = Site(tmp_path)
    try:
        site.arrive()
        result = invoked(site, "events")
        assert "No events: WARMTRANSFER_EVENTS_URL is not set." in result.output
        assert "they wait until" in invoked(site, "events", "--since", "1h", "--replay").output
    finally:
        site.close()
