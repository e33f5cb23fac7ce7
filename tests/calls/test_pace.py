"""Many callers at once, at one new leg a second: all get the AI in their turn, and a human goes first."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest

from tests.calls.story import SAM, Row, Story, human
from tests.calls.world import World
from warmtransfer.simulator.witness.evidence import Evidence, Leg
from warmtransfer.simulator.witness.hearing import loud, quiet

#: Slower than other stories: seven calls sound at once, and what a busy machine delays is magnified.
SPEED = 1.5
#: Seconds by which a request, or a sound, may be late on a busy machine (0.2 real ones).
JITTER = 0.2 * SPEED
STAY: Row = {"wait": 300}
CALLERS = 6


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    world = World(tmp_path_factory.mktemp("pace"), speed=SPEED, arguments=("--cps", "1"))
    try:
        yield world.start()
    finally:
        world.stop()


@pytest.fixture
def others(world: World, story: Story) -> Iterator[list[Story]]:
    """More callers, who have not phoned yet; they hang up at the end, however that comes."""
    told = [Story(world) for _ in range(CALLERS)]
    yield told
    for each in told:
        if each.caller_sid:
            each.hang_up()


@pytest.mark.parametrize("world", ["lone_participant=nothing,announcement=all"], indirect=True)
def test_six_callers_at_once_get_the_ai_in_turn_and_a_human_is_called_before_them(
    story: Story, others: list[Story], world: World
) -> None:
    world.phones(human(SAM, {"after": 4.0}, STAY))
    story.phone(STAY)
    story.stage("ai", 40)
    for other in others:
        other.phone(STAY)
    world.api("POST", f"/calls/{story.call_id}/handoff", {"summary": "An order."})
    for other in others:
        other.stage("ai", 60)
    rows = story.read()
    legs = [row for row in rows if row["kind"] == "rest" and _makes_a_leg(row)]
    assert len(legs) == CALLERS + 2
    times = [row["t"] for row in legs]
    assert all(b - a > n - JITTER for n, a, b in _pairs(times)), times
    queued = [row["seconds"] for row in rows if row["kind"] == "note" and row.get("event") == "queued"]
    assert all(seconds < JITTER for seconds in queued), "the carrier's own queue knows no humans"
    [dial] = [row for row in legs if row["path"].endswith("Calls.json")]
    assert legs.index(dial) < CALLERS - 1, "it was asked for last of all"
    waits, came = [], []
    for other in others:
        journal = other.app_call()["journal"]
        [added] = [row["data"]["call_sid"] for row in journal if row["event"] == "AIAdded"]
        came.append(added)
        waits += [row["data"]["seconds"] for row in journal if row["event"] == "TurnAwaited"]
    assert max(waits) > CALLERS / 2
    for each in (*others, story):
        each.hang_up()
    world.until(story._quiet, 40, "the legs of all callers to end")
    story.ends()
    seen = Evidence(story.read(), world.folder / "sim")
    legs_of = {leg.call_sid: leg for leg in seen.legs}
    for other, ai in zip(others, came, strict=True):
        silence = _silence(world, seen, legs_of[other.caller_sid], legs_of[ai].joined[0] + 1.0)
        assert silence <= 2.0 + JITTER, f"{silence:.2f} s of silence\n{other.digest()}"


def _silence(world: World, seen: Evidence, caller: Leg, until: float) -> float:
    """The longest silence that this caller heard up to then; a machine that is late loses what is later."""
    begin = caller.answered or 0.0
    until = min(until, (caller.ended or until) - 0.3)
    sound, size = seen.folder / caller.wav, 16000 * (until - begin)
    world.until(lambda: sound.exists() and sound.stat().st_size >= size, 20, str(sound))
    spans = quiet(loud(seen.heard(caller)), begin, [(begin, until)])
    return max((end - start for start, end in spans), default=0.0)


def _pairs(times: list[float]) -> Iterator[tuple[int, float, float]]:
    """Every two of them, and how many turns apart they are."""
    for (n, before), (m, after) in itertools.combinations(enumerate(times), 2):
        yield m - n, before, after


def _makes_a_leg(row: Row) -> bool:
    return row["method"] == "POST" and row["path"].endswith(("/Participants.json", "/Calls.json"))
