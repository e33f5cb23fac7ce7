"""Frozen data as JSON-ready data, as `dataclasses.asdict` would have it."""

from __future__ import annotations

import json
from dataclasses import asdict

from warmtransfer.core import orders as do
from warmtransfer.core.call import AI, Attempt, Call, Stage, Style
from warmtransfer.core.plain import plain


def test_a_call_is_the_same_data_to_any_depth() -> None:
    sam = Attempt(1, 1, "sam", "+15550100001", Style.SCREEN)
    attempts = (sam, Attempt(2, 1, "kim", "+15550100002", Style.ANNOUNCE))
    call = Call(id="x", stage=Stage.AI, ai=AI(k=2, losses=(1.5, 2.5)), attempts=attempts)
    assert json.dumps(plain(call)) == json.dumps(asdict(call))


def test_what_has_no_fields_is_empty() -> None:
    assert plain(do.CloseModel()) == {}


def test_tuples_become_lists_and_the_rest_stays() -> None:
    assert plain((1, "two", None, (3.0,))) == [1, "two", None, [3.0]]
