"""The telephones in a real browser: a whole handoff by two microphones, and the sound's parts."""

from __future__ import annotations

import itertools
import json
import re
import signal
import socket
import subprocess
import sys
import time
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.axe import SCHEMES, violations
from tests.chromium import browsers, kept, needs_chromium
from warmtransfer.demo.run import free_port
from warmtransfer.simulator.sound.audio import PCM, RATE, decode, encode, load_wav, pause, resample
from warmtransfer.simulator.sound.speech import recorded
from warmtransfer.simulator.witness.hearing import Within, loud

ROOT = Path(__file__).parents[3]
pytestmark = needs_chromium
#: Likeness of a piece of a line to what was heard, if it was, and if it was not.
SAME, OTHER = 0.8, 0.4
PIECE = round(0.8 * RATE)
#: A recording has no echo and no noise, and a browser that takes them out makes another sound of it.
AS_IT_IS = """
  const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  const nothing = {echoCancellation: false, noiseSuppression: false, autoGainControl: false};
  navigator.mediaDevices.getUserMedia = (wanted) => {
    window.wanted = wanted.audio;
    return real({audio: nothing});
  };
"""


class Playing:
    """`make play`, from the outside."""

    def __init__(self, out: Path) -> None:
        self.out = out
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}/phones"
        self.process = subprocess.Popen(
            [sys.executable, "-m", "warmtransfer.demo.play", "--no-browser", "--out", str(out), "--port",
             str(self.port)],
            cwd=ROOT, stdout=subprocess.PIPE, text=True,
            # A suite that runs in the background of a shell hands on that it ignores Ctrl-C.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )  # fmt: skip

    def ready(self) -> None:
        """Waits until it says where the page is."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.startswith("The telephones:"):
                assert line.split()[-1] == self.url
                return
        raise AssertionError(f"it ended with {self.process.wait()}")

    def row(self, seconds: float = 60, **fields: Any) -> dict[str, Any]:
        """The first row of the trace with these fields, waited for."""
        limit = time.monotonic() + seconds
        path = self.out / "trace.jsonl"
        while time.monotonic() < limit:
            for line in path.read_text().splitlines():
                if line.endswith("}"):
                    found: dict[str, Any] = json.loads(line)
                    if all(re.fullmatch(str(value), str(found.get(key))) for key, value in fields.items()):
                        return found
            time.sleep(0.1)
        raise AssertionError(f"no row {fields}:\n" + path.read_text()[-4000:])

    def end(self) -> int:
        """Ctrl-C."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        self.process.communicate(timeout=20)
        return int(self.process.returncode)


@pytest.fixture
def playing(tmp_path: Path) -> Iterator[Playing]:
    found = Playing(tmp_path / "out")
    try:
        found.ready()
        yield found
    finally:
        found.end()


def microphone(path: Path, *parts: PCM) -> Path:
    """A WAV as a sound card gives it: 48 kHz."""
    pcm = resample(np.concatenate(parts), RATE, 48000)
    with wave.open(str(path), "wb") as wav:
        wav.setnchannels(1)
        wav.setsampwidth(2)
        wav.setframerate(48000)
        wav.writeframes(pcm.astype("<i2").tobytes())
    return path


#: Three seconds of sound, by the line that the page draws.
SPOKEN_TO = "window.telephones.telephones[0].heard.filter((point) => point > 0.3).length > 30"


def pages(*found: Browser) -> Iterator[Page]:
    for browser in found:
        page = browser.new_page()
        page.add_init_script(AS_IT_IS)
        yield page


def likeness(line: PCM, ear: PCM) -> float:
    """How much the best piece of a line is like something in an ear: pieces, because frames may be late."""
    within, starts = Within(ear), range(0, len(line) - PIECE, PIECE // 2)
    return max(within.find(line[start : start + PIECE])[0] for start in starts)


def until(page: Page, expression: str, seconds: float = 30) -> None:
    """Waits for something in the page, whose policy forbids to evaluate texts in it."""
    limit = time.monotonic() + seconds
    while not page.evaluate(expression):
        assert time.monotonic() < limit, f"waited in vain for {expression}"
        page.wait_for_timeout(100)


def at(page: Page, who: str, state: str, seconds: float = 60) -> None:
    expect(page.locator(f"#telephone-{who}")).to_have_attribute("data-at", state, timeout=seconds * 1000)


def heard(page: Page) -> float:
    """The highest point of the line that shows what a telephone hears."""
    return float(page.evaluate("Math.max(...window.telephones.telephones[0].heard)"))


def test_a_caller_asks_for_a_person_who_answers_and_both_hear_each_other(
    playing: Playing, tmp_path: Path
) -> None:
    ask, week, help_ = recorded("speak-person"), recorded("chat-week"), recorded("sam-help")
    callers = microphone(tmp_path / "caller.wav", pause(4), ask, pause(11), *([week, pause(2)] * 9))
    sams = microphone(tmp_path / "sam.wav", pause(7), *([help_, pause(2)] * 9))
    with browsers(callers, sams) as (one, two):
        caller, sam = pages(one, two)
        with kept(tmp_path, caller=caller, sam=sam):
            sam.goto(f"{playing.url}/sam")
            caller.goto(f"{playing.url}/caller")
            at(sam, "sam", "idle")
            caller.get_by_role("button", name="Call").click()
            at(caller, "caller", "talking")
            at(sam, "sam", "ringing")
            expect(sam.locator(".state")).to_have_text("Ringing: the Harbour Street Bookshop calls")
            assert heard(sam) == 0
            sam.get_by_role("button", name="Answer").click()
            at(sam, "sam", "talking")
            playing.row(kind="note", event="speech", leg="human-1|\\+15550100001", text=".*for Sam.*")
            assert heard(sam) > 0.3
            assert caller.evaluate("wanted.echoCancellation") is True
            sam.get_by_role("button", name="1", exact=True).click()
            playing.row(kind="leg", event="joined", label="human-1")
            playing.row(kind="leg", event="left", label="ai-1")
            for page in (sam, caller):
                page.evaluate("window.telephones.telephones[0].heard.fill(0)")
            for page in (sam, caller):
                until(page, SPOKEN_TO)
            caller.get_by_role("button", name="Hang up").click()
            at(caller, "caller", "idle")
            expect(caller.locator(".state")).to_have_text("You hung up.")
            at(sam, "sam", "idle", 20)
    rows = {who: playing.row(kind="leg", event="ended", label=who) for who in ("caller", "human-1")}
    there = playing.row(kind="leg", event="left", label="ai-1")["t"]
    assert playing.row(kind="note", event="press", leg="human-1|\\+15550100001")["digit"] == "1"
    assert playing.end() == 0
    ears = {}
    for who, row in rows.items():
        whole = load_wav(playing.out / row["wav"])
        ears[who] = whole[round((there - row["answered_at"]) * RATE) :], whole
    assert likeness(week, ears["human-1"][0]) > SAME
    assert likeness(help_, ears["caller"][0]) > SAME
    briefing = ears["human-1"][1][RATE // 2 : 3 * RATE]
    assert loud(briefing).mean() > 0.3
    assert likeness(briefing, ears["caller"][1]) < OTHER


def simulator(app: int, *options: str) -> tuple[subprocess.Popen[str], dict[str, Any]]:
    """A simulator by itself, and what it says at its start; its app is at this port."""
    command = ["-m", "warmtransfer.simulator", "--app", f"http://127.0.0.1:{app}", "--port", "0"]
    process = subprocess.Popen(
        [sys.executable, *command, "--quiet", *options], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    return process, json.loads(process.stdout.readline())


@pytest.fixture(scope="module")
def network() -> Iterator[dict[str, Any]]:
    """One whose app is away."""
    process, told = simulator(free_port(), "--phones-at", "127.0.0.1")
    try:
        yield told
    finally:
        process.terminate()
        process.communicate(timeout=10)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """One with a quiet microphone, to which this machine is also a device far away."""
    wav = microphone(tmp_path_factory.mktemp("microphone") / "quiet.wav", pause(1))
    with browsers(wav, flags=["--host-resolver-rules=MAP second.device.example 127.0.0.1"]) as (one,):
        yield one


@pytest.fixture
def parts(network: dict[str, Any], browser: Browser) -> Iterator[Page]:
    """A page that has the telephone's sound as a module, `sound`."""
    with browser.new_page() as page:
        page.goto(network["phones_url"])
        page.evaluate("import('/phones/assets/sound.js').then((found) => { window.sound = found })")
        yield page


def test_a_page_without_https_says_that_it_has_no_microphone_and_types(
    network: dict[str, Any], browser: Browser
) -> None:
    faults: list[Any] = []
    with browser.new_page() as page:
        page.on("pageerror", lambda fault: faults.append(fault))
        far = network["phones_url"].replace("127.0.0.1", "second.device.example")
        page.goto(f"{far}?{network['phones_elsewhere'].partition('?')[2]}")
        assert page.url == far
        at(page, "sam", "idle")
        page.get_by_role("button", name="Turn on microphone and sound").click()
        expect(page.locator("#sound-state")).to_contain_text("https pages and to this same machine alone")
        page.get_by_role("button", name="Call", exact=True).click()
        page.get_by_label("Type instead of speaking").first.fill("Hello?")
        page.keyboard.press("Enter")
        expect(page.locator("#telephone-caller .said")).to_have_text("Said: Hello?")
        until(page, "window.telephones.audio.next > 0")  # sound is played without a worklet
        until(page, "Math.max(...window.telephones.telephones[0].heard) > 0.3")
    assert not faults


def test_a_second_device_has_a_microphone_by_https(network: dict[str, Any], browser: Browser) -> None:
    link = network["phones_elsewhere"].replace("127.0.0.1", "second.device.example")
    with browser.new_page(ignore_https_errors=True) as page:
        page.goto(link.replace("/phones", "/phones/sam"))
        assert page.url.startswith("https://second.device.example")
        assert "token" not in page.url
        at(page, "sam", "idle")
        page.get_by_role("button", name="Turn on microphone and sound").click()
        expect(page.locator("#sound-state")).to_have_text("Microphone and sound are on.")


def test_a_telephone_that_is_opened_twice_says_where_it_is(network: dict[str, Any], browser: Browser) -> None:
    with browser.new_page() as first, browser.new_page() as second:
        first.goto(f"{network['phones_url']}/sam")
        at(first, "sam", "idle")
        second.goto(f"{network['phones_url']}/sam")
        at(second, "sam", "idle")
        at(first, "sam", "taken")
        expect(first.locator(".state")).to_have_text("Another page has taken this telephone.")
        first.get_by_role("button", name="Use it here").click()
        at(first, "sam", "idle")
        at(second, "sam", "taken")


def test_a_telephone_comes_back_once_the_page_that_took_it_is_closed(
    network: dict[str, Any], browser: Browser
) -> None:
    with browser.new_page() as first:
        first.goto(f"{network['phones_url']}/kim")
        at(first, "kim", "idle")
        with browser.new_page() as second:
            second.goto(f"{network['phones_url']}/kim")
            at(first, "kim", "taken")
            first.route("**/app.json", lambda route: route.abort())
            at(first, "kim", "lost")
            first.unroute("**/app.json")
            at(first, "kim", "taken")
            at(second, "kim", "idle")
        at(first, "kim", "idle")


def test_the_keyboard_stays_with_the_telephone_in_the_hand(network: dict[str, Any], browser: Browser) -> None:
    with browser.new_page() as page:
        page.goto(network["phones_url"])
        at(page, "caller", "idle")
        page.evaluate("""() => {
          const caller = window.telephones.telephones[0], send = caller.send.bind(caller);
          window.sent = [];
          caller.send = (what) => { window.sent.push(what.keys ?? what.do); send(what); };
        }""")
        page.locator("#telephone-caller [data-do=call]").focus()
        page.keyboard.press("Enter")
        at(page, "caller", "talking")
        assert page.evaluate("document.activeElement.closest('.telephone')?.id") == "telephone-caller"
        page.keyboard.press("1")
        page.evaluate("document.activeElement.blur()")
        page.keyboard.press("#")
        field = page.locator("#telephone-caller input")
        field.focus()
        page.keyboard.type("2 😀")
        assert page.evaluate("window.sent") == ["call", "1", "#"]
        field.fill("😀")
        page.keyboard.press("Enter")
        expect(page.locator("#telephone-caller .said")).to_have_text(re.compile("Nothing was said"))
        assert page.evaluate("window.sent") == ["call", "1", "#"]


def test_the_first_visit_explains_itself_once(network: dict[str, Any], browser: Browser) -> None:
    with browser.new_page() as page:
        page.goto(network["phones_url"])
        assert page.locator("#welcome p").inner_text().count(". ") == 2  # three sentences
        page.locator("#welcome button").click()
        expect(page.locator("#welcome")).to_be_hidden()
        page.reload()
        at(page, "kim", "idle")
        expect(page.locator("#welcome")).to_be_hidden()


def test_an_app_that_is_away_is_told_of_and_may_be_called_all_the_same(
    network: dict[str, Any], browser: Browser
) -> None:
    with browser.new_page() as page:
        page.goto(network["phones_url"])
        at(page, "caller", "idle")
        expect(page.locator("#app")).to_contain_text("Nothing listens at http://127.0.0.1:")
        expect(page.locator("#begin")).to_be_enabled()
        expect(page.get_by_role("button", name="Call", exact=True)).to_be_enabled()


def test_while_the_app_starts_nobody_can_call_and_then_it_goes_by_itself(browser: Browser) -> None:
    port = free_port()
    process, told = simulator(port, "--phones-wait")
    try:
        with browser.new_page() as page:
            page.goto(told["phones_url"])
            at(page, "caller", "idle")
            expect(page.locator("#telephone-caller .state")).to_have_text("The app is starting …")
            expect(page.locator("#begin")).to_be_disabled()
            call = page.get_by_role("button", name="Call", exact=True)
            expect(call).to_be_disabled()
            with socket.create_server(("127.0.0.1", port)):
                expect(call).to_be_enabled(timeout=10_000)
                expect(page.locator("#begin")).to_be_enabled()
                expect(page.locator("#app")).to_be_hidden()
    finally:
        process.terminate()
        process.communicate(timeout=10)


def faults(page: Page) -> list[str]:
    """What axe finds by day and by night, on a laptop and on a telephone."""
    found = []
    for scheme, width in itertools.product(SCHEMES, (1440, 390)):
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 900})
        found += [f"{scheme}, {width} px: {each}" for each in violations(page, scheme)]
    return found


def test_the_page_can_be_read_and_named_by_all(network: dict[str, Any], browser: Browser) -> None:
    with browser.new_page() as page:
        page.goto(network["phones_url"])
        at(page, "sam", "idle")
        page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
        assert faults(page) == []
        page.locator("#welcome button").click()
        at(page, "caller", "talking")
        assert faults(page) == []
        page.goto(f"{network['phones_url']}/sam")
        at(page, "sam", "idle")
        assert faults(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_fits_laptops_and_telephones(network: dict[str, Any], browser: Browser, scheme: Any) -> None:
    with browser.new_page(color_scheme=scheme) as page:
        page.goto(network["phones_url"])
        at(page, "sam", "idle")
        for width, seen in ((1440, 3), (1024, 3), (390, 1)):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
            assert [each.is_visible() for each in page.locator("article").all()].count(True) == seen


def test_the_browsers_codec_is_the_networks(parts: Page) -> None:
    codes = parts.evaluate("Array.from(sound.decode(Uint8Array.from({length: 256}, (_, n) => n)))")
    assert np.allclose(np.array(codes) * 32768, decode(bytes(range(256))))
    samples = np.arange(-32768, 32768, 7, dtype=np.int16)
    encoding = "(given) => Array.from(sound.encode(given.map((n) => n / 32768)))"
    encoded = parts.evaluate(encoding, samples.tolist())
    assert bytes(encoded) == encode(samples)


@pytest.mark.parametrize("rate", [48000, 44100, 16000])
def test_resampling_keeps_what_a_telephone_carries_and_nothing_else(parts: Page, rate: int) -> None:
    for start, to, hertz, gain in ((rate, 8000, 1000, 1.0), (8000, rate, 1000, 1.0), (rate, 8000, 6000, 0.0)):
        sine = 0.5 * np.sin(2 * np.pi * hertz * np.arange(start // 4) / start)
        out = np.array(parts.evaluate(RESAMPLED, [start, to, sine.tolist()]))
        assert abs(len(out) - to / 4) < 0.01 * to
        middle = out[to // 40 : -to // 40]
        assert abs(np.sqrt(2 * np.mean(middle**2)) / 0.5 - gain) < 0.02
        if gain:
            spectrum = np.abs(np.fft.rfft(middle * np.hanning(len(middle)))) ** 2
            place = round(hertz * len(middle) / to)
            assert spectrum[place - 5 : place + 6].sum() > 0.999 * spectrum.sum()


#: A sound in pieces of the size that browsers give.
RESAMPLED = """([from, to, wave]) => {
  const resampler = new sound.Resampler(from, to), out = [];
  for (let at = 0; at < wave.length; at += 128) {
    resampler.push(Float32Array.from(wave.slice(at, at + 128)));
    for (let some = resampler.pull(160); some.length; some = resampler.pull(160)) out.push(...some);
  }
  return out;
}"""
