"""`flask warmtransfer forget NUMBER` and `export NUMBER`."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.commands.parts import invoked, run, saved, talked
from tests.web.site import CALLER, Site
from warmtransfer.core import events as ev
from warmtransfer.core.call import Stage
from warmtransfer.core.callbacks.callback import Callback


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A running app."""
    site = Site(tmp_path)
    yield site
    site.close()


def over(site: Site) -> str:
    """A call that is over, and whose legs are."""
    call_id = talked(site)
    while (call := site.call(call_id)).alarm_at:
        assert call.stage is Stage.OVER
        site.parts.desk.post(call_id, ev.TimedOut(call.stage, call.alarm))
    saved(site)
    return call_id


def test_forgetting_asks_and_then_deletes_every_call_of_the_caller(site: Site, tmp_path: Path) -> None:
    call_id = over(site)
    refused = invoked(site, "forget", CALLER, typed="n\n")
    assert refused.exit_code == 1
    assert f"Delete 1 call of {CALLER}" in refused.output
    assert site.store.load(call_id) is not None
    done = invoked(site, "forget", "+1 555 010 9999", typed="y\n")
    assert f"1 call of {CALLER} deleted." in done.output
    assert site.store.load(call_id) is None
    assert site.store.transcript(call_id) == site.store.journal(call_id) == []
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"Where is my order?" not in kept
    assert CALLER.encode() not in kept


def test_with_yes_it_does_not_ask(site: Site) -> None:
    call_id = over(site)
    assert run(site, "forget", "--yes", CALLER) == f"1 call of {CALLER} deleted.\n"
    assert site.store.load(call_id) is None


def test_a_caller_on_the_line_is_not_forgotten_and_nothing_else_of_theirs_is(site: Site) -> None:
    before = over(site)
    live = site.arrive()
    result = invoked(site, "forget", "--yes", CALLER)
    assert result.exit_code == 1
    assert f"{CALLER} is on the line (call {live}, arriving)" in result.output
    assert "Nothing was deleted." in result.output
    assert site.store.load(before) is not None


def test_a_caller_whose_legs_are_still_being_ended_is_not_forgotten(site: Site) -> None:
    call_id = talked(site)
    assert site.call(call_id).alarm_at
    result = invoked(site, "forget", "--yes", CALLER)
    assert result.exit_code == 1
    assert f"the legs of call {call_id} are still being ended" in result.output
    assert site.store.load(call_id) is not None


def test_a_number_of_which_nothing_is_kept_is_told(site: Site) -> None:
    over(site)
    assert run(site, "forget", "+15550108888") == "Nothing is kept of +15550108888.\n"
    assert json.loads(run(site, "export", "+15550108888"))["calls"] == []


def test_a_database_that_is_not_there_is_not_made_to_forget_in(site: Site, tmp_path: Path) -> None:
    missing = tmp_path / "none.sqlite3"
    result = invoked(site, "forget", "--yes", "--database", f"sqlite:///{missing}", CALLER)
    assert result.exit_code == 1
    assert "there is no database" in result.output
    assert not missing.exists()


def test_all_that_is_kept_of_a_caller_is_exported(site: Site) -> None:
    call_id = over(site)
    told = json.loads(run(site, "export", CALLER))
    assert told["number"] == CALLER
    [call] = told["calls"]
    assert call["id"] == call_id
    assert [line["text"] for line in call["transcript"]] == ["Where is my order?"]
    assert call["journal"]
    assert call["attempts"][0]["told"]
    assert "token" not in json.dumps(told)


def test_a_callers_recordings_and_callbacks_are_exported_and_then_forgotten_with_their_files(
    site: Site, tmp_path: Path
) -> None:
    call_id = over(site)
    kept, callbacks = site.parts.afterwards.recordings.kept, site.parts.callbacks
    kept.note(call_id, "RE1", 7, 1.0)
    claimed = kept.claim(1.0)
    assert claimed is not None
    file = tmp_path / "message.wav"
    file.write_bytes(b"RIFF")
    kept.save(dataclasses.replace(claimed, words="It is Mrs Lee.", kept=str(file), next_at=0.0))
    later = Callback("", number="+15550100077", name="Mrs Lee", wanted_at=4_000_000_000.0)
    callbacks.take(call_id, later)
    told = json.loads(run(site, "export", CALLER))
    assert told["calls"][0]["recordings"][0]["words"] == "It is Mrs Lee."
    assert [each["name"] for each in told["callbacks"]] == ["Mrs Lee"]
    run(site, "forget", CALLER, "--yes")
    assert not file.exists()
    assert callbacks.kept.listed() == []
    assert kept.of_call(call_id) == []
