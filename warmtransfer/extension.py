"""The Flask extension, and the ready app."""

from __future__ import annotations

import logging
import os
import weakref
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from flask import Flask

from warmtransfer import address, config
from warmtransfer.assembly import Seams, assemble
from warmtransfer.clock import Clock
from warmtransfer.commands import group
from warmtransfer.console import routes as console_routes
from warmtransfer.core.call import Call
from warmtransfer.core.rules import Human
from warmtransfer.desk.protocols import Carrier
from warmtransfer.errors import ConfigError
from warmtransfer.ports.loop.protocols import Loop
from warmtransfer.ports.model.protocol import Factory
from warmtransfer.ports.store.store import Store
from warmtransfer.relay.tools import Toolbox
from warmtransfer.web import routes
from warmtransfer.web.parts import NAME, parts

log = logging.getLogger("warmtransfer")

#: Who may be dialled, as docs/humans.md has it.
Humans = Iterable[Human | Mapping[str, Any]] | Mapping[str, Any] | str | Path
F = TypeVar("F", bound=Callable[..., Any])

#: What an app is told whose configuration lacks keys: most have them in the environment.
IN_THE_APP = (
    "Looked in app.config only. To take the keys from the environment: "
    "app.config.update(warmtransfer.from_environment()) before init_app."
)


class WarmTransfer:
    """An AI that answers the phone and hands the caller to a person, as part of a Flask app.

    `humans` and `instructions` are used by apps whose configuration does not set them. `humans` may be a
    function, which is asked anew for every handoff, within an app context. The other arguments
    replace a part by one of your own: `clock`, `carrier`, `store` and `loop`; `providers` adds makers of
    sessions with a realtime model, by the name that WARMTRANSFER_PROVIDER chooses one by.

    `console_access` is asked, within each request to the console, who it is: it gives back a name, or True,
    for somebody who may see it, False for nobody, or a response, such as a login's. `console_panel(call)`
    gives what a call's page shows of the app's own, as `markupsafe.Markup`, or as text.
    """

    def __init__(
        self,
        app: Flask | None = None,
        *,
        humans: Humans | Callable[[], Humans | Awaitable[Humans]] = (),
        instructions: str = "",
        clock: Clock | None = None,
        carrier: Carrier | None = None,
        store: Store | None = None,
        loop: Loop | None = None,
        providers: Mapping[str, Factory] | None = None,
        console_access: Callable[[], Any] | None = None,
        console_panel: Callable[[Call], Any] | None = None,
    ) -> None:
        self._given = {"WARMTRANSFER_HUMANS": humans, "WARMTRANSFER_INSTRUCTIONS": instructions}
        self._seams = Seams(
            clock=clock,
            carrier=carrier,
            store=store,
            loop=loop,
            providers=providers or {},
            console=(console_access, console_panel),
        )
        self._functions: list[Callable[..., Any]] = []
        self._proof = Toolbox()
        self._registered: weakref.WeakSet[Toolbox] = weakref.WeakSet()
        if app is not None:
            self.init_app(app)

    def init_app(self, app: Flask) -> None:
        """Read the app's configuration, wire the parts, register the routes and the command.

        Raises ConfigError with every fault, RuntimeError for an app that has been registered already. No
        thread is started and no database opened before the first webhook, or `start`. The environment is not
        read; an app that has its keys there says `app.config.update(warmtransfer.from_environment())` first.
        Where WARMTRANSFER_PUBLIC_URL is `auto`, the tunnel on this machine is asked for it, now and once.
        The keys, with what they are for, are
        {keys}
        """
        self._register(app, IN_THE_APP)

    def _register(self, app: Flask, looked: str) -> None:
        if NAME in app.extensions:
            raise RuntimeError("This app has a WarmTransfer already; one is enough.")
        for name, value in self._given.items():
            if value and not app.config.get(name):
                app.config[name] = value
        found, why = address.settle(app.config)
        try:
            settings = config.load(app.config, self._seams.all_providers())
        except ConfigError as fault:
            missing = any(" is missing. " in each for each in fault.faults)
            raise ConfigError((*fault.faults, *why), looked if missing else "") from None
        if found:
            log.info("%s", found)
        for key in config.KEYS:
            if not key.required:
                app.config.setdefault(key.name, key.default)
        tools = Toolbox(around=app.app_context)
        for function in self._functions:
            tools.add(function)
        self._registered.add(tools)
        app.extensions[NAME] = replace(assemble(app, settings, self._seams, tools), found=found)
        routes.register(app, settings.url_prefix)
        console_routes.register(app, settings.url_prefix)
        app.cli.add_command(group)

    def tool(self, function: F) -> F:
        """Let the model call this function: its name, docstring and annotations are what the model sees.

        It runs in a thread of its own, with a time limit; what it returns, or raises, is told to the model.
        A parameter annotated `CallInfo` is filled in, not asked for. Raises TypeError for a function that
        cannot be described, or whose name is taken.
        """
        self._proof.add(function)
        self._functions.append(function)
        for tools in list(self._registered):
            tools.add(function)
        return function

    def ask(self, call_id: str, target: str = "", reason: str = "", summary: str = "") -> Call:
        """Ask for a human for this call, within an app context; a second ask only adds its summary.

        `target` is a department, a human's name, or a word of their description; empty for the first in line.
        Raises UnknownTarget for one that means nobody, UnknownCall, and StoreBusy when the call stays locked.
        """
        here = parts()
        here.life.start()
        return here.desk.ask(call_id, "python", target, reason, summary)

    def start(self, app: Flask) -> None:
        """Take up the stored calls before the first webhook; harmless when repeated.

        Raises ConfigError for a database that cannot be used, StoreBusy for one that cannot be had right now.
        """
        app.extensions[NAME].life.start()

    def stop(self, app: Flask) -> None:
        """End everything that runs for this app: timers, queued work, sockets, the database."""
        app.extensions[NAME].life.stop()


WarmTransfer.init_app.__doc__ = (WarmTransfer.init_app.__doc__ or "").replace(
    "{keys}", "\n        ".join(f"{key.name}: {key.sentence}" for key in config.KEYS)
)


def create_app(environ: Mapping[str, str] | None = None, **given: Any) -> Flask:
    """The ready app, configured from the environment; `given` goes to `WarmTransfer`."""
    app = Flask("warmtransfer", static_folder=None)
    app.config.update(config.from_environment(os.environ if environ is None else environ))
    WarmTransfer(**given)._register(app, "")
    return app
