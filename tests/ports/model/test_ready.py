"""A connection for the next call: at hand while the server keeps it, and never in a call's way."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.relay.ends import Listed, ModelServer, Notes, calling, until
from warmtransfer.clock import Clock
from warmtransfer.core.call import Stage
from warmtransfer.errors import ModelGone
from warmtransfer.ports.loop.protocols import Loop
from warmtransfer.ports.loop.selecting import SelectorLoop
from warmtransfer.ports.model import connecting, ready
from warmtransfer.ports.model.connecting import open_socket
from warmtransfer.ports.model.openai import refusals
from warmtransfer.ports.model.openai.dialect import OpenAISettings
from warmtransfer.ports.model.openai.provider import OpenAI
from warmtransfer.ports.model.ready import Ready
from warmtransfer.relay.settings import RelaySettings
from warmtransfer.relay.switchboard import Switchboard
from warmtransfer.relay.tools import Toolbox


class Door:
    """A server that takes connections and says nothing."""

    def __init__(self) -> None:
        self._door = socket.create_server(("127.0.0.1", 0))
        self.taken: list[socket.socket] = []
        self.url = f"ws://127.0.0.1:{self._door.getsockname()[1]}/v1/realtime"
        threading.Thread(target=self._take, daemon=True).start()

    def _take(self) -> None:
        while True:
            try:
                self.taken.append(self._door.accept()[0])
            except OSError:
                return

    def connection(self, number: int) -> socket.socket:
        """The `number`th that there has been."""
        return until(lambda: self.taken[number - 1 : number])[0]

    def close(self) -> None:
        """Take no more, and end all."""
        self._door.shutdown(socket.SHUT_RDWR)
        self._door.close()
        for each in self.taken:
            each.close()


@pytest.fixture
def loop() -> Iterator[Loop]:
    made = SelectorLoop()
    yield made
    made.stop()


@pytest.fixture
def door() -> Iterator[Door]:
    made = Door()
    yield made
    made.close()


@pytest.fixture
def model() -> Iterator[ModelServer]:
    made = ModelServer()
    yield made
    made.stop()


@contextmanager
def kept(loop: Loop, url: str) -> Iterator[Ready]:
    made: list[Ready] = []
    loop.soon(lambda: made.append(Ready(loop, url)))
    (found,) = until(lambda: made)
    try:
        yield found
    finally:
        loop.soon(found.close)


def taken(loop: Loop, kept: Ready) -> socket.socket | None:
    """What is at hand now."""
    found: list[socket.socket | None] = []
    loop.soon(lambda: found.append(kept.take()))
    return until(lambda: found)[0]


def had(loop: Loop, kept: Ready) -> socket.socket:
    """The connection, as soon as it is made."""
    found = until(lambda: taken(loop, kept))
    assert found is not None
    return found


def ended(connection: socket.socket) -> bool:
    """Whether the other side has closed it."""
    connection.settimeout(5.0)
    return connection.recv(1) == b""


def test_a_connection_is_at_hand_and_the_next_one_is_made_when_it_is_taken(loop: Loop, door: Door) -> None:
    with kept(loop, door.url) as line:
        first = had(loop, line)
        assert first.getsockname() == door.connection(1).getpeername()
        second = had(loop, line)
        assert second.getsockname() != first.getsockname()
        first.close()
        second.close()


@pytest.mark.parametrize(
    "last", [b"", b"HTTP/1.1 408 Request Timeout\r\n\r\n"], ids=["silently", "with a word"]
)
def test_one_that_the_server_has_ended_is_not_given_out(loop: Loop, door: Door, last: bytes) -> None:
    with kept(loop, door.url) as line:
        gone = door.connection(1)
        address = gone.getpeername()
        gone.sendall(last)
        gone.close()
        found = had(loop, line)
        assert found.getsockname() != address
        found.close()


def test_one_that_has_ended_or_is_old_is_made_anew(
    loop: Loop, door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ready, "LOOK", 0.02)
    with kept(loop, door.url):
        door.connection(1).close()
        second = door.connection(2)
        monkeypatch.setattr(ready, "LIFE", 0.0)
        door.connection(3)
        assert ended(second)


def test_none_is_left_once_it_is_closed(loop: Loop, door: Door) -> None:
    with kept(loop, door.url):
        connection = door.connection(1)
    assert ended(connection)


@pytest.mark.parametrize(
    "url", ["", "ws://", "http://127.0.0.1:1/", "ws://127.0.0.1:99999/", "wss://127.0.0.1:1/"]
)
def test_an_address_that_is_none_is_a_loss_for_nobody(loop: Loop, url: str) -> None:
    with kept(loop, url) as line:
        assert taken(loop, line) is None


def test_where_a_proxy_leads_to_the_model_none_is_made_past_it(
    loop: Loop, door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    with kept(loop, door.url) as line:
        assert taken(loop, line) is None
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        with kept(loop, door.url) as another:
            had(loop, another).close()
    assert len(door.taken) <= 2


def test_a_session_begins_on_the_connection_that_is_at_hand(loop: Loop, model: ModelServer) -> None:
    provider = OpenAI(OpenAISettings(url=model.url, key="sk-test"))
    switchboard = Switchboard(RelaySettings(), provider, loop, Clock(), Toolbox(), Listed())
    switchboard.desk = Notes()
    switchboard.open()
    at_hand = until(lambda: provider.ready and provider.ready.sock)
    assert at_hand is not None
    address = at_hand.getsockname()
    switchboard.prepare(calling(Stage.ARRIVING), 0.0)
    session = model.session()
    session.wait("session.update")
    assert session.peer == address
    assert switchboard.stop(5.0)
    until(lambda: provider.ready is None)


def test_a_connection_that_was_cut_on_the_way_costs_a_session_nothing_but_time(model: ModelServer) -> None:
    ours, theirs = socket.socketpair()
    theirs.close()
    open_socket(model.url, [], 5.0, refusals.refused, ours).close()
    assert ours.fileno() == -1


def test_a_connection_that_was_forgotten_on_the_way_is_given_up_in_time(
    model: ModelServer, door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connecting, "AT_HAND", 0.1)
    forgotten = ready.connect(door.url, 5.0)
    open_socket(model.url, [], 5.0, refusals.refused, forgotten).close()
    assert forgotten.fileno() == -1


def test_what_the_server_refuses_is_refused_once(model: ModelServer) -> None:
    model.refuses = 401
    at_hand = ready.connect(model.url, 5.0)
    with pytest.raises(ModelGone) as gone:
        open_socket(model.url, [], 5.0, refusals.refused, at_hand)
    assert gone.value.fatal
    assert model.asked == 1
