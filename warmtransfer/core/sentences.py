"""What our own sentences are about, and how they are said in English."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """One language's sentences. Names in braces are filled in, and may be left out."""

    locale: str  #: the language as a voice needs it: language and country
    moment: str
    away: str  #: several sentences for about 20 s, a second apart, to callers while the app itself is away
    reach: str  #: the number of last resort, where the carrier could not be had to dial it
    apology: str
    sorry: str
    closed_today: str  #: before the apology, when nobody is rung because nobody is there
    closed_tomorrow: str
    closed_until: str
    days: str  #: the week, from Monday on
    clock: str  #: hours of the clock by which times are told: 12 or 24
    nobody: str  #: said again and again to a caller who can be neither moved nor let go
    thanks: str
    caller_gone: str
    too_late: str
    taken: str  #: to a human who was rung together with others, one of whom was quicker
    declined: str
    first: str  #: first words to a human: all that a mailbox may record whole
    first_from: str
    take: str  #: said right after them, and by itself: who waits for no more can accept
    decline: str
    keys: str
    sure: str  #: to who has accepted on their card, once somebody speaks at a telephone that asked who calls
    there: str  #: behind a switchboard, again and again
    matter: str
    number: str
    introduction: str
    ai: str  #: that an AI speaks, before its greeting
    ai_of: str
    help: str  #: after that
    caller: str
    assistant: str
    back_offer: str  #: to a caller for whom nobody is there, before the apology
    back_check: str
    back_about: str
    back_thanks: str
    back_matter: str  #: to a human, whom they are to ring back
    back_someone: str  #: the same, of a caller who has not said who they are
    back_called: str
    back_wait: str
    back_unreached: str
    back_from: str  #: to a caller who is rung back, and to their mailbox
    back_hello: str
    back_mailbox: str
    back_sorry: str

    def are_in(self, language: str) -> bool:
        """Whether they are written in this language, by its two letters."""
        return bool(language) and self.locale.partition("-")[0] == language


#: English, spoken by whatever voice the account has.
ENGLISH = Words(
    locale="",
    moment="One moment please.",
    away="I am still here. There is a short interruption on our side. Please stay on the line. "
    "Thank you for your patience. Somebody will be with you in a moment. You are still "
    "connected, please hold on. This takes a little longer than usual.",
    reach="You can also reach us at {number}.",
    apology="I am sorry, nobody can take your call right now. Please leave a message with your name and "
    "number after the tone, and we will call you back.",
    closed_today="We are closed at the moment, and open at {time}.",
    closed_tomorrow="We are closed at the moment, and open tomorrow at {time}.",
    closed_until="We are closed at the moment, and open on {day} at {time}.",
    days="Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
    clock="12",
    nobody="I am sorry, nobody can take your call right now. Please hang up, and call again in "
    "a few minutes.",
    sorry="I am sorry, all our lines are busy right now. Please call again in a few minutes. Goodbye.",
    thanks="Thank you. Your message has been taken. Goodbye.",
    caller_gone="The caller has hung up. Thank you, goodbye.",
    too_late="Thank you. The call has been taken care of. Goodbye.",
    taken="{name} has taken the call. Thank you, goodbye.",
    declined="All right. Goodbye.",
    first="A call for {name}.",
    first_from="A call for {name}, from {company}.",
    take="Press 1 at any time to take it,",
    decline="2 to decline.",
    keys="Press 1 to take the call, or 2 to decline.",
    sure="You have taken the call. Say yes, or press 1.",
    there="Press 1 to hear what it is about, or 2 to decline.",
    matter="A caller asked to speak with a person.",
    number="The caller's number is {number}.",
    introduction="Here is {name}, who knows what this is about.",
    ai="Hello, I am an AI assistant.",
    ai_of="Hello, I am the AI assistant of {company}.",
    help="How can I help you?",
    caller="Caller",
    assistant="Assistant",
    back_offer="Press 1 if we may ring you back on the number that you are calling from.",
    back_check="We will ring you back on {number}. Press 1 if that is right.",
    back_about="Please say after the tone who you are and what it is about.",
    back_thanks="Thank you. We will ring you back. Goodbye.",
    back_matter="You asked us to ring {name} back.",
    back_someone="A caller asked to be rung back.",
    back_called="They called on {day} at {time}.",
    back_wait="One moment please, the caller is being rung.",
    back_unreached="The caller cannot be reached right now. Thank you, goodbye.",
    back_from="This is {company}.",
    back_hello="You asked to be rung back. One moment, {name} is on the line.",
    back_mailbox="You asked to be rung back, and we are sorry to have missed you. Goodbye.",
    back_sorry="I am sorry, we were cut off. We will ring you back. Goodbye.",
)
