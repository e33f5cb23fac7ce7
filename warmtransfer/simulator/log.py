"""What the terminal shows while the simulator runs: one line a leg's event, request, refusal, warning."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from warmtransfer.simulator.trace import Row

#: What of a leg's life is shown.
LEG = ("dialled", "answered", "joined", "left", "ended")
#: Notes that are shown, and the word for each.
NOTES = {name: name for name in ("warning", "error", "fault", "law", "script", "queued", "handset")}


def logging_to(write: Callable[[str], object]) -> Callable[[Row], None]:
    """A watcher of the trace that writes the rows worth a line."""

    def look(row: Row) -> None:
        if line := line_for(row):
            write(line + "\n")

    return look


def line_for(row: Row) -> str:
    """The line for a row of the trace, without control characters; nothing for most rows."""
    lines = {
        "leg": _leg, "webhook": _webhook, "rest": _rest, "message": _message, "recording": _recording,
        "queue": _queue, "note": _note,
    }  # fmt: skip
    text = lines.get(row["kind"], _nothing)(row)
    shown = "".join(each if each.isprintable() else "?" for each in text)
    return f"{row['t']:8.2f}  {shown}" if shown else ""


def _nothing(row: Row) -> str:
    return ""


def _leg(row: Row) -> str:
    event = row.get("event")
    if event not in LEG:
        return ""
    more = {
        "dialled": f" {row.get('from')} -> {row.get('to')}",
        "ended": f": {row.get('status')}",
        "left": f": {row.get('reason')}",
    }
    return f"leg      {row.get('label')} {event}{more.get(str(event), '')}"


def _webhook(row: Row) -> str:
    status = row.get("error") or row.get("status")
    form = dict(map(tuple, row.get("form", ())))
    about = form.get("StatusCallbackEvent") or form.get("StreamEvent") or form.get("CallStatus", "")
    path = urlsplit(str(row.get("url"))).path
    return f"request  {row.get('method')} {path} {status}{' ' if about else ''}{about}"


def _rest(row: Row) -> str:
    status = int(row.get("status") or 0)
    path = str(row.get("path"))
    path = path.partition("/Accounts/")[2].partition("/")[2] or path.partition("/v1/")[2]
    path = path.removesuffix(".json")
    answer = row.get("response") or {}
    why = f" {answer.get('code')} {answer.get('message')}" if status >= 400 else ""
    word = "refusal" if why else "rest   "
    return f"{word}  {row.get('method')} {path} {status or 'not answered'}{why}"


def _message(row: Row) -> str:
    return f"message  {row.get('from')} -> {row.get('to')} {row.get('status')}"


def _recording(row: Row) -> str:
    length = f" {row['duration']} s" if row.get("duration") is not None else ""
    return f"recorded {row.get('sid')} of {row.get('recorded')} {row.get('status')}{length}"


def _queue(row: Row) -> str:
    result = f": {row['result']}" if row.get("result") else ""
    return f"queue    {row.get('label')} {row.get('event')} {row.get('queue')}{result}"


def _note(row: Row) -> str:
    word = NOTES.get(str(row.get("event")))
    if word is None:
        return ""
    keys = ("code", "number", "what", "text", "fault", "law", "answer", "about", "leg")
    told = [row.get(key) for key in keys]
    told[:1] = [] if str(row.get("text")).startswith(f"{row.get('code')}:") else told[:1]
    said = " ".join(str(part) for part in told if part not in (None, ""))
    return f"{word:<8} {said or row.get('set', '')}"
