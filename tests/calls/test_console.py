"""The console of a running app: its news, its hand, and its end."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Iterator

import pytest
import requests

from tests.calls.story import HELLO, KIM, Story, accepts
from tests.calls.world import World

PASSWORD = "correct horse battery"


@pytest.fixture
def settings() -> dict[str, str]:
    """The console is on."""
    return {"WARMTRANSFER_CONSOLE_PASSWORD": PASSWORD}


@pytest.fixture
def anna(world: World) -> Iterator[requests.Session]:
    """A browser in which Anna has logged in."""
    with requests.Session() as browser:
        form = {"name": "Anna", "password": PASSWORD, "token": token(world, browser, "/login")}
        assert browser.post(at(world, "/login"), data=form, timeout=10).ok
        yield browser


def at(world: World, path: str) -> str:
    return f"http://127.0.0.1:{world.port}/warmtransfer/console{path}"


def token(world: World, browser: requests.Session, path: str) -> str:
    found = re.search(r'name="token" value="([0-9a-f]+)"', browser.get(at(world, path), timeout=10).text)
    assert found
    return found[1]


class Listening:
    """Reads a page's news, as a browser does, in a thread of its own."""

    def __init__(self, world: World, browser: requests.Session, path: str) -> None:
        self.messages: list[tuple[str, object]] = []
        self.ended = threading.Event()
        self._answer = browser.get(at(world, path), stream=True, timeout=30)
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        event = ""
        try:
            for line in self._answer.iter_lines(chunk_size=1):
                name, _, value = line.decode().partition(": ")
                event = value if name == "event" else event
                if name == "data":
                    self.messages.append((event, json.loads(value)))
        except (requests.RequestException, AttributeError):
            pass
        finally:
            self.ended.set()

    def told(self, event: str, text: str) -> bool:
        """Whether such a message has come with this in it."""
        return any(
            name == event and text in json.dumps(data, ensure_ascii=False) for name, data in self.messages
        )

    def close(self) -> None:
        """Leave the page."""
        self._answer.close()
        self._thread.join(10)


def test_a_person_is_rung_from_the_console_and_every_step_is_seen_there(
    story: Story, anna: requests.Session
) -> None:
    world = story.world
    world.phones(accepts(KIM))
    now = Listening(world, anna, "/news")
    story.phone(HELLO, {"until": "joined:human-1", "timeout": 90}, {"wait": 4}, {"hangup": True}).greeted()
    world.until(lambda: now.told("row", "with the AI"), 20, "the row of the call")
    page = Listening(world, anna, f"/calls/{story.call_id}/news")
    form = {"target": "kim", "summary": "Wants the atlas.", "token": token(world, anna, "")}
    assert anna.post(at(world, f"/calls/{story.call_id}/handoff"), data=form, timeout=10).ok
    story.leg("joined", "human-1", 90)
    for event, text in (
        ("row", "Kim’s phone is ringing"), ("row", "with Kim"),
    ):  # fmt: skip
        world.until(lambda event=event, text=text: now.told(event, text), 20, text)
    for event, text in (
        ("talk", "Anna asked, from here"), ("talk", "Wants the atlas."), ("part", "The caller is with Kim"),
    ):  # fmt: skip
        world.until(lambda event=event, text=text: page.told(event, text), 20, text)
    call = story.ends()
    world.until(lambda: page.told("over", "true"), 20, "the page to be told that it is over")
    assert call["handoff"]["source"] == "console: Anna"
    assert call["attempts"][0]["outcome"] == "accepted"
    silences = [row["data"]["seconds"] for row in call["journal"] if row["event"] == "SilenceHeard"]
    assert len(silences) == 1, "of the AI's one stream"
    assert 0.0 < silences[0] < 10.0
    now.close()
    page.close()


def test_open_pages_do_not_keep_a_process_that_is_told_to_end(world: World, anna: requests.Session) -> None:
    pages = [Listening(world, anna, "/news") for _ in range(3)]
    world.until(lambda: all(page.messages for page in pages), 20, "the pages' first news")
    began = time.monotonic()
    world.end_app()
    took = time.monotonic() - began
    assert all(page.ended.wait(5) for page in pages)
    world.start_app()
    assert took < 4.0, "less than it waits for what does not end"
