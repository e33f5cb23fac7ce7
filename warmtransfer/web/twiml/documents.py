"""The document of every leg, built from the call alone: what its stage says, goes."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import assert_never

from twilio.twiml.voice_response import Connect, Dial, Gather, VoiceResponse

from warmtransfer.core import briefing
from warmtransfer.core.call import WANTED, AIState, Attempt, Call, Stage, Style
from warmtransfer.core.counts import GATE
from warmtransfer.core.outcomes import Outcome
from warmtransfer.core.rules import BACKOFF, Rules
from warmtransfer.core.saying import opens
from warmtransfer.core.screening import Screen
from warmtransfer.core.words import Words, in_digits
from warmtransfer.vocabulary import LEG_EVENTS, ROOM_EVENTS
from warmtransfer.web.links import Links
from warmtransfer.web.sounds import RING_SECONDS
from warmtransfer.web.twiml.away import Away
from warmtransfer.web.twiml.briefings import Briefing
from warmtransfer.web.twiml.phrasing import Phrasing

#: The name of our ring tone among the sounds.
RING = "ring"


@dataclass(frozen=True, slots=True)
class Documents:
    """Every document, as XML text."""

    links: Links
    phrasing: Phrasing
    rules: Callable[[], Rules]  #: who may be rung, and what is decided by, at that moment
    #: The number that a caller may be rung back on, "" where that cannot be promised.
    back_on: Callable[[Call], str] = lambda _: ""

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
                return self.take_message(call)
            case Stage.REDIRECTED if call.attempt is not None and call.attempt.moved:
                return self._ring_from_caller(call, call.attempt)
            case Stage.ARRIVING | Stage.CONNECTING | Stage.AI | Stage.RETURNING | Stage.REDIRECTED:
                return self._into_room(call, "caller", ends=True)
            case Stage.WAITING:
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

    def thanks(self, *, back: bool = False) -> str:
        """The end of a call whose message was recorded, or who is rung `back`."""
        return farewell(self.phrasing, self._ours.back_thanks if back else self._ours.thanks)

    def sorry(self) -> str:
        """The answer to one call too many."""
        return farewell(self.phrasing, self._ours.sorry)

    def check_number(self, call: Call) -> str:
        """The number that a caller would be rung back on, read out, and the question whether it is right."""
        if call.stage is not Stage.MESSAGE or not (number := in_digits(self.back_on(call))):
            return self.caller(call)
        response = VoiceResponse()
        gate = _key(self.links.callback_right(call.id), 6)
        self.phrasing.say(gate, self._ours.back_check.format(number=number))
        response.append(gate)
        # Reached only when nothing was pressed: then it is not right.
        response.redirect(self.links.callback_right(call.id), method="POST")
        return _xml(response)

    def take_matter(self, call: Call) -> str:
        """The recording of what a callback is about, which has been promised."""
        response = VoiceResponse()
        self.phrasing.say(response, self._ours.back_about)
        self._record(response, call)
        return _xml(response)

    def take_message(self, call: Call, *, offers: bool = True) -> str:
        """The recording of a message; `offers`: unless the caller would rather be rung back."""
        response = VoiceResponse()
        tried = any(each.handoff == call.handoff.number for each in call.attempts)
        if not tried and (when := opens(self.rules(), call.handoff.target, call.at, self._ours)):
            self.phrasing.say(response, when)
        if offers and self.back_on(call):
            gate = _key(self.links.callback(call.id), 1)
            self.phrasing.say(gate, self._ours.back_offer)
            self.phrasing.say(gate, self._ours.apology)
            response.append(gate)
        else:
            self.phrasing.say(response, self._ours.apology)
        self._record(response, call)
        return _xml(response)

    def _record(self, response: VoiceResponse, call: Call) -> None:
        here = self.links.message(call.id)
        response.record(action=here, method="POST", timeout=5, max_length=120, play_beep=True)
        # Reached only when nothing was recorded.
        response.redirect(here, method="POST")

    def _ring_from_caller(self, call: Call, attempt: Attempt) -> str:
        response = VoiceResponse()
        dial = Dial(
            action=self.links.dial(call.id, attempt.n),
            method="POST",
            timeout=math.ceil(self.rules().ring(attempt.name)),
            caller_id=attempt.caller_id or self.phrasing.number or None,
            time_limit=self.phrasing.call_limit,
        )
        news = {
            "url": self.links.human(call.id, attempt.n),
            "method": "POST",
            "status_callback": self.links.human_status(call.id, attempt.n),
            "status_callback_method": "POST",
            "status_callback_event": " ".join(LEG_EVENTS),
        }
        match attempt.number.partition(":")[0]:
            case "client":
                dial.client(attempt.number.partition(":")[2], **news)
            case "sip" | "sips":
                dial.sip(attempt.number, **news)
            case _:
                dial.number(attempt.number, send_digits=attempt.digits or None, **news)
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
        attempt = next((each for each in call.together if each.n == n), None)
        if attempt is None:
            return self.too_late()
        late = self.let_go(call, n)
        match attempt.outcome:
            case Outcome.DECLINED | Outcome.NO_INPUT | Outcome.HUNG_UP:
                return farewell(self._to(attempt), self._to(attempt).words.declined)
            case Outcome.ACCEPTED:
                return self._join(call, attempt) if call.stage in (Stage.JOINING, Stage.HUMAN) else late
            case None:
                if call.stage not in GATE:
                    return late
                direct = there or not attempt.digits
                told = self._briefing(attempt)
                if attempt.screen not in (Screen.NONE, Screen.THERE):
                    return told.listen(call, attempt, tells=attempt.screen is Screen.TOLD)
                return told.keys(call, attempt) if direct else told.look_for(call, attempt)
            case Outcome.TAKEN:
                ours = self._to(attempt)
                return late if call.stage is Stage.OVER else farewell(ours, briefing.taken(call, ours.words))
            case Outcome.MACHINE | Outcome.SCREENED | Outcome.PHONE_MENU:
                return hang_up() if attempt.screen is not Screen.NONE else late
            case Outcome.NO_ANSWER | Outcome.BUSY | Outcome.FAILED | Outcome.UNREACHABLE | Outcome.BLOCKED:
                return late
            case Outcome.CANCELLED | Outcome.CALLER_LEFT | Outcome.TIMED_OUT | Outcome.ERROR:
                return late
            case Outcome.LAST_RESORT:
                return late
            case _:
                assert_never(attempt.outcome)

    def let_go(self, call: Call | None, n: int) -> str:
        """What a human hears who is on the line and not wanted there: the caller has left, or has been given
        to others."""
        attempt = call.attempt_number(n) if call else None
        left = call is None or (call.stage is Stage.OVER and not call.hung_up)
        return self.gone(attempt) if left else self.too_late(attempt)

    def gone(self, attempt: Attempt | None = None) -> str:
        """What a human is told whose caller has hung up."""
        phrasing = self._to(attempt)
        return farewell(phrasing, phrasing.words.caller_gone)

    def too_late(self, attempt: Attempt | None = None) -> str:
        """What a human is told who is not needed any more."""
        phrasing = self._to(attempt)
        return farewell(phrasing, phrasing.words.too_late)

    def human_wait(self, call: Call | None, call_id: str, n: int) -> str:
        """What a human hears who waits in the room or on hold; repeats itself."""
        response = VoiceResponse()
        over = call is None or call.stage is Stage.OVER
        phrasing = self._to(call.attempt_number(n) if call else None)
        phrasing.say(response, phrasing.words.caller_gone if over else phrasing.words.moment)
        response.pause(length=4)
        response.redirect(self.links.human_wait(call_id, n), method="POST")
        return _xml(response)

    def hold(self, call: Call, n: int) -> str:
        """The briefing as hold audio (style announce)."""
        attempt = call.attempt_number(n)
        if attempt is None or attempt.ended or call.stage is Stage.OVER:
            return self.human_wait(None, call.id, n)
        return self._briefing(attempt).hold(call, attempt)

    def _briefing(self, attempt: Attempt) -> Briefing:
        return Briefing(self.links, self._to(attempt), self.rules().ring(attempt.name))

    def _to(self, attempt: Attempt | None) -> Phrasing:
        """How this human is spoken to."""
        human = self.rules().human(attempt.name) if attempt else None
        return self.phrasing.for_whom(human.language, human.voice) if human else self.phrasing

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
        back = None if n else self.links.next(call.id, call.rooms)
        dial = Dial(action=back, method=back and "POST", time_limit=self.phrasing.call_limit)
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
            phrasing = self._to(call.attempt_number(n))
            phrasing.say(response, phrasing.words.caller_gone)
            response.hangup()
        return _xml(response)

    @property
    def _ours(self) -> Words:
        return self.phrasing.words

    def _ring(self, response: VoiceResponse, times: int) -> None:
        response.play(self.links.sound(RING), loop=times)


def _key(action: str, seconds: int) -> Gather:
    return Gather(input="dtmf", num_digits=1, timeout=seconds, action=action, method="POST")


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


def farewell(phrasing: Phrasing, words: str) -> str:
    """The end of a leg, with a word."""
    response = VoiceResponse()
    phrasing.say(response, words)
    response.hangup()
    return _xml(response)


def hang_up() -> str:
    """The end of a leg that nobody needs."""
    response = VoiceResponse()
    response.hangup()
    return _xml(response)


def _xml(response: VoiceResponse) -> str:
    return str(response)
