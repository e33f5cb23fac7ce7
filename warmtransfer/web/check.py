"""The call that `doctor --call` makes: a phone is told that it works, and asked for a key."""

from __future__ import annotations

from twilio.twiml.voice_response import Gather, VoiceResponse

from warmtransfer.web.hooks import document, fields, hooks
from warmtransfer.web.parts import Parts, parts

#: In English: it is for the one who sets it up.
WORKS = "This is a test call of warm transfer. Calls will reach you like this. Press 1 if you can hear me."
HEARD = "Thank you. It works. Goodbye."
UNHEARD = "No key has come. Goodbye."
#: Seconds that somebody has to find the key, after each of two askings.
PATIENCE = 6


@hooks.post("/check")
@document
def check() -> str:
    """Somebody has answered."""
    here, response = parts(), VoiceResponse()
    for _ in range(2):
        gather = Gather(num_digits=1, timeout=PATIENCE, action=here.links.checked(), method="POST")
        gather.say(WORKS, **_voice(here))
        response.append(gather)
    response.say(UNHEARD, **_voice(here))
    return str(response)


@hooks.post("/check/key")
@document
def checked() -> str:
    """A key was pressed: whoever waits for it finds it in the database."""
    here, response = parts(), VoiceResponse()
    worked = fields().get("Digits") == "1"
    if worked:
        here.records.keep_found(f"{fields().get('CallSid', '')} key", {"Digits": "1"})
    response.say(HEARD if worked else UNHEARD, **_voice(here))
    return str(response)


def _voice(here: Parts) -> dict[str, str]:
    voice = here.settings.say_voice
    return {"voice": voice} if voice else {}
