"""What somebody who looks after a call asks for, by the API, through a whole call."""

from __future__ import annotations

from tests.calls.story import HELLO, KIM, SAM, Story, human


def test_an_ai_is_told_something_a_human_passed_over_the_ai_brought_back_and_the_call_ended(
    story: Story,
) -> None:
    world = story.world
    stays = ({"until": "heard:press 1", "timeout": 40}, {"press": "1"}, {"wait": 120})
    world.phones(human(SAM, "no-answer"), human(KIM, {"after": 0.5}, *stays))
    story.phone(HELLO, {"wait": 300}).greeted()

    def ask(name: str, **body: object) -> None:
        world.api("POST", f"/calls/{story.call_id}/{name}", body)

    ask("tell-ai", text="We are closed on Friday.", aloud=True)
    story.note("speech", who="ai", text="closed on Friday")
    ask("handoff", target="sam")
    story.leg("ringing", f"human:{SAM}")
    ask("next-person", attempt=1)
    story.leg("joined", "human-2", 90)
    story.leg("left", "ai-1")
    ask("bring-ai-back", attempt=2)
    story.note("say", leg="human-2", text="The call has been taken care of")
    story.note("speech", who="ai", text="Kim has just left")
    assert story.app_call()["attempts"][0]["outcome"] == "cancelled"
    ask("hang-up")
    call = story.ends()
    assert call["attempts"][1]["outcome"] == "accepted"
    asked = [row["data"]["by"] for row in call["journal"] if row["data"].get("by")]
    assert asked == ["api"] * 4
