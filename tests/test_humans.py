"""Humans as a deployment writes them: whose number has an extension, and who shares a telephone."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.test_config import GOOD
from warmtransfer.config import Settings, load
from warmtransfer.core.rules import Human, Rules
from warmtransfer.errors import ConfigError
from warmtransfer.numbers import TONES, split

NUMBER = "+15550100001"


def read(humans: object, **more: str) -> Settings:
    """The settings with these humans."""
    return load({**GOOD, **more, "WARMTRANSFER_HUMANS": humans})


def refused(humans: object, **more: str) -> str:
    """The one fault of these humans."""
    with pytest.raises(ConfigError) as caught:
        read(humans, **more)
    [fault] = caught.value.faults
    assert "Traceback" not in fault
    return fault


@pytest.mark.parametrize(
    ("given", "digits"),
    [
        ("+15550100001", ""),
        ("+15550100001x123", "wwww123"),
        ("+1 555-010-0001 ext. 5", "wwww5"),
        ("+1 (555) 010-0001 Extension 12", "wwww12"),
        ("+15550100001;ext=12", "wwww12"),
        ("+15550100001 #12", "wwww12"),
        ("+15550100001,12", "wwww12"),
        ("+15550100001,,123#", "wwwwwwww123#"),
        ("+15550100001,,1,*2", "wwwwwwww1wwww*2"),
        ("+15550100001ww1w2", "ww1w2"),
    ],
)
def test_an_extension_is_sent_after_the_answer_as_it_is_written(given: str, digits: str) -> None:
    for humans in (
        f"sam={given},kim=+15550100002",
        [{"name": "sam", "number": given}],
        [Human("sam", given)],
    ):
        sam = read(humans).humans[0]
        assert (sam.name, sam.number, sam.digits) == ("sam", NUMBER, digits)
    assert [each.name for each in read(f"sam={given},kim=+15550100002").humans] == ["sam", "kim"]


@pytest.mark.parametrize(
    "given",
    [
        "+15550100001x",
        "+15550100001x12a",
        "+15550100001;foo=3",
        "+15550100001;12",
        "+15550100001,,",
        "+15550100001 / 12",
        "+15550100001x" + "1" * TONES,
    ],
)
def test_what_follows_a_number_and_is_no_extension_is_never_dropped(given: str) -> None:
    assert "human 1 (sam)" in refused([{"name": "sam", "number": given}])


@pytest.mark.parametrize(
    "given", ["sam=+15550100001,15550100002", "sam=+15550100001,+15550100002", "sam=+15550100001,kim"]
)
def test_a_second_human_without_a_name_is_no_extension_of_the_first(given: str) -> None:
    assert "give each human as `name=+15550100001`" in refused(given)


def test_tones_given_in_python_are_checked_too() -> None:
    assert read([Human("sam", NUMBER, digits="1,2")]).humans[0].digits == "1wwww2"
    assert "tones" in refused([Human("sam", NUMBER, digits="call")])


def test_an_extension_in_a_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "team.toml"
    path.write_text('[[human]]\nname = "sam"\nnumber = "+15550100001x7"\n')
    assert read(str(path)).humans[0].digits == "wwww7"


def test_the_style_that_can_send_no_tones_is_refused_with_a_way_out() -> None:
    fault = refused("sam=+15550100001x12", WARMTRANSFER_BRIEFING="announce")
    assert "an extension cannot be reached in the style announce" in fault
    assert 'set briefing = "screen" for sam' in fault
    assert read("sam=+15550100001x12", WARMTRANSFER_BRIEFING="redirect").humans[0].digits == "wwww12"


def test_only_a_humans_number_may_have_an_extension() -> None:
    with pytest.raises(ConfigError, match="an extension, which only a human's number may have"):
        load({**GOOD, "TWILIO_NUMBER": "+15550100000x12"})


def test_somebody_behind_a_switchboard_is_given_the_time_to_pick_up() -> None:
    plain, slow = read(f"sam={NUMBER}").rules(), read(f"sam={NUMBER}x12").rules()
    ring = slow.humans[0].ring
    assert plain.briefing == Rules().briefing
    assert slow.briefing - plain.briefing >= ring + 10
    assert slow.redirected - plain.redirected >= ring + 10
    assert read(f"sam={NUMBER}x12", WARMTRANSFER_LIMITS="briefing=70").rules().briefing == 70


def test_two_humans_may_share_a_telephone() -> None:
    assert [each.number for each in read(f"sales={NUMBER},orders={NUMBER}").humans] == [NUMBER, NUMBER]


def test_one_name_in_two_unicode_forms_is_given_twice() -> None:
    assert "is given twice" in refused(f"jos\u00e9={NUMBER},Jose\u0301=+15550100002")


def test_a_number_without_anything_is_left_as_it_is() -> None:
    assert split(" +1 555 010 0001 ") == (" +1 555 010 0001 ", "")
