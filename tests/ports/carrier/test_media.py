"""Media Streams messages: real captures, what must be refused, and what we send."""

from __future__ import annotations

import base64
import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warmtransfer.ports.carrier import media

SID = "MZ00000000000000000000000000000001"
PAYLOAD = base64.b64encode(bytes(range(160))).decode()
START = {
    "event": "start",
    "sequenceNumber": "1",
    "start": {
        "accountSid": "AC00000000000000000000000000000001",
        "streamSid": SID,
        "callSid": "CA00000000000000000000000000000001",
        "tracks": ["inbound"],
        "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
        "customParameters": {"token": "t"},
    },
    "streamSid": SID,
}
MEDIA = {
    "event": "media",
    "sequenceNumber": "74",
    "media": {"track": "inbound", "chunk": "73", "timestamp": "1593", "payload": PAYLOAD},
    "streamSid": SID,
}


def wire(message: object) -> bytes:
    """As Twilio writes it: no spaces."""
    return json.dumps(message, separators=(",", ":")).encode()


def start(**changes: object) -> dict[str, object]:
    """A start message with other fields inside."""
    return {**START, "start": {**START["start"], **changes}}  # type: ignore[dict-item]


def test_what_twilio_sends_is_understood() -> None:
    assert media.parse(b'{"event":"connected","protocol":"Call","version":"1.0.0"}') == media.Connected()
    opened = media.parse(wire(START))
    assert opened == media.Start(SID, "CA00000000000000000000000000000001", {"token": "t"})
    assert media.parse(wire(MEDIA)) == media.Media(PAYLOAD.encode(), 1593)
    assert media.parse('{"event":"mark","streamSid":"MZ1","mark":{"name":"1.0.2"}}') == media.Mark("1.0.2")
    digit = '{"event":"dtmf","streamSid":"MZ1","dtmf":{"track":"inbound_track","digit":"#"}}'
    assert media.parse(digit) == media.Digit("#")
    assert media.parse('{"event":"stop","streamSid":"MZ1","stop":{"callSid":"CA1"}}') == media.Stop()


def test_an_event_of_tomorrow_is_no_fault() -> None:
    assert media.parse('{"event":"weather","rain":true}') == media.Unknown("weather")


def test_another_track_is_not_the_caller() -> None:
    other = {**MEDIA, "media": {**MEDIA["media"], "track": "outbound"}}  # type: ignore[dict-item]
    assert isinstance(media.parse(wire(other)), media.Unknown)


@pytest.mark.parametrize(
    "bad",
    [
        b"", b"{", b"[]", b"7", b'"media"', b"null", b"\xff\xfe", b"{}", b'{"event":7}', b'{"event":""}',
        b'{"event":"media"}', b'{"event":"media","media":[]}', b'{"event":"media","media":{}}',
        b'{"event":"media","media":{"timestamp":"1"}}',
        b'{"event":"media","media":{"timestamp":"1","payload":7}}',
        b'{"event":"media","media":{"timestamp":1,"payload":"AAAA"}}',
        b'{"event":"media","media":{"timestamp":"-1","payload":"AAAA"}}',
        b'{"event":"media","media":{"timestamp":"1","payload":"AAA"}}',
        b'{"event":"media","media":{"timestamp":"1","payload":"AA\\"A"}}',
        b'{"event":"mark"}', b'{"event":"mark","mark":{"name":7}}',
        b'{"event":"dtmf","dtmf":{"digit":"12"}}', b'{"event":"start","start":{}}',
        wire(start(mediaFormat={"encoding": "audio/x-l16", "sampleRate": 8000, "channels": 1})),
        wire(start(mediaFormat={"encoding": "audio/x-mulaw", "sampleRate": 16000, "channels": 1})),
        wire(start(customParameters=["token"])), wire(start(customParameters={"token": 7})),
        wire(start(streamSid="")), b"[" * 100000,
    ],
)  # fmt: skip
def test_anything_else_is_a_bad_message(bad: bytes) -> None:
    with pytest.raises(media.BadMessage):
        media.parse(bad)


@given(st.binary(max_size=200))
def test_no_bytes_can_break_the_reader(data: bytes) -> None:
    with contextlib.suppress(media.BadMessage):
        assert isinstance(media.parse(data), media.Message)


def test_the_usual_media_message_needs_no_json() -> None:
    usual = media.Usual(SID)
    assert usual.payload(wire(MEDIA)) == PAYLOAD.encode()
    later = {**MEDIA, "sequenceNumber": "1234567", "media": {**MEDIA["media"], "payload": "zz9+/A=="}}
    for message in (later, MEDIA, MEDIA, later):
        assert usual.payload(wire(message)) == message["media"]["payload"].encode()


@pytest.mark.parametrize(
    "data",
    [
        wire(MEDIA) + b" ",
        wire(MEDIA).replace(b'"track":"inbound"', b'"track":"outbound"'),
        wire(MEDIA).replace(b'"73"', b"73"),
        wire(MEDIA).replace(PAYLOAD.encode(), b"AAA"),
        wire(MEDIA).replace(PAYLOAD.encode(), b'A"A='),
        wire(MEDIA).replace(PAYLOAD.encode(), b""),
        wire(MEDIA).replace(PAYLOAD.encode() + b'"', b""),
        wire(MEDIA).replace(PAYLOAD.encode(), b"A=A="),
        wire(MEDIA).replace(PAYLOAD.encode(), b"A==="),
        wire(MEDIA).replace(PAYLOAD.encode(), b"AAA\\"),
        wire({**MEDIA, "streamSid": "MZ2"}),
        json.dumps(MEDIA).encode(),
        wire(START),
    ],
)
def test_any_other_spelling_takes_the_careful_way(data: bytes) -> None:
    usual = media.Usual(SID)
    assert usual.payload(data) is None
    assert usual.payload(wire(MEDIA)) == PAYLOAD.encode()
    assert usual.payload(data) is None


@given(st.integers(0, len(wire(MEDIA)) - 1), st.integers(0, 255))
def test_a_message_that_differs_anywhere_is_read_as_json_reads_it(place: int, byte: int) -> None:
    """After the usual one: only digits and audio may differ."""
    data = bytearray(wire(MEDIA))
    data[place] = byte
    usual = media.Usual(SID)
    assert usual.payload(wire(MEDIA)) is not None
    found = usual.payload(bytes(data))
    if found is not None:
        read = media.parse(bytes(data))
        assert isinstance(read, media.Media)
        assert read.payload == found


def test_both_ways_of_reading_agree() -> None:
    parsed = media.parse(wire(MEDIA))
    assert isinstance(parsed, media.Media)
    assert parsed.payload == media.Usual(SID).payload(wire(MEDIA))


def test_what_we_send_is_what_twilio_takes() -> None:
    ours = media.Spelling(SID)
    assert json.loads(ours.media(PAYLOAD.encode())) == {
        "event": "media", "streamSid": SID, "media": {"payload": PAYLOAD},
    }  # fmt: skip
    assert json.loads(ours.mark('1.0."x"')) == {
        "event": "mark", "streamSid": SID, "mark": {"name": '1.0."x"'},
    }  # fmt: skip
    assert json.loads(ours.clear()) == {"event": "clear", "streamSid": SID}
