"""Wishes and promises in a whole conversation, over real sockets: who is rung, and who is not."""

from __future__ import annotations

import pytest

from tests.relay.ends import Ends, Phone, Session, ends, until
from tests.relay.test_relay_handoff import notes
from warmtransfer.relay import switchboard
from warmtransfer.relay.watchdog import GRACE, NUDGE, OWN, PATIENCE
from warmtransfer.relay.wishes import reading

#: Longer than anything that the watchdog may still do.
LONG = NUDGE + OWN + 2 * PATIENCE + 4.0


def pass_time(both: Ends, seconds: float) -> None:
    """Let this much of the call's time go by."""
    began = both.clock.monotonic()
    until(lambda: both.clock.monotonic() - began > seconds, 10)


def said(both: Ends, phone: Phone, session: Session, item: str, text: str) -> None:
    """The AI says it, and the caller has heard it."""
    known = len(phone.marks())
    session.say(item, 300, text)
    for name in until(lambda: phone.marks()[known:]):
        phone.mark(name)
    until(lambda: ("ai", text) in both.desk.lines)


def test_everyday_words_of_both_ring_nobody() -> None:
    with ends(speed=40) as both:
        phone, session = both.up()
        session.hear("u1", "I need a room for one person, for Saturday night.")
        said(both, phone, session, "i1", "Good, I will put you down for Saturday. Anything else?")
        session.hear("u2", "I want someone to fix my boiler.")
        until(lambda: len(both.desk.lines) == 3)
        pass_time(both, LONG)
        assert not both.desk.asked
        assert not notes(session)


def test_an_offer_that_the_caller_declines_rings_nobody() -> None:
    with ends(speed=40) as both:
        phone, session = both.up()
        session.hear("u1", "My parcel is late.")
        said(both, phone, session, "i1", "I am sorry about that. Do you want me to transfer you to Sam?")
        session.hear("u2", "No thanks, just tell me when you open.")
        said(both, phone, session, "i2", "We open at nine.")
        pass_time(both, LONG)
        assert not both.desk.asked
        assert not notes(session)


def test_an_offer_that_the_caller_accepts_rings_when_the_model_calls_no_tool() -> None:
    with ends(speed=20) as both:
        phone, session = both.up()
        said(both, phone, session, "i1", "Would you like me to connect you with someone?")
        session.hear("u1", "Yes please.")
        until(lambda: notes(session))
        assert not both.desk.asked
        until(lambda: both.desk.asked)
        assert both.desk.asked[0][0] == "words"


def test_a_wish_rings_eight_seconds_after_a_nudge_that_the_model_does_not_heed() -> None:
    with ends(speed=10) as both:
        _, session = both.up()
        session.hear("u1", "Could I speak to a real person, please?")
        began = both.clock.monotonic()
        until(lambda: notes(session))
        nudged = both.clock.monotonic()
        assert nudged - began >= GRACE - 0.5
        until(lambda: both.desk.asked)
        assert both.clock.monotonic() - nudged >= OWN - 1.0
        assert both.desk.asked[0][0] == "words"


def test_a_wish_that_is_taken_back_after_the_nudge_rings_nobody() -> None:
    with ends(speed=20) as both:
        _, session = both.up()
        session.hear("u1", "Ich möchte mit einem Menschen sprechen.")
        until(lambda: notes(session))
        session.hear("u2", "Nein, verbinden Sie mich doch nicht.")
        pass_time(both, LONG)
        assert not both.desk.asked


def test_a_promise_that_the_model_takes_back_at_the_nudge_rings_nobody() -> None:
    with ends(speed=20) as both:
        phone, session = both.up()
        said(both, phone, session, "i1", "Einen Moment, ich verbinde Sie mit einer Kollegin.")
        until(lambda: notes(session))
        said(both, phone, session, "i2", "Gern helfe ich Ihnen selbst weiter.")
        pass_time(both, LONG)
        assert not both.desk.asked


def test_english_words_in_another_language_ring_nobody() -> None:
    with ends(speed=40, language="es") as both:
        _, session = both.up()
        session.hear("u1", "La canción se llama Human, y el disco Real Person.")
        session.hear("u2", "Busco un operator's manual para la máquina.")
        until(lambda: len(both.desk.lines) == 2)
        pass_time(both, LONG)
        assert not both.desk.asked
        assert not notes(session)


def test_the_language_of_the_deployment_is_prepared_at_once_and_the_others_soon(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    prepared: list[str] = []
    monkeypatch.setattr(switchboard, "LEISURE", 0.1)
    with ends(language="ja") as both:
        monkeypatch.setattr(reading, "rules", prepared.append)
        both.switchboard.open()
        until(lambda: prepared)
        assert prepared == ["ja"]
        until(lambda: len(prepared) > 1)
        assert set(prepared) == set(reading.GRAMMARS)
