"""The command line: `warmtransfer-simulator --app URL`, or `… run --app URL -- COMMAND`."""

from __future__ import annotations

import asyncio
import errno
import json
import shlex
import signal
import sys
from argparse import Namespace
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from warmtransfer.simulator.browser.options import scene_of
from warmtransfer.simulator.clock import Clock
from warmtransfer.simulator.control import incoming
from warmtransfer.simulator.given import MODEL, account_of, exports, hosts_of, keys_of, laws_of, scenario_of
from warmtransfer.simulator.log import logging_to
from warmtransfer.simulator.model.faults import parsed
from warmtransfer.simulator.model.process import ModelServer
from warmtransfer.simulator.network.holdings import Holdings
from warmtransfer.simulator.network.laws import LawError, Laws
from warmtransfer.simulator.options import parser
from warmtransfer.simulator.running.command import listening
from warmtransfer.simulator.running.guest import Guest
from warmtransfer.simulator.server import Simulator
from warmtransfer.simulator.wire import HostMap


@dataclass
class Asked:
    """What the command line asks for, read and checked."""

    options: Namespace
    laws: Laws
    hosts: HostMap
    scenario: Any
    command: list[str] = field(default_factory=list)  #: empty where nothing is run
    model: list[str] = field(default_factory=list)  #: the model's own options


def main() -> int:
    """Runs the simulator until SIGTERM, SIGINT or POST /simulator/quit, or until its command ends."""
    asked = _asked(sys.argv[1:])
    if asked.options.env:
        print("\n".join(exports(asked.options)))
        return 0
    try:
        return asyncio.run(_run(asked))
    except OSError as exc:
        way = f"; say another --port than {asked.options.port}" if exc.errno == errno.EADDRINUSE else ""
        print(f"warmtransfer.simulator: {exc}{way}", file=sys.stderr)
        return 1


def _asked(given: list[str]) -> Asked:
    """Reads the command line; ends the program with a sentence when it cannot be meant."""
    running = given[:1] == ["run"]
    cut = given.index("--") if "--" in given else len(given)
    read = parser(running=running)
    options, rest = read.parse_args(given[int(running) : cut]), given[cut + 1 :]
    command, rest = (rest, []) if running else ([], rest)
    options.phones_wait = options.phones_wait or running
    options.model = options.model or (running and not options.real_model)
    model_faults = [text for text in options.fault if text.startswith(MODEL)]
    try:
        rest += shlex.split(options.model_options) if running else []
        _check(options, running, command, bool(rest or model_faults))
        laws = laws_of(options)
        scenario = scenario_of(options.scenario) if options.scenario else {}
        for text in model_faults:
            parsed(text)
            rest += ["--fault", text]
        rest += ["--no-frames"] if options.no_frames else []
        hosts = hosts_of(options, running=running)
        Holdings(account_of(options))
        scene_of(options, rest)
        if options.env:
            exports(options)
    except (LawError, ValueError, OSError) as exc:
        read.error(str(exc))
    return Asked(options, laws, hosts, scenario, command, rest)


def _check(options: Namespace, running: bool, command: list[str], model: bool) -> None:
    """Raises ValueError for options that contradict each other."""
    if running and not command:
        raise ValueError("run needs the application's command, behind a bare --: run … -- node app.js")
    if running and options.env:
        raise ValueError("run gives its command the keys; --env is for what is started elsewhere")
    if model and not options.model:
        raise ValueError("options after --, and faults model=…, are the model's; they need --model")
    if not options.app and not options.env:
        raise ValueError("the following arguments are required: --app")
    if options.keep < 0:
        raise ValueError(f"--keep must be 0 or more seconds, not {options.keep:g}")


async def _run(asked: Asked) -> int:
    options = asked.options
    clock = Clock(options.speed)
    simulator = Simulator(
        account_of(options), host=options.host, port=options.port, clock=clock, laws=asked.laws,
        hosts=asked.hosts, out=Path(options.out) if options.out else None, calls_per_second=options.cps,
        keep=options.keep, sound=not options.no_frames,
        scene=scene_of(options, asked.model), phones_at=options.phones_at,
    )  # fmt: skip
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, simulator.quit.set)
    if not options.quiet:
        simulator.trace.watch(logging_to(sys.stderr.write))
    await simulator.start()
    if not options.quiet:
        sys.stderr.write(_telephones(simulator))
    model = ModelServer(clock, simulator.trace, options.model_port, asked.model) if options.model else None
    try:
        if model is not None:
            await model.start()
        simulator.network.phones.put(asked.scenario.get("phones", []))
        if asked.command:
            return await _guest(asked, simulator, model)
        print(json.dumps(_announcement(simulator, model)), flush=True)
        _begin(asked, simulator)
        await simulator.quit.wait()
        return 0
    finally:
        await simulator.network.close()
        if model is not None:
            await model.stop()
        await simulator.stop()


def _begin(asked: Asked, simulator: Simulator) -> None:
    """Begins the scenario's calls, each at its time from now on."""
    for call in asked.scenario.get("calls", []):
        at = float(call.get("at", 0))
        simulator.clock.call_later(at, simulator.network.phone_in, *incoming(call))


async def _guest(asked: Asked, simulator: Simulator, model: ModelServer | None) -> int:
    """Runs the command; stdout is its own, so the announcement goes to stderr."""
    if simulator.quit.is_set():
        return 0
    print(json.dumps(_announcement(simulator, model)), file=sys.stderr, flush=True)

    async def once_it_listens() -> None:
        if await listening(asked.hosts.local(asked.options.app)):
            _begin(asked, simulator)
        else:
            text = f"nothing listens at {asked.options.app}, so the scenario's calls do not begin: see --app"
            simulator.trace.note("warning", text=text)

    calls = asyncio.ensure_future(once_it_listens()) if asked.scenario.get("calls") else None
    try:
        return await Guest(simulator, model, asked.options.app).run(asked.command)
    finally:
        if calls is not None:
            calls.cancel()


def _telephones(simulator: Simulator) -> str:
    """Where people phone from; a link with a token is for the terminal alone, and in no trace."""
    links = [f"telephones in the browser: {simulator.phones_url}\n"]
    if simulator.phones_elsewhere:
        links.append(f"on another device: {simulator.phones_elsewhere}\n")
    return "".join(links)


def _announcement(simulator: Simulator, model: ModelServer | None) -> dict[str, Any]:
    account = simulator.network.account
    told: dict[str, Any] = {
        "port": simulator.port,
        "control_url": f"{simulator.url}/simulator",
        **keys_of(account, simulator.url),
        "voice_url": account.voice_url,
        "status_url": account.status_url,
        "app_url": account.app_url,
        "speed": simulator.clock.speed,
        "phones_url": simulator.phones_url,
        "phones_elsewhere": simulator.phones_elsewhere,
    }
    if model is not None:
        told["REALTIME_URL"] = model.url
    return told


if __name__ == "__main__":
    sys.exit(main())
