"""What a number and a TwiML App are set to, and what they should be set to. Pure: no request is made here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from warmtransfer.ports.carrier.console import APP_SETTINGS, NUMBER_SETTINGS, App, Number, Values
from warmtransfer.setup.keys import Setup

#: What Twilio sets a number to when it is bought: nobody misses it.
WELCOME = "https://demo.twilio.com/welcome/"
#: Settings that are one thing to a person: an address with its method, or what stands in its place.
LINES: Final = (
    ("answered by", ("voice_url", "voice_method")),
    ("answered by the TwiML App", ("voice_application_sid",)),
    ("given to the SIP trunk", ("trunk_sid",)),
    ("when that fails", ("voice_fallback_url", "voice_fallback_method")),
    ("status callback", ("status_callback", "status_callback_method")),
)
METHODS = frozenset({"voice_method", "voice_fallback_method", "status_callback_method"})


@dataclass(frozen=True, slots=True)
class Change:
    """One line of a plan. `now` and `then` are the same where nothing changes."""

    label: str
    now: str
    then: str


@dataclass(frozen=True, slots=True)
class Part:
    """What becomes of one thing. `sid` is "" for one that is yet to be made."""

    what: str
    sid: str
    now: Values
    then: Values
    elsewhere: str = ""  #: what answers now that is not ours, in words; "" for nothing missed

    @property
    def changes(self) -> Values:
        """The settings that differ, with their new values."""
        return {name: value for name, value in self.then.items() if self.now.get(name, "") != value}

    def lines(self) -> Iterator[Change]:
        """Each setting a person knows, now and then."""
        for label, names in LINES:
            if any(name in self.then for name in names):
                change = Change(label, _shown(self.now, names), _shown(self.then, names))
                if change.now or change.then:
                    yield change


@dataclass(frozen=True, slots=True)
class Plan:
    """All that is to be changed. The App comes first: a number without it has no AI."""

    app: Part
    number: Part

    @property
    def parts(self) -> tuple[Part, Part]:
        """In the order in which they are done."""
        return self.app, self.number

    @property
    def settled(self) -> bool:
        """Whether nothing is to be done."""
        return bool(self.app.sid) and not any(part.changes for part in self.parts)


def app_name(setup: Setup) -> str:
    """By which a TwiML App of ours is found again."""
    return f"warmtransfer {setup.number}"


def wanted_number(setup: Setup) -> Values:
    """What the number has to be set to."""
    links = setup.links
    return {
        "voice_url": links.voice(),
        "voice_method": "POST",
        # Either of these would be asked in place of the address.
        "voice_application_sid": "",
        "trunk_sid": "",
        "voice_fallback_url": setup.fallback_url or links.voice(),
        "voice_fallback_method": "POST",
        "status_callback": links.status(),
        "status_callback_method": "POST",
    }


def wanted_app(setup: Setup) -> Values:
    """What the TwiML App has to be set to."""
    return {
        "voice_url": setup.links.ai(),
        "voice_method": "POST",
        "voice_fallback_url": setup.fallback_url or setup.links.ai(),
        "voice_fallback_method": "POST",
    }


def plan(setup: Setup, number: Number, app: App | None) -> Plan:
    """What is to be done, seen from what there is."""
    name = app.name if app else app_name(setup)
    sid, now = (app.sid, app.values) if app else ("", {})
    return Plan(
        Part(f'TwiML App "{name}"', sid, now, wanted_app(setup), _elsewhere(setup, now)),
        Part(f"number {number.number}", number.sid, number.values, wanted_number(setup),
             _elsewhere(setup, number.values)),
    )  # fmt: skip


def back(what: str, sid: str, now: Values, before: Mapping[str, str]) -> Part:
    """What is to be done so that everything is as it was."""
    known = NUMBER_SETTINGS if "trunk_sid" in now else APP_SETTINGS
    return Part(what, sid, now, {name: str(before.get(name, "")) for name in known})


def _elsewhere(setup: Setup, values: Values) -> str:
    if trunk := values.get("trunk_sid"):
        return f"the SIP trunk {trunk}"
    if app := values.get("voice_application_sid"):
        return f"the TwiML App {app}"
    url = values.get("voice_url", "")
    ours = url.startswith(f"{setup.links.public_url}{setup.links.prefix}/")
    return "" if not url or ours or url.startswith(WELCOME) else url


def _shown(values: Values, names: tuple[str, ...]) -> str:
    url, *methods = (values.get(name, "") for name in names)
    usual = all(method in ("", "POST") for method in methods)
    return url if not url or usual else f"{url} ({methods[0]})"
