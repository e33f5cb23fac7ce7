"""The clock that everything waits by."""

from __future__ import annotations

import time

import pytest

from warmtransfer.clock import Clock


def test_a_clock_that_is_hurried_goes_on_from_where_it_was() -> None:
    clock = Clock()
    before, real = clock.now(), time.time()
    clock.hurry(10.0)
    assert clock.now() - before < 10 * (time.time() - real) + 0.5
    assert clock.now() >= before
    assert clock.real(10.0) == pytest.approx(1.0)
    clock.hurry(20.0)
    assert before <= clock.now() <= before + 20 * (time.time() - real) + 0.5
