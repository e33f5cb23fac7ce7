"""A provider's WebSocket is had, or the reason why not, within the time it was given."""

from __future__ import annotations

import socket
import ssl

import pytest

from warmtransfer.errors import ModelGone
from warmtransfer.ports.model.connecting import open_socket, trust


def refused(status: int, body: bytes) -> ModelGone:
    """Nobody here answers with a status."""
    raise AssertionError(f"refused with {status}: {body!r}")


def test_the_certificates_we_trust_are_read_once() -> None:
    assert trust() is trust()
    assert trust().verify_mode is ssl.CERT_REQUIRED
    assert trust().check_hostname


@pytest.mark.parametrize("url", ["ws://127.0.0.1:1/", "ws://nowhere.invalid/", "http://x/", "ws://["])
def test_an_address_that_cannot_be_reached_is_a_loss(url: str) -> None:
    with pytest.raises(ModelGone) as gone:
        open_socket(url, [], 2.0, refused)
    assert not gone.value.fatal


def test_a_server_that_says_nothing_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as door, pytest.raises(ModelGone):
        open_socket(f"ws://127.0.0.1:{door.getsockname()[1]}/", [], 0.2, refused)
