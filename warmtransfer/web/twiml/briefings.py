"""What a human hears before the caller does: the neutral first words, the matter, the keys."""

from __future__ import annotations

import math
from dataclasses import dataclass

from twilio.twiml.voice_response import Gather, VoiceResponse

from warmtransfer.core import briefing
from warmtransfer.core.call import Attempt, Call
from warmtransfer.core.rules import behind
from warmtransfer.core.screening import Screen
from warmtransfer.core.words import Words, in_digits
from warmtransfer.web.links import Links
from warmtransfer.web.twiml.phrasing import Phrasing

#: How often a human is asked for a key again whose answer could not be had, about 9 s each.
KEYS_AGAIN = 8

#: Seconds of silence after which a machine counts as one that says nothing, and after which one is listened
#: to again that has been told who calls.
LISTEN_SECONDS, WAIT_SECONDS = 3, 10
#: What it may say, for whoever understands it.
HINTS = "record your name and reason for calling, see if this person is available, stay on the line, press 1"

#: Seconds that saying the first words behind a switchboard and what to press takes, and a pause to think.
THERE_SECONDS = 8


@dataclass(frozen=True, slots=True)
class Briefing:
    """One human's, in their language and voice. `ring`: seconds that their phone rings."""

    links: Links
    phrasing: Phrasing
    ring: float

    def look_for(self, call: Call, attempt: Attempt) -> str:
        """Behind a switchboard: neutral words until somebody presses a key, as long as it may ring.

        Nobody tells us when somebody picks up, or whether that is a mailbox.
        """
        rounds = math.ceil(behind(self.ring) / THERE_SECONDS)
        response = VoiceResponse()
        gate = self._gather(self.links.who(call.id, attempt.n))
        for _ in range(rounds):
            self.phrasing.say(gate, briefing.first_words(attempt.name, self.phrasing.company, self._ours))
            self.phrasing.say(gate, self._ours.there)
            gate.pause(length=2)
        response.append(gate)
        self._ask_again(response, call, attempt, self.links.who(call.id, attempt.n), self._ours.there)
        return str(response)

    def keys(self, call: Call, attempt: Attempt) -> str:
        """Room for a hello, first words that say nothing of the matter, the keys, then the matter.

        A key counts at any time. A mailbox that is found out while it hears the first words and the keys has
        recorded nothing of the matter. Silence is asked twice more.
        """
        if attempt.to_be_sure:
            return self._sure(call, attempt)
        response = VoiceResponse()
        gate = self._gather(self.links.gate(call.id, attempt.n))
        gate.pause(length=1)
        self.phrasing.say(gate, briefing.first_words(attempt.name, self.phrasing.company, self._ours))
        self.phrasing.say(gate, self._ours.take)
        self.phrasing.say(gate, self._ours.decline)
        self._tell_matter(gate, call)
        self.phrasing.say(gate, self._ours.keys)
        gate.pause(length=self.phrasing.gate_seconds)
        self.phrasing.say(gate, self._ours.keys)
        response.append(gate)
        self._ask_again(response, call, attempt, self.links.gate(call.id, attempt.n), self._ours.keys)
        return str(response)

    def listen(self, call: Call, attempt: Attempt, *, tells: bool) -> str:
        """Where a machine has picked up: what it says is listened to, and a key counts at any time.

        `tells`: their telephone has asked who calls and why, and hears it. Nothing is said to any other
        machine, nor again to one that knows: it may have given way to a mailbox.
        """
        response = VoiceResponse()
        if tells:
            self.phrasing.say(response, briefing.first_words(attempt.name, self.phrasing.company, self._ours))
            self._tell_matter(response, call)
        seconds = LISTEN_SECONDS if attempt.screen is Screen.LISTENING else WAIT_SECONDS
        response.append(self._hear(call, attempt, seconds, HINTS))
        response.redirect(self.links.human(call.id, attempt.n), method="POST")
        return str(response)

    def _sure(self, call: Call, attempt: Attempt) -> str:
        """Where somebody speaks at a telephone that asked who calls, and the call was accepted on their card:
        only a person answers a question, or presses a key."""
        response = VoiceResponse()
        gate = self._hear(call, attempt, LISTEN_SECONDS, "yes, ja, oui, sí, sì, sim")
        self.phrasing.say(gate, self._ours.sure)
        response.append(gate)
        response.redirect(self.links.human(call.id, attempt.n), method="POST")
        return str(response)

    def _hear(self, call: Call, attempt: Attempt, seconds: int, hints: str) -> Gather:
        """What is said there, or a key."""
        return Gather(
            input="dtmf speech",
            num_digits=1,
            timeout=seconds,
            speech_timeout="auto",
            language=self._ours.locale or "en-US",
            hints=hints,
            action=self.links.spoke(call.id, attempt.n),
            method="POST",
            action_on_empty_result=True,
        )

    def hold(self, call: Call, attempt: Attempt) -> str:
        """As hold audio (style announce); its last verb tells us that it was heard."""
        response = VoiceResponse()
        self.phrasing.say(response, briefing.first_words(attempt.name, self.phrasing.company, self._ours))
        response.pause(length=1)
        self._tell_matter(response, call)
        response.redirect(self.links.briefed(call.id, attempt.n), method="POST")
        return str(response)

    def _gather(self, action: str) -> Gather:
        return Gather(
            input="dtmf",
            num_digits=1,
            timeout=self.phrasing.gate_seconds,
            action=action,
            method="POST",
            action_on_empty_result=True,
        )

    def _ask_again(
        self, response: VoiceResponse, call: Call, attempt: Attempt, action: str, question: str
    ) -> None:
        """Reached only when the answer to a key could not be fetched: it is asked for a minute long."""
        for _ in range(KEYS_AGAIN):
            self.phrasing.say(response, self._ours.moment)
            gate = self._gather(action)
            self.phrasing.say(gate, question)
            response.append(gate)
        response.redirect(self.links.human(call.id, attempt.n), method="POST")

    def _tell_matter(self, verb: VoiceResponse | Gather, call: Call) -> None:
        """The matter, and the caller's number where a human is to hear it."""
        self.phrasing.say(verb, briefing.summary(call, self._ours))
        digits = in_digits(call.caller) if self.phrasing.says_number else ""
        if digits:
            self.phrasing.say(verb, self._ours.number.format(number=digits))

    @property
    def _ours(self) -> Words:
        return self.phrasing.words
