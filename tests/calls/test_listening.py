"""A supervisor on a telephone: unheard, then heard by the human alone, then by all, and gone unnoticed."""

from __future__ import annotations

from tests.calls.story import HELLO, KIM, SAM, Story, human
from warmtransfer.simulator.witness.evidence import Evidence, Leg
from warmtransfer.simulator.witness.hearing import Within, chunks, voiced

RATE = 8000
#: What the supervisor says in each role.
SAYS = {
    "listen": "nobody in this room hears a single word of what is said here",
    "whisper": "offer them free delivery for the second parcel of the order",
    "join": "good afternoon this is the manager of the harbour street shop",
}


def heard(seen: Evidence, by: Leg, said_by: Leg, words: str) -> float:
    """How much of what was said is, at its most alike second, in what this leg has heard (0 to 1)."""
    (spoken,) = [each for each in seen.spoken_by(said_by) if words in each.text]
    begin = round((spoken.start - (said_by.answered or 0.0)) * RATE)
    said = seen.said(said_by)[max(0, begin) : begin + round((spoken.end - spoken.start) * RATE)]
    ear = Within(seen.heard(by))
    return max(ear.find(piece)[0] for _, piece in chunks(said, voiced(said), 1.0, 0.5, 0.5))


def test_who_whispers_is_heard_by_the_human_alone_and_who_joins_by_all(story: Story) -> None:
    world = story.world
    takes = ({"until": "heard:press 1", "timeout": 40}, {"press": "1"})
    world.phones(human(KIM, {"after": 0.5}, *takes, {"wait": 400}), human(SAM, {"after": 0.5}, *takes))
    story.phone(HELLO, {"wait": 400}).greeted()

    def ask(what: str, /, **body: object) -> None:
        world.api("POST", f"/calls/{story.call_id}/{what}", body)

    ask("handoff", target="kim")
    story.leg("joined", "human-1", 90)
    story.leg("left", "ai-1")
    ask("listen", name="sam")
    joined = story.leg("joined", "supervisor-1")
    assert joined["muted"]
    told = 0
    for role, words in SAYS.items():
        if role != "listen":
            told += 1
            ask("listen", name="sam", role=role)
            story.wait(f"{role}", lambda r: r["kind"] == "rest" and "/Participants/" in r["path"]
                       and r["method"] == "POST", 30, told)  # fmt: skip
        world.control("POST", f"/calls/{joined['call_sid']}/steps", [{"say": words}])
        story.note("speech", 30, text=words)
    ask("stop-listening")
    story.leg("ended", "supervisor-1")
    assert story.app_call()["stage"] == "human"
    story.hang_up()
    call = story.ends()
    assert [each["name"] for each in call["attempts"]] == ["kim"]
    seen = story.evidence()
    caller, kim = seen.caller, seen.met
    (sam,) = seen.kind("supervisor")
    assert caller
    assert kim
    loud = {(role, who.label): heard(seen, who, sam, words)
            for role, words in SAYS.items() for who in (caller, kim)}  # fmt: skip
    told_to = {key for key, likeness in loud.items() if likeness > 0.6}
    assert told_to == {("whisper", "human-1"), ("join", "caller"), ("join", "human-1")}, loud
