"""Conferences: who is in, what they hear, when one starts and what ends it."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field

from warmtransfer.simulator.network.calls import Call
from warmtransfer.simulator.network.roomnews import RoomNews, Teller
from warmtransfer.simulator.network.taking import Taking, Wanted
from warmtransfer.simulator.services import Services
from warmtransfer.simulator.sound.audio import beep
from warmtransfer.simulator.sound.mixer import Mixer, Seat
from warmtransfer.simulator.sound.player import Player
from warmtransfer.simulator.twiml.documents import Listener
from warmtransfer.simulator.twiml.waiting import play_for


@dataclass
class Member:
    """A leg's place in a conference, before, while and after it is in it."""

    call: Call
    room: Room
    label: str = ""
    muted: bool = False
    hold: bool = False
    coach: str = ""
    start_on_enter: bool = True
    end_on_exit: bool = False
    wait_url: str | None = None  #: None is stock music, "" is silence
    wait_method: str = "POST"
    beep: str = "true"
    early_media: bool = True
    max_members: int = 250
    news: RoomNews = field(default_factory=RoomNews)
    records: Wanted | None = None  #: how the conference is to be recorded, if this one asks for it
    by_rest: bool = False
    by_name: bool = True
    joined: bool = False

    def __post_init__(self) -> None:
        self.gone = asyncio.Event()
        self.seat: Seat | None = None
        self.waiting: asyncio.Task[None] | None = None
        self.holding: asyncio.Task[None] | None = None
        self.created = self.updated = time.time()

    @property
    def key(self) -> str:
        """The leg's SID."""
        return self.call.sid

    @property
    def conference_sid(self) -> str:
        """The conference's SID."""
        return self.room.sid

    @property
    def conference_name(self) -> str:
        """The conference's name."""
        return self.room.name

    def leave(self, reason: str) -> None:
        """Takes the leg out, or strikes one that is still on its way."""
        self.room.leave(self, reason)

    @property
    def who(self) -> Listener:
        """Who hears what is played to the leg alone."""
        return Listener(self.call.label, self.call.sid)

    def fields(self) -> list[tuple[str, str]]:
        """Returns the participant set of a callback."""
        form = [
            ("CallSid", self.call.sid), ("Muted", _word(self.muted)), ("Hold", _word(self.hold)),
            ("Coaching", _word(bool(self.coach))), ("EndConferenceOnExit", _word(self.end_on_exit)),
            ("StartConferenceOnEnter", _word(self.start_on_enter)),
        ]  # fmt: skip
        return [*form, ("ParticipantLabel", self.label)] if self.label else form


class Room:
    """One conference; `init` until two are in and one of them may start it."""

    def __init__(self, services: Services, sid: str, name: str) -> None:
        self.services = services
        self.sid = sid
        self.name = name
        self.status = "init"
        self.made_by_rest = False
        self.created = self.updated = time.time()
        self.ended_at: float | None = None
        self.reason = ""
        self.ender = ""
        self.members: dict[str, Member] = {}
        self.ringing: dict[str, Member] = {}
        self.mixer = Mixer()
        self.tell = Teller(services, sid, name)
        self.announcing = asyncio.Lock()
        self.taking: Taking | None = None
        services.engine.add(self.mixer)

    def find(self, key: str) -> Member | None:
        """Returns the member with that Call SID or label, ringing ones included."""
        everyone = [*self.members.values(), *self.ringing.values()]
        return next((m for m in everyone if key in (m.call.sid, m.call.webhook_sid, m.label)), None)

    def label_taken(self, label: str) -> bool:
        """Whether someone in the room, or on the way, has that label."""
        return bool(label) and any(m.label == label for m in (*self.members.values(), *self.ringing.values()))

    def expect(self, member: Member) -> None:
        """Notes a leg added by REST that still has to answer."""
        self.ringing[member.key] = member
        member.call.place = member

    def join(self, member: Member) -> Seat:
        """Brings a leg in; the first one's callback URL and events stay the room's."""
        self.ringing.pop(member.key, None)
        self.members[member.key] = member
        self.tell.adopt(member.news)
        member.joined = True
        member.call.place = member
        member.call.given_label = member.label or member.call.given_label
        member.seat = self.mixer.join(member.key, muted=member.muted)
        member.call.trace("joined", muted=member.muted, hold=member.hold)
        self.tell.send("participant-join", member.fields(), member.news)
        self._set_going(member)
        if member.coach:
            self.coach(member, member.coach)
        self._beep(member, "onEnter")
        fault = self.services.laws.fault("room", member.label)
        if fault is not None:
            self.services.tasks.spawn(self._upset(member, fault.action, float(fault.argument or 0)))
        return member.seat

    async def _upset(self, member: Member, action: str, seconds: float) -> None:
        """Does to a member, so long after the join, what nobody has asked for."""
        await self.services.clock.sleep(seconds)
        self.services.trace.note("fault", fault=f"room={action}", leg=member.call.label)
        if action == "mute":
            self.mute(member, True)
        else:
            self.put_on_hold(member, True, None, "GET")

    def _beep(self, member: Member, when: str) -> None:
        if member.beep in ("true", when) and self.status == "in-progress" and self.members:
            self.mixer.announce(beep())

    def _set_going(self, newcomer: Member) -> None:
        if self.status == "init":
            ready = len(self.members) > 1 and any(m.start_on_enter for m in self.members.values())
            if not ready:
                self._wait(newcomer)
                return
            self.status = "in-progress"
            self.updated = time.time()
            self.services.trace.note("conference", what="start", conference_sid=self.sid, name=self.name)
            self.tell.send("conference-start")
        for member in self.members.values():
            self._stop_waiting(member)
        wishes = [member.records for member in self.members.values() if member.records is not None]
        if wishes and self.taking is None:
            self.taking = Taking(self.services, wishes[0], conference_sid=self.sid).in_room(self.mixer)

    def _wait(self, member: Member) -> None:
        if member.waiting is not None or member.seat is None:
            return
        player = Player()
        self.mixer.wait(member.key, player)
        form = [*member.call.params(), ("ConferenceSid", self.sid), ("FriendlyName", self.name)]
        member.waiting = self.services.tasks.spawn(
            play_for(self.services, player, member.who, member.wait_url, member.wait_method, form)
        )

    def _stop_waiting(self, member: Member) -> None:
        if member.waiting is not None:
            member.waiting.cancel()
            member.waiting = None
            self.mixer.wait(member.key, None)

    def leave(self, member: Member, reason: str, *, kicked: bool = False) -> None:
        """Takes a leg out, or strikes one that never came; the last one and the moderator end the room."""
        if member.gone.is_set():
            return
        member.gone.set()
        was_in = self.members.pop(member.key, None) is not None
        self.ringing.pop(member.key, None)
        self._stop_waiting(member)
        self._stop_hold(member)
        if was_in:
            member.call.connect(None)
            self.mixer.leave(member.key)
        else:
            reason = "participant_add_failed"
        member.call.trace("left" if was_in else "never_joined", reason=reason)
        ending = [("ParticipantCallStatus", member.call.status), ("ReasonParticipantLeft", reason)]
        self.tell.send("participant-leave", [*member.fields(), *ending], member.news)
        member.call.place = None
        if self.status == "completed":
            return
        if was_in:
            self._beep(member, "onExit")
        self._after(member, was_in, kicked)

    def _after(self, member: Member, was_in: bool, kicked: bool) -> None:
        how = "kicked" if kicked else "left"
        if was_in and member.end_on_exit:
            self.end(f"participant-with-end-conference-on-exit-{how}", "moderator_ended_conference", member)
        elif not self.members and (was_in or not self.ringing):
            self.end(f"last-participant-{how}", "moderator_ended_conference", member)
        elif self.status == "in-progress" and len(self.members) == 1 and self._lone_hears_music():
            self._wait(next(iter(self.members.values())))

    def _lone_hears_music(self) -> bool:
        return self.services.laws["lone_participant"] == "music"

    def announced(self, url: str, member: Member | None) -> None:
        """Tells that an announcement has ended; the participant's fields only while it is still there."""
        about = member.fields() if member is not None and not member.gone.is_set() else []
        self.tell.send("announcement-end", [("AnnounceUrl", url), *about])

    def end(self, why: str, reason: str = "conference_ended_via_api", by: Member | None = None) -> None:
        """Ends the conference: everyone drops out of it, TwiML legs go on, legs added by REST end."""
        if self.status == "completed":
            return
        self.status = "completed"
        self.ended_at = self.services.clock.now()
        self.updated = time.time()
        self.reason, self.ender = why, by.call.sid if by else ""
        pending = list(self.ringing.values())
        if pending and self.services.laws["ringing_leg"] == "survives":
            pending = []
        for member in [*self.members.values(), *pending]:
            self._remove(member, reason)
        self.services.trace.note(
            "conference", what="end", conference_sid=self.sid, name=self.name, reason=why
        )
        self.tell.send("conference-end", self._ending(why, by))
        if self.taking is not None:
            self.taking.stop()
        self.mixer.close()
        self.services.engine.remove(self.mixer)

    def _ending(self, why: str, by: Member | None) -> list[tuple[str, str]]:
        form = [("CallSidEndingConference", by.call.sid)] if by else []
        if by and by.label:
            form.append(("ParticipantLabelEndingConference", by.label))
        return [
            *form,
            ("ReasonConferenceEnded", why),
            ("Reason", REASONS[why].format(by.call.sid if by else "")),
        ]

    def kick(self, member: Member) -> None:
        """Removes a leg by REST; one that was added by REST has nothing to go on with and ends."""
        self._remove(member, "participant_updated_via_api", kicked=True)

    def _remove(self, member: Member, reason: str, *, kicked: bool = False) -> None:
        if not member.call.answered.is_set():
            member.call.finish("canceled", sip=487)
        self.leave(member, reason, kicked=kicked)
        if member.by_rest:
            member.call.finish("completed")

    def mute(self, member: Member, muted: bool) -> None:
        """Mutes or unmutes."""
        if member.muted == muted:
            return
        member.muted = muted
        if member.joined:
            self.mixer.mute(member.key, muted)
        self._changed(
            member, "muted" if muted else "unmuted", "participant-mute" if muted else "participant-unmute"
        )

    def put_on_hold(self, member: Member, hold: bool, url: str | None, method: str) -> None:
        """Takes a leg aside to hear the hold document, or brings it back."""
        if not hold:
            if member.hold:
                member.hold = False
                self._stop_hold(member)
                self._changed(member, "unheld", "participant-unhold")
            return
        self._stop_hold(member)
        player = Player()
        self.mixer.hold(member.key, player)
        form = [*member.call.params(), ("ConferenceSid", self.sid), ("FriendlyName", self.name)]
        member.holding = self.services.tasks.spawn(
            play_for(self.services, player, member.who, url, method, form)
        )
        if not member.hold:
            member.hold = True
            self._changed(member, "held", "participant-hold")

    def _stop_hold(self, member: Member) -> None:
        if member.holding is not None:
            member.holding.cancel()
            member.holding = None
            self.mixer.hold(member.key, None)

    def coach(self, member: Member, whom: str) -> None:
        """Lets only the coached leg hear this one; an empty `whom` ends that."""
        member.coach = whom
        self.mixer.coach(member.key, whom or None)

    def modify(self, member: Member) -> None:
        """Tells that another attribute of a member has changed."""
        member.updated = time.time()
        self.tell.send("participant-modify", member.fields(), member.news)

    def _changed(self, member: Member, row: str, event: str) -> None:
        member.updated = time.time()
        member.call.trace(row)
        self.tell.send(event, member.fields(), member.news)


REASONS = {
    "conference-ended-via-api": "Conference ended via API",
    "participant-with-end-conference-on-exit-left": "Participant {} with endConferenceOnExit left",
    "participant-with-end-conference-on-exit-kicked": "Participant {} with endConferenceOnExit was removed",
    "last-participant-kicked": "Last participant {} was removed",
    "last-participant-left": "Last participant {} left",
}


def _word(flag: bool) -> str:
    return "true" if flag else "false"
