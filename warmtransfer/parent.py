"""Starts several processes that serve on one port, starts again what crashes, and ends them all in time.

It is plain: it has no app, no gevent and no threads, so that nothing here can hang or be patched, and its
workers are programs started anew, which nothing was done to before.

They share one listening socket, which each inherits. With one of its own for each (SO_REUSEPORT) the kernel
would deal connections out before anybody takes them: those that wait at a worker that is stopped, busy or
killed would be lost with it, although another could serve them. Here they wait in one queue, for whoever is
free, and also while nobody is.
"""

from __future__ import annotations

import contextlib
import logging
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from warmtransfer.visible import log_plainly
from warmtransfer.worker import END, EVERY, LEAVING, MARK, OTHERS, READY

log = logging.getLogger("warmtransfer")

#: Seconds before a crashed worker is started again: at first hardly any, because the others carry its calls
#: as well as their own; then twice as many each time, because a start takes a second of a processor that
#: calls need; half a minute at most, because whatever made it crash may have ended.
AGAIN = 0.5
AGAIN_MOST = 30.0
#: Seconds after which a worker that crashes is one that did well.
STEADY = 60.0
#: Beats in a row that a worker may miss. Nobody on its lines has heard anything for so long, and the others
#: have had its calls since half of it; whatever blocks the loop is more than a slow answer.
HUNG = 10
#: Seconds from our signal until who is left is killed: just more than a worker allows itself (`leaving`).
END_SECONDS = 9.7
#: Seconds behind these after which the kernel ends us: whoever reads our log may have stopped to.
ALARM = 0.2

#: How a worker ends that is not configured as it should be; it has said what is wrong.
MISCONFIGURED = 2
OURS = frozenset({signal.SIGTERM, signal.SIGINT})


@dataclass(eq=False)
class Child:
    """A worker as its parent knows it: one that runs, or one that is to be started."""

    number: int
    due: float | None = None  #: monotonic, when to start it; None: not to be started
    process: subprocess.Popen[bytes] | None = None
    channel: socket.socket | None = None
    began: float = 0.0
    crashes: int = 0  #: in a row
    ready: bool = False
    leaving: bool = False
    missed: int = 0  #: beats, in a row

    def says(self, what: bytes) -> None:
        """Tell it."""
        with contextlib.suppress(OSError):
            if self.channel:
                self.channel.send(what)

    @property
    def serves(self) -> bool:
        """Whether it takes connections, and will go on to."""
        return self.process is not None and self.ready and not self.leaving


@dataclass(eq=False)
class Parent:
    """`count` workers, each `command` with this environment and this socket to listen on."""

    count: int
    listening: socket.socket
    command: Sequence[str]
    environ: Mapping[str, str]
    children: list[Child] = field(init=False)
    status: int = 0
    served: bool = False  #: one of them has been ready at some time: they are configured as they should be
    ends: float | None = None  #: monotonic; all have been told to end, and are killed then

    def __post_init__(self) -> None:
        self.children = [Child(number) for number in range(1, self.count + 1)]
        self._looked = time.monotonic()
        self._out, written = os.pipe()
        os.set_blocking(self._out, False)
        os.set_blocking(written, False)
        signal.set_wakeup_fd(written, warn_on_full_buffer=False)
        for number in (*OURS, signal.SIGCHLD):
            signal.signal(number, self._noted)

    def run(self) -> int:
        """Have them serve until a signal ends us, or nothing does any more; the status to end with."""
        # One goes first: what is wrong with the configuration is then said once.
        self.children[0].due = time.monotonic()
        while self._running() or (self.ends is None and any(each.due is not None for each in self.children)):
            self._start_those_due()
            self._wait()
            self._see_who_has_ended()
            self._see_who_hangs()
            if self.ends is not None and time.monotonic() >= self.ends:
                self._kill("something hangs")
        return self.status

    def _running(self) -> list[Child]:
        return [each for each in self.children if each.process]

    # Starting ---------------------------------------------------------------------------------------

    def _start_those_due(self) -> None:
        for child in self.children:
            if self.ends is None and child.due is not None and child.due <= time.monotonic():
                self._start(child)

    def _start(self, child: Child) -> None:
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        given = (child.number, self.listening.fileno(), theirs.fileno(), int(not self.served))
        child.process = subprocess.Popen(
            self.command,
            env={**self.environ, MARK: ":".join(map(str, given))},
            pass_fds=given[1:3],
            # A terminal's Ctrl-C would reach it beside what we pass on, and count as a second signal.
            process_group=0,
        )
        theirs.close()
        child.channel, child.began, child.due = ours, time.monotonic(), None
        child.ready = child.leaving = False
        child.missed = 0
        log.info("worker %d is started: process %d", child.number, child.process.pid)

    # Hearing ----------------------------------------------------------------------------------------

    def _wait(self) -> None:
        """Until something happens, or is due."""
        channels = {each.channel.fileno(): each for each in self._running() if each.channel}
        times = [each.due for each in self.children if each.due is not None]
        times += [self._looked + EVERY] if any(each.serves for each in self.children) else []
        until = min(times if self.ends is None else [self.ends], default=None)
        patience = None if until is None else max(0.0, until - time.monotonic())
        for found in select.select([self._out, *channels], [], [], patience)[0]:
            if found == self._out:
                self._hear_signals()
            else:
                self._hear(channels[found])

    def _hear_signals(self) -> None:
        told = OURS & {*os.read(self._out, 64)}
        if told and self.ends is not None:
            self._kill("told to end at once")
        elif told:
            self._end()

    def _hear(self, child: Child) -> None:
        said = b""
        with contextlib.suppress(OSError):
            said = child.channel.recv(64) if child.channel else b""
        if not said and child.channel:  # it is about to be gone
            child.channel.close()
            child.channel = None
        child.missed = 0
        if READY in said:
            self._ready(child)
        if LEAVING in said and self.ends is None:
            child.leaving = True
            if any(each.serves for each in self.children):
                child.says(OTHERS)

    def _ready(self, child: Child) -> None:
        child.ready = True
        log.info("worker %d serves", child.number)
        if not self.served:
            self.served = True
            for other in self.children[1:]:
                other.due = time.monotonic()

    def _see_who_hangs(self) -> None:
        """End those whose loop stands still, and say where it does.

        Counted are our own looks, at most one for each beat, and not seconds: a machine that was asleep, or a
        container that was paused, finds everybody late at once.
        """
        if self.ends is not None or time.monotonic() < self._looked + EVERY:
            return
        self._looked = time.monotonic()
        for child in self.children:
            if not child.serves or not child.process:
                continue
            child.missed += 1
            if child.missed == HUNG + 1:
                log.error(
                    "worker %d has stood still for %d s: something blocks its loop, and nobody on its lines "
                    "hears anything; it is ended, below is where it stood",
                    child.number, HUNG * EVERY,
                )  # fmt: skip
                child.process.send_signal(signal.SIGABRT)
            elif child.missed > HUNG + 1:  # it cannot even die of that
                child.process.kill()

    # Ending -----------------------------------------------------------------------------------------

    def _noted(self, number: int, frame: object) -> None:
        """Pass it on at once: we may be stuck with a line that nobody reads. The rest is done in `run`."""
        if number in OURS and self.ends is None:
            signal.setitimer(signal.ITIMER_REAL, END_SECONDS + ALARM)
            self._pass_on()

    def _pass_on(self) -> None:
        """In our own way: a host that signals every process itself has signalled them, too."""
        for child in self._running():
            child.says(END)

    def _end(self) -> None:
        self.ends = time.monotonic() + END_SECONDS
        self._pass_on()  # also to one that was just being started
        log.info("told to end: %d workers are", len(self._running()))

    def _kill(self, why: str) -> None:
        left = self._running()
        log.warning("%s: %d workers are killed, and who comes next takes up their calls", why, len(left))
        for child in left:
            if child.process:
                child.process.kill()
        for child in left:
            if child.process:
                child.process.wait()
        self.status = 1

    def _see_who_has_ended(self) -> None:
        for child in self._running():
            status = child.process.poll() if child.process else None
            if status is not None:
                self._hear(child)  # its last words
                self._ended(child, status)

    def _ended(self, child: Child, status: int) -> None:
        child.process = None
        if child.channel:
            child.channel.close()
            child.channel = None
        if self.ends is not None:
            self.status = self.status or int(status != 0)
        elif not self.served:
            log.error("no worker has come up: %s %s", f"worker {child.number}", _how(status))
            self.status = status if status > 0 else 1
        elif status == MISCONFIGURED:
            log.error("worker %d is not started again: as it is configured now it cannot serve", child.number)
            self.status = MISCONFIGURED
        else:
            self._again(child, status)

    def _again(self, child: Child, status: int) -> None:
        now = time.monotonic()
        if child.leaving and not status:
            child.crashes, child.due = 0, now
            log.info("worker %d has ended as it was told; it is started again", child.number)
            return
        child.crashes = 1 if now - child.began > STEADY else child.crashes + 1
        pause = pause_after(child.crashes)
        child.due = now + pause
        log.error("worker %d %s; it is started again in %.1f s", child.number, _how(status), pause)


def lead(count: int, first: Sequence[str] = (), environ: Mapping[str, str] = os.environ) -> int:
    """Have `count` processes of the program that runs serve in this one's place; the status to end with.

    `first` is logged before anything else; an empty line is none.
    """
    level = logging.getLevelNamesMapping().get(environ.get("WARMTRANSFER_LOG_LEVEL", "").strip().upper())
    log_plainly(level or logging.INFO, "parent")
    for line in filter(None, first):
        log.info("%s", line)
    port = environ.get("PORT", "").strip() or "8000"
    if not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        port = "0"  # whoever starts first says what is wrong with it, and with the rest
    with _listening(int(port)) as listening:
        log.info("%d workers are to serve on port %d", count, listening.getsockname()[1])
        # `-m`, `-X` and the rest included: whichever way this program was started.
        return Parent(count, listening, [sys.executable, *sys.orig_argv[1:]], environ).run()


@contextlib.contextmanager
def _listening(port: int) -> Iterator[socket.socket]:
    try:
        found = socket.create_server(("0.0.0.0", port), backlog=256)
    except OSError as fault:
        why = os.strerror(fault.errno or 0)
        print(f"warmtransfer cannot start:\n  - PORT {port}: {why}.", file=sys.stderr)
        raise SystemExit(2) from None
    with found:
        found.setblocking(False)
        yield found


def pause_after(crashes: int) -> float:
    """Seconds to wait after so many crashes in a row."""
    return min(AGAIN_MOST, AGAIN * 2.0 ** (crashes - 1))


def _how(status: int) -> str:
    if status >= 0:
        return f"ended with status {status}"
    with contextlib.suppress(ValueError):
        return f"was killed by {signal.Signals(-status).name}"
    return f"was killed by signal {-status}"
