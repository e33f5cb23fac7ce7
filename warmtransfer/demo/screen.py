"""The terminal: the call as it happens, one line for each thing, readable without colours."""

from __future__ import annotations

import json
import os
import shutil
import textwrap
from collections.abc import Callable
from typing import Any, TextIO

Row = dict[str, Any]

#: ANSI colours by who a line is about, used on a terminal only.
COLOURS = {"caller": "36", "ai": "35", "human": "32", "model": "33", "stage": "1", "!": "31"}
MARGIN = 25


class Screen:
    """Prints rows of the trace, and stages, as lines of plain text."""

    def __init__(self, out: TextIO, names: dict[str, str]) -> None:
        self.out = out
        self.names = names
        self.colours = out.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"
        self.labels: dict[str, str] = {}
        self.numbers: dict[str, str] = {}
        self.ai = "ai"
        self._stage = ""
        self._does: dict[str, Callable[[Row], tuple[str, str] | None]] = {
            "say": self._say, "recognised": self._recognised, "speech": self._ai_speech, "tool": self._tool,
            "truncated": self._truncated, "press": self._press, "script": self._trouble,
            "error": self._trouble, "stream-error": self._stream_error, "fault": self._trouble,
            "amd": self._amd, "hangup": self._hang_up,
        }  # fmt: skip

    def say(self, text: str = "") -> None:
        """Print a line that is no part of the call."""
        print(text, file=self.out, flush=True)

    def stage(self, at: float, stage: str) -> None:
        """The caller is in another stage now."""
        if stage != self._stage:
            self._stage = stage
            self.line(at, "stage", stage.upper())

    def line(self, at: float, who: str, text: str) -> None:
        """Print one thing that happened."""
        width = max(60, shutil.get_terminal_size((110, 24)).columns)
        head = f"{at:8.2f}  {who:<13}  "
        lines = textwrap.wrap(text, width - MARGIN) or [""]
        body = f"\n{'':{MARGIN}}".join(lines)
        colour = next((code for key, code in COLOURS.items() if who.startswith(key)), "")
        if self.colours and colour:
            body = f"\033[{colour}m{body}\033[0m"
        self.say(head + body)

    def row(self, row: Row) -> None:
        """Print what a row of the trace tells, if it tells a person anything."""
        at = float(row["t"])
        told: tuple[str, str] | None = None
        if row["kind"] == "leg":
            told = self._leg(row)
        elif row["kind"] == "note" and row.get("event") in self._does:
            told = self._does[str(row["event"])](row)
        if told is not None:
            self.line(at, *told)

    def _leg(self, row: Row) -> tuple[str, str] | None:
        sid, label, event = str(row["call_sid"]), str(row.get("label", "")), str(row["event"])
        if event == "dialled":
            self.numbers[sid] = str(row.get("to", "") if label != "caller" else row.get("from", ""))
        name = self.names.get(self.numbers.get(sid, ""), "")
        who = party(label)
        self.labels[sid] = who
        if label.startswith("ai"):
            self.ai = label
        words = {
            "dialled": f"{name} calls the number" if label == "caller" else f"dialling {name or 'the AI'}",
            "ringing": f"{name}'s phone rings" if name and label != "caller" else "",
            "answered": f"{name} answers" if name and label != "caller" else "answered",
            "joined": "joins the caller's room" if label != "caller" else "is in the room",
            "left": "leaves the room",
            "held": "on hold", "unheld": "off hold",
            "ended": f"leg over ({row.get('status', '')})",
        }  # fmt: skip
        text = words.get(event, "")
        return (who, text) if text else None

    def _say(self, row: Row) -> tuple[str, str]:
        if row.get("who") == "network":
            return party(str(row.get("leg", ""))), f"hears: “{row['text']}”"
        return self._who(row), f"says: “{row['text']}”"

    def _who(self, row: Row) -> str:
        return self.labels.get(str(row.get("call_sid", "")), str(row.get("who", "")))

    def _recognised(self, row: Row) -> tuple[str, str]:
        return "model", f"recognised: “{row.get('text', '')}”"

    def _ai_speech(self, row: Row) -> tuple[str, str] | None:
        return (self.ai, f"says: “{row.get('text', '')}”") if row.get("who") == "ai" else None

    def _tool(self, row: Row) -> tuple[str, str]:
        try:
            given = json.loads(str(row.get("arguments", "")))
        except ValueError:
            given = {}
        told = (
            "; ".join(f"{name}: {value}" for name, value in given.items()) if isinstance(given, dict) else ""
        )
        return "model", f"calls {row.get('name')} ({told})"

    def _truncated(self, row: Row) -> tuple[str, str]:
        return self.ai, f"is interrupted, and remembers saying: “{row.get('text', '')} ...”"

    def _press(self, row: Row) -> tuple[str, str]:
        return party(str(row.get("leg", ""))), f"presses {row.get('digit')}"

    def _amd(self, row: Row) -> tuple[str, str]:
        return party(str(row.get("leg", ""))), f"is detected to be {row.get('answered_by')}"

    def _hang_up(self, row: Row) -> tuple[str, str]:
        return self._who(row), "hangs up"

    def _trouble(self, row: Row) -> tuple[str, str]:
        parts = [str(row[key]) for key in ("code", "who", "leg", "text", "what", "error") if row.get(key)]
        return "!", ": ".join(parts)

    def _stream_error(self, row: Row) -> tuple[str, str] | None:
        """A closed stream is how an AI leaves; anything else is worth a line."""
        return None if row.get("code") == 31921 else self._trouble(row)


def party(label: str) -> str:
    """Who a leg is: a number that was dialled and has no label yet is a human's."""
    return "human" if label.startswith("+") else label.partition(":")[0]
