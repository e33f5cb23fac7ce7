"""The documents of a callback's legs, built from the callback alone: what its stage says, goes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from twilio.twiml.voice_response import Dial, VoiceResponse

from warmtransfer.core.call import Attempt, Call, Style
from warmtransfer.core.callbacks import saying
from warmtransfer.core.callbacks.callback import Callback, Leg, Side, Stage
from warmtransfer.core.callbacks.trying import as_call
from warmtransfer.core.outcomes import Outcome
from warmtransfer.core.rules import Rules
from warmtransfer.core.screening import Screen
from warmtransfer.vocabulary import ROOM_EVENTS
from warmtransfer.web.backlinks import BackLinks
from warmtransfer.web.twiml.briefings import Briefing
from warmtransfer.web.twiml.documents import RING, farewell, hang_up
from warmtransfer.web.twiml.phrasing import Phrasing

#: In which whoever has accepted, or answered, belongs in the room.
BRINGING = (Stage.CALLING, Stage.JOINING, Stage.TALKING)


@dataclass(frozen=True, slots=True)
class BackDocuments:
    """Every document, as XML text. `zone`: in which times are told."""

    links: BackLinks
    phrasing: Phrasing
    rules: Callable[[], Rules]
    zone: str = "UTC"

    def human(self, callback: Callback | None, n: int, *, there: bool = False) -> str:
        """What a human's leg does now. `there`: somebody has pressed a key, so it is no mailbox."""
        leg = callback.leg(n) if callback else None
        to = self._to(leg)
        if callback is None or leg is None:
            return farewell(to, to.words.too_late)
        mine = callback.human is not None and callback.human.n == n and not leg.ended
        if mine and leg.outcome is None and callback.stage is Stage.BRIEFING:
            call, attempt = self._as_call(callback, leg, to)
            told = Briefing(self.links, to, leg.ring)
            if leg.screen not in (Screen.NONE, Screen.THERE):
                return told.listen(call, attempt, tells=leg.screen is Screen.TOLD)
            return told.keys(call, attempt) if there or not leg.digits else told.look_for(call, attempt)
        if leg.outcome in (Outcome.DECLINED, Outcome.NO_INPUT, Outcome.HUNG_UP):
            return farewell(to, to.words.declined)
        if leg.outcome in (Outcome.MACHINE, Outcome.SCREENED, Outcome.PHONE_MENU) and leg.screen:
            return hang_up()
        if mine and leg.outcome is Outcome.ACCEPTED:
            into = callback.stage in BRINGING
            return self._into_room(callback, leg, to) if into else farewell(to, to.words.back_unreached)
        return farewell(to, to.words.too_late)

    def caller(self, callback: Callback | None, n: int) -> str:
        """What the leg to the caller does now: hear who rings, and join whoever has asked for them."""
        leg = callback.leg(n) if callback else None
        ours = self.phrasing.words
        if callback is None or leg is None:
            return farewell(self.phrasing, ours.back_sorry)
        if leg.outcome is Outcome.MACHINE:
            return farewell(self.phrasing, saying.mailbox(self.phrasing.company, ours))
        human = callback.human
        if leg.ended or human is None or callback.stage not in BRINGING:
            return farewell(self.phrasing, ours.back_sorry)
        hello = saying.hello(human.name, self.phrasing.company, ours)
        return self._into_room(callback, leg, self.phrasing, hello)

    def wait(self, callback: Callback | None, callback_id: str, n: int) -> str:
        """What somebody hears who is alone in the room; repeats itself. Nothing may hang up here."""
        response = VoiceResponse()
        leg = callback.leg(n) if callback else None
        to, ours = self._to(leg), self._to(leg).words
        if callback is None or leg is None or callback.stage not in BRINGING:
            to.say(response, ours.back_unreached)
            response.pause(length=4)
        else:
            to.say(response, ours.back_wait if leg.side is Side.HUMAN else ours.moment)
            response.play(self.links.sound(RING), loop=2)
        response.redirect(self.links.leg_wait(callback_id, n), method="POST")
        return str(response)

    def gone(self, callback: Callback | None, n: int) -> str:
        """What whoever waits is told when the other is not to be had."""
        leg = callback.leg(n) if callback else None
        if leg is None or leg.side is Side.HUMAN:
            return farewell(self._to(leg), self._to(leg).words.back_unreached)
        if leg.outcome is Outcome.MACHINE:
            return farewell(self.phrasing, saying.mailbox(self.phrasing.company, self.phrasing.words))
        return farewell(self.phrasing, self.phrasing.words.back_sorry)

    def _into_room(self, callback: Callback, leg: Leg, to: Phrasing, first: str = "") -> str:
        response = VoiceResponse()
        if first:
            to.say(response, first)
        dial = Dial(time_limit=self.phrasing.call_limit)
        dial.conference(
            callback.room,
            participant_label=leg.label,
            start_conference_on_enter=True,
            end_conference_on_exit=True,
            wait_url=self.links.leg_wait(callback.id, leg.n),
            wait_method="POST",
            jitter_buffer_size="small",
            beep="false",
            status_callback=self.links.room(callback.id),
            status_callback_method="POST",
            status_callback_event=" ".join(ROOM_EVENTS),
        )
        response.append(dial)
        if leg.side is Side.HUMAN:
            # No action: so Twilio itself tells them, whatever has become of us.
            to.say(response, to.words.caller_gone)
        response.hangup()
        return str(response)

    def _as_call(self, callback: Callback, leg: Leg, to: Phrasing) -> tuple[Call, Attempt]:
        """What the words of a briefing are made of."""
        call = as_call(callback)
        told = saying.matter(callback, self.zone, to.words)
        attempt = Attempt(leg.n, callback.attempt, leg.name, leg.number, Style.SCREEN)
        attempt = replace(attempt, digits=leg.digits, screen=leg.screen)
        return replace(call, handoff=replace(call.handoff, summary=told)), attempt

    def _to(self, leg: Leg | None) -> Phrasing:
        """How this human is spoken to."""
        human = self.rules().human(leg.name) if leg and leg.side is Side.HUMAN else None
        return self.phrasing.for_whom(human.language, human.voice) if human else self.phrasing
