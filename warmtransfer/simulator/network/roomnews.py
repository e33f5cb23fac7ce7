"""Conference callbacks: the documented fields of each event, numbered, for the first joiner's URL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from warmtransfer.simulator.wire import rfc2822

if TYPE_CHECKING:
    from warmtransfer.simulator.network.rooms import Member, Room

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

    def __init__(self, room: Room) -> None:
        self.conference = room
        self.news: RoomNews | None = None
        self.sequence = 0

    def adopt(self, news: RoomNews) -> None:
        """Takes the first participant's URL and events."""
        if self.news is None:
            self.news = news
            if "speaker" in news.events:
                self.conference.network.trace.note("warning", text="speaker events are not simulated")

    def room(self, event: str, form: Sequence[tuple[str, str]] = (), news: RoomNews | None = None) -> None:
        """Sends an event, if it was asked for: the common fields with the next number, then its own."""
        news = self.news or news
        if news is None or not news.url or SUBSCRIPTION[event] not in news.events:
            return
        self.sequence += 1
        common = [
            ("ConferenceSid", self.conference.sid), ("FriendlyName", self.conference.name),
            ("AccountSid", self.conference.network.account.sid), ("SequenceNumber", str(self.sequence)),
            ("Timestamp", rfc2822()), ("StatusCallbackEvent", event),
        ]  # fmt: skip
        self.conference.network.callbacks.send(self.conference.sid, news.url, [*common, *form], news.method)

    def participant(self, event: str, member: Member, reason: str = "") -> None:
        """Sends an event of one participant."""
        form = participant_fields(member)
        if event == "participant-leave":
            form += [("ParticipantCallStatus", member.call.status), ("ReasonParticipantLeft", reason)]
        self.room(event, form, member.news)  # its own wishes count while nobody has joined

    def announcement(self, url: str, member: Member | None, failed: str = "") -> None:
        """Tells that an announcement has ended; the participant's fields only while it is still there."""
        form = [("AnnounceUrl", url)]
        if failed:
            form.append(("ReasonAnnouncementFailed", failed))
        if member is not None and not member.gone.is_set():
            form += participant_fields(member)
        self.room("announcement-fail" if failed else "announcement-end", form)


def participant_fields(member: Member) -> list[tuple[str, str]]:
    """Returns the participant set of a callback."""
    form = [
        ("CallSid", member.call.sid), ("Muted", _word(member.muted)), ("Hold", _word(member.hold)),
        ("Coaching", _word(bool(member.coach))), ("EndConferenceOnExit", _word(member.end_on_exit)),
        ("StartConferenceOnEnter", _word(member.start_on_enter)),
    ]  # fmt: skip
    if member.label:
        form.append(("ParticipantLabel", member.label))
    return form


def _word(flag: bool) -> str:
    return "true" if flag else "false"
