"""Listening in a real browser: in the page of another process than the stream's, on PostgreSQL; and on a
telephone that is a page itself."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.calls.sharing import Twins
from tests.calls.story import HELLO, Story
from tests.calls.world import World
from tests.chromium import browsers, kept, needs_chromium
from tests.postgres import Postgres
from tests.simulator.browser.test_chromium import AS_IT_IS, microphone
from warmtransfer.simulator.sound.audio import PCM, RATE, pause
from warmtransfer.simulator.sound.speech import recorded
from warmtransfer.simulator.witness.hearing import Within, chunks, voiced

pytestmark = needs_chromium
PASSWORD = "correct horse battery"
SAYS = "could you look up whether the parcel with my three books has left the house on tuesday"
#: Likeness of a second of speech to what the page played.
SAME = 0.8
#: And of what was not played.
OTHER = 0.4
#: The most seconds from a word on the line to the same word in the page.
LATE = 1.5
#: And from the button to the first sound.
SOON = 5.0
#: What the page's worklet gives the loudspeaker, with the time at which it does.
RECORDED = """
  window.played = [];
  const real = AudioNode.prototype.connect;
  AudioNode.prototype.connect = function (to, ...more) {
    if (this instanceof AudioWorkletNode && to === this.context.destination) {
      const recorder = this.context.createScriptProcessor(4096, 1, 1);
      recorder.onaudioprocess = ({ inputBuffer, playbackTime }) => {
        const now = (performance.timeOrigin + performance.now()) / 1000;
        window.played.push([now, playbackTime, Array.from(inputBuffer.getChannelData(0))]);
      };
      real.call(this, recorder);
      real.call(recorder, to);
    }
    return real.call(this, to, ...more);
  };
"""


@pytest.fixture(scope="module")
def running(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """In the place of the world that has SQLite: people listen at the speed of life."""
    folder = tmp_path_factory.mktemp("overheard")
    settings = {
        "DATABASE_URL": postgres.url,
        "WARMTRANSFER_CONSOLE_PASSWORD": PASSWORD,
        "WARMTRANSFER_HUMANS": "sam=+15550100001,lead=client:lead",
    }
    world = Twins(folder, speed=1.0, environment=settings)
    try:
        yield world.start()
    finally:
        world.stop()


def other(world: Twins, call_id: str) -> int:
    """The port of the process that has not got this call's stream."""
    holder = world.holder(call_id)
    return next(port for port, app in world.apps.items() if app.pid != holder)


def opened(page: Any, port: int, call_id: str) -> None:
    """Anna logs in and opens the call's page."""
    page.add_init_script(RECORDED)
    page.goto(f"http://127.0.0.1:{port}/warmtransfer/console/login")
    page.fill("#name", "Anna")
    page.fill("#password", PASSWORD)
    page.press("#password", "Enter")
    page.wait_for_selector("#now")
    page.goto(f"http://127.0.0.1:{port}/warmtransfer/console/calls/{call_id}")


def blocks(page: Any) -> int:
    """How many half seconds have been played."""
    return int(page.evaluate("window.played.length"))


def seconds(speech: PCM) -> list[tuple[float, PCM]]:
    """Its seconds, and where each begins."""
    return list(chunks(speech, voiced(speech), 1.0, 0.5, 0.5))


class Played:
    """What a page has given its loudspeaker, and when."""

    def __init__(self, page: Any) -> None:
        self._blocks = page.evaluate("window.played")
        first, last = self._blocks[0][1], self._blocks[-1]
        self.pcm: PCM = np.zeros(round((last[1] - first) * RATE) + len(last[2]), dtype=np.int16)
        self._starts = []
        for _, at, samples in self._blocks:  # a main thread that is busy misses some
            self._starts.append(round((at - first) * RATE))
            self.pcm[self._starts[-1] : self._starts[-1] + len(samples)] = np.array(samples) * 32767

    def when(self, sample: int) -> float:
        """At which second it was, at the latest: a block is told of once it is full."""
        n = max(0, int(np.searchsorted(self._starts, sample, side="right")) - 1)
        told, _, samples = self._blocks[n]
        return float(told) - (len(samples) - (sample - self._starts[n])) / RATE

    def like(self, speech: PCM, began: float) -> tuple[float, float]:
        """How like the least like second of this speech is, and by how many seconds the page is behind."""
        within = Within(self.pcm)
        pieces = seconds(speech)
        assert len(pieces) >= 2
        found = [(*within.find(piece), at) for at, piece in pieces]
        behind = [self.when(sample) - (began + at) for _, sample, at in found]
        return min(score for score, _, _ in found), float(np.median(behind))


def test_a_page_of_another_process_plays_what_caller_and_ai_say(story: Story, tmp_path: Path) -> None:
    """At most `LATE` seconds after the network has heard it, from button to sound within `SOON`."""
    world = story.world
    assert isinstance(world, Twins)
    story.phone(HELLO).greeted()
    with browsers(tmp_path / "no microphone") as (browser,):
        page = browser.new_page()
        with kept(tmp_path, page=page):
            opened(page, other(world, story.call_id), story.call_id)
            asked = time.monotonic()
            page.click("#ear button")
            page.wait_for_selector("#ear[data-state=listening]")
            assert time.monotonic() - asked < SOON
            world.control("POST", f"/calls/{story.caller_sid}/steps", [{"say": SAYS}, HELLO])
            story.note("speech", 30, text=SAYS)
            page.wait_for_selector("#talk .caller ~ .ai")
            page.wait_for_selector("#talk >> text=Anna listens in the console")
            page.fill("#text", "The shop closes at six.")
            page.click("text=It knows")
            page.wait_for_selector("#notices >> text=The AI has it.")
            so_far = blocks(page)
            world.until(lambda: blocks(page) > so_far + 4, 10, "two seconds more of sound")
            assert page.get_attribute("#ear", "data-state") == "listening", "the page is the same one"
            played = Played(page)
            story.hang_up()
            over = time.time()
            page.wait_for_selector("#ear[data-state=off]")
            page.screenshot(path="/tmp/LISTEN/off-390.png", full_page=True)
            assert page.inner_text("#ear-state") == "The call is over."
    seen = story.evidence()
    caller = seen.caller
    assert caller
    assert caller.answered
    assert caller.ended
    answered = over - (caller.ended - caller.answered)
    (words,) = [each for each in seen.spoken_by(caller) if each.text == SAYS]
    begin, end = (round((at - caller.answered) * RATE) for at in (words.start, words.end))
    for sound, first, last in ((seen.said(caller), begin, end), (seen.heard(caller), end, end + 6 * RATE)):
        likeness, behind = played.like(sound[first:last], answered + first / RATE)
        assert likeness > SAME
        assert behind < LATE


def test_a_supervisors_telephone_may_be_a_browser(story: Story, tmp_path: Path) -> None:
    """`client:lead` rings in a tab, is let in by key 1, hears the caller, and is heard by nobody."""
    world = story.world
    theirs = recorded("sam-help")
    wav = microphone(tmp_path / "lead.wav", pause(3), *([theirs, pause(1)] * 12))
    with browsers(wav) as (browser,):
        page = browser.new_page()
        page.add_init_script(AS_IT_IS)
        with kept(tmp_path, page=page):
            page.goto(f"{world.base}/phones/client:lead")
            story.phone(HELLO).greeted()
            world.api("POST", f"/calls/{story.call_id}/listen", {"name": "lead"})
            page.get_by_role("button", name="Answer").click(timeout=20_000)
            story.note("say", 30, leg="client:lead", text="Press 1")
            page.get_by_role("button", name="1", exact=True).click()
            assert story.leg("joined", "supervisor-1")["muted"]
            world.control("POST", f"/calls/{story.caller_sid}/steps", [{"say": SAYS}, HELLO])
            story.note("speech", 30, text=SAYS)
            story.hang_up()
            story.leg("ended", "supervisor-1", 20)
    seen = story.evidence()
    caller = seen.caller
    (lead,) = seen.kind("supervisor")
    assert caller
    said = seen.said(caller)
    assert max(Within(seen.heard(lead)).find(piece)[0] for _, piece in seconds(said)) > SAME
    assert max(Within(seen.said(lead)).find(piece)[0] for _, piece in seconds(theirs)) > SAME, "it spoke"
    assert max(Within(seen.heard(caller)).find(piece)[0] for _, piece in seconds(theirs)) < OTHER
