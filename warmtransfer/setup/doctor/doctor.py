"""The whole list, in an order in which what comes first explains what comes later."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from warmtransfer import config
from warmtransfer.config import Settings
from warmtransfer.errors import ConfigError
from warmtransfer.parsing import whole
from warmtransfer.ports.carrier.console import Console
from warmtransfer.ports.model.protocol import Factory
from warmtransfer.ports.store.mailbox import Undelivered
from warmtransfer.setup import keys
from warmtransfer.setup.doctor import deployment, model
from warmtransfer.setup.doctor.account import HUMANS, Account
from warmtransfer.setup.doctor.address import Address
from warmtransfer.setup.doctor.duty import duty
from warmtransfer.setup.doctor.events import events
from warmtransfer.setup.doctor.line import Area, Line
from warmtransfer.web.parts import People

#: What a server starts by itself where nobody says: one.
PROCESSES = "WEB_CONCURRENCY"


class Doctor:
    """Looks at a deployment by its keys. `look`: what a database lacks; `providers`: of models, by name;
    `asked`: who may be dialled, by its settings; `undelivered`: which events were not taken, by the same."""

    def __init__(
        self,
        given: Mapping[str, Any],
        providers: Mapping[str, Factory],
        look: Callable[[str], str],
        asked: Callable[[Settings], People],
        undelivered: Callable[[Settings], Undelivered],
    ) -> None:
        self._undelivered = undelivered
        self._asked = asked
        self._given = given
        self._providers = providers
        self._look = look

    def lines(self) -> Iterator[Line]:
        """Each line as soon as it is known."""
        # How many processes a server starts is the machine's matter, and may be put right by wsgi.py.
        given = {**self._given, PROCESSES: "1"}
        settings, lines = deployment.configuration(given, self._providers)
        yield from lines
        people = self._asked(settings) if settings else None
        if people:
            yield from duty(people)
        yield from self._database()
        setup = self._setup()
        if setup is None:
            for name in ("account", "public URL"):
                yield Area(name).unknown(name, "keys that it needs are missing or wrong, see above")
        else:
            console = Console(setup.account, setup.api_base_url, setup.timeout)
            try:
                yield from Account(setup, console, people.rules().humans if people else ()).lines()
            finally:
                console.close()
            yield from Address(setup).lines()
        yield from self._rest(settings)

    def _database(self) -> Iterator[Line]:
        try:
            url = config.database(self._given)
        except ConfigError:
            yield deployment.DATABASE.unknown("DATABASE_URL", "cannot be read, see above")
            return
        yield from deployment.database(url, self._look)

    def _setup(self) -> keys.Setup | None:
        try:
            return keys.read(self._given)
        except ConfigError:
            return None

    def _rest(self, settings: Settings | None) -> Iterator[Line]:
        if settings is None:
            waiting = {"humans": HUMANS, "the model": model.MODEL, "machine": deployment.MACHINE}
            for what, area in waiting.items():
                yield area.unknown(what, "not looked at while keys are missing or wrong, see above")
            return
        yield from model.lines(settings, self._providers)
        yield from events(settings, self._undelivered)
        given = str(self._given.get(PROCESSES) or "").strip() or "1"
        try:
            processes = whole(1, 64)(given)
        except ValueError:
            yield deployment.MACHINE.warning(
                PROCESSES, f"is {given!a}, which is no number from 1 to 64: wsgi.py serves with one process, "
                "and other servers may not start", "write a number, or take the key out",
            )  # fmt: skip
            processes = 1
        yield from deployment.machine(settings, processes)
        yield from deployment.recordings(settings.recordings)
