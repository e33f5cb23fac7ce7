"""The example shop, run as its own app."""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from flask import Flask

from tests.desk.parts import eventually
from tests.test_config import GOOD
from tests.web.site import CALLER, PUBLIC, ROOM, signature
from warmtransfer import CallInfo
from warmtransfer.relay.tools import tool_of

SHOP = Path(__file__).parent.parent / "examples" / "shop.py"


@pytest.fixture(scope="module")
def shop() -> Iterator[ModuleType]:
    """The example's module, loaded from its file."""
    spec = importlib.util.spec_from_file_location("shop", SHOP)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["shop"] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules["shop"]


@pytest.fixture
def app(shop: ModuleType, tmp_path: Path) -> Iterator[Flask]:
    """The shop's app, with nobody to ring and no model."""
    app: Flask = shop.create_app(
        {
            **GOOD,
            "DATABASE_URL": f"sqlite:///{tmp_path / 'calls.sqlite3'}",
            "WARMTRANSFER_REALTIME_URL": "ws://127.0.0.1:9/v1/realtime",
            "TWILIO_API_BASE_URL": "http://127.0.0.1:9",
            "WARMTRANSFER_REST_TIMEOUT": "1",
        }
    )
    yield app
    app.extensions["warmtransfer"].life.stop()


def test_an_order_is_told_to_its_own_caller_only(shop: ModuleType) -> None:
    mine, theirs = CallInfo("c1", caller=CALLER), CallInfo("c2", caller="+15550100009")
    assert (
        shop.look_up_order(4711, mine) == "Order 4711 left our warehouse this morning and arrives tomorrow."
    )
    for number, who in ((4711, theirs), (4712, mine), (1, mine), (1, CallInfo("c3"))):
        assert "no such order" in shop.look_up_order(number, who)


def test_the_model_is_shown_the_number_and_not_the_call(shop: ModuleType) -> None:
    tool = tool_of(shop.look_up_order)
    assert tool.shown() == {
        "name": "look_up_order",
        "description": "Says where an order is. Only the caller who placed it is told.",
        "parameters": {
            "type": "object",
            "properties": {"number": {"type": "integer", "description": "The order's four digits."}},
            "required": ["number"],
            "additionalProperties": False,
        },
    }


def test_the_shop_keeps_its_own_pages_beside_ours(app: Flask) -> None:
    client = app.test_client()
    assert client.get("/").text == "The Corner Tea Shop. Call us!"
    assert client.get("/warmtransfer/health").status_code == 200
    assert app.extensions["warmtransfer"].settings.company == "the Corner Tea Shop"


def test_a_caller_whom_nobody_could_take_is_to_be_called_back(app: Flask) -> None:
    client = app.test_client()

    def post(path: str, **form: str) -> str:
        sign = signature(f"{PUBLIC}/warmtransfer{path}", form)
        answer = client.post(f"/warmtransfer{path}", data=form, headers={"X-Twilio-Signature": sign})
        assert answer.status_code in (200, 204)
        return answer.text

    post("/voice", CallSid="CA1", From=CALLER, To=GOOD["TWILIO_NUMBER"])
    desk = app.extensions["warmtransfer"].desk
    (call,) = desk.calls()
    room = {"ConferenceSid": ROOM, "FriendlyName": f"wt-{call.id}"}
    post(
        f"/room/{call.id}",
        StatusCallbackEvent="participant-join",
        ParticipantLabel="caller",
        CallSid="CA1",
        **room,
    )
    desk.ask(call.id, "tool", summary="The tea was cold.")
    post("/status", CallSid="CA1", CallStatus="completed")
    eventually(lambda: json.loads(client.get("/callbacks").text))
    assert client.get("/callbacks").json == [{"caller": CALLER, "about": "The tea was cold."}]
