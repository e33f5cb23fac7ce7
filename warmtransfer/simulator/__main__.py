"""The command line: `python -m warmtransfer.simulator --app http://127.0.0.1:5000/path`."""

from __future__ import annotations

import asyncio
import json
import shlex
import signal
import sys
from argparse import Namespace
from pathlib import Path
from typing import Any

from warmtransfer.simulator.clock import Clock
from warmtransfer.simulator.control import incoming
from warmtransfer.simulator.log import logging_to
from warmtransfer.simulator.model.faults import parsed
from warmtransfer.simulator.model.process import ModelServer
from warmtransfer.simulator.network.account import Account
from warmtransfer.simulator.network.holdings import Holdings
from warmtransfer.simulator.network.laws import LawError, Laws
from warmtransfer.simulator.options import parser
from warmtransfer.simulator.server import Simulator
from warmtransfer.simulator.wire import HostMap

#: How a fault of the model is written.
MODEL = "model="


def main() -> int:
    """Runs the simulator until SIGTERM, SIGINT or POST /simulator/quit."""
    given = sys.argv[1:]
    cut = given.index("--") if "--" in given else len(given)
    options, rest = parser().parse_args(given[:cut]), given[cut + 1 :]
    model_faults = [text for text in options.fault if text.startswith(MODEL)]
    if (rest or model_faults) and not options.model:
        parser().error("options after --, and faults model=…, are the model's; they need --model")
    if not options.app and not options.env:
        parser().error("the following arguments are required: --app")
    if options.keep < 0:
        parser().error(f"--keep must be 0 or more seconds, not {options.keep:g}")
    try:
        laws = _laws(options)
        scenario = json.loads(Path(options.scenario).read_text()) if options.scenario else {}
        for text in model_faults:
            parsed(text)
            rest += ["--fault", text]
        hosts = HostMap(dict(_pair(text) for text in options.map))
        Holdings(_account(options))
        if options.env:
            print("\n".join(exports(options)))
            return 0
    except (LawError, ValueError, OSError) as exc:
        parser().error(str(exc))
    try:
        asyncio.run(_run(options, rest, laws, hosts, scenario))
    except OSError as exc:
        print(f"warmtransfer.simulator: {exc}", file=sys.stderr)
        return 1
    return 0


def _pair(text: str) -> tuple[str, str]:
    public, arrow, local = text.partition("=")
    if not arrow:
        raise ValueError(
            f"--map {text!r}: write PUBLIC=LOCAL, like https://example.test=http://127.0.0.1:5000"
        )
    return public, local


def _laws(options: Namespace) -> Laws:
    laws = Laws(options.seed)
    for text in options.law:
        name, _, answer = text.partition("=")
        laws.put(name, answer)
    laws.put_faults([text for text in options.fault if not text.startswith(MODEL)])
    return laws


def _account(options: Namespace) -> Account:
    given = {
        "sid": options.account_sid, "token": options.auth_token, "key_sid": options.api_key,
        "key_secret": options.api_secret, "number": options.number, "app_sid": options.app_sid,
        "voice_url": options.voice_url, "status_url": options.status_url, "app_url": options.app_url,
        "fallback_url": options.fallback_url, "voice_method": options.voice_method,
        "status_method": options.status_method, "app_fallback_url": options.app_fallback_url,
        "secondary_token": options.secondary_token, "numbers": options.numbers, "trial": options.trial,
        "verified": frozenset(options.verified), "countries": options.countries,
        "key_rights": options.key_rights, "balance": options.balance,
    }  # fmt: skip
    return Account.for_app(options.app or "", **{k: v for k, v in given.items() if v is not None})


def exports(options: Namespace) -> list[str]:
    """The lines for an application's shell; raises ValueError where a port is left to chance."""
    if not options.port or (options.model and not options.model_port):
        raise ValueError("--env needs the ports that the simulator will have: --port, and --model-port")
    keys = _keys(_account(options), f"http://{options.host}:{options.port}")
    if options.model:
        url = f"ws://127.0.0.1:{options.model_port}/v1/realtime"
        keys |= {"REALTIME_URL": url, "OPENAI_API_KEY": "any"}
    return [f"export {name}={shlex.quote(value)}" for name, value in keys.items()]


def _keys(account: Account, url: str) -> dict[str, str]:
    """What an application needs to know of the account, by the names of its environment."""
    return {
        "TWILIO_ACCOUNT_SID": account.sid,
        "TWILIO_AUTH_TOKEN": account.token,
        "TWILIO_API_KEY": account.key_sid,
        "TWILIO_API_SECRET": account.key_secret,
        "TWILIO_APP_SID": account.app_sid,
        "TWILIO_NUMBER": account.number,
        "TWILIO_API_BASE_URL": url,
    }


async def _run(options: Namespace, rest: list[str], laws: Laws, hosts: HostMap, scenario: Any) -> None:
    clock = Clock(options.speed)
    out = Path(options.out) if options.out else None
    simulator = Simulator(
        _account(options), host=options.host, port=options.port, clock=clock, laws=laws, hosts=hosts, out=out,
        calls_per_second=options.cps, keep=options.keep, sound=not options.no_frames,
    )  # fmt: skip
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, simulator.quit.set)
    if not options.quiet:
        simulator.trace.watch(logging_to(sys.stderr.write))
    await simulator.start()
    model = ModelServer(clock, simulator.trace, options.model_port, rest) if options.model else None
    try:
        if model is not None:
            await model.start()
        simulator.network.phones.put(scenario.get("phones", []))
        print(json.dumps(_announcement(simulator, model)), flush=True)
        for call in scenario.get("calls", []):
            clock.call_later(float(call.get("at", 0)), simulator.network.phone_in, *incoming(call))
        await simulator.quit.wait()
    finally:
        await simulator.network.close()
        if model is not None:
            await model.stop()
        await simulator.stop()


def _announcement(simulator: Simulator, model: ModelServer | None) -> dict[str, Any]:
    account = simulator.network.account
    told: dict[str, Any] = {
        "port": simulator.port,
        "control_url": f"{simulator.url}/simulator",
        **_keys(account, simulator.url),
        "voice_url": account.voice_url,
        "status_url": account.status_url,
        "app_url": account.app_url,
        "speed": simulator.clock.speed,
    }
    if model is not None:
        told["REALTIME_URL"] = model.url
    return told


if __name__ == "__main__":
    sys.exit(main())
