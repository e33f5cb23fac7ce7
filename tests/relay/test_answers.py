"""Answers that cannot be used: calls nobody can read, sessions refused, tools that are slow, wishes kept."""

from __future__ import annotations

import logging
import threading

import pytest

from tests.relay.ends import Ends, Session, calling, ends, until
from tests.relay.test_relay_handoff import WISH, notes, outputs
from warmtransfer.core import events as ev
from warmtransfer.core.call import Stage
from warmtransfer.errors import StoreBusy
from warmtransfer.relay import tones
from warmtransfer.relay.errands import KEPT
from warmtransfer.relay.tools import Toolbox

HALF = '{"target": "Sam", "reason": "wants a per'
BAD_VOICE = {
    "type": "invalid_request_error", "code": "invalid_value", "message": "Invalid value: 'nobody'.",
    "param": "session.audio.output.voice",
}  # fmt: skip


def tries(session: Session, number: int, arguments: str, *, cut: bool) -> None:
    """The model calls its tool in a way that nobody can read."""
    half = session.call("transfer_to_human", arguments, f"call_{number}")
    if cut:
        half["status"] = "incomplete"
    session.begin(f"r{number}")
    why = {"type": "incomplete", "reason": "max_output_tokens"}
    more = {"status": "incomplete", "status_details": why} if cut else {}
    session.end(f"r{number}", output=[half], **more)


def told(session: Session) -> list[str]:
    """What the model was told of its calls."""
    return [text for text in outputs(session) + notes(session) if "could not be read" in text]


@pytest.mark.parametrize(("arguments", "cut"), [(HALF, False), ("null", False), (HALF, True)])
def test_a_call_that_cannot_be_read_is_asked_for_again_then_done_without_the_model(
    arguments: str, cut: bool
) -> None:
    with ends(speed=10) as both:
        _, session = both.up()
        tries(session, 1, arguments, cut=cut)
        until(lambda: told(session))
        assert session.wait("response.create")["response"]["metadata"] == {"purpose": "answer"}
        assert not both.desk.asked
        assert [each[0] for each in until(lambda: both.desk.asked)] == ["watchdog"]


def test_a_second_call_that_cannot_be_read_is_not_waited_for() -> None:
    with ends() as both:
        _, session = both.up()
        tries(session, 1, HALF, cut=False)
        until(lambda: told(session))
        session.wait("response.create")
        tries(session, 2, HALF, cut=False)
        until(lambda: both.desk.asked, 2.0)


def test_the_whole_call_that_follows_is_the_only_handoff() -> None:
    with ends(speed=10) as both:
        _, session = both.up()
        tries(session, 1, HALF, cut=True)
        session.wait("response.create")
        session.begin("r2", "answer")
        session.end("r2", output=[session.call("transfer_to_human", WISH, "call_2")])
        until(lambda: both.desk.asked)
        both.switchboard.follow(calling(Stage.RINGING))
        began = both.clock.monotonic()
        until(lambda: both.clock.monotonic() - began > 12)
        assert [each[0] for each in both.desk.asked] == ["tool"]


def test_an_answer_without_a_sound_is_asked_for_again_then_the_recorded_line_is_played() -> None:
    with ends(speed=5) as both:
        phone, session = both.up()
        session.say("i1", 300, "Hello.", "greeting")
        until(lambda: ("ai", "Hello.") in both.desk.lines)
        session.hear("u1", "What is the price?")
        session.begin("r1")
        why = {"type": "incomplete", "reason": "content_filter"}
        session.end("r1", "incomplete", status_details=why)
        assert session.wait("response.create")["response"]["metadata"] == {"purpose": "again"}
        session.begin("r2", "again")
        text = {"type": "message", "id": "i2", "role": "assistant", "status": "completed"}
        content = [{"type": "output_text", "text": "Twenty."}]
        session.end("r2", output=[{**text, "content": content}])
        line = [piece.decode() for piece in tones.pieces("pardon")]
        assert until(lambda: phone.own_from(line[0])[len(line) - 1 :])
        assert phone.own_from(line[0])[: len(line)] == line
        until(lambda: ("ai", tones.LINES["pardon"]) in both.desk.lines)


# Sessions that are refused -----------------------------------------------------------------------------


def test_a_refused_voice_costs_no_time_is_said_once_and_not_asked_for_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, "warmtransfer")
    with ends(session={"voice": "nobody"}) as both:
        both.model.refusals = [BAD_VOICE]
        phone, session = both.up()
        voices = [each["session"]["audio"]["output"]["voice"] for each in session.got]
        assert voices == ["nobody", "marin"]
        phone.stop()
        both.desk.posted(ev.StreamEnded)
        session.close(1011)
        both.switchboard.close("c1")
        until(lambda: both.switchboard.live() == 0)
        both.answered()
        again = both.model.session(2)
        assert again.wait("session.update")["session"]["audio"]["output"]["voice"] == "marin"
    assert caplog.text.count("WARMTRANSFER_VOICE") == 1


def test_a_session_that_is_refused_for_good_is_lost_at_once() -> None:
    with ends() as both:
        both.model.refusals = [{**BAD_VOICE, "param": "session.tools[0].parameters"}]
        both.switchboard.prepare(calling(Stage.CONNECTING), 0.0)
        both.phone()
        lost = both.desk.posted(ev.ModelLost)
        assert isinstance(lost, ev.ModelLost)
        assert lost.fatal
        assert "session.tools[0].parameters" in lost.reason


def test_a_refused_key_is_named_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with ends() as both:
        both.model.refuses = 401
        both.switchboard.prepare(calling(Stage.CONNECTING), 0.0)
        both.phone()
        both.desk.posted(ev.ModelLost)
    lines = [record for record in caplog.records if "OPENAI_API_KEY" in record.getMessage()]
    assert [record.levelname for record in lines] == ["ERROR"]


# Waiting -------------------------------------------------------------------------------------------------


def slow_tool(gate: threading.Event) -> Toolbox:
    """A tool that answers when the gate is opened."""
    tools = Toolbox()
    tools.add(lambda: gate.wait(10) and "It is on its way.", name="slow", description="Is slow.")
    return tools


def test_a_caller_who_waits_for_a_tool_hears_a_word_then_the_quiet_tone_until_the_answer() -> None:
    gate = threading.Event()
    with ends(speed=5, tools=slow_tool(gate), tool_seconds=60.0) as both:
        phone, session = both.up()
        session.say("i1", 300, "Hello.", "greeting")
        until(lambda: ("ai", "Hello.") in both.desk.lines)
        session.begin("r1")
        session.end("r1", output=[session.call("slow", {})])
        began = both.clock.monotonic()
        asked = session.wait("response.create")["response"]
        assert 2.0 < both.clock.monotonic() - began < 5.0
        assert asked["tool_choice"] == "none"
        assert '"One moment, please."' in asked["instructions"]
        session.say("i2", 500, "One moment, please.", "waiting")
        hum = next(tones.hum()).decode()
        until(lambda: len([each for each in phone.own() if each["media"]["payload"] == hum]) > 3, 10)
        assert session.types().count("response.create") == 1
        gate.set()
        until(lambda: outputs(session))
        session.say("i3", 500, "It is on its way.", "answer")
        until(lambda: ("ai", "It is on its way.") in both.desk.lines)
        heard = len(phone.own())
        began = both.clock.monotonic()
        until(lambda: both.clock.monotonic() - began > 4.0)
        assert len(phone.own()) == heard


def away(both: Ends) -> None:
    """The database cannot be had."""

    def raises() -> None:
        raise StoreBusy("the database cannot be had")

    both.desk.on_ask = raises


def test_a_wish_that_cannot_be_saved_is_kept_and_the_caller_hears_that_somebody_is_sought() -> None:
    with ends(speed=5) as both:
        away(both)
        phone, session = both.up()
        session.begin("r1")
        session.speak("r1", "i1", 500, "One moment, I will get someone.")
        session.end("r1", output=[session.call("transfer_to_human", WISH)])
        until(lambda: both.desk.kept)
        wish, wanted, settled = both.desk.kept[0]
        assert wish == ("tool", "Sam", "invoice", "Wants to talk about an invoice.")
        assert wanted()
        assert until(lambda: outputs(session)) == [KEPT]
        session.wait("response.create")
        session.say("i2", 500, "It takes a moment longer.", "answer")
        ring = next(tones.ring()).decode()
        until(lambda: len([each for each in phone.own() if each["media"]["payload"] == ring]) > 12, 10)
        settled(calling(Stage.RINGING))
        until(lambda: any("is being called" in each for each in notes(session)))
        assert len(both.desk.asked) == 1


def test_a_wish_that_takes_long_to_save_is_called_noted() -> None:
    free = threading.Event()
    with ends(speed=10) as both:
        both.desk.on_ask = lambda: free.wait(10)
        _, session = both.up()
        session.begin("r1")
        session.end("r1", output=[session.call("transfer_to_human", WISH)])
        assert until(lambda: outputs(session)) == [KEPT]
        free.set()
        until(lambda: any("is being called" in each for each in notes(session)))
        assert not both.desk.kept


def test_a_kept_wish_that_the_caller_takes_back_is_not_wanted_any_more() -> None:
    with ends() as both:
        away(both)
        _, session = both.up()
        session.begin("r1")
        session.end("r1", output=[session.call("transfer_to_human", WISH)])
        until(lambda: both.desk.kept)
        _, wanted, settled = both.desk.kept[0]
        session.hear("u1", "Is anybody coming?")
        until(lambda: ("caller", "Is anybody coming?") in both.desk.lines)
        assert wanted()
        session.hear("u2", "No, forget it, I don't want a person any more.")
        until(lambda: not wanted())
        settled(None)


def test_our_own_handoff_is_kept_too() -> None:
    with ends(speed=10) as both:
        away(both)
        _, session = both.up()
        session.hear("u1", "Can I speak to a real person please?")
        until(lambda: both.desk.kept)
        assert both.desk.kept[0][0][0] == "words"
        until(lambda: KEPT in notes(session))
