"""Handing over: tools, words, the watchdog, the gate, ring tone in pauses, the introduction."""

from __future__ import annotations

import threading
import time
from base64 import b64encode
from itertools import islice

import pytest

from tests.relay.ends import Ends, Phone, Session, calling, ends, until
from warmtransfer.core import events as ev
from warmtransfer.core.call import Stage
from warmtransfer.errors import StoreBusy
from warmtransfer.relay import tones
from warmtransfer.relay.tools import CallInfo, Toolbox

WISH = {"target": "Sam", "reason": "invoice", "summary": "Wants to talk about an invoice."}


def outputs(session: Session) -> list[str]:
    """What tools have answered."""
    items = [each["item"] for each in list(session.got) if each["type"] == "conversation.item.create"]
    return [each["output"] for each in items if each["type"] == "function_call_output"]


def notes(session: Session) -> list[str]:
    """What the model was told."""
    items = [each["item"] for each in list(session.got) if each["type"] == "conversation.item.create"]
    return [each["content"][0]["text"] for each in items if each.get("role") == "system"]


def speaking(both: Ends, phone: Phone, session: Session, ms: int = 1000) -> None:
    """The AI says something of this length."""
    session.say(f"i{ms}", ms, "Certainly, one moment.")
    until(lambda: phone.heard(ms))


def test_the_transfer_tool_asks_the_desk_and_hears_where_it_stands() -> None:
    with ends() as both:
        _, session = both.up()
        session.begin("r1")
        session.end("r1", output=[session.call("transfer_to_human", WISH)])
        assert until(lambda: outputs(session)) == [
            "Sam is being called for the caller now. Keep the caller company; promise nothing."
        ]
        assert both.desk.asked == [("tool", "Sam", "invoice", "Wants to talk about an invoice.")]
        assert session.wait("response.create")


def test_a_model_that_has_spoken_its_hand_over_line_is_not_made_to_speak_again() -> None:
    with ends() as both:
        phone, session = both.up()
        session.begin("r1")
        session.speak("r1", "i1", 500, "One moment, I will get someone.")
        session.end("r1", output=[session.call("transfer_to_human", WISH)])
        until(lambda: outputs(session))
        phone.media()
        until(lambda: session.audio)
        assert "response.create" not in session.types()


def test_a_tool_call_runs_once_however_often_it_is_announced() -> None:
    with ends() as both:
        _, session = both.up()
        call = session.call("transfer_to_human", WISH)
        session.begin("r1")
        session.send("response.output_item.done", response_id="r1", output_index=0, item=call)
        session.end("r1", output=[call])
        session.begin("r2")
        session.end("r2", output=[session.call("transfer_to_human", WISH, "call_2")])
        until(lambda: len(outputs(session)) > 1)
        assert len(both.desk.asked) == len(outputs(session)) == 2


def test_a_cut_off_tool_call_is_not_run() -> None:
    """Its arguments may be half: only whole items count."""
    with ends() as both:
        _, session = both.up()
        half = session.call("transfer_to_human", '{"target": "Sa', status="incomplete")
        session.begin("r1")
        session.send("response.output_item.done", response_id="r1", output_index=0, item=half)
        session.end("r1", "cancelled", [half])
        session.begin("r2")
        session.end("r2", output=[session.call("transfer_to_human", WISH, "call_2")])
        assert until(lambda: outputs(session))[0].startswith("Sam is being called")
        assert len(both.desk.asked) == len(outputs(session)) == 1


def test_a_whole_tool_call_runs_although_its_response_was_interrupted() -> None:
    with ends() as both:
        _, session = both.up()
        session.begin("r1")
        session.end("r1", "cancelled", [session.call("transfer_to_human", WISH)])
        until(lambda: both.desk.asked)


def test_arguments_that_are_no_json_are_told_to_the_model() -> None:
    with ends() as both:
        _, session = both.up()
        session.begin("r1")
        session.end("r1", output=[session.call("transfer_to_human", "[1")])
        assert "not a JSON object" in until(lambda: outputs(session))[0]
        assert not both.desk.asked


def test_news_of_the_desk_is_the_answer_of_a_transfer_that_waits() -> None:
    """Nobody is left: the model hears it as its tool's output, once."""
    with ends() as both:
        _, session = both.up()
        both.desk.on_ask = lambda: both.switchboard.speak("c1", "Nobody is available. Say so.", 0.0)
        both.desk.answer = calling(Stage.AI)
        session.begin("r1")
        session.end("r1", output=[session.call("transfer_to_human", WISH)])
        assert until(lambda: outputs(session)) == ["Nobody is available. Say so."]
        session.wait("response.create")
        assert not notes(session)


def test_a_message_is_kept_before_the_model_may_say_that_it_was_taken() -> None:
    with ends() as both:
        _, session = both.up()
        session.begin("r1")
        session.end("r1", output=[session.call("take_message", {"text": " Ada, about an invoice. "})])
        assert "has been taken" in until(lambda: outputs(session))[0]
        assert both.desk.events[-1] == ev.MessageTaken("Ada, about an invoice.")


@pytest.mark.parametrize(
    ("text", "refusal", "told"),
    [(" ", None, "nothing in the message"), ("Ada.", StoreBusy("away"), "could not be kept")],
    ids=["empty", "database away"],
)
def test_a_message_that_was_not_kept_is_not_said_to_be(
    text: str, refusal: Exception | None, told: str
) -> None:
    with ends() as both:
        _, session = both.up()
        both.desk.refusal = refusal
        session.begin("r1")
        session.end("r1", output=[session.call("take_message", {"text": text})])
        assert told in until(lambda: outputs(session))[0]
        assert not [each for each in both.desk.events if isinstance(each, ev.MessageTaken)]


def test_a_host_apps_tool_runs_in_its_own_thread_and_answers() -> None:
    threads: list[str] = []
    tools = Toolbox()

    def look_up(order: str, call: CallInfo) -> dict[str, str]:
        """The state of an order."""
        threads.append(threading.current_thread().name)
        return {"order": order, "caller": call.caller}

    tools.add(look_up)
    with ends(tools=tools) as both:
        _, session = both.up()
        session.begin("r1")
        session.end("r1", output=[session.call("look_up", {"order": "427"})])
        assert until(lambda: outputs(session)) == ['{"order": "427", "caller": "+15550199999"}']
        assert threads[0] != "warmtransfer-loop"
        session.wait("response.create")


def test_a_tool_that_takes_too_long_is_answered_for() -> None:
    gate = threading.Event()
    tools = Toolbox()
    tools.add(lambda: gate.wait(10), name="slow", description="Is slow.")
    with ends(speed=10, tools=tools, tool_seconds=2.0) as both:
        _, session = both.up()
        session.begin("r1")
        session.end("r1", output=[session.call("slow", {})])
        assert "did not answer in time" in until(lambda: outputs(session))[0]
        gate.set()
        session.hear("u1", "hello")
        until(lambda: both.desk.lines)
        assert len(outputs(session)) == 1


def test_the_next_response_is_asked_for_only_when_none_runs() -> None:
    with ends() as both:
        phone, session = both.up()
        session.begin("r1")
        session.speak("r1", "i1", 100, "Well")
        until(lambda: phone.heard(100))
        both.switchboard.speak("c1", "Tell this.", 0.0)
        both.switchboard.until_heard("c1", 0.05)
        phone.media()
        until(lambda: session.audio)
        assert "response.create" not in session.types()
        session.end("r1")
        session.wait("response.create")


def test_a_refused_response_is_asked_for_again_after_the_running_one_with_what_it_is_about() -> None:
    """The server began one by itself in the same moment: a lost race, no error. Its words come last now."""
    with ends() as both:
        _, session = both.up()
        both.switchboard.speak("c1", "Tell this.", 0.0)
        asked = session.wait("response.create")
        session.begin("r1")
        body = {
            "type": "invalid_request_error", "code": "conversation_already_has_active_response",
            "message": "m", "event_id": asked["event_id"],
        }  # fmt: skip
        session.send("error", error=body)
        session.end("r1")
        again = session.wait("response.create", 2)
        assert again["response"]["metadata"] == {"purpose": "news"}
        assert notes(session) == ["Tell this.", "Tell this."]


def test_a_wish_in_words_becomes_a_handoff_when_the_model_does_nothing() -> None:
    with ends(speed=10) as both:
        _, session = both.up()
        session.hear("u1", "Where is my parcel?")
        session.hear("u2", "Can I speak to a real person please?")
        until(lambda: both.desk.asked)
        source, _, _, summary = both.desk.asked[0]
        assert source == "words"
        assert "Where is my parcel?" in summary
        until(lambda: notes(session))
        session.wait("response.create")


def test_the_models_own_call_comes_before_the_callers_words() -> None:
    """Its summary is better: the words wait a moment."""
    with ends(speed=4) as both:
        _, session = both.up()
        session.hear("u1", "I want to speak to a human")
        session.begin("r1")
        session.end("r1", output=[session.call("transfer_to_human", WISH)])
        until(lambda: both.desk.asked)
        both.switchboard.follow(calling(Stage.RINGING))
        began = both.clock.monotonic()
        until(lambda: both.clock.monotonic() - began > 4)
        assert [each[0] for each in both.desk.asked] == ["tool"]


def test_the_model_does_not_hear_what_is_announced_to_the_caller() -> None:
    with ends() as both:
        phone, session = both.up()
        announced_until = both.clock.now() + 1.0
        both.switchboard.follow(calling(Stage.AI, comforted_until=announced_until))
        followed = threading.Event()
        both.loop.soon(followed.set)
        assert followed.wait(5.0)
        phone.media(b64encode(b"\x01" * 160))
        until(lambda: both.clock.now() > announced_until)
        phone.media(b64encode(b"\x02" * 160))
        until(lambda: session.audio)
        assert session.audio == [b64encode(b"\x02" * 160).decode()]


def test_an_announced_transfer_without_a_tool_call_is_nudged_then_done() -> None:
    with ends(speed=20) as both:
        _, session = both.up()
        session.say("i1", 500, "One moment, I will connect you with a colleague.")
        until(lambda: any("transfer_to_human" in each for each in notes(session)))
        assert not both.desk.asked
        until(lambda: both.desk.asked)
        assert both.desk.asked[0][0] == "watchdog"


def test_a_humans_words_never_reach_the_model() -> None:
    """From the acceptance on: no audio, no unanswered audio, no running response."""
    with ends() as both:
        phone, session = both.up()
        phone.media()
        until(lambda: session.audio)
        session.begin("r1")
        both.switchboard.follow(calling(Stage.JOINING))
        session.wait("input_audio_buffer.clear")
        assert session.wait("response.cancel")["response_id"] == "r1"
        session.end("r1", "cancelled")
        for _ in range(20):
            phone.media()
        session.begin("r2")  # the server's own answer to what it heard before
        assert session.wait("response.cancel", 2)["response_id"] == "r2"
        assert len(session.audio) == 1


def test_the_introduction_is_said_exactly_and_reported_when_its_mark_is_back() -> None:
    with ends() as both:
        phone, session = both.up()
        both.switchboard.follow(calling(Stage.JOINING))
        both.switchboard.follow(calling(Stage.HUMAN))
        both.switchboard.introduce("c1", "Sam is on the line now.")
        asked = session.wait("response.create")["response"]
        assert '"Sam is on the line now."' in asked["instructions"]
        assert asked["tool_choice"] == "none"
        session.say("i1", 300, "Sam is on the line now.", "introduction")
        until(lambda: phone.heard(300))
        assert ev.LineHeard(1) not in both.desk.events
        phone.mark(until(phone.marks)[-1])
        both.desk.posted(ev.LineHeard)
        assert "response.cancel" not in session.types()


def test_an_introduction_that_cannot_be_said_is_over_at_once() -> None:
    with ends() as both:
        _, session = both.up()
        session.close(1011)
        both.desk.posted(ev.ModelLost)
        both.switchboard.follow(calling(Stage.HUMAN))
        both.switchboard.introduce("c1", "Sam is on the line now.")
        both.desk.posted(ev.LineHeard)


def test_a_waiting_caller_hears_ring_tone_in_the_ais_pauses() -> None:
    """It begins after about a second, stops for the AI and for the caller, and ends with the wait."""
    with ends(speed=5) as both:
        phone, session = both.up()
        speaking(both, phone, session)
        before = len(phone.own())
        both.switchboard.follow(calling(Stage.RINGING))
        until(lambda: len(phone.own()) > before)
        clears = len(phone.named("clear"))
        session.send("input_audio_buffer.speech_started", audio_start_ms=0, item_id="u1")
        until(lambda: len(phone.named("clear")) == clears + 1)
        assert "conversation.item.truncate" not in session.types()
        session.send("input_audio_buffer.committed", item_id="u1", previous_item_id=None)
        heard = len(phone.own())
        until(lambda: len(phone.own()) > heard)
        session.say("i2", 500, "Sam will be with you soon.")
        until(lambda: phone.heard(500))
        assert len(phone.named("clear")) == clears + 2
        heard = len(phone.own())
        until(lambda: len(phone.own()) > heard)
        both.switchboard.follow(calling(Stage.HUMAN))
        until(lambda: len(phone.named("clear")) == clears + 3)


def test_the_ring_tone_has_no_long_pause() -> None:
    """What is sent without a break is played without one; its own silence stays below 1.5 s."""
    with ends(speed=10) as both:
        both.switchboard.follow(calling(Stage.CONNECTING))
        phone = both.phone()
        until(lambda: len(phone.own()) > 40, 10)
        silent = "/" * 100
        pauses = "".join("." if silent in each["media"]["payload"] else "x" for each in phone.own())
        assert max(len(each) for each in pauses.split("x")) * 0.2 < 1.5
        assert pauses.startswith("x")


def test_who_waits_for_the_line_is_woken_when_it_was_heard() -> None:
    with ends(speed=5) as both:
        phone, session = both.up()
        speaking(both, phone, session, 2000)
        began = time.monotonic()
        both.switchboard.until_heard("c1", 10.0)
        assert 0.2 < time.monotonic() - began < 1.5
        both.switchboard.until_heard("c1", 10.0)
        both.switchboard.until_heard("unknown", 10.0)
        assert time.monotonic() - began < 2.0


def test_waiting_for_the_line_has_an_end() -> None:
    with ends(speed=10) as both:
        phone, session = both.up()
        speaking(both, phone, session, 60000)
        began = time.monotonic()
        both.switchboard.until_heard("c1", 2.0)
        assert time.monotonic() - began < 1.0
        assert phone.heard(60000)


def test_without_a_model_the_recorded_line_is_played_then_ring_tone() -> None:
    with ends(speed=5) as both:
        phone, session = both.up()
        speaking(both, phone, session, 100)
        session.close(3000)
        lost = both.desk.posted(ev.ModelLost)
        assert isinstance(lost, ev.ModelLost)
        assert lost.fatal
        both.switchboard.comfort("c1")
        line = [piece.decode() for piece in tones.pieces("comfort")]
        until(lambda: phone.own_from(line[0])[len(line) + 20 :], 10)
        played = phone.own_from(line[0])
        assert played[: len(line)] == line
        rest = played[len(line) :]
        assert rest == [piece.decode() for piece in islice(tones.ring(), len(rest))]
