"""Humans as a deployment writes them: whose number has an extension, and who shares a telephone."""

from __future__ import annotations

import tomllib
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.test_config import GOOD
from warmtransfer import person
from warmtransfer.config import Settings, load
from warmtransfer.core.rules import AfterHuman, Card, Human, Rules
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


# Keys -----------------------------------------------------------------------------------------------

FULL = """
time_zone = "Europe/Berlin"
holidays = ["2026-12-24"]

[[department]]
name = "billing"
description = "invoices and payments"
hours = "mon-fri 9:00-17:00"

[[human]]
name = "Sam Lee"
number = "+15550100001x12"
description = "knows every invoice"
department = ["billing", "support"]
at_once = 2
ring = 20
language = "de"
voice = "Polly.Vicki-Neural"
caller_id = "+15550100000"
after_human = "end"

[[human]]
name = "kim"
number = "client:kim.front-desk"
departments = "support"
hours = { mon-thu = "9-17", fri = ["9-12", "13-15"] }
time_zone = "America/New_York"
holidays = ["2026-11-26 Thanksgiving"]
away = true
briefing = "redirect"

[[human]]
name = "night"
number = "SIP:night@pbx.example.com:5061;transport=tls"
hours = "always"
digits = "w5#"
"""
MONDAY = datetime(2026, 12, 7, 10, tzinfo=ZoneInfo("Europe/Berlin")).timestamp()


def file(tmp_path: Path, text: str) -> str:
    """The path of a file of humans."""
    path = tmp_path / "team.toml"
    path.write_text(text)
    return str(path)


def test_every_key_of_a_file_is_read(tmp_path: Path) -> None:
    settings = read(file(tmp_path, FULL))
    sam, kim, night = settings.humans
    (billing,) = settings.departments
    assert (billing.name, billing.description) == ("billing", "invoices and payments")
    assert sam.hours == billing.hours, "the only department of theirs that keeps hours"
    assert (sam.number, sam.digits, sam.departments) == (NUMBER, "wwww12", ("billing", "support"))
    assert (sam.at_once, sam.ring, sam.language, sam.voice) == (2, 20.0, "de", "Polly.Vicki-Neural")
    assert (sam.caller_id, sam.after_human) == ("+15550100000", AfterHuman.END)
    assert (kim.number, kim.departments, kim.away) == ("client:kim.front-desk", ("support",), True)
    assert kim.hours is not None
    assert kim.hours.zone.key == "America/New_York"
    assert [day.date for day in kim.hours.holidays] == ["2026-12-24", "2026-11-26"]
    assert len(kim.hours.spans) == 6
    assert (night.number, night.digits) == ("sip:night@pbx.example.com:5061;transport=tls", "w5#")
    assert night.hours is not None
    assert night.hours.closes(MONDAY) == 0.0


SEVERAL = """
[[human]]
name = "sam"
numbers = [
  "+15550100001x12",
  "client:sam",
  "sip:sam@pbx.example.com",
]
at_once = 2

[[human]]
name = "kim"
number = "+15550100002"
"""


def test_several_numbers_are_read_in_their_order_each_with_its_extension(tmp_path: Path) -> None:
    sam, kim = read(file(tmp_path, SEVERAL)).humans
    wanted = [(NUMBER, "wwww12"), ("client:sam", ""), ("sip:sam@pbx.example.com", "")]
    assert [(each.number, each.digits) for each in sam.addresses] == wanted
    assert (sam.number, sam.digits, sam.at_once) == (NUMBER, "wwww12", 2)
    assert [each.number for each in kim.addresses] == ["+15550100002"]
    numbers = ("+15550100001x12", "client:sam", "sip:sam@pbx.example.com")
    assert read([{"name": "sam", "number": numbers, "at_once": 2}]).humans == (sam,)
    assert read((sam,)).humans == (sam,), "what was read is read as it is"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("x12", "x1a", "line 4, human 1 (sam): the number ending in 01 has an extension that is none"),
        ("client:sam", "client:sam lee", "line 4, human 1 (sam): it is no address that can be dialled"),
        ("client:sam", "+15550100001x12", "line 4, human 1 (sam): number: the number ending in 01 is"),
        ('"client:sam"', "5", "line 4, human 1 (sam): numbers is no text, nor a list of texts"),
        (
            'number = "+15550100002"', "numbers = []",
            "line 13, human 2 (kim): numbers is empty: give one number at least",
        ),
        ("at_once = 2", 'number = "+15550100003"', "human 1 (sam): number: number is given twice"),
        ("at_once = 2", 'digits = "5"', "line 9, human 1 (sam): digits: of several numbers, write what is"),
        ("at_once = 2", 'briefing = "announce"', "human 1 (sam): an extension cannot be reached in the"),
        ('"client:sam"', '"+15550100000"', "sam has TWILIO_NUMBER itself"),
    ],
)
def test_what_is_wrong_with_one_of_several_numbers_is_told_with_line_and_key(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    assert SEVERAL.count(old) == 1
    assert said in refused(file(tmp_path, SEVERAL.replace(old, new)))


def test_python_takes_the_same_keys_and_the_same_shape(tmp_path: Path) -> None:
    there, here = read(file(tmp_path, FULL)), read(tomllib.loads(FULL))
    assert (there.humans, there.departments) == (here.humans, here.departments)
    assert read(there.humans).humans == there.humans


def test_a_human_given_in_python_may_have_their_card_as_a_word() -> None:
    (sam,) = read([Human("sam", NUMBER, card="sms")]).humans  # type: ignore[arg-type]
    assert sam.card is Card.SMS
    fault = refused([Human("sam", NUMBER, card="fax")])  # type: ignore[arg-type]
    assert "card: 'fax' is not among none, link, sms" in fault


def test_hours_for_all_are_given_by_keys_of_the_environment() -> None:
    keys = {
        "WARMTRANSFER_HOURS": "mon-fri 9-17",
        "WARMTRANSFER_TIME_ZONE": "Europe/Berlin",
        "WARMTRANSFER_HOLIDAYS": "DE, 2026-12-24 closed early",
    }
    (sam,) = read(f"sam={NUMBER}", **keys).humans
    assert sam.hours is not None
    assert sam.hours.open(MONDAY)
    assert not sam.hours.open(MONDAY + 8 * 3600)
    assert "2026-12-24" in {day.date for day in sam.hours.holidays}
    assert read(f"sam={NUMBER}").humans[0].hours is None


def test_holidays_without_hours_are_free_and_whoever_says_always_is_always_there() -> None:
    eve = {"WARMTRANSFER_HOLIDAYS": "2026-12-07", "WARMTRANSFER_TIME_ZONE": "Europe/Berlin"}
    given = [
        {"name": "sam", "number": NUMBER},
        {"name": "kim", "number": "+15550100002", "hours": "always"},
        {"name": "pat", "number": "+15550100003", "hours": "always", "holidays": "2026-12-08"},
    ]
    sam, kim, pat = (human.hours for human in read(given, **eve).humans)
    assert sam is not None
    assert kim is not None
    assert pat is not None
    assert [each.open(MONDAY) for each in (sam, kim, pat)] == [False, True, True]
    assert [each.open(MONDAY + 86400) for each in (sam, kim, pat)] == [True, True, False]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("ring = 20", "ring = 3", "line 16, human 1 (Sam Lee): ring is 3; give seconds from 5 to 120"),
        ("ring = 20", "ringing = 3", "line 16, human 1 (Sam Lee): ringing: not among the keys name, number"),
        ("at_once = 2", "at_once = 0", "line 15, human 1 (Sam Lee): at_once is 0"),
        ("x12", "x1a", "line 12, human 1 (Sam Lee): the number ending in 01 has an extension"),
        ('voice = "Polly.Vicki-Neural"', "voice = 5", 'voice is no text; put it in quotes, as in voice = "'),
        ('after_human = "end"', 'after_human = "go"', "line 20, human 1 (Sam Lee): after_human: 'go' is"),
        ("away = true", 'away = "yes"', "line 29, human 2 (kim): away is 'yes'; give true or false"),
        ("client:kim.front-desk", "client:kim lee", "line 24, human 2 (kim): it is no address"),
        ("SIP:night@", "SIP:night", "such as sip:sam@pbx.example.com"),
        ("13-15", "13-25", "line 26, human 2 (kim): hours: '13-25' is beyond"),
        ("America/New_York", "New York", "line 27, human 2 (kim): time_zone: it is no time zone"),
        ('holidays = ["2026-12-24"]', 'holidays = ["XX"]', "line 3: holidays: 'XX' is no country"),
        ('ion = "invoices', 'ion = "x"\nring = 5 # "', "line 8, department 1 (billing): ring"),
        ("mon-fri 9:00-17:00", "office hours", "line 8, department 1 (billing): hours: "),
        ('name = "kim"', "", "line 22, human 2 (): a name of 1 to 60 letters is needed"),
        ('briefing = "redirect"', 'briefing = "announce"', "machines are detected at telephones only"),
        ('digits = "w5#"', 'digits = "call"', "tones"),
        ('after_human = "end"', 'card = "fax"', "line 20, human 1 (Sam Lee): card: 'fax' is not among"),
        ('after_human = "end"', 'card = "sms"', "line 20, human 1 (Sam Lee): an extension takes no text"),
        ("at_once = 2", 'at_once = 2\ncard = 5', "human 1 (Sam Lee): card: 5 is not among none, link, sms"),
        ('digits = "w5#"', 'card = "sms"', "line 36, human 3 (night): what is no telephone takes no text"),
        ("away = true", 'card = "link"', "a card cannot accept in the style redirect"),
        ('"night"', '"Billing"', "is the name of a human and of a department with others in it"),
        ('departments = "support"', 'departments = "Billing"', "are one name to callers: write one"),
        ('name = "kim"', 'name = "SAM LEE"', "the name 'sam lee' is given twice"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_told_with_line_and_key(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert FULL.count(old) == 1
    path = file(tmp_path, FULL.replace(old, new))
    fault = refused(path)
    assert said in fault
    assert " line " not in said or fault.startswith(f"WARMTRANSFER_HUMANS: {path} line ")


ODD: list[Any] = [
    None, 5, 15550100000, 1.5, True, "", [], {}, [None], [[]], {"a": None}, b"x", object(), MONDAY, {1: 2},
    datetime(2026, 12, 7).date(), datetime(2026, 12, 7).time(),
]  # fmt: skip


@pytest.mark.parametrize("key", [each.name for each in person.HUMAN])
def test_whatever_is_given_for_a_key_is_read_or_told_with_the_key(key: str) -> None:
    told: list[str] = []
    for given in ODD:
        try:
            assert len(read([{"name": "sam", "number": NUMBER, key: given}]).humans) == 1
        except ConfigError as fault:
            told += fault.faults
    assert told, "some of it cannot be read"
    assert all(each.startswith("WARMTRANSFER_HUMANS: human 1 (") and key in each for each in told)


def test_a_number_to_show_that_is_given_as_a_number_is_told_to_be_no_text(tmp_path: Path) -> None:
    path = file(tmp_path, '[[human]]\nname = "sam"\nnumber = "+15550100001"\ncaller_id = 15550100000\n')
    told = 'human 1 (sam): caller_id is no text; put it in quotes, as in caller_id = "+15550100000"'
    assert refused(path) == f"WARMTRANSFER_HUMANS: {path} line 4, {told}."


EMPTY = """{file}
[[department]]
name = "billing"
{department}
[[human]]
name = "sam"
number = "+15550100001"
department = "billing"
{human}
"""


@pytest.mark.parametrize(
    ("place", "line"),
    [("file", "1"), ("department", "4, department 1 (billing)"), ("human", "9, human 1 (sam)")],
)
@pytest.mark.parametrize("empty", ["[]", "{}", '[""]', '";"'])
def test_hours_with_nothing_in_them_are_neither_always_nor_never_but_told_of(
    tmp_path: Path, place: str, line: str, empty: str
) -> None:
    keys = {"file": "", "department": "", "human": "", place: f"hours = {empty}"}
    path = file(tmp_path, EMPTY.format(**keys))
    told = f"WARMTRANSFER_HUMANS: {path} line {line}: hours: there is nothing in it: write always, or never"
    assert refused(path).startswith(told)


@pytest.mark.parametrize("place", ["file", "department", "human"])
def test_hours_of_empty_text_are_not_given(tmp_path: Path, place: str) -> None:
    keys = {"file": "", "department": "", "human": "", place: 'hours = " "'}
    found = read(file(tmp_path, EMPTY.format(**keys)))
    assert [each.hours for each in (*found.humans, *found.departments)] == [None, None]


ONE = '[[human]]\nname = "sam"\nnumber = "+15550100001"\n'
TEAMS = '[[department]]\nname = "a"\nhours = "mon 9-10"\n[[department]]\nname = "b"\nhours = "tue 9-10"\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (ONE + ONE.replace("sam", "SAM"), " line 5, human 2 (SAM): the name 'sam' is given twice"),
        (
            f'{ONE}[[department]]\nname = "x"\n[[department]]\n\nname = "X"\n',
            " line 8, department 2 (X): the department 'x' is given twice",
        ),
        (
            f'{ONE.replace("sam", "billing")}[[human]]\nname = "kim"\nnumber = "+15550100002"\n'
            'department = "billing"\n',
            " line 2, human 1 (billing): 'billing' is the name of a human and of a department with others "
            "in it",
        ),
        (
            f'{TEAMS}{ONE}departments = ["a", "b"]\n',
            " line 10, human 1 (sam): sam is in a and b, whose hours differ: give hours for sam, too",
        ),
        (
            f'{ONE}departments = ["b", "B"]\n',
            " line 4, human 1 (sam): the departments 'b' and 'B' are one name to callers: write one",
        ),
        (
            f'{TEAMS}{ONE}department = "A"\n',
            " line 10, human 1 (sam): the departments 'a' and 'A' are one name to callers: write one",
        ),
        ('[human]\nname = "sam"\n', " line 1: human is no list of tables: write each as [[human]]"),
        ('[[humans]]\nname = "sam"\n', " has no [[human]] table, but [[humans]] on line 1"),
        (
            f"x = 1\n{ONE}".replace("human", "staff"),
            " has no [[human]] table, but x on line 1, [[staff]] on line 2",
        ),
        ("hours = 'always'\n", " has no [[human]] table"),
        (
            f'{ONE}[[departments]]\nname = "x"\n',
            " line 4: departments: not among the keys hours, time_zone, holidays, [[human]], [[department]], "
            "[[plan]]",
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_with_several_tables_together_is_told_once_with_where_it_stands(
    tmp_path: Path, text: str, said: str
) -> None:
    path = file(tmp_path, text)
    assert refused(path).replace(": the file", ":") == f"WARMTRANSFER_HUMANS: {path}{said}."


def test_in_python_and_in_one_line_the_number_in_the_list_tells_where() -> None:
    given = [{"name": "sam", "number": NUMBER}, {"name": "Sam", "number": "+15550100002"}]
    told = "WARMTRANSFER_HUMANS: human 2 (Sam): the name 'sam' is given twice."
    assert refused(given) == told
    assert refused(f"sam={NUMBER},Sam=+15550100002") == told


def test_every_fault_of_a_human_is_told_at_once(tmp_path: Path) -> None:
    text = FULL.replace("ring = 20", "ring = 3").replace("at_once = 2", "at_once = 0")
    with pytest.raises(ConfigError) as caught:
        read(file(tmp_path, text))
    assert [" line 15" in caught.value.faults[0], " line 16" in caught.value.faults[1]] == [True, True]


def test_whoever_is_in_two_departments_of_different_hours_says_their_own(tmp_path: Path) -> None:
    text = FULL + '[[department]]\nname = "support"\nhours = "daily 7-22"\n'
    assert "Sam Lee is in billing and support, whose hours differ" in refused(file(tmp_path, text))
    text = text.replace("at_once = 2", 'hours = "mon 9-10"')
    assert len(read(file(tmp_path, text)).departments) == 2


def test_a_list_is_no_table_of_humans(tmp_path: Path) -> None:
    path = file(tmp_path, '[[human]]\nname = "sam"\nnumber = "+15550100001"\n[department.billing]\n')
    assert "department is no list of tables: write each as [[department]]" in refused(path)


def test_a_function_is_not_asked_before_there_is_a_call() -> None:
    def people() -> list[Human]:
        raise AssertionError

    settings = read(people)
    assert (settings.humans, settings.ask_humans) == ((), people)
