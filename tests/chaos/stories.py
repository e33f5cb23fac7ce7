"""Whole calls, one for each kind of ending and each way to brief a human, told to the simulator."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from tests.calls.story import ASK, HELLO, KIM, SAM, Row, human
from tests.chaos.scene import Scene

Ending = Callable[[Scene], bool]
STAY: Row = {"wait": 400}
TAKES: list[Row] = [{"until": "heard:A call for", "timeout": 40}, {"wait": 0.3}, {"press": "1"}]
#: A human whose style has no key: they hear the briefing and are let in.
LISTENS: list[Row] = [STAY]
MIXED = """
[[human]]
name = "sam"
number = "+15550100001"
briefing = "redirect"
[[human]]
name = "kim"
number = "+15550100002"
briefing = "screen"
"""


def takes(number: str, *then: Row) -> Row:
    """A human who takes the call and stays, or does this."""
    return human(number, {"after": 0.5}, *TAKES, *(then or (STAY,)))


def listens(number: str) -> Row:
    """A human who answers, says nothing, and stays."""
    return human(number, {"after": 0.5}, STAY)


def refuses(number: str, key: str) -> Row:
    """A human who presses another key than 1."""
    return human(number, {"after": 0.5}, {"until": "heard:A call for"}, {"press": key}, STAY)


def hangs_up(number: str) -> Row:
    """A human who hangs up while they are told what the call is about."""
    return human(number, {"after": 0.5}, {"until": "heard:A call for"}, {"wait": 0.3}, {"hangup": True})


@dataclass(frozen=True)
class Told:
    """One whole call: how the phones react, what the caller does, and when it is at its end.

    The caller hangs up `linger` seconds after `ending`; it must come within `patience` seconds.
    """

    name: str
    phones: tuple[Row, ...]
    steps: tuple[Row, ...]
    ending: Ending
    settings: dict[str, str] = field(default_factory=dict)
    linger: float = 2.0
    patience: float = 150.0
    laws: dict[str, str] = field(default_factory=dict)
    faults: tuple[str, ...] = ()
    asks: str = ""  #: the human that an operator asks for by the API, once the AI has the caller
    moves: bool = False  #: the caller's own leg leaves the room, as style redirect has it
    thanked: bool = False  #: we may hang up, after a message
    together: int = 1  #: how many humans the plan rings at once
    away: float = 0.0  #: seconds for which the app is dead, once the story has come to its ending


def with_human(scene: Scene) -> bool:
    """The caller is with a human, or has been told that nobody can be had."""
    return scene.settled()


def back_with_ai(scene: Scene) -> bool:
    """A human came and went, and the AI has the caller again."""
    if not scene.had_human:
        return scene.told()
    return scene.company() == "ai" and bool(scene.streams) and scene.told()


def ringing(scene: Scene) -> bool:
    """A human's phone rings; or it is too late for that."""
    return bool(scene.up("human")) or scene.settled()


def briefing(scene: Scene) -> bool:
    """A human hears what the call is about; or it is too late for that."""
    return scene.heard_gate or scene.settled()


def greeted(scene: Scene) -> bool:
    """The AI has the caller, and has spoken."""
    return scene.served() and any(who == "ai" for _, who, _ in scene.said)


def _style(style: str) -> dict[str, str]:
    return {"WARMTRANSFER_BRIEFING": style}


REDIRECT, ANNOUNCE = _style("redirect"), _style("announce")
TOGETHER = {"WARMTRANSFER_PLAN": "all at once, rest 0"}
#: Who is not understood, because whoever listened has just died, asks again.
CALLS = (HELLO, ASK, {"wait": 40}, ASK, {"wait": 30}, ASK, STAY)
NOBODY = (human(SAM, "busy"), human(KIM, "no-answer"))
LEAVES: tuple[Row, ...] = ({"wait": 3}, {"hangup": True})
LEAVES_WORD: tuple[Row, ...] = (
    {"say": "test-fatal"},
    {"until": "heard:leave a message", "timeout": 50},
    {"wait": 4},
    {"say": "ask-address"},
)
MESSAGE = (HELLO, *LEAVES_WORD, {"wait": 30}, *LEAVES_WORD, STAY)
FATAL = (HELLO, {"say": "test-fatal"}, {"wait": 40}, {"say": "test-fatal"}, STAY)

CATALOGUE: tuple[Told, ...] = (
    Told("only the AI", (), (HELLO, {"say": "ask-address"}, STAY), greeted, linger=6.0),
    Told("the second human takes it", (human(SAM, "busy"), takes(KIM)), CALLS, with_human, linger=6.0),
    Told("the AI comes back", (takes(SAM, *LEAVES),), CALLS, back_with_ai),
    Told("nobody answers", NOBODY, CALLS, with_human),
    Told("one declines, one hangs up", (refuses(SAM, "2"), hangs_up(KIM)), CALLS, with_human),
    Told("a mailbox, then a human", (human(SAM, "voicemail"), takes(KIM)), CALLS, with_human),
    Told("silence, then a wrong number", (listens(SAM), human(KIM, "failed")), CALLS, with_human),
    Told("the caller leaves while it rings", (human(SAM, {"after": 6.0}, STAY),), CALLS, ringing),
    Told("the caller leaves while one is briefed", (listens(SAM),), CALLS, briefing, linger=0.5),
    Told("an operator asks", (takes(KIM),), (HELLO, STAY), with_human, asks="kim"),
    Told("announced, and let in", (listens(SAM),), CALLS, with_human, ANNOUNCE, linger=5.0),
    Told("announced, after a mailbox", (human(SAM, "voicemail"), listens(KIM)), CALLS, with_human, ANNOUNCE),
    Told("announced, and the caller leaves", (listens(SAM),), CALLS, briefing, ANNOUNCE, linger=0.5),
    Told("redirected, and back", (takes(SAM, *LEAVES),), CALLS, back_with_ai, REDIRECT, moves=True),
    Told("redirected to nobody", (human(SAM, "no-answer"), refuses(KIM, "2")), CALLS, with_human, REDIRECT,
         moves=True),
    Told("redirected, and the caller leaves", (listens(SAM),), CALLS, briefing, REDIRECT, moves=True),
    Told("both are rung, and the second takes it", (listens(SAM), takes(KIM)), CALLS, with_human, TOGETHER,
         linger=4.0, together=2),
    Told("both are rung, one is a mailbox and one hangs up", (human(SAM, "voicemail"), hangs_up(KIM)), CALLS,
         with_human, TOGETHER, together=2),
    Told("both are rung, and the caller leaves", (listens(SAM), human(KIM, {"after": 6.0}, STAY)), CALLS,
         briefing, TOGETHER, linger=0.5, together=2),
    Told("both are announced", (listens(SAM), listens(KIM)), CALLS, with_human, {**ANNOUNCE, **TOGETHER},
         linger=4.0, together=2),
    Told("a redirect, then a screen", (human(SAM, "busy"), takes(KIM)), CALLS, with_human,
         {"WARMTRANSFER_HUMANS": MIXED}, moves=True),
    Told("the stream breaks", (), (HELLO, STAY), greeted, linger=8.0, faults=("stream=drop_after:6",)),
    Told("the model is lost for good", (takes(SAM),), FATAL, with_human),
    Told("a message is left", NOBODY, MESSAGE, lambda scene: scene.told(), linger=25.0, thanked=True),
    Told("a slow dial", (takes(SAM),), CALLS, with_human, faults=("rest=500_after;match=POST Calls",)),
)  # fmt: skip
STORIES = {story.name: story for story in CATALOGUE}
