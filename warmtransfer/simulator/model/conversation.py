"""The conversation of one session: items in order, and what truncation leaves of them."""

from __future__ import annotations

import asyncio
import copy
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from warmtransfer.simulator.model.shapes import Refused

Json = dict[str, Any]

#: Bytes of mu-law per millisecond.
BYTES_PER_MS = 8


@dataclass
class Entry:
    """One item and what the server knows of it beyond the wire."""

    item: Json
    audio: bytearray = field(default_factory=bytearray)
    text: str = ""  #: the words of the item as the model remembers them
    whole_text: str = ""  #: the words before any truncation
    recognised: asyncio.Event = field(default_factory=asyncio.Event)  #: the ears are done with it

    @property
    def id(self) -> str:
        """The item's id."""
        return str(self.item["id"])

    @property
    def role(self) -> str:
        """system, user or assistant; the item's type for anything that is not a message."""
        return str(self.item.get("role") or self.item["type"])

    @property
    def milliseconds(self) -> int:
        """Length of the audio produced or received so far."""
        return len(self.audio) // BYTES_PER_MS


def words_of(item: Json) -> str:
    """The text a client put into an item."""
    if item["type"] == "function_call_output":
        return str(item["output"])
    if item["type"] == "function_call":
        return str(item["arguments"])
    parts = item.get("content", [])
    return " ".join(str(part.get("text") or part.get("transcript") or "") for part in parts).strip()


class Conversation:
    """Items in order. Ids are unique; unknown ids are refused with the code that belongs to the event."""

    def __init__(self, conversation_id: str) -> None:
        self.id = conversation_id
        self.entries: list[Entry] = []

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries)

    def so_far(self) -> Conversation:
        """The items there are now, for a response that is asked for: what comes later is not part of it."""
        found = Conversation(self.id)
        found.entries = list(self.entries)
        return found

    def get(self, item_id: str) -> Entry | None:
        """The entry with this id, if there is one."""
        return next((entry for entry in self.entries if entry.id == item_id), None)

    def before(self, entry: Entry) -> str | None:
        """The id of the item this one follows."""
        place = self.entries.index(entry) if entry in self.entries else 0
        return self.entries[place - 1].id if place else None

    def last_id(self) -> str | None:
        """The id of the newest item."""
        return self.entries[-1].id if self.entries else None

    def need(self, item_id: str, verb: str) -> Entry:
        """The entry with this id; raises Refused with `item_<verb>_invalid_item_id` when there is none."""
        entry = self.get(item_id)
        if entry is None:
            text = f"Error {verb[:-1]}ing item: the item with id '{item_id}' does not exist."
            raise Refused(f"item_{verb}_invalid_item_id", text, "item_id")
        return entry

    def add(self, entry: Entry, previous: str | None = None) -> str | None:
        """Insert after `previous` (None: at the end, "root": at the start); gives the id it now follows."""
        if self.get(entry.id) is not None:
            text = f"Error adding item: an item with id '{entry.id}' already exists."
            raise Refused("item_create_duplicate_item_id", text, "item.id")
        place = len(self.entries)
        if previous == "root":
            place = 0
        elif previous is not None:
            found = next((n for n, other in enumerate(self.entries) if other.id == previous), None)
            if found is None:
                text = f"Error adding item: the previous item with id '{previous}' does not exist."
                raise Refused("item_create_invalid_previous_item_id", text, "previous_item_id")
            place = found + 1
        self.entries.insert(place, entry)
        return self.entries[place - 1].id if place else None

    def delete(self, item_id: str) -> None:
        """Forget an item."""
        self.entries.remove(self.need(item_id, "delete"))

    def truncate(self, item_id: str, content_index: int, audio_end_ms: int) -> Entry:
        """Cut an assistant item at the milliseconds heard; its transcript goes, as on the real server."""
        entry = self.need(item_id, "truncate")
        if entry.role != "assistant" or not entry.audio:
            text = "Only model output audio messages can be truncated"
            raise Refused("unsupported_content_type", text, "item_id")
        if content_index != 0:
            raise Refused("invalid_value", f"Invalid content_index: {content_index}.", "content_index")
        length = entry.milliseconds
        if audio_end_ms > length:
            text = f"Audio content of {length}ms is already shorter than {audio_end_ms}ms"
            raise Refused(None, text, "audio_end_ms")
        entry.text = heard(entry.whole_text, audio_end_ms / length)
        del entry.audio[audio_end_ms * BYTES_PER_MS :]
        for part in entry.item["content"]:
            part.pop("transcript", None)
        return entry

    def shown(self, entry: Entry) -> Json:
        """A copy of the item, as it goes into an event."""
        return copy.deepcopy(entry.item)


def heard(text: str, share: float) -> str:
    """The words of the first part of a spoken text, whole words only."""
    left = round(len(text) * max(0.0, min(1.0, share)))
    if left >= len(text):
        return text
    cut = text[:left]
    return cut if text[left : left + 1] == " " else cut.rpartition(" ")[0]
