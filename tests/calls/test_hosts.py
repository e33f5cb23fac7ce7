"""Whole calls through host apps and servers as people have them."""

from __future__ import annotations

from collections.abc import Iterator

import psutil
import pytest
import requests

from tests.calls.story import ASK, HELLO, SAM, Row, Story, accepts
from tests.calls.world import World
from tests.hosts.serve import LATER, PATCHED

STAY: Row = {"wait": 100}
#: The settings of a world whose app has ended: whoever is next brings another.
ENDED = {"HOST_SERVER": "none"}


@pytest.fixture
def settings(request: pytest.FixtureRequest) -> dict[str, str]:
    """The server and the host app: `gunicorn-sync`, or `gevent/csrf`, or `gevent/wall/exempt`."""
    server, _, app = request.param.partition("/")
    app, _, exempt = app.partition("/")
    module = f"tests.hosts.serve{' patched' if server in PATCHED else ''}"
    how = {"SERVE": f"-m {module}"} if server == LATER else {"MADE": module}
    return {**how, "HOST_SERVER": server, "HOST": app or "plain", "HOST_EXEMPT": exempt}


@pytest.fixture
def world(running: World, settings: dict[str, str]) -> Iterator[World]:
    """The world with this server, which is ended with its workers: they would keep the port."""
    if running.settings != ENDED:
        running.end_app()
    running.settings = settings
    try:
        running.start_app()
        yield running
    finally:
        end(running)
        running.settings = ENDED


def end(world: World) -> None:
    """End the server, at once where it will not by itself."""
    children = psutil.Process(world.app.pid).children(recursive=True) if world.app.poll() is None else []
    world.app.terminate()
    _, left = psutil.wait_procs([*children, psutil.Process(world.app.pid)], timeout=3)
    for process in left:
        process.kill()
    world.app.wait(5)
    world.processes.remove(world.app)


def serving(*hosts: str) -> pytest.MarkDecorator:
    """Have a call go through each of these."""
    return pytest.mark.parametrize("settings", hosts, indirect=True)


def written(world: World, words: str) -> list[str]:
    """The lines of this server's log that hold the words."""
    return [line for line in world.log().splitlines() if words in line]


def said(world: World, words: str) -> list[str]:
    """The same, once there is one."""
    lines: list[str] = world.until(lambda: written(world, words), 15, words)
    return lines


@serving(
    "gevent",
    "gevent-unpatched",
    "gevent-websocket",
    "gunicorn-gevent",
    "gunicorn-gthread",
    "gunicorn-sync",
    "gunicorn-preload",
    "flask-one-thread",
    "gevent/csrf",
    "gevent/csrf_first",
    "gevent/wall/exempt",
    "gevent/limited/exempt",
)
def test_a_whole_call_goes_through(story: Story) -> None:
    story.world.phones(accepts(SAM))
    story.phone(HELLO, ASK, {"until": "joined:human-1", "timeout": 90}, {"wait": 6}, {"hangup": True})
    story.note("speech", 30, who="ai")
    story.leg("joined", "human-1", 120)
    (attempt,) = story.ends()["attempts"]
    assert attempt["outcome"] == "accepted"
    assert story.joins("ai-1") == 1


@serving("waitress")
def test_a_server_without_websockets_says_so_once_and_a_human_takes_the_call(story: Story) -> None:
    story.world.phones(accepts(SAM))
    story.phone({"until": "joined:human-1", "timeout": 120}, {"wait": 6}, {"hangup": True})
    story.leg("joined", "human-1", 120)
    (line,) = said(story.world, "a media stream was refused: this server (waitress) has no WebSockets")
    assert line.startswith("ERROR ")
    assert "gunicorn" in line


@serving("gunicorn-two", "gunicorn-preload/started", "gunicorn-preload-gevent")
def test_a_server_that_cannot_serve_calls_says_once_what_to_do_and_tells_the_caller(story: Story) -> None:
    words = {
        "gunicorn-two": "start it with one (gunicorn -w 1)",
        "gunicorn-preload": "leave out --preload, or the call of start(app)",
        "gunicorn-preload-gevent": "leave out --preload, or put",
    }
    story.phone({"wait": 30}, {"hangup": True})
    story.note("say", 30, text="lines are busy")
    lines = said(story.world, words[story.world.settings["HOST_SERVER"]])
    assert len(lines) <= 2  # a line for each process
    assert all(line.startswith("ERROR ") for line in lines)


@serving("gevent/wall", "gevent/limited", "gevent/reader")
def test_what_a_host_answers_in_our_place_is_said_once_with_what_to_change(story: Story) -> None:
    words = {
        "wall": "a webhook was answered 302 by this app",
        "limited": "a webhook was answered 429, too many requests,",
        "reader": "a webhook's body was read before it reached warmtransfer",
    }[story.world.settings["HOST"]]
    for _ in range(4):
        story.phone({"wait": 5}, {"hangup": True})
    (line,) = said(story.world, words)
    assert line.startswith("ERROR ")
    assert "docs/hosts.md" in line


def holds_nothing(story: Story) -> None:
    """Webhooks that are being answered hold theirs, for as long as that takes."""
    url = f"http://127.0.0.1:{story.world.port}/held"
    story.world.until(lambda: requests.get(url, timeout=5).json() == {"held": []}, 5, "all to be given back")


@serving("gevent/pooled", "gunicorn-sync/pooled")
def test_a_stream_holds_nothing_of_the_hosts_request(story: Story) -> None:
    story.phone({"wait": 60})
    story.note("speech", 60, who="ai")
    holds_nothing(story)  # while the stream is up
    story.hang_up()
    story.ends()
    holds_nothing(story)


@serving("gevent/tools", "gunicorn-gthread/tools")
def test_a_tool_that_waits_gets_its_types_and_a_listener_that_exits_costs_no_other(story: Story) -> None:
    story.phone(HELLO, {"say": "order-number"}, STAY)
    story.note("speech", 60, who="ai", text="1427")
    assert all("SystemExit (" in line for line in said(story.world, "a listener failed"))
    assert said(story.world, "a listener was told")
    story.hang_up()
    story.ends()
    assert not written(story.world, "Lovelace")


@serving("gevent/exits", "gunicorn-gthread/exits")
def test_a_tool_that_exits_ends_neither_the_server_nor_the_call(story: Story) -> None:
    story.phone(HELLO, {"say": "order-number"}, {"until": "quiet:2", "timeout": 40}, ASK, STAY)
    story.world.phones(accepts(SAM))
    story.leg("joined", "human-1", 120)
    (line,) = said(story.world, "tool look_up_order failed in call")
    assert "SystemExit (" in line
    assert "apps.py:" in line
    story.hang_up()
    story.ends()
    assert not written(story.world, "Lovelace")
