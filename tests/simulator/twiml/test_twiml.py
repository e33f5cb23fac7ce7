"""TwiML as it is read: what is refused, what is ignored with a warning, what a call then hears."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from aiohttp import web

from tests.simulator.app import SAM, Page, twiml, world
from warmtransfer.simulator.twiml.documents import APOLOGY
from warmtransfer.simulator.twiml.grammar import ATTRIBUTES, TwimlError, parse
from warmtransfer.simulator.twiml.values import VALUES


def wrapped(verbs: str) -> str:
    return f"<Response>{verbs}</Response>"


@pytest.mark.parametrize(
    ("body", "content_type", "code"),
    [
        ("<Response><Say>x</Response>", "text/xml", 12100),
        ("hello", "text/xml", 12100),
        ("<Answer/>", "text/xml", 12100),
        (wrapped("<Hangup/>"), "application/json", 12300),
        (wrapped("<Say>" + "x" * 65536 + "</Say>"), "text/xml", 11750),
    ],
)
def test_a_document_that_cannot_be_run_has_its_code(body: str, content_type: str, code: int) -> None:
    """Parse failures, types and sizes give the documented codes."""
    with pytest.raises(TwimlError) as caught:
        parse(body, content_type=content_type)
    assert caught.value.code == code


@pytest.mark.parametrize("kind", ["text/xml", "application/xml; charset=utf-8", "text/html"])
def test_three_content_types_are_twiml(kind: str) -> None:
    """XML may come under each of its usual types, and as HTML."""
    assert parse(wrapped("<Hangup/>"), content_type=kind).verbs[0].name == "Hangup"


@pytest.mark.parametrize(
    ("verb", "said"),
    [
        ('<Dial timeout="soon"/>', "<Dial timeout='soon'> is not a whole number, 1 or more (13212); here"),
        ('<Dial timeLimit="0"/>', "(13216)"),
        ('<Dial hangupOnStar="yes"/>', "is not true or false (13213)"),
        ('<Dial method="PUT"/>', "is not GET or POST"),
        ('<Dial record="always"/>', "is not one of do-not-record, record-from-answer"),
        ('<Dial><Conference beep="loud">r</Conference></Dial>', "is not one of true, false, onEnter, onExit"),
        ('<Dial><Conference statusCallbackEvent="start,end">r</Conference></Dial>', "some of start end join"),
        ('<Dial><Conference maxParticipants="251">r</Conference></Dial>', "from 1 to 250 (16002)"),
        ('<Dial><Conference startConferenceOnEnter="1">r</Conference></Dial>', "is not true or false"),
        ('<Dial><Number sendDigits="x12">+15550100001</Number></Dial>', "is not keys and pauses"),
        ('<Dial><Number statusCallbackEvent="end">+15550100001</Number></Dial>', "some of initiated ringing"),
        ('<Gather input="voice"/>', "is not some of dtmf speech"),
        ('<Gather numDigits="one"/>', "is not a whole number, 1 or more; here"),
        ('<Gather speechTimeout="never"/>', "is not seconds, or auto; here"),
        ('<Pause length="1.5"/>', "is not a whole number"),
        ('<Say loop="-1">Hello</Say>', "is not a whole number, 0 or more"),
        ('<Start><Stream url="wss://x" track="in"/></Start>', "is not one of inbound_track, outbound_track"),
        ('<Record finishOnKey="any"/>', "is not keys: some of 0-9 * #"),
        ('<Reject reason="no"/>', "is not one of rejected, busy"),
    ],
)
def test_a_value_that_an_attribute_cannot_have_is_a_warning_and_counts_for_nothing(
    verb: str, said: str
) -> None:
    document = parse(f"<Response>{verb}</Response>")
    [warning] = document.warnings
    assert said in warning
    found = [document.verbs[0], *document.verbs[0].children]
    assert sum(len(each.attrs) for each in found) == (1 if "url=" in verb else 0)


@pytest.mark.parametrize(
    "verb",
    [
        '<Dial timeout=" 30 " timeLimit="14400" hangupOnStar="True" method="post" record="true"/>',
        '<Dial><Conference beep="onEnter" muted="false" jitterBufferSize="off" statusCallbackEvent="start '
        'end join leave mute hold modify speaker announcement" participantLabel="a">r</Conference></Dial>',
        '<Gather input="dtmf speech" timeout="auto" speechTimeout="auto" finishOnKey="" loop="3"/>',
        '<Say loop="0">Hello</Say>',
        '<Play digits="wwww12#"/>',
    ],
)
def test_a_value_that_an_attribute_may_have_is_none(verb: str) -> None:
    warnings = parse(f"<Response>{verb}</Response>").warnings
    assert [each for each in warnings if " is not " in each] == []


def test_every_value_that_is_looked_at_is_of_an_attribute_that_there_is() -> None:
    everywhere = set().union(*ATTRIBUTES.values())
    for key in VALUES:
        assert key in everywhere if isinstance(key, str) else key[1] in ATTRIBUTES[key[0]], key


@pytest.mark.parametrize(
    ("verbs", "left", "about"),
    [
        ("<Shout>x</Shout><Hangup/>", ["Hangup"], "Shout"),
        ('<Say tempo="9">x</Say>', ["Say"], "tempo"),
        ("<Gather><Dial>+15550100001</Dial></Gather>", ["Gather"], "Dial"),
        ("<say>x</say>", [], "say"),
    ],
)
def test_what_the_grammar_lacks_is_ignored_with_a_warning(verbs: str, left: list[str], about: str) -> None:
    """Unknown verbs, attributes and nestings are Twilio's warning 12200, not an error."""
    document = parse(wrapped(verbs))
    assert [v.name for v in document.verbs] == left
    assert len(document.warnings) == 1
    assert about in document.warnings[0]


def test_speech_markup_inside_say_is_text() -> None:
    """SSML elements are spoken, not warned about."""
    document = parse(wrapped('<Say>One <break time="1s"/> <emphasis>two</emphasis></Say>'))
    assert (document.verbs[0].text, document.warnings) == ("One two", ())


def test_a_broken_document_is_an_apology_and_a_hangup() -> None:
    """The caller hears that there was an application error, and the trace has the code."""

    async def story() -> None:
        broken: dict[int, Page] = {
            12100: "<Say>unclosed",
            12300: lambda _: web.json_response({}),
            11200: lambda _: web.Response(status=500),
        }
        for code, page in broken.items():
            async with world({"/voice": page}) as net:
                await net.ended(await net.phone())
                assert code in [r["code"] for r in net.rows("note", event="error")]
                assert net.rows("note", event="speech", text=APOLOGY)[0]["whole"] is True

    asyncio.run(story())


def test_endless_http_redirects_end_with_11215() -> None:
    """More than ten HTTP redirects are an error of their own."""

    async def story() -> None:
        again: dict[str, Page] = {
            "/voice": lambda _: web.Response(status=307, headers={"Location": "/voice"})
        }
        async with world(again) as net:
            await net.ended(await net.phone())
            assert len(net.app.forms("/voice")) == 11
            assert [r["code"] for r in net.rows("note", event="error")] == [11215]

    asyncio.run(story())


def test_the_fallback_is_asked_with_the_error() -> None:
    """A failed voice URL is followed by the fallback, which is told the code."""

    async def story() -> None:
        pages: dict[str, Page] = {
            "/voice": lambda _: web.Response(status=502),
            "/plan-b": "<Say>Plan B.</Say>",
        }
        async with world(pages, fallback_url="https://app.example.test/plan-b") as net:
            await net.ended(await net.phone())
            assert net.app.forms("/plan-b")[0]["ErrorCode"] == "11200"
            assert net.rows("note", event="speech", text="Plan B.")

    asyncio.run(story())


def test_a_silent_gather_falls_through_unless_told_otherwise() -> None:
    """Without actionOnEmptyResult silence goes on with the next verb; with it the action gets no digits."""

    async def story() -> None:
        pages = {"/voice": '<Gather timeout="2" action="/got"><Say>Press.</Say></Gather><Say>Nothing.</Say>'}
        async with world(pages) as net:
            await net.ended(await net.phone())
            assert net.rows("note", event="speech", text="Nothing.")
            assert net.app.forms("/got") == []
        pages = {
            "/voice": '<Gather timeout="2" action="/got" actionOnEmptyResult="true"/><Say>Nothing.</Say>'
        }
        async with world(pages) as net:
            await net.ended(await net.phone())
            assert [f["Digits"] for f in net.app.forms("/got")] == [""]
            assert not net.rows("note", event="speech", text="Nothing.")

    asyncio.run(story())


@pytest.mark.parametrize(
    ("attrs", "keys", "digits"),
    [
        ('numDigits="1"', "5", "5"),
        ('numDigits="3"', "123", "123"),
        ("", "42#", "42"),
        ('finishOnKey="*"', "4#2*", "4#2"),
        ('timeout="1"', "77", "77"),
    ],
)
def test_gather_collects_digits(attrs: str, keys: str, digits: str) -> None:
    """Digits end by their number, by the finishing key or by time; the first one stops the prompt."""

    async def story() -> None:
        pages = {"/voice": f'<Gather action="/got" {attrs}><Say>Please press something now.</Say></Gather>'}
        async with world(pages) as net:
            await net.ended(await net.phone({"until": "heard:please press"}, {"press": keys}))
            assert [f["Digits"] for f in net.app.forms("/got")] == [digits]
            said = net.rows("note", event="speech", text="Please press something now.")[0]
            assert said["whole"] is False

    asyncio.run(story())


def test_relative_urls_and_actions_resolve_against_the_document() -> None:
    """A relative URL is relative to the document it stands in, query and all."""

    async def story() -> None:
        pages = {
            "/voice": "<Redirect>/deep/first</Redirect>",
            "/deep/first": "<Redirect>second?x=1</Redirect>",
            "/deep/second": '<Play>../sound.wav</Play><Redirect method="GET">/last</Redirect>',
            "/last": "<Hangup/>",
        }
        async with world(pages) as net:
            await net.ended(await net.phone())
            assert [s.path for s in net.app.seen if s.path != "/status"] == [
                "/voice", "/deep/first", "/deep/second", "/sound.wav", "/last",
            ]  # fmt: skip
            assert net.app.seen[2].query == "x=1"
            assert "CallSid=" in net.app.seen[4].query

    asyncio.run(story())


def test_reject_is_not_an_answer() -> None:
    """A rejected call is never answered: busy when it says so, failed otherwise."""

    async def story() -> None:
        for verbs, status in (('<Reject reason="busy"/>', "busy"), ("<Reject/>", "failed")):
            async with world({"/voice": verbs}) as net:
                assert (await net.ended(await net.phone()))["status"] == status
                assert not net.rows("leg", event="answered")

    asyncio.run(story())


def test_a_dial_bridges_two_people_after_the_gate() -> None:
    """A Number's url runs on the called leg alone; then both talk, and the action gets the outcome."""

    async def story() -> None:
        pages = {
            "/voice": f'<Dial action="/after" timeout="10"><Number url="/gate" statusCallback="/leg"'
            f' statusCallbackEvent="initiated ringing answered completed">{SAM}</Number></Dial>',
            "/gate": "<Say>Someone for you.</Say>",
        }
        phones = [{"number": SAM, "answer": {"after": 1}, "steps": [
            {"until": "heard-end:someone for you"}, {"wait": 1}, {"say": "Hello, this is Sam speaking."},
            {"wait": 1}, {"hangup": True}]}]  # fmt: skip
        async with world(pages, phones=phones) as net:
            caller = await net.phone()
            await net.ended(caller)
            after = net.app.forms("/after")[0]
            assert (after["DialCallStatus"], after["DialBridged"]) == ("completed", "true")
            assert int(after["DialCallDuration"]) >= 2
            assert [f["CallStatus"] for f in net.app.forms("/leg")] == [
                "initiated", "ringing", "in-progress", "completed",
            ]  # fmt: skip
            assert net.app.forms("/gate")[0]["ParentCallSid"] == caller
            bridged = net.rows("note", event="bridge")[0]["t"]
            assert abs(net.heard(caller, bridged)).max() > 1000

    asyncio.run(story())


@pytest.mark.parametrize(
    ("answer", "status"), [("busy", "busy"), ("no-answer", "no-answer"), ("failed", "failed")]
)
def test_a_dial_that_reaches_nobody_says_why(answer: str, status: str) -> None:
    """DialCallStatus is the callee's outcome."""

    async def story() -> None:
        pages = {"/voice": f'<Dial action="/after" timeout="5"><Number>{SAM}</Number></Dial>'}
        async with world(pages, phones=[{"number": SAM, "answer": answer}]) as net:
            await net.ended(await net.phone())
            assert net.app.forms("/after")[0]["DialCallStatus"] == status

    asyncio.run(story())


def test_of_several_numbers_the_first_to_answer_wins() -> None:
    """The others are cancelled."""

    async def story() -> None:
        kim = "+15550100002"
        pages = {"/voice": f'<Dial action="/after"><Number>{SAM}</Number><Number>{kim}</Number></Dial>'}
        phones: list[dict[str, Any]] = [
            {"number": SAM, "answer": {"after": 9}},
            {"number": kim, "answer": {"after": 1}, "steps": [{"wait": 1}, {"hangup": True}]},
        ]
        async with world(pages, phones=phones) as net:
            await net.ended(await net.phone())
            assert net.app.forms("/after")[0]["DialCallStatus"] == "completed"
            assert net.rows("leg", event="ended", label=SAM)[0]["status"] == "canceled"

    asyncio.run(story())


def test_record_keeps_what_was_said() -> None:
    """Record ends by key, and the action and the callback get the recording, which can be fetched."""

    async def story() -> None:
        pages: dict[str, Page] = {
            "/voice": '<Record maxLength="10" action="/recorded" recordingStatusCallback="/kept"/>',
            "/recorded": lambda _: twiml("<Hangup/>"),
        }
        async with world(pages) as net:
            steps: list[dict[str, Any]] = [{"wait": 1}, {"say": "Please call me back."}, {"press": "#"}]
            await net.ended(await net.phone(*steps))
            form = net.app.forms("/recorded")[0]
            assert (form["Digits"], form["RecordingSid"][:2]) == ("#", "RE")
            await net.quiet()
            assert net.app.forms("/kept")[0]["RecordingStatus"] == "completed"
            async with net.http.get(form["RecordingUrl"] + ".wav") as got:
                assert (await got.read())[:4] == b"RIFF"

    asyncio.run(story())
