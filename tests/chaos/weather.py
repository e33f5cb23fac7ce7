"""What goes wrong in one random world, by its seed: laws, faults, and when things die or are cut."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from tests.calls.story import ASK, HELLO, KIM, SAM, Row, human
from tests.chaos.stories import STAY, hangs_up, listens, refuses, takes

#: Simulated seconds in which callers arrive and things go wrong; afterwards all is well again.
TROUBLED = 70.0
#: Callers in one world.
CALLERS = 8
#: Seconds that a patient caller waits for what was promised, once all is well again.
PATIENT = 200.0

STYLES = ("screen", "screen", "screen", "announce", "redirect")
PLANS = ("rest 0", "longest idle first, rest 0", "all at once, rest 0")
CALLBACKS = ("in_order", "late", "twice", "shuffled", "lost:0.1", "lost:0.25")
LAWS: dict[str, tuple[str, ...]] = {
    "announcement": ("private", "all"),
    "lone_participant": ("music", "nothing"),
    "ringing_leg": ("cancelled_with_room", "survives"),
    "join_reported": ("at_answer", "at_ringing"),
    "app_sid": ("different", "same"),
    "dropped_stream": ("action", "next_verb", "leg_ends"),
    "failed_stream": ("action", "next_verb", "leg_ends"),
    "amd": ("prompt", "late"),
    "tones": ("before_document", "beside_document"),
}
REST = (
    "rest=slow:2;times=0;chance=0.15",
    "rest=429;times=0;chance=0.1",
    "rest=500;times=0;chance=0.07",
    "rest=503;times=0;chance=0.07",
    "rest=500_after;times=0;chance=0.07",
    "rest=timeout_after;times=0;chance=0.05",
    "rest=500_after;match=POST Calls;times=2",
    "rest=500_after;match=POST Participants;times=2",
    "rest=500;match=DELETE;times=3",
)
STREAMS = ("stream=drop_after:8;times=2", "stream=drop_after:3;times=2", "stream=refuse;times=2")
MODEL = (
    "model=close:1006",
    "model=close:1011",
    "model=expire",
    "model=http:500;times=2",
    "model=tcp;times=2",
    "model=handshake:4",
    "model=stall:3",
    "model=nothing",
    "model=mute:content_filter",
    "model=partial_arguments:turn_detected",
    "model=unreadable",
    "model=no_tool",
)
#: What may be done to the app and what it needs, with how often and for how many seconds.
BLOWS: tuple[tuple[str, float, float], ...] = (
    ("kill", 0.5, 6.0),
    ("freeze", 4.0, 9.0),
    ("cut the database", 2.0, 6.0),
    ("cut the network to Twilio's API", 2.0, 8.0),
    ("cut the network from Twilio", 1.0, 4.0),
)


@dataclass(frozen=True)
class Blow:
    """At `at`, this is done for so long; `port` says to which process, by its place."""

    at: float
    what: str
    seconds: float
    port: int


@dataclass
class Weather:
    """Everything about one world that is left to chance."""

    seed: int
    apps: int
    style: str
    plan: str = "rest 0"
    seats: int = CALLERS  #: calls that a human takes at once
    laws: dict[str, str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    model: list[tuple[float, str]] = field(default_factory=list)  #: when each begins to wait for its turn
    blows: list[Blow] = field(default_factory=list)
    phones: list[Row] = field(default_factory=list)
    callers: list[tuple[float, list[Row], float]] = field(default_factory=list)
    """When each phones in, what they do, and how long they stay; 0: until they have got what they want."""

    @property
    def together(self) -> int:
        """How many humans are rung at once for one caller."""
        return 2 if "at once" in self.plan and self.style != "redirect" else 1

    @property
    def humans(self) -> str:
        """The file of those who may be rung."""
        names = (("sam", SAM), ("kim", KIM))
        return "".join(
            f'[[human]]\nname = "{name}"\nnumber = "{number}"\nat_once = {self.seats}\n'
            for name, number in names
        )


def weather(seed: int) -> Weather:
    """The same for the same seed."""
    dice = random.Random(seed)
    found = Weather(seed, apps=dice.choice((1, 2)), style=dice.choice(STYLES))
    ways = random.Random(f"plan {seed}")  # of its own: what a seed meant before, it still means
    found.plan, found.seats = ways.choice(PLANS), ways.choice((CALLERS, 2, 1))
    found.laws = {name: dice.choice(answers) for name, answers in LAWS.items()}
    found.laws["callbacks"] = dice.choice(CALLBACKS)
    found.faults = dice.sample(REST, dice.randint(0, 3)) + dice.sample(STREAMS, dice.randint(0, 1))
    found.model = [(dice.uniform(0, TROUBLED), dice.choice(MODEL)) for _ in range(dice.randint(0, 4))]
    for _ in range(dice.choice((0, 1, 1, 2, 2, 3))):
        what, least, most = dice.choice((BLOWS[0], BLOWS[0], *BLOWS))
        blow = Blow(dice.uniform(4, TROUBLED), what, dice.uniform(least, most), dice.randrange(found.apps))
        found.blows.append(blow)
    found.blows.sort(key=lambda blow: blow.at)
    found.phones = [_phone(dice, number) for number in (SAM, KIM) for _ in range(2 * CALLERS)]
    found.callers = sorted(
        ((dice.uniform(0, TROUBLED * 0.7), _steps(dice), _stay(dice)) for _ in range(CALLERS)),
        key=lambda caller: caller[0],
    )
    return found


def _phone(dice: random.Random, number: str) -> Row:
    after = dice.uniform(0.3, 4.0)
    leaves = ({"wait": dice.uniform(1, 6)}, {"hangup": True})
    return dice.choice(
        (
            takes(number), takes(number, *leaves), takes(number, *leaves), listens(number),
            refuses(number, dice.choice("29")), hangs_up(number), human(number, "busy"),
            human(number, "no-answer"), human(number, "failed"), human(number, "voicemail"),
            human(number, {"after": after}, STAY), human(number, {"after": after}, {"hangup": True}),
        )
    )  # fmt: skip


def _steps(dice: random.Random) -> list[Row]:
    asks: Row = dice.choice((ASK, ASK, {"say": "talk-human"}, {"say": "ask-address"}))
    again: list[Row] = [{"wait": dice.uniform(15, 30)}, {"until": "quiet:1.0", "timeout": 10}, ASK]
    return [HELLO, asks, *(again if dice.random() < 0.4 else ()), STAY]


def _stay(dice: random.Random) -> float:
    return 0.0 if dice.random() < 0.5 else dice.uniform(3, 60)
