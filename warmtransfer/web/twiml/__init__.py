"""The documents that Twilio's legs follow, built from the call alone."""

from __future__ import annotations

from warmtransfer.web.twiml.briefings import KEYS_AGAIN as KEYS_AGAIN
from warmtransfer.web.twiml.briefings import THERE_SECONDS as THERE_SECONDS
from warmtransfer.web.twiml.documents import RING as RING
from warmtransfer.web.twiml.documents import Documents as Documents
from warmtransfer.web.twiml.documents import again as again
from warmtransfer.web.twiml.documents import hang_up as hang_up
from warmtransfer.web.twiml.documents import reject as reject
from warmtransfer.web.twiml.phrasing import Phrasing as Phrasing
