"""With no AI and nobody to take the call, a message is taken, and the caller is thanked for it."""

from __future__ import annotations

from tests.calls.story import HELLO, KIM, SAM, Story, human


def test_a_caller_who_leaves_a_message_is_thanked_before_the_line_is_cut(story: Story) -> None:
    story.world.phones(human(SAM, "busy"), human(KIM, "no-answer"))
    story.phone(
        HELLO,
        {"say": "test-fatal"},
        {"until": "heard:leave a message", "timeout": 120},
        {"wait": 6},
        {"say": "ask-address"},
        {"wait": 120},
    )
    story.note("say", 120, leg="caller", text="nobody can take your call")
    thanks = story.note("speech", 60, text="Your message has been taken")
    assert thanks["whole"]
    call = story.ends()
    (left,) = [row for row in call["journal"] if row["event"] == "MessageLeft"]
    assert left["data"]["seconds"] > 0
