"""Who is spoken to and how they are reached: language, voice, addresses; what a caller hears out of hours."""

from __future__ import annotations

import dataclasses
import xml.etree.ElementTree as ET
from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from tests.web.test_twiml import CALL, asked, verbs, words
from warmtransfer.core.call import Call, Handoff, Outcome, Stage
from warmtransfer.core.hours import Hours, Span
from warmtransfer.core.rules import Human, Rules
from warmtransfer.core.words import LANGUAGES
from warmtransfer.web.links import Links
from warmtransfer.web.twiml import Documents, Phrasing

PHRASING = Phrasing(voice="Polly.Joanna-Neural", number="+15550100000", words=LANGUAGES["en"])
OFFICE = Hours(ZoneInfo("Europe/Berlin"), tuple(Span(day, 9 * 60, 17 * 60) for day in range(5)))
EVENING = datetime(2026, 12, 7, 18, tzinfo=ZoneInfo("Europe/Berlin")).timestamp()


def documents(*humans: Human, phrasing: Phrasing = PHRASING) -> Documents:
    """Of an app with these humans."""
    rules = Rules(humans=humans, words=phrasing.words)
    return Documents(Links("https://a.test"), phrasing, lambda: rules)


GERMAN = documents(Human("sam", "+15550100001", language="de", voice="Polly.Vicki-Neural"))


@pytest.mark.parametrize(
    "document",
    [
        lambda: GERMAN.human(asked(Stage.BRIEFING), 1),
        lambda: GERMAN.human(asked(Stage.BRIEFING, digits="wwww12"), 1),
        lambda: GERMAN.hold(asked(Stage.BRIEFING), 1),
        lambda: GERMAN.human(asked(Stage.CANCELLING, outcome=Outcome.DECLINED), 1),
        lambda: GERMAN.human(asked(Stage.OVER, outcome=Outcome.CALLER_LEFT), 1),
        lambda: GERMAN.human(asked(Stage.AI, outcome=Outcome.TIMED_OUT), 1),
        lambda: GERMAN.human(asked(Stage.JOINING, outcome=Outcome.ACCEPTED), 1),
        lambda: GERMAN.human_wait(asked(Stage.JOINING), "c0ffee", 1),
        lambda: GERMAN.gone(asked(Stage.OVER).attempts[0]),
    ],
)
def test_a_human_is_spoken_to_in_their_language_and_voice(document: Callable[[], str]) -> None:
    said = list(ET.fromstring(document()).iter("Say"))
    assert said
    assert {verb.get("voice") for verb in said} == {"Polly.Vicki-Neural"}
    english = set(dataclasses.astuple(LANGUAGES["en"]))
    assert not english & {verb.text for verb in said}


def test_a_language_without_a_voice_of_its_own_is_not_read_by_that_of_another() -> None:
    (gate, *_) = verbs(documents(Human("sam", "+15550100001", language="de")).human(asked(Stage.BRIEFING), 1))
    said = list(gate.iter("Say"))
    assert {(verb.get("voice"), verb.get("language")) for verb in said} == {(None, "de-DE")}


def test_who_speaks_a_language_for_which_only_the_deployment_has_words_hears_those() -> None:
    ours = dataclasses.replace(LANGUAGES["en"], locale="sv-SE", keys="Tryck ett.")
    swedish = documents(
        Human("sam", "+15550100001", language="sv"), phrasing=dataclasses.replace(PHRASING, words=ours)
    )
    assert "Tryck ett." in words(swedish.human(asked(Stage.BRIEFING), 1))


def test_everybody_else_hears_the_deployments_voice_and_words() -> None:
    ours = dataclasses.replace(LANGUAGES["en"], keys="Push one.")
    plain = documents(
        Human("sam", "+15550100001", language="en"), phrasing=dataclasses.replace(PHRASING, words=ours)
    )
    document = plain.human(asked(Stage.BRIEFING), 1)
    assert "Push one." in words(document)
    assert {verb.get("voice") for verb in verbs(document)[0].iter("Say")} == {PHRASING.voice}
    assert words(plain.too_late()) == [LANGUAGES["en"].too_late], "nobody in particular"


@pytest.mark.parametrize(
    ("number", "tag", "text"),
    [
        ("+15550100001", "Number", "+15550100001"),
        ("client:sam", "Client", "sam"),
        ("sip:sam@pbx.example.com", "Sip", "sip:sam@pbx.example.com"),
    ],
)
def test_a_redirected_caller_rings_an_address_by_its_kind(number: str, tag: str, text: str) -> None:
    moved = asked(Stage.REDIRECTED, moved=True, number=number, caller_id="+15550100009")
    (dial,) = verbs(documents(Human("sam", number)).caller(moved))
    assert dial.get("callerId") == "+15550100009"
    (noun,) = dial
    assert (noun.tag, noun.text) == (tag, text)
    assert (noun.get("url") or "").startswith("https://a.test/warmtransfer/human/c0ffee/1")
    assert noun.get("statusCallbackEvent") == "initiated ringing answered completed"


def left_alone(at: float, *attempts: str) -> Call:
    """A caller who is to leave a message at this time."""
    tried = asked(Stage.MESSAGE).attempts if attempts else ()
    return dataclasses.replace(CALL, stage=Stage.MESSAGE, handoff=Handoff(1), at=at, attempts=tried)


def test_out_of_hours_a_caller_without_an_ai_hears_when_we_open_before_the_tone() -> None:
    house = documents(Human("sam", "+15550100001", hours=OFFICE))
    assert words(house.caller(left_alone(EVENING))) == [
        "We are closed at the moment, and open tomorrow at 9 AM.",
        LANGUAGES["en"].apology,
    ]
    assert words(house.caller(left_alone(EVENING, "sam"))) == [LANGUAGES["en"].apology], "somebody was rung"
    assert words(house.caller(left_alone(EVENING - 7200))) == [LANGUAGES["en"].apology], "it is open"
