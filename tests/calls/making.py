"""Makes processes of the app under test, each in a moment: what they need is loaded once, here.

Each line on the input is a process to be made, as JSON: its environment, and the file that it logs to. Its
number is told, and once it has ended its number and how. Where gevent is to patch, it has to have.
"""

from __future__ import annotations

import gc
import json
import os
import random
import signal
import sys
import tempfile
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import gevent
from gevent import monkey

from warmtransfer.ports.carrier import rest
from warmtransfer.ports.store.opening import upgraded
from warmtransfer.relay.wishes.reading import prepare


def make(serve: Callable[[], object]) -> NoReturn:
    """Make processes that serve, as they are asked for, and tell of their ends, until the input ends."""
    load()
    awake, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.set_wakeup_fd(wake)
    monkey.get_original("signal", "signal")(signal.SIGCHLD, lambda *_: None)
    asked, made = b"", set[int]()
    while True:
        ready, _, _ = monkey.get_original("select", "select")([0, awake], [], [])
        if awake in ready:
            os.read(awake, 4096)
            made -= reap()
        if 0 in ready:
            more = os.read(0, 65536)
            if not more:
                for pid in made:
                    os.kill(pid, signal.SIGKILL)
                os._exit(0)
            *lines, asked = (asked + more).split(b"\n")
            for line in lines:
                pid = fork(serve, **json.loads(line))
                made.add(pid)
                os.write(1, f"made {pid}\n".encode())


def load() -> None:
    """Do once what each process would need a second for: languages' rules, Twilio's modules, the tables."""
    prepare()
    rest.Carrier(rest.Account("AC", "token"))
    with tempfile.TemporaryDirectory() as folder:
        upgraded(f"sqlite:///{Path(folder) / 'calls.sqlite3'}")
    gc.collect()
    gc.freeze()


def fork(serve: Callable[[], object], environment: dict[str, str], log: str) -> int:
    """A process that serves; its number. It never returns in that process."""
    pid: int = monkey.get_original("os", "fork")()
    if pid:
        return pid
    status = 1
    try:
        signal.set_wakeup_fd(-1)
        monkey.get_original("signal", "signal")(signal.SIGCHLD, signal.SIG_DFL)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), 2)
        os.dup2(2, 1)
        os.environ.clear()
        os.environ.update(environment)
        random.seed()
        if monkey.is_module_patched("os"):
            gevent.reinit(gevent.get_hub())
        serve()
        status = 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
    finally:
        if any(sys.exc_info()):
            traceback.print_exc()
        sys.stderr.flush()
        os._exit(status)


def reap() -> set[int]:
    """Tell of every child that has ended: one that nobody waits for would look alive to its neighbours."""
    ended = set[int]()
    while True:
        try:
            pid, status = monkey.get_original("os", "waitpid")(-1, os.WNOHANG)
        except ChildProcessError:
            return ended
        if not pid:
            return ended
        ended.add(pid)
        os.write(1, f"ended {pid} {os.waitstatus_to_exitcode(status)}\n".encode())
