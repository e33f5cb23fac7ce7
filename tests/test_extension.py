"""Flask's rules for extensions, the tools and the signals of a host app."""

from __future__ import annotations

import asyncio
import dataclasses
import gc
import subprocess
import sys
import threading
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, current_app

import warmtransfer
from tests.desk.parts import Told, eventually
from tests.relay.parrot import Parrot
from tests.test_config import GOOD
from tests.web.site import CALLER, Site
from warmtransfer import ConfigError, Human, WarmTransfer, create_app, from_environment, signals
from warmtransfer.clock import Clock
from warmtransfer.config import KEYS
from warmtransfer.core.available import Available
from warmtransfer.core.call import Attempt, Call, Handoff, Stage
from warmtransfer.ports.model.protocol import ModelSettings

ROOT = Path(__file__).parent.parent


@pytest.fixture
def config(tmp_path: Path) -> dict[str, Any]:
    """A good configuration with a database of its own."""
    return {**GOOD, "DATABASE_URL": f"sqlite:///{tmp_path / 'a.sqlite3'}"}


def app_with(config: dict[str, Any]) -> Flask:
    """A host app."""
    app = Flask("host")
    app.config.update(config)
    return app


@pytest.fixture
def stopping() -> Iterator[list[Flask]]:
    """Apps that are stopped with the test."""
    apps: list[Flask] = []
    yield apps
    for app in apps:
        app.extensions["warmtransfer"].life.stop()


def test_two_apps_share_an_extension_and_nothing_else(
    config: dict[str, Any], tmp_path: Path, stopping: list[Flask]
) -> None:
    extension = WarmTransfer(carrier=Told())  # type: ignore[arg-type]
    one = app_with(config)
    two = app_with(
        {
            **config,
            "DATABASE_URL": f"sqlite:///{tmp_path / 'b.sqlite3'}",
            "WARMTRANSFER_URL_PREFIX": "/phone",
            "WARMTRANSFER_HUMANS": "zoe=+15550100009",
        }
    )
    for app in (one, two):
        extension.init_app(app)
        stopping.append(app)
    first, second = one.extensions["warmtransfer"], two.extensions["warmtransfer"]
    assert first is not second
    assert first.desk is not second.desk
    assert [human.name for human in second.settings.humans] == ["zoe"]
    assert one.test_client().get("/warmtransfer/health").status_code == 200
    assert two.test_client().get("/phone/health").status_code == 200
    assert two.test_client().get("/warmtransfer/health").status_code == 404


def test_an_app_may_be_served_without_a_prefix(config: dict[str, Any], stopping: list[Flask]) -> None:
    app = app_with({**config, "WARMTRANSFER_URL_PREFIX": "/"})
    WarmTransfer(app)
    stopping.append(app)
    assert app.test_client().get("/health").status_code == 200


def test_an_app_is_registered_once(config: dict[str, Any], stopping: list[Flask]) -> None:
    app = app_with(config)
    extension = WarmTransfer(app)
    stopping.append(app)
    for again in (extension, WarmTransfer()):
        with pytest.raises(RuntimeError, match="already"):
            again.init_app(app)


def test_the_extension_does_not_keep_the_app(config: dict[str, Any]) -> None:
    app = app_with(config)
    extension = WarmTransfer(app)
    assert app not in vars(extension).values()
    app.extensions["warmtransfer"].life.stop()
    gone = weakref.ref(app)
    del app
    eventually(lambda: gc.collect() is not None and gone() is None)


def test_a_wrong_configuration_leaves_the_app_as_it_was(config: dict[str, Any]) -> None:
    app = app_with({**config, "TWILIO_NUMBER": "1"})
    before = dict(app.config)
    with pytest.raises(ConfigError):
        WarmTransfer(app)
    assert (dict(app.config), app.extensions, list(app.blueprints)) == (before, {}, [])


def test_defaults_are_set_on_the_apps_config(config: dict[str, Any], stopping: list[Flask]) -> None:
    app = app_with(config)
    WarmTransfer(app)
    stopping.append(app)
    for key in KEYS:
        assert app.config[key.name] == config.get(key.name, key.default)


def test_the_extension_never_reads_the_environment(
    config: dict[str, Any], monkeypatch: pytest.MonkeyPatch, stopping: list[Flask]
) -> None:
    monkeypatch.setenv("WARMTRANSFER_COMPANY", "Environment & Sons")
    app = app_with(config)
    WarmTransfer(app)
    stopping.append(app)
    assert app.extensions["warmtransfer"].settings.company == ""
    for key in KEYS:
        monkeypatch.delenv(key.name, raising=False)
    with pytest.raises(ConfigError):
        create_app()
    for name, value in config.items():
        monkeypatch.setenv(name, value)
    made = create_app()
    stopping.append(made)
    assert made.extensions["warmtransfer"].settings.number == GOOD["TWILIO_NUMBER"]


def test_an_app_without_keys_is_told_where_they_were_looked_for_and_how_to_bring_them(
    config: dict[str, Any], monkeypatch: pytest.MonkeyPatch, stopping: list[Flask]
) -> None:
    for name, value in config.items():
        monkeypatch.setenv(name, value)
    app = app_with({})
    with pytest.raises(ConfigError) as caught:
        WarmTransfer(app)
    *_, last = str(caught.value).splitlines()
    assert last.startswith("Looked in app.config only.")
    assert "app.config.update(warmtransfer.from_environment())" in last
    app.config.update(from_environment())
    WarmTransfer(app)
    stopping.append(app)


def test_keys_that_are_wrong_need_no_word_about_where_they_are(config: dict[str, Any]) -> None:
    with pytest.raises(ConfigError) as caught:
        WarmTransfer(app_with({**config, "PORT": "x"}))
    assert "Looked in" not in str(caught.value)
    with pytest.raises(ConfigError) as caught:
        create_app({})
    assert "Looked in" not in str(caught.value)


def test_registering_makes_no_database(config: dict[str, Any], tmp_path: Path, stopping: list[Flask]) -> None:
    app = app_with(config)
    WarmTransfer(app)
    stopping.append(app)
    assert list(tmp_path.iterdir()) == []
    app.extensions["warmtransfer"].life.start()
    assert (tmp_path / "a.sqlite3").exists()


def test_every_key_stands_in_the_docstring() -> None:
    for key in KEYS:
        assert f"{key.name}: {key.sentence}" in (WarmTransfer.init_app.__doc__ or "")


def test_humans_and_instructions_may_be_set_in_python(config: dict[str, Any], stopping: list[Flask]) -> None:
    config.pop("WARMTRANSFER_HUMANS")
    app = app_with(config)
    WarmTransfer(app, humans=[Human("zoe", "+15550100009")], instructions="Sell tea.")
    stopping.append(app)
    settings = app.extensions["warmtransfer"].settings
    assert (settings.humans, settings.instructions) == ((Human("zoe", "+15550100009"),), "Sell tea.")


def test_seams_are_taken_as_given(config: dict[str, Any], stopping: list[Flask]) -> None:
    clock = Clock(4.0)
    app = app_with(config)
    WarmTransfer(app, clock=clock, carrier=Told())  # type: ignore[arg-type]
    stopping.append(app)
    assert app.extensions["warmtransfer"].clock is clock


def test_a_host_app_may_bring_a_realtime_model_of_its_own(
    config: dict[str, Any], stopping: list[Flask]
) -> None:
    made: list[ModelSettings] = []

    def parrot(settings: ModelSettings) -> Parrot:
        made.append(settings)
        return Parrot(settings)

    del config["OPENAI_API_KEY"]
    app = app_with({**config, "WARMTRANSFER_PROVIDER": "parrot", "WARMTRANSFER_VOICE": "loud"})
    WarmTransfer(app, providers={"parrot": parrot})
    stopping.append(app)
    assert [(settings.voice, settings.model) for settings in made] == [("loud", "")]
    with pytest.raises(ConfigError, match="none of openai\\."):
        WarmTransfer(app_with({**config, "WARMTRANSFER_PROVIDER": "parrot"}))


def test_starting_and_stopping_may_be_repeated(config: dict[str, Any]) -> None:
    before = set(threading.enumerate())
    app = app_with(config)
    extension = WarmTransfer(app)
    for _ in range(2):
        extension.start(app)
    started = set(threading.enumerate()) - before
    assert started
    assert len({thread.name for thread in started}) == len(started), "a part was started twice"
    for _ in range(2):
        extension.stop(app)
    extension.start(app)
    eventually(lambda: set(threading.enumerate()) <= before)


def test_an_app_that_is_only_registered_has_no_thread_and_no_database(
    config: dict[str, Any], tmp_path: Path
) -> None:
    before = set(threading.enumerate())
    app = app_with(config)
    extension = WarmTransfer(app)
    app.test_client().get("/warmtransfer/sounds/ring.wav")
    assert set(threading.enumerate()) <= before
    assert list(tmp_path.iterdir()) == []
    extension.stop(app)


def test_a_database_that_cannot_be_used_is_told_by_the_start(
    config: dict[str, Any], tmp_path: Path, stopping: list[Flask], caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "a.sqlite3").write_text("these are notes\n" * 100)
    app = app_with(config)
    extension = WarmTransfer(app)
    stopping.append(app)
    with pytest.raises(ConfigError, match="DATABASE_URL"):
        extension.start(app)
    assert "a.sqlite3 cannot be written" in caplog.text


def test_whoever_asks_first_has_the_stored_calls_taken_up(tmp_path: Path) -> None:
    site = Site(tmp_path)
    call_id = site.arrive()
    site.join(call_id)
    site.close()
    again = Site(tmp_path)
    try:
        with again.app.app_context():
            WarmTransfer().ask(call_id, "kim")
        assert again.carrier.wait("dial")[1]["to"] == "+15550100002"
        journal = [row.event for row in again.parts.records.journal(call_id)]
        assert journal.index("Restarted") < journal.index("HandoffAsked")
    finally:
        again.close()


def test_importing_the_package_loads_neither_the_app_nor_twilio() -> None:
    script = (
        "import sys, warmtransfer; "
        "print([name for name in ('flask', 'twilio', 'sqlalchemy', 'gevent') if name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
    assert set(dir(warmtransfer)) >= set(warmtransfer.__all__)
    with pytest.raises(AttributeError, match="nothing_of_ours"):
        warmtransfer.nothing_of_ours  # noqa: B018 - the access is the test


# Tools ----------------------------------------------------------------------------------------------


def shown(app: Flask) -> list[str]:
    """The names of the tools that the app's model is shown."""
    toolbox = app.extensions["warmtransfer"].switchboard.toolbox
    return [tool["name"] for tool in toolbox.shown(Available())]


def test_a_tool_is_shown_whenever_it_was_decorated_and_stays_a_function(
    config: dict[str, Any], stopping: list[Flask]
) -> None:
    extension = WarmTransfer()

    @extension.tool
    def before(number: int) -> str:
        """Says where an order is."""
        return f"{number} in {current_app.name}"

    app = app_with(config)
    extension.init_app(app)
    stopping.append(app)

    @extension.tool
    def after() -> str:
        """Says the time."""
        return "noon"

    assert shown(app) == ["before", "after", "take_message"]
    with app.app_context():
        assert before(7) == "7 in host"


def test_a_function_that_cannot_be_described_is_refused_when_decorated() -> None:
    extension = WarmTransfer()

    def strange(thing: threading.Thread) -> None:
        """Does something."""

    with pytest.raises(TypeError, match="thing"):
        extension.tool(strange)

    @extension.tool
    def once() -> str:
        """Says once."""
        return "once"

    with pytest.raises(TypeError, match="already"):
        extension.tool(once)


def test_python_may_ask_for_a_human(tmp_path: Path) -> None:
    site = Site(tmp_path)
    try:
        call_id = site.arrive()
        site.join(call_id)
        with site.app.app_context():
            call = WarmTransfer().ask(call_id, "kim", reason="angry", summary="Wants a refund.")
        assert (call.stage, call.handoff.source, call.handoff.target) == (Stage.RINGING, "python", "kim")
        assert site.carrier.wait("dial")[1]["to"] == "+15550100002"
    finally:
        site.close()


# Signals --------------------------------------------------------------------------------------------

NAMES = ("call_started", "handoff_asked", "human_joined", "handoff_ended", "call_over")
ALL_NAMES = (*NAMES, "message_left")


class Ear:
    """Listens to every signal of one app."""

    def __init__(self, app: Flask) -> None:
        self.heard: list[tuple[str, Call, dict[str, Any]]] = []
        self._receivers = []
        for name in ALL_NAMES:
            receiver = self._receiver(name)
            self._receivers.append(receiver)
            getattr(signals, name).connect(receiver, sender=app)

    def _receiver(self, name: str) -> Any:
        def receive(sender: Flask, call: Call, **more: Any) -> None:
            assert current_app._get_current_object() is sender  # type: ignore[attr-defined]
            self.heard.append((name, call, more))

        return receive

    def names(self) -> list[str]:
        """The signals heard so far."""
        return [name for name, _, _ in self.heard]


def test_a_host_app_hears_of_a_call_from_start_to_end(tmp_path: Path) -> None:
    site = Site(tmp_path)
    try:
        ear = Ear(site.app)
        call_id = site.briefing()
        site.send(f"/human/{call_id}/1/gate", {"Digits": "1"})
        site.room(call_id, "participant-join", ParticipantLabel="human-1", CallSid="CAhuman1", Muted="false")
        site.send("/status", {"CallSid": site.call(call_id).caller_sid, "CallStatus": "completed"})
        eventually(lambda: "call_over" in ear.names())
        assert ear.names() == list(NAMES)
        started, asked, joined, ended, over = ear.heard
        assert (started[1].id, started[1].caller) == (call_id, CALLER)
        assert asked[2]["handoff"].summary == "An invoice is wrong."
        assert joined[2]["attempt"].name == "sam"
        assert ended[2]["joined"] is True
        assert over[1].stage is Stage.OVER
    finally:
        site.close()


def test_a_listener_that_fails_is_logged_and_stops_nobody(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    site = Site(tmp_path)

    def broken(sender: Flask, call: Call) -> None:
        raise ValueError("mine")

    try:
        signals.call_started.connect(broken, sender=site.app)
        ear = Ear(site.app)
        site.arrive()
        eventually(lambda: ear.names() == ["call_started"])
        assert "a listener failed" in caplog.text
    finally:
        site.close()


def test_a_listener_that_exits_costs_no_later_signal_and_one_may_be_a_coroutine(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    site = Site(tmp_path)
    heard: list[str] = []

    def leaves(sender: Flask, call: Call) -> None:
        raise SystemExit(f"for {call.caller}")

    async def waits(sender: Flask, call: Call) -> None:
        await asyncio.sleep(0)
        heard.append(current_app.name)

    try:
        for signal in (signals.call_started, signals.call_over):
            signal.connect(leaves, sender=site.app)
            signal.connect(waits, sender=site.app)
        ear = Ear(site.app)
        call_id = site.arrive()
        site.send("/status", {"CallSid": site.call(call_id).caller_sid, "CallStatus": "completed"})
        eventually(lambda: ear.names() == ["call_started", "call_over"] and len(heard) == 2)
        assert heard == ["warmtransfer"] * 2
        assert "a listener failed: SystemExit (" in caplog.text
        assert CALLER not in caplog.text
    finally:
        site.close()


def test_signals_of_another_app_are_not_heard(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    one, two = Site(tmp_path / "one"), Site(tmp_path / "two")
    try:
        ears = Ear(one.app), Ear(two.app)
        one.arrive()
        eventually(lambda: ears[0].names() == ["call_started"])
        assert ears[1].names() == []
    finally:
        one.close()
        two.close()


ATTEMPT = Attempt(1, 1, "sam", "+15550100001", style=Human("sam", "").style)
RUNNING = Call("c1", started_at=1.0, handoff=Handoff(1), attempts=(ATTEMPT,))


@pytest.mark.parametrize(
    ("before", "after", "names", "joined"),
    [
        (Stage.RINGING, Stage.BRIEFING, [], None),
        (Stage.RINGING, Stage.AI, ["handoff-ended"], False),
        (Stage.CANCELLING, Stage.MESSAGE, ["handoff-ended"], False),
        (Stage.REDIRECTED, Stage.HUMAN, ["human-joined", "handoff-ended"], True),
        (Stage.JOINING, Stage.OVER, ["handoff-ended", "call-over"], False),
        (Stage.HUMAN, Stage.RETURNING, [], None),
        (Stage.MESSAGE, Stage.OVER, ["call-over"], None),
        (Stage.OVER, Stage.OVER, [], None),
    ],
)
def test_a_change_of_stage_calls_for_these_signals(
    before: Stage, after: Stage, names: list[str], joined: bool | None
) -> None:
    was, now = (dataclasses.replace(RUNNING, stage=stage) for stage in (before, after))
    told = signals.told(was, now)
    assert [signal.name for signal, _ in told] == names
    assert [more["joined"] for signal, more in told if signal is signals.handoff_ended] == (
        [] if joined is None else [joined]
    )


def test_a_message_is_told_of_once_with_what_is_new_in_it() -> None:
    def told(before: Call, after: Call) -> list[Any]:
        return [more for signal, more in signals.told(before, after) if signal is signals.message_left]

    noted = dataclasses.replace(RUNNING, message="Call Ada.")
    assert told(RUNNING, noted) == [{"text": "Call Ada.", "url": "", "seconds": 0, "stream": None}]
    more = dataclasses.replace(noted, message="Call Ada.\nBy noon.")
    assert told(noted, more) == [{"text": "By noon.", "url": "", "seconds": 0, "stream": None}]
    silent = dataclasses.replace(RUNNING, message_url="https://example.test/RE1")
    assert told(RUNNING, silent) == []
    recorded = dataclasses.replace(silent, message_seconds=7, stage=Stage.OVER)
    assert told(RUNNING, recorded) == [], "a recording is told of once it has been fetched"


def test_a_handoff_that_finds_nobody_is_asked_and_ended() -> None:
    was = dataclasses.replace(RUNNING, stage=Stage.AI, handoff=Handoff())
    told = signals.told(was, dataclasses.replace(RUNNING, stage=Stage.AI))
    assert [signal.name for signal, _ in told] == ["handoff-asked", "handoff-ended"]
