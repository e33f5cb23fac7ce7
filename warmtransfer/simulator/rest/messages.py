"""The Messages resource: text messages, sent and received."""

from __future__ import annotations

from typing import Any

from warmtransfer.simulator.network.holdings import NUMBER
from warmtransfer.simulator.network.messages import LONGEST, Message
from warmtransfer.simulator.network.network import Network
from warmtransfer.simulator.rest import render
from warmtransfer.simulator.rest.asks import PAGING, Answer, Ask, Table
from warmtransfer.simulator.rest.dates import filter_by, names
from warmtransfer.simulator.rest.errors import RestError, not_found
from warmtransfer.simulator.rest.forms import Params
from warmtransfer.simulator.wire import rfc2822

#: Taken and acted on by nobody: the simulator says so once a request uses them.
NOT_SIMULATED = {
    "MessagingServiceSid", "ApplicationSid", "MaxPrice", "ProvideFeedback", "Attempt",
    "ContentRetention", "AddressRetention", "SmartEncoded", "ShortenUrls", "ScheduleType", "SendAt",
    "SendAsMms", "ContentSid", "ContentVariables", "RiskCheck", "ForceDelivery", "PersistentAction",
    "TrafficType", "FallbackFrom",
}  # fmt: skip
CREATE = NOT_SIMULATED | {"To", "From", "Body", "MediaUrl", "StatusCallback", "ValidityPeriod"}
#: What a trial account's messages begin with.
TRIAL = "Sent from your Twilio trial account - "


class MessagesApi:
    """Sends, shows, lists, blanks, cancels and removes messages."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.messages = network.messages

    def table(self) -> Table:
        """The routes."""
        base = "{account}/Messages"
        return [
            ("GET", f"{base}.json", self.list), ("POST", f"{base}.json", self.create),
            ("GET", f"{base}/{{sid}}.json", self.fetch), ("POST", f"{base}/{{sid}}.json", self.update),
            ("DELETE", f"{base}/{{sid}}.json", self.remove),
        ]  # fmt: skip

    async def create(self, ask: Ask) -> Answer:
        """`POST Messages`."""
        params, held = ask.params, self.network.holdings
        params.note_unknown(self.network.trace, "POST Messages", CREATE)
        params.note_ignored(self.network.trace, "POST Messages", NOT_SIMULATED)
        to, from_, body = params.text("To"), params.text("From"), params.text("Body")
        media = tuple(value for name, value in params.pairs if name == "MediaUrl")
        self._check(to, from_, body or ",".join(media))
        told = params.url("StatusCallback", code=21609)
        params.number("ValidityPeriod", 36000, 1, 36000)  # they leave within a second
        body = f"{TRIAL}{body}" if held.trial else body
        return 201, self.shown(self.messages.send(from_, to, body, status_callback=told, media=media))

    def _check(self, to: str, from_: str, content: str) -> None:
        """Raises what Twilio would refuse of a message."""
        held = self.network.holdings
        if not to:
            raise RestError(21604)
        if not from_:
            raise RestError(21603)
        if not content:
            raise RestError(21602)
        if len(content) > LONGEST:
            raise RestError(21617)
        if not NUMBER.fullmatch(to):
            raise RestError(21211, f"Invalid 'To' Phone Number: {to}")
        number = held.number(from_)
        if number is None or "sms" not in number.capabilities:
            if number is not None:
                can = "+".join([*sorted(number.capabilities), "sms"])
                text = f"{from_} takes no messages; the simulator's option --numbers {from_}={can} lets it"
                self.network.trace.note("warning", text=text)
            raise RestError(
                21606, f"The 'From' phone number provided ({from_}) is not a valid message-capable number."
            )
        if held.trial and not held.may_call_from(to):
            raise RestError(21608, f"The number {to} is unverified. Trial accounts write to no other.")
        if (from_, to) in self.messages.stopped:
            raise RestError(21610)

    def _find(self, ask: Ask) -> Message:
        message = self.messages.kept.get(ask.parts["sid"])
        if message is None:
            raise not_found(ask.path)
        return message

    async def fetch(self, ask: Ask) -> Answer:
        """`GET Messages/{SM}`."""
        return 200, self.shown(self._find(ask))

    async def update(self, ask: Ask) -> Answer:
        """`POST Messages/{SM}`: blanks its body, or cancels what has not left."""
        message, params = self._find(ask), ask.params
        params.note_unknown(self.network.trace, "POST Messages/{sid}", {"Body", "Status"})
        if params.text("Body"):
            raise RestError(20001, "Invalid parameter Body: a message's text can be blanked, not changed")
        if params.choice("Status", "", ("", "canceled")):
            if message.status != "queued":
                raise RestError(30409)
            message.status, message.ended_at = "canceled", self.network.clock.now()
        if "Body" in params:
            message.body = ""
        return 200, self.shown(message)

    async def remove(self, ask: Ask) -> Answer:
        """`DELETE Messages/{SM}`."""
        del self.messages.kept[self._find(ask).sid]
        return 204, None

    async def list(self, ask: Ask) -> Answer:
        """`GET Messages`, newest first, by numbers and the day they were sent."""
        params: Params = ask.params
        params.note_unknown(self.network.trace, "GET Messages", PAGING | {"To", "From", *names("DateSent")})
        sent = filter_by(params, "DateSent")
        shown = [
            self.shown(message)
            for message in reversed(self.messages.kept.values())
            if params.text("To") in ("", message.to) and params.text("From") in ("", message.from_)
            and sent(message.sent)
        ]  # fmt: skip
        return 200, ask.page("messages", shown)

    def shown(self, message: Message) -> dict[str, Any]:
        """The resource."""
        account = self.network.account.sid
        uri = f"{render.API}/{account}/Messages/{message.sid}"
        return {
            "sid": message.sid,
            "account_sid": account,
            "api_version": "2010-04-01",
            "body": message.body,
            "date_created": rfc2822(message.created),
            "date_sent": rfc2822(message.sent) if message.sent else None,
            "date_updated": rfc2822(message.updated),
            "direction": message.direction,
            "error_code": message.error or None,
            "error_message": None,
            "from": message.from_,
            "messaging_service_sid": None,
            "num_media": str(len(message.media)),
            "num_segments": str(message.segments),
            "price": None,
            "price_unit": "USD",
            "status": message.status,
            "subresource_uris": {"media": f"{uri}/Media.json"},
            "to": message.to,
            "uri": f"{uri}.json",
        }
