"""What a test can have a call do and expect of it, told by a host app below a prefix of its own."""

from __future__ import annotations

import pytest
from flask import Flask

from warmtransfer import Outcome, WarmTransfer
from warmtransfer.core.rules import Address, Human, Rules
from warmtransfer.core.words import LANGUAGES
from warmtransfer.simulator.phones.scripts import reaction
from warmtransfer.testing.call import PhoneCall
from warmtransfer.testing.network import PhoneNetwork
from warmtransfer.testing.people import ANSWERS, entries, entry


@pytest.fixture(scope="module")
def app(phone_network: PhoneNetwork) -> Flask:
    """An app with one tool."""
    app = Flask("host")
    app.config.update(phone_network.environ, WARMTRANSFER_URL_PREFIX="/phone")
    app.config["WARMTRANSFER_COMPANY"] = "the Mill"
    extension = WarmTransfer(app)

    @extension.tool
    def book(day: str, guests: int) -> str:
        """Books a table."""
        return f"A table for {guests} on {day}."

    return app


def test_a_tool_is_taught_a_caller_presses_keys_and_a_human_is_played_by_hand(call: PhoneCall) -> None:
    call.humans(sam="answers", kim="busy")
    call.teach(r"table for (?P<guests>\w+) on (?P<day>\w+)", tool="book", day="{day}", guests="{guests}")
    call.says("I want a table for 4 on Friday.")
    assert call.expect_tool("book", day="friday") == {"day": "friday", "guests": 4}
    call.expect_caller_hears("a table for 4 on Friday")
    call.says("yes")
    call.presses("5")
    call.says("Can I talk to a human?")
    call.expect_human_hears("sam", "A call for Sam, from the Mill")
    call.human("sam").presses("2")
    call.expect_outcome("sam", "declined")
    call.expect_outcome("kim", "busy")
    call.expect_promises()
    assert "presses 5" in call.digest()
    record = call.record
    assert record is not None
    assert [each.outcome for each in record.attempts] == [Outcome.DECLINED, Outcome.BUSY]


def test_what_goes_wrong_in_one_test_is_whole_again_in_the_next(
    call: PhoneCall, phone_network: PhoneNetwork
) -> None:
    phone_network.fault("rest=refuse:21214;match=POST Calls;times=0", "model=stall:1")
    phone_network.law("amd", "late")
    call.says("I would like to speak to a person please.")
    call.expect_outcome("kim", "unreachable")
    call.end()
    call.end()
    assert phone_network.control("PUT", "/laws", {})["amd"] == "prompt"
    assert phone_network.control("PUT", "/faults", []) == {"faults": []}


@pytest.mark.parametrize("answer", ANSWERS)
@pytest.mark.parametrize("digits", ["", "12"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_phone_is_an_entry_that_the_network_takes(answer: str, digits: str, language: str) -> None:
    made = entry(Human("sam", "+15550100001", digits=digits), answer, LANGUAGES[language])
    assert reaction(made).number == "+15550100001"


def test_a_phone_in_the_simulators_own_words_has_the_humans_number() -> None:
    made = entry(Human("sam", "+15550100001"), {"answer": {"after": 2}}, LANGUAGES["en"])
    assert made == {"number": "+15550100001", "answer": {"after": 2}}
    with pytest.raises(ValueError, match="it can be one of accepts, declines"):
        entry(Human("sam", "+15550100001"), "sleeps", LANGUAGES["en"])


def test_each_of_several_numbers_may_react_by_itself_and_one_word_is_for_all() -> None:
    rules = Rules((Human("sam", "+15550100001", also=(Address("client:sam"),)),))
    several = entries(rules, {"sam": ["busy", "no-answer"]})
    assert [(each["number"], each["answer"]) for each in several] == [
        ("+15550100001", "busy"),
        ("client:sam", "no-answer"),
    ]
    assert {each["answer"] for each in entries(rules, {"sam": "busy"})} == {"busy"}
    assert all(each["steps"] for each in entries(rules, {})), "they accept"
    with pytest.raises(ValueError, match="sam has 2 numbers, and 1 reactions were given"):
        entries(rules, {"sam": ["busy"]})
