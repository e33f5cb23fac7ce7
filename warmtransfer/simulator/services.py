"""What every part of the network works with: a leaf, so that no part needs to know the whole."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from warmtransfer.simulator.clock import Clock
from warmtransfer.simulator.network.account import Account
from warmtransfer.simulator.network.callbacks import Callbacks
from warmtransfer.simulator.network.hearing import Known
from warmtransfer.simulator.network.holdings import Holdings
from warmtransfer.simulator.network.laws import Laws
from warmtransfer.simulator.network.recordings import Recordings
from warmtransfer.simulator.network.webhooks import Webhooks
from warmtransfer.simulator.sound.engine import Engine
from warmtransfer.simulator.streams.stream import MediaStream
from warmtransfer.simulator.tasks import Tasks
from warmtransfer.simulator.trace import Trace
from warmtransfer.simulator.wire import HostMap


@dataclass
class Services:
    """The account and its holdings, the clock, the laws; sound, requests, background work; what is kept."""

    account: Account
    holdings: Holdings
    clock: Clock
    trace: Trace
    laws: Laws
    hosts: HostMap
    tasks: Tasks
    engine: Engine
    webhooks: Webhooks
    callbacks: Callbacks
    recordings: Recordings
    ears: Known
    streams: set[MediaStream] = field(default_factory=set)  #: those whose socket is open
    base_url: str = ""  #: where the REST API listens

    @classmethod
    def of(
        cls, account: Account, clock: Clock, trace: Trace, laws: Laws, hosts: HostMap, out: Path | None
    ) -> Services:
        """Returns what one account's network works with. Must be called inside a running event loop."""
        tasks = Tasks(trace)
        webhooks = Webhooks(clock, trace, hosts, account.token)
        callbacks = Callbacks(clock, trace, laws, webhooks, tasks)
        return cls(
            account,
            Holdings(account),
            clock,
            trace,
            laws,
            hosts,
            tasks,
            Engine(clock),
            webhooks,
            callbacks,
            Recordings(out, tasks, clock),
            Known(),
        )
