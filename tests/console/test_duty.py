"""The switch by which a human is rung no more, or again."""

from __future__ import annotations

import re

import pytest

from tests.console.conftest import AT, Room, token
from tests.console.test_story import hand_over, talking, text


def switch(room: Room, name: str, to: str) -> int:
    form = {"name": name, "to": to, "token": token(room.client, "")}
    return room.client.post(f"{AT}/people/duty", data=form).status_code


def test_who_is_away_is_said_to_be_by_whom_and_is_not_rung(inside: Room) -> None:
    assert "3 of 3 on duty" in inside.get()
    assert switch(inside, "sam", "away") == 303
    page = text(inside.get("/people"))
    assert "Away for 0:0" in page
    assert "said Anna" in page
    assert "Sam is back" in page
    assert "2 of 3 on duty" in inside.get()
    visit = talking(inside)
    page = inside.get(f"/calls/{visit.call.id}")
    assert re.search(r'<option value="sam" disabled>Sam – ', page)
    assert hand_over(inside, visit.call.id) == 303
    _, dialled = inside.site.carrier.wait("dial")
    assert dialled["to"] == "+15550100002"


def test_who_is_back_may_be_rung_again(inside: Room) -> None:
    switch(inside, "sam", "away")
    assert switch(inside, "sam", "here") == 303
    assert "Set Sam away" in inside.get("/people")
    assert hand_over(inside, talking(inside).call.id) == 303
    _, dialled = inside.site.carrier.wait("dial")
    assert dialled["to"] == "+15550100001"


@pytest.mark.parametrize("name", ["", "nobody", "Sam ", "sam'--"])
def test_nobody_else_can_be_switched(inside: Room, name: str) -> None:
    assert switch(inside, name, "away") == 400
    assert inside.site.store.duty.away() == ()
