"""The command line's options and its help."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from urllib.parse import urlsplit

from warmtransfer.simulator.browser.options import add_options
from warmtransfer.simulator.network.account import Account
from warmtransfer.simulator.network.keeping import KEEP
from warmtransfer.simulator.network.laws import FAULT_ACTIONS, LAW_TEXT, LAWS

METHODS = ("GET", "POST")

ABOUT = """\
A phone network in a box. It plays Twilio's side for any application: REST, webhooks, TwiML, conferences
with mixed sound, Media Streams. Point the application's SDK at the printed TWILIO_API_BASE_URL, then let
somebody phone the number (or start the application inside: run --help):

  python -m warmtransfer.simulator --port 9000 --app http://127.0.0.1:5000/path
  curl -X POST localhost:9000/simulator/calls -d '{"from": "+15550123456", "steps": [
       {"until": "quiet:1.0"}, {"say": "Can I speak to a person?"}, {"wait": 20}, {"hangup": true}]}'
"""

RUN = """\
Starts an application as it is, in any language, inside the simulator: its requests to api.twilio.com and its
model's WebSocket to api.openai.com come here, by TLS, without a change to it or to its SDKs. It ends when the
application does, with the same exit status, and hands signals on.

  warmtransfer-simulator run --app http://127.0.0.1:5000/path -- node app.js
"""


def _epilog() -> str:
    lines = ["laws (--law NAME=ANSWER, PUT /simulator/laws); the first answer is the default:"]
    for name, answers in LAWS.items():
        lines += [f"  {name}={'|'.join(answers)}", f"      {LAW_TEXT[name]}"]
    lines += ["", "faults (--fault, PUT /simulator/faults), e.g. 'rest=500_after;match=POST Calls;times=2':"]
    lines += [f"  {name}={'|'.join(actions)}" for name, actions in FAULT_ACTIONS.items()]
    lines += [
        "  with ;match=WORDS (of method and path, stream URL or label, in order) ;times=N ;chance=0..1",
        "  a fault strikes once, N times, or with times=0 every time",
        "  slow:, drop_after:, mute: and hold: take seconds, refuse: (rest) takes Twilio's error code",
        "  model=…: a fault of the model that --model starts; its --help lists them",
        "",
        "control API, JSON on the same port: POST /simulator/calls, GET /simulator/calls/SID[/wait],",
        "  POST /simulator/calls/SID/press|hangup, PUT /simulator/phones|laws|faults,",
        "  GET and PUT /simulator/account, POST and GET /simulator/messages, GET /simulator/recordings,",
        "  GET /simulator/state, GET /simulator/trace?since=N, POST /simulator/quit",
        "with --model, options after a bare -- go to python -m warmtransfer.simulator.model",
    ]
    return "\n".join(lines)


def _called() -> str:
    """How the program was called, for its usage."""
    name = Path(sys.argv[0]).name
    return name if name.startswith("warmtransfer") else "python -m warmtransfer.simulator"


def parser(*, running: bool = False) -> argparse.ArgumentParser:
    """Returns the parser of the command line; of `run`, which starts the application, behind that word."""
    found = argparse.ArgumentParser(
        prog=f"{_called()} run" if running else _called(), description=RUN if running else ABOUT,
        usage="%(prog)s --app URL [options] -- COMMAND …" if running else None, epilog=_epilog(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    found.set_defaults(real_model=False, model_options="")
    add = found.add_argument
    add("--app", type=_address, metavar="URL",
        help="the application; its webhooks default to URL/voice, /status, /ai")  # fmt: skip
    add(
        "--env",
        action="store_true",
        help="starts nothing: prints what the application needs as export lines, for these options",
    )
    add("--host", default="127.0.0.1", help="where to listen (default %(default)s)")
    add("--port", type=_port, default=9000, help="0 picks a free one (default %(default)s)")
    add("--map", action="append", default=[], metavar="PUBLIC=LOCAL",
        help="where a public origin is: https://example.test=http://127.0.0.1:5000; repeatable")  # fmt: skip
    add("--law", action="append", default=[], metavar="NAME=ANSWER", help="repeatable, see below")
    add("--fault", action="append", default=[], metavar="FAULT", help="repeatable, see below")
    add("--model", action="store_true", help="also starts the local realtime model server")
    add("--model-port", type=_port, default=0, help="its port (default: a free one)")
    if running:
        add("--real-model", action="store_true", help="no local model: api.openai.com is the real one")
        add("--model-options", default="", metavar="'OPTIONS'",
            help="of python -m warmtransfer.simulator.model, as '--tool transfer=escalate'")  # fmt: skip
    _run_options(found)
    add_options(found)
    _account_options(found)
    return found


def _run_options(found: argparse.ArgumentParser) -> None:
    add = found.add_argument
    add("--scenario", metavar="FILE", help='JSON: {"phones": [...], "calls": [{"at": 1, "from", "steps"}]}')
    add("--out", metavar="DIR", help="writes trace.jsonl and what each leg heard and said as WAV")
    add("--quiet", action="store_true", help="no log on stderr: a line a leg, request, refusal, warning")
    add("--no-frames", action="store_true", help="leaves the frames of sound out of the trace")
    add(
        "--keep",
        type=float,
        default=KEEP,
        metavar="SECONDS",
        help="simulated seconds for which ended calls stay in memory; 0: for ever (default %(default)s)",
    )
    add("--speed", type=float, default=1.0, help="simulated seconds per second (default %(default)s)")
    add(
        "--seed",
        type=int,
        default=1,
        help="of everything left to chance (default %(default)s)",
    )
    add(
        "--cps",
        type=float,
        default=1.0,
        help="new legs per second by REST, 0 is no limit (default %(default)s)",
    )


def _account_options(found: argparse.ArgumentParser) -> None:
    group, usual = found.add_argument_group("the account"), Account()
    _holdings_options(group)
    group.add_argument("--account-sid", default=usual.sid, metavar="AC…")
    group.add_argument("--auth-token", default=usual.token, metavar="TOKEN")
    group.add_argument("--secondary-token", default="", metavar="TOKEN", help="lets in, signs nothing")
    group.add_argument("--api-key", default=usual.key_sid, metavar="SK…")
    group.add_argument("--api-secret", default=usual.key_secret, metavar="SECRET")
    group.add_argument("--number", default=usual.number, metavar="E.164", help="its first number")
    group.add_argument("--app-sid", default=usual.app_sid, metavar="AP…")
    group.add_argument("--voice-url", metavar="URL", help="the number's voice webhook")
    group.add_argument("--voice-method", default="POST", choices=METHODS, help="how it is requested")
    group.add_argument(
        "--fallback-url", metavar="URL", help="the number's fallback; file:///… is one that Twilio hosts"
    )
    group.add_argument("--status-url", metavar="URL", help="the number's status callback; empty: none")
    group.add_argument("--status-method", default="POST", choices=METHODS, help="how it is sent")
    group.add_argument("--app-url", metavar="URL", help="the TwiML application's voice URL")
    group.add_argument("--app-fallback-url", metavar="URL", help="the TwiML application's fallback")


def _holdings_options(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    add("--numbers", type=_words, default=(), metavar="LIST",
        help="further numbers: +15550100008,+15550100009=sms (voice+sms+mms+fax, none)")  # fmt: skip
    add("--trial", action="store_true", help="a trial account: it dials verified numbers alone (21219)")
    add("--verified", type=_words, default=(), metavar="LIST", help="verified caller IDs: +15550100001,…")
    add("--countries", type=_words, default=(), metavar="LIST",
        help="countries that may be dialled: US,GB (US is Canada too; default: every one)")  # fmt: skip
    add("--key-rights", type=_words, default=(), metavar="LIST",
        help="a restricted API key: what it may do, as 'POST Calls,GET IncomingPhoneNumbers'")  # fmt: skip
    add("--balance", default=Account().balance, metavar="USD", help="(default %(default)s)")


def _port(text: str) -> int:
    """A port's number; 0 is any free one."""
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port: 0 to 65535")
    return int(text)


def _address(text: str) -> str:
    """Where an application is asked: with its scheme, as the number's webhook would have it."""
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise argparse.ArgumentTypeError(f"{text!r} is no address: write http://127.0.0.1:5000/path")
    return text


def _words(text: str) -> tuple[str, ...]:
    """A list with commas between."""
    return tuple(word.strip() for word in text.split(",") if word.strip())
