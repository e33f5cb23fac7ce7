"""A human's card in whole calls: the message comes, and its page does what the keys do, until the end."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
import requests

from tests.calls.story import ASK, HELLO, KIM, SAM, Row, Story, human
from tests.calls.world import PUBLIC, World
from warmtransfer.simulator.witness.briefing import summary_read
from warmtransfer.simulator.witness.promises import PROMISES, judge

STAY: Row = {"wait": 200}
JOINED: Row = {"until": "joined:human-1", "timeout": 90}
TALK: tuple[Row, ...] = ({"say": "sam-hello"}, STAY)
#: Those of a call in which nobody is interrupted, judged by what happened: at this speed, what sound is
#: lost, and which gap is heard, is of the machine's making.
BY_EAR = {"caller_never_in_silence", "human_briefed_first"}
JUDGED = set(PROMISES) - BY_EAR - {"barge_in_obeyed", "nothing_left_running"}
OWN = "+15550100007"
HUMANS = """
[[human]]
name = "sam"
number = "+15550100001"
at_once = 100
card = "sms"
[[human]]
name = "kim"
number = "+15550100002"
at_once = 100
card = "sms"
"""


@pytest.fixture
def settings(running: World) -> dict[str, str]:
    """Cards, from a number that can send them."""
    path = running.folder / "cards.toml"
    path.write_text(HUMANS)
    running.control("PUT", "/account", {"numbers": [f"{OWN}=voice+sms"]})
    return {
        "WARMTRANSFER_HUMANS": str(path),
        "WARMTRANSFER_CARDS_FROM": OWN,
        "WARMTRANSFER_SHOW": "said",
        "WARMTRANSFER_COMPANY": "the Tea Shop",
    }


@pytest.fixture
def browser() -> Iterator[requests.Session]:
    """Somebody's telephone, which opens links."""
    with requests.Session() as found:
        yield found


def card(story: Story, number: str) -> str:
    """Where the card is that this number's message links."""
    row = story.wait(
        "the message",
        lambda r: r["kind"] == "message" and r["status"] == "delivered" and r["to"] == number,
        60,
    )
    assert row["from"] == OWN
    found = re.fullmatch(rf"A call for (Sam|Kim), from the Tea Shop\. {PUBLIC}(/\S+)", row["body"])
    assert found, row["body"]
    assert len(row["body"]) <= 160
    return f"http://127.0.0.1:{story.world.port}{found[2]}"


def press(browser: requests.Session, url: str, what: str) -> str:
    """A button of the card; the page that comes then."""
    page = browser.get(url, timeout=10).text
    token = re.search(r'name="token" value="([a-z2-7]+)"', page)
    assert token, page
    answer = browser.post(url, data={"token": token[1], "do": what}, timeout=10)
    assert answer.ok, answer.text
    return answer.text


def test_who_accepts_on_the_card_has_the_caller_and_every_promise_is_kept(
    story: Story, browser: requests.Session
) -> None:
    story.world.phones(human(SAM, {"after": 6.0}, {"say": "sam-hello"}, JOINED, {"wait": 4}, *TALK))
    story.phone(HELLO, ASK, JOINED, {"wait": 6}, {"say": "caller-order"}, {"wait": 2}, {"hangup": True})
    url = card(story, SAM)
    page = browser.get(url, timeout=10).text
    assert "is ringing" in page
    assert "speak to a person" in page  # what was said so far
    story.note("say", 90, leg=SAM, text="Press 1 to take the call")
    assert story.joins("human-1") == 0, "nobody has touched anything"
    press(browser, url, "accept")
    story.leg("joined", "human-1", 30)
    story.leg("left", "ai-1", 30)
    call = story.ends()
    assert [each["outcome"] for each in call["attempts"]] == ["accepted"]
    assert not [row for row in story.read() if row.get("event") == "press"]
    evidence = story.evidence()
    verdicts = judge(evidence).verdicts
    broken = {name: verdicts[name].why for name in JUDGED if not verdicts[name].ok}
    assert not broken
    assert evidence.met is not None
    told = summary_read(evidence, evidence.met)
    assert told is not None
    assert told.whole
    over = browser.get(url, timeout=10).text
    assert "The call is over for you" in over
    assert "speak to a person" not in over


def test_declined_on_the_card_the_next_is_rung_and_accepted_while_it_rings_no_mailbox_comes_in(
    story: Story, browser: requests.Session
) -> None:
    story.world.phones(human(SAM, "no-answer"), human(KIM, "voicemail"))
    story.phone(HELLO, ASK, STAY)
    sam = card(story, SAM)
    assert "You have declined" in press(browser, sam, "decline")
    ended = story.leg("ended", f"human:{SAM}", 30)
    assert ended["status"] == "canceled"
    story.leg("dialled", f"human:{KIM}", 30)
    press(browser, card(story, KIM), "accept")
    story.leg("ended", f"human:{KIM}", 60)
    story.stage("ai", 60)
    story.hang_up()
    call = story.ends()
    assert [each["outcome"] for each in call["attempts"]] == ["declined", "machine"]
    assert story.joins("human-2") == 0
