"""The ledger: what has been heard at any time, and what an interruption means."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warmtransfer.relay.playback import OWN, Cut, Ledger


def test_a_piece_is_heard_when_its_time_has_passed() -> None:
    ledger = Ledger()
    ledger.sent("a", 0, 1000, 10.0)
    assert ledger.left(10.0) == pytest.approx(1.0)
    assert not ledger.finished("a", 10.9)
    assert ledger.finished("a", 11.0)
    assert ledger.left(12.0) == 0.0


def test_a_burst_plays_in_line() -> None:
    ledger = Ledger()
    for _ in range(5):
        ledger.sent("a", 0, 1000, 10.0)
    assert ledger.left(10.0) == pytest.approx(5.0)
    assert ledger.left(12.5) == pytest.approx(2.5)


def test_the_playing_item_is_truncated_where_it_was_heard() -> None:
    ledger = Ledger()
    ledger.sent("a", 1, 5000, 10.0)
    cut = ledger.interrupt(12.0)
    assert (cut.clear, cut.truncate, cut.delete) == (True, ("a", 1, 2000), ())
    assert dict(cut.heard) == pytest.approx({"a": 0.4})


def test_a_second_answer_is_counted_from_its_own_beginning() -> None:
    """Counting from the first answer's start asks for more than there is: an error, and nothing is cut."""
    ledger = Ledger()
    ledger.sent("a", 0, 3000, 10.0)
    ledger.sent("b", 0, 5000, 25.0)
    assert ledger.interrupt(27.0).truncate == ("b", 0, 2000)


def test_of_two_queued_items_the_first_is_cut_and_the_second_forgotten() -> None:
    ledger = Ledger()
    ledger.sent("a", 0, 4000, 10.0)
    ledger.sent("b", 0, 6000, 10.1)
    cut = ledger.interrupt(12.5)
    assert (cut.truncate, cut.delete) == (("a", 0, 2500), ("b",))
    assert dict(cut.heard) == pytest.approx({"a": 0.625, "b": 0.0})


def test_nothing_outstanding_means_nothing_to_do() -> None:
    ledger = Ledger()
    assert ledger.interrupt(1.0) == Cut()
    ledger.sent("a", 0, 1000, 10.0)
    assert ledger.interrupt(13.0) == Cut()


def test_an_item_of_which_nothing_was_heard_is_deleted_not_truncated_at_zero() -> None:
    ledger = Ledger()
    ledger.sent("a", 0, 1000, 10.0)
    cut = ledger.interrupt(10.0)
    assert (cut.clear, cut.truncate, cut.delete) == (True, None, ("a",))


def test_our_own_tone_is_cleared_and_never_told_to_the_model() -> None:
    ledger = Ledger()
    ledger.sent(OWN, 0, 1000, 10.0)
    assert ledger.interrupt(10.5) == Cut(clear=True)
    assert not ledger.speaking(10.6)


def test_a_returned_mark_corrects_a_clock_that_ran_ahead() -> None:
    """The network played later than we sent: what follows the mark starts when the mark came back."""
    ledger = Ledger()
    ledger.sent("a", 0, 1000, 10.0)
    first = ledger.mark()
    ledger.sent("a", 0, 4000, 10.0)
    assert ledger.returned(first, 11.3)
    assert ledger.interrupt(12.3).truncate == ("a", 0, 2000)


def test_a_returned_mark_corrects_a_clock_that_ran_behind() -> None:
    ledger = Ledger()
    ledger.sent("a", 0, 1000, 10.0)
    first = ledger.mark()
    ledger.sent("b", 0, 4000, 10.0)
    assert ledger.returned(first, 10.2)
    assert ledger.finished("a", 10.2)
    assert ledger.interrupt(10.7).truncate == ("b", 0, 500)


def test_marks_are_unique_and_old_ones_mean_nothing() -> None:
    """A clear gives all outstanding marks back: those say nothing of what was heard."""
    ledger = Ledger("1.")
    ledger.sent("a", 0, 5000, 10.0)
    names = [ledger.mark(), ledger.mark()]
    ledger.interrupt(11.0)
    ledger.sent("b", 0, 5000, 12.0)
    names.append(ledger.mark())
    assert len(set(names)) == 3
    assert not ledger.returned(names[0], 12.0)
    assert not ledger.returned("someone else's", 12.0)
    assert not ledger.finished("b", 12.0)
    assert ledger.interrupt(13.0).truncate == ("b", 0, 1000)


def test_a_later_mark_stands_for_those_before_it() -> None:
    ledger = Ledger()
    ledger.sent("a", 0, 1000, 10.0)
    first = ledger.mark()
    ledger.sent("a", 0, 1000, 10.0)
    second = ledger.mark()
    assert ledger.returned(second, 10.5)
    assert not ledger.returned(first, 10.6)
    assert ledger.left(10.6) == 0.0


def test_after_an_interruption_the_next_answer_starts_afresh() -> None:
    ledger = Ledger()
    ledger.sent("a", 0, 60000, 10.0)
    ledger.interrupt(11.0)
    ledger.sent("b", 0, 1000, 11.5)
    assert ledger.left(11.5) == pytest.approx(1.0)


@given(st.lists(st.tuples(st.sampled_from(["a", "b", OWN, "mark", "cut"]), st.floats(0, 3)), max_size=30))
def test_what_is_left_is_what_playing_it_piece_by_piece_would_take(story: list[tuple[str, float]]) -> None:
    """Against the plainest way to count: a piece begins when it was sent, or when the one before ended."""
    ledger, now = Ledger(), 0.0
    queue: list[tuple[str, float, float]] = []  # item, when it begins, when it ends
    for what, pause in story:
        now += pause
        if what == "cut":
            ledger.interrupt(now)
            queue = []
        elif what == "mark":
            ledger.mark()
        else:
            begin = max(now, queue[-1][2] if queue else 0.0)
            queue.append((what, begin, begin + 1.3))
            ledger.sent(what, 0, 1300, now)
        unheard = [each for each in queue if each[2] > now + 1e-9]
        assert ledger.left(now) == pytest.approx(unheard[-1][2] - now if unheard else 0.0, abs=1e-6)
        assert ledger.speaking(now) == any(item != OWN for item, _, _ in unheard)
        assert ledger.finished("a", now) == all(item != "a" for item, _, _ in unheard)


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 4000), st.floats(0, 3)), max_size=20),
    st.floats(0, 60),
)
def test_never_more_is_cut_than_was_sent(pieces: list[tuple[str, int, float]], after: float) -> None:
    """The real server refuses a truncation beyond the item's audio."""
    ledger = Ledger()
    now = 0.0
    sent: dict[str, int] = {}
    for item, ms, pause in pieces:
        now += pause
        ledger.sent(item, 0, ms, now)
        sent[item] = sent.get(item, 0) + ms
    cut = ledger.interrupt(now + after)
    if cut.truncate:
        item, _, ms = cut.truncate
        assert 0 < ms <= sent[item]
    assert not set(cut.delete) & {cut.truncate[0] if cut.truncate else ""}
    assert cut.clear == bool(cut.heard)
