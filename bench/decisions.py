"""How quickly our server decides while calls are running: what a person on the line waits for."""

from __future__ import annotations

import time
import xml.etree.ElementTree as ET

from bench.network import Leg, Refused, sid
from bench.rig import Rig

Times = dict[str, list[float]]
#: Seconds to wait for an order that should take milliseconds.
PATIENCE = 15.0


def run(rig: Rig, calls: int = 100, handoffs: int = 30) -> dict[str, dict[str, float]]:
    """Percentiles in milliseconds with `calls` running, by what was waited for."""
    rig.grow(calls)
    time.sleep(4.0)
    times: Times = {"webhook": [], "asked to dialled": [], "accepted to room": [], "heard to removed": []}
    times["webhook"] = _webhooks(rig, handoffs)
    for index in range(handoffs):
        _hand_off(rig, index, times)
    return {name: percentiles(found) for name, found in times.items()}


def percentiles(seconds: list[float]) -> dict[str, float]:
    """Median, p99 and longest, in milliseconds."""
    ordered = sorted(1000 * each for each in seconds)
    if not ordered:
        return {}
    p99 = ordered[min(len(ordered) - 1, int(0.99 * len(ordered)))]
    middle, longest = ordered[len(ordered) // 2], ordered[-1]
    return {"p50": round(middle, 2), "p99": round(p99, 2), "max": round(longest, 2), "n": len(ordered)}


def _webhooks(rig: Rig, calls: int) -> list[float]:
    """What setting up and ending more calls took, webhook by webhook, at a busy line's pace."""
    hooks, known = rig.hooks(), len(rig.webhook_seconds)
    for _ in range(calls * 2):
        leg = hooks.set_up()
        hooks.hang_up(leg)
        time.sleep(0.05)
    return rig.webhook_seconds[known:]


def _hand_off(rig: Rig, index: int, times: Times) -> None:
    """One call from the model's tool call to the AI's removal."""
    leg, hooks = rig.legs[index], rig.hooks()
    rig.phones.watch(index)
    since = len(rig.rest.orders)
    arguments = '{"target":"sam","reason":"asked","summary":"An invoice is wrong."}'
    item = {
        "type": "function_call", "id": sid("item_"), "call_id": sid("call_"), "status": "completed",
        "name": "transfer_to_human", "arguments": arguments,
    }  # fmt: skip
    asked = rig.phones.event(index, {"type": "response.output_item.done", "response_id": "r", "item": item})
    dial = rig.rest.wait(lambda order: leg.call_id in order.form.get("Url", ""), PATIENCE, since)
    times["asked to dialled"].append(dial.at - asked / 1e9)
    human = {"CallSid": sid("CA"), "CallStatus": "in-progress"}
    hooks.post(f"/human/{leg.call_id}/1", human)
    document = ET.fromstring(hooks.post(f"/human/{leg.call_id}/1/gate", {**human, "Digits": "1"}))
    if document.find("Dial/Conference") is None:
        raise Refused("the human who accepted was not sent into the room")
    times["accepted to room"].append(rig.webhook_seconds[-1])
    times["heard to removed"].append(_join(rig, index, leg, human["CallSid"]))


def _join(rig: Rig, index: int, leg: Leg, call_sid: str) -> float:
    """Seconds from the last mark of the introduction to the removal's arrival at Twilio."""
    since = len(rig.rest.orders)
    rig.hooks().room(leg, "participant-join", ParticipantLabel="human-1", CallSid=call_sid)
    removed = rig.rest.wait(
        lambda order: order.method == "DELETE" and leg.room_sid in order.path, PATIENCE, since
    )
    marks = [at / 1e9 for at in rig.phones.marked.get(index, []) if at / 1e9 <= removed.at]
    return removed.at - marks[-1] if marks else PATIENCE
