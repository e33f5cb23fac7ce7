"""Conference callbacks: the documented fields of each event, numbered, for the first joiner's URL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from warmtransfer.simulator.services import Services
from warmtransfer.simulator.wire import rfc2822

#: Event -> the name it is subscribed by (docs/voice/twiml/conference).
SUBSCRIPTION = {
    "conference-start": "start",
    "conference-end": "end",
    "participant-join": "join",
    "participant-leave": "leave",
    "participant-mute": "mute",
    "participant-unmute": "mute",
    "participant-hold": "hold",
    "participant-unhold": "hold",
    "participant-modify": "modify",
    "participant-speech-start": "speaker",
    "participant-speech-stop": "speaker",
    "announcement-end": "announcement",
    "announcement-fail": "announcement",
}
SUBSCRIPTIONS = frozenset(SUBSCRIPTION.values())


@dataclass(frozen=True)
class RoomNews:
    """A conference status callback as one participant asks for it."""

    url: str = ""
    method: str = "POST"
    events: frozenset[str] = frozenset()


class Teller:
    """Sends a room's callbacks; the first participant's wishes count, later ones are ignored."""

    def __init__(self, services: Services, sid: str, name: str) -> None:
        self.services = services
        self.sid = sid
        self.name = name
        self.news: RoomNews | None = None
        self.sequence = 0

    def adopt(self, news: RoomNews) -> None:
        """Takes the first participant's URL and events; later ones count for nothing, which few expect."""
        if self.news is None:
            self.news = news
            if "speaker" in news.events:
                self.services.trace.note("warning", text="speaker events are not simulated")
        elif news.url and (news.url, news.events) != (self.news.url, self.news.events):
            text = f"the statusCallback of who joins {self.name} later counts for nothing: the first does"
            self.services.trace.note("warning", text=text)

    def send(self, event: str, form: Sequence[tuple[str, str]] = (), news: RoomNews | None = None) -> None:
        """Sends an event, if it was asked for: the common fields with the next number, then its own.

        `news` are the wishes of the participant it is about: they count while nobody has joined.
        """
        news = self.news or news
        if news is None or not news.url or SUBSCRIPTION[event] not in news.events:
            return
        self.sequence += 1
        common = [
            ("ConferenceSid", self.sid), ("FriendlyName", self.name),
            ("AccountSid", self.services.account.sid), ("SequenceNumber", str(self.sequence)),
            ("Timestamp", rfc2822()), ("StatusCallbackEvent", event),
        ]  # fmt: skip
        self.services.callbacks.send(self.sid, news.url, [*common, *form], news.method)
