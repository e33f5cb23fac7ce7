"""What the desk needs of others, and no more: any part with these methods will do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from warmtransfer.core import events as ev
from warmtransfer.core.call import Call
from warmtransfer.core.legs import Heard, Leg, Place
from warmtransfer.core.rules import Rules
from warmtransfer.core.words import Show


class Settings(Protocol):
    """What a deployment has decided."""

    @property
    def app_sid(self) -> str:
        """What answers the AI's legs at the carrier."""

    @property
    def number(self) -> str:
        """Our own number."""

    @property
    def show(self) -> Show:
        """What a human is given of the caller's number."""

    @property
    def human_fallback(self) -> str:
        """The document that the carrier hosts for humans whose own cannot be had, "" for none."""

    @property
    def last_resort(self) -> str:
        """The number that the AI's leg dials by itself while we are away, "" for none."""

    @property
    def company(self) -> str:
        """Whom the deployment is for, "" for nobody in particular."""

    @property
    def language(self) -> str:
        """Of our own sentences, as two letters; "" for English."""

    @property
    def words(self) -> Mapping[str, str]:
        """Sentences that the deployment has put in other words."""

    @property
    def cards_from(self) -> str:
        """The number, or the messaging service, that cards are sent from; "" for our own number."""

    @property
    def call_limit(self) -> int:
        """Seconds that a leg may last at most."""

    @property
    def max_calls(self) -> int:
        """Calls at once."""

    @property
    def calls_per_second(self) -> float:
        """Legs that the carrier makes for the account in a second."""


class People(Protocol):
    """Who may be dialled. Only `wanted` blocks, and not for long."""

    def rules(self) -> Rules:
        """What the core decides by, now."""

    def wanted(self, event: ev.HandoffAsked) -> ev.HandoffAsked:
        """The wish, once it is known who may be dialled now; UnknownTarget when it means nobody there is."""

    def followed(self, before: Call | None, after: Call, event: ev.Event) -> None:
        """A call has changed."""

    def renew_soon(self) -> None:
        """Find out aside who may be dialled now."""


class Carrier(Protocol):
    """Legs and rooms at the carrier. Every method blocks, is called by any thread, raises `Carrier*` errors.

    Legs, rooms and their participants are named by the carrier's own ids; a participant by its label, too.
    Nothing is repeated inside: only the desk knows whether that could ring a phone twice.
    """

    def add_ai(
        self,
        *,
        room: str,
        app_sid: str,
        parameters: dict[str, str],
        label: str,
        from_: str,
        room_callback: str,
        time_limit: int,
    ) -> str:
        """Add an AI's leg to the room; its id. CarrierTaken when the label is in the room already."""

    def dial(
        self,
        *,
        to: str,
        from_: str,
        url: str,
        status_callback: str,
        amd_callback: str,
        ring: float,
        time_limit: int,
        digits: str = "",
        call_token: str = "",
        fallback_url: str = "",
        detection: str = "",
    ) -> str:
        """Dial a human on a leg of their own, whose document is at `url`, or else `fallback_url`; its id.

        Nobody detects machines without an `amd_callback`.
        `digits`, if any, are sent after the answer; nobody then detects machines. CarrierNotShown when
        `from_` may not be shown; `call_token` came with the caller whose number it is. `detection` of
        machines is `off`, or tuned; empty for as usual.
        """

    def add_human(
        self,
        *,
        room: str,
        to: str,
        from_: str,
        label: str,
        status_callback: str,
        amd_callback: str,
        room_callback: str,
        wait_url: str,
        ring: float,
        time_limit: int,
        call_token: str = "",
        detection: str = "",
    ) -> str:
        """Dial a human straight into the room, muted; the leg's id. `call_token` as for `dial`."""

    def text(self, *, to: str, from_: str, body: str, seconds: int, status_callback: str) -> str:
        """Send a text message, which is of no use any more after `seconds`; its id."""

    def end_call(self, call_sid: str) -> None:
        """End a leg in whatever state it is."""

    def limit_call(self, call_sid: str, seconds: int) -> None:
        """Have the carrier end a leg once it has lasted so long."""

    def move_call(self, call_sid: str, url: str) -> None:
        """Make a leg go on with the document at `url`."""

    def remove(self, room_sid: str, key: str) -> None:
        """Remove a participant."""

    def announce(self, room_sid: str, call_sid: str, url: str) -> None:
        """Play the document at `url` to one participant."""

    def hold(self, room_sid: str, call_sid: str, url: str) -> None:
        """Put one participant on hold with the document at `url`."""

    def places(self, room_sid: str) -> Mapping[str, Place]:
        """Where everyone in the room is, by leg id and by label; nobody in a room that is over."""

    def release(self, room_sid: str, call_sid: str) -> None:
        """Let one participant off hold, unmuted."""

    def voice(self, room_sid: str, call_sid: str, muted: bool, coached: str) -> None:
        """Whether a participant is heard; by the leg `coached` alone, unless that is empty."""

    def end_room(self, room_sid: str) -> None:
        """End a room; each leg goes on with its own document."""

    def find_room(self, name: str) -> str:
        """The id of the room of this name, "" for none."""

    def people(self, room_sid: str) -> Mapping[str, str]:
        """The legs in a room, by label."""

    def open_rooms(self) -> Sequence[str]:
        """The names of all rooms there are."""

    def number_called(self, call_sid: str) -> str:
        """The number that this leg was made to, "" for a leg that is not known."""

    def find_participant(self, room_sid: str, key: str, *, talking: bool = False) -> str:
        """The leg of a participant, "" if it is not in the room; `talking`: nor if muted or on hold."""

    def leg(self, call_sid: str) -> Leg:
        """Where a leg is, or how it ended."""

    def incoming(self, number: str) -> Sequence[str]:
        """Everyone who has phoned this number and is still on the line."""

    def find_child(self, parent_sid: str, to: str) -> tuple[str, Leg, bool]:
        """The leg to `to` that this leg's document dialled, where it is, and if anybody answered.

        Of several the one that is up, else the newest that was answered, else the newest.
        """

    def fetch_recording(self, url: str, most: int) -> bytes:
        """A recording as a WAV file, of at most so many bytes."""

    def delete_recording(self, url: str) -> None:
        """Have the carrier keep a recording no longer; harmless when repeated."""

    def picked_up(self, call_sid: str) -> Heard | None:
        """Who picked up, as far as the detection of machines knows; None when it has said nothing."""

    def find_call(self, to: str, from_: str, since: float, known: frozenset[str]) -> str:
        """The newest leg from `from_` to `to` since then that is up and not among the known, "" for none."""


class Switchboard(Protocol):
    """Whoever has the calls' audio. No method blocks but `until_heard`."""

    def prepare(self, call: Call, delay: float) -> None:
        """Have a model ready after `delay`."""

    def recall(self, call_id: str, said: Sequence[tuple[str, str]]) -> None:
        """Remember what was said in a call that an earlier process had."""

    def follow(self, call: Call) -> None:
        """The call has changed."""

    def speak(self, call_id: str, news: str, delay: float) -> None:
        """Have the AI greet, or tell news."""

    def mention(self, call_id: str, news: str) -> None:
        """Have the AI tell this in the next pause; newer news takes its place."""

    def tell(self, call_id: str, news: str) -> None:
        """Let the AI know without speaking."""

    def heed(self, call_id: str, text: str, *, aloud: bool) -> None:
        """Let the AI know what somebody says who looks after the call; `aloud`: and tell the caller."""

    def introduce(self, call_id: str, line: str) -> None:
        """Have the AI say exactly this."""

    def comfort(self, call_id: str) -> None:
        """Let the caller hear something although there is no model."""

    def overhear(self, call_id: str) -> None:
        """Somebody wants to hear this call in a page: see who."""

    def close(self, call_id: str) -> None:
        """End the AI's part in this call."""

    def leave(self, call_id: str) -> None:
        """Another process has this call's audio from now on."""

    def calls(self) -> Sequence[str]:
        """The calls whose audio is here."""

    def until_heard(self, call_id: str, seconds: float) -> None:
        """Block until what the AI is saying has been heard."""


class Links(Protocol):
    """Addresses of ours that the carrier is told."""

    def room(self, call_id: str) -> str:
        """Where news of the room arrives."""

    def again(self) -> str:
        """Where a caller begins whose first request we did not hear."""

    def next(self, call_id: str, room: int = 0) -> str:
        """What the caller's leg does now."""

    def comfort(self, call_id: str) -> str:
        """The announcement to a caller who is alone for a moment."""

    def human(self, call_id: str, n: int) -> str:
        """The document of attempt `n`'s leg."""

    def human_status(self, call_id: str, n: int) -> str:
        """Where its progress arrives."""

    def amd(self, call_id: str, n: int) -> str:
        """Where the detection of answering machines reports."""

    def human_wait(self, call_id: str, n: int) -> str:
        """What a human hears who waits in the room."""

    def hold(self, call_id: str, n: int) -> str:
        """The briefing played on hold."""

    def card(self, call_id: str, n: int) -> str:
        """The card of attempt `n`, for the human's eyes."""

    def card_news(self, call_id: str, n: int) -> str:
        """Where the fate of the message with that link is told."""

    def supervisor(self, call_id: str, n: int) -> str:
        """The document of the leg of somebody who listens."""

    def supervisor_status(self, call_id: str, n: int) -> str:
        """Where its progress arrives."""

    def gone(self, call_id: str, n: int) -> str:
        """What a human is told whose caller has hung up."""
