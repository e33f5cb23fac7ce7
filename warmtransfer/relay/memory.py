"""What caller and AI said to each other, as far as it was heard: the seed of a new session.

Survives sessions and streams of one call. Item ids are the current session's; `detach` forgets them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

#: Turns that are kept, and given to a new session.
TURNS = 120


@dataclass(slots=True)
class Turn:
    """One turn. An AI turn is `settled` once all that will be heard of it has been heard."""

    who: str  #: caller or ai
    item: str
    text: str = ""
    final: bool = False
    settled: bool = False
    sounded: bool = False  #: audio of it was played


class Memory:
    """The turns of one call, in the order in which they began."""

    def __init__(self) -> None:
        self._turns: list[Turn] = []
        self._open: list[Turn] = []  #: of which more is to come: callers' words, or the end of the AI's
        self.notes: list[str] = []  #: what every session is told besides, from those who look after the call

    # The caller -------------------------------------------------------------------------------------

    def caller_turn(self, item: str) -> None:
        """The caller has spoken; the words will come."""
        if self._find(item) is None:
            self._add(Turn("caller", item))

    def caller_words(self, item: str, text: str) -> None:
        """The words of that turn."""
        turn = self._find(item) or self._add(Turn("caller", item))
        turn.text, turn.final = text.strip(), True
        self._settled(turn)

    # The AI -----------------------------------------------------------------------------------------

    def ai_sounded(self, item: str) -> None:
        """Audio of the item was given to the caller."""
        (self._find(item) or self._add(Turn("ai", item))).sounded = True

    def ai_words(self, item: str, text: str, final: bool) -> None:
        """More words, or all of them; those of an item that was cut stay as they were cut."""
        turn = self._find(item) or self._add(Turn("ai", item))
        if not turn.settled:
            turn.text = text.strip() if final else turn.text + text
            turn.final = final

    def cut(self, item: str, share: float) -> str:
        """Only this share of the item was heard: keep, and give, the words that belong to it."""
        turn = self._find(item)
        if turn is None or turn.settled:
            return ""
        self._settled(turn)
        turn.text = cut_words(turn.text, share)
        if not turn.text:
            self._turns.remove(turn)
        return turn.text

    def sounding(self) -> list[str]:
        """Items that have begun to sound and are not settled."""
        return [each.item for each in self._open if each.sounded]

    def settle(self, item: str, *, force: bool = False) -> str:
        """All of the item was heard: its words, once they are all known (or `force`), else nothing."""
        turn = self._find(item)
        if turn is None or turn.settled or not (turn.final or force):
            return ""
        self._settled(turn)
        return turn.text

    # The whole --------------------------------------------------------------------------------------

    def lines(self) -> list[tuple[str, str]]:
        """Who said what, the unheard left out."""
        kept = [each for each in self._turns if each.text and (each.settled or each.sounded)]
        return [(each.who, each.text.strip()) for each in kept]

    def earlier(self) -> list[str]:
        """What the AI said in sessions before this one, as far as it was heard."""
        return [each.text for each in self._turns if each.who == "ai" and not each.item]

    def recall(self, said: Iterable[tuple[str, str]]) -> None:
        """What was said before, as (who, text), oldest first."""
        for who, text in said:
            self._add(Turn(who, "", text, final=True, settled=True))

    def waiting(self) -> bool:
        """Whether the words of a caller's turn are still to come."""
        return any(each.who == "caller" for each in self._open)

    def detach(self) -> None:
        """The session is over: its item ids mean nothing any more."""
        self._turns = [each for each in self._turns if each.text and (each.settled or each.sounded)]
        self._open = []
        for each in self._turns:
            each.item, each.final, each.settled = "", True, True

    def _find(self, item: str) -> Turn | None:
        return next((each for each in reversed(self._turns) if each.item == item), None) if item else None

    def _add(self, turn: Turn) -> Turn:
        self._turns.append(turn)
        if turn.item:
            self._open.append(turn)
        if len(self._turns) > TURNS:
            self._settled(self._turns.pop(0))
        return turn

    def _settled(self, turn: Turn) -> None:
        turn.settled = True
        self._open = [each for each in self._open if each is not turn]


def cut_words(text: str, share: float) -> str:
    """The beginning of a text that took this share of its time, at a word's end, marked as cut."""
    text = text.strip()
    if share >= 0.995 or not text:
        return text
    words = text.split()
    wanted = share * len(text)
    kept: list[str] = []
    for word in words:
        if len(" ".join([*kept, word])) > wanted:
            break
        kept.append(word)
    return " ".join(kept) + "…" if kept else ""
