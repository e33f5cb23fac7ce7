"""Fifty callers and three humans, over two processes on one PostgreSQL: nobody's telephone rings twice."""

from __future__ import annotations

import itertools
import os
import random
import re
import threading
from collections import Counter, defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from tests.core.stories import RULES
from tests.desk.parts import Office, Options, eventually
from tests.desk.test_processes import talking
from tests.ports.store.databases import database
from tests.postgres import Postgres, own_server, schema
from warmtransfer.core import events as ev
from warmtransfer.core.call import Stage
from warmtransfer.core.legs import Ended
from warmtransfer.core.outcomes import Outcome
from warmtransfer.core.plans import read
from warmtransfer.core.rules import Human
from warmtransfer.desk.desk import Desk
from warmtransfer.desk.ushering import Usher

CALLERS = 50
#: Callers who are on the line at the same time.
AT_ONCE = 12
#: Seconds between two looks of each: they are work for those who are tested.
LOOK = 0.05
PLANS = ["in turn, rest 0, line of 99", "all at once, longest idle first, rest 0, no line"]


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with own_server() as found:
        yield found


class Telephones:
    """The humans' phones: what rings is answered at once, and taken or declined, as a die has it."""

    def __init__(self) -> None:
        self.desks: list[Desk] = []
        self.most: Counter[str] = Counter()  #: legs at once, by number
        self.talked: set[str] = set()  #: calls whose caller has spoken with a human
        self.faults: list[BaseException] = []
        self._up: defaultdict[str, set[str]] = defaultdict(set)
        self._legs: dict[str, tuple[str, str, int]] = {}
        self._lock = threading.Lock()
        self._serial = itertools.count(1)
        self._dice = random.Random(12)
        self._pool = ThreadPoolExecutor(8)

    def dial(self, to: str, url: str, **_more: Any) -> str:
        """A phone rings."""
        found = re.search(r"/human/(\w+)/(\d+)$", url.partition("#")[0].partition("?")[0])
        assert found is not None
        sid = f"CAhuman{next(self._serial)}"
        with self._lock:
            self._legs[sid] = (to, found[1], int(found[2]))
            self._up[to].add(sid)
            self.most[to] = max(self.most[to], len(self._up[to]))
        self._pool.submit(self._quietly, sid, found[1], int(found[2]))
        return sid

    def end(self, sid: str, *_more: Any) -> str:
        """The leg is over, and its end is told; harmless for one that is."""
        with self._lock:
            to, call_id, n = self._legs.get(sid, ("", "", 0))
            known = sid in self._up[to]
            self._up[to].discard(sid)
        if known:
            self._pool.submit(self._post, call_id, ev.HumanEnded(n, Ended.COMPLETED, "", sid))
        return ""

    def close(self) -> None:
        """Wait for every phone to be put down."""
        self._pool.shutdown()

    def _quietly(self, sid: str, call_id: str, n: int) -> None:
        try:
            self._lives(sid, call_id, n)
        except BaseException as fault:  # noqa: BLE001 - the test looks at it
            self.faults.append(fault)

    def _lives(self, sid: str, call_id: str, n: int) -> None:
        self._post(call_id, ev.HumanAnswered(n, sid))
        with self._lock:
            takes = self._dice.random() < 0.7
        if not takes:
            self._post(call_id, ev.HumanDeclined(n, Outcome.DECLINED))
            self.end(sid)
            return
        call = self._post(call_id, ev.HumanAccepted(n))
        if call.attempts[n - 1].outcome is not Outcome.ACCEPTED:
            return  # another was quicker: this leg is ended by whoever sees to that
        self._post(call_id, ev.HumanJoined(n, call.room_sid, sid))
        self._post(call_id, ev.CallerLeft(why="completed"))
        self.talked.add(call_id)
        self.end(sid)

    def _post(self, call_id: str, event: ev.Event) -> Any:
        with self._lock:
            desk = self._dice.choice(self.desks)
        return desk.post(call_id, event)


@pytest.mark.parametrize("plan", PLANS)
def test_fifty_callers_share_three_humans_and_no_telephone_is_rung_twice(
    server: Postgres, tmp_path: Path, plan: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Options, "max_calls", CALLERS)
    url = schema(server.url, f"fifty_{os.getpid()}_{PLANS.index(plan)}")
    rules = replace(RULES, humans=(*RULES.humans, Human("lee", "+15550100003")), plans=(read(plan),))
    phones = Telephones()
    answers = {"dial": phones.dial, "end_call": phones.end, "move_call": phones.end}
    ushers: list[Usher] = []
    offices = [Office(tmp_path, rules, url=url, find_room="", leg="", **answers) for _ in range(2)]
    try:
        for office in offices:
            office.switchboard.answers["calls"] = lambda: [call.id for call in offices[0].store.calls(100)]
            ushers.append(usher(office))
            office.desk.start()
            ushers[-1].start()
        phones.desks = [office.desk for office in offices]
        with ThreadPoolExecutor(AT_ONCE) as pool:
            busy = list(pool.map(lambda n: served(n, offices, phones), range(CALLERS)))
        eventually(lambda: not claimed(url), 20.0)
        phones.close()
        assert phones.faults == []
        assert set(phones.most.values()) == {1}, phones.most
        assert len(phones.most) == 3
        assert len(phones.talked) == CALLERS
        assert sum(busy) > 0, "nobody ever had to wait, so nothing was shared"
    finally:
        for each in ushers:
            each.stop()
        for office in offices:
            office.close()


def usher(office: Office) -> Usher:
    """Whoever calls in those who wait."""
    parts = office.store, office.people, office.clock, office.loop
    return Usher(*parts, office.desk, office.switchboard)


def claimed(url: str) -> int:
    """How many seats are taken."""
    with database(url) as db:
        return int(db.execute(text("SELECT count(*) FROM warmtransfer_claim")).scalar_one())


def served(n: int, offices: list[Office], phones: Telephones) -> int:
    """A caller who asks for a human until one has come; how often all of them were busy."""
    first, second = offices[n % 2], offices[(n + 1) % 2]
    call_id = talking(first.desk, second.desk, f"CAcaller{n}")
    busy = 0
    while call_id not in phones.talked:
        before = first.store.load(call_id)
        if before is not None and before.stage is Stage.AI:
            asked = second.desk.ask(call_id, "api")
            busy += asked.handoff.all_busy
        eventually(lambda: at_rest(first, call_id), 60.0, LOOK)
    return busy


def at_rest(office: Office, call_id: str) -> Any:
    """The call, once nobody is being tried for it."""
    call = office.store.load(call_id)
    return call if call is not None and call.stage in (Stage.AI, Stage.OVER) else None
