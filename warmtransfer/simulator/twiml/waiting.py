"""Restricted documents (waitUrl, HoldUrl, AnnounceUrl): Play, Say, Pause and Redirect only."""

from __future__ import annotations

from warmtransfer.simulator.network.webhooks import Form
from warmtransfer.simulator.services import Services
from warmtransfer.simulator.sound.audio import hold_music
from warmtransfer.simulator.sound.player import Player
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

ALLOWED = frozenset({"Say", "Play", "Pause", "Redirect"})


async def play_for(
    services: Services, player: Player, who: Listener, url: str | None, method: str, form: Form
) -> None:
    """Plays a wait or hold document until cancelled: None is stock music, "" is silence."""
    if url is None:
        await player.play(hold_music(), loops=0)
    elif url:
        await run(services, player, who, Goto(url, method), form)


async def run(services: Services, mouth: Mouth, who: Listener, goto: Goto, form: Form) -> bool:
    """Runs a restricted document and its redirects; False when one could not be had or run."""
    while True:
        try:
            reply = await services.webhooks.send(goto.url, [*form, *goto.form], goto.method)
            if not reply.error and reply.content_type.startswith("audio/"):
                pcm = await heard(services, reply)
                return pcm is not None and await mouth.play(pcm, 0 if isinstance(mouth, Player) else 1)
            document = read(services, reply)
            wrong = next((v.name for v in document.verbs if v.name not in ALLOWED), None)
            if wrong:
                raise TwimlError(13238, f"<{wrong}> is not allowed here")
        except TwimlError as exc:
            services.trace.note("error", code=exc.code, text=str(exc), url=goto.url, leg=who.label)
            await say(services, mouth, who, Verb("Say", text=APOLOGY))
            return False
        following = None
        for verb in document.verbs:
            if verb.name == "Redirect":
                following = target(document, Verb("Redirect", {**verb.attrs, "action": verb.text}))
                break
            await perform_audio(services, mouth, who, verb, document.url)
        if following is None:
            return True
        goto = following
