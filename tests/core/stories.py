"""A call that is told facts in order, for tests of `step`."""

from __future__ import annotations

from warmtransfer.core import events as ev
from warmtransfer.core import orders as do
from warmtransfer.core.call import AIState, Call, Stage, Style
from warmtransfer.core.rules import Human, Rules
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

    def ringing(self) -> Story:
        self.talking().tell(ev.HandoffAsked("tool", "", "wants a person", "An order has not arrived."))
        return self.tell(ev.HumanDialled(1, "CAhuman1"))

    def briefing(self) -> Story:
        return self.ringing().tell(ev.HumanAnswered(1, "CAhuman1"))

    def joining(self) -> Story:
        return self.briefing().tell(ev.HumanAccepted(1))

    def with_human(self) -> Story:
        return self.joining().tell(ev.HumanJoined(1, ROOM, "CAhuman1"))

    def cancelling(self) -> Story:
        return self.ringing().wait()

    def returning(self) -> Story:
        return self.talking().tell(ev.AILeft(1, ROOM, "participant_hung_up"))

    def redirected(self) -> Story:
        self.rules = styled(Style.REDIRECT)
        return self.talking().tell(ev.HandoffAsked("tool", "", "", "An order."))

    def message(self) -> Story:
        self.rules = Rules()
        self.talking().tell(ev.ModelLost(self.call.ai.generation, "insufficient_quota", fatal=True))
        assert self.call.stage is Stage.MESSAGE
        return self

    def over(self) -> Story:
        return self.talking().tell(ev.CallerLeft(ROOM, "participant_hung_up"))

    def present(self) -> bool:
        """Whether an AI leg counts as there."""
        return self.call.ai.state is not AIState.ABSENT


#: How to get a call into each stage.
INTO = {
    Stage.ARRIVING: Story.arrived,
    Stage.CONNECTING: Story.connecting,
    Stage.AI: Story.talking,
    Stage.RINGING: Story.ringing,
    Stage.BRIEFING: Story.briefing,
    Stage.JOINING: Story.joining,
    Stage.HUMAN: Story.with_human,
    Stage.CANCELLING: Story.cancelling,
    Stage.RETURNING: Story.returning,
    Stage.REDIRECTED: Story.redirected,
    Stage.MESSAGE: Story.message,
    Stage.OVER: Story.over,
}


def in_stage(stage: Stage) -> Story:
    """A call in this stage, by the shortest way."""
    story = INTO[stage](Story())
    assert story.call.stage is stage
    return story
