"""The document of every leg, built from the call alone: what its stage says, goes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import assert_never

from twilio.twiml.voice_response import Connect, Dial, Gather, VoiceResponse

from warmtransfer.core import briefing
from warmtransfer.core.call import WANTED, AIState, Attempt, Call, Stage, Style
from warmtransfer.core.outcomes import Outcome
from warmtransfer.core.rules import BACKOFF, Rules, behind
from warmtransfer.core.table import GATE
from warmtransfer.core.words import Words, in_digits
from warmtransfer.vocabulary import LEG_EVENTS, ROOM_EVENTS
from warmtransfer.web.links import Links
from warmtransfer.web.sounds import RING_SECONDS
from warmtransfer.web.twiml.away import Away
from warmtransfer.web.twiml.phrasing import Phrasing

#: How often a human is asked for a key again whose answer could not be had, about 9 s each.
KEYS_AGAIN = 8

#: The name of our ring tone among the sounds.
RING = "ring"

#: Seconds that saying the first words behind a switchboard and what to press takes, and a pause to think.
THERE_SECONDS = 8


@dataclass(frozen=True, slots=True)
class Documents:
    """Every document, as XML text."""

    links: Links
    phrasing: Phrasing
    rules: Rules

    @property
    def away(self) -> Away:
        """What Twilio says by itself while we are away."""
        return Away(self.links, self.phrasing)

    # The caller's leg -------------------------------------------------------------------------------

    def caller(self, call: Call) -> str:
        """What the caller's leg does now."""
        match call.stage:
            case Stage.OVER:
                return hang_up()
            case Stage.MESSAGE:
                return self._take_message(call)
            case Stage.REDIRECTED if call.attempt is not None and call.attempt.moved:
                return self._ring_from_caller(call, call.attempt)
            case Stage.ARRIVING | Stage.CONNECTING | Stage.AI | Stage.RETURNING | Stage.REDIRECTED:
                return self._into_room(call, "caller", ends=True)
            case Stage.RINGING | Stage.BRIEFING | Stage.CANCELLING | Stage.JOINING | Stage.HUMAN:
                return self._into_room(call, "caller", ends=True)
            case _:
                assert_never(call.stage)

    def wait(self, call_id: str, call: Call | None = None) -> str:
        """What a caller hears who is alone in a room that has not started; repeats itself.

        Nobody comes any more to one who is to leave a message and cannot be moved, or be let go: they are
        told, and not kept waiting. A document of this kind can do no more than that.
        """
        response = VoiceResponse()
        if call is not None and call.stage in (Stage.MESSAGE, Stage.OVER):
            self.phrasing.say(response, self._ours.nobody)
            response.pause(length=8)
        else:
            self._ring(response, 2)
            self.phrasing.say(response, self._ours.moment)
        response.redirect(self.links.wait(call_id), method="POST")
        return _xml(response)

    def comfort(self) -> str:
        """The announcement to a caller who is alone for a moment."""
        response = VoiceResponse()
        self.phrasing.say(response, self._ours.moment)
        self._ring(response, 1)
        return _xml(response)

    def thanks(self) -> str:
        """The end of a call whose message was recorded."""
        return self._farewell(self._ours.thanks)

    def sorry(self) -> str:
        """The answer to one call too many."""
        return self._farewell(self._ours.sorry)

    def _take_message(self, call: Call) -> str:
        response = VoiceResponse()
        self.phrasing.say(response, self._ours.apology)
        here = self.links.message(call.id)
        response.record(action=here, method="POST", timeout=5, max_length=120, play_beep=True)
        # Reached only when nothing was recorded.
        response.redirect(here, method="POST")
        return _xml(response)

    def _ring_from_caller(self, call: Call, attempt: Attempt) -> str:
        response = VoiceResponse()
        dial = Dial(
            action=self.links.dial(call.id, attempt.n),
            method="POST",
            timeout=math.ceil(self.rules.ring(attempt.name)),
            caller_id=self.phrasing.number or None,
            time_limit=self.phrasing.call_limit,
        )
        dial.number(
            attempt.number,
            url=self.links.human(call.id, attempt.n),
            method="POST",
            status_callback=self.links.human_status(call.id, attempt.n),
            status_callback_method="POST",
            status_callback_event=" ".join(LEG_EVENTS),
            send_digits=attempt.digits or None,
        )
        response.append(dial)
        return _xml(response)

    # The AI's leg -----------------------------------------------------------------------------------

    def ai(self, call: Call, k: int) -> str:
        """The stream of AI leg `k`, or its end when this leg is not wanted any more."""
        ai = call.ai
        if ai.k != k or ai.state is AIState.ABSENT or not ai.token or call.stage not in WANTED:
            return hang_up()
        response = VoiceResponse()
        delay = BACKOFF[min(len(ai.losses), len(BACKOFF) - 1)]
        if delay:
            self._ring(response, math.ceil(delay / RING_SECONDS))
        # No action: a request that fails while we are away would end the leg. The next verbs need nobody.
        connect = Connect()
        stream = connect.stream(
            url=self.links.media(),
            status_callback=self.links.ai_stream(call.id, k),
            status_callback_method="POST",
        )
        stream.parameter(name="token", value=ai.token)
        response.append(connect)
        self.away.stay(response, call.id, k)
        return _xml(response)

    # A human's leg ----------------------------------------------------------------------------------

    def human(self, call: Call, n: int, *, there: bool = False) -> str:
        """What the leg of attempt `n` does now: be briefed, join, or hear why not.

        `there`: somebody has pressed a key, so it is no mailbox that hears it.
        """
        attempt = call.attempt_number(n)
        if attempt is None or n != len(call.attempts):
            return self.too_late()
        late = self.gone() if call.stage is Stage.OVER else self.too_late()
        match attempt.outcome:
            case Outcome.DECLINED | Outcome.NO_INPUT:
                return self._farewell(self._ours.declined)
            case Outcome.ACCEPTED:
                return self._join(call, attempt) if call.stage in (Stage.JOINING, Stage.HUMAN) else late
            case None:
                if call.stage not in GATE:
                    return late
                direct = there or not attempt.digits
                return self._brief(call, attempt) if direct else self._look_for(call, attempt)
            case Outcome.MACHINE | Outcome.NO_ANSWER | Outcome.BUSY | Outcome.FAILED | Outcome.UNREACHABLE:
                return late
            case Outcome.CANCELLED | Outcome.CALLER_LEFT | Outcome.TIMED_OUT | Outcome.ERROR:
                return late
            case Outcome.LAST_RESORT:
                return late
            case _:
                assert_never(attempt.outcome)

    def gone(self) -> str:
        """What a human is told whose caller has hung up."""
        return self._farewell(self._ours.caller_gone)

    def too_late(self) -> str:
        """What a human is told who is not needed any more."""
        return self._farewell(self._ours.too_late)

    def human_wait(self, call: Call | None, call_id: str, n: int) -> str:
        """What a human hears who waits in the room or on hold; repeats itself."""
        response = VoiceResponse()
        over = call is None or call.stage is Stage.OVER
        self.phrasing.say(response, self._ours.caller_gone if over else self._ours.moment)
        response.pause(length=4)
        response.redirect(self.links.human_wait(call_id, n), method="POST")
        return _xml(response)

    def hold(self, call: Call, n: int) -> str:
        """The briefing as hold audio (style announce); its last verb tells us that it was heard."""
        attempt = call.attempt_number(n)
        if attempt is None or attempt.ended or call.stage is Stage.OVER:
            return self.human_wait(None, call.id, n)
        response = VoiceResponse()
        self.phrasing.say(response, briefing.first_words(attempt.name, self.phrasing.company, self._ours))
        response.pause(length=1)
        self._tell_matter(response, call)
        response.redirect(self.links.briefed(call.id, n), method="POST")
        return _xml(response)

    def _look_for(self, call: Call, attempt: Attempt) -> str:
        """Behind a switchboard: neutral words until somebody presses a key, as long as it may ring.

        Nobody tells us when somebody picks up, or whether that is a mailbox.
        """
        rounds = math.ceil(behind(self.rules.ring(attempt.name)) / THERE_SECONDS)
        response = VoiceResponse()
        gate = self._gather(self.links.who(call.id, attempt.n))
        for _ in range(rounds):
            self.phrasing.say(gate, briefing.first_words(attempt.name, self.phrasing.company, self._ours))
            self.phrasing.say(gate, self._ours.there)
            gate.pause(length=2)
        response.append(gate)
        self._ask_again(response, call, attempt, self.links.who(call.id, attempt.n), self._ours.there)
        return _xml(response)

    def _gather(self, action: str) -> Gather:
        return Gather(
            input="dtmf",
            num_digits=1,
            timeout=self.phrasing.gate_seconds,
            action=action,
            method="POST",
            action_on_empty_result=True,
        )

    def _brief(self, call: Call, attempt: Attempt) -> str:
        """Room for a hello, first words that say nothing of the matter, the keys, then the matter.

        A key counts at any time. A mailbox that is found out while it hears the first words and the keys has
        recorded nothing of the matter. Silence is asked twice more.
        """
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
        return _xml(response)

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

    def _join(self, call: Call, attempt: Attempt) -> str:
        match attempt.style:
            case Style.SCREEN | Style.ANNOUNCE if call.stage is not Stage.HUMAN or call.room_sid:
                return self._into_room(call, attempt.label, ends=False, n=attempt.n)
            case Style.SCREEN | Style.ANNOUNCE | Style.REDIRECT:
                # A whisper document that ends bridges the two legs.
                return _xml(VoiceResponse())
            case _:
                assert_never(attempt.style)

    # Pieces -----------------------------------------------------------------------------------------

    def _into_room(self, call: Call, label: str, *, ends: bool, n: int = 0) -> str:
        response = VoiceResponse()
        dial = Dial(
            action=None if n else self.links.next(call.id, call.rooms),
            method=None if n else "POST",
            time_limit=self.phrasing.call_limit,
        )
        dial.conference(
            call.room,
            participant_label=label,
            start_conference_on_enter=True,
            end_conference_on_exit=ends,
            wait_url=self.links.human_wait(call.id, n) if n else self.links.wait(call.id),
            wait_method="POST",
            jitter_buffer_size="small",
            beep="false",
            status_callback=self.links.room(call.id),
            status_callback_method="POST",
            status_callback_event=" ".join(ROOM_EVENTS),
        )
        response.append(dial)
        if n:
            # No action: so Twilio itself tells them, whatever has become of us.
            self.phrasing.say(response, self._ours.caller_gone)
            response.hangup()
        return _xml(response)

    @property
    def _ours(self) -> Words:
        return self.phrasing.words

    def _tell_matter(self, verb: VoiceResponse | Gather, call: Call) -> None:
        """The matter, and the caller's number where a human is to hear it."""
        self.phrasing.say(verb, briefing.summary(call, self._ours))
        digits = in_digits(call.caller) if self.phrasing.says_number else ""
        if digits:
            self.phrasing.say(verb, self._ours.number.format(number=digits))

    def _farewell(self, words: str) -> str:
        response = VoiceResponse()
        self.phrasing.say(response, words)
        response.hangup()
        return _xml(response)

    def _ring(self, response: VoiceResponse, times: int) -> None:
        response.play(self.links.sound(RING), loop=times)


def again(url: str, ring: str = "") -> str:
    """Ask again in a moment: the call is being decided elsewhere. A caller hears it `ring` meanwhile."""
    response = VoiceResponse()
    if ring:
        response.play(ring)
    else:
        response.pause(length=1)
    response.redirect(url, method="POST")
    return _xml(response)


def reject() -> str:
    """The end of a call that is never picked up: who phoned hears that the line is busy."""
    response = VoiceResponse()
    response.reject(reason="busy")
    return _xml(response)


def hang_up() -> str:
    """The end of a leg that nobody needs."""
    response = VoiceResponse()
    response.hangup()
    return _xml(response)


def _xml(response: VoiceResponse) -> str:
    return str(response)
