"""A URL typed wrongly at Twilio: the caller is served or reaches a person, and the log names the setting."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
import requests

from tests.calls.story import SAM, Row, Story, accepts
from tests.calls.world import PUBLIC, World

STAY: Row = {"wait": 120}
OURS = f"{PUBLIC}/warmtransfer"
#: Twilio's "HTTP retrieval failure", for a URL that answers 404.
NOT_FOUND = 11200


class Urls:
    """The URLs of the account: those of its TwiML app and its number are set by REST, as people do."""

    def __init__(self, world: World) -> None:
        sid, token = world.keys["TWILIO_ACCOUNT_SID"], world.keys["TWILIO_AUTH_TOKEN"]
        self._auth = (sid, token)
        self._account = f"{world.base}/2010-04-01/Accounts/{sid}"
        (number,) = self._ask("GET", "IncomingPhoneNumbers")["incoming_phone_numbers"]
        self._number = f"IncomingPhoneNumbers/{number['sid']}"
        self._app = f"Applications/{world.keys['TWILIO_APP_SID']}"
        self._before = (self._ask("GET", self._app), number)

    def app(self, voice: str) -> None:
        """The TwiML app asks here."""
        self._ask("POST", self._app, VoiceUrl=voice)

    def number(self, **fields: str) -> None:
        """The number has these: `VoiceUrl`, `StatusCallback`."""
        self._ask("POST", self._number, **fields)

    def whole(self) -> None:
        """All as it was."""
        app, number = self._before
        self.app(app["voice_url"])
        self.number(VoiceUrl=number["voice_url"], StatusCallback=number["status_callback"])

    def _ask(self, method: str, path: str, **fields: str) -> Any:
        url = f"{self._account}/{path}.json"
        answer = requests.request(method, url, data=fields or None, auth=self._auth, timeout=10)
        assert answer.ok, answer.text
        return answer.json()


@pytest.fixture
def urls(world: World) -> Iterator[Urls]:
    """Set before the call, and whole again after it; the process is a new one: each says a thing once."""
    world.end_app(signal.SIGKILL)
    world.start_app()
    found = Urls(world)
    yield found
    found.whole()


def loud(story: Story) -> list[str]:
    """What the app's log said loudly about settings at Twilio."""
    lines = story.world.log().splitlines()
    return [line for line in lines if "TWILIO_APP_SID" in line or "TWILIO_NUMBER" in line]


def calls(story: Story) -> list[Row]:
    """The app's calls with this caller."""
    found: list[Row] = story.world.api("GET", f"/calls?number={quote(story.number)}")["calls"]
    return found


@pytest.mark.parametrize("path", ["/voice", "/status", "/room/x", "/aii", "/ai/1/2"])
def test_a_wrong_url_of_the_twiml_app_brings_a_human_and_no_second_call(
    urls: Urls, story: Story, path: str
) -> None:
    urls.app(f"{OURS}{path}")
    story.expected |= {NOT_FOUND, 12100, 12300}
    story.world.phones(accepts(SAM))
    story.phone(STAY)
    story.leg("joined", "human-1", 120)
    assert len(calls(story)) == 1
    story.hang_up()
    assert [each["outcome"] for each in story.ends()["attempts"]] == ["accepted"]
    assert len([row for row in story.rows if row["kind"] == "leg" and row["event"] == "dialled"]) <= 6
    told = loud(story)
    assert [line for line in told if f"{OURS}/ai" in line]
    assert len(told) <= 2


@pytest.mark.parametrize("path", ["/ai", "/status", "/voice/"])
def test_a_number_whose_voice_url_is_another_of_ours_is_answered(
    urls: Urls, story: Story, path: str
) -> None:
    urls.number(VoiceUrl=f"{OURS}{path}")
    story.phone(STAY)
    story.stage("ai", 60)
    story.hang_up()
    story.ends()
    if path == "/voice/":
        assert story.world.log().count("ends in a slash") == 1
    else:
        (line,) = loud(story)
        assert f"must be {OURS}/voice" in line


def test_a_status_callback_that_comes_to_voice_ends_the_call_and_begins_none(
    urls: Urls, story: Story
) -> None:
    urls.number(StatusCallback=f"{OURS}/voice")
    story.phone(STAY)
    story.stage("ai", 60)
    story.hang_up()
    story.ends()
    assert len(calls(story)) == 1
    (line,) = loud(story)
    assert f"must be {OURS}/status" in line


def test_a_call_from_our_own_number_is_turned_away(story: Story) -> None:
    story.number = story.world.keys["TWILIO_NUMBER"]
    story.phone(STAY)
    story.wait("its end", lambda r: r["kind"] == "leg" and r["event"] == "ended", 30)
    assert calls(story) == []
    assert [line for line in loud(story) if "WARMTRANSFER_HUMANS" in line]
