"""The soak sees what grows, and does not take ups and downs for growth."""

from __future__ import annotations

import pytest

from tests.soak.samples import WARM, Life, grown, too_much


def life(*memory: float) -> Life:
    made = Life(100.0)
    made.samples = [(100.0 + WARM + 5 * n, {"memory": each}) for n, each in enumerate(memory)]
    return made


def wrong(made: Life) -> list[str]:
    return [name for name, (first, last) in grown(made.warm()).items() if too_much(name, first, last)]


def test_what_grows_from_sample_to_sample_is_seen() -> None:
    assert wrong(life(*(100e6 + 2e6 * n for n in range(12)))) == ["memory"]


def test_a_peak_in_the_middle_and_a_first_filling_of_pools_are_no_growth() -> None:
    made = life(100e6, 101e6, 100e6, 180e6, 180e6, 180e6, 101e6, 100e6, 102e6)
    made.samples = [(100.0 + 5 * n, {"memory": 20e6}) for n in range(9)] + made.samples
    assert wrong(made) == []


@pytest.mark.parametrize("name", ["descriptors", "threads", "greenlets", "open orders", "rows"])
def test_everything_that_is_counted_may_be_found_growing(name: str) -> None:
    assert too_much(name, 40.0, 100.0)
    assert not too_much(name, 40.0, 41.0)


def test_too_few_samples_say_nothing() -> None:
    assert grown(life(1e6, 900e6).warm()) == {}
