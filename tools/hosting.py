"""Writes app.json and .env.example from the table of keys: `python -m tools.hosting`."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator
from typing import Any

from tools.tables import ROOT
from warmtransfer import __version__
from warmtransfer.config import KEYS
from warmtransfer.key import Key

WIDTH = 110

HEAD = """\
# Keys for developing, and for compose.yaml: cp .env.example .env, then fill in. Never commit .env.
# `python wsgi.py` and `flask --app wsgi …` read it; what the environment has counts more, and where that
# has every required key, or FLASK_SKIP_DOTENV=1, the file is not read. docs/going-live.md says more.
# Put a value that holds $, # or blanks between single quotes. Written by `python -m tools.hosting`.
"""
COMPOSE = """\
# For compose.yaml alone: the password of its database, letters and digits (openssl rand -hex 24).
# DATABASE_URL is made of it there.
POSTGRES_PASSWORD=
"""


def app_json() -> str:
    """The description by which a Heroku-style host makes an app: what it must be told, and its database."""
    env: dict[str, dict[str, Any]] = {
        key.name: {"description": key.sentence, "required": True} for key in KEYS if key.required
    }
    env["FLASK_SKIP_DOTENV"] = {"description": "Keys come from here, never from a file.", "value": "1"}
    described = {
        "name": "warmtransfer",
        "description": "An AI answers the phone and hands the caller to a person without ever dropping them.",
        "keywords": ["twilio", "voice", "warm transfer", "realtime", "flask"],
        "success_url": "/warmtransfer/health",
        "env": env,
        "formation": {"web": {"quantity": 1, "size": "basic"}},
        "addons": [{"plan": "heroku-postgresql:essential-0"}],
        "buildpacks": [{"url": "heroku/python"}],
    }
    return json.dumps(described, indent=2, ensure_ascii=False) + "\n"


def env_example() -> str:
    """A `.env` to fill in: the required keys first, then every other with its default, as a comment."""
    needed = [line for key in KEYS if key.required for line in _lines(key)]
    more = [line for key in KEYS if not key.required for line in _lines(key)]
    parts = (HEAD, "# Required.\n", *needed, COMPOSE, f"# All others, as they are in {__version__}.\n", *more)
    return "\n".join(parts)


def _lines(key: Key) -> Iterator[str]:
    told = textwrap.fill(key.sentence, WIDTH, initial_indent="# ", subsequent_indent="# ")
    yield f"{told}\n{'' if key.required else '#'}{key.name}={_written(key.default)}\n"


def _written(value: object) -> str:
    """A default as this file's readers take it: theirs are several, and plain words all of them."""
    if value in ((), frozenset(), {}, ""):
        return ""
    text = f"{value:g}" if isinstance(value, float) else str(value)
    if not set(text) & set(" $#\"'"):
        return text
    assert "'" not in text, f"cannot be written: {text}"
    return f"'{text}'"


#: What is written, by its place.
FILES = {"app.json": app_json, ".env.example": env_example}


if __name__ == "__main__":
    for name, made in FILES.items():
        (ROOT / name).write_text(made())
