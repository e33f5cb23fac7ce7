"""What is remembered of a conversation: the heard, in order."""

from __future__ import annotations

import pytest

from warmtransfer.relay.memory import TURNS, Memory, cut_words


def test_turns_stand_where_they_began_not_where_their_words_came() -> None:
    memory = Memory()
    memory.caller_turn("u1")
    memory.ai_sounded("i1")
    memory.ai_words("i1", "We are open until six.", True)
    memory.settle("i1")
    memory.caller_words("u1", " When are you open? ")
    assert memory.lines() == [("caller", "When are you open?"), ("ai", "We are open until six.")]


def test_words_without_sound_are_not_remembered() -> None:
    memory = Memory()
    memory.ai_words("i1", "Never played.", True)
    assert memory.lines() == []


def test_a_cut_item_keeps_only_what_was_heard_whatever_words_come_later() -> None:
    memory = Memory()
    memory.ai_sounded("i1")
    memory.ai_words("i1", "one two three four", False)
    assert memory.cut("i1", 0.5) == "one two…"
    memory.ai_words("i1", "one two three four five", True)
    assert memory.settle("i1") == ""
    assert memory.lines() == [("ai", "one two…")]


def test_an_item_of_which_nothing_was_heard_is_forgotten() -> None:
    memory = Memory()
    memory.ai_sounded("i1")
    memory.ai_words("i1", "one two", True)
    assert memory.cut("i1", 0.0) == ""
    assert memory.lines() == []


def test_an_item_is_settled_once_and_only_with_all_its_words() -> None:
    memory = Memory()
    memory.ai_sounded("i1")
    memory.ai_words("i1", "one", False)
    assert memory.settle("i1") == ""
    memory.ai_words("i1", "one two", True)
    assert memory.settle("i1") == "one two"
    assert memory.settle("i1") == ""
    assert memory.sounding() == []


def test_ids_of_a_session_that_ended_mean_nothing() -> None:
    memory = Memory()
    memory.ai_sounded("i1")
    memory.ai_words("i1", "one two", True)
    memory.caller_turn("u1")
    assert memory.waiting()
    memory.detach()
    assert not memory.waiting()
    memory.ai_words("i1", "another session's words", True)
    assert memory.lines() == [("ai", "one two")]


def test_a_turn_that_could_not_be_written_down_is_left_out() -> None:
    memory = Memory()
    memory.caller_turn("u1")
    memory.caller_words("u1", "")
    assert not memory.waiting()
    assert memory.lines() == []


def test_what_an_earlier_process_noted_stands_first() -> None:
    memory = Memory()
    memory.recall([("ai", "Hello."), ("caller", "Where is my order?")])
    memory.caller_words("u1", "Hello?")
    memory.detach()
    assert memory.lines() == [("ai", "Hello."), ("caller", "Where is my order?"), ("caller", "Hello?")]


def test_only_so_much_is_kept() -> None:
    memory = Memory()
    for number in range(TURNS + 30):
        memory.caller_words(f"u{number}", f"line {number}")
    assert len(memory.lines()) == TURNS
    assert memory.lines()[-1] == ("caller", f"line {TURNS + 29}")


@pytest.mark.parametrize(
    ("share", "text"),
    [(0.0, ""), (0.05, ""), (0.3, "one…"), (0.5, "one two…"), (0.999, "one two three four")],
)
def test_words_are_cut_at_a_words_end(share: float, text: str) -> None:
    assert cut_words("one two three four", share) == text
