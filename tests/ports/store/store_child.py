"""Programs that tests of the store run in processes of their own.

`kill URL`: for n = 1, 2, … a process opens the store, decides call c<n> and dies at the n-th step of
its third decision; prints how many died. `patched URL`: a decision waits for a lock under gevent while
the hub goes on.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from typing import Any, TypeVar

T = TypeVar("T")
STEPS = 40


def here(fn: Callable[..., T], /, *args: Any) -> T:
    return fn(*args)


def kill(url: str) -> None:
    """Fork one process for each step, until one comes to its end."""
    for slow in (
        "tests.ports.store.test_store",
        "sqlalchemy.dialects.sqlite",
        "sqlalchemy.dialects.postgresql",
        "psycopg",
    ):
        import_module(slow)  # once, not in every process
    for n in range(1, STEPS):
        child = os.fork()
        if child == 0:
            decide_and_die(url, n)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if status == 0:
            print(n - 1)
            return
        assert os.WIFSIGNALED(status), status
    raise SystemExit("no process came to its end")


def decide_and_die(url: str, n: int) -> None:
    """Decide c<n> three times; the process is killed at the n-th step of the last one."""
    from sqlalchemy import Engine, event

    from tests.ports.store.test_store import bump, creating
    from warmtransfer.ports.store.store import Store

    store = Store(url, here)
    store.decide(f"c{n}", creating(f"c{n}"))
    store.decide(f"c{n}", bump)
    left = [n]

    def step(*_args: object) -> None:
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(Engine, "begin", step)
    event.listen(Engine, "after_cursor_execute", step)
    event.listen(Engine, "commit", step)
    store.decide(f"c{n}", bump)
    step()


def patched(url: str) -> None:
    """Hold a call's lock in one greenlet, wait for it in a second, and count in a third."""
    from gevent import monkey

    monkey.patch_all()
    import gevent

    from tests.ports.store.test_store import bump, creating
    from warmtransfer.errors import StoreBusy
    from warmtransfer.ports.loop.hub import HubLoop
    from warmtransfer.ports.store.store import Store

    holder, waiter = Store(url, HubLoop().offload), Store(url, HubLoop().offload)
    holder.decide("c1", creating("c1"))
    held, ticks = [], []

    def hold(call: Any) -> Any:
        held.append(True)
        import time

        time.sleep(0.8)  # a real wait in the worker thread, a cooperative one in a greenlet
        return bump(call)

    def count() -> None:
        while True:
            ticks.append(True)
            gevent.sleep(0.01)

    first = gevent.spawn(holder.decide, "c1", hold)
    with gevent.Timeout(10):
        while not held:
            gevent.sleep(0.01)
    counting = gevent.spawn(count)
    try:
        waiter.decide("c1", bump, 0.4)
    except StoreBusy:
        print("busy", len(ticks))
    counting.kill()
    first.join()
    saved = waiter.decide("c1", lambda call: replace(bump(call), event=None))
    print("laps", saved.call.laps if saved else None)


if __name__ == "__main__":
    {"kill": kill, "patched": patched}[sys.argv[1]](sys.argv[2])
