"""What facts mean for a call as it stands. Drawn in `reading/` and `attempts.py`; no events, so that nobody
can post one."""

from __future__ import annotations

from dataclasses import dataclass

from warmtransfer.core.call import Call, Skipped
from warmtransfer.core.events import Event


@dataclass(frozen=True, slots=True)
class Conclusion:
    """What a fact comes to."""


@dataclass(frozen=True, slots=True)
class RedirectAsked(Conclusion):
    """A human is wanted, and the next one is reached by redirecting the caller."""


@dataclass(frozen=True, slots=True)
class HumanLost(Conclusion):
    """The attempt is over, and another human can be rung."""


@dataclass(frozen=True, slots=True)
class LegStillUp(Conclusion):
    """A human is wanted, but the leg of an earlier attempt may still be up: that ends first."""


@dataclass(frozen=True, slots=True)
class NobodyLeft(Conclusion):
    """The attempt is over, no human is left to ring, and the AI has the caller."""


@dataclass(frozen=True, slots=True)
class AllBusy(Conclusion):
    """The same, because all who could be reached talk with other callers of ours: who, and since when; and
    the caller cannot, or may not, wait in a line."""

    busy: tuple[Skipped, ...] = ()


@dataclass(frozen=True, slots=True)
class InLine(Conclusion):
    """All who could be reached talk with other callers of ours, and the caller waits in the line for them."""


@dataclass(frozen=True, slots=True)
class BackInLine(Conclusion):
    """The AI is back, and the caller waited in the line, or was to be rung for, before it went: their place
    is kept."""


@dataclass(frozen=True, slots=True)
class OutOfLine(Conclusion):
    """The caller has left the line, or has waited for as long as anybody may, and the AI has them."""


@dataclass(frozen=True, slots=True)
class NobodyHere(Conclusion):
    """No human is left to ring, and the AI is away but can be brought back."""


@dataclass(frozen=True, slots=True)
class NobodyAtAll(Conclusion):
    """No human is left to ring, and the AI cannot be had."""


@dataclass(frozen=True, slots=True)
class AILost(Conclusion):
    """The AI is lost for the first or second time in a minute: bring it back."""


@dataclass(frozen=True, slots=True)
class StreamLost(Conclusion):
    """So is its stream alone, mostly back before anybody feels alone: its leg is replaced without a word."""


@dataclass(frozen=True, slots=True)
class AIDown(Conclusion):
    """The AI is lost for the third time in a minute, or for good."""


@dataclass(frozen=True, slots=True)
class LastResortTalks(Conclusion):
    """The AI's leg has brought the last resort by itself, and they talk with the caller: leave them alone."""


@dataclass(frozen=True, slots=True)
class DialUnsure(Conclusion):
    """The carrier may or may not have dialled the human of attempt `n`."""

    n: int


@dataclass(frozen=True, slots=True)
class AIQueued(Conclusion):
    """The AI's leg waits for its turn: the time for it to come up begins then."""


@dataclass(frozen=True, slots=True)
class HumanQueued(Conclusion):
    """The human's leg waits for its turn: their phone's time begins then."""


@dataclass(frozen=True, slots=True)
class HumanDelayed(Conclusion):
    """The same, and for so long that the caller is to hear of it."""


@dataclass(frozen=True, slots=True)
class IntroductionDue(Conclusion):
    """The introduction took too long: the AI has to go now."""


@dataclass(frozen=True, slots=True)
class HumanGone(Conclusion):
    """The human who talked with the caller has left, and the caller has not."""


@dataclass(frozen=True, slots=True)
class TalkOver(Conclusion):
    """The same, and with them the call is over: `Attempt.last`."""


@dataclass(frozen=True, slots=True)
class ProofDue(Conclusion):
    """Human and caller talk, as it seems: that is looked at once more."""


@dataclass(frozen=True, slots=True)
class NotProved(Conclusion):
    """One of them cannot be heard, or was not found: that is put right, and looked at again."""


@dataclass(frozen=True, slots=True)
class CallerWaits(Conclusion):
    """The comfort announcement ran out and nobody has the caller yet."""


@dataclass(frozen=True, slots=True)
class StrayLeg(Conclusion):
    """A leg turned up that we had given up, or that the call has outlived: `Call.stray`."""


@dataclass(frozen=True, slots=True)
class HumanHungUp(Conclusion):
    """An announced human's leg has ended: by itself, or because the caller's leaving ended the room."""


@dataclass(frozen=True, slots=True)
class GivenUp(Conclusion):
    """Trying again does not help: the human never came into the room, or the caller cannot be moved."""


@dataclass(frozen=True, slots=True)
class StillWaiting(Conclusion):
    """The wait for a human goes on: the alarm went off to look after the AI, and that has come."""


@dataclass(frozen=True, slots=True)
class MachineAnswered(Conclusion):
    """Detection says that no human has picked up on attempt `n`'s leg, and nobody else is tried."""

    n: int


@dataclass(frozen=True, slots=True)
class Refused(Conclusion):
    """The human of attempt `n` has declined on their card while it rang, and nobody else is tried."""

    n: int


@dataclass(frozen=True, slots=True)
class MayScreen(Conclusion):
    """Detection says so of attempt `n`, and it may be a telephone that asks who calls: it is listened to."""

    n: int


@dataclass(frozen=True, slots=True)
class ScreenAsks(Conclusion):
    """Their telephone asks who calls, and why, and is told."""


@dataclass(frozen=True, slots=True)
class PersonThere(Conclusion):
    """And the person has picked up: they are briefed as anybody else."""


@dataclass(frozen=True, slots=True)
class AnotherAnswered(Conclusion):
    """While one human is told what the call is about, another of their round has picked up: attempt `n`."""

    n: int


@dataclass(frozen=True, slots=True)
class OneOut(Conclusion):
    """One of those who are rung together cannot be had; the others go on."""


@dataclass(frozen=True, slots=True)
class NobodyAtGate(Conclusion):
    """The same, and it was the only one of them who had picked up."""


@dataclass(frozen=True, slots=True)
class AIToKnow(Conclusion):
    """The AI is to know something that somebody who looks after the call knows: `Call.note`."""


@dataclass(frozen=True, slots=True)
class AIToSay(Conclusion):
    """The same, and to tell the caller now."""


@dataclass(frozen=True, slots=True)
class BridgeUnwanted(Conclusion):
    """The AI is to have the caller back from a human whom the caller's own leg has dialled."""


@dataclass(frozen=True, slots=True)
class SupervisorWanted(Conclusion):
    """A telephone is to be rung for somebody who wants to listen."""


@dataclass(frozen=True, slots=True)
class RoleChanged(Conclusion):
    """Whoever listens has come into the room, or is to do something else there."""


#: What the table has rows for.
Fact = Event | Conclusion
#: The call with what an event adds to it, and the fact for the table, or None for stale news.
Reading = tuple[Call, Fact | None]
