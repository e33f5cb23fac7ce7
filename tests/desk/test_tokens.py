"""A caller's token is there while the call is up, and nowhere but in memory."""

from __future__ import annotations

from dataclasses import replace

from warmtransfer.core import events as ev
from warmtransfer.core.call import Call, Stage
from warmtransfer.desk import tokens
from warmtransfer.desk.tokens import Tokens

CALL = Call(id="c1", stage=Stage.AI)


def test_a_token_is_kept_until_the_call_is_over() -> None:
    kept = Tokens(wanted=True)
    kept.keep("c1", "lent")
    kept.watch(None, CALL, ev.Restarted())
    assert kept.of("c1") == "lent"
    kept.watch(CALL, replace(CALL, stage=Stage.OVER), ev.CallerLeft())
    assert kept.of("c1") == ""


def test_a_token_that_nobody_will_ask_for_is_not_kept() -> None:
    kept = Tokens(wanted=False)
    kept.keep("c1", "lent")
    assert kept.of("c1") == ""


def test_no_more_than_so_many_tokens_are_kept() -> None:
    kept = Tokens(wanted=True)
    for number in range(tokens.KEPT + 1):
        kept.keep(f"c{number}", "lent")
    assert kept.of("c0") == ""
    assert kept.of(f"c{tokens.KEPT}") == "lent"
