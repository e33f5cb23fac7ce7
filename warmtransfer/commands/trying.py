"""One real call to a human's phone, which says that it works and asks for a key."""

from __future__ import annotations

import time

from warmtransfer.core.legs import Ended, LegState
from warmtransfer.errors import CarrierError
from warmtransfer.numbers import e164
from warmtransfer.ports.carrier.rest import Carrier
from warmtransfer.ports.store.findings import Findings
from warmtransfer.ports.store.owner import Owner
from warmtransfer.setup.doctor.line import Area, Line
from warmtransfer.setup.keys import Setup

CALL = Area("a real call")
#: Seconds for it to ring, to be listened to and to end; and between two looks.
MOST, LOOK = 75.0, 1.0


def try_phone(setup: Setup, phone: str) -> Line:
    """Ring it once, and wait for what becomes of it. Raises CarrierError."""
    try:
        number = e164(phone)
    except ValueError as fault:
        return CALL.fault("--call", str(fault), "give it as +15550100001")
    carrier = Carrier(setup.account, setup.api_base_url, setup.timeout)
    try:
        sid = carrier.try_phone(to=number, from_=setup.number, url=setup.links.check())
    except CarrierError as fault:
        carrier.close()
        return CALL.fault(number, "Twilio does not dial it", fault.answer)
    memory = Findings(setup.database_url, Owner(sid, "key"))
    try:
        return _watch(carrier, memory, sid, number)
    finally:
        memory.forget()
        memory.close()
        carrier.close()


def _watch(carrier: Carrier, memory: Findings, sid: str, number: str) -> Line:
    end = time.monotonic() + MOST
    while time.monotonic() < end:
        state = carrier.leg(sid)
        if memory.found():
            return CALL.ok(number, "rang, was told that it works, and somebody pressed 1")
        if isinstance(state, Ended):
            return _ended(state, number)
        if state is LegState.UNKNOWN:
            return CALL.unknown(number, "Twilio knows nothing of the call")
        time.sleep(LOOK)
    return CALL.unknown(number, f"the call has not ended within {MOST:.0f} s")


def _ended(state: Ended, number: str) -> Line:
    if state is Ended.COMPLETED:
        return CALL.warning(
            number, "was answered, and 1 was not pressed, or was not told to this app",
            "if 1 was pressed: see that the app is up, and that this command uses its database",
        )  # fmt: skip
    return CALL.fault(number, f"was not answered ({state.value})", "try again, or take another phone")
