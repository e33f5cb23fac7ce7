"""The rule book: what is answered to what, from what was really said."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.simulator.model.client import LOOK_UP, TRANSFER, Json
from warmtransfer.simulator.model.arguments import built, target_of
from warmtransfer.simulator.model.brain import Ask, BadRules, Brain, RuleBook
from warmtransfer.simulator.model.conversation import Conversation, Entry, heard
from warmtransfer.simulator.model.obey import line_in
from warmtransfer.simulator.model.words import digits_in, spelled
from warmtransfer.simulator.sound.speech import lines, recordings


def talk(*turns: tuple[str, str]) -> Conversation:
    """A conversation of (role, text) pairs."""
    conversation = Conversation("conv_1")
    for number, (role, text) in enumerate(turns):
        item = {"id": f"item_{number}", "type": "message", "role": role, "content": []}
        conversation.add(Entry(item, text=text, whole_text=text))
    return conversation


def answer(*turns: tuple[str, str], tools: tuple[Json, ...] = (TRANSFER,), **fields: Any) -> list[Json]:
    """What the shipped book does after these turns."""
    return Brain(RuleBook.load()).answer(Ask(fields.pop("why", "speech"), talk(*turns), tools, **fields))


def test_rules_that_are_taught_come_first_until_others_are() -> None:
    book = RuleBook.load()
    asked = Ask("speech", talk(("user", "When do you open?")), (LOOK_UP,))
    usual = Brain(book).answer(asked)
    book.teach([{"hears": ["open"], "do": [{"tool": "$order", "arguments": {"order": "7"}}]}])
    assert Brain(book).answer(asked)[0]["tool"] == "look_up_order"
    with pytest.raises(BadRules):
        book.teach([{"hears": ["open"], "do": [{"dance": True}]}])
    assert Brain(book).answer(asked)[0]["tool"] == "look_up_order", "nonsense changes nothing"
    book.teach([])
    assert Brain(book).answer(asked) == usual


def line(*turns: tuple[str, str], **fields: Any) -> str:
    """What the shipped book says after these turns."""
    return str(answer(*turns, **fields)[0]["say"])


@pytest.mark.parametrize(
    "words",
    [
        "I would like to speak to a person please",
        "can i talk to someone about my invoice",
        "i want a human",
        "let me speak to a representative",
        "Representative.",
        "give me an operator now",
        "could you put me through to sales",
    ],
)
def test_asking_for_a_person_calls_the_tool_after_a_spoken_line(words: str) -> None:
    said, call = answer(("user", words))
    assert said["say"] == "One moment, I will get someone for you."
    assert call["tool"] == "transfer_to_human"


@pytest.mark.parametrize(
    "words", ["i don't want an agent", "I do not want a person", "what is your address", "hello"]
)
def test_other_words_do_not_call_it(words: str) -> None:
    assert all("tool" not in action for action in answer(("user", words)))


@pytest.mark.parametrize(
    ("words", "part"),
    [
        ("what are your opening hours", "Monday to Friday"),
        ("what time do you open on saturday", "ten until two"),
        ("where are you", "Harbour Street"),
        ("where is my order", "cannot see your orders"),
        ("are you still there", "still here"),
        ("(unclear)", "say it again"),
        ("the weather is lovely", "opening hours"),
    ],
)
def test_questions_are_answered(words: str, part: str) -> None:
    assert part in line(("user", words))


def test_an_order_is_looked_up_when_the_tool_is_there() -> None:
    assert "order number" in line(("user", "where is my order"), tools=(LOOK_UP,))
    _, call = answer(("user", "my order number is four two seven"), tools=(LOOK_UP,))
    assert call["tool"] == "look_up_order"
    assert json.loads(call["arguments"]) == {"order": "427"}


def test_a_sentence_cut_by_a_pause_is_understood_as_one() -> None:
    _, call = answer(("assistant", "Hello."), ("user", "i would like to"), ("user", "speak to a person"))
    assert call["tool"] == "transfer_to_human"


def test_arguments_come_from_the_declared_schema_and_the_conversation() -> None:
    conversation = talk(
        ("assistant", "Hello."),
        ("user", "I have a question about my invoice"),
        ("assistant", "A colleague can help."),
        ("user", "(unclear)"),
        ("user", "I want to speak to a person"),
    )
    arguments = built(TRANSFER, conversation, {})
    assert arguments["target"] == "kim"
    assert arguments["reason"] == "I have a question about my invoice"
    assert arguments["summary"] == (
        'The caller says: "I have a question about my invoice". They were told: "A colleague can help".'
    )


def test_a_summary_holds_only_what_the_caller_heard() -> None:
    conversation = talk(
        ("assistant", "Hello."), ("user", "hours please"), ("assistant", "We are open all day.")
    )
    conversation.entries[2].text = heard(conversation.entries[2].whole_text, 0.5)
    assert built(TRANSFER, conversation, {})["summary"].endswith('They were told: "We are".')


@pytest.mark.parametrize(
    ("schema", "description", "words", "target"),
    [
        ({"enum": ["sam", "kim"]}, "sam: orders. kim: invoices.", "give me kim", "kim"),
        ({"enum": ["sam", "kim"]}, "sam: orders. kim: invoices.", "about my order", "sam"),
        ({"enum": ["sam", "kim"]}, "", "a person", "sam"),
        ({"description": "One of 'sales' or 'billing'"}, "", "billing please", "billing"),
        ({"description": "- sam (orders)\n- kim (invoices)"}, "", "my invoice is wrong", "kim"),
        ({"description": "Anyone who is free"}, "", "a person", "anyone"),
    ],
)
def test_the_target_is_a_declared_one(schema: Json, description: str, words: str, target: str) -> None:
    assert target_of(schema, description, words) == target


@pytest.mark.parametrize(
    ("instructions", "said"),
    [
        ('Say exactly: "One moment, please."', "One moment, please."),
        ("Say exactly: One moment, please.", "One moment, please."),
        ("Say this to the caller: I am back.", "I am back."),
        (
            'Speak one short line such as "You are through to Sam now." and nothing else.',
            "You are through to Sam now.",
        ),
        ("Tell the caller that Sam did not answer.", "Sam did not answer."),
        (
            "Tell the caller that nobody is free and ask whether they want to leave a message.",
            "Nobody is free. May I ask you whether you want to leave a message?",
        ),
        (
            "Apologise for the wait. Offer to take a message.",
            "I am sorry for the wait. I can take a message, if you like.",
        ),
        ("Do not call any tool. Tell them their call is important.", "Your call is important."),
        ("Greet the caller.", "Hello!"),
        ("Greet the caller in one sentence and ask how you can help.", "Hello! How can I help you?"),
        (
            "Nobody is free. Tell the caller so, and offer to help yourself or to take a message.",
            "Nobody is free. I can help you myself or take a message, if you like.",
        ),
        (
            "Kim has left the call and the caller is still on the line. You are back. Say so and "
            "ask whether there is anything else.",
            "Kim has left the call. I am back. Is there anything else I can do for you?",
        ),
        (
            "The line was lost. Apologise and take up the conversation.",
            "I am sorry about that. Where were we?",
        ),
        ("Sam is being called. Keep the caller company; promise nothing.", None),
        ("Use a warm tone.", None),
    ],
)
def test_instructions_are_obeyed(instructions: str, said: str | None) -> None:
    assert line_in(instructions, "Hello!") == said


def test_instructions_of_a_response_go_before_the_conversation() -> None:
    said = line(
        ("user", "what are your opening hours"), instructions="Tell the caller that Sam is on another call."
    )
    assert said == "Sam is on another call."
    assert line(("user", "hello"), instructions="Use a warm tone.") == "One moment, please."


def test_the_first_answer_is_a_greeting_in_the_words_of_the_session() -> None:
    assert line(why="asked") == RuleBook.load().greeting
    own = 'You work for a shop. Greet the caller with "Good day, this is Alder." Be brief.'
    assert line(why="asked", session_instructions=own) == "Good day, this is Alder."
    assert line(("system", "The caller dialled 5550100."), why="asked") == RuleBook.load().greeting


def test_a_system_message_is_acted_on() -> None:
    told = (("assistant", "Hello."), ("user", "hello"), ("assistant", "Hi."))
    assert line(*told, ("system", "Tell the caller that Kim is busy."), why="asked") == "Kim is busy."


def test_with_nothing_new_the_caller_is_asked_whether_they_are_there() -> None:
    assert line(("user", "hello"), ("assistant", "Hi."), why="asked") == "Are you still there?"


def test_instructions_to_call_a_tool_make_the_call() -> None:
    for told in (
        "Call transfer_to_human now.",
        "You announced a transfer; now call the tool transfer_to_human.",
    ):
        assert [action.get("tool") for action in answer(("user", "hello"), instructions=told)] == [
            "transfer_to_human"
        ]
        turns = (("assistant", "One moment."), ("system", told))
        assert [action.get("tool") for action in answer(*turns, why="asked")] == ["transfer_to_human"]
    told = "Do not call transfer_to_human. Tell the caller that Sam is busy."
    assert line(("user", "hello"), instructions=told) == "Sam is busy."


def test_tool_choice_none_calls_nothing_and_a_named_tool_is_called() -> None:
    assert [set(action) for action in answer(("user", "a person please"), tool_choice="none")] == [{"say"}]
    choice = {"type": "function", "name": "transfer_to_human"}
    assert [action["tool"] for action in answer(("user", "hello"), tool_choice=choice)] == [
        "transfer_to_human"
    ]


def test_memory_goes_back_to_what_mattered() -> None:
    said = line(("user", "my parcel has not come yet"), ("assistant", "Oh."), ("user", "are you still there"))
    assert said == "Yes, I am still here. You said: my parcel has not come yet."


def test_a_rule_may_be_used_a_number_of_times() -> None:
    book = RuleBook(
        {"rules": [{"hears": ["hi"], "times": 1, "do": [{"say": "One."}]}, {"do": [{"say": "Two."}]}]}
    )
    brain = Brain(book)
    ask = Ask("speech", talk(("user", "hi")))
    assert [brain.answer(ask)[0]["say"] for _ in range(3)] == ["One.", "Two.", "Two."]


@pytest.mark.parametrize(
    "rule",
    [{"hears": ["a"]}, {"hears": ["a"], "do": [{"shout": "x"}]}, {"heard": ["a"], "do": []}],
    ids=["no do", "unknown action", "unknown key"],
)
def test_a_rule_book_that_cannot_be_used_is_refused_by_name(rule: Json) -> None:
    with pytest.raises(BadRules, match="mine"):
        RuleBook({"rules": [{"name": "mine", **rule}]})


@pytest.mark.parametrize(
    ("words", "actions"),
    [
        ("test drop the socket", [{"close"}]),
        ("test stall now", [{"stall"}, {"say"}]),
        ("test two items", [{"two_items"}]),
        ("test fail the response", [{"fail"}]),
        ("test session expired", [{"expire"}]),
        ("test no tool", [{"no_tool"}]),
        ("test partial arguments", [{"say"}, {"tool", "arguments", "partial_arguments"}]),
        ("test late audio", [{"late_audio"}, {"say"}]),
        ("test fatal error", [{"error"}, {"fail"}]),
        ("test refuse reconnect", [{"refuse_reconnect"}, {"close"}]),
        ("test long story", [{"say"}]),
    ],
)
def test_every_recorded_test_line_has_its_failure(words: str, actions: list[set[str]]) -> None:
    assert words in lines().values()
    assert [set(action) for action in answer(("user", words))] == actions


def test_every_recorded_line_of_the_caller_is_answered_by_a_rule_of_its_own() -> None:
    otherwise = RuleBook.load().rules[-1]["do"][0]["say"]
    for name, row in recordings().items():
        if row.voice == "rms" and not name.startswith("chat-"):
            assert answer(("user", row.text))[0] != {"say": otherwise}, row.text


def test_numbers_are_heard_as_digits_and_read_digit_by_digit() -> None:
    assert digits_in("four two seven") == "427"
    assert digits_in("four boxes") == "four boxes"
    assert spelled("427") == "4 2 7"
    assert spelled("42") == "42"


def test_the_rule_books_tools_have_the_applications_names() -> None:
    """A rule's `$transfer` is whatever the book, or the command line, calls that tool."""
    wish = {"type": "function", "name": "escalate", "parameters": {"type": "object", "properties": {}}}
    asked = talk(("user", "can i speak to a person please"))
    book = RuleBook.load(tools={"transfer": "escalate"})
    actions = Brain(book).answer(Ask("speech", asked, (wish,)))
    assert [action["tool"] for action in actions if "tool" in action] == ["escalate"]
    theirs = Brain(RuleBook.load()).answer(Ask("speech", asked, (wish,)))
    assert not [action for action in theirs if "tool" in action]


def test_a_tool_without_a_name_is_refused() -> None:
    """A `$name` that `tools` lacks is a mistake in the book, said with the names it has."""
    with pytest.raises(BadRules, match=r"\$transfer.*has order"):
        RuleBook({"tools": {"order": "o"}, "rules": [{"name": "x", "do": [{"tool": "$transfer"}]}]})
