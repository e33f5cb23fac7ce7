"""A model is any provider's: the relay serves one that speaks lines over TCP as it serves OpenAI's."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import contextmanager

from tests.relay.ends import SAM, OneEnd, calling, sound, until
from tests.relay.parrot import FarEnd, Parrot
from tests.relay.test_offers import LATE, MONDAY
from warmtransfer.core import events as ev
from warmtransfer.core.call import Stage
from warmtransfer.ports.loop.choose import make_loop
from warmtransfer.ports.model.protocol import ModelSettings
from warmtransfer.relay.tools import TAKE_MESSAGE, TRANSFER, WHO, Toolbox


@contextmanager
def parrots() -> Iterator[tuple[OneEnd, FarEnd]]:
    """A switchboard whose models are parrots."""
    far = FarEnd()
    near = OneEnd(Parrot(ModelSettings(url=far.url)), make_loop(), 1.0, Toolbox())
    try:
        yield near, far
    finally:
        near.close()
        far.close()


def test_audio_goes_both_ways_unchanged_and_the_greeting_is_asked_for() -> None:
    with parrots() as (near, far):
        phone, session = near.answered(), far.session()
        assert session.wait("hello") == [[TAKE_MESSAGE, WHO, TRANSFER]]
        payloads = [base64.b64encode(bytes([n]) * 160).decode() for n in range(20)]
        for payload in payloads:
            phone.media(payload.encode())
        until(lambda: len(session.heard) == len(payloads))
        assert session.heard == payloads
        near.switchboard.speak("c1", "", 0.0)
        assert session.wait("say")[0] == "greeting"
        session.tell("sound", "i1", sound(400))
        session.tell("words", "i1", "Hello there")
        session.tell("done", "completed")
        until(lambda: phone.heard(400))

        def reported() -> bool:
            for name in phone.marks():
                phone.mark(name)
            return ("ai", "Hello there") in near.desk.lines

        until(reported)


def test_a_caller_who_speaks_over_it_is_heard_and_the_rest_is_forgotten() -> None:
    with parrots() as (near, far):
        phone, session = near.answered(), far.session()
        near.switchboard.speak("c1", "News for you.", 0.0)
        assert session.wait("say") == ["news", "News for you."]
        session.tell("sound", "i1", sound(4000))
        session.tell("sound", "i2", sound(2000))
        until(lambda: phone.heard(2000))
        clears = len(phone.named("clear"))
        session.tell("caller", "c1", "Wait a moment")
        until(lambda: len(phone.named("clear")) > clears)
        session.wait("stop")
        (item, ms), rest = session.wait("forget"), session.wait("forget", 2)
        assert item == "i1"
        assert 0 <= ms < 4000
        assert rest == ["i2", 0]
        until(lambda: ("caller", "Wait a moment") in near.desk.lines)
        session.tell("sound", "i1", sound(60))  # on its way when the caller spoke
        session.tell("done", "cancelled")
        near.switchboard.speak("c1", "More news.", 0.0)
        session.wait("say", 2)
        session.tell("sound", "i3", sound(80))
        until(lambda: phone.heard(80))
        assert not phone.heard(60)


def test_its_tool_call_asks_for_a_human_and_is_answered() -> None:
    with parrots() as (near, far):
        near.answered()
        session = far.session()
        wish = {"target": "Sam", "reason": "angry", "summary": "Wants a refund."}
        session.tell("tool", "t1", TRANSFER, wish)
        until(lambda: near.desk.asked)
        assert near.desk.asked == [("tool", "Sam", "angry", "Wants a refund.")]
        assert session.wait("answer")[0] == "t1"


def test_a_lost_session_is_reported_and_the_next_one_knows_what_was_said() -> None:
    with parrots() as (near, far):
        near.answered()
        far.session().tell("caller", "c1", "My order is late")
        until(lambda: near.desk.lines)
        far.session().cut()
        lost = near.desk.posted(ev.ModelLost)
        assert isinstance(lost, ev.ModelLost)
        assert (lost.reason, lost.fatal) == ("it hung up", False)
        near.switchboard.prepare(calling(Stage.RETURNING), 0.0)
        near.desk.posted(ev.AIUp, 2)
        assert far.session(2).wait("said") == ["caller", "My order is late"]


def test_a_session_whose_tools_cannot_change_is_told_of_hours_that_pass() -> None:
    with parrots() as (near, far):
        near.people.at = MONDAY + 8 * 3600
        near.people.change(SAM, LATE)
        _, session = near.answered(), far.session()
        session.wait("hello")
        near.people.at += 3601.0
        [told] = session.wait("note")
        assert told == "Who can be reached has changed. Can be reached now: Sam: orders; Kim."
