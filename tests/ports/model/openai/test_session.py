"""OpenAI's protocol: what we say is what the real server takes, and whose turn it is."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from jsonschema import ValidationError  # type: ignore[import-untyped]

from tests.relay.strict import check_sent
from warmtransfer.core.available import available
from warmtransfer.core.rules import Human, Rules
from warmtransfer.errors import ModelGone
from warmtransfer.ports.model.connecting import open_socket
from warmtransfer.ports.model.openai import dialect, refusals
from warmtransfer.ports.model.openai.dialect import OpenAISettings
from warmtransfer.ports.model.openai.turns import Turns
from warmtransfer.ports.model.protocol import Want
from warmtransfer.relay.tools import transfer_tool

SAM = Human("Sam", "+15550100001", "orders")


@pytest.mark.parametrize(
    "settings",
    [
        OpenAISettings(),
        OpenAISettings(vad="semantic_vad", vad_eagerness="low"),
        OpenAISettings(vad_idle_ms=8000, create_response=False, interrupt_response=False),
        OpenAISettings(noise_reduction="near_field", language="en", speed=1.2),
        OpenAISettings(transcription_model=""),
    ],
)
def test_every_session_we_configure_is_one_the_server_takes(settings: OpenAISettings) -> None:
    check_sent(dialect.session_update(settings, [transfer_tool(available(Rules(humans=(SAM,)), 0.0))]))
    check_sent(dialect.session_update(settings, []))


@pytest.mark.parametrize(
    "event",
    [
        dialect.message("system", "a"),
        dialect.message("user", "a"),
        dialect.message("assistant", "a"),
        dialect.tool_output("call_1", '{"a": 1}'),
        dialect.respond("greeting"),
        dialect.respond("introduction", "Say this", tools=False),
        dialect.truncate("item_1", 0, 1200),
        {"type": "conversation.item.delete", "item_id": "i"},
        {"type": "input_audio_buffer.clear"},
        {"type": "response.cancel", "response_id": "r"},
    ],
    ids=lambda event: event["type"],
)
def test_every_event_we_send_is_one_the_server_takes(event: dict[str, Any]) -> None:
    check_sent({"event_id": "wt_1", **event})


def test_an_append_is_spelled_without_a_json_library_and_still_right() -> None:
    event = json.loads(dialect.APPEND + b"AAAA" + dialect.APPENDED)
    check_sent(event)
    assert event == {"type": "input_audio_buffer.append", "audio": "AAAA"}


AUDIO = {
    "type": "response.output_audio.delta", "event_id": "event_1", "response_id": "resp_1",
    "item_id": "item_1", "output_index": 0, "content_index": 0, "delta": "AAECAw==",
}  # fmt: skip


@pytest.mark.parametrize(
    "data",
    [
        json.dumps(AUDIO, separators=(",", ":")),
        json.dumps(AUDIO),
        json.dumps({**AUDIO, "obfuscation": "xyz"}, separators=(",", ":")),
        json.dumps({"delta": "AAECAw==", **AUDIO}, separators=(",", ":")),
        json.dumps({**AUDIO, "item_id": 'say "delta":"no"'}, separators=(",", ":")),
        json.dumps(AUDIO, separators=(",", ":")).replace("=", "\\u003d"),
        json.dumps({"type": AUDIO["type"], "meta": {"delta": "zzzz"}, **AUDIO}, separators=(",", ":")),
        json.dumps({"type": AUDIO["type"], 'x"delta': "zzzz", **AUDIO}, separators=(",", ":")),
        json.dumps(AUDIO, separators=(",", ":"))[:-1].replace("AAEC", "BBBB") + ',"delta":"AAECAw=="}',
    ],
)
def test_audio_is_read_as_json_reads_it_however_it_is_spelled(data: str) -> None:
    assert dialect.decode(data.encode()) == {**json.loads(data), "delta": b"AAECAw=="}


@pytest.mark.parametrize("delta", ['A"A=', "A\\A=", "\u00e4AA=", "AAA", "A\nA=", "AA==AAAA", "a b!"])
@pytest.mark.parametrize("separators", [(",", ":"), (", ", ": ")], ids=["usual", "careful"])
def test_audio_that_could_not_stand_between_quotes_is_no_event(
    delta: str, separators: tuple[str, str]
) -> None:
    with pytest.raises(ValueError):
        dialect.decode(json.dumps({**AUDIO, "delta": delta}, separators=separators).encode())


@pytest.mark.parametrize("raw", ["A\nAA", "AAA\0"])
def test_raw_control_characters_in_audio_are_refused(raw: str) -> None:
    data = json.dumps(AUDIO, separators=(",", ":")).replace("AAECAw==", raw)
    with pytest.raises(ValueError):
        dialect.decode(data.encode())


@pytest.mark.parametrize("data", [b"", b"{", b"\xff", b'{"type":"response.output_audio.delta","delta":"AAAA'])
def test_what_is_no_event_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError):
        dialect.decode(data)


def test_the_check_itself_refuses_beta_shapes_and_misspelt_fields() -> None:
    for wrong in (
        {"type": "session.update", "session": {"type": "realtime", "temperature": 0.8}},
        {"type": "conversation.item.truncate", "item_id": "i", "content_index": 0, "audio_end_ms": "9"},
    ):
        with pytest.raises((ValidationError, ValueError)):
            check_sent(wrong)


@pytest.mark.parametrize(
    ("settings", "url", "lines"),
    [
        (
            OpenAISettings(key="k"),
            "wss://api.openai.com/v1/realtime?model=gpt-realtime-2.1",
            ["Authorization: Bearer k"],
        ),
        (
            OpenAISettings(key="k", url="wss://r.openai.azure.com/openai/v1/realtime", header="api-key",
                          scheme="", model="my deployment"),
            "wss://r.openai.azure.com/openai/v1/realtime?model=my+deployment",
            ["api-key: k"],
        ),
        (
            OpenAISettings(url="ws://localhost:8080/v1/realtime?model=own&x=1", extra_headers=(("A", "b"),)),
            "ws://localhost:8080/v1/realtime?model=own&x=1",
            ["A: b"],
        ),
    ],
)  # fmt: skip
def test_the_address_carries_the_model_and_a_header_the_key(
    settings: OpenAISettings, url: str, lines: list[str]
) -> None:
    assert dialect.address(settings) == url
    assert dialect.headers(settings) == lines


@pytest.mark.parametrize(
    ("code", "word"),
    [
        ("credit_balance_exhausted", "no credit left"),
        ("project_spend_limit_exceeded", "spend limit"),
        ("organization_spend_limit_exceeded", "spend limit"),
        ("organization_usage_limit_exceeded", "ask for more"),
    ],
)
def test_a_billing_error_is_told_by_its_code_and_not_by_its_type(code: str, word: str) -> None:
    error = {"type": "insufficient_quota", "code": code}
    assert dialect.fatal_error(error) == code
    lost = refusals.refused(429, json.dumps({"error": error}).encode())
    assert lost.fatal
    assert code in lost.reason
    assert word in lost.reason


def test_the_key_is_not_in_the_settings_text() -> None:
    assert "secret" not in repr(OpenAISettings(key="secret"))


def test_only_listed_errors_are_fatal_and_lost_races_are_harmless() -> None:
    assert dialect.fatal_error({"code": "insufficient_quota"})
    assert dialect.fatal_error({"type": "invalid_api_key"})
    assert dialect.fatal_error({"code": "of tomorrow", "type": "insufficient_quota"}) == "insufficient_quota"
    assert not dialect.fatal_error({"code": "server_error"})
    assert not dialect.fatal_error(None)
    assert dialect.harmless({"code": "response_cancel_not_active"})
    assert dialect.harmless({"code": None, "message": "Audio content of 500ms is already shorter than 900ms"})
    assert not dialect.harmless({"code": "server_error", "message": "oops"})


# Turns ------------------------------------------------------------------------------------------------


def test_one_response_at_a_time() -> None:
    turns = Turns()
    turns.want(Want("a"))
    turns.want(Want("b"))
    first = turns.next()
    assert first == Want("a")
    turns.asked(Want("a"), "e1")
    assert turns.next() is None
    turns.began("r1", "a")
    assert turns.next() is None
    assert turns.ended("r1") == "a"
    assert turns.next() == Want("b")


def test_the_same_wish_twice_is_one_response_with_the_later_words() -> None:
    turns = Turns()
    turns.want(Want("news", "old"))
    turns.want(Want("news", "new"))
    assert turns.next() == Want("news", "new")
    assert turns.next() is None


def test_a_response_the_server_began_is_not_taken_for_ours() -> None:
    turns = Turns()
    turns.want(Want("news", "n"))
    want = turns.next()
    assert want is not None
    turns.asked(want, "e1")
    turns.began("vad", None)
    turns.refused("e1", again=True)
    assert turns.ended("vad") == ""
    assert turns.next() == want  # with its note, which the other response began without


def test_a_server_without_metadata_still_tells_us_the_end_of_ours() -> None:
    turns = Turns()
    turns.asked(Want("introduction"), "e1")
    turns.began("r1", None)
    assert turns.ended("r1") == "introduction"


def test_a_request_the_server_refuses_for_good_is_forgotten() -> None:
    turns = Turns()
    turns.asked(Want("a"), "e1")
    turns.refused("other", again=False)
    assert turns.busy
    turns.refused("e1", again=False)
    assert not turns.busy


def test_while_gated_only_one_purpose_is_wanted() -> None:
    turns = Turns()
    turns.want(Want("news"))
    turns.began("r0", None)
    turns.keep_only("introduction")
    assert turns.unwanted() == "r0"
    assert turns.unwanted() is None  # told once
    assert not turns.heeded("r0")
    turns.ended("r0")
    turns.want(Want("answer"))
    assert turns.next() is None
    turns.want(Want("introduction"))
    want = turns.next()
    assert want is not None
    turns.asked(want, "e1")
    turns.began("r1", "introduction")
    assert turns.unwanted() is None
    assert turns.heeded("r1")


def test_a_server_that_takes_a_turn_and_never_answers_has_stalled() -> None:
    turns = Turns()
    turns.owed()
    assert not turns.stalled(1, 10)
    assert not turns.stalled(2, 10)
    assert turns.stalled(12.1, 10)
    turns.spoke()
    assert not turns.stalled(30, 10)
    turns.owed()
    turns.began("r1", None)
    turns.ended("r1")
    assert not turns.stalled(31, 10)
    assert not turns.stalled(99, 10)


def test_a_gated_session_owes_no_answer() -> None:
    turns = Turns()
    turns.keep_only("introduction")
    turns.owed()
    assert not turns.stalled(1, 10)
    assert not turns.stalled(99, 10)


def test_a_silent_response_stalls_and_a_talking_one_does_not() -> None:
    turns = Turns()
    assert not turns.stalled(0, 10)
    turns.asked(Want("a"), "e1")
    assert not turns.stalled(1, 10)
    assert not turns.stalled(10.9, 10)
    assert turns.stalled(11.1, 10)
    turns.began("r", "a")
    assert not turns.stalled(12, 10)
    turns.heeded("r")
    assert not turns.stalled(21, 10)
    turns.progressed()
    assert not turns.stalled(30, 10)
    turns.ended("r")
    assert not turns.stalled(99, 10)


# Connecting-------------------------------------------------------------------------------------------


@contextmanager
def answering(answer: bytes) -> Iterator[str]:
    """A server that gives this answer to whatever is asked."""
    with socket.create_server(("127.0.0.1", 0)) as door:

        def serve() -> None:
            peer, _ = door.accept()
            with peer:
                peer.recv(65536)
                peer.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"ws://127.0.0.1:{door.getsockname()[1]}/"
        thread.join(5)


@pytest.mark.parametrize(
    ("answer", "fatal"),
    [
        (b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n", True),
        (b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", True),
        (b"HTTP/1.1 429 Too Many\r\nContent-Length: 0\r\n\r\n", False),
        (
            b'HTTP/1.1 429 Too Many\r\nContent-Length: 29\r\n\r\n{"code":"insufficient_quota"}',
            True,
        ),
        (b"HTTP/1.1 503 Unavailable\r\nContent-Length: 0\r\n\r\n", False),
        (b"garbage\r\n\r\n", False),
        (b"", False),
    ],
)
def test_a_refused_upgrade_says_whether_another_try_can_help(answer: bytes, fatal: bool) -> None:
    with answering(answer) as url, pytest.raises(ModelGone) as lost:
        open_socket(url, [], 2.0, refusals.refused)
    assert lost.value.fatal is fatal


def test_half_a_character_in_a_transcript_or_a_tools_answer_is_sent_all_the_same() -> None:
    sent = dialect.encode(dialect.tool_output("call_1", "cut \ud83d off"))
    assert json.loads(sent)["item"]["output"] == "cut ? off"


@pytest.mark.parametrize(
    ("param", "given", "field", "instead", "key"),
    [
        ("session.audio.output.voice", {"voice": "nobody"}, "voice", "marin", "WARMTRANSFER_VOICE"),
        (
            "session.audio.input.transcription.language", {"language": "xx"}, "language", "",
            "WARMTRANSFER_LANGUAGE",
        ),
        (
            "session.audio.input.transcription.model", {"transcription_model": "whisper-9"},
            "transcription_model", "gpt-transcribe", "WARMTRANSFER_TRANSCRIPTION_MODEL",
        ),
        (
            "session.audio.input.transcription", {}, "transcription_model", "",
            "WARMTRANSFER_TRANSCRIPTION_MODEL",
        ),
        ("session.audio.input.turn_detection", {"vad_threshold": 9.0}, "vad_threshold", 0.5, "turn"),
        ("session.audio.output.speed", {"speed": 9.0}, "speed", 1.0, "speed"),
    ],
)  # fmt: skip
def test_what_a_server_refuses_is_left_to_its_default_and_the_key_is_named(
    param: str, given: dict[str, Any], field: str, instead: object, key: str
) -> None:
    found = refusals.without(OpenAISettings(**given), {"code": "invalid_value", "param": param})
    assert found is not None
    less, line = found
    assert getattr(less, field) == instead
    assert key in line
    assert repr(instead or "none") in line


@pytest.mark.parametrize("param", ["session.audio.output.voice", "session.tools[0].name", None])
def test_what_no_default_can_replace_is_a_refusal(param: str | None) -> None:
    assert refusals.without(OpenAISettings(), {"code": "invalid_value", "param": param}) is None


def test_every_error_that_ends_all_sessions_says_what_the_operator_can_do() -> None:
    assert set(refusals.ADVICE) >= dialect.FATAL
    assert "OPENAI_API_KEY" in refusals.refused(401, b"").reason
    assert "WARMTRANSFER_REALTIME_MODEL" in refusals.refused(404, b'{"code":"model_not_found"}').reason
    assert "credit" in refusals.refused(429, b'{"code":"insufficient_quota"}').reason
    assert refusals.refused(503, b"").reason == "the model's server answered 503"
