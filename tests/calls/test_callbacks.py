"""Whole callbacks: promised by the AI or by our own voice, really dialled, and given up loudly."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from warmtransfer import Call, WarmTransfer, callback_ended, message_left
from warmtransfer.core.callbacks.callback import Callback, Stage
from warmtransfer.core.endings import of_call
from warmtransfer.core.outcomes import EARLY, CallEnd, Outcome
from warmtransfer.core.screening import Screen
from warmtransfer.demo.remote import Row
from warmtransfer.simulator.sound.audio import RATE
from warmtransfer.simulator.witness.evidence import Evidence, Leg, legs_of
from warmtransfer.simulator.witness.hearing import Within
from warmtransfer.testing.call import PhoneCall, is_leg, is_note, says, written
from warmtransfer.testing.network import PhoneNetwork
from warmtransfer.testing.people import entry
from warmtransfer.web.parts import NAME, Parts

#: What who is rung back says, and what who rings them says.
MRS_LEE, KIM = "hello this is mrs lee speaking", "good morning mrs lee this is kim"
#: She answers, and says who she is when it is quiet. His telephone asks who calls; he reads it, picks up and
#: takes it, and speaks once she has.
ANSWERS = {"answer": {"after": 1.0}, "steps": [{"until": "quiet:0.8", "timeout": 20}, {"say": MRS_LEE}]}
TAKES = {
    "answer": {"screens": 1.0},
    "steps": [
        {"say": "hello this is kim"},
        {"until": "heard-end:2 to decline", "timeout": 60},
        {"until": "heard-end:Press 1 to take the call", "timeout": 60},
        {"press": "1"},
        {"until": "joined:callback-caller-3", "timeout": 60},
        {"wait": 4.0},
        {"say": KIM},
    ],
}
GIVEN = {"when_words": "", "when": "", "about": "her order", "name": "Mrs Lee", "target": ""}


@pytest.fixture(scope="module")
def app(phone_network: PhoneNetwork) -> Flask:
    """An app with two humans, which tries a callback twice, six seconds apart."""
    app = Flask("host")
    app.config.update(phone_network.environ)
    app.config.update(WARMTRANSFER_CALLBACK_TRIES=2, WARMTRANSFER_CALLBACK_MINUTES=0.1)
    WarmTransfer(app)
    return app


def phones(call: PhoneCall, app: Flask, caller: Any, **humans: Any) -> None:
    """How the humans' phones react from now on, and the caller's when it is rung."""
    rules = parts(app).people.rules()
    theirs = [entry(each, humans[each.name], rules.words) for each in rules.humans]
    call.network.control("PUT", "/phones", [*theirs, {"number": call.number, **caller}])


def parts(app: Flask) -> Parts:
    found: Parts = app.extensions[NAME]
    return found


def promised(call: PhoneCall, app: Flask) -> Callback | None:
    """The callback that was taken in this call."""
    record = call.record
    found = parts(app).callbacks.kept.of_call(record.id) if record else []
    return found[0] if found else None


def comes_to(call: PhoneCall, app: Flask, stage: Stage, seconds: float = 120.0) -> Callback:
    """The callback of this call, once it has come to this stage."""

    def there() -> Callback | None:
        found = promised(call, app)
        return found if found and found.stage is stage else None

    found: Callback | None = call.network.until(there, seconds)
    if found is None:
        call.fail(f"the callback has not come to {stage}: {promised(call, app)}")
        raise AssertionError
    return found


def leaves(call: PhoneCall) -> None:
    """The caller hangs up, and everything ends."""
    call.says("Thank you. Goodbye.")
    call.hangs_up()
    call._is_over()


def ended(call: PhoneCall) -> tuple[CallEnd | None, str]:
    """How the call has ended, and which callback was promised in it."""
    record = call.record
    return (of_call(record), record.callback_id) if record else (None, "")


def heard_by(evidence: Evidence, listener: Leg, speaker: Leg) -> bool:
    """Whether a second of what the one said, once the other was there, is in what the other heard."""
    alone = max(0.0, (listener.answered or 0.0) - (speaker.answered or 0.0))
    said, heard = evidence.said(speaker)[round(alone * RATE) :], Within(evidence.heard(listener))
    places = range(0, max(1, len(said) - RATE), RATE // 4)
    loudest = max(places, key=lambda at: abs(said[at : at + RATE]).sum())
    return heard.find(said[loudest : loudest + RATE])[0] > 0.6


def test_nobody_is_home_and_later_the_caller_is_rung_back_and_they_talk(call: PhoneCall, app: Flask) -> None:
    call.humans(sam="busy", kim="no-answer")
    earlier = promised_before(call, app)
    call.teach(r"ring me back", tool="take_callback", number="", confirmed=False, **GIVEN)
    call.teach(r"that is right", tool="take_callback", number="", confirmed=True, **GIVEN)
    call.says("Can I speak to a person please?")
    call.expect_outcome("kim", "no_answer")
    call.says("Then please ring me back.")
    call.expect_caller_hears(" ".join(call.number.removeprefix("+")))
    assert promised(call, app) is None, "nothing is kept before the number is confirmed"
    call.says("Yes, that is right.")
    call.expect_caller_hears("You will be rung back as soon as somebody is free")
    waiting = comes_to(call, app, Stage.WAITING)
    assert standing(app, earlier) == (Stage.CANCELLED, "promised_again"), "they have one promise, not two"
    phones(call, app, ANSWERS, sam="busy", kim=TAKES)
    assert (waiting.number, waiting.about, waiting.by) == (call.number, "her order", "ai")
    leaves(call)
    assert ended(call) == (CallEnd.CALLBACK_PROMISED, waiting.id)
    start = len(call.rows())
    talking = comes_to(call, app, Stage.TALKING)
    assert call.network.until(lambda: {MRS_LEE, KIM} <= spoken(call), 30)
    rows = call.rows()[start:]
    dialled = [row["to"] for row in rows if is_leg(row, "dialled")]
    assert dialled[-1] == call.number
    assert dialled.count(call.number) == 1
    told = [row["text"] for row in rows if says(row, "You asked us to ring Mrs Lee back. her order.")]
    assert told, "the human was briefed"
    assert any(says(row, "You asked to be rung back. One moment, kim is on the line") for row in rows)
    kim = next(leg for leg in reversed(talking.legs) if leg.name == "kim")
    assert (kim.screen, kim.answered_by) == (Screen.THERE, "machine"), "his phone was told who calls"
    human, caller = legs(rows, talking)
    together = max(leg.joined_at for leg in talking.legs)
    assert call.network.until(lambda: parts(app).clock.now() > together + EARLY + 1.0, 60)
    call.network.control("POST", f"/calls/{caller.call_sid}/hangup")
    done = comes_to(call, app, Stage.DONE)
    assert [leg.outcome for leg in done.legs][-2:] == [Outcome.ACCEPTED, Outcome.ACCEPTED]
    evidence = Evidence(call.rows()[start:], call.network.out)
    human, caller = legs(evidence.rows, done)
    for leg in (human, caller):
        least = 2 * 8000 * ((leg.ended or 0.0) - (leg.answered or 0.0) - 0.2)
        call.network.until(lambda leg=leg, least=least: written(evidence.folder / leg.wav, least), 30)
    assert heard_by(evidence, human, caller)
    assert heard_by(evidence, caller, human)


def test_a_caller_who_phones_again_and_gets_to_somebody_is_not_rung_back(call: PhoneCall, app: Flask) -> None:
    told: list[tuple[str, str]] = []

    def listen(sender: Flask, callback: Callback, **more: Any) -> None:
        told.append((callback.id, callback.why))

    callback_ended.connect(listen, sender=app)
    earlier = promised_before(call, app)
    call.humans(sam="accepts")
    call.says("Can I speak to a person please?")
    call.expect_outcome("sam", "accepted")
    assert standing(app, earlier)[0] is Stage.WAITING, "one of them may leave at once"
    assert call.network.until(lambda: standing(app, earlier)[0] is Stage.CANCELLED, 90)
    assert call.network.until(lambda: told == [(earlier.id, "reached_person")], 10)
    leaves(call)
    assert ended(call) == (CallEnd.REACHED_HUMAN, "")


def promised_before(call: PhoneCall, app: Flask) -> Callback:
    """What was promised to this caller in another call, for a time to come."""
    return parts(app).callbacks.take("earlier", Callback("", number=call.number, wanted_at=4e9))


def standing(app: Flask, promised: Callback) -> tuple[Stage, str]:
    """How it stands with a callback, and why."""
    found = parts(app).callbacks.load(promised.id)
    assert found
    return found.stage, found.why


def spoken(call: PhoneCall) -> set[str]:
    """What was said to its end."""
    return {str(row["text"]) for row in call.rows() if is_note(row, "speech")}


def legs(rows: list[Row], callback: Callback) -> tuple[Leg, Leg]:
    """The human's and the caller's, as the network has them."""
    sids = {leg.call_sid: leg for leg in legs_of(rows)}
    assert callback.human
    assert callback.caller
    return sids[callback.human.call_sid], sids[callback.caller.call_sid]


def test_without_a_model_it_is_promised_by_keys_and_given_up_loudly_when_nobody_is_reached(
    call: PhoneCall, app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    heard: list[tuple[bytes, int]] = []

    def listen(sender: Flask, call: Call, stream: Any, seconds: int, **more: Any) -> None:
        heard.append((stream.read(), seconds))

    message_left.connect(listen, sender=app)
    call.humans(sam="busy", kim="busy")
    call.says("What is your address?")
    call.expect_caller_hears("Harbour Street")
    call.says("Test fatal error.")
    call.expect_caller_hears("Press 1 if we may ring you back")
    phones(call, app, {"answer": "no-answer"}, sam="busy", kim="accepts")
    call.presses("1")
    call.expect_caller_hears("We will ring you back on")
    call.presses("1")
    call.expect_caller_hears("what it is about")
    call.says("It is about my order.")
    call.expect_caller_hears("Thank you. We will ring you back")
    assert call.network.until(lambda: heard, 30), "the recording was told with its sound"
    assert [(sound[:4], seconds > 0) for sound, seconds in heard] == [(b"RIFF", True)]
    call._ended = True
    given = promised(call, app)
    assert given
    assert call.network.until(lambda: ended(call) == (CallEnd.CALLBACK_PROMISED, given.id), 30)
    given_up = comes_to(call, app, Stage.GIVEN_UP, 240.0)
    assert (given_up.tries, given_up.why) == (2, "caller_no_answer")
    assert sum(leg.side == "caller" for leg in given_up.legs) == 2
    assert any(says(row, "The caller cannot be reached") for row in call.rows())
    assert "is given up after 2 tries" in caplog.text
