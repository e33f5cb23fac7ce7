"""Announcements: a restricted document read into a conference, to one participant or to everyone."""

from __future__ import annotations

from collections.abc import Awaitable

from warmtransfer.simulator.network.rooms import Member, Room
from warmtransfer.simulator.sound.audio import PCM
from warmtransfer.simulator.twiml.documents import Goto, Listener
from warmtransfer.simulator.twiml.waiting import run


class Announcement:
    """A mouth that speaks into a room: to one participant, or to everyone."""

    def __init__(self, room: Room, member: Member | None) -> None:
        self._room = room
        private = member is not None and room.services.laws["announcement"] == "private"
        self._key = member.key if member is not None and private else None

    async def play(self, pcm: PCM, loops: int = 1) -> bool:
        """Plays a clip to who is meant; False when they have gone."""
        for _ in range(max(1, loops)):
            if not await self._room.mixer.announce(pcm, self._key):
                return False
        return True

    def silence(self, seconds: float) -> Awaitable[bool]:
        """Pauses between the parts of an announcement."""
        return self._pause(seconds)

    async def _pause(self, seconds: float) -> bool:
        await self._room.services.clock.sleep(seconds)
        return True


async def announce(room: Room, member: Member | None, url: str, method: str) -> None:
    """Fetches and plays an announcement, after those asked for earlier, and tells when it has ended."""
    services = room.services
    everyone = member is None or services.laws["announcement"] == "all"
    who = Listener("room" if member is None or everyone else member.label, member.call.sid if member else "")
    form = [("ConferenceSid", room.sid), ("FriendlyName", room.name), ("AccountSid", services.account.sid)]
    if member is not None:
        form = [*member.call.params(), *form[:2]]
    async with room.announcing:
        await run(services, Announcement(room, member), who, Goto(url, method), form)
    if room.status != "completed":
        room.announced(url, member)
