"""What this machine and this configuration are: keys, humans, database, processes, memory."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from warmtransfer import config
from warmtransfer.config import Settings
from warmtransfer.errors import ConfigError, WarmTransferError
from warmtransfer.setup.doctor.line import Area, Line

CONFIGURATION, DATABASE, MACHINE = Area("configuration"), Area("database"), Area("machine")
#: Bytes that one process takes before its first call, and that each call adds (bench/README.md), rounded up.
PROCESS, CALL = 120_000_000, 300_000
GB = 1e9


def configuration(given: Mapping[str, Any], providers: Any) -> tuple[Settings | None, list[Line]]:
    """The settings, when they are whole; and a line for each fault."""
    try:
        settings = config.load(given, providers)
    except ConfigError as fault:
        return None, [CONFIGURATION.fault(*_split(each)) for each in fault.faults]
    lines = [CONFIGURATION.ok("all keys", "can be used")]
    if not settings.company:
        lines.append(CONFIGURATION.warning(
            "WARMTRANSFER_COMPANY", "is not set: humans are not told for whom the call is",
            "set it to the name that callers know",
        ))  # fmt: skip
    if settings.api_base_url:
        lines.append(CONFIGURATION.warning(
            "TWILIO_API_BASE_URL", f"is {settings.api_base_url}: this is a simulator, not Twilio",
            "take the key out to go live",
        ))  # fmt: skip
    return settings, lines


def _split(fault: str) -> tuple[str, str, str]:
    """A fault's sentences as what, found, and what to do."""
    name, _, rest = fault.partition(" ")
    found, _, do = rest.partition(". ")
    return name.rstrip(":"), found.rstrip("."), do or "correct it"


def database(url: str, look: Callable[[str], str]) -> Iterator[Line]:
    """Whether calls can be kept; `look` says what its tables lack, "" for nothing."""
    kind = "PostgreSQL" if url.startswith("postgres") else "SQLite"
    try:
        lacks = look(url)
    except ConfigError as fault:
        yield DATABASE.fault("DATABASE_URL", fault.faults[0].removeprefix("DATABASE_URL: "), "correct it")
        return
    except WarmTransferError as fault:
        yield DATABASE.fault("DATABASE_URL", str(fault), "see that the database is up, and run this again")
        return
    if lacks and kind == "PostgreSQL":
        yield DATABASE.fault("its tables", lacks, "run `flask … warmtransfer db upgrade`")
    else:
        yield DATABASE.ok("DATABASE_URL", f"{kind}, {'made with the first call' if lacks else 'up to date'}")


def machine(settings: Settings, processes: int) -> Iterator[Line]:
    """Whether processes and memory are enough for the calls that may be up."""
    sqlite = settings.database_url.startswith("sqlite")
    if processes > 1 and sqlite:
        yield MACHINE.warning(
            "WEB_CONCURRENCY", f"is {processes}, and SQLite is for one process: wsgi.py serves with one",
            "set DATABASE_URL to a PostgreSQL database to use them all",
        )  # fmt: skip
        processes = 1
    else:
        yield MACHINE.ok("WEB_CONCURRENCY", f"{processes} {'process' if processes == 1 else 'processes'}")
    needed, there = processes * PROCESS + settings.max_calls * CALL, memory()
    if there is None:
        yield MACHINE.unknown("memory", "this system does not say how much there is")
    elif there < needed:
        yield MACHINE.fault(
            "memory", f"{there / GB:.1f} GB, and {settings.max_calls} calls may take {needed / GB:.1f}",
            "lower WARMTRANSFER_MAX_CALLS or WEB_CONCURRENCY, or take a larger machine",
        )  # fmt: skip
    else:
        yield MACHINE.ok("memory", f"{there / GB:.1f} GB, of which calls may take {needed / GB:.1f}")
    if sqlite and os.environ.get("DYNO"):
        yield MACHINE.fault(
            "DATABASE_URL", "is a file, and this host's files are gone after every restart",
            "add a PostgreSQL database: calls that are up are lost with the file",
        )  # fmt: skip


def recordings(folder: str) -> Iterator[Line]:
    """Whether recorded messages can be kept where they are wanted."""
    if not folder:
        return
    path = Path(folder).absolute()
    there = next(each for each in (path, *path.parents) if each.exists())
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        why = "cannot be written to" if there.is_dir() else "is no folder"
        yield MACHINE.warning(
            "WARMTRANSFER_RECORDINGS",
            f"is {folder}, and {there} {why}: recorded messages are told, and not kept",
            "name a folder that the app's user may write to",
        )  # fmt: skip
    else:
        made = "" if there == path else ", made when needed"
        yield MACHINE.ok("WARMTRANSFER_RECORDINGS", f"{folder}{made}")


def memory() -> int | None:
    """Bytes that this machine, or its container, has; None when nobody says."""
    found = []
    for path in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        try:
            found.append(int(Path(path).read_text()))
        except (OSError, ValueError):
            continue
    with suppress(ValueError, OSError):
        found.append(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    return min(found, default=None)
