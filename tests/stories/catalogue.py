"""The stories: those in which chaos lets things die, and those that are worth telling without."""

from __future__ import annotations

from dataclasses import replace

from tests.calls.story import ASK, HELLO, KIM, SAM, Row, human
from tests.chaos.scene import Scene
from tests.chaos.stories import CALLS, CATALOGUE, LEAVES, STAY, Told, greeted, with_human
from warmtransfer.demo.story import Story, stories

LEE, DESK = "+15550100003", "+15550100099"
#: What a phone's script of chaos does at the first words, and here only once all is heard.
AT_ONCE, WHOLE = "heard:A call for", "heard-end:take the call"
KEY: Row = {"press": "1"}
#: What the caller does instead of waiting to ask once more: they speak with the human who has come.
SPEAKS: tuple[Row, ...] = (
    {"until": "left:ai-1", "timeout": 40},
    {"wait": 4},
    {"say": "chat-week"},
    {"wait": 20},
)
#: Seconds that takes.
SPOKEN = 12.0
#: Hears the whole summary, and takes the call.
TAKES: tuple[Row, ...] = ({"until": WHOLE, "timeout": 60}, {"wait": 0.3}, KEY)
#: At the switchboard's menu somebody who is a walk away from the desk is asked for, then takes the call.
BEHIND_A_MENU = human(
    SAM,
    {"after": 1.0},
    {"until": "keys:12", "timeout": 30},
    {"wait": 4},
    {"until": "heard:press 1 to hear", "timeout": 40},
    {"press": "1"},
    *TAKES,
    STAY,
)
#: Says two things, with no long pause, and hangs up.
AT_THE_DESK = human(
    DESK, {"after": 2.0}, {"wait": 0.5}, {"say": "sam-hello"}, {"wait": 1.0}, {"say": "kim-sent"},
    {"wait": 0.5}, {"hangup": True},
)  # fmt: skip


def heard_out(story: Told) -> Told:
    """The same story, but whoever takes the call has heard the whole summary, and then they talk.

    What the witness judges by sound is the order of what was said; chaos is quicker without.
    """
    phones = tuple(_heard_out(each, story) for each in story.phones)
    if phones == story.phones or story.linger < 2.0:
        return replace(story, phones=phones)
    steps, waits = list(story.steps), {"wait": 40}
    place = steps.index(waits) if waits in steps else len(steps) - 1
    steps[place : place + (waits in steps)] = SPEAKS
    return replace(story, phones=phones, steps=tuple(steps), linger=max(story.linger, SPOKEN))


def _heard_out(phone: Row, story: Told) -> Row:
    old: list[Row] = phone["steps"]
    if old == [STAY] and "announce" in story.settings.get("WARMTRANSFER_BRIEFING", ""):
        return {**phone, "steps": [{"until": "left:ai-1", "timeout": 90}, {"say": "sam-hello"}, STAY]}
    speaks: list[Row] = [{"wait": 1.0} if story.moves else {"until": "left:ai-1", "timeout": 4}]
    steps: list[Row] = []
    for number, each in enumerate(old):
        then = old[number + 1 :]
        takes = each == KEY and KEY not in then
        waits = each.get("until") == AT_ONCE and {"hangup": True} not in then[:2]
        steps.append({**each, "until": WHOLE, "timeout": 60} if waits else each)
        steps += [*speaks, {"say": "kim-hello"}] if takes else []
    return {**phone, "steps": steps}


def gone(scene: Scene) -> bool:
    """The caller has hung up."""
    return scene.caller is not None and scene.caller.ended is not None


def arriving(scene: Scene) -> bool:
    """The caller's call has just been answered."""
    return scene.caller is not None and scene.caller.answered is not None


def connecting(scene: Scene) -> bool:
    """The AI's leg has been asked for."""
    return any(leg.kind == "ai" for leg in scene.legs.values())


def accepting(scene: Scene) -> bool:
    """A human has just pressed 1."""
    return any(leg.pressed == "1" for leg in scene.humans())


def talking(scene: Scene) -> bool:
    """The AI has left caller and human alone."""
    return scene.company() == "human" and not scene.up("ai")


def turned_down(scene: Scene) -> bool:
    """The caller asked for a human and has been told that there is none to be rung."""
    return any((who == "ai" and "tomorrow" in text) or "closed" in text for _, who, text in scene.said)


def _leaves(when: str, ending: object, *phones: Row) -> Told:
    return Told(f"the caller leaves {when}", phones, CALLS, ending, linger=0.0)  # type: ignore[arg-type]


MORE: tuple[Told, ...] = (
    Told("the first does not answer, the second takes it",
         (human(SAM, "no-answer"), human(KIM, {"after": 1.0}, *TAKES, STAY)), CALLS, talking, linger=8.0),
    _leaves("while they are answered", arriving),
    _leaves("while the AI is asked for", connecting),
    _leaves("while they are greeted", greeted),
    _leaves("while a human joins", accepting, human(SAM, {"after": 1.0}, *TAKES, STAY)),
    _leaves("while they talk", talking, human(SAM, {"after": 1.0}, *TAKES, STAY)),
    Told("the human leaves first", (human(SAM, {"after": 1.0}, *TAKES, *LEAVES),), CALLS,
         lambda scene: scene.had_human and scene.company() == "ai" and scene.told(), linger=3.0),
    Told("a stream that never opens", (human(SAM, {"after": 1.0}, *TAKES, STAY),), (HELLO, STAY), with_human,
         faults=("stream=refuse;times=0",), linger=4.0),
    Told("the stream breaks while it rings", (human(SAM, {"after": 7.0}, *TAKES, STAY),), CALLS, talking,
         faults=("stream=drop_after:19",), linger=4.0),
    Told("behind a phone menu", (BEHIND_A_MENU,), CALLS, talking,
         {"WARMTRANSFER_HUMANS": f"sam={SAM}x12,kim={KIM}"}, linger=3.0),
    Told("behind a phone menu, redirected", (BEHIND_A_MENU,), CALLS, with_human,
         {"WARMTRANSFER_HUMANS": f"sam={SAM}x12,kim={KIM}", "WARMTRANSFER_BRIEFING": "redirect"},
         linger=3.0, moves=True),
    Told("rounds of two, and the third takes it",
         (human(SAM, "busy"), human(KIM, "no-answer"), human(LEE, {"after": 1.0}, *TAKES, STAY)),
         CALLS, talking, {"WARMTRANSFER_HUMANS": f"sam={SAM},kim={KIM},lee={LEE}",
          "WARMTRANSFER_PLAN": "rounds of 2, rest 0"}, linger=6.0, together=2),
    Told("out of hours", (), (HELLO, ASK, STAY), turned_down, {"WARMTRANSFER_HOURS": "never"}, linger=4.0),
    Told("the app is away, and the last resort answers",
         (AT_THE_DESK,),
         (HELLO, STAY), greeted, {"WARMTRANSFER_LAST_RESORT": DESK}, linger=6.0, away=40.0),
    Told("the app is away for a moment", (), (HELLO, STAY), greeted, linger=10.0, away=4.0),
)  # fmt: skip


def _demo(name: str) -> Told:
    """A story of the demo: the caller's own script says when it is over."""
    story = DEMOS[name]
    return Told(name, tuple(story.phones), tuple(story.call["steps"]), gone, dict(story.environment),
                patience=story.limit, together=story.together)  # fmt: skip


#: Those of one caller that end with the call, by the name that each has here.
DEMOS: dict[str, Story] = {
    f"demo: {name}": story
    for name, story in ((name, Story.load(name)) for name in stories())
    if not story.before and not story.over
}
STORIES: dict[str, Told] = {story.name: heard_out(story) for story in (*CATALOGUE, *MORE)}
STORIES |= {story.name: story for story in map(_demo, DEMOS)}
