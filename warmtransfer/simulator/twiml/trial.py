"""What somebody on a call of a trial account hears before its TwiML is asked for."""

from __future__ import annotations

import asyncio

from warmtransfer.simulator.network.calls import Call
from warmtransfer.simulator.twiml.documents import Listener, say
from warmtransfer.simulator.twiml.grammar import Verb

#: Said for want of the exact recording: that it is a trial, how to be rid of this, and that a key goes on.
MESSAGE = "This call is made by a trial account. Upgrading it removes this message. Press any key to go on."
#: How long a key is waited for, under the law that wants one.
PATIENCE = 10.0


async def disclaim(call: Call) -> bool:
    """Says so; a key ends it early. False when a key was wanted (law `trial_message`) and none came."""
    services = call.services
    call.pick_up()
    call.connect(call.player)
    while not call.digits.empty():
        call.digits.get_nowait()
    listener = Listener(call.label, call.sid)
    saying = services.tasks.spawn(say(services, call.player, listener, Verb("Say", text=MESSAGE)))
    key = asyncio.ensure_future(call.digits.get())
    try:
        await asyncio.wait([saying, key], return_when=asyncio.FIRST_COMPLETED)
        if services.laws["trial_message"] == "wants_key":
            await services.clock.wait_for(asyncio.shield(key), PATIENCE)
        return True
    except TimeoutError:
        services.trace.note("warning", text="no key after the trial account's message", leg=call.label)
        return False
    finally:
        saying.cancel()
        key.cancel()
        call.player.stop()
