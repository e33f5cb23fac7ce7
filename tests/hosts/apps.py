"""Host apps as people build them, one for each name; `HOST` in the environment names the one."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from datetime import date
from enum import Enum
from typing import Any

from flask import Flask, Response, redirect, request

from warmtransfer import CallInfo, WarmTransfer, call_started, handoff_asked
from warmtransfer.clock import Clock
from warmtransfer.config import from_environment

#: Requests that the pooled app has begun and not torn down.
held: list[str] = []


def base() -> tuple[Flask, WarmTransfer]:
    """An app with the extension, whose clock is as fast as the story."""
    app = Flask("host")
    app.config.update(from_environment(os.environ), SECRET_KEY="a secret of the tests")
    return app, WarmTransfer(clock=Clock(*map(float, os.environ["CLOCK"].split())))


def plain() -> Flask:
    """Nothing but the extension."""
    app, extension = base()
    extension.init_app(app)
    return app


def started() -> Flask:
    """The extension, started where the module is loaded."""
    app, extension = base()
    extension.init_app(app)
    extension.start(app)
    return app


class Kind(Enum):
    """How an order was placed."""

    ONLINE = "online"
    SHOP = "shop"


def tools() -> Flask:
    """A tool that waits and wants types of its own, and listeners that exit or wait."""
    app, extension = base()

    @extension.tool
    async def look_up_order(
        number: int, call: CallInfo, kind: Kind = Kind.ONLINE, day: date | None = None
    ) -> str:
        """Says where an order is, by its number."""
        await asyncio.sleep(0.01)
        assert isinstance(kind, Kind)
        return f"Order {number + 1000} left this morning."

    extension.init_app(app)

    def leaves(sender: Flask, **more: Any) -> None:
        raise SystemExit("for Ada Lovelace")

    async def counts(sender: Flask, **more: Any) -> None:
        await asyncio.sleep(0)
        app.logger.warning("a listener was told")

    for signal in (call_started, handoff_asked):
        signal.connect(leaves, sender=app, weak=False)
        signal.connect(counts, sender=app, weak=False)
    return app


def exits() -> Flask:
    """A tool that ends the process, as command-line code does."""
    app, extension = base()

    @extension.tool
    def look_up_order(number: int) -> str:
        """Says where an order is, by its number."""
        raise SystemExit("for Ada Lovelace")

    extension.init_app(app)
    return app


def csrf() -> Flask:
    """Flask-WTF's protection, begun after the extension."""
    from flask_wtf import CSRFProtect

    app = plain()
    CSRFProtect(app)
    return app


def csrf_first() -> Flask:
    """Flask-WTF's protection, begun before the extension."""
    from flask_wtf import CSRFProtect

    app, extension = base()
    CSRFProtect(app)
    extension.init_app(app)
    return app


def wall() -> Flask:
    """Flask-Login's users only."""
    from flask_login import LoginManager, current_user

    app = plain()
    manager = LoginManager(app)
    manager.user_loader(lambda user_id: None)

    @app.before_request
    def sign_in_first() -> Any:
        if os.environ.get("HOST_EXEMPT") and (request.blueprint or "").startswith("warmtransfer"):
            return None
        # The story's own look at the app needs no user.
        if request.path.endswith("/health") or "/api/" in request.path:
            return None
        return None if current_user.is_authenticated else redirect("/login")

    return app


def limited() -> Flask:
    """Flask-Limiter's defaults: three requests an hour from one address."""
    from flask_limiter import Limiter
    from flask_limiter.util import get_remote_address

    app = plain()
    limiter = Limiter(get_remote_address, app=app, default_limits=["3 per hour"], storage_uri="memory://")
    for name, blueprint in app.blueprints.items():
        if os.environ.get("HOST_EXEMPT") or name in ("warmtransfer_public", "warmtransfer_api"):
            limiter.exempt(blueprint)
    return app


def reader() -> Flask:
    """A middleware that reads every body before the app does."""
    app = plain()
    inner = app.wsgi_app

    def read(environ: Any, start_response: Any) -> Any:
        if "/api/" not in environ["PATH_INFO"]:
            environ["wsgi.input"].read()
        return inner(environ, start_response)

    app.wsgi_app = read  # type: ignore[method-assign]
    return app


def pooled() -> Flask:
    """Something is opened before every request and given back after it, or with the end of its response."""
    app = plain()

    @app.before_request
    def open_it() -> None:
        held.extend((request.path, request.path))

    @app.teardown_request
    def give_back(fault: BaseException | None) -> None:
        held.remove(request.path)

    @app.after_request
    def later(response: Response) -> Response:
        path = request.path
        response.call_on_close(lambda: held.remove(path))
        return response

    app.add_url_rule("/held", view_func=lambda: {"held": [path for path in held if path != "/held"]})
    return app


MADE: dict[str, Callable[[], Flask]] = {
    each.__name__: each
    for each in (plain, started, tools, exits, csrf, csrf_first, wall, limited, reader, pooled)
}


def make() -> Flask:
    """The app that the environment names."""
    return MADE[os.environ.get("HOST", "plain")]()
