"""A recording is put into words by the maker of the model, beside its realtime API."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from warmtransfer.errors import ModelGone
from warmtransfer.ports.model.choose import PROVIDERS
from warmtransfer.ports.model.protocol import ModelSettings, Transcriber


class Maker(BaseHTTPRequestHandler):
    """Answers as told, and keeps what it was asked."""

    answer: tuple[int, bytes] = (200, b'{"text": " It is Mrs Lee. "}')
    asked: list[tuple[str, str, bytes]] = []  # noqa: RUF012

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.asked.append((self.path, self.headers["Authorization"], body))
        self.send_response(self.answer[0])
        self.end_headers()
        self.wfile.write(self.answer[1])

    def log_message(self, *_: Any) -> None:
        """Nothing."""


@pytest.fixture
def transcriber() -> Iterator[Transcriber]:
    Maker.asked.clear()
    Maker.answer = (200, b'{"text": " It is Mrs Lee. "}')
    server = HTTPServer(("127.0.0.1", 0), Maker)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"ws://127.0.0.1:{server.server_port}/v1/realtime?model=x"
    provider = PROVIDERS["openai"](ModelSettings(url=url, key="sk-test", language="en"))
    assert isinstance(provider, Transcriber)
    yield provider
    server.shutdown()
    server.server_close()


def test_the_words_come_from_beside_the_realtime_api_with_its_key(transcriber: Transcriber) -> None:
    assert transcriber.transcribe(b"RIFF\r\nsound") == "It is Mrs Lee."
    ((path, key, body),) = Maker.asked
    assert (path, key) == ("/v1/audio/transcriptions", "Bearer sk-test")
    assert b'name="model"' in body
    assert b"RIFF\r\nsound" in body


@pytest.mark.parametrize("answer", [(404, b"no"), (200, b"<html>"), (200, b"[]"), (200, b'{"text": 7}')])
def test_an_answer_without_words_is_a_model_that_cannot_be_had(
    transcriber: Transcriber, answer: tuple[int, bytes]
) -> None:
    Maker.answer = answer
    with pytest.raises(ModelGone) as caught:
        transcriber.transcribe(b"RIFF")
    assert "127.0.0.1" not in caught.value.reason
