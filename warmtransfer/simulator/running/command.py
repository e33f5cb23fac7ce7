"""The application as a child process: its exit is the end, its status is ours, its signals are handed on."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

#: How long an application may take to end when the simulator is asked to quit.
PATIENCE = 10.0
#: How long it may take until it listens; calls of a scenario wait for that.
STARTING = 60.0
LOOK = 0.1
FORWARDED = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT, signal.SIGUSR1, signal.SIGUSR2)
#: What shells say of a command that is not there, and of one that may not be run.
NOT_FOUND, NOT_RUN = 127, 126


async def command(words: Sequence[str], env: Mapping[str, str], quit_: asyncio.Event) -> int:
    """Runs the command to its end, or until `quit_` is set; returns its exit status as a shell has it."""
    try:
        process = await asyncio.create_subprocess_exec(*words, env=dict(env))
    except OSError as exc:
        print(f"warmtransfer.simulator: {words[0]}: {exc.strerror}", file=sys.stderr)
        return NOT_FOUND if isinstance(exc, FileNotFoundError) else NOT_RUN
    loop = asyncio.get_running_loop()
    for number in FORWARDED:
        loop.add_signal_handler(number, _hand_on, process, number)
    ended, asked = asyncio.ensure_future(process.wait()), asyncio.ensure_future(quit_.wait())
    try:
        await asyncio.wait((ended, asked), return_when=asyncio.FIRST_COMPLETED)
        if not ended.done():
            process.terminate()
            await asyncio.wait((ended,), timeout=PATIENCE)
    finally:
        asked.cancel()
        if process.returncode is None:
            process.kill()
        status = await ended
    return status if status >= 0 else 128 - status


def _hand_on(process: asyncio.subprocess.Process, number: signal.Signals) -> None:
    """Sends a signal on, unless a terminal has sent it to the application as well."""
    if process.returncode is None and not (number in (signal.SIGINT, signal.SIGQUIT) and _from_terminal()):
        process.send_signal(number)


def _from_terminal() -> bool:
    try:
        return os.tcgetpgrp(sys.stdin.fileno()) == os.getpgrp()
    except (OSError, ValueError):
        return False


async def listening(url: str) -> bool:
    """Waits until somebody listens where the application is; False when nobody does for a minute."""
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    for _ in range(round(STARTING / LOOK)):
        try:
            _, writer = await asyncio.open_connection(parts.hostname or "", port)
        except OSError:
            await asyncio.sleep(LOOK)
        else:
            writer.close()
            return True
    return False
