"""What Twilio says by itself while the app is away: documents, and parts of them, that need nobody of us.

What a request that fails in mid-call leads to is not documented; so nothing here makes one on which the leg
depends, but as its last verb.
"""

from __future__ import annotations

from dataclasses import dataclass

from twilio.twiml.voice_response import Dial, Start, VoiceResponse

from warmtransfer.core import briefing
from warmtransfer.web.links import Links
from warmtransfer.web.twiml.phrasing import Phrasing

#: How often the words to a caller whose app is away are said, before it is asked what comes next.
ROUNDS = 10
#: Before which sentences of the fallback document the app is knocked at.
KNOCKS = (1, 3, 5, 7)
#: How often, after all that, a caller hears so many moments, about 40 s of them, before the app is asked.
STAYS, MOMENTS_LONG = 5, 16
#: How often a human hears one moment from the document that is hosted for them, before the app is asked.
MOMENTS = 3


@dataclass(frozen=True, slots=True)
class Away:
    """The words, and the number, for those whose app is away."""

    links: Links
    phrasing: Phrasing

    def fallback(self) -> str:
        """The document to be hosted at Twilio for callers: it needs nobody until it asks us again.

        That is its last verb, minutes later: a request that fails may end the call, or begin this document
        anew, so that nothing behind it would ever be reached. Until then it knocks.
        """
        response = VoiceResponse()
        for n, line in enumerate(briefing.company(self.phrasing.words)):
            if n in KNOCKS:
                self._knock(response)
            self._say_and_wait(response, line)
        self._last_resort(response)
        for _ in range(STAYS):
            self._knock(response)
            self.phrasing.say(response, self.phrasing.words.moment, times=MOMENTS_LONG)
        response.redirect(self.links.again(), method="POST")
        return str(response)

    def fallback_human(self) -> str:
        """The document to be hosted at Twilio for humans whose key could not be answered."""
        response = VoiceResponse()
        for _ in range(MOMENTS):
            self._say_and_wait(response, self.phrasing.words.moment)
        response.redirect(self.links.again(), method="POST")
        return str(response)

    def stay(self, response: VoiceResponse, call_id: str, k: int) -> None:
        """What AI leg `k` does when its stream is over: it keeps the caller company, and dials for them."""
        # While we are up the leg is replaced before this is heard, and silent while it is removed.
        response.pause(length=1)
        for _ in range(ROUNDS):
            for line in briefing.company(self.phrasing.words):
                self._say_and_wait(response, line)
            self._last_resort(response, self.links.ai_last_resort(call_id, k))
        response.redirect(self.links.ai_after(call_id, k), method="POST")

    def _last_resort(self, response: VoiceResponse, news: str = "") -> None:
        """Dial the number that is always answered; where that may not be, or fails, say it."""
        number = self.phrasing.last_resort
        if not number:
            return
        # No action: whatever becomes of it, the words go on.
        dial = Dial(timeout=30, caller_id=self.phrasing.number or None, time_limit=self.phrasing.call_limit)
        if news:
            events = {"status_callback_event": "answered completed", "status_callback_method": "POST"}
            dial.number(number, status_callback=news, **events)
        else:
            dial.number(number)
        response.append(dial)
        self._say_and_wait(response, briefing.reach_at(number, self.phrasing.words))

    def _knock(self, response: VoiceResponse) -> None:
        """Ask for us by the one verb that goes on at once, whatever comes of it.

        The stream itself is refused, and Twilio says so to our callback: who hears that takes the call.
        """
        knock, told = Start(), self.links.knocked()
        knock.stream(url=self.links.knock(), status_callback=told, status_callback_method="POST")
        response.append(knock)

    def _say_and_wait(self, response: VoiceResponse, words: str) -> None:
        self.phrasing.say(response, words)
        response.pause(length=1)
