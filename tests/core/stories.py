"""A call that is told facts in order, for tests of `step`."""

from __future__ import annotations

import dataclasses
from typing import Any

from warmtransfer.core import events as ev
from warmtransfer.core import orders as do
from warmtransfer.core.call import AIState, Call, Stage, Style
from warmtransfer.core.legs import Ended, Heard, Place
from warmtransfer.core.outcomes import Outcome
from warmtransfer.core.plans import Known
from warmtransfer.core.rules import Human, Rules
from warmtransfer.core.screening import Said
from warmtransfer.core.step import step

SAM = Human("sam", "+15550100001", "sales", ring=20.0)
KIM = Human("kim", "+15550100002", "orders and support", ring=20.0)
RULES = Rules(humans=(SAM, KIM))
ROOM = "CF1"


def styled(style: Style) -> Rules:
    """The two humans, both briefed in this style."""
    return Rules(humans=tuple(Human(h.name, h.number, h.description, style, h.ring) for h in RULES.humans))


class Story:
    """Tells facts to a call, one second apart, and keeps every order."""

    def __init__(self, rules: Rules = RULES) -> None:
        self.rules = rules
        self.call = Call(id="c1")
        self.at = 1000.0
        self.given: list[do.Order] = []
        self.last: tuple[do.Order, ...] = ()

    def tell(self, *facts: ev.Event, after: float = 1.0) -> Story:
        """Tell these facts; `last` holds the orders of the newest one."""
        for fact in facts:
            self.at += after
            self.call, self.last = step(self.call, fact, self.at, self.rules)
            self.given.extend(self.last)
        return self

    def wait(self) -> Story:
        """Let the armed timer go off."""
        assert self.call.alarm_at, f"no timer is armed in {self.call.stage}"
        self.at = max(self.at, self.call.alarm_at)
        return self.tell(ev.TimedOut(self.call.stage, self.call.alarm), after=0.0)

    def names(self) -> list[str]:
        """The newest orders by name."""
        return [type(order).__name__ for order in self.last]

    def arrived(self) -> Story:
        return self.tell(ev.CallArrived("CAcaller", "+15550109999", "+15550100000"))

    def connecting(self) -> Story:
        return self.arrived().tell(ev.CallerJoined("wt-c1", ROOM, "CAcaller"))

    def talking(self) -> Story:
        """The AI has the caller."""
        return self.connecting().ai_up(1)

    def ai_up(self, k: int) -> Story:
        """Leg `k` is added, asks, streams, and its model is ready."""
        self.tell(ev.AIAdded(k, f"CAai{k}"), ev.AIAsked(k, f"token{k}"))
        generation = self.call.ai.generation
        return self.tell(ev.StreamUp(generation), ev.AIUp(generation))

    @property
    def n(self) -> int:
        """The newest attempt."""
        return len(self.call.attempts)

    @property
    def leg(self) -> str:
        """The newest attempt's CallSid."""
        return f"CAhuman{self.n}"

    def asked(self) -> Story:
        """A human is wanted; the carrier has not answered the dial."""
        return self.talking().tell(ev.HandoffAsked("tool", "", "wants a person", "An order has not arrived."))

    def ringing(self) -> Story:
        self.asked()
        return self.tell(ev.HumanDialled(self.n, self.leg))

    def briefing(self) -> Story:
        self.ringing()
        return self.tell(ev.HumanAnswered(self.n, self.leg))

    def joining(self) -> Story:
        self.briefing()
        return self.tell(ev.HumanAccepted(self.n))

    def with_human(self) -> Story:
        self.joining()
        return self.tell(ev.HumanJoined(self.n, self.call.room_sid, self.leg))

    def cancelling(self) -> Story:
        return self.ringing().wait()

    def waiting(self) -> Story:
        """Both humans are on the phone with others; nobody else waits for them."""
        engaged = {SAM.number: (880.0,), KIM.number: (940.0,)}
        self.rules = dataclasses.replace(self.rules, known=Known(engaged=engaged))
        self.talking().tell(ev.HandoffAsked("tool", "", "wants a person", "An order has not arrived."))
        self.rules = dataclasses.replace(self.rules, known=Known())
        return self

    def returning(self) -> Story:
        self.talking()
        return self.tell(ev.AILeft(self.call.ai.k, self.call.room_sid, "participant_hung_up"))

    def redirected(self) -> Story:
        self.rules = styled(Style.REDIRECT)
        return self.talking().tell(ev.HandoffAsked("tool", "", "", "An order."))

    def message(self) -> Story:
        self.rules = Rules()
        self.talking()
        return self.tell(ev.ModelLost(self.call.ai.generation, "insufficient_quota", fatal=True))

    def over(self) -> Story:
        self.talking()
        return self.tell(ev.CallerLeft(self.call.room_sid, "participant_hung_up"))

    def present(self) -> bool:
        """Whether an AI leg counts as there."""
        return self.call.ai.state is not AIState.ABSENT


class Again(Story):
    """The same with a past: the room is the second, the AI's leg and the attempt are the second too."""

    def talking(self) -> Story:
        super().talking().tell(ev.RoomLost(ROOM), ev.CallerCameBack())
        return self.tell(ev.CallerJoined("wt-c1-2", "CF2", "CAcaller")).ai_up(2)

    def asked(self) -> Story:
        super().asked().tell(ev.HumanDialled(1, "CAhuman1"))
        return self.tell(ev.HumanEnded(1, Ended.BUSY, "486", "CAhuman1"))

    def redirected(self) -> Story:
        return super().redirected().tell(ev.CallerCameBack(1, Ended.BUSY))


#: How to get a call into each stage.
INTO = {
    Stage.ARRIVING: "arrived",
    Stage.CONNECTING: "connecting",
    Stage.AI: "talking",
    Stage.WAITING: "waiting",
    Stage.RINGING: "ringing",
    Stage.BRIEFING: "briefing",
    Stage.JOINING: "joining",
    Stage.HUMAN: "with_human",
    Stage.CANCELLING: "cancelling",
    Stage.RETURNING: "returning",
    Stage.REDIRECTED: "redirected",
    Stage.MESSAGE: "message",
    Stage.OVER: "over",
}


def in_stage(stage: Stage, story: Story | None = None) -> Story:
    """A call in this stage, by the shortest way."""
    story = story or Story()
    getattr(story, INTO[stage])()
    assert story.call.stage is stage
    return story


def fact(kind: type[ev.Event], story: Story) -> ev.Event:
    """An event of this kind that fits the call as it stands, leg by leg."""
    call = story.call
    about_ai = {field.name for field in dataclasses.fields(kind)} & {"k", "generation"}
    about_human = kind.__name__.startswith("Human")
    leg = call.ai.call_sid if about_ai else story.leg if about_human else call.caller_sid
    who: Any = Place.IN if kind is ev.BridgeSeen else call.caller
    values: dict[str, Any] = {
        "n": story.n,
        "k": call.ai.k,
        "generation": call.ai.generation,
        "room": call.room,
        "room_sid": call.room_sid,
        "call_sid": leg,
        "caller": who,
        "called": call.called,
        "token": "token",
        "number": "+15550100099",
        "source": "api",
        "by": "console: Anna",
        "attempt": story.n,
        "name": "kim",
        "text": "Closed on Friday.",
        "outcome": Outcome.DECLINED,
        "status": Ended.COMPLETED,
        "answered_by": Heard.HUMAN,
        "human": Place.IN,
        "stage": call.stage,
        "alarm": call.alarm,
        "order": "AddAI",
        "kind": "gone",
        "key": call.ai.label,
        "pressed": "1",
        "said": Said.WORDS,
        "seconds": 5.0,
        "place": 2,
        "how": "words",
    }
    return kind(
        **{field.name: values[field.name] for field in dataclasses.fields(kind) if field.name in values}
    )


def known(call: Call) -> Call:
    """What is known of the call, but for the hour and a stray leg that was noted."""
    return dataclasses.replace(call, at=0.0, stray="")
