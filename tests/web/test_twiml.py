"""Every document, read back as XML: what a leg does is what its call's stage says."""

from __future__ import annotations

import dataclasses
import itertools
import xml.etree.ElementTree as ET
from typing import Any

import pytest

from warmtransfer.core import briefing
from warmtransfer.core.call import AI, AIState, Attempt, Call, Handoff, Outcome, Stage, Style
from warmtransfer.core.rules import Human, Rules
from warmtransfer.core.words import ENGLISH, LANGUAGES
from warmtransfer.web import twiml
from warmtransfer.web.links import Links
from warmtransfer.web.twiml import KEYS_AGAIN, THERE_SECONDS, Documents
from warmtransfer.web.twiml.phrasing import Phrasing

BASE = "https://warmtransfer.test/warmtransfer"
RETRIED = "#rc=5&rp=all"
RULES = Rules(humans=(Human("sam", "+15550100001", ring=12.4),))
DOCUMENTS = Documents(
    Links("https://warmtransfer.test"),
    Phrasing(
        company="Tea & Co", voice="Polly.Joanna-Neural", number="+15550100000", gate_seconds=4, call_limit=600
    ),
    lambda: RULES,
)
EVENTS = "start end join leave hold modify announcement"

ATTEMPT = Attempt(n=1, handoff=1, name="sam", number="+15550100001", style=Style.SCREEN, call_sid="CAh")
CALL = Call(id="c0ffee", stage=Stage.AI, caller_sid="CAc", room_sid="CF1", ai=AI(k=1, state=AIState.UP))


def asked(stage: Stage, **attempt: Any) -> Call:
    """A call in this stage whose one attempt has these fields."""
    handoff = Handoff(1, "tool", reason="An invoice.", summary="Invoice 7 is <wrong> & late.")
    one = dataclasses.replace(ATTEMPT, **attempt)
    return dataclasses.replace(CALL, stage=stage, handoff=handoff, attempts=(one,))


def verbs(document: str) -> list[ET.Element]:
    """The document's verbs."""
    assert document.startswith('<?xml version="1.0" encoding="UTF-8"?>')
    root = ET.fromstring(document)
    assert root.tag == "Response"
    return list(root)


def shape(document: str) -> list[str]:
    """The names of the document's verbs."""
    return [verb.tag for verb in verbs(document)]


def words(document: str) -> list[str]:
    """All that a document says, in order."""
    return [each.text or "" for each in ET.fromstring(document).iter("Say")]


# The caller -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "stage", [stage for stage in Stage if stage not in (Stage.OVER, Stage.MESSAGE, Stage.REDIRECTED)]
)
def test_the_caller_goes_into_the_room_with_every_attribute_set(stage: Stage) -> None:
    (dial,) = verbs(DOCUMENTS.caller(dataclasses.replace(CALL, stage=stage)))
    assert dial.attrib == {
        "action": f"{BASE}/caller/c0ffee/next/1{RETRIED}",
        "method": "POST",
        "timeLimit": "600",
    }
    (room,) = dial
    assert room.text == "wt-c0ffee"
    assert room.attrib == {
        "participantLabel": "caller",
        "startConferenceOnEnter": "true",
        "endConferenceOnExit": "true",
        "waitUrl": f"{BASE}/caller/c0ffee/wait{RETRIED}",
        "waitMethod": "POST",
        "jitterBufferSize": "small",
        "beep": "false",
        "statusCallback": f"{BASE}/room/c0ffee{RETRIED}",
        "statusCallbackMethod": "POST",
        "statusCallbackEvent": EVENTS,
    }


def test_a_caller_who_comes_back_goes_into_a_new_room() -> None:
    (dial,) = verbs(DOCUMENTS.caller(dataclasses.replace(CALL, rooms=2)))
    assert dial[0].text == "wt-c0ffee-2"


def test_an_ended_call_is_hung_up() -> None:
    assert shape(DOCUMENTS.caller(dataclasses.replace(CALL, stage=Stage.OVER))) == ["Hangup"]


def test_a_redirected_caller_rings_the_human_and_the_human_is_asked_first() -> None:
    (dial,) = verbs(DOCUMENTS.caller(asked(Stage.REDIRECTED, style=Style.REDIRECT, moved=True)))
    assert dial.attrib == {
        "action": f"{BASE}/caller/c0ffee/dial/1{RETRIED}",
        "method": "POST",
        "timeout": "13",
        "callerId": "+15550100000",
        "timeLimit": "600",
    }
    (number,) = dial
    assert number.text == "+15550100001"
    assert number.attrib == {
        "url": f"{BASE}/human/c0ffee/1{RETRIED}",
        "method": "POST",
        "statusCallback": f"{BASE}/human/c0ffee/1/status{RETRIED}",
        "statusCallbackMethod": "POST",
        "statusCallbackEvent": "initiated ringing answered completed",
    }


def test_a_message_is_recorded_after_an_apology_and_reported_even_when_empty() -> None:
    say, record, redirect = verbs(DOCUMENTS.caller(dataclasses.replace(CALL, stage=Stage.MESSAGE)))
    assert say.text == ENGLISH.apology
    here = f"{BASE}/caller/c0ffee/message{RETRIED}"
    assert record.attrib == {
        "action": here,
        "method": "POST",
        "timeout": "5",
        "maxLength": "120",
        "playBeep": "true",
    }
    assert (redirect.tag, redirect.text) == ("Redirect", here)


@pytest.mark.parametrize("stage", Stage)
def test_a_caller_for_whom_nobody_comes_any_more_is_told_so_and_not_to_wait(stage: Stage) -> None:
    """A caller whose leg cannot be moved hears the wait document for as long as they stay."""
    document = DOCUMENTS.wait("c0ffee", dataclasses.replace(CALL, stage=stage))
    hopeless = stage in (Stage.MESSAGE, Stage.OVER)
    assert ("nobody can take your call" in document) is hopeless
    assert ("One moment" in document) is not hopeless
    assert verbs(document)[-1].tag == "Redirect"


def test_the_wait_document_rings_speaks_and_repeats_itself() -> None:
    document = DOCUMENTS.wait("c0ffee")
    assert shape(document) == ["Play", "Say", "Redirect"]
    play, say, redirect = verbs(document)
    assert (play.text, play.get("loop")) == (f"{BASE}/sounds/ring.wav", "2")
    assert (say.text, say.get("voice")) == (ENGLISH.moment, "Polly.Joanna-Neural")
    assert redirect.text == f"{BASE}/caller/c0ffee/wait{RETRIED}"


@pytest.mark.parametrize(
    "document",
    [
        DOCUMENTS.wait("c0ffee"),
        DOCUMENTS.comfort(),
        DOCUMENTS.human_wait(CALL, "c0ffee", 1),
        DOCUMENTS.wait("c0ffee", dataclasses.replace(CALL, stage=Stage.MESSAGE)),
        DOCUMENTS.human_wait(None, "c0ffee", 1),
        DOCUMENTS.hold(asked(Stage.BRIEFING, style=Style.ANNOUNCE), 1),
        DOCUMENTS.hold(asked(Stage.OVER, style=Style.ANNOUNCE), 1),
    ],
)
def test_wait_hold_and_announcement_documents_hold_only_the_verbs_allowed_there(document: str) -> None:
    assert set(shape(document)) <= {"Play", "Say", "Pause", "Redirect"}


# The AI ---------------------------------------------------------------------------------------------


def expected(**ai: Any) -> Call:
    """A call whose AI leg has just been offered a stream."""
    return dataclasses.replace(
        CALL, ai=AI(**{"k": 2, "state": AIState.ADDING, "token": "c0ffee.secret", **ai})
    )


def test_the_ai_streams_with_its_token_and_then_needs_nobody_for_minutes() -> None:
    connect, *company, redirect = verbs(DOCUMENTS.ai(expected(), 2))
    after = f"{BASE}/ai/c0ffee/2/after{RETRIED}"
    assert connect.attrib == {}
    assert {each.tag for each in company} == {"Say", "Pause"}
    assert [each.get("length") for each in company if each.tag == "Pause"] == ["1"] * (len(company) // 2 + 1)
    (stream,) = connect
    assert stream.attrib == {
        "url": "wss://warmtransfer.test/warmtransfer/media",
        "statusCallback": f"{BASE}/ai/c0ffee/2/stream{RETRIED}",
        "statusCallbackMethod": "POST",
    }
    assert [each.attrib for each in stream] == [{"name": "token", "value": "c0ffee.secret"}]
    assert (redirect.tag, redirect.text, redirect.get("method")) == ("Redirect", after, "POST")


def test_name_and_value_of_the_parameter_fit_what_twilio_allows() -> None:
    assert len("token" + "c" * 24 + "." + "t" * 32) < 500


@pytest.mark.parametrize(("losses", "rings"), [((), 0), ((1.0,), 0), ((1.0, 2.0), 1), ((1.0, 2.0, 3.0), 1)])
def test_after_repeated_losses_the_caller_hears_a_ring_before_the_next_stream(
    losses: tuple[float, ...], rings: int
) -> None:
    document = DOCUMENTS.ai(expected(losses=losses), 2)
    assert shape(document) [: rings + 2] == ["Play"] * rings + ["Connect", "Pause"]


@pytest.mark.parametrize(
    ("call", "k"),
    [
        (expected(), 1),
        (expected(state=AIState.ABSENT), 2),
        (expected(token=""), 2),
        *(
            (dataclasses.replace(expected(), stage=stage), 2)
            for stage in (Stage.OVER, Stage.MESSAGE, Stage.REDIRECTED, Stage.HUMAN)
        ),
    ],
)
def test_an_ai_leg_that_is_not_wanted_is_hung_up(call: Call, k: int) -> None:
    assert shape(DOCUMENTS.ai(call, k)) == ["Hangup"]


# The human ------------------------------------------------------------------------------------------


def test_the_gate_leaves_room_for_a_hello_then_says_who_and_how_then_what_and_asks_twice() -> None:
    document = DOCUMENTS.human(asked(Stage.BRIEFING), 1)
    gather, *_, redirect = verbs(document)
    assert gather.attrib == {
        "input": "dtmf",
        "numDigits": "1",
        "timeout": "4",
        "action": f"{BASE}/human/c0ffee/1/gate{RETRIED}",
        "method": "POST",
        "actionOnEmptyResult": "true",
    }
    assert [each.tag for each in gather] == ["Pause", "Say", "Say", "Say", "Say", "Say", "Pause", "Say"]
    assert words(document) == [
        briefing.first_words("sam", "Tea & Co"),
        ENGLISH.take,
        ENGLISH.decline,
        "Invoice 7 is wrong & late.",
        ENGLISH.keys,
        ENGLISH.keys,
        *[ENGLISH.moment, ENGLISH.keys] * KEYS_AGAIN,
    ]
    assert (redirect.tag, redirect.text) == ("Redirect", f"{BASE}/human/c0ffee/1{RETRIED}")


def test_behind_a_switchboard_neutral_words_are_said_as_long_as_it_may_ring() -> None:
    """Nobody tells us when somebody there picks up: whoever does must still hear the question."""
    call = asked(Stage.BRIEFING, digits="wwww12", answered_at=5.0)
    gate, *_, redirect = verbs(DOCUMENTS.human(call, 1))
    assert gate.attrib["action"] == f"{BASE}/human/c0ffee/1/who{RETRIED}"
    said = [each.text for each in gate.iter("Say")]
    assert redirect.tag == "Redirect"
    assert set(said) == {"A call for Sam, from Tea & Co.", ENGLISH.there}
    assert len(said) // 2 * THERE_SECONDS >= RULES.ring("sam") + 10
    assert [said[0], said[-1]] == ["A call for Sam, from Tea & Co.", ENGLISH.there]
    assert "Invoice 7 is wrong & late." in words(DOCUMENTS.human(call, 1, there=True))


def test_a_redirected_caller_rings_an_extension_with_its_tones() -> None:
    call = asked(Stage.REDIRECTED, style=Style.REDIRECT, digits="wwww12", moved=True)
    (dial,) = verbs(DOCUMENTS.caller(call))
    assert dial[0].attrib["sendDigits"] == "wwww12"


def test_a_caller_who_is_not_moved_yet_waits_in_the_room() -> None:
    (dial,) = verbs(DOCUMENTS.caller(asked(Stage.REDIRECTED, style=Style.REDIRECT)))
    assert dial[0].text == "wt-c0ffee"


def test_what_falls_through_the_gate_is_asked_again_and_never_bridged() -> None:
    document = DOCUMENTS.human(asked(Stage.REDIRECTED, style=Style.REDIRECT), 1)
    assert shape(document) == ["Gather", *["Say", "Gather"] * KEYS_AGAIN, "Redirect"]


@pytest.mark.parametrize("style", [Style.SCREEN, Style.ANNOUNCE])
def test_a_human_who_accepted_joins_and_is_told_by_twilio_itself_when_the_caller_goes(style: Style) -> None:
    dial, say, hangup = verbs(DOCUMENTS.human(asked(Stage.JOINING, outcome=Outcome.ACCEPTED, style=style), 1))
    assert dial.attrib == {"timeLimit": "600"}
    (room,) = dial
    assert room.attrib == {
        "participantLabel": "human-1",
        "startConferenceOnEnter": "true",
        "endConferenceOnExit": "false",
        "waitUrl": f"{BASE}/human/c0ffee/1/wait{RETRIED}",
        "waitMethod": "POST",
        "jitterBufferSize": "small",
        "beep": "false",
        "statusCallback": f"{BASE}/room/c0ffee{RETRIED}",
        "statusCallbackMethod": "POST",
        "statusCallbackEvent": EVENTS,
    }
    assert (say.text, hangup.tag) == (ENGLISH.caller_gone, "Hangup")


@pytest.mark.parametrize("style", [Style.REDIRECT, Style.SCREEN])
def test_a_human_who_accepted_a_redirected_caller_is_bridged_by_an_empty_document(style: Style) -> None:
    call = dataclasses.replace(asked(Stage.HUMAN, outcome=Outcome.ACCEPTED, style=style), room_sid="")
    assert verbs(DOCUMENTS.human(call, 1)) == []


@pytest.mark.parametrize(
    ("stage", "attempt", "said"),
    [
        (Stage.CANCELLING, {"outcome": Outcome.DECLINED}, ENGLISH.declined),
        (Stage.CANCELLING, {"outcome": Outcome.NO_INPUT}, ENGLISH.declined),
        (Stage.REDIRECTED, {"outcome": Outcome.DECLINED}, ENGLISH.declined),
        (Stage.CANCELLING, {"outcome": Outcome.TIMED_OUT}, ENGLISH.too_late),
        (Stage.CANCELLING, {"outcome": Outcome.MACHINE}, ENGLISH.too_late),
        (Stage.CANCELLING, {"outcome": Outcome.ACCEPTED}, ENGLISH.too_late),
        (Stage.AI, {"outcome": Outcome.NO_ANSWER, "ended": True}, ENGLISH.too_late),
        (Stage.OVER, {"outcome": Outcome.CALLER_LEFT}, ENGLISH.caller_gone),
        (Stage.OVER, {"outcome": Outcome.ACCEPTED}, ENGLISH.caller_gone),
        (Stage.OVER, {}, ENGLISH.caller_gone),
    ],
)
def test_everybody_else_is_told_why_and_hung_up(stage: Stage, attempt: dict[str, Any], said: str) -> None:
    document = DOCUMENTS.human(asked(stage, **attempt), 1)
    assert shape(document) == ["Say", "Hangup"]
    assert words(document) == [said]


@pytest.mark.parametrize("n", [0, 2, 999])
def test_an_attempt_that_is_not_the_newest_is_too_late(n: int) -> None:
    assert words(DOCUMENTS.human(asked(Stage.BRIEFING), n)) == [ENGLISH.too_late]


@pytest.mark.parametrize("outcome", [None, *Outcome])
def test_only_an_acceptance_ever_bridges(outcome: Outcome | None) -> None:
    for stage, style in itertools.product(Stage, Style):
        found = shape(DOCUMENTS.human(asked(stage, outcome=outcome, style=style), 1))
        bridges = found == [] or "Dial" in found
        accepted = outcome is Outcome.ACCEPTED and stage in (Stage.JOINING, Stage.HUMAN)
        assert not bridges or accepted, (stage, style)
        assert bridges or found[-1] in ("Hangup", "Redirect"), (stage, style)


def test_the_briefing_on_hold_ends_by_telling_us() -> None:
    document = DOCUMENTS.hold(asked(Stage.BRIEFING, style=Style.ANNOUNCE), 1)
    assert words(document) == [briefing.first_words("sam", "Tea & Co"), "Invoice 7 is wrong & late."]
    assert verbs(document)[-1].text == f"{BASE}/human/c0ffee/1/briefed{RETRIED}"


def test_a_briefing_on_hold_is_not_read_to_somebody_whose_caller_has_gone() -> None:
    for call in (asked(Stage.OVER), asked(Stage.BRIEFING, ended=True)):
        assert words(DOCUMENTS.hold(call, 1)) == [ENGLISH.caller_gone]


def test_a_waiting_human_is_told_when_the_caller_has_gone() -> None:
    assert words(DOCUMENTS.human_wait(CALL, "c0ffee", 1)) == [ENGLISH.moment]
    over = dataclasses.replace(CALL, stage=Stage.OVER)
    assert words(DOCUMENTS.human_wait(over, "c0ffee", 1)) == [ENGLISH.caller_gone]


def test_without_a_voice_the_account_decides() -> None:
    plain = Documents(Links("https://a.test"), Phrasing(), Rules)
    (say, _) = verbs(plain.sorry())
    assert say.attrib == {}


def test_asking_again_pauses_first() -> None:
    pause, redirect = verbs(twiml.again("https://a.test/voice?again=1#rc=5&rp=all"))
    assert pause.get("length") == "1"
    assert redirect.text == "https://a.test/voice?again=1#rc=5&rp=all"


@pytest.mark.parametrize(
    "summary", ["half a \ud83d pair", "no \ufffe character", "\x00\x0b", "]]> &amp; <x>"]
)
def test_whatever_a_model_writes_the_briefing_is_xml(summary: str) -> None:
    """Twilio drops a leg whose document it cannot parse."""
    call = asked(Stage.BRIEFING)
    call = dataclasses.replace(call, handoff=dataclasses.replace(call.handoff, summary=summary))
    ET.fromstring(DOCUMENTS.human(call, 1).encode())


def test_the_callers_number_is_read_out_digit_by_digit_where_a_human_is_to_hear_it() -> None:
    told = dataclasses.replace(DOCUMENTS, phrasing=dataclasses.replace(DOCUMENTS.phrasing, says_number=True))
    call = dataclasses.replace(asked(Stage.BRIEFING), caller="+15550123456")
    said = "The caller's number is 1 5 5 5 0 1 2 3 4 5 6."
    assert words(told.human(call, 1))[4] == said
    assert words(told.hold(call, 1))[-1] == said
    assert said not in words(DOCUMENTS.human(call, 1))
    assert len(words(told.human(dataclasses.replace(call, caller="anonymous"), 1))) == 6 + 2 * KEYS_AGAIN


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_everything_that_we_say_is_said_in_the_language_of_the_deployment(language: str) -> None:
    ours = LANGUAGES[language]
    here = Documents(Links("https://a.test"), Phrasing(words=ours), lambda: Rules(words=ours))
    bare = dataclasses.replace(CALL, attempts=(ATTEMPT,), stage=Stage.BRIEFING)
    message = dataclasses.replace(CALL, stage=Stage.MESSAGE)
    documents = [here.human(bare, 1), here.wait("c0ffee"), here.comfort(), here.caller(message), here.sorry()]
    documents += [here.thanks(), here.gone(), here.too_late(), here.human_wait(CALL, "c0ffee", 1)]
    said = [each for document in documents for each in ET.fromstring(document).iter("Say")]
    assert {each.get("language") for each in said} == {ours.locale}
    known = {ours.first.format(name="Sam"), *dataclasses.asdict(ours).values()}
    assert {each.text for each in said} <= known


def test_a_voice_with_a_name_brings_its_language_along() -> None:
    """Twilio fails a Say whose voice does not speak its language."""
    here = Documents(
        Links("https://a.test"), Phrasing(words=LANGUAGES["es"], voice="Polly.Lupe-Neural"), Rules
    )
    (say, _) = verbs(here.sorry())
    assert say.attrib == {"voice": "Polly.Lupe-Neural"}
    assert say.text == LANGUAGES["es"].sorry
