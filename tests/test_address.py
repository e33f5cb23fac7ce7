"""`WARMTRANSFER_PUBLIC_URL=auto`: the tunnel's URL in its place, once, at the start."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from tests.ports.test_tunnels import CLOSED, ngrok, quick, tunnel
from tests.test_config import GOOD
from tests.told import telling
from warmtransfer import ConfigError, WarmTransfer, commands, create_app
from warmtransfer.address import KEY, settle
from warmtransfer.config import load


def test_a_url_that_is_given_stays_and_nobody_is_asked() -> None:
    given: dict[str, Any] = {KEY: "https://auto.example.com"}
    assert settle(given) == ("", ())
    assert given == {KEY: "https://auto.example.com"}
    assert settle({}) == settle({KEY: None}) == ("", ())


@pytest.mark.parametrize("word", ["auto", " AUTO "])
def test_the_word_asks_the_usual_places(word: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def find(*places: Any) -> Any:
        asked.append(places)
        raise LookupError

    monkeypatch.setattr("warmtransfer.ports.tunnels.find", find)
    with pytest.raises(LookupError):
        settle({KEY: word, "PORT": "9000"})
    assert asked == [(9000,)]


def test_the_url_is_put_in_the_words_place_and_a_line_says_who_told_it() -> None:
    with telling(ngrok(tunnel("https://a.test"))) as here:
        given: dict[str, Any] = {KEY: f"auto:{here}"}
        line, why = settle(given)
    assert (given[KEY], why) == ("https://a.test", ())
    assert line == f"WARMTRANSFER_PUBLIC_URL is https://a.test, as told by ngrok at {here}"


def test_the_line_says_when_the_tunnel_leads_to_another_port() -> None:
    with telling(ngrok(tunnel("https://a.test", "http://localhost:5000"))) as here:
        line, _ = settle({KEY: f"auto:{here}", "PORT": "8000"})
    assert line.endswith("; that tunnel leads to http://localhost:5000, and PORT is 8000")


@pytest.mark.parametrize("place", ["ngrok:4040", "https://a", "http://", "http://[", "http://a:0", "x"])
def test_what_cannot_be_asked_is_said(place: str) -> None:
    assert settle({KEY: f"auto:{place}"}) == (
        "", ("auto: is followed by the address of a tunnel's API, such as http://ngrok:4040.",)
    )  # fmt: skip


def test_reading_the_configuration_asks_nobody() -> None:
    with telling(ngrok(tunnel("https://a.test"))) as here, pytest.raises(ConfigError) as caught:
        load({**GOOD, KEY: f"auto:{here}"})
    (fault,) = caught.value.faults
    assert fault.startswith("WARMTRANSFER_PUBLIC_URL is wrong: auto has found no tunnel")


def test_an_app_is_made_for_the_tunnels_url(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    database = {"DATABASE_URL": f"sqlite:///{tmp_path / 'calls.sqlite3'}"}
    caplog.set_level(logging.INFO, "warmtransfer")
    with telling(quick("a.trycloudflare.com")) as here:
        app = create_app({**GOOD, **database, KEY: f"auto:{here}"})
    parts = app.extensions["warmtransfer"]
    parts.life.stop()
    assert parts.settings.public_url == app.config[KEY] == "https://a.trycloudflare.com"
    assert parts.links.voice().startswith("https://a.trycloudflare.com/warmtransfer/")
    assert parts.found == f"{KEY} is https://a.trycloudflare.com, as told by cloudflared at {here}"
    assert [each.message for each in caplog.records] == [parts.found]


def test_without_a_tunnel_an_app_is_refused_with_a_sentence_for_each_program() -> None:
    app = Flask("host")
    app.config.update(GOOD, **{KEY: f"auto:{CLOSED}"})
    with pytest.raises(ConfigError) as caught:
        WarmTransfer(app)
    wrong, ngroks, cloudflareds = caught.value.faults
    assert wrong.startswith("WARMTRANSFER_PUBLIC_URL is wrong: auto has found no tunnel")
    assert ngroks.startswith("ngrok: nothing answers at")
    assert cloudflareds.startswith("cloudflared: nothing answers at")


def test_commands_that_need_less_have_the_tunnels_url_too() -> None:
    """`provision` is run before there is a TWILIO_APP_SID."""
    with telling(ngrok(tunnel("https://a.test"))) as here:
        app = commands.app_to_look_with({**GOOD, "TWILIO_APP_SID": "", KEY: f"auto:{here}"})
    assert app.config[KEY] == "https://a.test"
