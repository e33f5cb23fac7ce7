"""The Queues resource, and the Members that wait in them."""

from __future__ import annotations

import time
from typing import Any

from warmtransfer.simulator.network.network import Network
from warmtransfer.simulator.network.queues import MOST, SIZE, Queue, Queued
from warmtransfer.simulator.rest import render
from warmtransfer.simulator.rest.asks import PAGING, Answer, Ask, Table
from warmtransfer.simulator.rest.errors import RestError, not_found
from warmtransfer.simulator.twiml.documents import Goto
from warmtransfer.simulator.wire import rfc2822

#: Stands for the call that has waited longest.
FRONT = "Front"
KNOWN = {"FriendlyName", "MaxSize"}


class QueuesApi:
    """Makes, shows, sets and removes queues, and takes calls out of them."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.queues = network.queues

    def table(self) -> Table:
        """The routes."""
        base = "{account}/Queues"
        queue, member = f"{base}/{{sid}}", f"{base}/{{sid}}/Members/{{who}}"
        return [
            ("GET", f"{base}.json", self.list), ("POST", f"{base}.json", self.create),
            ("GET", f"{queue}.json", self.fetch), ("POST", f"{queue}.json", self.update),
            ("DELETE", f"{queue}.json", self.remove), ("GET", f"{queue}/Members.json", self.members),
            ("GET", f"{member}.json", self.member), ("POST", f"{member}.json", self.dequeue),
        ]  # fmt: skip

    async def list(self, ask: Ask) -> Answer:
        """`GET Queues`, newest first."""
        ask.params.note_unknown(self.network.trace, "GET Queues", PAGING)
        return 200, ask.page("queues", [self.shown(each) for each in reversed(self.queues.kept.values())])

    async def create(self, ask: Ask) -> Answer:
        """`POST Queues`: 22003 for a name that is taken."""
        ask.params.note_unknown(self.network.trace, "POST Queues", KNOWN)
        if not ask.params.text("FriendlyName"):
            raise RestError(20001, "Missing required parameter FriendlyName in the post body")
        return 201, self.shown(self.queues.make(self._name(ask), self._size(ask, SIZE)))

    def _name(self, ask: Ask, queue: Queue | None = None) -> str:
        name = ask.params.name(queue.name if queue is not None else "")
        if self.queues.named(name) not in (None, queue):
            raise RestError(22003, f"A queue with the name {name} already exists")
        return name

    def _size(self, ask: Ask, default: int) -> int:
        return int(ask.params.number("MaxSize", default, 1, MOST))

    def _find(self, ask: Ask) -> Queue:
        queue = self.queues.kept.get(ask.parts["sid"])
        if queue is None:
            raise not_found(ask.path)
        return queue

    async def fetch(self, ask: Ask) -> Answer:
        """`GET Queues/{QU}`."""
        return 200, self.shown(self._find(ask))

    async def update(self, ask: Ask) -> Answer:
        """`POST Queues/{QU}`: its name and the most that may wait; who waits already goes on to."""
        queue = self._find(ask)
        ask.params.note_unknown(self.network.trace, "POST Queues/{sid}", KNOWN)
        queue.updated = time.time()
        queue.name, queue.size = self._name(ask, queue), self._size(ask, queue.size)
        return 200, self.shown(queue)

    async def remove(self, ask: Ask) -> Answer:
        """`DELETE Queues/{QU}`: an empty one."""
        queue = self._find(ask)
        if queue.members:
            raise RestError(20001, f"Queue {queue.sid} is not empty: it cannot be deleted")
        del self.queues.kept[queue.sid]
        return 204, None

    async def members(self, ask: Ask) -> Answer:
        """`GET Members`, the front first."""
        ask.params.note_unknown(self.network.trace, "GET Members", PAGING)
        return 200, ask.page("queue_members", [self.shown_member(each) for each in self._find(ask).members])

    def _member(self, ask: Ask) -> Queued:
        queue, who = self._find(ask), ask.parts["who"]
        found = next((each for each in queue.members if who in (each.call.sid, FRONT)), None)
        if found is not None:
            return found
        if who in self.network.calls and ask.method == "POST":
            raise RestError(21220, f"Call {who} does not wait in this queue")
        raise not_found(ask.path)

    async def member(self, ask: Ask) -> Answer:
        """`GET Members/{CA}`, and `GET Members/Front`."""
        return 200, self.shown_member(self._member(ask))

    async def dequeue(self, ask: Ask) -> Answer:
        """`POST Members/{CA}`, `POST Members/Front`: takes a call out and gives it new TwiML."""
        member, params = self._member(ask), ask.params
        params.note_unknown(self.network.trace, "POST Members/{sid}", {"Url", "Method"})
        if not params.text("Url"):
            raise RestError(20001, "Missing required parameter Url in the post body")
        goto = Goto(params.url("Url"), params.method("Method"))
        shown = self.shown_member(member)
        member.queue.strike(member)
        self.network.redirect(member.call, goto)
        return 200, shown

    def shown_member(self, member: Queued) -> dict[str, Any]:
        """The resource of a member."""
        queue, account = member.queue, self.network.account.sid
        return {
            "call_sid": member.call.sid,
            "queue_sid": queue.sid,
            "date_enqueued": rfc2822(member.enqueued),
            "position": member.position,
            "wait_time": member.seconds,
            "uri": f"{render.API}/{account}/Queues/{queue.sid}/Members/{member.call.sid}.json",
        }

    def shown(self, queue: Queue) -> dict[str, Any]:
        """The resource of a queue."""
        account = self.network.account.sid
        uri = f"{render.API}/{account}/Queues/{queue.sid}"
        return {
            "sid": queue.sid,
            "account_sid": account,
            "friendly_name": queue.name,
            "current_size": len(queue.members),
            "max_size": queue.size,
            "average_wait_time": queue.average,
            "date_created": rfc2822(queue.created),
            "date_updated": rfc2822(queue.updated),
            "subresource_uris": {"members": f"{uri}/Members.json"},
            "uri": f"{uri}.json",
        }
