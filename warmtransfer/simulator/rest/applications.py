"""The Applications resource: TwiML Apps."""

from __future__ import annotations

from typing import Any

from warmtransfer.simulator.network.holdings import Application
from warmtransfer.simulator.network.network import Network
from warmtransfer.simulator.rest import render, settings
from warmtransfer.simulator.rest.asks import PAGING, Answer, Ask, Table
from warmtransfer.simulator.rest.errors import not_found
from warmtransfer.simulator.rest.forms import Params
from warmtransfer.simulator.wire import new_sid, rfc2822

KNOWN = settings.PARAMETERS | {
    "ApiVersion", "FriendlyName", "MessageStatusCallback", "SmsStatusCallback",
    "PublicApplicationConnectEnabled",
}  # fmt: skip


class ApplicationsApi:
    """Creates, shows, sets, lists and removes applications."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.held = network.holdings

    def table(self) -> Table:
        """The routes."""
        base = "{account}/Applications"
        return [
            ("GET", f"{base}.json", self.list), ("POST", f"{base}.json", self.create),
            ("GET", f"{base}/{{sid}}.json", self.fetch), ("POST", f"{base}/{{sid}}.json", self.update),
            ("DELETE", f"{base}/{{sid}}.json", self.remove),
        ]  # fmt: skip

    async def list(self, ask: Ask) -> Answer:
        """`GET Applications`, newest first, by name."""
        ask.params.note_unknown(self.network.trace, "GET Applications", PAGING | {"FriendlyName"})
        name = ask.params.text("FriendlyName")
        found = [app for app in reversed(self.held.applications.values()) if name in ("", app.friendly_name)]
        return 200, ask.page("applications", [self.shown(app) for app in found])

    async def create(self, ask: Ask) -> Answer:
        """`POST Applications`."""
        ask.params.note_unknown(self.network.trace, "POST Applications", KNOWN)
        app = Application(new_sid("AP"))
        self._set(app, ask.params)
        self.held.keep(self.held.applications, app)
        return 201, self.shown(app)

    def _find(self, ask: Ask) -> Application:
        app = self.held.applications.get(ask.parts["sid"])
        if app is None:
            raise not_found(ask.path)
        return app

    async def fetch(self, ask: Ask) -> Answer:
        """`GET Applications/{AP}`."""
        return 200, self.shown(self._find(ask))

    async def update(self, ask: Ask) -> Answer:
        """`POST Applications/{AP}`."""
        app = self._find(ask)
        ask.params.note_unknown(self.network.trace, "POST Applications/{sid}", KNOWN)
        self._set(app, ask.params)
        app.touch()
        return 200, self.shown(app)

    def _set(self, app: Application, params: Params) -> None:
        """Sets what a request gives, all of it or, where something is refused, nothing."""
        name = params.name(app.friendly_name)
        told = [params.url(each, code=21402) for each in ("MessageStatusCallback", "SmsStatusCallback")]
        app.settings = settings.changed(app.settings, params)
        app.friendly_name = name
        if "MessageStatusCallback" in params:
            app.message_status_callback = told[0]
        if "SmsStatusCallback" in params:
            app.sms_status_callback = told[1]
        app.public_application_connect_enabled = params.flag(
            "PublicApplicationConnectEnabled", app.public_application_connect_enabled
        )

    async def remove(self, ask: Ask) -> Answer:
        """`DELETE Applications/{AP}`; numbers that it answered have their own settings again."""
        app = self._find(ask)
        del self.held.applications[app.sid]
        for number in self.held.numbers.values():
            if number.voice_application_sid == app.sid:
                number.voice_application_sid = ""
            if number.sms_application_sid == app.sid:
                number.sms_application_sid = ""
        return 204, None

    def shown(self, app: Application) -> dict[str, Any]:
        """The resource."""
        account = self.network.account.sid
        return {
            **settings.shown(app.settings, unset=("voice_", "sms_", "status_")),
            "sid": app.sid,
            "account_sid": account,
            "api_version": "2010-04-01",
            "friendly_name": app.friendly_name,
            "message_status_callback": app.message_status_callback or None,
            "sms_status_callback": app.sms_status_callback or None,
            "public_application_connect_enabled": app.public_application_connect_enabled,
            "date_created": rfc2822(app.created),
            "date_updated": rfc2822(app.updated),
            "uri": f"{render.API}/{account}/Applications/{app.sid}.json",
        }
