"""What the caller hears: never two seconds of nothing while waiting, and no AI that talks on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.calls.story import ASK, HELLO, KIM, SAM, Row, Story, human
from tests.calls.world import World
from warmtransfer.simulator.witness import measures
from warmtransfer.simulator.witness.evidence import Evidence
from warmtransfer.simulator.witness.hearing import Span, loud, quiet

#: Slower than other stories: what a busy machine delays is magnified by the speed.
SPEED = 4.0
#: A process may wait this long (real seconds) for its turn on a machine with fewer cores than processes.
JITTER = 0.1 * SPEED
LONGEST = 2.0 + JITTER
STAY: Row = {"wait": 100}
TALKS = (
    {"until": "heard:press 1", "timeout": 40}, {"press": "1"}, {"wait": 1.0}, {"say": "kim-hello"},
    {"wait": 1.0}, {"hangup": True},
)  # fmt: skip
#: Under both of these the caller hears least: nothing of their own when alone, and no more than the others.
HARSH = "lone_participant=nothing,announcement=all"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    world = World(tmp_path_factory.mktemp("slow"), speed=SPEED, frames=True)
    try:
        yield world.start()
    finally:
        world.stop()


@pytest.fixture
def world(world: World) -> Iterator[World]:
    yield world
    world.model(clear=True)


def gap(evidence: Evidence, begin: float, end: float) -> Span:
    """The longest silence on the caller's ear between these times."""
    caller = evidence.caller
    assert caller is not None
    assert caller.answered is not None
    flags = loud(evidence.heard(caller))
    assert flags.any()
    spans = quiet(flags, caller.answered, [(begin, end)])
    return max(spans, key=lambda span: span[1] - span[0], default=(begin, begin))


def never_in_silence(story: Story, evidence: Evidence, begin: float, end: float, what: str) -> None:
    assert begin < end, f"{what}: nothing was measured"
    silence = gap(evidence, begin, end)
    length = silence[1] - silence[0]
    assert length <= LONGEST, f"{what}: {length:.2f} s of silence at {silence[0]:.2f}\n{story.digest()}"


def first_word(evidence: Evidence) -> float:
    """When the caller first heard the AI."""
    return measures.heard_items(evidence)[0].start


@pytest.mark.parametrize("world", [HARSH], indirect=True)
def test_from_the_answer_over_a_human_to_the_ai_again(story: Story) -> None:
    story.world.phones(human(SAM, {"after": 5.0}, *TALKS))
    story.phone(HELLO, ASK, STAY)
    dialled = story.leg("dialled", f"human:{SAM}")
    spoke = story.note("say", 90, who="human-1")
    left = story.leg("left", "human-1", 30)
    back = story.note("speech", 40, who="ai", text="Sam has just left")
    story.hang_up()
    story.ends()
    seen = story.evidence()
    assert seen.caller is not None
    never_in_silence(story, seen, seen.caller.answered or 0.0, first_word(seen), "arrival")
    never_in_silence(story, seen, dialled["t"], spoke["t"], "ringing, briefing and joining")
    never_in_silence(story, seen, left["t"], back["t"], "the AI's return")


@pytest.mark.parametrize("world", [HARSH], indirect=True)
def test_while_a_stream_or_a_session_is_replaced(story: Story) -> None:
    story.world.control("PUT", "/faults", ["stream=drop_after:8;times=1"])
    story.phone(HELLO, STAY)
    broken = story.note("fault", 30, fault="stream=drop_after")
    story.passed("returning", 30)
    story.note("speech", 40, who="ai", text="sorry")
    story.stage("ai", 20)
    story.world.model(fault="close", arg=1011, when="now")
    lost = story.note("session", 30, state="closed", code=1011)
    again = story.wait(
        "the apology of the third session",
        lambda r: r["t"] > lost["t"] and r.get("event") == "speech" and r.get("who") == "ai",
        40,
    )
    story.hang_up()
    story.ends()
    seen = story.evidence()
    never_in_silence(story, seen, broken["t"] + 8.0, again["t"], "stream and session")


@pytest.mark.parametrize("world", [HARSH], indirect=True)
def test_while_neither_the_ai_nor_a_human_can_be_had(story: Story) -> None:
    story.world.model(fault="http", arg=500, times=0)
    story.world.phones(human(SAM, "no-answer"), human(KIM, "busy"))
    story.phone({"until": "heard:leave a message", "timeout": 90}, {"wait": 1}, {"hangup": True})
    story.note("say", 120, leg="caller", text="nobody can take your call")
    # Until the caller's leg has the document: how soon it is spoken is up to the simulator's synthesiser.
    given = story.wait("the apology", lambda r: r["kind"] == "webhook" and "<Record" in str(r["body"]))
    story.ends(60)
    seen = story.evidence()
    assert seen.caller is not None
    never_in_silence(story, seen, seen.caller.answered or 0.0, given["t"], "no AI, nobody answers")


def test_the_ai_falls_silent_when_the_caller_speaks_and_forgets_what_was_not_heard(story: Story) -> None:
    story.phone(
        HELLO, {"say": "ask-hours"}, {"until": "speech"}, {"wait": 3.0}, {"say": "meant-saturday"}, STAY
    )
    story.note("speech", 60, who="ai", text="On Saturdays we are open")
    story.hang_up()
    story.ends()
    sent = [r["msg"] for r in story.read() if r["kind"] == "stream" and r["dir"] == "app"]
    assert "clear" in {message["event"] for message in sent if isinstance(message, dict)}
    found = measures.interruption(story.evidence())
    assert found is not None
    assert found.noticed is not None
    assert found.heard.end - found.noticed < 0.3 + JITTER
    assert found.cut is not None
    assert found.heard.most is not None
    assert found.heard.least - JITTER < found.cut < found.heard.most + JITTER
