"""The account at Twilio: credentials, kind, number, App, countries, clock."""

from __future__ import annotations

import hmac
import time
from collections.abc import Iterator
from dataclasses import replace

from warmtransfer.core.rules import Card, Human
from warmtransfer.errors import CarrierError
from warmtransfer.numbers import country, is_phone
from warmtransfer.ports.carrier.console import App, Console, Number, Owner
from warmtransfer.setup.doctor.line import Area, Line
from warmtransfer.setup.keys import Setup
from warmtransfer.setup.plan import Part, plan

ACCOUNT, NUMBER, HUMANS = Area("account"), Area("number"), Area("humans")
#: Seconds by which our clock may be wrong before stamps in the journal mislead, and tokens expire early.
SKEW = 30.0
#: What puts the number and its App right.
WAY = "run `flask … warmtransfer provision`, or `doctor --fix`"


class Account:
    """Looks at it by REST. Whatever cannot be read is a line of its own, and the rest goes on."""

    def __init__(self, setup: Setup, console: Console, humans: tuple[Human, ...]) -> None:
        self._setup = setup
        self._console = console
        self._humans = humans

    def lines(self) -> Iterator[Line]:
        """All of it, in the order in which one fault explains the next."""
        try:
            owner = self._console.owner()
        except CarrierError as fault:
            yield _refused(ACCOUNT, "TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN", fault)
            yield HUMANS.unknown("whether humans can be called", "the account cannot be read")
            return
        yield from self._credentials(owner)
        yield from self._kind(owner)
        yield from self._clock()
        yield from self._number()
        for human in self._humans:
            for place, each in enumerate(human.addresses, 1):
                name = f"{human.name}, number {place}" if human.also else human.name
                yield from self._human(replace(human.at(each), name=name), owner)
        yield from self._shown()
        yield from self._cards()

    # The account ------------------------------------------------------------------------------------

    def _credentials(self, owner: Owner) -> Iterator[Line]:
        ours = self._setup.account
        yield ACCOUNT.ok("TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN", f"accepted for {owner.sid}")
        if not owner.signs_with:
            yield ACCOUNT.unknown(
                "whether TWILIO_AUTH_TOKEN signs webhooks", "the account does not show its token"
            )
        elif hmac.compare_digest(owner.signs_with, ours.auth_token):
            yield ACCOUNT.ok("TWILIO_AUTH_TOKEN", "is the primary one, which signs webhooks")
        else:
            yield ACCOUNT.fault(
                "TWILIO_AUTH_TOKEN",
                "is not the account's primary token, which signs webhooks: each of them would be refused",
                "copy the primary auth token from Twilio's console; a secondary one belongs in "
                "TWILIO_AUTH_TOKEN_SECONDARY",
            )
        if ours.api_key:
            yield self._key()

    def _key(self) -> Line:
        """Whether the API key is accepted, and may do all that the app does."""
        what = "TWILIO_API_KEY and TWILIO_API_SECRET"
        try:
            lacks = self._console.lacks()
            if not lacks:
                self._console.numbers()
        except CarrierError as fault:
            return _refused(ACCOUNT, what, fault)
        if not lacks:
            return ACCOUNT.ok(what, "accepted")
        many = "right" if len(lacks) == 1 else "rights"
        return ACCOUNT.fault(
            what,
            f"accepted, and the key lacks the {many} {'; '.join(lacks)}",
            f"give the key the {many} in Twilio's console, or leave both keys empty: the auth token is used",
        )

    def _kind(self, owner: Owner) -> Iterator[Line]:
        if owner.status != "active":
            do = "look at it in Twilio's console"
            yield ACCOUNT.fault("the account's state", f"is {owner.status}", do)
        elif owner.trial:
            yield ACCOUNT.warning(
                "the account's kind",
                "is a trial: a notice of Twilio's comes before every call, calls end after ten minutes, and "
                "only verified numbers can be called",
                "upgrade it in Twilio's console before strangers call",
            )
        else:
            yield ACCOUNT.ok("the account's kind", "full and active")

    def _clock(self) -> Iterator[Line]:
        theirs = self._console.clock()
        if theirs is None:
            yield ACCOUNT.unknown("this machine's clock", "no answer of Twilio's had a date")
            return
        off = time.time() - theirs
        if abs(off) <= SKEW:
            yield ACCOUNT.ok("this machine's clock", f"within {SKEW:.0f} s of Twilio's")
        else:
            way = "ahead of" if off > 0 else "behind"
            found = f"is {abs(off):.0f} s {way} Twilio's"
            yield ACCOUNT.fault("this machine's clock", found, "have it set by the network (NTP)")

    # The number and the App -------------------------------------------------------------------------

    def _number(self) -> Iterator[Line]:
        try:
            number = self._console.number(self._setup.number)
            there = "" if number else ", ".join(self._console.numbers()[:10])
            app = self._console.app(self._setup.app_sid) if self._setup.app_sid else None
        except CarrierError as fault:
            yield _refused(NUMBER, "TWILIO_NUMBER and TWILIO_APP_SID", fault)
            return
        if number is None:
            has = f"which has {there}" if there else "which has none that takes calls"
            found = f"is no number of the account, {has}"
            yield NUMBER.fault("TWILIO_NUMBER", found, "set it to one of the account's, or buy one")
        elif not number.voice:
            yield NUMBER.fault(
                "TWILIO_NUMBER", "takes no voice calls", "buy a number with the capability Voice"
            )
        else:
            yield NUMBER.ok("TWILIO_NUMBER", "is the account's, and takes calls")
        if app is None:
            way = f"{WAY}, which makes an App and prints its SID"
            if self._setup.app_sid:
                found = "names no TwiML App of the account"
                yield NUMBER.fault("TWILIO_APP_SID", found, f"take the key out; {way}")
            else:
                yield NUMBER.fault("TWILIO_APP_SID", "is not set", way)
        yield from self._settings(number, app)

    def _settings(self, number: Number | None, app: App | None) -> Iterator[Line]:
        if number is not None and number.voice:
            yield from _differences(plan(self._setup, number, app).number)
        if app is not None:
            stand_in = number or Number("", self._setup.number, True, {})
            yield from _differences(plan(self._setup, stand_in, app).app)

    # Humans -----------------------------------------------------------------------------------------

    def _shown(self) -> Iterator[Line]:
        """Whether the numbers that humans are to see may be shown."""
        wanted = {human.caller_id for human in self._humans if human.caller_id}
        try:
            ours = {*self._console.numbers(), *self._console.verified()} if wanted else set()
        except CarrierError as fault:
            yield HUMANS.unknown("whether every caller_id may be shown", fault.answer)
            return
        for number in sorted(wanted - ours):
            names = ", ".join(human.name for human in self._humans if human.caller_id == number)
            yield HUMANS.fault(
                f"caller_id of {names}",
                f"is {number}, which is neither a number of the account's nor verified there (21210)",
                "verify it in Twilio's console (Phone Numbers, Verified Caller IDs), or give one that is",
            )

    def _cards(self) -> Iterator[Line]:
        """Whether humans who get text messages can be sent any, as far as the sender goes."""
        names = ", ".join(human.name for human in self._humans if human.card is Card.SMS)
        sender = self._setup.cards_from or self._setup.number
        if not names:
            return
        key = "WARMTRANSFER_CARDS_FROM" if self._setup.cards_from else "TWILIO_NUMBER"
        if sender.startswith("MG"):
            yield HUMANS.unknown(f"whether {names} can be written to", f"{key} is a messaging service")
            return
        try:
            number = self._console.number(sender)
        except CarrierError as fault:
            yield HUMANS.unknown(f"whether {names} can be written to", fault.answer)
            return
        if number is not None and number.texts:
            found = f"can send the cards of {names} (to the United States once it is registered: A2P 10DLC)"
            yield HUMANS.ok(key, found)
        else:
            yield HUMANS.warning(
                key,
                f"cannot send text messages: {names} get no card by one (21606)",
                "set WARMTRANSFER_CARDS_FROM to a number of the account's that can, or to a messaging "
                'service (MG…), or take card = "link"',
            )

    def _human(self, human: Human, owner: Owner) -> Iterator[Line]:
        if not is_phone(human.number):
            yield HUMANS.unknown(f"whether {human.name} can be called", "their address is no telephone's")
            return
        where = country(human.number)
        try:
            allowed = self._console.may_call(where)
            verified = not owner.trial or human.number in self._console.verified()
        except CarrierError as fault:
            yield HUMANS.unknown(f"whether {human.name} can be called", fault.answer)
            return
        if allowed is False:
            yield HUMANS.fault(
                human.name,
                f"is in {where}, which this account may not call (21215)",
                "allow the country in Twilio's console: Voice, Settings, Geographic permissions",
            )
        elif not verified:
            yield HUMANS.fault(
                human.name,
                "has a number that is not verified, and a trial account calls verified ones only (21219)",
                "verify it in Twilio's console (Phone Numbers, Verified Caller IDs), or upgrade the account",
            )
        elif allowed is None:
            yield HUMANS.unknown(
                f"whether {human.name}'s country {where} may be called", "Twilio does not list it"
            )
        else:
            yield HUMANS.ok(human.name, f"can be called ({where})")


def _differences(part: Part) -> Iterator[Line]:
    for each in part.lines():
        what = f"{part.what}, {each.label}"
        if each.now == each.then:
            yield NUMBER.ok(what, each.now)
        elif each.label == "when that fails":
            found = f"is {each.now or 'nothing'}, not {each.then}"
            yield NUMBER.warning(what, found, WAY)
        else:
            yield NUMBER.fault(
                what, f"is {each.now or 'nothing'}, and has to be {each.then or 'nothing'}", WAY
            )


def _refused(area: Area, what: str, fault: CarrierError) -> Line:
    if fault.kind in ("busy", "unsure"):
        answer = f": {fault.answer}" if fault.status else ""
        do = "run this again" if fault.status else "see whether this machine reaches Twilio's API"
        return area.unknown(what, f"Twilio cannot be asked ({fault.detail}){answer}", do)
    if not fault.status:
        found, do = f"Twilio cannot be asked ({fault.detail})", "see what stands before Twilio's API"
        return area.fault(what, found, do)
    found = f"refused by Twilio (HTTP {fault.status}, code {fault.code})"
    return area.fault(what, found, fault.advice or "look into the error logs of Twilio's console")
