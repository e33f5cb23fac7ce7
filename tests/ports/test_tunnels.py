"""Which tunnel is ours, told by servers that answer as the tunnels' programs do."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.told import Place, telling
from warmtransfer.ports.tunnels import NoTunnel, Tunnel, find

CLOSED = "http://127.0.0.1:9"


def tunnel(url: str, addr: str = "http://localhost:8000") -> dict[str, Any]:
    """A tunnel as ngrok's agent lists it."""
    return {
        "name": "command_line",
        "ID": "e5f0",
        "uri": "/api/tunnels/command_line",
        "public_url": url,
        "proto": url.partition(":")[0],
        "config": {"addr": addr, "inspect": True},
        "metrics": {"conns": {"count": 0}},
    }


def ngrok(*tunnels: dict[str, Any]) -> dict[str, Any]:
    """What ngrok's agent answers."""
    return {"/api/tunnels": {"tunnels": list(tunnels), "uri": "/api/tunnels"}}


def quick(host: str) -> dict[str, Any]:
    """What cloudflared answers at the port of its metrics."""
    return {"/quicktunnel": {"hostname": host}}


def why(ngrok_at: str, *cloudflared: str) -> tuple[str, ...]:
    """Why none is found."""
    with pytest.raises(NoTunnel) as none:
        find(8000, (ngrok_at,), cloudflared or (CLOSED,))
    return none.value.why


def test_ngroks_tunnel_is_found_with_where_it_leads() -> None:
    with telling(ngrok(tunnel("https://a1.ngrok-free.app/"))) as here:
        found = find(8000, (here,), (CLOSED,))
    assert found == Tunnel("https://a1.ngrok-free.app", f"ngrok at {here}", "http://localhost:8000")
    assert found.port == 8000


@pytest.mark.parametrize("addr", ["http://localhost:8000", "localhost:8000", "8000"])
def test_of_several_tunnels_the_one_to_our_port_is_ours(addr: str) -> None:
    others = tunnel("https://a.test", "http://localhost:3000"), tunnel("tcp://b.test:1", "localhost:22")
    with telling(ngrok(*others, tunnel("https://ours.test", addr))) as here:
        assert find(8000, (here,), (CLOSED,)).url == "https://ours.test"


def test_the_only_https_tunnel_is_taken_wherever_it_leads() -> None:
    """A host app's server has its own port, which PORT does not say."""
    with telling(ngrok(tunnel("https://a.test", "http://localhost:5000"))) as here:
        assert find(8000, (here,), (CLOSED,)).port == 5000


def test_cloudflareds_quick_tunnel_is_found_on_any_of_its_ports() -> None:
    with telling(quick("four-plain-words-here.trycloudflare.com")) as here:
        found = find(8000, (CLOSED,), (CLOSED, here))
    assert found == Tunnel("https://four-plain-words-here.trycloudflare.com", f"cloudflared at {here}")
    assert found.port == 0


def test_cloudflared_is_asked_when_ngrok_has_no_tunnel() -> None:
    with telling({**ngrok(), **quick("a.trycloudflare.com")}) as here:
        assert find(8000, (here,), (here,)).url == "https://a.trycloudflare.com"


def test_where_neither_answers_each_has_its_sentence_with_how_to_start_it() -> None:
    assert why(CLOSED, "http://127.0.0.1:9", "http://127.0.0.1:10") == (
        "ngrok: nothing answers at http://127.0.0.1:9. Start `ngrok http 8000` first.",
        "cloudflared: nothing answers at http://127.0.0.1:9 to 10. "
        "Start `cloudflared tunnel --url http://localhost:8000` first.",
    )


@pytest.mark.parametrize(
    ("tunnels", "said"),
    [
        ((), "and has no tunnel open. Start `ngrok http 8000` first."),
        ((tunnel("tcp://b.test:1"),), "none of its tunnels is https (tcp://b.test:1)"),
        (
            (tunnel("https://a.test", "http://localhost:1"), tunnel("https://b.test", "http://localhost:2")),
            "(https://a.test to http://localhost:1, https://b.test to http://localhost:2) none leads to port",
        ),
        ((tunnel("https://a.test"), tunnel("https://b.test")), "several lead to port 8000"),
    ],
    ids=["none", "none secure", "none ours", "several ours"],
)
def test_what_ngrok_lacks_is_said(tunnels: tuple[dict[str, Any], ...], said: str) -> None:
    with telling(ngrok(*tunnels)) as here:
        sentence = why(here)[0]
    assert sentence.startswith("ngrok: ")
    assert said in sentence


def test_a_named_tunnels_host_is_asked_of_the_owner() -> None:
    with telling(quick("")) as here:
        assert why(CLOSED, here)[1] == (
            f"cloudflared: it answers at {here} and has no quick tunnel; of a named tunnel it does not tell "
            "the host. Set the URL."
        )


def test_several_quick_tunnels_are_not_chosen_between() -> None:
    with telling(quick("a.test")) as one, telling(quick("b.test")) as other:
        assert "several tunnels (https://a.test, https://b.test)" in why(CLOSED, one, other)[1]


@pytest.mark.parametrize("body", [b"<html>", b"[1]", b"\xff", json.dumps({"tunnels": 1}).encode()])
def test_somebody_else_at_the_port_is_no_tunnel(body: bytes) -> None:
    with telling({"/api/tunnels": body}) as here:
        sentences = why(here, here)
    assert "is not ngrok (HTTP 200 to /api/tunnels)" in sentences[0] or "no tunnel open" in sentences[0]
    assert f"what answers at {here} is not cloudflared (HTTP 404 to /quicktunnel)" in sentences[1]


def test_who_takes_the_connection_and_says_nothing_is_not_waited_for_long() -> None:
    with Place() as silent:
        assert why(silent.url)[0].startswith(f"ngrok: nothing answers at {silent.url}")


def test_a_proxy_of_the_environment_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", CLOSED)
    with telling(quick("a.test")) as here:
        assert find(8000, (CLOSED,), (here,)).url == "https://a.test"
