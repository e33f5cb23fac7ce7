"""A caller who waits in the line for a human: the tools the model has then, the pauses, and the ways out."""

from __future__ import annotations

import base64
import threading
from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.relay.ends import LIMIT, Ends, Json, Session, calling, ends, until
from warmtransfer.core import briefing
from warmtransfer.core import events as ev
from warmtransfer.core.call import Stage
from warmtransfer.core.place import Waits
from warmtransfer.relay.relay import PAUSE, TICK
from warmtransfer.relay.tools import LEAVE, PLACE, Toolbox
from warmtransfer.simulator.phones.keys import key_tone
from warmtransfer.simulator.sound.audio import encode

NEWS = "The caller is number 2."
WAITING = replace(calling(Stage.WAITING), waits=Waits(since=10.0, number=2, seconds=130.0))


def waits(both: Ends) -> None:
    """The caller is put in the line, and the relay has heard of it."""
    both.desk.answer = WAITING
    both.switchboard.follow(WAITING)
    after(both, 0.0)


def names(session: Session) -> list[str]:
    """The tools that the model has now."""
    tools = [each["session"]["tools"] for each in session.got if each["type"] == "session.update"]
    return [tool["name"] for tool in tools[-1]]


def outputs(session: Session) -> list[str]:
    """What tools have answered."""
    items: list[Json] = [e["item"] for e in session.got if e["type"] == "conversation.item.create"]
    return [each["output"] for each in items if each["type"] == "function_call_output"]


def asked(session: Session) -> list[str]:
    """What the model was told or asked to say, as text."""
    return [str(each) for each in session.got if each["type"] != "session.update"]


def calls(session: Session, name: str) -> str:
    """The model calls this tool; the answer."""
    session.begin("r1")
    session.end("r1", output=[session.call(name, {})])
    return until(lambda: outputs(session))[0]


def after(both: Ends, seconds: float) -> None:
    """So much later."""
    passed = threading.Event()
    both.loop.later(seconds, passed.set)
    assert passed.wait(LIMIT)


def test_only_a_caller_in_the_line_has_tools_for_it_and_at_once() -> None:
    with ends() as both:
        _, session = both.up()
        assert {PLACE, LEAVE}.isdisjoint(names(session))
        waits(both)
        until(lambda: {PLACE, LEAVE} <= set(names(session)))
        both.switchboard.follow(calling(Stage.AI))
        until(lambda: {PLACE, LEAVE}.isdisjoint(names(session)))


def test_the_place_is_told_when_the_caller_asks() -> None:
    with ends() as both:
        _, session = both.up()
        waits(both)
        assert "number 2 in it. Going by the last calls it takes about 3 minutes" in calls(session, PLACE)


def test_who_is_in_no_line_any_more_is_told_so() -> None:
    with ends() as both:
        _, session = both.up()
        waits(both)
        both.desk.answer = calling(Stage.AI)
        assert calls(session, PLACE) == "The caller is in no line for a person now."


def test_the_model_takes_the_caller_out_and_hears_what_to_say() -> None:
    with ends() as both:
        _, session = both.up()
        waits(both)
        left: Callable[[], ev.Event] = lambda: both.desk.posted(ev.LineLeft)  # noqa: E731
        both.desk.answer = calling(Stage.AI)
        assert calls(session, LEAVE) == "The caller is in no line for a person now."
        assert left() == ev.LineLeft("tool")


def test_what_is_to_be_said_after_that_is_the_tools_answer() -> None:
    with ends() as both:
        _, session = both.up()
        waits(both)
        posted = both.desk.post

        def decided(call_id: str, event: ev.Event) -> object:
            both.switchboard.speak("c1", briefing.LEFT_LINE, 0.0)
            both.desk.answer = calling(Stage.AI)
            return posted(call_id, event)

        both.desk.post = decided  # type: ignore[method-assign, assignment]
        assert calls(session, LEAVE) == briefing.LEFT_LINE
        assert session.wait("response.create"), "and is said once"


def test_a_host_apps_own_tool_of_that_name_is_its_own() -> None:
    def leave_line() -> str:
        """Leaves a line of another kind."""
        return "Their own."

    tools = Toolbox()
    tools.add(leave_line)
    with ends(tools=tools) as both:
        _, session = both.up()
        waits(both)
        assert calls(session, LEAVE) == "Their own."
        assert both.desk.events.count(ev.LineLeft("tool")) == 0


def test_a_caller_who_says_that_they_want_no_person_leaves_the_line() -> None:
    with ends() as both:
        _, session = both.up()
        waits(both)
        session.hear("i1", "I do not want to talk to a person any more.")
        assert both.desk.posted(ev.LineLeft) == ev.LineLeft("words")
        session.hear("i2", "When are you open?")
        until(lambda: ("caller", "When are you open?") in both.desk.lines)
        assert both.desk.events.count(ev.LineLeft("words")) == 1


@pytest.mark.parametrize(("stage", "heard"), [(Stage.WAITING, 1), (Stage.AI, 0), (Stage.RINGING, 0)])
def test_a_star_leaves_the_line_and_means_nothing_elsewhere(stage: Stage, heard: int) -> None:
    with ends() as both:
        phone, session = both.up()
        both.switchboard.follow(calling(stage))
        after(both, TICK)
        sound = encode(key_tone("*"))
        before = len(session.audio)
        for at in range(0, len(sound) - 159, 160):
            phone.media(base64.b64encode(sound[at : at + 160]))
        until(lambda: len(session.audio) >= before + len(sound) // 160 - 1)
        assert both.desk.events.count(ev.LineLeft("star")) == heard


def test_no_key_of_the_callers_ever_reaches_the_model() -> None:
    """It would take a tone for a turn, and answer it over what it was to say."""
    with ends() as both:
        phone, session = both.up()
        for key in "123#**":
            sound = encode(key_tone(key))
            for at in range(0, len(sound), 160):
                phone.media(base64.b64encode(sound[at : at + 160].ljust(160, b"\xff")))
        phone.media(b"AAAA" * 53 + b"AA==")
        until(lambda: session.audio[-1:] == ["AAAA" * 53 + "AA=="])
        assert {base64.b64decode(each) for each in session.audio[:-1]} == {b"\xff" * 160}


def test_a_star_that_the_carrier_reports_counts_too_and_no_other_key() -> None:
    with ends() as both:
        phone, _ = both.up()
        waits(both)
        for digit in "1*":
            phone.raw(
                b'{"event":"dtmf","streamSid":"MZ00000000000000000000000000000001","sequenceNumber":"9",'
                b'"dtmf":{"track":"inbound_track","digit":"%s"}}' % digit.encode()
            )
        assert both.desk.posted(ev.LineLeft) == ev.LineLeft("star")
        assert [each for each in both.desk.events if isinstance(each, ev.LineLeft)] == [ev.LineLeft("star")]


def test_the_place_is_told_in_a_pause_and_not_while_somebody_speaks() -> None:
    with ends() as both:
        _, session = both.up()
        waits(both)
        session.send("input_audio_buffer.speech_started", audio_start_ms=0, item_id="i1")
        both.switchboard.mention("c1", "Old news.")
        both.switchboard.mention("c1", NEWS)
        after(both, PAUSE + 2 * TICK)
        assert not any(NEWS in each for each in asked(session))
        session.send("input_audio_buffer.speech_stopped", audio_end_ms=100, item_id="i1")
        until(lambda: any(NEWS in each for each in asked(session)))
        assert not any("Old news" in each for each in asked(session))


def test_news_of_the_line_is_not_told_to_a_caller_who_has_left_it() -> None:
    with ends() as both:
        _, session = both.up()
        waits(both)
        both.switchboard.mention("c1", NEWS)
        both.switchboard.follow(calling(Stage.AI))
        after(both, PAUSE + 2 * TICK)
        assert not any(NEWS in each for each in asked(session))
