"""Every URL that Twilio is given, built from the public URL alone."""

from __future__ import annotations

from dataclasses import dataclass, field

from warmtransfer.config import Settings
from warmtransfer.web.seals import Seals

#: Have Twilio repeat a request that met a deploy's 502 or a lost connection, up to five times.
#: The fragment is never sent and never signed (Twilio: webhook connection overrides).
RETRIED = "#rc=5&rp=all"


@dataclass(frozen=True, slots=True)
class Links:
    """Absolute URLs under one prefix. `public_url` has no slash at its end, `prefix` one at its start."""

    public_url: str
    prefix: str = "/warmtransfer"
    seals: Seals = field(default_factory=Seals, repr=False)  #: of those links that open by themselves

    def _url(self, path: str) -> str:
        return f"{self.public_url}{self.prefix}{path}{RETRIED}"

    def _plain(self, path: str) -> str:
        return f"{self.public_url}{self.prefix}{path}"

    # To be entered at Twilio ------------------------------------------------------------------------

    def voice(self) -> str:
        """The number's voice webhook."""
        return self._plain("/voice")

    def status(self) -> str:
        """The number's status callback."""
        return self._plain("/status")

    def ai(self) -> str:
        """The TwiML App's voice URL."""
        return self._plain("/ai")

    def again(self) -> str:
        """Where the fallback document, hosted at Twilio, asks for the app again."""
        return self._url("/again")

    def knock(self) -> str:
        """Where the fallback document's stream is refused."""
        return _socket(self._plain("/knock"))

    def knocked(self) -> str:
        """Where Twilio tells that it was."""
        return self._url("/knock")

    # The doctor's call ------------------------------------------------------------------------------

    def check(self) -> str:
        """What a phone is told that is rung to see whether it works."""
        return self._plain("/check")

    def checked(self) -> str:
        """Where the key pressed there arrives."""
        return self._plain("/check/key")

    # The AI's leg -----------------------------------------------------------------------------------

    def media(self) -> str:
        """The stream's WebSocket: TLS unless we are tested without it. No query: Twilio refuses one."""
        return _socket(self._plain("/media"))

    def ai_stream(self, call_id: str, k: int) -> str:
        """Where Twilio tells of a stream that could not be opened."""
        return self._url(f"/ai/{call_id}/{k}/stream")

    def ai_last_resort(self, call_id: str, k: int) -> str:
        """Where Twilio tells of the number of last resort, which it has dialled by itself."""
        return self._url(f"/ai/{call_id}/{k}/last-resort")

    def ai_after(self, call_id: str, k: int) -> str:
        """What the AI's leg asks when nobody has taken over for minutes."""
        return self._url(f"/ai/{call_id}/{k}/after")

    # The caller's leg and the room ------------------------------------------------------------------

    def room(self, call_id: str) -> str:
        """The conference's status callback."""
        return self._url(f"/room/{call_id}")

    def wait(self, call_id: str) -> str:
        """What the caller hears before anyone else is in the room."""
        return self._url(f"/caller/{call_id}/wait")

    def next(self, call_id: str, room: int = 0) -> str:
        """What the caller's leg does now: asked after the `<Dial>` into the call's room of this number, and
        whenever we move the call out of it; an order of the release before does not say which."""
        return self._url(f"/caller/{call_id}/next/{room}" if room else f"/caller/{call_id}/next")

    def comfort(self, call_id: str) -> str:
        """The announcement to a caller who is alone for a moment."""
        return self._url(f"/caller/{call_id}/comfort")

    def message(self, call_id: str) -> str:
        """Where a recorded message is reported."""
        return self._url(f"/caller/{call_id}/message")

    def callback(self, call_id: str) -> str:
        """Where the key arrives of a caller who would rather be rung back."""
        return self._url(f"/caller/{call_id}/callback")

    def callback_right(self, call_id: str) -> str:
        """Where the key arrives that says that the number is right."""
        return self._url(f"/caller/{call_id}/callback/right")

    def dial(self, call_id: str, n: int) -> str:
        """Where the end of attempt `n` is reported when the caller's own leg dialled it."""
        return self._url(f"/caller/{call_id}/dial/{n}")

    # A human's leg ----------------------------------------------------------------------------------

    def human(self, call_id: str, n: int) -> str:
        """The document of attempt `n`'s leg."""
        return self._url(f"/human/{call_id}/{n}")

    def gate(self, call_id: str, n: int) -> str:
        """Where the key pressed by attempt `n` arrives."""
        return self._url(f"/human/{call_id}/{n}/gate")

    def who(self, call_id: str, n: int) -> str:
        """Where the key pressed behind a switchboard arrives, before anything is said of the caller."""
        return self._url(f"/human/{call_id}/{n}/who")

    def spoke(self, call_id: str, n: int) -> str:
        """Where Twilio tells what it has understood of what attempt `n`'s leg says."""
        return self._url(f"/human/{call_id}/{n}/spoke")

    def human_status(self, call_id: str, n: int) -> str:
        """The status callback of attempt `n`'s leg."""
        return self._url(f"/human/{call_id}/{n}/status")

    def amd(self, call_id: str, n: int) -> str:
        """Where answering-machine detection reports."""
        return self._url(f"/human/{call_id}/{n}/amd")

    def human_wait(self, call_id: str, n: int) -> str:
        """What a human hears who is in the room before the caller is."""
        return self._url(f"/human/{call_id}/{n}/wait")

    def hold(self, call_id: str, n: int) -> str:
        """The briefing played on hold (style announce)."""
        return self._url(f"/human/{call_id}/{n}/hold")

    def briefed(self, call_id: str, n: int) -> str:
        """The end of the briefing on hold."""
        return self._url(f"/human/{call_id}/{n}/briefed")

    def gone(self, call_id: str, n: int) -> str:
        """What a human is told whose caller has hung up."""
        return self._url(f"/human/{call_id}/{n}/gone")

    def card(self, call_id: str, n: int) -> str:
        """The card of attempt `n`, for the human's eyes."""
        return self._plain(f"/my/c/{self.seals.card(call_id, n)}")

    def card_news(self, call_id: str, n: int) -> str:
        """Where the fate of the message with that link is told."""
        return self._url(f"/human/{call_id}/{n}/card")

    def page(self, name: str, turn: int) -> str:
        """A human's own page."""
        return self._plain(f"/my/{self.seals.page(name, turn)}")

    # Somebody who listens ---------------------------------------------------------------------------

    def supervisor(self, call_id: str, n: int) -> str:
        """The document of their leg, the `n`th of the call."""
        return self._url(f"/supervisor/{call_id}/{n}")

    def supervisor_gate(self, call_id: str, n: int) -> str:
        """Where the key that they press arrives."""
        return self._url(f"/supervisor/{call_id}/{n}/gate")

    def supervisor_status(self, call_id: str, n: int) -> str:
        """The status callback of their leg."""
        return self._url(f"/supervisor/{call_id}/{n}/status")

    # Sounds -----------------------------------------------------------------------------------------

    def sound(self, name: str) -> str:
        """A sound file; asked for with GET."""
        return self._plain(f"/sounds/{name}.wav")


def sealed(settings: Settings) -> Links:
    """Our addresses. Links that open by themselves are sealed by what every process of this deployment has;
    another auth token voids them."""
    seals = Seals(f"links of {settings.number} {settings.auth_token}")
    return Links(settings.public_url, settings.url_prefix, seals)


def _socket(url: str) -> str:
    scheme, _, rest = url.partition("://")
    return ("wss://" if scheme == "https" else "ws://") + rest
