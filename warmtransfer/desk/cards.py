"""Orders about a human's card: the text message with its link, and letting in who has accepted on it."""

from __future__ import annotations

from warmtransfer.core import briefing
from warmtransfer.core import events as ev
from warmtransfer.core import orders as do
from warmtransfer.core.words import words
from warmtransfer.desk.protocols import Carrier, Links, Settings
from warmtransfer.errors import CarrierUnsure

#: Letters before the link: with it, they are to be one message, or two.
HEAD = 120
#: Seconds in which a message still helps once the phone has stopped ringing: who picked up reads it.
LATE = 30


def send(carrier: Carrier, links: Links, settings: Settings, call_id: str, order: do.SendCard) -> None:
    """One message. What the call is about stands behind the link: a lock screen shows messages to anybody."""
    same = order.language in ("", settings.language)
    ours = words(settings.language, settings.words) if same else words(order.language)
    head = briefing.tidy(briefing.first_words(order.name, settings.company, ours), HEAD)
    carrier.text(
        to=order.number,
        from_=settings.cards_from or settings.number,
        body=f"{head} {links.card(call_id, order.n)}",
        seconds=int(order.ring) + LATE,
        status_callback=links.card_news(call_id, order.n),
    )


def bring_in(carrier: Carrier, links: Links, call_id: str, order: do.LetHumanIn) -> ev.Event | None:
    """Have their leg ask for its document, which joins the room; who is there already is not moved out.

    Once: of a move that nobody knows of, the leg itself tells.
    """
    if sid := carrier.find_participant(order.room_sid, order.call_sid):
        return ev.HumanJoined(order.n, order.room_sid, sid)
    try:
        carrier.move_call(order.call_sid, links.human(call_id, order.n))
    except CarrierUnsure as fault:
        return ev.OrderFailed("LetHumanIn", fault.kind, order.key, fault.answer)
    return None
