"""Laws: undocumented behaviour, each with every plausible answer; faults: trouble made on purpose."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field

from warmtransfer.simulator.network.aims import can_match, matches
from warmtransfer.simulator.notation import read

#: Name -> answers; the first is the default. `lost` takes a fraction (`lost:0.2`).
LAWS: dict[str, tuple[str, ...]] = {
    "announcement": ("private", "all"),
    "lone_participant": ("music", "nothing"),
    "ringing_leg": ("cancelled_with_room", "survives"),
    "join_reported": ("at_answer", "at_ringing"),
    "app_sid": ("different", "same"),
    "dropped_stream": ("action", "next_verb", "leg_ends"),
    "failed_stream": ("action", "next_verb", "leg_ends"),
    "failed_document": ("fallback", "next_verb", "leg_ends"),
    "app_dials": ("allowed", "refused"),
    "early_rest_leg": ("same_room", "other_room"),
    "app_cps": ("counted", "free"),
    "callbacks": ("in_order", "late", "twice", "shuffled", "lost"),
    "amd": ("prompt", "late"),
    "tones": ("before_document", "beside_document"),
    "room_keys": ("heard", "removed"),
    "dial_channels": ("parent_first", "child_first"),
    "missing_right": ("20003", "70051"),
    "trial_message": ("goes_on", "wants_key"),
    "trial_caller": ("verified", "anyone"),
}

#: What each law decides, for `--help` and docs/any-app.md.
LAW_TEXT: dict[str, str] = {
    "announcement": "who hears a participant's AnnounceUrl: that participant, or everyone",
    "lone_participant": "what the last one left in a started conference hears",
    "ringing_leg": "what becomes of a participant still ringing when its conference ends",
    "join_reported": "when a participant with EarlyMedia joins",
    "app_sid": "whether the application's webhook carries the participant's CallSid or its own",
    "dropped_stream": "where TwiML goes on when a stream's socket breaks",
    "failed_stream": "where TwiML goes on when a stream cannot be opened",
    "failed_document": "where a call under way goes on when a document cannot be had (a failed <Redirect>, "
    "or one with nothing behind it and no fallback URL, ends the leg in Twilio's words)",
    "app_dials": "whether the TwiML of an app: participant may <Dial> a number",
    "early_rest_leg": "whether a conference made by REST is the one the caller's <Dial> then joins",
    "app_cps": "whether app: participants count against calls per second",
    "callbacks": "how status callbacks arrive (documents that return TwiML are never lost)",
    "amd": "how soon answering-machine detection reports",
    "missing_right": "with which code a request is refused that an API key has no right to",
    "trial_message": "whether a trial account's call goes on after its message without a key",
    "trial_caller": "who may phone a trial account: verified numbers, or anyone",
    "dial_channels": "which leg of a <Dial> is the first channel of its dual recording",
    "room_keys": "whether the others in a conference hear the tones of a key that one of them presses",
    "tones": "whether the digits sent after an answer come before the leg's document, or beside it",
}

#: What a fault may do to a request, to a stream, and to whoever joins a conference.
FAULT_ACTIONS: dict[str, tuple[str, ...]] = {
    "rest": ("slow", "429", "500", "503", "500_after", "timeout_after", "refuse"),
    "stream": ("refuse", "drop_after"),
    "room": ("mute", "hold"),
}


#: What a `match` is compared with.
AIMS = {
    "rest": "it takes words of method and path in order, such as `POST Participants` or `DELETE ai-1`",
    "stream": "it takes parts of the stream's URL in order",
    "room": "it takes parts of a participant's label in order, such as `human`",
}


class LawError(ValueError):
    """A law or fault that does not exist, with the names that do."""


@dataclass
class Fault:
    """One fault: what it does (`action:argument`), to what (`match`), how often (`times`, `chance`)."""

    name: str
    action: str
    argument: str = ""
    match: str = ""
    times: int = 1  #: 0 is every time
    chance: float = 1.0
    used: int = 0

    @classmethod
    def parse(cls, text: str) -> Fault:
        """Reads `rest=500_after;match=POST Calls;times=2`; raises LawError with what is possible."""
        try:
            order = read(text, ("match", "times", "chance"))
            chance = float(order.options.get("chance", 1))
            match = order.options.get("match", "")
            fault = cls(order.where, order.what, order.argument, match, order.times, chance)
        except ValueError as exc:
            raise LawError(str(exc)) from exc
        if fault.action not in FAULT_ACTIONS.get(fault.name, ()):
            known = "; ".join(f"{k}={'|'.join(v)}" for k, v in FAULT_ACTIONS.items())
            raise LawError(f"no fault {fault.name}={fault.action}; there are {known}")
        if not 0 <= chance <= 1:
            raise LawError(f"{text!r}: the chance must lie between 0 and 1")
        if fault.argument and not fault.argument.replace(".", "", 1).isdigit():
            raise LawError(f"{text!r}: {fault.argument!r} is no number")
        if not can_match(fault.name, fault.match):
            raise LawError(f"{text!r}: match={fault.match!r} can never match; {AIMS[fault.name]}")
        return fault

    def strikes(self, subject: str, dice: random.Random) -> bool:
        """Tells, and counts, whether the fault hits a subject that has every word of `match` in order."""
        if self.times and self.used >= self.times:
            return False
        if not matches(self.match, subject) or (self.chance < 1 and dice.random() >= self.chance):
            return False
        self.used += 1
        return True


@dataclass
class Laws:
    """The answers and faults in force; both may change while calls run."""

    seed: int = 1
    answers: dict[str, str] = field(default_factory=lambda: {name: a[0] for name, a in LAWS.items()})
    faults: list[Fault] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)
        #: How often the network has come to what each law decides: those in here touch what was told.
        self.decided: Counter[str] = Counter()

    def __getitem__(self, name: str) -> str:
        """Returns the answer in force, without its fraction, for a decision that hangs on it."""
        self.decided[name] += 1
        return self.answers[name].partition(":")[0]

    def fraction(self, name: str, default: float) -> float:
        """Returns the number behind an answer's colon."""
        return float(self.answers[name].partition(":")[2] or default)

    def put(self, name: str, answer: str) -> None:
        """Sets one law; raises LawError with the answers that exist."""
        if name not in LAWS:
            raise LawError(f"no law {name!r}; there are {', '.join(LAWS)}")
        word, _, number = answer.partition(":")
        if word not in LAWS[name] or (number and word != "lost"):
            raise LawError(f"law {name} is one of {', '.join(LAWS[name])}, not {answer!r}")
        if number and not _is_fraction(number):
            raise LawError(f"{answer!r}: the fraction must lie between 0 and 1")
        self.answers[name] = answer

    def put_faults(self, texts: list[str]) -> None:
        """Replaces all faults."""
        self.faults = [Fault.parse(text) for text in texts]

    def fault(self, name: str, subject: str, *actions: str) -> Fault | None:
        """Returns the first fault of that name, and of these actions if any are given, that strikes now."""
        for fault in self.faults:
            wanted = fault.name == name and (not actions or fault.action in actions)
            if wanted and fault.strikes(subject, self.dice):
                return fault
        return None


def _is_fraction(text: str) -> bool:
    try:
        return 0 <= float(text) <= 1
    except ValueError:
        return False
