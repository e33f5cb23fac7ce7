"""What the tests of the core do not notice: `python -m tools.mutants` (make mutants).

`mutmut` changes the code inside functions, one thing at a time. The core's data stands outside of them, and
that is half of what is decided: so here a row is dropped from the table, an order from a row, a wait from a
stage, a fact from those that renew a wait, and a stage from, or to, those in which a fact counts. A change
that no test notices has survived. Given the word `table`, only the data is changed.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest

import warmtransfer.core.step as deciding
from warmtransfer.core import table

#: Most tests, and the least likely to notice what the others do not.
LAST = ("test_counts.py", "test_table.py")

Change = tuple[str, Callable[[], object]]


def changes() -> Iterator[Change]:
    """Every change to the core's data, by what it is called."""
    for stage, rows in table.TABLE.items():
        for fact, (after, orders) in rows.items():
            yield f"{stage}: no row for {fact.__name__}", lambda rows=rows, fact=fact: rows.pop(fact)
            for place, order in enumerate(orders):
                short = (after, orders[:place] + orders[place + 1 :])
                name = f"{stage}: {fact.__name__} without {type(order).__name__}"
                yield name, lambda rows=rows, fact=fact, short=short: rows.update({fact: short})
    for stage in table.WAITS:
        yield f"{stage} does not wait", lambda stage=stage: table.WAITS.pop(stage)
    for kind in table.RENEWS:
        fewer = tuple(each for each in table.RENEWS if each is not kind)
        yield f"{kind.__name__} renews no wait", lambda fewer=fewer: setattr(deciding, "RENEWS", fewer)
    for kind, stages in table.COUNTS.items():
        for stage in table.Stage:
            name = f"{kind.__name__} {'does not count' if stage in stages else 'counts'} in {stage}"
            other = stages ^ {stage}
            yield name, lambda kind=kind, other=other: table.COUNTS.update({kind: other})


class Changed:
    """Runs the collected tests once for every change, in a child for each."""

    def __init__(self) -> None:
        self._running: dict[int, str] = {}
        self._at_once = os.cpu_count() or 1
        self.alive: list[str] = []

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """In the place of running the tests once."""
        for name, change in changes():
            if len(self._running) >= self._at_once:
                self._reap()
            child = os.fork()
            if not child:
                change()
                os._exit(_failed(session))
            self._running[child] = name
        while self._running:
            self._reap()
        return True

    def _reap(self) -> None:
        child, status = os.wait()
        name = self._running.pop(child)
        if os.waitstatus_to_exitcode(status) == 0:
            self.alive.append(name)
            print(f"survived: {name}", flush=True)


def _failed(session: pytest.Session) -> int:
    """Whether some test fails; the rest need not be run then."""
    session.config.pluginmanager.unregister(name="terminalreporter")
    items = sorted(session.items, key=lambda item: item.path.name in LAST)
    for item, after in zip(items, [*items[1:], None], strict=True):
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=after)
        if session.testsfailed:
            return 1
    return 0


def main(arguments: list[str]) -> None:
    """Change the functions, then the data, and say what survived."""
    if arguments != ["table"]:
        subprocess.run([sys.executable, "-m", "mutmut", "run"], check=False)
        subprocess.run([sys.executable, "-m", "mutmut", "results"], check=False)
    changed = Changed()
    pytest.main(["-q", "-n", "0", "-p", "no:cacheprovider", "tests/core"], plugins=[changed])
    every = len(list(changes()))
    print(f"data: {every - len(changed.alive)} of {every} changes were noticed")


if __name__ == "__main__":
    main(sys.argv[1:])
