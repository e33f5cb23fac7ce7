"""The relay between a real stream and a real model socket: audio, greeting, barge-in, transcripts."""

from __future__ import annotations

import base64
import json
import time

from tests.relay.ends import SAM, SID, calling, ends, sound, until
from warmtransfer.core import events as ev
from warmtransfer.core.call import Stage


def test_the_session_is_set_up_whole_before_anybody_streams() -> None:
    """Every field of the session is said: formats, voice, transcription, turn detection, tools."""
    with ends() as both:
        both.switchboard.prepare(calling(Stage.ARRIVING), 0.0)
        session = both.model.session().wait("session.update")["session"]
        assert session["type"] == "realtime"
        for side in ("input", "output"):
            assert session["audio"][side]["format"] == {"type": "audio/pcmu"}
        assert session["audio"]["input"]["transcription"] == {"model": "gpt-transcribe"}
        assert session["audio"]["input"]["turn_detection"] == {
            "type": "server_vad", "threshold": 0.5, "prefix_padding_ms": 300, "silence_duration_ms": 500,
            "idle_timeout_ms": None, "create_response": True, "interrupt_response": True,
        }  # fmt: skip
        _, _, tool = session["tools"]
        assert tool["name"] == "transfer_to_human"
        assert tool["parameters"]["properties"]["target"]["enum"] == [SAM.name]
        assert SAM.number not in json.dumps(session)
        assert both.model.session().path == "/v1/realtime?model=gpt-realtime-2.1"
        assert both.model.session().headers["Authorization"] == "Bearer sk-test"
        assert "OpenAI-Beta" not in both.model.session().headers
        assert not both.desk.events


def test_the_ai_is_up_once_stream_and_session_are_both_there() -> None:
    with ends() as both:
        phone, _ = both.up()
        assert both.desk.posted(ev.AIUp) == ev.AIUp(1)
        phone.media()
        assert [type(each) for each in both.desk.events] == [ev.AIUp]


def test_caller_audio_reaches_the_model_unchanged_and_in_order() -> None:
    with ends() as both:
        phone, session = both.up()
        payloads = [base64.b64encode(bytes([n]) * 160) for n in range(50)]
        for payload in payloads:
            phone.media(payload)
        until(lambda: len(session.audio) == 50)
        assert session.audio == [each.decode() for each in payloads]


def test_audio_that_comes_together_with_a_mark_between_keeps_its_order() -> None:
    with ends() as both:
        phone, session = both.up()
        payloads = [base64.b64encode(bytes([n]) * 160).decode() for n in range(12)]
        spelled = [
            json.dumps(
                {"event": "media", "sequenceNumber": str(n), "media": {
                    "track": "inbound", "chunk": str(n), "timestamp": str(20 * n), "payload": payload,
                }, "streamSid": SID}, separators=(",", ":"),
            ).encode() for n, payload in enumerate(payloads)
        ]  # fmt: skip
        mark = json.dumps({"event": "mark", "mark": {"name": "unknown"}, "streamSid": SID}).encode()
        phone.raw(*spelled[:5], mark, *spelled[5:])
        until(lambda: len(session.audio) == 12)
        assert session.audio == payloads


def test_media_of_another_spelling_is_understood() -> None:
    with ends() as both:
        phone, session = both.up()
        media = {"track": "inbound", "chunk": "1", "timestamp": "5", "payload": sound(40)}
        phone.raw(json.dumps({"streamSid": SID, "event": "media", "media": media}, indent=1).encode())
        assert until(lambda: session.audio) == [sound(40)]


def test_what_was_read_before_the_takeover_is_not_lost() -> None:
    """Frames that arrived in the same packet as `start` come first."""
    with ends() as both:
        _, session = both.up()
        text = json.dumps(
            {"event": "media", "media": {"timestamp": "1", "payload": sound(20)}, "streamSid": SID}
        ).encode()
        frame = bytes([0x81, 0xFE]) + len(text).to_bytes(2, "big") + bytes(4) + text
        phone = both.phone(2, leftover=frame[:7])
        phone.sock.sendall(frame[7:])
        phone.media(sound(60).encode())
        assert until(lambda: session.audio[1:]) == [sound(60)]
        assert session.audio[0] == sound(20)


def test_the_ai_greets_only_when_told_and_the_caller_hears_ring_tone_until_then() -> None:
    with ends() as both:
        phone, session = both.up()
        until(lambda: phone.own())
        assert "response.create" not in session.types()
        both.switchboard.speak("c1", "", 0.0)
        created = session.wait("response.create")
        assert created["response"] == {"metadata": {"purpose": "greeting"}}
        assert session.got[-2]["item"]["role"] == "system"
        session.say("i1", 400, "Hello there", "greeting")
        until(lambda: phone.heard(400))
        order = [each["event"] for each in phone.got]
        assert "clear" in order  # the tone ends before the voice begins
        voice = [each.get("media", {}).get("payload") for each in phone.got].index(sound(400))
        assert order.index("clear") < voice


def test_the_greeting_waits_for_its_delay() -> None:
    with ends(speed=10) as both:
        _, session = both.up()
        both.switchboard.speak("c1", "Say that you are back.", 1.0)
        note = session.wait("conversation.item.create")
        assert note["item"]["content"][0]["text"] == "Say that you are back."
        assert session.wait("response.create")["response"]["metadata"] == {"purpose": "news"}


def test_marks_are_unique_and_follow_what_they_mark() -> None:
    with ends() as both:
        phone, session = both.up()
        session.begin("r1")
        session.speak("r1", "i1", 600, "One two three four five six", pieces=3)
        session.end("r1")
        until(lambda: len(phone.marks()) == 3)
        assert len(set(phone.marks())) == 3
        assert [each["event"] for each in phone.got if each["event"] != "media"][-3:] == ["mark"] * 3
        assert phone.got[-1]["event"] == "mark"


def test_barge_in_clears_and_truncates_what_plays() -> None:
    """The caller hears no more, and the model forgets what was not heard, by the mark and the clock."""
    with ends() as both:
        phone, session = both.up()
        session.begin("r1")
        session.speak("r1", "i1", 8000, "one two three four five six seven eight", pieces=4)
        session.end("r1")
        first = until(phone.marks)[0]
        phone.mark(first)
        phone.media()
        until(lambda: session.audio)
        clears = len(phone.named("clear"))
        session.send("input_audio_buffer.speech_started", audio_start_ms=0, item_id="u1")
        cut = session.wait("conversation.item.truncate")
        assert (cut["item_id"], cut["content_index"]) == ("i1", 0)
        assert 2000 <= cut["audio_end_ms"] < 2900
        until(lambda: len(phone.named("clear")) > clears)
        assert both.desk.lines == [("ai", "one two…")]
        assert "conversation.item.delete" not in session.types()
        assert "response.cancel" not in session.types()


def test_barge_in_deletes_what_was_queued_and_never_heard() -> None:
    with ends() as both:
        phone, session = both.up()
        session.begin("r1")
        session.speak("r1", "i1", 4000, "first item")
        session.speak("r1", "i2", 6000, "second item")
        session.end("r1")
        until(lambda: len(phone.marks()) >= 2)
        until(lambda: phone.heard(6000))
        session.send("input_audio_buffer.speech_started", audio_start_ms=0, item_id="u1")
        assert session.wait("conversation.item.delete")["item_id"] == "i2"
        assert session.wait("conversation.item.truncate")["item_id"] == "i1"


def test_a_caller_who_speaks_into_silence_cuts_nothing() -> None:
    """Everything was heard: neither clear nor truncate, or the model would lose its own words."""
    with ends(speed=10) as both:
        phone, session = both.up()
        session.say("i1", 500, "All of this was heard.")
        until(lambda: both.desk.lines == [("ai", "All of this was heard.")])
        clears = len(phone.named("clear"))
        session.hear("u1", "thank you")
        until(lambda: ("caller", "thank you") in both.desk.lines)
        assert len(phone.named("clear")) == clears
        assert "conversation.item.truncate" not in session.types()


def test_late_audio_of_an_interrupted_response_is_dropped() -> None:
    with ends() as both:
        phone, session = both.up()
        session.begin("r1")
        place = {"response_id": "r1", "item_id": "i1", "output_index": 0, "content_index": 0}
        session.send("response.output_audio.delta", **place, delta=sound(2000))
        until(lambda: phone.heard(2000))
        session.send("input_audio_buffer.speech_started", audio_start_ms=0, item_id="u1")
        session.send("response.output_audio.delta", **place, delta=sound(300))
        session.end("r1", "cancelled", status_details={"type": "cancelled", "reason": "turn_detected"})
        session.send("response.output_audio.delta", **place, delta=sound(300))
        session.say("i2", 100, "Yes?")
        until(lambda: phone.heard(100))
        assert not phone.heard(300)


def test_an_echo_of_an_older_mark_counts_for_nothing() -> None:
    """After a clear Twilio gives all outstanding marks back: they must not shorten the next barge-in."""
    with ends() as both:
        phone, session = both.up()
        session.say("i1", 5000, "a long sentence")
        old = until(phone.marks)
        played = time.monotonic() + 0.02
        until(lambda: time.monotonic() > played)  # of what was never heard nothing is left to shorten
        session.send("input_audio_buffer.speech_started", audio_start_ms=0, item_id="u1")
        session.wait("conversation.item.truncate")
        session.send("input_audio_buffer.committed", item_id="u1", previous_item_id=None)
        session.say("i2", 5000, "another long sentence")
        until(lambda: len(phone.marks()) > len(old))
        for name in old:
            phone.mark(name)
        phone.media()
        until(lambda: session.audio)
        began = time.monotonic()
        until(lambda: time.monotonic() > began + 0.02)
        session.send("input_audio_buffer.speech_started", audio_start_ms=0, item_id="u2")
        cut = session.wait("conversation.item.truncate", 2)
        assert cut["item_id"] == "i2"
        assert cut["audio_end_ms"] < 2000


def test_transcripts_of_both_sides_are_kept_as_far_as_heard() -> None:
    with ends(speed=20) as both:
        _, session = both.up()
        session.say("i1", 1000, "Hello, how can I help?")
        until(lambda: both.desk.lines == [("ai", "Hello, how can I help?")])
        session.hear("u1", "  what are your hours  ")
        until(lambda: both.desk.lines[1:] == [("caller", "what are your hours")])


def test_the_server_is_told_to_cancel_only_where_it_does_not_by_itself() -> None:
    with ends(session={"interrupt_response": False}) as both:
        phone, session = both.up()
        session.begin("r1")
        place = {"response_id": "r1", "item_id": "i1", "output_index": 0, "content_index": 0}
        session.send("response.output_audio.delta", **place, delta=sound(2000))
        until(lambda: phone.heard(2000))
        session.send("input_audio_buffer.speech_started", audio_start_ms=0, item_id="u1")
        assert session.wait("response.cancel")["response_id"] == "r1"
