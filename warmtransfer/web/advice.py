"""What is wrong at Twilio's console, said in one line that names the setting and what it must be."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from enum import Enum, auto

from warmtransfer.core import events as ev
from warmtransfer.core.call import AIState, Call, Stage
from warmtransfer.sparing import Sparing
from warmtransfer.visible import visible
from warmtransfer.web import forms
from warmtransfer.web.links import Links

log = logging.getLogger("warmtransfer")

#: Seconds between two lines about the same setting: it stays wrong until somebody changes it.
PAUSE = 3600.0
#: Why a leg leaves a room that is being ended around it: that says nothing of its own document.
_ENDED = frozenset({"moderator_ended_conference", "conference_ended_via_api", "participant_removed_via_api"})


class Visit(Enum):
    """Whose request came to a URL that is entered at Twilio."""

    CALLER = auto()  #: somebody phones our number
    AI_LEG = auto()  #: the TwiML App asks for the AI's document
    OWN_LEG = auto()  #: a leg that we made, or whose caller is our own number
    ENDED = auto()  #: news of a call that is over


def visit(form: Mapping[str, str], number: str) -> Visit:
    """Who this is: told by the leg's ends, not by the URL, which may be the wrong one."""
    if form.get("To", "").startswith("app:") or any(f"{name}leg" in form for name in ("", "Param_")):
        return Visit.AI_LEG
    if forms.caller_status(form):
        return Visit.ENDED
    if form.get("From") == number or form.get("Direction", "").startswith("outbound"):
        return Visit.OWN_LEG
    return Visit.CALLER


class Advice:
    """Says what to change, sparingly."""

    def __init__(self, links: Links, number_key: str = "TWILIO_NUMBER") -> None:
        self._links = links
        self._number = number_key
        self._lines = Sparing(log, PAUSE)

    # The number and the TwiML App -------------------------------------------------------------------

    def app_at(self, path: str) -> None:
        """The TwiML App asks here for the AI's document."""
        self._app(f"its requests come to {path}, and the AI's legs are hung up")

    def never_asked(self, before: Call | None, after: Call, event: ev.Event) -> None:
        """To be called with every fact: an AI leg that has left, and never asked for its document."""
        if before is None or not isinstance(event, ev.AILeft):
            return
        if event.k != before.ai.k or event.why in _ENDED:
            return
        waiting = before.ai.state is AIState.ADDING and before.ai.generation == 0
        if waiting and before.stage is not Stage.OVER:
            self._app("a leg of the AI's has left without asking us for its document")

    def number_at(self, path: str) -> None:
        """The number's calls arrive here."""
        self._wrong(f"the voice URL of {self._number} (A call comes in)", path, self._links.voice())

    def status_at(self, path: str) -> None:
        """The number's status callbacks arrive here."""
        self._wrong(f"the status callback of {self._number}", path, self._links.status())

    def ourselves(self) -> None:
        """A call came in from our own number, or on a leg that we made."""
        self._lines.say(
            "ourselves",
            logging.ERROR,
            "a call on a leg of our own was turned away: a number in WARMTRANSFER_HUMANS is forwarded to %s, "
            "or a URL at Twilio that is not this number's is %s",
            self._number,
            self._links.voice(),
        )

    # Requests that are not ours ---------------------------------------------------------------------

    def not_ours(self, method: str, path: str) -> None:
        """Twilio signed a request for a path, or with a method, that is none of ours."""
        here = self._links
        self._lines.say(
            f"{method} {path[:200]}",
            logging.ERROR,
            "Twilio asks for %s %s, which is not ours: %s must have the voice URL %s and the status "
            "callback %s, and the TwiML App TWILIO_APP_SID the voice URL %s, each by POST",
            method,
            visible(path[:200]),
            self._number,
            here.voice(),
            here.status(),
            here.ai(),
        )

    def slash(self, path: str) -> None:
        """A URL was entered with a slash at its end; it is served."""
        self._lines.say(
            "slash", logging.WARNING, "a URL at Twilio ends in a slash it should not have: %s", path
        )

    def _app(self, seen: str) -> None:
        self._lines.say(
            "app",
            logging.ERROR,
            "the TwiML App TWILIO_APP_SID is set up wrongly: its voice URL must be %s (%s)",
            self._links.ai(),
            seen,
        )

    def _wrong(self, setting: str, path: str, right: str) -> None:
        self._lines.say(
            setting, logging.ERROR, "%s is set up wrongly: it must be %s, and it is %s", setting, right, path
        )
