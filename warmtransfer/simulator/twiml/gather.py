"""<Gather>: keys, speech, or whichever comes first."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from warmtransfer.simulator.twiml.documents import Goto, target
from warmtransfer.simulator.twiml.grammar import Verb
from warmtransfer.simulator.twiml.listening import Utterance
from warmtransfer.simulator.twiml.steps import Script, Step

#: The pause that ends speech where Twilio judges it itself (`speechTimeout="auto"`).
AUTO = 0.8
#: How often words are told of while somebody speaks, and how stable they are said to be.
PARTIAL, STABILITY = 1.0, 0.9
Form = list[tuple[str, str]]


@dataclass(frozen=True)
class Wanted:
    """What a Gather collects, and how long it waits for it."""

    keys: bool
    speech: bool
    count: int
    timeout: float
    finish: str
    pause: float
    longest: float
    barge_in: bool

    @classmethod
    def of(cls, verb: Verb) -> Wanted:
        """Reads the attributes."""
        kinds = verb.attrs.get("input", "dtmf").split()
        timeout = _seconds(verb, "timeout", 5.0)
        auto = verb.attrs.get("speechTimeout", "").strip() == "auto"
        return cls(
            "dtmf" in kinds, "speech" in kinds, verb.number("numDigits", 0), timeout,
            verb.attrs.get("finishOnKey", "#"), AUTO if auto else _seconds(verb, "speechTimeout", timeout),
            verb.number("maxSpeechTime", 60), verb.flag("bargeIn", True),
        )  # fmt: skip


def _seconds(verb: Verb, name: str, default: float) -> float:
    text = verb.attrs.get(name, "").strip()
    return float(text) if text.replace(".", "", 1).isdigit() else default


async def gather(script: Script, verb: Verb) -> Step:
    """Collects; then requests the action, or goes on with the next verb when there was nothing."""
    call, wanted = script.call, Wanted.of(verb)
    while not call.digits.empty():
        call.digits.get_nowait()
    form = await _Collecting(script, verb, wanted).run()
    given = dict(form)
    about: dict[str, Any] = {"digits": given.get("Digits", "")}
    if wanted.speech:
        about["speech"] = given.get("SpeechResult", "")
    script.services.trace.note("gathered", leg=call.label, call_sid=call.sid, **about)
    if not any(given.values()) and not verb.flag("actionOnEmptyResult", False):
        return None
    goto = target(script.document, verb)
    return Goto(goto.url, goto.method, (*form, ("msg", "Gather End")))


class _Collecting:
    """One Gather: its prompts run until a key or, if they may be spoken over, speech stops them."""

    def __init__(self, script: Script, verb: Verb, wanted: Wanted) -> None:
        self.script, self.verb, self.wanted = script, verb, wanted
        self.call, self.services = script.call, script.services
        self.utterance = Utterance(wanted.pause, wanted.longest)
        self._started: list[asyncio.Future[Any]] = []

    async def run(self) -> Form:
        """Returns what the action is told: keys or words; empty ones, when there were none."""
        prompts = self._start(self._prompts())
        key = self._start(self.call.digits.get() if self.wanted.keys else _never())
        spoken = self._start(self.utterance.began.wait() if self.wanted.speech else _never())
        try:
            if self.wanted.barge_in:
                self._listen()
            await asyncio.wait([prompts, key, spoken], return_when=asyncio.FIRST_COMPLETED)
            if prompts.done() and not prompts.cancelled() and (error := prompts.exception()):
                raise error
            self._listen()
            if not key.done() and not spoken.done():
                await self._first(key, spoken)
            prompts.cancel()
            self.call.player.stop()
            if key.done():
                return await self._keys(str(key.result()))
            return await self._words() if spoken.done() else self._nothing()
        finally:
            if self.call.line is not None:
                self.call.line.untap(self.utterance)
            for each in self._started:
                each.cancel()

    def _start(self, work: Coroutine[Any, Any, Any]) -> asyncio.Future[Any]:
        task = self.services.tasks.spawn(work)
        self._started.append(task)
        return task

    def _listen(self) -> None:
        if self.wanted.speech and self.call.line is not None:
            self.call.line.tap(self.utterance, "inbound")

    async def _prompts(self) -> None:
        for child in self.verb.children:
            await self.script.perform(self.script, child)

    async def _first(self, *inputs: asyncio.Future[Any]) -> None:
        """Waits for the first input, as long as the Gather does once its prompts are over."""
        seconds = self.wanted.timeout / self.services.clock.speed
        await asyncio.wait(inputs, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)

    def _nothing(self) -> Form:
        return [("Digits", "")] if self.wanted.keys else [("SpeechResult", "")]

    async def _keys(self, digit: str) -> Form:
        """The digits from the first on, each of which starts the clock anew, and the key that ended them."""
        wanted, digits = self.wanted, ""
        try:
            while digit != wanted.finish or not wanted.finish:
                digits += digit
                if wanted.count and len(digits) >= wanted.count:
                    return [("Digits", digits)]
                digit = await self.services.clock.wait_for(self.call.digits.get(), wanted.timeout)
        except TimeoutError:
            return [("Digits", digits)]
        return [("Digits", digits), ("FinishedOnKey", digit)]

    async def _words(self) -> Form:
        """What is said until a pause, told of meanwhile where that is wanted."""
        partial = self.verb.attrs.get("partialResultCallback", "")
        telling = self._start(self._tell_partly(partial)) if partial else None
        await self.utterance.ended.wait()
        if telling is not None:
            telling.cancel()
        text, sure = await self.services.ears.words(self.utterance.sound)
        if not text:
            note = "somebody spoke, and not in words that any phone here was to say: no SpeechResult"
            self.services.trace.note("warning", text=note, leg=self.call.label, call_sid=self.call.sid)
            return self._nothing()
        return [("SpeechResult", text), ("Confidence", f"{sure:.2f}")]

    async def _tell_partly(self, url: str) -> None:
        """Tells of the words so far, about once a second, when there are new ones."""
        goto = Goto(
            urljoin(self.script.document.url, url),
            self.verb.attrs.get("partialResultCallbackMethod", "POST"),
        )
        number, told = 0, ""
        while True:
            await self.services.clock.sleep(PARTIAL)
            text, _ = await self.services.ears.words(self.utterance.sound)
            if not text or text == told:
                continue
            told = text
            form = [
                *self.call.params(), ("UnstableSpeechResult", text), ("StableSpeechResult", ""),
                ("Stability", str(STABILITY)), ("SequenceNumber", str(number)),
            ]  # fmt: skip
            self.services.callbacks.send(f"{self.call.sid} partial", goto.url, form, goto.method)
            number += 1


async def _never() -> None:
    await asyncio.Event().wait()
