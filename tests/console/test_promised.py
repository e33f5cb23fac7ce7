"""What was promised to callers is seen where somebody looks who can keep it."""

from __future__ import annotations

from tests.console.conftest import Room
from warmtransfer.core.callbacks import facts as ev
from warmtransfer.core.callbacks.callback import Callback, Stage
from warmtransfer.core.callbacks.limits import Limits
from warmtransfer.core.legs import Ended


def test_callbacks_stand_under_before_and_on_their_calls_page_with_what_came_of_them(inside: Room) -> None:
    visit = inside.live()[0]
    desk = inside.site.parts.callbacks
    desk._chore.start = lambda: None  # type: ignore[method-assign]
    assert "Callbacks</h2>" not in inside.get("/before")
    wish = Callback("", number="+15550123456", name="Mrs Lee", about="a <b>lamp</b>", words="at noon")
    promised = desk.take(visit.call.id, wish)
    for page in ("/before", f"/calls/{visit.call.id}"):
        seen = inside.get(page)
        assert "Mrs Lee" in seen
        assert "“at noon”" in seen
        assert "a &lt;b&gt;lamp&lt;/b&gt;" in seen
    assert "Callbacks</h2>" not in inside.get("/before?number=3456"), "a search is for calls"
    desk.limits = Limits(tries=1)
    desk._on_line = lambda _: False
    desk.look()
    for n in (1, 2, 3):
        desk.post(promised.id, ev.LegEnded(n, Ended.BUSY))
    found = desk.load(promised.id)
    assert found is not None
    assert found.stage is Stage.GIVEN_UP
    seen = inside.get("/before")
    assert '<b class="lost">given up: human_busy</b>' in seen
    assert "Sam busy, Kim busy, Mrs Okafor busy" in seen
