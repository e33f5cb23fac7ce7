"""Who is meant, and who is rung next: never somebody else, never one telephone twice, never the caller's."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.stories import Story
from warmtransfer.core import events as ev
from warmtransfer.core import orders as do
from warmtransfer.core.call import Call, Handoff
from warmtransfer.core.legs import Ended
from warmtransfer.core.names import fold
from warmtransfer.core.policy import meant, named, next_human
from warmtransfer.core.rules import Human, Rules

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


def test_who_is_named_never_loses_to_who_is_only_described_so() -> None:
    assert names("jose") == ["José"], "Zoë, first in the list, stands in for him"


def test_a_name_of_two_is_nobodys_alone_and_both_are_rung_before_the_others() -> None:
    assert named(TEAM, "sam") is None
    assert names("sam") == ["Sam Miller", "Sam Jones"]
    call = Call(id="c1", handoff=Handoff(1, "tool", "Sam"))
    assert next_human(call, TEAM) == TEAM.humans[4]


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
    assert next_human(call, TEAM) == TEAM.humans[0]


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
    found = next_human(call, SHARED)
    assert found is not None
    assert found.name == first


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
