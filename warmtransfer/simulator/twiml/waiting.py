"""Documents for people who wait (waitUrl, HoldUrl, AnnounceUrl): Play, Say, Pause and Redirect only."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TYPE_CHECKING

from warmtransfer.simulator.network.webhooks import Form
from warmtransfer.simulator.sound.audio import PCM, hold_music
from warmtransfer.simulator.sound.engine import Player
from warmtransfer.simulator.twiml.documents import (
    APOLOGY,
    Goto,
    Listener,
    Mouth,
    heard,
    perform_audio,
    read,
    say,
    target,
)
from warmtransfer.simulator.twiml.grammar import TwimlError, Verb

if TYPE_CHECKING:
    from warmtransfer.simulator.network.calls import Call
    from warmtransfer.simulator.network.network import Network
    from warmtransfer.simulator.network.rooms import Member, Room

ALLOWED = frozenset({"Say", "Play", "Pause", "Redirect"})


async def play_for(
    network: Network, call: Call, player: Player, url: str | None, method: str, form: Form
) -> None:
    """Plays a wait or hold document until cancelled: None is stock music, "" is silence."""
    if url is None:
        await player.play(hold_music(), loops=0)
    elif url:
        await run(network, player, Listener(call.label, call.sid), Goto(url, method), form)


async def run(network: Network, mouth: Mouth, who: Listener, goto: Goto, form: Form) -> bool:
    """Runs a restricted document and its redirects; False when one could not be had or run."""
    while True:
        try:
            reply = await network.webhooks.send(goto.url, [*form, *goto.form], goto.method)
            if not reply.error and reply.content_type.startswith("audio/"):
                pcm = heard(network, reply)
                return pcm is not None and await mouth.play(pcm, 0 if isinstance(mouth, Player) else 1)
            document = read(network, reply)
            wrong = next((v.name for v in document.verbs if v.name not in ALLOWED), None)
            if wrong:
                raise TwimlError(13238, f"<{wrong}> is not allowed here")
        except TwimlError as exc:
            network.trace.note("error", code=exc.code, text=str(exc), url=goto.url, leg=who.label)
            await say(network, mouth, who, Verb("Say", text=APOLOGY))
            return False
        following = None
        for verb in document.verbs:
            if verb.name == "Redirect":
                following = target(document, Verb("Redirect", {**verb.attrs, "action": verb.text}))
                break
            await perform_audio(network, mouth, who, verb, document.url)
        if following is None:
            return True
        goto = following


class Announcement:
    """A mouth that speaks into a room: to one participant, or to everyone."""

    def __init__(self, room: Room, member: Member | None) -> None:
        self._room = room
        private = member is not None and room.network.laws["announcement"] == "private"
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
        await self._room.network.clock.sleep(seconds)
        return True


async def announce(room: Room, member: Member | None, url: str, method: str) -> None:
    """Fetches and plays an announcement, after those asked for earlier, and tells when it has ended."""
    network = room.network
    everyone = member is None or network.laws["announcement"] == "all"
    who = Listener("room" if member is None or everyone else member.label, member.call.sid if member else "")
    form = [("ConferenceSid", room.sid), ("FriendlyName", room.name), ("AccountSid", network.account.sid)]
    if member is not None:
        form = [*member.call.params(), *form[:2]]
    async with room.announcing:
        await run(network, Announcement(room, member), who, Goto(url, method), form)
    if room.status != "completed":
        room.tell.announcement(url, member)
