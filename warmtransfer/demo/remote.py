"""Asking the simulator, the model and the app over HTTP, and following the trace as it grows."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Row = dict[str, Any]


def ask(method: str, url: str, body: Any = None, *, token: str = "", seconds: float = 5.0) -> Any:
    """The JSON a server answers with; raises OSError when it does not answer, or with an error."""
    headers = {"Content-Type": "application/json"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data=data, headers=headers, method=method)
    with urllib.request.urlopen(request, timeout=seconds) as answer:
        text = answer.read().decode()
    return json.loads(text) if text else None


def told_keys(told: Row) -> dict[str, str]:
    """Our configuration keys, from what the simulator says at its start."""
    keys = {name: str(value) for name, value in told.items() if name.startswith("TWILIO_")}
    return {**keys, "WARMTRANSFER_REALTIME_URL": str(told["REALTIME_URL"])}


class Tail:
    """Reads a growing file of JSON lines."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._at = 0

    def rows(self) -> Iterator[Row]:
        """The whole lines written since the last time."""
        if not self._path.exists():
            return
        with self._path.open("rb") as lines:
            lines.seek(self._at)
            for line in lines:
                if not line.endswith(b"\n"):
                    return
                self._at += len(line)
                yield json.loads(line)


class App:
    """What the app tells of its calls: shown on the screen and in the picture, never judged by."""

    def __init__(self, url: str, token: str) -> None:
        self.url = url
        self._token = token

    def healthy(self) -> bool:
        """Whether it answers."""
        try:
            return bool(ask("GET", f"{self.url}/health", seconds=2))
        except (OSError, ValueError):
            return False

    def relays(self) -> int:
        """How many calls it has connected to a model."""
        return int(ask("GET", f"{self.url}/health")["relays"])

    def stage(self) -> str:
        """The newest call's stage, "" while there is none or the app is too busy to say."""
        try:
            calls = ask("GET", f"{self.url}/api/calls?limit=1", token=self._token, seconds=1)["calls"]
        except (OSError, ValueError, KeyError):
            return ""
        return str(calls[0]["stage"]) if calls else ""

    def story(self) -> Row:
        """The newest call with its journal; {} when there is none."""
        calls = ask("GET", f"{self.url}/api/calls?limit=1", token=self._token)["calls"]
        if not calls:
            return {}
        found: Row = ask("GET", f"{self.url}/api/calls/{calls[0]['id']}", token=self._token)
        return found


def stages(story: Row, offset: float, speed: float) -> list[tuple[float, str]]:
    """When the stages began, on the trace's clock; `offset` is the wall-clock second of its zero."""
    found: list[tuple[float, str]] = []
    for row in story.get("journal", []):
        if not found or found[-1][1] != row["after"]:
            found.append(((float(row["at"]) - offset) * speed, str(row["after"])))
    return found


def wall_offset(control: str, speed: float) -> float:
    """The wall-clock second at which the trace's clock was zero."""
    before = time.time()
    now = float(ask("GET", f"{control}/state")["t"])
    return (before + time.time()) / 2 - now / speed
