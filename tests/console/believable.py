"""Calls as a small shop has them, told to the real `step` and kept in a real store, at any time."""

from __future__ import annotations

import random
import secrets
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager

from sqlalchemy import Connection

from warmtransfer.core import events as ev
from warmtransfer.core.call import AIState, Call, Stage
from warmtransfer.core.legs import Ended
from warmtransfer.core.names import called
from warmtransfer.core.outcomes import Outcome
from warmtransfer.core.rules import Human, Rules
from warmtransfer.core.step import step
from warmtransfer.ports.store.owner import Owner
from warmtransfer.ports.store.store import Decision, Store, here

HUMANS = (
    Human("sam", "+15550100001", "orders and deliveries"),
    Human("kim", "+15550100002", "invoices"),
    Human("Mrs Okafor", "+442079460018", "everything else"),
)
RULES = Rules(humans=HUMANS)
CALLED = "+15550100000"
TALKS: tuple[Sequence[tuple[str, str]], ...] = (
    (
        ("ai", "Hello, this is the assistant of Harbour Street Bookshop, an AI. How can I help you?"),
        ("caller", "Hi, I ordered two books last week and only one has arrived."),
        ("ai", "I am sorry about that. May I have your name, and the order number if you have it?"),
        ("caller", "It's Lee, Margaret Lee. The number is four four one seven."),
        ("ai", "Thank you, Mrs Lee. Order 4417 was sent in two parcels. The second one is …"),
        ("caller", "Could I talk to somebody about it? It was meant as a present for tomorrow."),
    ),
    (
        ("ai", "Hello, this is the assistant of Harbour Street Bookshop, an AI. How can I help you?"),
        ("caller", "When are you open on Saturday?"),
        ("ai", "On Saturdays from ten to six. Is there anything else?"),
        ("caller", "And when does the second volume come out?"),
        ("ai", "The second volume comes out on the fourth of March. Shall I put one aside for you?"),
    ),
    (
        ("ai", "Hello, this is the assistant of Harbour Street Bookshop, an AI. How can I help you?"),
        ("caller", "My invoice says thirty two pounds, but the shelf said twenty three."),
        ("ai", "That sounds like a mix-up. Which book was it?"),
        ("caller", "The atlas. I'd rather speak with a person, please."),
    ),
)
SUMMARIES = (
    "Margaret Lee: order 4417 came without its second book, a present for tomorrow.",
    "Wants to know when the second volume comes out.",
    "Was charged 32 instead of 23 pounds for the atlas.",
)


class Diary(Store):
    """A store whose clock stands where the story is."""

    def __init__(self, url: str, owner: Owner | None = None) -> None:
        self.at = 0.0
        super().__init__(url, here, lambda: self.at, owner=owner)

    def _transaction(
        self, wait: float = 0.0, *more: bool, **options: bool
    ) -> AbstractContextManager[Connection]:
        """Other tests may keep the disk busy: it is waited for longer than a call could."""
        return super()._transaction(max(wait, 20.0), *more, **options)


class Visit:
    """One call in the making; each step says how many seconds after the one before it happens."""

    def __init__(
        self, store: Diary, at: float, number: str, talk: int = 0, call_id: str = "", name: str = ""
    ) -> None:
        self.store, self.at, self.talk = store, at, talk
        self.call = Call(id=call_id or secrets.token_hex(12))
        self._said = 0
        self._new = True
        self.tell(ev.CallArrived("CA" + secrets.token_hex(16), number, CALLED, name))

    def tell(self, event: ev.Event, after: float = 0.0) -> Visit:
        """Let this happen."""
        self.at += after
        at = self.at

        def decide(known: Call | None) -> Decision:
            before = known or self.call
            return Decision(before, event, *step(before, event, at, RULES))

        saved = self.store.decide(self.call.id, decide, 20.0)
        assert saved is not None
        self.call = saved.call
        self.store.at = at + 0.2
        if saved.orders:
            self.store.orders_done([(number, "done") for number, _ in saved.orders])
        return self

    def say(self, who: str, text: str, after: float = 4.0) -> Visit:
        """Let this be said."""
        self.at += after
        self.store.add_lines([(self.call.id, self.at, who, text)])
        return self

    def connected(self) -> Visit:
        """The AI has the caller."""
        self.tell(ev.CallerJoined(self.call.room, "CF" + secrets.token_hex(16), self.call.caller_sid), 0.6)
        return self.ai_up()

    def ai_up(self) -> Visit:
        """The AI's leg comes, and its model."""
        k, sid = self.call.ai.k, "CA" + secrets.token_hex(16)
        self.tell(ev.AIAdded(k, sid), 0.2).tell(ev.AIAsked(k, f"{self.call.id}.t"), 0.1)
        self.tell(ev.AIJoined(k, self.call.room_sid, sid))
        generation = self.call.ai.generation
        self.tell(ev.StreamUp(generation), 0.1).tell(ev.AIUp(generation), 0.1)
        assert self.call.ai.state is AIState.UP
        return self

    def chat(self, lines: int = 99) -> Visit:
        """So many lines of the talk are said."""
        talk = TALKS[self.talk % len(TALKS)]
        for who, text in talk[self._said : self._said + lines]:
            self.say(who, text, 1.5 + len(text) / 15)
            self._said += 1
        return self

    def ask(self, after: float = 1.5, source: str = "tool", target: str = "") -> Visit:
        """A person is asked for."""
        summary = SUMMARIES[self.talk % len(SUMMARIES)]
        return self.tell(ev.HandoffAsked(source, target, "asked for a person", summary), after)

    def rings(self, after: float = 1.2) -> Visit:
        """The human's telephone rings."""
        n = len(self.call.attempts)
        sid = "CA" + secrets.token_hex(16)
        return self.tell(ev.HumanDialled(n, sid), 0.4).tell(ev.HumanRang(n, sid), after)

    def answers(self, after: float = 6.0) -> Visit:
        """They pick up, and hear what it is about."""
        attempt = self.call.attempts[-1]
        self.tell(ev.HumanAnswered(attempt.n, attempt.call_sid), after)
        words = f"A call for {called(attempt.name)}, from Harbour Street Bookshop. Press 1 to take it. "
        self.store.add_lines(
            [(self.call.id, self.at + 0.3, f"to human-{attempt.n}", words + self.call.handoff.summary)]
        )
        return self

    def accepts(self, after: float = 5.0) -> Visit:
        """Key 1, and they join."""
        n = len(self.call.attempts)
        self.tell(ev.HumanAccepted(n), after).tell(ev.HumanJoined(n, self.call.room_sid), 0.7)
        k = self.call.ai.k
        self.tell(ev.LineHeard(self.call.ai.generation), 2.2)
        return self.tell(ev.AILeft(k, self.call.room_sid), 0.3)

    def fails(self, status: Ended, after: float = 20.0) -> Visit:
        """Their leg ends without them."""
        attempt = self.call.attempts[-1]
        return self.tell(ev.HumanEnded(attempt.n, status, "", attempt.call_sid), after)

    def declines(self, after: float = 4.0, outcome: Outcome = Outcome.DECLINED) -> Visit:
        """Key 2, or no key."""
        attempt = self.call.attempts[-1]
        self.tell(ev.HumanDeclined(attempt.n, outcome), after)
        return self.tell(ev.HumanEnded(attempt.n, Ended.COMPLETED, "", attempt.call_sid), 0.6)

    def leaves(self, after: float = 3.0) -> Visit:
        """The caller hangs up, and what is left of legs ends."""
        self.tell(ev.CallerLeft(self.call.room_sid), after)
        for each in self.call.attempts:
            if not each.ended:
                self.tell(ev.HumanEnded(each.n, Ended.COMPLETED, "", each.call_sid), 0.4)
        if self.call.ai.k:
            self.tell(ev.AILeft(self.call.ai.k, self.call.room_sid), 0.2)
        while self.call.alarm_at:
            self.at = max(self.at, self.call.alarm_at)
            self.tell(ev.TimedOut(self.call.stage, self.call.alarm))
        return self


def number(dice: random.Random) -> str:
    """A caller's, from a range that is nobody's."""
    return f"+1555012{dice.randrange(10_000):04}"


def over(store: Diary, at: float, dice: random.Random) -> Call:
    """One call that is over, of any kind."""
    talk = dice.randrange(3)
    visit = Visit(store, at, number(dice), talk).connected().chat()
    kind = dice.random()
    silence = round(1.0 + 9.0 * kind**4, 2)
    visit.tell(ev.SilenceHeard(visit.call.ai.generation, silence))
    if silence > 8.5:
        visit.tell(ev.ModelLost(visit.call.ai.generation, "closed")).ai_up()
    if kind < 0.55:
        return visit.leaves().call
    visit.ask().rings()
    if kind < 0.85:
        return (
            visit.answers(dice.uniform(3, 12)).accepts(dice.uniform(3, 9)).leaves(dice.uniform(40, 400)).call
        )
    if kind < 0.93:
        visit.fails(dice.choice([Ended.NO_ANSWER, Ended.BUSY])).rings().answers(dice.uniform(3, 9)).accepts()
        return visit.leaves(dice.uniform(40, 300)).call
    visit.fails(Ended.NO_ANSWER).rings().answers().declines().rings().fails(Ended.BUSY, 3.0)
    visit.tell(ev.MessageTaken("Please ring back about the missing book; after five is best."), 20.0)
    return visit.leaves(6.0).call


def live(store: Diary, now: float, dice: random.Random) -> list[Visit]:
    """Calls in several stages, as if they had come to them by now."""
    found = [
        Visit(store, now - 102, "+15550123456", 0)
        .connected()
        .chat()
        .ask()
        .rings()
        .fails(Ended.NO_ANSWER, 20)
        .rings(),
        Visit(store, now - 64, number(dice), 2).connected().chat().ask(source="words").rings(),
        Visit(store, now - 66, "+4930901820", 0).connected().chat().ask().rings().answers(4),
        Visit(store, now - 42, number(dice), 1).connected().chat(4),
        Visit(store, now - 21, number(dice), 2).connected().chat(2),
        Visit(store, now - 9, number(dice), 1).connected().chat(1),
        Visit(store, now - 370, "+442079460123", 0).connected().chat().ask().rings().answers().accepts(),
        Visit(store, now - 200, number(dice), 2)
        .connected()
        .chat()
        .ask(target="kim")
        .rings()
        .answers()
        .accepts(),
        Visit(store, now - 2, ""),
    ]
    lost = Visit(store, now - 150, number(dice), 2).connected().chat().ask().rings().fails(Ended.BUSY, 4)
    found.append(lost.rings().fails(Ended.NO_ANSWER, 15).rings().fails(Ended.UNREACHABLE, 2))
    back = Visit(store, now - 80, number(dice), 1).connected().chat(3)
    found.append(back.tell(ev.ModelLost(back.call.ai.generation, "closed"), max(0.1, now - 8 - back.at)))
    assert {each.call.stage for each in found} >= {Stage.AI, Stage.RINGING, Stage.BRIEFING, Stage.HUMAN}
    return found


def fill(store: Diary, past: int, days: float = 6.0, seed: int = 7, now: float = 0.0) -> None:
    """So many calls that are over, within these days."""
    dice = random.Random(seed)
    end = (now or time.time()) - 900
    for at in sorted(end - dice.random() ** 1.3 * days * 86400 for _ in range(past)):
        over(store, at, dice)
