"""Who is meant, and who is rung next: never somebody else, never one telephone twice, never the caller's."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.stories import Story
from warmtransfer.core import events as ev
from warmtransfer.core import orders as do
from warmtransfer.core.attempts import close, start
from warmtransfer.core.available import anyone
from warmtransfer.core.briefing import progress
from warmtransfer.core.call import Call, Handoff, Stage
from warmtransfer.core.hours import Hours, Span
from warmtransfer.core.legs import Ended
from warmtransfer.core.names import fold
from warmtransfer.core.outcomes import Outcome
from warmtransfer.core.plans import Known, Plan
from warmtransfer.core.policy import department, departments, known, meant, named, nobody_in_particular
from warmtransfer.core.rounds import next_round
from warmtransfer.core.rules import Department, Human, Rules

TEAM = Rules(
    humans=(
        Human("Zoë Müller", "+15550100001", "stands in for José, sales"),
        Human("José", "+15550100002", "orders"),
        Human("Seán O'Brien", "+15550100003", "sales"),
        Human("Łukasz", "+15550100004"),
        Human("Sam Miller", "+15550100005"),
        Human("Sam Jones", "+15550100006"),
        Human("ガトー", "+15550100007"),
    )
)


def names(target: str, rules: Rules = TEAM) -> list[str]:
    """Whom the target means."""
    return [human.name for human in meant(rules, target)]


@pytest.mark.parametrize(
    ("target", "name"),
    [
        ("jose", "José"),
        ("JOSE\u0301", "José"),
        (unicodedata.normalize("NFD", "José"), "José"),
        ("Ｊｏｓé", "José"),
        ("zoe muller", "Zoë Müller"),
        ("Muller", "Zoë Müller"),
        ("müller, zoë", "Zoë Müller"),
        ("sean obrien", "Seán O'Brien"),
        ("Seán O’Brien", "Seán O'Brien"),
        ("O`Brien", "Seán O'Brien"),
        ("Oʼbrien", "Seán O'Brien"),
        ("O Brien Sean", ""),
        ("Lukasz", "Łukasz"),
        ("ŁUKASZ", "Łukasz"),
        ("miller", "Sam Miller"),
        ("sam-miller", "Sam Miller"),
        ("Sam\u200b Miller", "Sam Miller"),
        ("orders", "José"),
        ("ｶﾞﾄｰ", "ガトー"),
    ],
)
def test_a_name_is_found_however_it_is_typed(target: str, name: str) -> None:
    assert names(target) == ([name] if name else [])
    found = named(TEAM, target)
    assert (found.name if found else "") == name


@pytest.mark.parametrize(
    "target",
    ["", " ", "'", "\u0301", "カトー", "Samuel", "not Sam", "José's boss", "+15550100001", "Mille", "jos"],
)
def test_what_names_nobody_is_never_guessed_to_be_somebody(target: str) -> None:
    assert names(target) == []
    assert named(TEAM, target) is None


STAFF = Rules(
    humans=(
        Human("Sam Lee", "+15550100001", departments=("billing",)),
        Human("kim", "+15550100002", "repairs, and anything that is broken", departments=("on call",)),
        Human("Lee Wong", "+15550100003", "the manager of the shop"),
        Human("Jo", "+15550100004", "sales, not for orders"),
        Human("An", "+15550100005"),
    ),
    departments=(Department("billing", "invoices and payments"),),
)


@pytest.mark.parametrize(
    "target",
    [
        "the",
        "that",
        "is",
        "and",
        "anything",
        "of",
        "on",
        "not for",
        "orders",
        "a lawyer that is good",
        "the doctor",
        "someone that speaks French",
        "the owner of the company",
        "not sales",
        "Sam or the doctor",
        "or",
        "bill",
    ],
)
def test_words_that_say_nothing_of_anybody_and_what_somebody_is_not_for_mean_nobody(target: str) -> None:
    assert names(target, STAFF) == []
    assert department(STAFF, target) == ""
    assert not nobody_in_particular(target)


@pytest.mark.parametrize(
    ("target", "found"),
    [
        ("Billing department", ["Sam Lee"]), ("the billing team", ["Sam Lee"]), ("invoice", ["Sam Lee"]),
        ("Payments", ["Sam Lee"]), ("repair", ["kim"]), ("something broken", ["kim"]),
        ("the manager", ["Lee Wong"]), ("Sam or Kim", ["Sam Lee", "kim"]), ("kim, sam", ["Sam Lee", "kim"]),
        ("An", ["An"]), ("on call", ["kim"]),
        ("kim und billing", ["Sam Lee", "kim"]), ("lee", ["Sam Lee", "Lee Wong"]), ("sale", ["Jo"]),
    ],
)  # fmt: skip
def test_what_says_who_is_wanted_finds_them_be_it_in_other_words(target: str, found: list[str]) -> None:
    assert names(target, STAFF) == found


@pytest.mark.parametrize(
    "target", ["anyone", "Somebody", "anybody who is there", "a person", "jemand", "a human"]
)
def test_who_wants_nobody_in_particular_leaves_it_to_the_plan(target: str) -> None:
    assert anyone(STAFF, target)
    assert not anyone(Rules(humans=(Human(target, "+15550100001"),)), target)


def test_who_is_named_never_loses_to_who_is_only_described_so() -> None:
    assert names("jose") == ["José"], "Zoë, first in the list, stands in for him"


def test_a_name_of_two_is_nobodys_alone_and_both_are_rung_before_the_others() -> None:
    assert named(TEAM, "sam") is None
    assert names("sam") == ["Sam Miller", "Sam Jones"]
    call = Call(id="c1", handoff=Handoff(1, "tool", "Sam"))
    assert next_round(call, TEAM)[0] == TEAM.humans[4]


def test_a_department_means_all_of_it_in_order() -> None:
    assert names("sales") == ["Zoë Müller", "Seán O'Brien"]


def test_names_that_differ_in_an_accent_only_are_told_apart_by_whoever_types_it() -> None:
    rules = Rules(humans=(Human("Jose", "+15550100001"), Human("José", "+15550100002")))
    assert (names("Jose", rules), names("José", rules), names("josé", rules)) == (
        ["Jose"],
        ["José"],
        ["José"],
    )
    assert names("JOSÈ", rules) == ["Jose", "José"]


@given(st.text(max_size=20))
def test_forms_of_one_text_are_one_name(text: str) -> None:
    assert len({fold(unicodedata.normalize(form, text)) for form in ("NFC", "NFD")}) == 1
    assert fold(" ".join(fold(text))) == fold(text)


def test_a_target_that_nobody_bears_leaves_the_list_in_its_order() -> None:
    call = Call(id="c1", handoff=Handoff(1, "tool", "Samuel"))
    assert next_round(call, TEAM)[0] == TEAM.humans[0]


SHARED = Rules(
    humans=(
        Human("sales", "+15550100001"),
        Human("orders", "+15550100001"),
        Human("pat", "+15550100001", digits="wwww12"),
        Human("kim", "+15550100002"),
    )
)


def test_a_telephone_that_two_share_rings_once_per_handoff() -> None:
    """Behind an extension there is another telephone."""
    story = Story(SHARED).ringing()
    story.tell(ev.HumanEnded(1, Ended.BUSY), ev.HumanDialled(2, "CA2"), ev.HumanEnded(2, Ended.BUSY))
    story.tell(ev.HumanDialled(3, "CA3"), ev.HumanEnded(3, Ended.BUSY))
    assert [each.name for each in story.call.attempts] == ["sales", "pat", "kim"]
    story.tell(ev.HandoffAsked("tool", "orders"))
    assert story.call.attempts[-1].name == "orders", "the next handoff may ring it by its other name"


@pytest.mark.parametrize(
    ("caller", "first"),
    [("+15550100001", "pat"), ("+15550100002", "sales"), ("anonymous", "sales"), ("", "sales")],
)
def test_the_phone_that_the_call_comes_from_is_never_rung(caller: str, first: str) -> None:
    call = Call(id="c1", caller=caller, handoff=Handoff(1, "tool"))
    found = next_round(call, SHARED)
    assert found[0].name == first


def test_a_human_who_phones_and_is_the_only_one_hears_that_nobody_is_free() -> None:
    rules = Rules(humans=(Human("sales", "+15550109999"),))
    story = Story(rules).talking()
    story.tell(ev.HandoffAsked("tool", "sales"))
    assert story.call.attempts == ()
    (told,) = [order.news for order in story.last if isinstance(order, do.TellAI | do.LetAISpeak)]
    assert told.startswith("Nobody is available")


def test_an_attempt_at_an_extension_is_dialled_with_its_tones() -> None:
    story = Story(Rules(humans=(Human("pat", "+15550100001", digits="wwww12"),))).talking()
    story.tell(ev.HandoffAsked("tool"))
    assert [order.digits for order in story.last if hasattr(order, "digits")] == ["wwww12"]
    assert story.call.attempts[0].digits == "wwww12"
    assert Call.from_dict(story.call.to_dict()) == story.call


BERLIN = ZoneInfo("Europe/Berlin")
OFFICE = Hours(BERLIN, tuple(Span(day, 9 * 60, 17 * 60) for day in range(5)))
LATE = Hours(BERLIN, tuple(Span(day, 12 * 60, 20 * 60) for day in range(6)))
HOUSE = Rules(
    humans=(
        Human("sam", "+15550100001", departments=("billing",), hours=OFFICE),
        Human("kim", "+15550100002", departments=("billing", "support"), hours=LATE),
        Human("zoe", "+15550100003", "repairs", departments=("support",)),
        Human("pat", "+15550100004"),
    ),
    departments=(Department("support"), Department("billing", "invoices", OFFICE)),
)
NOON, EVENING, SUNDAY = (
    datetime(2026, 12, day, hour, 30, tzinfo=BERLIN).timestamp() for day, hour in ((7, 12), (7, 18), (6, 12))
)


def rung(target: str, at: float, rules: Rules = HOUSE) -> list[str]:
    """Who is rung for this target, one after the other, when nobody answers."""
    call = Call(id="c1", at=at, handoff=Handoff(1, "tool", target))
    found = []
    while some := next_round(call, rules):
        human = some[0]
        found.append(human.name)
        call = close(start(call, human), len(found), Outcome.NO_ANSWER)
    return found


@pytest.mark.parametrize(
    ("target", "at", "names"),
    [
        ("billing", NOON, ["sam", "kim"]),
        ("Billing", EVENING, []),
        ("support", EVENING, ["kim", "zoe"]),
        ("support", SUNDAY, ["zoe"]),
        ("sam", NOON, ["sam", "kim", "zoe", "pat"]),
        ("sam", EVENING, []),
        ("", SUNDAY, ["zoe", "pat"]),
        ("repairs", NOON, ["zoe", "sam", "kim", "pat"]),
    ],
)
def test_who_is_rung_depends_on_the_hour_and_a_department_is_nobody_elses(
    target: str, at: float, names: list[str]
) -> None:
    assert rung(target, at) == names


@pytest.mark.parametrize(
    ("target", "team"),
    [("billing", "billing"), ("BILLING", "billing"), ("sam", ""), ("", ""), ("repairs", ""), ("pay", "")],
)
def test_a_department_is_known_by_its_name(target: str, team: str) -> None:
    assert department(HOUSE, target) == team


def test_a_department_that_is_named_in_part_is_meant_unless_two_are() -> None:
    teams = ("billing and payments", "foreign payments")
    rules = Rules(
        humans=tuple(Human(team[:4], f"+1555010000{n}", departments=(team,)) for n, team in enumerate(teams))
    )
    assert department(rules, "billing") == "billing and payments"
    assert department(rules, "payments") == ""
    assert [each.name for each in meant(rules, "payments")] == ["bill", "fore"], "either will do"


def test_a_telephone_that_bears_its_departments_name_is_rung_for_that_and_nobody_else() -> None:
    desks = tuple(
        Human(name, f"+1555010000{n}", departments=(name,)) for n, name in enumerate(("pharmacy", "lab"))
    )
    rules = Rules(humans=(replace(desks[0], away=True), desks[1]))
    assert department(rules, "Pharmacy") == "pharmacy"
    assert rung("pharmacy", NOON, rules) == []
    assert rung("lab", NOON, rules) == ["lab"]


def test_departments_come_in_the_order_in_which_they_are_written() -> None:
    assert departments(HOUSE) == ("support", "billing")
    assert departments(replace(HOUSE, departments=(Department("empty"),))) == ("empty", "billing", "support")


EMPTIED = Rules(
    humans=(Human("sam", "+15550100001", "invoices, legal matters", departments=("billing",)),),
    departments=(Department("legal", "contracts"), Department("billing")),
    plans=(Plan("legal", size=0),),
)


def test_a_department_whose_only_human_is_off_the_list_takes_a_message_and_rings_nobody_else() -> None:
    story = Story(EMPTIED).talking().tell(ev.HandoffAsked("tool", "Legal"))
    assert known(EMPTIED, "legal")
    assert story.call.attempts == ()
    (told,) = [order.news for order in story.last if isinstance(order, do.LetAISpeak)]
    assert told.startswith("Nobody is available to take this call. Nobody of Legal is there now. Tell")
    assert "take a message" in told
    story.tell(ev.HandoffAsked("tool", "billing"))
    assert [each.name for each in story.call.attempts] == ["sam"]


def test_when_all_are_closed_nobody_is_rung_and_the_reason_is_told() -> None:
    story = Story(replace(HOUSE, humans=HOUSE.humans[:2]))
    story.at = SUNDAY
    story.talking().tell(ev.HandoffAsked("tool", "sam"))
    assert story.call.attempts == ()
    (told,) = [order.news for order in story.last if isinstance(order, do.LetAISpeak)]
    assert "Sam is there again tomorrow at 9:00 Berlin time. Kim is there again tomorrow at 12:00" in told
    assert "take a message" in told


def evening(rules: Rules = HOUSE) -> Story:
    """Sam has gone, and Kim is there; the AI has the caller."""
    story = Story(rules)
    story.at = EVENING
    return story.talking()


@pytest.mark.parametrize("target", ["sam", "Sam", "SAM "])
def test_who_is_asked_for_by_name_and_is_not_there_is_told_of_and_nobody_else_is_rung(target: str) -> None:
    story = evening().tell(ev.HandoffAsked("tool", target))
    assert story.call.attempts == ()
    assert story.call.stage is Stage.AI
    (told,) = [order.news for order in story.last if isinstance(order, do.LetAISpeak)]
    assert told.startswith("Nobody was called. Sam is there again tomorrow at 9:00 Berlin time. Tell the")
    assert "ask whether Kim or Zoe or Pat is to be called instead" in told
    assert Call.from_dict(story.call.to_dict()) == story.call
    # Who is content with another asks for that one.
    story.tell(ev.HandoffAsked("tool", "kim"))
    assert [each.name for each in story.call.attempts] == ["kim"]
    assert story.call.handoff.instead == ""


def test_who_asks_for_anybody_is_given_whoever_is_there() -> None:
    story = evening().tell(ev.HandoffAsked("tool"))
    assert [each.name for each in story.call.attempts] == ["kim"]


def test_who_is_off_duty_and_asked_for_by_name_is_followed_by_nobody_either() -> None:
    rules = replace(HOUSE, known=Known(away={"kim": EVENING - 60.0}))
    story = evening(rules).tell(ev.HandoffAsked("tool", "kim"))
    assert story.call.attempts == ()
    assert story.call.handoff.closed == "Kim is away."
    assert story.call.handoff.instead == "Zoe or Pat"


def test_who_is_there_and_on_another_call_is_followed_by_the_others() -> None:
    rules = replace(HOUSE, known=Known(engaged={"+15550100002": (EVENING - 60.0,)}))
    story = evening(rules).tell(ev.HandoffAsked("tool", "kim"))
    assert [each.name for each in story.call.attempts] == ["zoe"]
    assert progress(story.call).startswith("Kim is on another call, for 1 minute now. Zoe is being called")


def test_who_was_there_when_they_were_rung_is_followed_by_the_others() -> None:
    story = Story(HOUSE)
    story.at = datetime(2026, 12, 7, 16, 59, 50, tzinfo=BERLIN).timestamp()
    story.talking().tell(ev.HandoffAsked("tool", "sam"), ev.HumanDialled(1, "CA1"))
    story.tell(ev.HumanEnded(1, Ended.NO_ANSWER), after=25.0)
    assert [each.name for each in story.call.attempts] == ["sam", "kim"]


def test_with_no_ai_left_to_tell_why_whoever_is_there_is_rung() -> None:
    call = evening().call
    down = replace(call, ai=replace(call.ai, down=True), handoff=Handoff(1, "api", "sam"))
    assert [human.name for human in next_round(down, HOUSE)] == ["kim"]


def test_hours_that_end_during_the_call_count_from_the_next_attempt_on() -> None:
    story = Story(replace(HOUSE, humans=HOUSE.humans[:2]))
    story.at = datetime(2026, 12, 7, 16, 59, 50, tzinfo=BERLIN).timestamp()
    story.talking().tell(ev.HandoffAsked("tool", "billing"), ev.HumanDialled(1, "CA1"))
    story.tell(ev.HumanEnded(1, Ended.NO_ANSWER), after=25.0)
    assert [each.name for each in story.call.attempts] == ["sam"], "billing has closed while sam was rung"
    (told,) = [order.news for order in story.last if isinstance(order, do.LetAISpeak)]
    assert "Billing opens tomorrow at 9:00 Berlin time." in told
