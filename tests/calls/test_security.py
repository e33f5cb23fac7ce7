"""What strangers can do to a live call, and what its log gives away: nothing."""

from __future__ import annotations

import re

import pytest
import requests

from tests.calls.story import ASK, HELLO, KIM, SAM, Row, Story, accepts, human
from tests.calls.world import TOKEN
from tests.web.site import signature

STAY: Row = {"wait": 120}
#: A stream's one-time token.
ONE_TIME = re.compile(r"\b[0-9a-f]{24}\.[\w-]{32}\b")


def test_the_log_of_a_whole_call_tells_no_number_no_word_and_no_key(story: Story) -> None:
    log = story.world.folder / "app.log"
    begun = log.stat().st_size
    story.world.control("PUT", "/faults", ["rest=500;match=POST Calls;times=1"])
    story.world.phones(human(SAM, "busy"), accepts(KIM))
    story.phone(HELLO, {"say": "ask-address"}, HELLO, ASK, STAY)
    story.leg("joined", "human-2", 120)
    story.hang_up()
    call = story.ends()
    with log.open() as lines:
        lines.seek(begun)
        text = lines.read()
    assert call["id"] in text
    said = [line["text"] for line in call["transcript"]] + [call["handoff"]["summary"]]
    assert len(said) > 3
    names = ("TWILIO_AUTH_TOKEN", "TWILIO_API_SECRET", "OPENAI_API_KEY")
    keys = [story.world.environment[name] for name in names if story.world.environment.get(name)]
    for secret in [*said, *keys, TOKEN, *(each.lstrip("+") for each in (story.number, SAM, KIM))]:
        assert secret not in text
    assert not ONE_TIME.search(text)
    assert "Traceback" not in text


@pytest.mark.parametrize("how", ["unsigned", "signed with another key", "signed for another path"])
def test_a_stranger_ends_no_call_and_learns_nothing(story: Story, how: str) -> None:
    story.phone(HELLO, STAY)
    story.stage("ai", 60)
    call = story.app_call()
    path = f"/warmtransfer/caller/{call['id']}/message"
    form = {"CallSid": story.caller_sid, "CallStatus": "completed", "Digits": "1"}
    url = f"{story.world.environment['WARMTRANSFER_PUBLIC_URL']}{path}"
    right = story.world.keys["TWILIO_AUTH_TOKEN"]
    sign = {
        "unsigned": "",
        "signed with another key": signature(url, form, "another key"),
        "signed for another path": signature(url + "/", form, right),
    }[how]
    app = f"http://127.0.0.1:{story.world.port}"
    for target in (path, f"/warmtransfer/caller/{call['id']}/next", "/warmtransfer/status"):
        answer = requests.post(app + target, data=form, headers={"X-Twilio-Signature": sign}, timeout=10)
        assert answer.status_code == 403
        assert call["id"] not in answer.text
    upgrade = {"Upgrade": "websocket", "Connection": "Upgrade", "X-Twilio-Signature": sign}
    answer = requests.get(f"{app}/warmtransfer/media", headers=upgrade, timeout=10)
    assert answer.status_code in (403, 426)
    now = story.app_call()
    assert now["stage"] == "ai"
    assert {row["event"] for row in now["journal"]}.isdisjoint(
        {"CallerLeft", "CallerCameBack", "MessageLeft"}
    )
    assert requests.get(f"{app}/warmtransfer/api/calls/{call['id']}", timeout=10).status_code == 401
    story.hang_up()
    story.ends()
