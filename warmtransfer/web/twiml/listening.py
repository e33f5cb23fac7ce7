"""What the leg of somebody who listens to a call does: it asks for a key, and goes into the room unheard."""

from __future__ import annotations

from dataclasses import dataclass

from twilio.twiml.voice_response import Dial, Gather, VoiceResponse

from warmtransfer.core import briefing
from warmtransfer.core import events as ev
from warmtransfer.core.call import Call
from warmtransfer.core.counts import COUNTS
from warmtransfer.core.supervising import Supervisor
from warmtransfer.vocabulary import ROOM_EVENTS
from warmtransfer.web.links import Links
from warmtransfer.web.twiml.documents import farewell
from warmtransfer.web.twiml.phrasing import Phrasing

#: Seconds in which a key may be pressed behind the words.
WAIT = 4


@dataclass(frozen=True, slots=True)
class Listening:
    """These documents, as XML text."""

    links: Links
    phrasing: Phrasing

    def document(self, call: Call | None, n: int) -> str:
        """Of the leg of supervisor `n`, now."""
        there = call.supervisor if call else None
        if call is None or there is None or there.n != n or there.ended or not call.room_sid:
            return farewell(self.phrasing, self.phrasing.words.too_late)
        if call.stage not in COUNTS[ev.SuperviseAsked]:
            return farewell(self.phrasing, self.phrasing.words.too_late)
        return self._into_room(call, there) if there.accepted else self._gate(call, there)

    def declined(self) -> str:
        """To somebody who does not want to listen after all."""
        return farewell(self.phrasing, self.phrasing.words.declined)

    def _gate(self, call: Call, there: Supervisor) -> str:
        """A mailbox, which presses nothing, hears nobody."""
        words = self.phrasing.words
        response = VoiceResponse()
        action = self.links.supervisor_gate(call.id, there.n)
        gate = Gather(input="dtmf", num_digits=1, action=action, method="POST", timeout=WAIT)
        gate.pause(length=1)
        for line in (briefing.first_words(there.name, self.phrasing.company, words), words.keys, words.keys):
            self.phrasing.say(gate, line)
        response.append(gate)
        self.phrasing.say(response, words.declined)
        response.hangup()
        return str(response)

    def _into_room(self, call: Call, there: Supervisor) -> str:
        """Muted, without a tone: whether they are heard is said once they, and whom they coach, are in."""
        response = VoiceResponse()
        dial = Dial(time_limit=self.phrasing.call_limit)
        dial.conference(
            call.room,
            participant_label=there.label,
            muted=True,
            start_conference_on_enter=False,
            end_conference_on_exit=False,
            beep="false",
            wait_url="",
            jitter_buffer_size="small",
            status_callback=self.links.room(call.id),
            status_callback_method="POST",
            status_callback_event=" ".join(ROOM_EVENTS),
        )
        response.append(dial)
        response.hangup()
        return str(response)
