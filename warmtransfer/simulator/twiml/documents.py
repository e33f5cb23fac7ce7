"""Fetches TwiML and sound, and runs the audio verbs that every document may hold."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urljoin

from warmtransfer.simulator.network.webhooks import Form, Reply
from warmtransfer.simulator.services import Services
from warmtransfer.simulator.sound import speech
from warmtransfer.simulator.sound.audio import PCM
from warmtransfer.simulator.sound.files import samples
from warmtransfer.simulator.twiml.grammar import Document, TwimlError, Verb, document_of, kind_of

APOLOGY = "We are sorry. An application error has occurred. Goodbye."


class Mouth(Protocol):
    """What a document plays into: a leg's player, a wait or hold source, an announcement."""

    def play(self, pcm: PCM, loops: int = 1) -> Awaitable[bool]:
        """Plays a clip to its end, or for ever with `loops=0`."""

    def silence(self, seconds: float) -> Awaitable[bool]:
        """Says nothing for a while."""


@dataclass(frozen=True)
class Listener:
    """Who hears a document, for the trace."""

    label: str
    call_sid: str


@dataclass(frozen=True)
class Goto:
    """The next document: where it is and what is posted with it."""

    url: str
    method: str = "POST"
    form: tuple[tuple[str, str], ...] = ()


def target(document: Document, verb: Verb, attr: str = "action") -> Goto:
    """Returns where an action leads; an empty or missing one is the document itself."""
    url = verb.attrs.get(attr, "").strip()
    return Goto(urljoin(document.url, url) if url else document.url, verb.attrs.get("method", "POST"))


async def fetch(services: Services, goto: Goto, form: Form) -> Document:
    """Returns the document behind a URL; raises TwimlError."""
    # A hang-up does not take back a request that is on its way: it is finished, and traced, unheard.
    sending = services.tasks.spawn(services.webhooks.send(goto.url, [*form, *goto.form], goto.method))
    return read(services, await asyncio.shield(sending))


async def instead(services: Services, fallback: Goto, exc: TwimlError, url: str, form: Form) -> Document:
    """Returns the fallback's document, which is told what failed and where; raises TwimlError."""
    extra = [("ErrorCode", str(exc.code)), ("ErrorUrl", url.partition("#")[0])]
    return read(services, await services.webhooks.send(fallback.url, [*form, *extra], fallback.method))


def read(services: Services, reply: Reply) -> Document:
    """Returns a reply's document, its warnings noted; raises TwimlError for what cannot be run."""
    if reply.error:
        raise TwimlError(reply.error, f"the application answered {reply.status or 'nothing'}")
    if reply.status == 204 or not reply.body.strip():
        return Document((), reply.url)
    document = document_of(reply.body, reply.url, reply.content_type)
    for text in document.notes:
        services.trace.note("warning", text=text, url=reply.url)
    for warning in document.warnings:
        services.trace.note("warning", code=12200, text=warning, url=reply.url)
    return document


async def perform_audio(services: Services, mouth: Mouth, who: Listener, verb: Verb, base: str) -> None:
    """Runs one Say, Play or Pause."""
    if verb.name == "Say":
        await say(services, mouth, who, verb)
    elif verb.name == "Pause":
        await mouth.silence(verb.number("length", 1))
    elif verb.text:
        pcm = await sound(services, urljoin(base, verb.text), verb)
        if pcm is not None:
            await mouth.play(pcm, verb.number("loop", 1))
    elif digits := verb.attrs.get("digits", ""):
        services.trace.note("press", leg="network", call_sid=who.call_sid, digit=digits)
        await mouth.silence(0.5 * len(digits))


async def say(services: Services, mouth: Mouth, who: Listener, verb: Verb) -> None:
    """Speaks a text to someone, noted when it starts (`say`) and when it ends (`speech`)."""
    if not verb.text:
        return
    pcm = await speech.announced(verb.text, verb.attrs.get("voice", ""), verb.attrs.get("language", ""))
    start = services.clock.now()
    about = {"who": "network", "leg": who.label, "call_sid": who.call_sid, "text": verb.text}
    services.trace.note("say", **about)
    whole = False
    try:
        whole = await mouth.play(pcm, verb.number("loop", 1))
    finally:
        end = round(services.clock.now(), 4)
        services.trace.note("speech", **about, start=round(start, 4), end=end, whole=whole)


async def sound(services: Services, url: str, verb: Verb) -> PCM | None:
    """Returns the samples of what a <Play> plays; None, with a note, when they cannot be had."""
    if verb.sound:
        reply = Reply(200, verb.sound, verb.attrs.get("type", ""), url)
    else:
        reply = await services.webhooks.send(url, (), "GET")
    return await heard(services, reply)


async def heard(services: Services, reply: Reply) -> PCM | None:
    """Returns the samples in a reply; None, with a note, when there are none."""
    try:
        if reply.error:
            raise ValueError(f"the application answered {reply.status or 'nothing'}")
        return await asyncio.to_thread(samples, reply.body, kind_of(reply.content_type), reply.url)
    except ValueError as exc:
        services.trace.note("error", code=reply.error or 12300, text=str(exc), url=reply.url)
        return None
