"""Keys from a `.env` file beside the program, for developing: what the environment says counts more.

Loads next to nothing: it is asked before gevent patches.
"""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from pathlib import Path

from warmtransfer.worker import MARK

#: Flask's own switch, for `flask` commands: both read the file, or neither does.
SKIP = "FLASK_SKIP_DOTENV"

#: What the environment of a deployment has. Who is given all of it needs no file, and a forgotten one must
#: not add to it. The last is needed by one provider of models only.
NEEDED = (
    "TWILIO_ACCOUNT_SID",
    "TWILIO_AUTH_TOKEN",
    "TWILIO_APP_SID",
    "TWILIO_NUMBER",
    "WARMTRANSFER_PUBLIC_URL",
    "WARMTRANSFER_HUMANS",
    "OPENAI_API_KEY",
)


def beside(program: str, environ: MutableMapping[str, str]) -> str:
    """Add what the `.env` beside the program has and `environ` has not.

    A line that says so, or why it was not done; "" without such a file.
    A key that the environment has stays as it is there, also when it is empty.
    """
    path = Path(program).with_name(".env")
    if MARK in environ or _skipped(environ) or not path.is_file():
        return ""
    if _deployed(environ):
        return f"{path.name} is not read: the environment has every key that is needed"
    try:
        from dotenv import dotenv_values
    except ImportError:
        return f"{path.name} is not read: python-dotenv is not installed (requirements.txt has it)"
    try:
        found = dotenv_values(path, encoding="utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        return f"{path.name} is not read: {type(fault).__name__}"
    new = {name: value for name, value in found.items() if value is not None and name not in environ}
    environ.update(new)
    return f"{path.name}: {len(new)} of its {len(found)} keys are taken, which the environment has not"


def _skipped(environ: Mapping[str, str]) -> bool:
    return environ.get(SKIP, "").lower() not in ("", "0", "false", "no")


def _deployed(environ: Mapping[str, str]) -> bool:
    *always, key = NEEDED
    other = environ.get("WARMTRANSFER_PROVIDER", "").strip() not in ("", "openai")
    return all(environ.get(name, "").strip() for name in (always if other else (*always, key)))
