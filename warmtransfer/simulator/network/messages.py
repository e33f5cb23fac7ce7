"""Text messages: sent by REST or as an answer, received from phones, and what becomes of them."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin

from warmtransfer.simulator.network.holdings import Number, Settings
from warmtransfer.simulator.services import Services
from warmtransfer.simulator.twiml.grammar import TwimlError
from warmtransfer.simulator.twiml.messaging import Forward, Reply, read
from warmtransfer.simulator.wire import new_sid

#: Simulated seconds until a message has left, and until its phone has it.
SENT, DELIVERED = 0.3, 0.7
#: What a phone that fails makes of a message: unreachable.
UNREACHABLE = 30003
LONGEST = 1600
#: Words that end, and begin again, what a number may send to a phone. Source: the opt-out keywords' page.
STOP = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "OPTOUT", "REVOKE"})
START = frozenset({"START", "YES", "UNSTOP"})
MAX_HOPS = 10
#: The characters that one octet of an SMS's seven bits holds; those behind them take two places.
_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_TWO = frozenset("^{}\\[~]|€\f")


@dataclass
class Message:
    """One message, and how far it has got."""

    sid: str
    direction: str
    from_: str
    to: str
    body: str
    status: str
    status_callback: str = ""
    media: tuple[str, ...] = ()
    error: int = 0
    created: float = field(default_factory=time.time)
    updated: float = field(default_factory=time.time)
    sent: float | None = None
    ended_at: float | None = None

    @property
    def segments(self) -> int:
        """How many SMS it takes."""
        if all(each in _GSM or each in _GSM_TWO for each in self.body):
            size = len(self.body) + sum(each in _GSM_TWO for each in self.body)
            return 1 if size <= 160 else -(-size // 153)
        size = len(self.body.encode("utf-16-le")) // 2
        return 1 if size <= 70 else -(-size // 67)


class Messages:
    """The account's messages. Those of ended ones are let go with its calls."""

    def __init__(self, services: Services, reachable: Callable[[str], bool]) -> None:
        self.services = services
        self.reachable = reachable
        self.kept: dict[str, Message] = {}
        #: Who sees a message that has arrived at its phone.
        self.on_arrival: Callable[[Message], object] = lambda _message: None
        self.stopped: set[tuple[str, str]] = set()  #: (own number, phone) that may not be written to

    def send(
        self, from_: str, to: str, body: str, *, direction: str = "outbound-api", status_callback: str = "",
        media: tuple[str, ...] = (),
    ) -> Message:  # fmt: skip
        """Sends a message; its news goes to the status callback."""
        sid = new_sid("MM" if media else "SM")
        message = Message(sid, direction, from_, to, body, "queued", status_callback, media)
        self.kept[sid] = message
        self._note(message)
        self.services.tasks.spawn(self._deliver(message))
        return message

    async def _deliver(self, message: Message) -> None:
        clock = self.services.clock
        await clock.sleep(SENT)
        if message.status == "canceled":
            return
        message.sent = time.time()
        self._become(message, "sent")
        await clock.sleep(DELIVERED)
        message.error = 0 if self.reachable(message.to) else UNREACHABLE
        self._become(message, "undelivered" if message.error else "delivered")
        message.ended_at = clock.now()
        if not message.error:
            self.on_arrival(message)

    def _become(self, message: Message, status: str) -> None:
        message.status, message.updated = status, time.time()
        self._note(message)
        if message.status_callback:
            form = [*self._form(message), ("MessageStatus", status), ("SmsStatus", status)]
            form += [("ErrorCode", str(message.error))] if message.error else []
            self.services.callbacks.send(message.sid, message.status_callback, form)

    def _form(self, message: Message) -> list[tuple[str, str]]:
        return [
            ("MessageSid", message.sid), ("SmsSid", message.sid), ("AccountSid", self.services.account.sid),
            ("From", message.from_), ("To", message.to), ("ApiVersion", "2010-04-01"),
        ]  # fmt: skip

    def _note(self, message: Message) -> None:
        about: dict[str, Any] = {
            "sid": message.sid, "direction": message.direction, "status": message.status,
            "from": message.from_, "to": message.to, "body": message.body,
        }  # fmt: skip
        self.services.trace.write("message", **about)

    def receive(self, number: Number, from_: str, body: str, media: tuple[str, ...] = ()) -> Message:
        """Somebody writes to a number of the account, whose application is asked for an answer."""
        sid = new_sid("MM" if media else "SM")
        message = Message(sid, "inbound", from_, number.phone_number, body, "received", media=media)
        message.sent, message.ended_at = time.time(), self.services.clock.now()
        self.kept[sid] = message
        self._note(message)
        word, pair = body.strip().upper(), (message.to, from_)
        if word in STOP:
            self.stopped.add(pair)
        elif word in START:
            self.stopped.discard(pair)
        self.services.tasks.spawn(self._answer(message, self.services.holdings.texting(number)))
        return message

    async def _answer(self, message: Message, settings: Settings) -> None:
        """Asks for the answer, at the fallback when that fails, and sends what it says."""
        if not settings.sms_url:
            return
        form = [
            *self._form(message), ("SmsMessageSid", message.sid), ("SmsStatus", "received"),
            ("Body", message.body), ("NumMedia", str(len(message.media))),
            ("NumSegments", str(message.segments)),
            *((f"MediaUrl{n}", url) for n, url in enumerate(message.media)),
        ]  # fmt: skip
        first = Forward(settings.sms_url, settings.sms_method)
        try:
            await self._follow(message, first, form)
        except TwimlError as exc:
            self._failed(message, exc)
            if settings.sms_fallback_url:
                form += [("ErrorCode", str(exc.code)), ("ErrorUrl", settings.sms_url)]
                fallback = Forward(settings.sms_fallback_url, settings.sms_fallback_method)
                try:
                    await self._follow(message, fallback, form)
                except TwimlError as again:
                    self._failed(message, again)

    def _failed(self, message: Message, exc: TwimlError) -> None:
        self.services.trace.note("error", code=exc.code, text=str(exc), message=message.sid)

    async def _follow(self, message: Message, forward: Forward, form: list[tuple[str, str]]) -> None:
        following: Forward | None = forward
        for _ in range(MAX_HOPS):
            if following is None:
                return
            got = await self.services.webhooks.send(following.url, form, following.method)
            if got.error:
                raise TwimlError(got.error, f"the application answered {got.status or 'nothing'}")
            replies, following, warnings = read(got.text, got.url, got.content_type)
            for text in warnings:
                self.services.trace.note("warning", code=12200, text=text, url=got.url)
            for reply in replies:
                self._reply(message, reply, got.url)
        raise TwimlError(11215, "too many documents that only redirect")

    def _reply(self, message: Message, reply: Reply, base: str) -> None:
        to, from_ = reply.to or message.from_, reply.from_ or message.to
        if (from_, to) in self.stopped:
            self.services.trace.note("error", code=21610, text=f"{to} has asked for no more messages")
            return
        told = urljoin(base, reply.status_callback) if reply.status_callback else ""
        self.send(from_, to, reply.body, direction="outbound-reply", status_callback=told, media=reply.media)

    def let_go(self, horizon: float) -> None:
        """Forgets what ended before this time."""
        for sid, message in list(self.kept.items()):
            if message.ended_at is not None and message.ended_at < horizon:
                del self.kept[sid]
