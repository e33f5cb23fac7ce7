"""Sessions of the local model over a real WebSocket: turns, responses, barge-in, truncation, tools."""

from __future__ import annotations

import asyncio
import base64
import json
from typing import Any

import numpy as np
import pytest

from tests.relay import strict
from tests.simulator.model.client import LOOK_UP, TURNS, Client, Json, live, serving
from warmtransfer.simulator.model.matching import MatchEars
from warmtransfer.simulator.sound.audio import PCM, encode
from warmtransfer.simulator.sound.speech import Speech, spoken

PERSON = "I would like to speak to a person please"
HOURS = "What are your opening hours"


async def caller(*texts: str) -> tuple[MatchEars, list[PCM]]:
    """Ears that know these sentences, and the sentences as sound."""
    sounds = [await spoken(text, "woman") for text in texts]
    return MatchEars(Speech.even(text, sound) for text, sound in zip(texts, sounds, strict=True)), sounds


async def error_to(client: Client, kind: str, **fields: Any) -> Json:
    """The error that answers an event."""
    await client.send(kind, event_id="mine", **fields)
    error = (await client.until("error"))["error"]
    assert error["event_id"] == "mine"
    return dict(error)


async def greeted(client: Client) -> str:
    """Configure, have the caller greeted, and give the id of the greeting."""
    await client.update()
    await client.send("response.create")
    done = await client.until("response.done")
    return str(done["response"]["output"][0]["id"])


@live
async def test_session_created_shows_the_whole_configuration_and_when_it_ends() -> None:
    async with serving() as served:
        session = (await (await served.connect()).until("session.created"))["session"]
    assert session["type"] == "realtime"
    assert session["model"] == "gpt-realtime-2.1"
    assert session["audio"]["input"]["turn_detection"]["silence_duration_ms"] == 200
    assert session["expires_at"] > 1_700_000_000
    assert session["id"].startswith("sess_")


@live
async def test_an_update_changes_only_what_it_names() -> None:
    async with serving() as served:
        client = await served.connect()
        await client.update(instructions="Be brief.")
        await client.send(
            "session.update",
            session={
                "type": "realtime",
                "audio": {"input": {"turn_detection": {"type": "server_vad", "threshold": 0.7}}},
            },
        )
        session = (await client.until("session.updated"))["session"]
        detection = session["audio"]["input"]["turn_detection"]
        assert detection == {**TURNS, "threshold": 0.7, "idle_timeout_ms": None}
        assert session["instructions"] == "Be brief."
        assert session["audio"]["output"]["format"] == {"type": "audio/pcmu"}
        await client.send("session.update", session={"type": "realtime", "tools": [], "instructions": ""})
        session = (await client.until("session.updated"))["session"]
        assert (session["tools"], session["instructions"]) == ([], "")


@live
async def test_model_and_a_heard_voice_cannot_be_changed() -> None:
    async with serving() as served:
        client = await served.connect()
        error = await error_to(
            client, "session.update", session={"type": "realtime", "model": "gpt-realtime"}
        )
        assert error["param"] == "session.model"
        await greeted(client)
        change = {"type": "realtime", "audio": {"output": {"voice": "coral"}}}
        error = await error_to(client, "session.update", session=change)
        assert error["code"] == "cannot_update_voice"


@live
async def test_a_greeting_has_every_event_in_the_order_of_the_server() -> None:
    async with serving() as served:
        client = await served.connect()
        await client.update()
        start = len(client.events)
        await client.send("response.create")
        done = (await client.until("response.done"))["response"]
        kinds = [event["type"] for event in client.events[start:]]
        assert list(dict.fromkeys(kinds)) == [
            "response.created",
            "rate_limits.updated",
            "response.output_item.added",
            "conversation.item.added",
            "response.content_part.added",
            "response.output_audio_transcript.delta",
            "response.output_audio.delta",
            "response.output_audio.done",
            "response.output_audio_transcript.done",
            "response.content_part.done",
            "response.output_item.done",
            "conversation.item.done",
            "response.done",
        ]
        words = "".join(event["delta"] for event in client.of("response.output_audio_transcript.delta"))
        assert words == served.setup.book.greeting
        assert done["status"] == "completed"
        assert done["output"][0]["content"] == [{"type": "output_audio", "transcript": words}]
        assert done["usage"]["output_tokens"] > 0


@live
async def test_audio_comes_in_bursts_faster_than_it_plays() -> None:
    async with serving(speed=2.0) as served:
        client = await served.connect()
        await client.update()
        await client.send("response.create")
        await client.until("response.output_audio.delta")
        before = served.setup.clock.now()
        await client.until("response.output_audio.done")
        took = served.setup.clock.now() - before
        seconds = len(client.audio()) / 8000
        assert seconds > 3
        assert took < seconds / 2


@live
async def test_every_event_fits_the_types_of_the_openai_package_and_closes_what_it_opens() -> None:
    ears, (person, hours) = await caller(PERSON, HOURS)
    async with serving(ears=ears) as served:
        client = await served.connect()
        first = await greeted(client)
        await client.say(hours)
        await client.until("response.output_audio.delta")
        await client.say(person)
        await client.until("response.done", lambda event: event["response"]["status"] == "completed")
        await client.send("conversation.item.truncate", item_id=first, content_index=0, audio_end_ms=100)
        await client.until("conversation.item.truncated")
        await client.send("conversation.item.retrieve", item_id=first)
        await client.until("conversation.item.retrieved")
        await client.send("conversation.item.delete", item_id=first)
        await client.until("conversation.item.deleted")
        await client.send("input_audio_buffer.clear")
        await client.until("input_audio_buffer.cleared")
        await client.send("response.cancel")
        await client.until("error")
    for event in client.events:
        assert strict.server().validate_python(event).type == event["type"]
    ids = [event["event_id"] for event in client.events]
    assert len(ids) == len(set(ids))
    for opened, over in (
        ("response.created", "response.done"),
        ("response.output_item.added", "response.output_item.done"),
        ("response.content_part.added", "response.content_part.done"),
        ("conversation.item.added", "conversation.item.done"),
        ("input_audio_buffer.speech_started", "input_audio_buffer.speech_stopped"),
    ):
        assert len(client.of(opened)) == len(client.of(over)) > 0, opened


@live
async def test_the_caller_asking_for_a_person_makes_the_tool_call_with_what_was_said() -> None:
    ears, (person, hours) = await caller(PERSON, HOURS)
    async with serving(ears=ears) as served:
        client = await served.connect()
        await greeted(client)
        await client.say(hours)
        told = await client.until("response.output_audio_transcript.done")
        await client.until("response.done")
        await client.say(person)
        started = await client.until("input_audio_buffer.speech_started")
        stopped = await client.until("input_audio_buffer.speech_stopped")
        committed = await client.until("input_audio_buffer.committed")
        done = (await client.until("response.done"))["response"]
    assert started["item_id"] == stopped["item_id"] == committed["item_id"]
    assert started["audio_start_ms"] < stopped["audio_end_ms"]
    heard = client.of("conversation.item.input_audio_transcription.completed")[-1]
    assert (heard["transcript"], heard["item_id"]) == (PERSON, committed["item_id"])
    line, call = done["output"]
    assert line["content"][0]["transcript"] == "One moment, I will get someone for you."
    assert (call["name"], call["status"]) == ("transfer_to_human", "completed")
    arguments = json.loads(call["arguments"])
    assert set(arguments) == {"target", "reason", "summary"}
    assert arguments["target"] in ("sam", "kim")
    assert arguments["reason"] == HOURS
    assert HOURS in arguments["summary"]
    assert told["transcript"].split(". ")[0].rstrip(".") in arguments["summary"]
    final = client.of("response.function_call_arguments.done")[-1]
    assert (final["name"], final["call_id"], final["arguments"]) == (
        "transfer_to_human",
        call["call_id"],
        call["arguments"],
    )
    deltas = client.of("response.function_call_arguments.delta")
    assert "".join(event["delta"] for event in deltas) == call["arguments"]


@live
async def test_speech_over_a_response_cancels_it_and_the_new_words_are_answered() -> None:
    ears, (person, hours) = await caller(PERSON, HOURS)
    async with serving(ears=ears) as served:
        client = await served.connect()
        await client.update()
        await client.say(hours)
        await client.until("response.output_audio.delta")
        await client.say(person)
        await client.until("input_audio_buffer.speech_started")
        done = (await client.until("response.done"))["response"]
        assert done["status"] == "cancelled"
        assert done["status_details"] == {"type": "cancelled", "reason": "turn_detected"}
        assert done["output"][0]["status"] == "incomplete"
        answer = (await client.until("response.done"))["response"]
        assert [item["type"] for item in answer["output"]] == ["message", "function_call"]
        cut = done["output"][0]["id"]
        last = max(n for n, e in enumerate(client.events) if e.get("item_id") == cut and "delta" in e)
        over = next(
            n for n, e in enumerate(client.events) if e["type"] == "response.done" and e["response"] == done
        )
        assert last < over


@live
async def test_without_interrupt_response_the_response_runs_on_and_the_next_one_is_refused() -> None:
    ears, (person, hours) = await caller(PERSON, HOURS)
    async with serving(ears=ears) as served:
        client = await served.connect()
        await client.update(turns={**TURNS, "interrupt_response": False})
        await client.say(hours)
        await client.until("response.output_audio.delta")
        await client.say(person)
        error = await client.until("error")
        assert error["error"]["code"] == "conversation_already_has_active_response"
        assert (await client.until("response.done"))["response"]["status"] == "completed"


@live
async def test_truncation_keeps_what_was_heard_and_drops_the_transcript() -> None:
    async with serving() as served:
        client = await served.connect()
        first = await greeted(client)
        length = len(client.audio(first)) // 8
        place = {"item_id": first, "content_index": 0}
        error = await error_to(client, "conversation.item.truncate", **place, audio_end_ms=length + 1)
        assert (error["code"], error["message"]) == (
            None,
            f"Audio content of {length}ms is already shorter than {length + 1}ms",
        )
        await client.send("conversation.item.truncate", **place, audio_end_ms=length // 2)
        truncated = await client.until("conversation.item.truncated")
        assert truncated["audio_end_ms"] == length // 2
        await client.send("conversation.item.retrieve", item_id=first)
        part = (await client.until("conversation.item.retrieved"))["item"]["content"][0]
        assert "transcript" not in part
        assert base64.b64decode(part["audio"]) == client.audio(first)[: length // 2 * 8]
        note = next(row for row in served.rows() if row.get("event") == "truncated")
        assert note["whole"].startswith(note["text"])
        assert 0.3 < len(note["text"]) / len(note["whole"]) < 0.6
        again = await error_to(client, "conversation.item.truncate", **place, audio_end_ms=length)
        assert again["message"] == f"Audio content of {length // 2}ms is already shorter than {length}ms"


@live
async def test_what_is_still_being_said_can_be_truncated_and_cancelled() -> None:
    async with serving() as served:
        client = await served.connect()
        await client.update()
        await client.send("response.create")
        delta = await client.until("response.output_audio.delta")
        place = {"item_id": delta["item_id"], "content_index": 0}
        await client.send("conversation.item.truncate", **place, audio_end_ms=0)
        await client.send("response.cancel")
        assert (await client.until("response.done"))["response"]["status"] == "cancelled"
        await client.send("conversation.item.retrieve", item_id=delta["item_id"])
        await client.until("conversation.item.retrieved")


@live
async def test_only_known_assistant_audio_can_be_truncated() -> None:
    async with serving() as served:
        client = await served.connect()
        await client.update()
        error = await error_to(
            client, "conversation.item.truncate", item_id="item_no", content_index=0, audio_end_ms=0
        )
        assert (error["code"], error["param"]) == ("item_truncate_invalid_item_id", "item_id")
        item = {
            "id": "mine",
            "type": "message",
            "role": "user",
            "content": [{"type": "input_text", "text": "hi"}],
        }
        await client.send("conversation.item.create", item=item)
        await client.until("conversation.item.done")
        error = await error_to(
            client, "conversation.item.truncate", item_id="mine", content_index=0, audio_end_ms=0
        )
        assert error["code"] == "unsupported_content_type"
        assert error["message"] == "Only model output audio messages can be truncated"


@live
async def test_items_keep_their_order_and_their_ids() -> None:
    async with serving() as served:
        client = await served.connect()
        for item_id, previous in (("b", None), ("d", None), ("a", "root"), ("c", "b")):
            item = {
                "id": item_id,
                "type": "message",
                "role": "system",
                "content": [{"type": "input_text", "text": "x"}],
            }
            fields = {"previous_item_id": previous} if previous else {}
            await client.send("conversation.item.create", item=item, **fields)
            await client.until("conversation.item.done")
        added = [(e["item"]["id"], e["previous_item_id"]) for e in client.of("conversation.item.added")]
        assert added == [("b", None), ("d", "b"), ("a", None), ("c", "b")]
        error = await error_to(client, "conversation.item.create", item={**item, "id": "b"})
        assert error["code"] == "item_create_duplicate_item_id"
        error = await error_to(
            client, "conversation.item.create", item={**item, "id": "e"}, previous_item_id="z"
        )
        assert error["code"] == "item_create_invalid_previous_item_id"
        for kind in ("delete", "retrieve"):
            error = await error_to(client, f"conversation.item.{kind}", item_id="z")
            assert error["code"] == f"item_{kind}_invalid_item_id"


@live
async def test_harmless_races_give_the_errors_of_the_server_and_the_session_goes_on() -> None:
    async with serving() as served:
        client = await served.connect()
        await client.update()
        assert (await error_to(client, "response.cancel"))["code"] == "response_cancel_not_active"
        assert (await error_to(client, "input_audio_buffer.commit"))[
            "code"
        ] == "input_audio_buffer_commit_empty"
        await client.send("response.create")
        await client.until("response.created")
        error = await error_to(client, "response.create")
        assert error["code"] == "conversation_already_has_active_response"
        assert (await error_to(client, "output_audio_buffer.clear"))["param"] == "type"
        assert (await error_to(client, "input_audio_buffer.append", audio="?"))["param"] == "audio"
        await client.ws.send_str("{")
        assert (await client.until("error"))["error"]["code"] == "invalid_json"
        await client.ws.send_bytes(b"audio")
        await client.until("error")
        assert (await client.until("response.done"))["response"]["status"] == "completed"


@live
async def test_response_cancel_ends_the_response_at_once() -> None:
    async with serving() as served:
        client = await served.connect()
        await client.update()
        await client.send("response.create")
        await client.until("response.output_audio.delta")
        await client.send("response.cancel")
        done = (await client.until("response.done"))["response"]
        assert (done["status"], done["status_details"]["reason"]) == ("cancelled", "client_cancelled")
        await client.send("response.create")
        assert (await client.until("response.done"))["response"]["status"] == "completed"


@live
async def test_without_turn_detection_only_a_commit_makes_a_turn() -> None:
    ears, (hours,) = await caller(HOURS)
    async with serving(ears=ears) as served:
        client = await served.connect()
        await client.update(turns=None)
        await client.say(hours)
        await client.send("input_audio_buffer.commit")
        committed = await client.until("input_audio_buffer.committed")
        await client.until("conversation.item.input_audio_transcription.completed")
        assert client.of("response.created") == client.of("input_audio_buffer.speech_started") == []
        await client.send("response.create")
        done = (await client.until("response.done"))["response"]
        assert "Monday" in done["output"][0]["content"][0]["transcript"]
        assert committed["previous_item_id"] is None


@live
async def test_a_tool_output_is_spoken_and_its_instructions_are_obeyed() -> None:
    async with serving() as served:
        client = await served.connect()
        await client.update(tools=[LOOK_UP])
        call = {"type": "function_call", "name": "look_up_order", "call_id": "call_1", "arguments": "{}"}
        await client.send("conversation.item.create", item=call)
        for number, (output, spoken_line) in enumerate(
            (
                (
                    '{"status": "shipped on Monday"}',
                    "I have found your order. Its status is: shipped on Monday.",
                ),
                ('{"instructions": "Tell the caller that nobody is free."}', "Nobody is free."),
                ('{"say": "Say exactly: \\"We will call you back.\\""}', "We will call you back."),
            )
        ):
            item = {"type": "function_call_output", "call_id": "call_1", "output": output}
            await client.send("conversation.item.create", item=item)
            await client.send("response.create")
            done = (await client.until("response.done"))["response"]
            assert done["output"][0]["content"][0]["transcript"] == spoken_line, number
        item = {"type": "function_call_output", "call_id": "call_2", "output": "{}"}
        error = await error_to(client, "conversation.item.create", item=item)
        assert error["code"] == "invalid_tool_call_id"


@live
async def test_instructions_tools_and_voice_of_one_response_are_only_its_own() -> None:
    async with serving() as served:
        client = await served.connect()
        await client.update()
        say = {"instructions": 'Say exactly: "Sam will be with you now."', "tool_choice": "none"}
        await client.send("response.create", response={**say, "metadata": {"for": "introduction"}})
        done = (await client.until("response.done"))["response"]
        assert done["output"][0]["content"][0]["transcript"] == "Sam will be with you now."
        assert done["metadata"] == {"for": "introduction"}
        await client.send("response.create", response={"output_modalities": ["text"], **say})
        done = (await client.until("response.done"))["response"]
        assert done["output"][0]["content"] == [{"type": "output_text", "text": "Sam will be with you now."}]
        assert client.of("response.output_text.done")[0]["text"] == "Sam will be with you now."
        await client.send("response.create", response={"tool_choice": "required"})
        done = (await client.until("response.done"))["response"]
        assert [item["type"] for item in done["output"]] == ["function_call"]


@live
async def test_a_response_beside_the_conversation_leaves_no_item_in_it() -> None:
    async with serving() as served:
        client = await served.connect()
        await client.update()
        await client.send(
            "response.create", response={"conversation": "none", "instructions": "Greet the caller."}
        )
        done = (await client.until("response.done"))["response"]
        assert done["conversation_id"] is None
        assert client.of("conversation.item.added") == []


@live
async def test_what_comes_after_a_response_was_asked_for_is_not_part_of_it() -> None:
    async with serving() as served:
        client = await served.connect()
        await client.update()
        for text, asks in (('Greet the caller: "Hello, I am an AI."', True), ("It is now Sunday.", False)):
            content = [{"type": "input_text", "text": text}]
            item = {"type": "message", "role": "system", "content": content}
            await client.send("conversation.item.create", item=item)
            if asks:
                await client.send("response.create")
        done = (await client.until("response.done"))["response"]
        assert done["output"][0]["content"][0]["transcript"] == "Hello, I am an AI."


@live
async def test_a_seeded_session_remembers() -> None:
    ears, (there,) = await caller("Hello are you still there")
    async with serving(ears=ears) as served:
        client = await served.connect()
        await client.update()
        for role, kind, text in (
            ("user", "input_text", "My order number is 427"),
            ("assistant", "output_text", "Let me see."),
        ):
            item = {"type": "message", "role": role, "content": [{"type": kind, "text": text}]}
            await client.send("conversation.item.create", item=item)
        await client.say(there)
        done = (await client.until("response.done"))["response"]
        assert "My order number is 427" in done["output"][0]["content"][0]["transcript"]


@live
async def test_a_silent_caller_is_spoken_to_after_the_idle_timeout() -> None:
    async with serving(speed=20.0) as served:
        client = await served.connect()
        await client.update(turns={**TURNS, "idle_timeout_ms": 5000})
        await client.send("response.create")
        await client.until("response.done")
        audio_ms = len(client.audio()) // 8
        since = served.setup.clock.now()
        timeout = await client.until("input_audio_buffer.timeout_triggered")
        waited = served.setup.clock.now() - since
        assert waited > 4.5 + audio_ms / 1000
        committed = await client.until("input_audio_buffer.committed")
        assert committed["item_id"] == timeout["item_id"]
        done = (await client.until("response.done"))["response"]
        assert done["output"][0]["content"][0]["transcript"] == "Are you still there?"


@live
async def test_a_session_may_speak_and_hear_24_kilohertz() -> None:
    async with serving() as served:
        client = await served.connect()
        pcm = np.zeros(24000, "<i2").tobytes()
        await client.send("input_audio_buffer.append", audio=base64.b64encode(pcm).decode())
        await client.send("input_audio_buffer.commit")
        await client.until("input_audio_buffer.committed")
        await client.send("response.create", response={"instructions": "Greet the caller."})
        await client.until("response.output_audio.done")
        rate = len(client.audio()) / 2 / 24000
        expected = len(served.setup.book.greeting) / 15
        assert abs(rate - expected) < 0.3


@live
async def test_one_message_may_hold_many_frames_and_one_frame_may_come_in_pieces() -> None:
    ears, (person,) = await caller(PERSON)
    async with serving(ears=ears) as served:
        client = await served.connect()
        await client.update()
        sound = encode(np.concatenate([np.zeros(4000, np.int16), person, np.zeros(8000, np.int16)]))
        for start in range(0, len(sound), 1234):
            payload = base64.b64encode(sound[start : start + 1234]).decode()
            await client.send("input_audio_buffer.append", audio=payload)
        done = (await client.until("response.done"))["response"]
        assert done["output"][1]["name"] == "transfer_to_human"


@live
async def test_every_message_is_in_the_trace_both_ways_with_its_session() -> None:
    async with serving() as served:
        client = await served.connect()
        await greeted(client)
        await asyncio.wait_for(client.ws.close(), 5)
        session = client.events[0]["session"]["id"]
        rows = [row for row in served.rows() if row["kind"] == "realtime"]
    sent = [row["msg"] for row in rows if row["dir"] == "server" and row["session"] == session]
    assert sent == client.events
    assert [row["msg"]["type"] for row in rows if row["dir"] == "client"] == [
        "session.update",
        "response.create",
    ]
    times = [row["t"] for row in rows]
    assert times == sorted(times)


@pytest.mark.parametrize("silence", [300, 900])
def test_the_end_of_speech_waits_for_the_configured_silence(silence: int) -> None:
    @live
    async def story() -> None:
        ears, (person,) = await caller(PERSON)
        async with serving(ears=ears) as served:
            client = await served.connect()
            await client.update(turns={**TURNS, "silence_duration_ms": silence})
            await client.say(person, quiet=2.0)
            started = await client.until("input_audio_buffer.speech_started")
            stopped = await client.until("input_audio_buffer.speech_stopped")
            speech_ms = 300 + len(person) // 8
            assert abs(stopped["audio_end_ms"] - (speech_ms + silence)) < 250
            assert started["audio_start_ms"] <= 300

    story()
