"""`flask warmtransfer calls`: lists, narrowed, continued and followed."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.commands.parts import declined, hang_up, in_line, invoked, run, talked, waiting
from tests.desk.parts import eventually
from tests.web.site import CALLER, Site
from warmtransfer.commands import calls as command
from warmtransfer.commands.calls import followed
from warmtransfer.commands.looking import Kept, kept
from warmtransfer.core import events as ev
from warmtransfer.core.search import Search
from warmtransfer.errors import StoreBusy


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A running app."""
    site = Site(tmp_path)
    yield site
    site.close()


def ids(site: Site, *arguments: str) -> list[str]:
    """The calls listed."""
    return [each["id"] for each in json.loads(run(site, "calls", "--json", *arguments))]


def test_calls_are_listed_newest_first_with_their_zone_and_attempts(site: Site) -> None:
    over = talked(site)
    live = declined(site)
    first, second = run(site, "calls").splitlines()
    date = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d{4}"
    assert re.fullmatch(rf"{live}  {date}  ringing +0:\d\d…  \{CALLER} +sam: declined, kim: open", first)
    humans = "dropped_early +sam: declined, kim: accepted"
    assert re.match(rf"{over}  {date}  over +0:\d\d  \{CALLER} +{humans}", second)


def test_a_wait_for_a_turn_is_told_while_it_lasts_and_followed(site: Site) -> None:
    free = threading.Event()
    call_id = in_line(site, free)
    [line] = run(site, "calls").splitlines()
    assert re.search(r"sam: open  waits 4[012] s for its turn$", line)
    more = ev.TurnAwaited("human-1", 60.0)
    assert [each[0] for each in following(site, [lambda: site.parts.desk.post(call_id, more)])] == [
        call_id
    ] * 2
    free.set()
    eventually(lambda: site.call(call_id).attempts[0].call_sid)
    assert "turn" not in run(site, "calls")


def test_a_place_in_the_line_is_told_and_followed(site: Site) -> None:
    call_id = waiting(site)
    told = run(site, "calls").splitlines()[0]
    assert re.match(rf"{call_id}  .*  waiting .*  number 1 in the line$", told)
    assert re.search(r"waits    number 1 in the line, since \d{4}-", run(site, "show", call_id))
    seen = following(site, [lambda: site.parts.desk.post(call_id, ev.PlaceSeen(2, 60.0))])
    assert [each[0] for each in seen].count(call_id) == 2


def test_a_call_takes_two_lines_of_a_narrow_terminal(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    call_id = declined(site)
    monkeypatch.setattr(command, "columns", lambda: 80)
    first, second = run(site, "calls").splitlines()
    assert first.startswith(call_id)
    assert second.startswith(f"  {CALLER}")
    assert max(len(first), len(second)) <= 80


def test_calls_are_narrowed_by_what_is_asked(site: Site) -> None:
    over, live = talked(site), declined(site)
    assert ids(site, "--live") == [live]
    assert ids(site, "--number", CALLER) == [live, over]
    assert ids(site, "--number", "+1 (555) 010-9999") == [live, over]
    assert ids(site, "--number", "010-9999") == [live, over]
    assert ids(site, "--number", "+15550100002") == [live, over], "kim's, who was called"
    assert ids(site, "--number", "+15550108888") == []
    assert ids(site, "--human", "Kim", "--outcome", "accepted") == [over]
    assert ids(site, "--human", "sam", "--outcome", "accepted") == []
    assert ids(site, "--outcome", "open") == [live]
    assert ids(site, "--since", "1h") == [live, over]
    assert ids(site, "--since", "2100-01-01") == []
    assert "No such calls." in invoked(site, "calls", "--since", "2100-01-01").stderr


def test_a_list_says_how_to_go_on(site: Site) -> None:
    older, newer = declined(site), declined(site)
    first = invoked(site, "calls", "--limit", "1")
    assert first.stdout.startswith(newer)
    found = re.fullmatch(r"There are more: --after (\S+)\n", first.stderr)
    assert found
    assert ids(site, "--limit", "1", "--after", found[1]) == [older]
    assert invoked(site, "calls", "--limit", "2").stderr == ""


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--since", "yesterday"), "yesterday is no time: give 30m, 12h, 7d"),
        (("--after", "x"), "x is not what a list before it has printed"),
        (("--outcome", "gone"), "no_answer"),
    ],
)
def test_what_cannot_be_asked_is_told(site: Site, arguments: tuple[str, ...], told: str) -> None:
    result = invoked(site, "calls", *arguments)
    assert result.exit_code == 2
    assert told in result.output


# Following ------------------------------------------------------------------------------------------


def following(site: Site, steps: list[Callable[[], object]], **wanted: object) -> list[tuple[str, str, str]]:
    """What `--follow` prints while these things happen, one between two looks: id, stage, last outcome."""
    url = site.app.extensions["warmtransfer"].settings.database_url

    def pause() -> bool:
        if steps:
            steps.pop(0)()
            return True
        return False

    with kept(url) as records:
        rows = list(followed(Search(**wanted), Kept(records.records, False), pause))  # type: ignore[arg-type]
    return [
        (call.id, call.stage.value, str(call.attempts[-1].outcome) if call.attempts else "")
        for call, _ in rows
    ]


def test_following_tells_the_calls_there_are_and_then_each_change_once(site: Site) -> None:
    older = site.arrive()
    newer = declined(site)
    nothing = lambda: None  # noqa: E731
    seen = following(site, [nothing, lambda: hang_up(site, newer), nothing, lambda: site.join(older)])
    assert seen == [
        (older, "arriving", ""),
        (newer, "ringing", "None"),
        (newer, "over", "caller_left"),
        (older, "connecting", ""),
    ]


def test_following_tells_a_call_that_comes_and_none_from_before_the_list(site: Site) -> None:
    site.arrive()
    newest = site.arrive()
    came: list[str] = []
    seen = following(site, [lambda: None, lambda: came.append(site.arrive())], limit=1)
    assert [call_id for call_id, _, _ in seen] == [newest, came[0]]


def test_following_live_calls_tells_their_end(site: Site) -> None:
    call_id = site.arrive()
    seen = following(site, [lambda: hang_up(site, call_id)], live=True)
    assert [stage for _, stage, _ in seen] == ["arriving", "over"]


def test_following_waits_for_a_database_that_cannot_be_had(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    call_id = site.arrive()
    right = command._look
    tries: list[int] = []

    def busy(*arguments: object) -> object:
        tries.append(1)
        if len(tries) == 2:
            raise StoreBusy("locked")
        return right(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(command, "_look", busy)
    seen = following(site, [lambda: hang_up(site, call_id), lambda: None])
    assert [stage for _, stage, _ in seen] == ["arriving", "over"]


def test_following_for_machines_is_one_object_a_line_until_it_is_stopped(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    call_id = site.arrive()

    def interrupted() -> bool:
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "_sleep", interrupted)
    [line] = run(site, "calls", "--follow", "--json").splitlines()
    assert json.loads(line)["id"] == call_id
