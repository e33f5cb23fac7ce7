"""<Gather> of speech: words, how sure, told of meanwhile; spoken over a prompt or behind it; or keys."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.simulator.app import Page, World, world
from warmtransfer.simulator.network.hearing import LESS_SURE, SURE, Known
from warmtransfer.simulator.sound import speech
from warmtransfer.simulator.sound.audio import beep
from warmtransfer.simulator.sound.speech import recorded, spoken

PARCEL = "I am calling about a parcel that never came."
STAYS: dict[str, Any] = {"wait": 60}
#: The application has been asked by then, and its Gather waits.
BEGINS: dict[str, Any] = {"wait": 6}


def pages(attributes: str, prompt: str = "") -> dict[str, Page]:
    """An application that gathers as told, and says what follows when nothing came."""
    patient = "" if " timeout=" in attributes else 'timeout="30"'
    gather = f'<Gather action="/heard" {patient} {attributes}>{prompt}</Gather>'
    return {"/voice": f"{gather}<Say>Nothing came.</Say>", "/heard": "<Hangup/>"}


async def told(net: World, *steps: dict[str, Any]) -> list[dict[str, str]]:
    """What the action was asked with, in a call of somebody who does this."""
    await net.ended(await net.phone(*steps, STAYS))
    return net.app.forms("/heard")


@pytest.mark.parametrize(
    ("said", "words"), [(PARCEL, PARCEL), ("where-order", "where is my order"), ("yes", "yes")]
)
def test_what_is_said_is_told_with_how_sure(said: str, words: str) -> None:
    async def story() -> None:
        async with world(pages('input="speech" speechTimeout="1"')) as net:
            (form,) = await told(net, BEGINS, {"say": said})
            assert (form["SpeechResult"], form["Confidence"]) == (words, f"{SURE:.2f}")
            assert "Digits" not in form
            (row,) = net.rows("note", event="gathered")
            assert row["speech"] == words

    asyncio.run(story())


@pytest.mark.parametrize(("input_", "result"), [("speech dtmf", "Digits"), ("dtmf speech", "SpeechResult")])
def test_the_first_of_both_counts(input_: str, result: str) -> None:
    async def story() -> None:
        first: list[dict[str, Any]] = [BEGINS, {"press": "12#"}]
        if result == "SpeechResult":
            first = [BEGINS, {"say": PARCEL}, {"press": "5"}]
        async with world(pages(f'input="{input_}" speechTimeout="auto" numDigits="3"')) as net:
            (form,) = await told(net, *first)
            assert form[result] == ("12" if result == "Digits" else PARCEL)
            assert len({"Digits", "SpeechResult"} & set(form)) == 1

    asyncio.run(story())


def test_speech_stops_a_prompt_unless_it_may_not() -> None:
    async def story(barge: str) -> tuple[list[dict[str, str]], bool]:
        prompt = "<Say>Please tell me in a few words what your call is about, and take your time.</Say>"
        attributes = f'input="speech" speechTimeout="1" timeout="3" bargeIn="{barge}"'
        async with world(pages(attributes, prompt)) as net:
            forms = await told(net, {"until": "speech"}, {"say": "where-order"})
            (row,) = [r for r in net.rows("note", event="speech", who="network") if "few words" in r["text"]]
            return forms, row["whole"]

    forms, whole = asyncio.run(story("true"))
    assert (forms[0]["SpeechResult"], whole) == ("where is my order", False)
    forms, whole = asyncio.run(story("false"))
    assert (forms, whole) == ([], True), "what was said into the prompt does not count"


def test_words_are_told_of_while_they_are_said() -> None:
    async def story() -> None:
        attributes = 'input="speech" speechTimeout="1" partialResultCallback="/partly"'
        async with world(pages(attributes), speed=8.0) as net:
            (form,) = await told(net, BEGINS, {"say": f"{PARCEL} It should have been here last week."})
            partly = net.app.forms("/partly")
            assert len(partly) >= 2
            assert [f["SequenceNumber"] for f in partly] == [str(n) for n in range(len(partly))]
            assert all(form["SpeechResult"].startswith(f["UnstableSpeechResult"]) for f in partly[:2])
            assert 0 < float(partly[0]["Stability"]) < 1
            assert partly[0]["CallSid"] == form["CallSid"]

    asyncio.run(story())


def test_silence_goes_on_or_asks_the_action_when_that_is_wanted() -> None:
    async def story() -> None:
        async with world(pages('input="speech" timeout="2"')) as net:
            assert await told(net) == []
            assert net.rows("note", event="speech", text="Nothing came.")
        async with world(pages('input="speech" timeout="2" actionOnEmptyResult="true"')) as net:
            (form,) = await told(net)
            assert form["SpeechResult"] == ""

    asyncio.run(story())


def test_who_speaks_on_and_on_is_heard_as_long_as_asked() -> None:
    async def story() -> None:
        attributes = 'input="speech" speechTimeout="3" maxSpeechTime="2"'
        async with world(pages(attributes)) as net:
            (form,) = await told(net, BEGINS, {"say": f"{PARCEL} It should have been here last week."})
            assert form["SpeechResult"]
            assert PARCEL.startswith(form["SpeechResult"][:10])
            assert "week" not in form["SpeechResult"]

    asyncio.run(story())


def test_who_hangs_up_in_mid_word_leaves_nothing_behind() -> None:
    async def story() -> None:
        async with world(pages('input="speech" partialResultCallback="/partly"')) as net:
            sid = await net.phone(BEGINS, {"say": PARCEL})
            await net.until("note", event="say", who="caller")
            await net.control("POST", f"/calls/{sid}/hangup")
            await net.quiet()
            assert net.app.forms("/heard") == []

    asyncio.run(story())


def test_known_lines_are_found_and_others_are_not() -> None:
    async def story() -> None:
        ears = Known()
        try:
            pcm = await speech.announced(PARCEL)
            assert await ears.words(pcm) == (PARCEL, SURE)
            assert (await ears.words(recorded("yes")))[0] == "yes"
            strange = await spoken("The weather is nobody's business.", "woman")
            assert await ears.words(strange) == ("", 0.0)
            assert await ears.words(beep()) == ("", 0.0)
            assert 0 < LESS_SURE < SURE < 1
        finally:
            ears.close()
        later = await speech.announced("A sentence that comes too late.")
        assert await ears.words(later) == ("", 0.0)

    asyncio.run(story())
