"""The call that verifies a caller ID: it asks whoever answers for the code that the API gave out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from warmtransfer.simulator.network.calls import Call
from warmtransfer.simulator.network.holdings import CallerId
from warmtransfer.simulator.services import Services
from warmtransfer.simulator.twiml.documents import Listener, say
from warmtransfer.simulator.twiml.grammar import Verb
from warmtransfer.simulator.wire import new_sid

#: The number that Twilio verifies from.
FROM = "+14157234000"
#: How often the code may be entered, and the seconds that each digit may take.
TRIES, PATIENCE = 3, 10.0
RING = 30.0
DIGITS = 6
ASKED = "Please enter the verification code that is shown to you."


class Verification:
    """One verification: who is to be verified, by which code, and who is told how it went."""

    def __init__(self, services: Services, call: Call, code: str, name: str, told: tuple[str, str]) -> None:
        self.services, self.call = services, call
        self.code, self.name, self.told = code, name, told

    async def run(self, delay: float, ring: Callable[[Call, float], Awaitable[bool]]) -> None:
        """Calls, asks, keeps the caller ID when the code was entered; then tells by the status callback."""
        call = self.call
        await self.services.clock.sleep(delay)
        caller_id = None
        if await ring(call, RING) and await self._entered():
            held = self.services.holdings
            caller_id = held.caller_id(call.to) or held.keep(
                held.caller_ids, CallerId(new_sid("PN"), self.name, phone_number=call.to)
            )
        call.finish("completed")
        self.services.trace.note("verified", number=call.to, call_sid=call.sid, success=caller_id is not None)
        if self.told[0]:
            form = [*call.params(), ("VerificationStatus", "success" if caller_id else "failed")]
            form += [("OutgoingCallerIdSid", caller_id.sid)] if caller_id else []
            self.services.callbacks.send(call.sid, self.told[0], form, self.told[1])

    async def _entered(self) -> bool:
        """Asks until the code is entered, or the tries, the person's patience or the call are over."""
        for _ in range(TRIES):
            prompt = self.services.tasks.spawn(self._ask())
            try:
                if await self._digits() == self.code:
                    return True
            except TimeoutError:
                return False
            finally:
                prompt.cancel()
                self.call.player.stop()
        return False

    async def _ask(self) -> None:
        call = self.call
        call.connect(call.player)
        await say(self.services, call.player, Listener(call.label, call.sid), Verb("Say", text=ASKED))

    async def _digits(self) -> str:
        digits = ""
        while len(digits) < DIGITS:
            digits += await self.services.clock.wait_for(self.call.digits.get(), PATIENCE)
        return digits
