"""While the app is away: the documents that Twilio hosts need nobody, and whoever knocks is taken in."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from tests.test_config import GOOD
from tests.web.site import PUBLIC, Site
from warmtransfer.core.words import LANGUAGES
from warmtransfer.web.links import Links
from warmtransfer.web.twiml.away import Away
from warmtransfer.web.twiml.phrasing import Phrasing

NUMBER = GOOD["TWILIO_NUMBER"]
DESK = "+15550100099"
#: Letters that a TwiML Bin takes.
MOST = 4000


def verbs(document: str) -> list[ET.Element]:
    return list(ET.fromstring(document))


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_the_fallback_document_depends_on_no_request_before_its_last_verb(language: str) -> None:
    """By a stream that nobody has to open it knocks, before it dials and after."""
    words = Phrasing(number=NUMBER, voice="Polly.Vicki-Neural", last_resort=DESK, words=LANGUAGES[language])
    document = Away(Links(PUBLIC), words).fallback()
    assert len(document) < MOST
    found = verbs(document)
    tags = [each.tag for each in found]
    assert tags.index("Start") < tags.index("Dial") < len(tags) - 1 - tags[::-1].index("Start")
    assert tags.index("Redirect") == len(tags) - 1
    assert {"Connect", "Gather", "Play"}.isdisjoint(tags)
    assert not any("action" in each.attrib for each in found)


def test_without_a_last_resort_nobody_is_dialled() -> None:
    assert "Dial" not in [each.tag for each in verbs(Away(Links(PUBLIC), Phrasing()).fallback())]


def test_a_human_in_the_hosted_document_is_asked_anew_and_a_stranger_told_that_it_is_over(site: Site) -> None:
    call_id = site.briefing()
    form = {"Direction": "outbound-api", "From": NUMBER, "CallStatus": "in-progress"}
    again = site.document("/again", CallSid="CAhuman1", **form)
    assert again[0].tag == "Gather"
    assert f"/human/{call_id}/1/gate" in again[0].attrib["action"]
    assert [each.tag for each in site.document("/again", CallSid="CAother", **form)] == ["Say", "Hangup"]


def test_a_caller_who_knocks_is_moved_to_us(site: Site) -> None:
    site.carrier.answers |= {"open_rooms": list, "find_child": lambda *_: ("", None, False)}
    assert site.send("/knock", {"CallSid": "CAlate", "StreamEvent": "stream-error"}).status_code == 204
    assert site.carrier.wait("move_call")[0][0] == "CAlate"
