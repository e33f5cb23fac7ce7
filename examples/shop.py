"""A tea shop whose telephone is answered by an AI that knows the orders.

Set the keys of docs/configuration.md, then `flask --app examples.shop run`. Callers ask for their order and
are told; callers who want a person get one; and those whom nobody could take stand on /callbacks.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Annotated, Any

from flask import Flask, current_app

from warmtransfer import Call, CallInfo, Handoff, WarmTransfer, handoff_ended
from warmtransfer.config import from_environment

#: The shop's database, for the sake of the example.
ORDERS = {
    4711: ("+15550109999", "left our warehouse this morning and arrives tomorrow"),
    4712: ("+15550109998", "waits for a fresh delivery of Darjeeling, until Thursday"),
}

INSTRUCTIONS = """
You answer the telephone of the Corner Tea Shop. Be warm and brief: one or two sentences at a time.
You can look up orders by their number. For refunds, complaints and anything else, hand the caller over.
"""

warmtransfer = WarmTransfer(instructions=INSTRUCTIONS)


@warmtransfer.tool
def look_up_order(number: Annotated[int, "The order's four digits."], call: CallInfo) -> str:
    """Says where an order is. Only the caller who placed it is told."""
    if number not in ORDERS or ORDERS[number][0] != call.caller:
        return "There is no such order for this caller. Offer to hand them over."
    return f"Order {number} {ORDERS[number][1]}."


def remember(sender: Flask, call: Call, handoff: Handoff, joined: bool, **more: Any) -> None:
    """Keep the callers whom nobody could take, to be called back."""
    if not joined:
        sender.config["CALLBACKS"].append({"caller": call.caller, "about": handoff.summary})


def create_app(environ: Mapping[str, str] = os.environ) -> Flask:
    """The shop."""
    app = Flask(__name__)
    app.config.update(from_environment(environ), CALLBACKS=[])
    app.config.setdefault("WARMTRANSFER_COMPANY", "the Corner Tea Shop")
    warmtransfer.init_app(app)
    handoff_ended.connect(remember, sender=app)

    @app.get("/")
    def front() -> str:
        return "The Corner Tea Shop. Call us!"

    @app.get("/callbacks")
    def callbacks() -> list[dict[str, str]]:
        waiting: list[dict[str, str]] = current_app.config["CALLBACKS"]
        return waiting

    return app
