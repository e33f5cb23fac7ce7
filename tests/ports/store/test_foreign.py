"""Data of other releases: read as far as it can be, else left alone and said once."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text

from tests.core.stories import in_stage
from tests.ports.store.databases import create, creating, database
from warmtransfer.core import events as ev
from warmtransfer.core import orders as do
from warmtransfer.core.call import AI, Attempt, Call, Outcome, Stage, Style, Unreadable
from warmtransfer.core.versions import VERSION
from warmtransfer.ports.store import foreign
from warmtransfer.ports.store.forgetting import CallerFile, StillLive
from warmtransfer.ports.store.records import Foreign
from warmtransfer.ports.store.store import BITE, Decision, Store, here
from warmtransfer.sparing import Sparing

#: A call as a release before this one wrote it: what has been added since is not there.
BEFORE = {
    "id": "before", "stage": "ai", "caller_sid": "CAcaller", "rooms": 1,
    "ai": {"k": 1, "state": "up"}, "handoff": {"number": 1, "source": "tool"},
    "attempts": [{
        "n": 1, "handoff": 1, "name": "sam", "number": "+15550100001", "style": "screen",
        "outcome": "busy", "ended": True}],
}  # fmt: skip
#: And as one behind it may: with fields nobody here knows.
AFTER = in_stage(Stage.RINGING).call.to_dict() | {"id": "after", "mood": "fine"}
AFTER["ai"] |= {"colour": "blue"}
AFTER["attempts"][0] |= {"ringtone": 3}
#: What cannot be guessed: words that only the other release knows.
STRANGE: dict[str, dict[str, Any]] = {
    "stage": AFTER | {"stage": "dreaming"},
    "style": AFTER | {"attempts": [AFTER["attempts"][0] | {"style": "telepathy"}]},
    "outcome": AFTER | {"attempts": [AFTER["attempts"][0] | {"outcome": "enchanted"}]},
    "state": AFTER | {"ai": AFTER["ai"] | {"state": "asleep"}},
    "shape": AFTER | {"attempts": "none"},
    "numbers": AFTER | {"ai": 7},
    "version": AFTER | {"version": VERSION + 2},
}


@pytest.fixture(autouse=True)
def said_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test hears its first line."""
    monkeypatch.setattr(foreign, "_lines", Sparing(foreign._lines._log))


def put(url: str, table: str, column: str, which: Any, data: Any) -> None:
    """Write what another release would have."""
    with database(url) as db:
        cast = f"CAST(:data AS {'json' if url.startswith('postgres') else 'text'})"
        where = "id = :which" if table.endswith("call") else "call_id = :which"
        db.execute(
            text(f'UPDATE {table} SET "{column}" = {cast} WHERE {where}'),
            {"data": json.dumps(data), "which": which},
        )


def test_a_call_with_words_that_do_not_matter_here_is_read_by_all_and_said_once(
    url: str, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    create(store, "after", stage=Stage.RINGING)
    over = AFTER["attempts"][0] | {"outcome": "enchanted", "ended": True, "joined_at": 5.0}
    proofs = [{"at": 1.0, "caller": "floating", "human": "in"}]
    given = AFTER | {"attempts": [over | {"proofs": proofs}], "handoff": AFTER["handoff"] | {"end": "bliss"}}
    put(url, "warmtransfer_call", "state", "after", given)
    for call in (store.load("after"), *store.calls(live=True)):
        assert call is not None
        assert (call.id, call.attempts[0].outcome) == ("after", Outcome.ACCEPTED)
    (said,) = [each for each in caplog.messages if "another release" in each]
    assert "call after has words that only another release of warmtransfer knows (bliss, enchanted, " in said


def test_a_call_of_the_release_before_is_read_with_defaults_for_what_was_added(
    url: str, store: Store
) -> None:
    create(store, "before", stage=Stage.AI)
    put(url, "warmtransfer_call", "state", "before", BEFORE)
    call = store.load("before")
    assert call is not None
    assert (call.stage, call.ai.state, call.left) == (Stage.AI, "up", False)
    assert call.ai == AI(k=1, state=call.ai.state)
    sam = Attempt(1, 1, "sam", "+15550100001", Style.SCREEN, outcome=Outcome.BUSY, ended=True)
    assert call.attempts == (sam,)
    assert Call.from_dict(call.to_dict()) == call


def test_a_call_of_the_release_behind_is_read_without_what_it_has_added(url: str, store: Store) -> None:
    create(store, "after", stage=Stage.RINGING)
    put(url, "warmtransfer_call", "state", "after", AFTER)
    call = store.load("after")
    assert call is not None
    assert call.stage is Stage.RINGING
    assert call.attempts == in_stage(Stage.RINGING).call.attempts


def test_what_the_release_behind_has_stored_besides_is_kept_when_we_go_on_with_its_call(
    url: str, store: Store
) -> None:
    """It serves beside us in a deploy, and goes on after us: what it had noted must not be gone then."""
    create(store, "after", stage=Stage.RINGING)
    newer = AFTER | {"version": VERSION + 1}
    put(url, "warmtransfer_call", "state", "after", newer)
    ours = Attempt(2, 1, "kim", "+15550100002", Style.SCREEN)

    def decide(call: Call | None) -> Decision:
        assert call is not None
        return Decision(call, None, replace(call, news="busy", attempts=(*call.attempts, ours)), ())

    store.decide("after", decide)
    with database(url) as db:
        state = db.execute(text("SELECT state FROM warmtransfer_call WHERE id = 'after'")).scalar()
    state = json.loads(state) if isinstance(state, str) else state
    assert (state["mood"], state["ai"]["colour"], state["version"]) == ("fine", "blue", VERSION + 1)
    assert (state["attempts"][0]["ringtone"], state["news"]) == (3, "busy")
    assert Call.from_dict(state).attempts[1] == ours


def test_what_an_older_release_has_stored_besides_is_let_go(url: str, store: Store) -> None:
    create(store, "after", stage=Stage.RINGING)
    put(url, "warmtransfer_call", "state", "after", AFTER)
    store.decide("after", lambda call: Decision(call, None, call, ()) if call else None)
    with database(url) as db:
        state = str(db.execute(text("SELECT state FROM warmtransfer_call WHERE id = 'after'")).scalar())
    assert "mood" not in state


@pytest.mark.parametrize("what", STRANGE)
def test_a_call_that_cannot_be_read_is_passed_over_and_the_others_are_not(
    url: str, store: Store, caplog: pytest.LogCaptureFixture, what: str
) -> None:
    create(store, "mine", stage=Stage.AI, caller_sid="CAmine")
    create(store, "after", stage=Stage.AI, caller_sid="CAtheirs", started_at=5.0)
    put(url, "warmtransfer_call", "state", "after", STRANGE[what])
    assert [call.id for call in store.calls(live=True)] == ["mine"]
    assert store.load("after") is None
    assert store.by_caller("CAtheirs") is None
    assert store.arrive("CAtheirs", 1, lambda: creating("new")(None)) is None
    told: list[Call | None] = []
    store.decide("after", lambda call: told.append(call))  # type: ignore[func-returns-value]
    assert told == [None]
    assert caplog.text.count("is of another release") == 1
    assert "after" in caplog.text


@pytest.mark.parametrize(
    "data",
    [
        {"order": "SingToCaller", "song": 3},
        {"order": "DialHuman", "style": "telepathy"},
        {"tune": 1},
        [],
    ],
    ids=["order", "word", "shape", "list"],
)
def test_an_order_that_cannot_be_read_is_left_to_others_and_can_be_looked_at(
    url: str, store: Store, caplog: pytest.LogCaptureFixture, data: Any
) -> None:
    call = create(store, "c1")
    store.decide("c1", lambda _: Decision(call, None, call, (do.EndAI(k=1),)))
    store.decide("other", creating("other"))
    store.decide("other", lambda known: Decision(call, None, Call("other"), (do.EndHuman(n=1),)))
    put(url, "warmtransfer_outbox", "order", "c1", data)
    assert store.open_orders("c1") == []
    assert [order for _, order in store.open_orders()] == [do.EndHuman(n=1)]
    assert caplog.text.count("is of another release") == 1
    with pytest.raises(Unreadable):
        do.from_dict(data)


def test_an_order_of_another_release_stands_in_the_journal(url: str, store: Store) -> None:
    story = in_stage(Stage.AI)
    create(store, "c1")
    given = (do.EndAI(k=1),)
    call = story.call
    store.decide("c1", lambda _: Decision(call, ev.Restarted(), Call("c1"), given))
    put(url, "warmtransfer_outbox", "order", "c1", {"order": "SingToCaller", "song": 3})
    ((row),) = store.journal("c1")
    assert row.orders[0].order == Foreign({"order": "SingToCaller", "song": 3})
    assert row.orders[0].order.to_dict()["order"] == "SingToCaller"


def test_an_order_with_new_fields_is_read_without_them() -> None:
    assert do.from_dict({"order": "EndAI", "k": 2, "gently": True}) == do.EndAI(k=2)
    assert do.from_dict({"order": "EndAI"}) == do.EndAI()


def test_old_calls_are_forgotten_bite_by_bite_and_those_of_another_release_too(
    url: str, store: Store, open_store: Callable[..., Store]
) -> None:
    for number in range(BITE + 1):
        create(store, f"c{number}", stage=Stage.OVER, at=10.0)
    with database(url) as db:
        db.execute(text("UPDATE warmtransfer_call SET stage = 'dreaming' WHERE id = 'c3'"))
    assert [store.prune(20.0) for _ in range(3)] == [BITE, 1, 0]
    assert store.calls() == []


@pytest.mark.parametrize(("stage", "kept"), [("over", 0), ("dreaming", 1)])
def test_a_caller_is_forgotten_with_calls_that_only_another_release_can_read_once_they_are_over(
    url: str, store: Store, stage: str, kept: int
) -> None:
    create(store, "after", stage=Stage.OVER, caller="+15550107000")
    strange = STRANGE["style"] | {"stage": stage, "caller": "+15550107000"}
    put(url, "warmtransfer_call", "state", "after", strange)
    with closing(CallerFile(url, here)) as forgetting:
        assert forgetting.of("+15550107000") == []
        if kept:
            with pytest.raises(StillLive, match="another release"):
                forgetting.forget("+15550107000")
        else:
            assert forgetting.forget("+15550107000") == 1
    with database(url) as db:
        assert db.execute(text("SELECT count(*) FROM warmtransfer_call")).scalar_one() == kept
