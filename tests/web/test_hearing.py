"""What a document has a human hear."""

from __future__ import annotations

import pytest

from warmtransfer.web.hearing import said_in, to_human, told_to


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ("<Say>Hello.</Say><Hangup/>", "Hello."),
        ("<Pause/><Gather><Say>A.</Say><Pause/><Say>B.</Say><Say>B.</Say></Gather><Say>Bye.</Say>", "A. B."),
        ("<Dial><Conference>wt-1</Conference></Dial><Say>The caller has hung up.</Say>", ""),
        ('<Say>Call <say-as interpret-as="digits">12</say-as> back.</Say>', "Call 12 back."),
        ("", ""),
    ],
)
def test_it_is_what_is_said_before_something_else_happens(document: str, words: str) -> None:
    assert said_in(f"<Response>{document}</Response>") == words


def test_it_is_kept_under_the_humans_leg() -> None:
    assert told_to(to_human(12)) == 12
    assert told_to("caller") == told_to("ai") == 0
