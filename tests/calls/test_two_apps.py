"""Two apps, each with its own account and number, on one database: the default's file is soon shared."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from tests.calls.story import HELLO, Story
from tests.calls.world import TOKEN, free_port


class NotFound(BaseHTTPRequestHandler):
    """The carrier, to an account that has no call of the other's: asked for anything, it knows nothing."""

    def do_GET(self) -> None:
        """404, as Twilio words it."""
        body = json.dumps({"code": 20404, "message": "not found", "status": 404}).encode()
        self.server.asked.append(self.path)  # type: ignore[attr-defined]
        self.send_response(404)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_DELETE = do_GET  # noqa: N815 - the base class names them so

    def log_message(self, *_: Any) -> None:
        """No lines of its own."""


@pytest.fixture
def elsewhere() -> Iterator[ThreadingHTTPServer]:
    """The other account's REST API."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), NotFound)
    server.asked = []  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def test_a_second_app_that_starts_leaves_the_first_ones_calls_alone(
    story: Story, elsewhere: ThreadingHTTPServer
) -> None:
    """It asked its own account for the first one's caller, heard that there is none, and ended the call."""
    world = story.world
    story.phone(HELLO, {"wait": 200})
    story.greeted()
    before = story.app_call()
    port = free_port()
    second = world.made(
        "tests.calls.host",
        PORT=str(port),
        TWILIO_API_BASE_URL=f"http://127.0.0.1:{elsewhere.server_port}",
        TWILIO_ACCOUNT_SID="AC" + "9" * 32,
        TWILIO_NUMBER="+15550100077",
    )
    url = f"http://127.0.0.1:{port}/warmtransfer/api/calls"
    token = {"Authorization": f"Bearer {TOKEN}"}
    try:
        # It has taken up what is its own when it looks for rooms that nobody knows.
        world.until(lambda: elsewhere.asked, 30, "the second app to be up")  # type: ignore[attr-defined]
        assert world.web.get(url, headers=token, timeout=10).json()["calls"] == []
        assert world.web.get(f"{url}/{before['id']}", headers=token, timeout=10).status_code == 404
    finally:
        second.terminate()
        second.wait(20)
        world.processes.remove(second)
    after = story.app_call()
    assert after["stage"] == "ai"
    # What the first app finds itself when it looks after the call from time to time, and nothing else.
    more = {row["event"] for row in after["journal"][len(before["journal"]) :]}
    assert more <= {"TimedOut", "CallerPresent", "AIJoined", "AIIdle"}, more
    assert world.control("GET", f"/calls/{story.caller_sid}")["status"] == "in-progress"
    story.hang_up()
    story.ends()
