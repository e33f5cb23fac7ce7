"""Joins the floors: settings and seams in, one app's running parts out."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Flask

from warmtransfer import guidance, undelivered
from warmtransfer.clock import Clock
from warmtransfer.config import Settings
from warmtransfer.console import room
from warmtransfer.core import words
from warmtransfer.core.call import Call
from warmtransfer.desk.courier import DAYS, Courier, Patience
from warmtransfer.desk.desk import Desk, Watcher
from warmtransfer.desk.protocols import Carrier
from warmtransfer.desk.ushering import Usher
from warmtransfer.desk.watch import Watch
from warmtransfer.directory import Directory
from warmtransfer.errors import ConfigError, WarmTransferError
from warmtransfer.later import Later, back_links, make
from warmtransfer.ports.carrier import rest
from warmtransfer.ports.loop.choose import make_loop
from warmtransfer.ports.loop.coroutines import Coroutines
from warmtransfer.ports.loop.protocols import Loop
from warmtransfer.ports.model.choose import PROVIDERS
from warmtransfer.ports.model.protocol import Factory
from warmtransfer.ports.receiver import Receiver
from warmtransfer.ports.store.owner import Owner
from warmtransfer.ports.store.store import Store
from warmtransfer.relay.relay import RelaySettings
from warmtransfer.relay.switchboard import Switchboard
from warmtransfer.relay.tools import Toolbox
from warmtransfer.signals import Announcer
from warmtransfer.web.advice import Advice
from warmtransfer.web.guard import Guard
from warmtransfer.web.links import Links, sealed
from warmtransfer.web.parts import Parts
from warmtransfer.web.twiml import Documents
from warmtransfer.web.twiml.back import BackDocuments
from warmtransfer.web.twiml.phrasing import Phrasing
from warmtransfer.web.wrong import Wrong

log = logging.getLogger("warmtransfer")

#: Seconds between two looks for calls that are old enough to be forgotten, and before the first: a process
#: that has just begun has callers to take up.
PRUNE_EVERY = 6 * 3600.0
PRUNE_FIRST = 120.0
#: Seconds between two bites, for those who wait for the database.
PRUNE_PAUSE = 0.2
DAY = 86400.0
#: Seconds for streams and sessions to be closed in form when we leave.
HANGING_UP = 1.0


@dataclass(frozen=True, slots=True)
class Seams:
    """Parts that a test, or a host app, brings along; None for our own. `providers` come besides ours.

    `console` says who may see it, and what it shows of a call besides.
    """

    clock: Clock | None = None
    carrier: Carrier | None = None
    store: Store | None = None
    loop: Loop | None = None
    providers: Mapping[str, Factory] = field(default_factory=dict)
    console: tuple[Callable[[], Any] | None, Callable[[Call], Any] | None] = (None, None)

    def all_providers(self) -> Mapping[str, Factory]:
        """Every provider of models that the configuration may name."""
        return {**PROVIDERS, **self.providers}


class Running:
    """The parts' life: started once, by whoever comes first, and stopped once."""

    def __init__(
        self,
        desk: Desk,
        switchboard: Switchboard,
        loop: Loop,
        store: Store,
        coroutines: Coroutines,
        usher: Usher,
        later: Later,
        keep_days: int,
        courier: Courier | None = None,
    ) -> None:
        self._courier = courier
        self._later = later
        self._coroutines = coroutines
        self._usher = usher
        self._desk = desk
        self._switchboard = switchboard
        self._loop = loop
        self._store = store
        self._keep = keep_days * DAY
        self._lock = threading.Lock()
        self._started = False
        self.started_in = 0
        self.leaving = False
        self._ended = threading.Event()
        self._waking = threading.Lock()

    def wake(self) -> None:
        """Have the calls taken up aside, for somebody who must not wait for the database; never raises."""
        if not self._started and self._waking.acquire(blocking=False):
            threading.Thread(target=self._wake, name="warmtransfer-wake", daemon=True).start()

    def _wake(self) -> None:
        try:
            self.start()
        except WarmTransferError as fault:
            log.warning("stored calls are taken up with the next request: %s", fault)
        finally:
            self._waking.release()

    def start(self) -> None:
        """Take up the stored calls, and forget the old ones; harmless when repeated."""
        with self._lock:
            if self._started or self._ended.is_set():
                return
            try:
                self._desk.open()
                self._desk.start()
                self._switchboard.open()
                self._usher.start()
                if self._courier:
                    self._courier.start()
                self._later.start()
            except ConfigError as fault:
                log.error("%s", fault)  # noqa: TRY400 - it says what to do
                raise
            self._started = True
            self.started_in = os.getpid()
        threading.Thread(target=self._forget, name="warmtransfer-prune", daemon=True).start()

    def leave(self) -> int:
        """Take no new calls or streams from now on, and end the streams; how many there were.

        Facts are decided and orders done until `stop`. Blocks for a moment; never in the loop.
        """
        self.leaving = True
        if self._store.leases:
            self._store.leases.leaving = True
        self._desk.leave()
        self._later.leave()
        streams = self._switchboard.live()
        self._switchboard.stop(HANGING_UP)
        return streams

    def unfinished(self) -> int:
        """Orders and facts that wait or are being worked on."""
        return self._desk.busy() + self._later.callbacks.busy()

    def stop(self, seconds: float = 10.0) -> None:
        """Stop for good, within about `seconds`, whatever hangs; harmless when repeated."""
        with self._lock:
            if self._ended.is_set():
                return
            self._ended.set()
        self._usher.stop()
        self._switchboard.stop(seconds / 5)
        self._later.stop(seconds / 5)
        self._desk.stop(seconds / 2)
        if self._courier:
            self._courier.stop(seconds / 10)
        self._close_store(seconds / 5)
        self._loop.stop()
        self._coroutines.stop()

    def _close_store(self, seconds: float) -> None:
        """Not waited for without end: a database that hangs would keep the process."""
        closed = threading.Event()

        def close() -> None:
            try:
                self._store.close()
            finally:
                closed.set()

        self._loop.spawn(close)
        if not closed.wait(seconds):
            log.warning("the database does not answer: its connections are left as they are")

    def _forget(self) -> None:
        pause = PRUNE_FIRST
        while not self._ended.wait(pause):
            pause = PRUNE_EVERY
            try:
                if self._store.prune(time.time() - self._keep) != 0:  # some, or another process is at it
                    pause = PRUNE_PAUSE
            except WarmTransferError as fault:
                log.warning("old calls are kept until next time: %s", fault)


def assemble(app: Flask, settings: Settings, seams: Seams, tools: Toolbox) -> Parts:
    """The parts of one app, wired and not started."""
    _say_what_is_missing(settings)
    clock, loop = seams.clock or Clock(), seams.loop or make_loop()
    store = seams.store or _store(settings, loop, clock)
    links = sealed(settings)
    directory = _directory(app, settings, clock, tools, store)
    provider = seams.all_providers()[settings.provider](guidance.model_settings(settings))
    switchboard = Switchboard(_relay_settings(settings, clock), provider, loop, clock, tools, directory)
    carrier = seams.carrier or _carrier(settings)
    desk = _desk(settings, store, carrier, switchboard, links, directory, clock, loop)
    switchboard.desk = desk
    announcer = Announcer(app, tools.coroutines)
    later = make(settings, clock, store, carrier, desk, directory, provider, announcer, switchboard)
    tools.promise = later.promises
    advice, console = Advice(links), _console(app, settings, seams, store, clock)
    _watch(desk, announcer, advice.never_asked, console.news.poke, undelivered.told)
    usher, keep = Usher(store, directory, clock, loop, desk, switchboard), settings.keep_days
    courier = _courier(settings, store, desk)
    life = Running(desk, switchboard, loop, store, tools.coroutines, usher, later, keep, courier)
    phrasing = _phrasing(settings)
    return Parts(
        settings=settings,
        links=links,
        guard=Guard(settings.public_url, settings.auth_token, settings.auth_token_secondary),
        advice=advice,
        wrong=Wrong(),
        documents=Documents(links, phrasing, directory.rules, later.promises.possible),
        back=BackDocuments(back_links(settings), phrasing, directory.rules, settings.time_zone),
        clock=clock,
        desk=desk,
        afterwards=later,
        people=directory,
        switchboard=switchboard,
        records=store,
        life=life,
        standing=Watch(store, switchboard.live, lambda: life.leaving),
        providers=seams.all_providers(),
    )


def _watch(desk: Desk, *watchers: Watcher) -> None:
    """Who is told of every decision."""
    for each in watchers:
        desk.watch(each)


def _desk(
    settings: Settings,
    store: Store,
    carrier: Carrier,
    switchboard: Switchboard,
    links: Links,
    people: Directory,
    clock: Clock,
    loop: Loop,
) -> Desk:
    return Desk(
        store=store,
        carrier=carrier,
        switchboard=switchboard,
        links=links,
        settings=settings,
        people=people,
        clock=clock,
        loop=loop,
    )


def _console(app: Flask, settings: Settings, seams: Seams, store: Store, clock: Clock) -> room.Console:
    """What is kept of the app's console; its routes are there whether it is on or not."""
    made = room.make(settings, store, clock, *seams.console)
    app.extensions[room.NAME] = made
    return made


def _say_what_is_missing(settings: Settings) -> None:
    if not words.known(settings.language) and words.NAMES - settings.words.keys():
        log.warning(
            "WARMTRANSFER_LANGUAGE=%s: our own sentences are not written in it and are said in English; "
            "WARMTRANSFER_WORDS gives them (names: core/words.py)",
            settings.language,
        )


def _store(settings: Settings, loop: Loop, clock: Clock) -> Store:
    owner = Owner(settings.account_sid, settings.number)
    tells = bool(settings.events_url)
    return Store(settings.database_url, loop.offload, clock.now, owner=owner, tells=tells)


def _courier(settings: Settings, store: Store, desk: Desk) -> Courier | None:
    """Who brings events to the host's systems, where there are any; none is kept longer than its call."""
    if not settings.events_url:
        return None
    most = min(DAYS, settings.keep_days * DAY)
    receiver = Receiver(settings.events_url, settings.events_secret)
    courier = Courier(store.mailbox, receiver.send, Patience(most=most))
    desk.watch(courier.poke)
    return courier


def _directory(
    app: Flask, settings: Settings, clock: Clock, tools: Toolbox, store: Store
) -> Directory:
    directory = Directory(settings, clock, app.app_context, tools.coroutines, store.known)
    tools.who = directory.told
    return directory


def _carrier(settings: Settings) -> Carrier:
    account = rest.Account(settings.account_sid, settings.auth_token, settings.api_key, settings.api_secret)
    return rest.Carrier(account, settings.api_base_url, settings.rest_timeout)


def _phrasing(settings: Settings) -> Phrasing:
    return Phrasing(
        company=settings.company,
        voice=settings.say_voice,
        number=settings.number,
        last_resort=settings.last_resort,
        gate_seconds=settings.gate_seconds,
        call_limit=settings.call_limit,
        words=settings.rules().words,
        says_number=settings.show.said,
    )


def _relay_settings(settings: Settings, clock: Clock) -> RelaySettings:
    return RelaySettings(
        greeting=guidance.greeting(settings),
        disclosure=guidance.disclosure(settings),
        facts=lambda: (guidance.now(settings.time_zone, clock.now()),),
        phrases=settings.phrases,
        language=settings.language,
    )
