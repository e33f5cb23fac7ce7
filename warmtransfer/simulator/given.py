"""What the command line's options come to: the laws, the account, the hosts, an application's keys."""

from __future__ import annotations

import json
import shlex
from argparse import Namespace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from warmtransfer.simulator.control import incoming
from warmtransfer.simulator.network.account import Account
from warmtransfer.simulator.network.laws import Laws
from warmtransfer.simulator.phones.scripts import reaction
from warmtransfer.simulator.phones.steps import check_steps
from warmtransfer.simulator.wire import HostMap

#: How a fault of the model is written.
MODEL = "model="


def hosts_of(options: Namespace, *, running: bool) -> HostMap:
    """Where public origins are; an application that runs inside is also at its own address by https.

    Many an application names its stream `wss://` and the host that it was asked for. Raises ValueError.
    """
    pairs = dict(_pair(text) for text in options.map)
    parts = urlsplit(options.app or "")
    if running and parts.scheme == "http":
        pairs.setdefault(f"https://{parts.netloc}", f"http://{parts.netloc}")
    return HostMap(pairs)


def _pair(text: str) -> tuple[str, str]:
    public, arrow, local = text.partition("=")
    if not arrow:
        raise ValueError(
            f"--map {text!r}: write PUBLIC=LOCAL, like https://example.test=http://127.0.0.1:5000"
        )
    return public, local


def laws_of(options: Namespace) -> Laws:
    """The laws and the network's faults; raises LawError."""
    laws = Laws(options.seed)
    for text in options.law:
        name, _, answer = text.partition("=")
        laws.put(name, answer)
    laws.put_faults([text for text in options.fault if not text.startswith(MODEL)])
    return laws


def scenario_of(path: str) -> dict[str, Any]:
    """What stands in a scenario's file; raises ValueError that names it, for what no phone can do."""
    try:
        found = json.loads(Path(path).read_text())
        if not isinstance(found, dict) or set(found) - {"phones", "calls"}:
            raise ValueError('it is an object of "phones" and "calls"')
        for entry in found.get("phones", []):
            reaction(entry)
        for place, call in enumerate(found.get("calls", []), 1):
            _check_call(place, call)
    except (OSError, ValueError) as exc:
        raise ValueError(f"--scenario {path}: {exc}") from None
    return found


def _check_call(place: int, call: Any) -> None:
    try:
        float(call.get("at", 0))
        check_steps(incoming(call)[2])
    except (AttributeError, TypeError, ValueError) as exc:
        raise ValueError(f"call {place}: {exc}") from None


def account_of(options: Namespace) -> Account:
    """The account."""
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
    keys = keys_of(account_of(options), f"http://{options.host}:{options.port}")
    if options.model:
        url = f"ws://127.0.0.1:{options.model_port}/v1/realtime"
        keys |= {"REALTIME_URL": url, "OPENAI_API_KEY": "any"}
    return [f"export {name}={shlex.quote(value)}" for name, value in keys.items()]


def keys_of(account: Account, url: str) -> dict[str, str]:
    """What an application needs to know of the account, by the names of its environment."""
    return {**_credentials(account), "TWILIO_API_BASE_URL": url}


def keys_inside(account: Account) -> dict[str, str]:
    """The same for an application that reaches the simulator by Twilio's own hosts; some names are usual."""
    return {
        **_credentials(account),
        "TWILIO_PHONE_NUMBER": account.number,
        "TWILIO_API_KEY_SID": account.key_sid,
        "TWILIO_API_KEY_SECRET": account.key_secret,
        "OPENAI_API_KEY": "simulated-openai-key",
    }


def _credentials(account: Account) -> dict[str, str]:
    return {
        "TWILIO_ACCOUNT_SID": account.sid,
        "TWILIO_AUTH_TOKEN": account.token,
        "TWILIO_API_KEY": account.key_sid,
        "TWILIO_API_SECRET": account.key_secret,
        "TWILIO_APP_SID": account.app_sid,
        "TWILIO_NUMBER": account.number,
    }
