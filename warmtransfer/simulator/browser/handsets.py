"""The telephones that pages hold: they come with a page and leave with it."""

from __future__ import annotations

import asyncio
import re
from typing import Any, Protocol

from warmtransfer.simulator.network.messages import Message
from warmtransfer.simulator.network.network import Network
from warmtransfer.simulator.phones.handset import Handset

#: Seconds for which a call is kept whose page has gone: a reload, a lost network.
LINGER = 10.0
#: How many messages a telephone shows.
SHOWN = 3
#: How many telephones there may be.
MOST = 50
_LINK = re.compile(r"https?://\S+")
_NUMBER = re.compile(r"\+[1-9][0-9]{4,14}|client:[\w.-]{1,60}")


class Page(Protocol):
    """What holds a telephone."""

    def show(self, state: dict[str, Any]) -> None:
        """Tells it how things are now."""

    def play(self, frame: bytes) -> None:
        """Gives it 20 ms of sound."""

    def read(self, texts: list[dict[str, str]]) -> None:
        """Shows it the messages that have come, the newest last."""

    def dismiss(self, why: str) -> None:
        """Tells it that it holds the telephone no more."""


class Handsets:
    """Every telephone that is here, by its number; the phone book has the same ones."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self._pages: dict[str, Page] = {}
        self._handsets: dict[str, Handset] = {}
        self._lingering: dict[str, asyncio.TimerHandle] = {}
        network.messages.on_arrival = lambda message: self._written_to(message.to)

    def arrive(self, number: str, page: Page, voice: str = "") -> Handset:
        """A page takes a number's telephone, with the call that it may be in, from the page that had it.

        Raises ValueError for what can be no telephone.
        """
        network = self.network
        if network.clock.speed != 1:
            raise ValueError(f"people talk at speed 1; this network runs at {network.clock.speed:g}")
        if not _NUMBER.fullmatch(number) or network.holdings.number(number) is not None:
            raise ValueError(f"{number} can be no telephone here: write a number such as +15550100001")
        handset = self._handsets.get(number)
        if handset is None:
            if len(self._handsets) >= MOST:
                raise ValueError(f"there are {MOST} telephones already")
            handset = Handset(network.clock, network.trace, number, voice)
            self._handsets[number] = network.phones.hands[number] = handset
            network.trace.note("handset", number=number, what="is here")
        if number in self._lingering:
            self._lingering.pop(number).cancel()
        before, self._pages[number] = self._pages.get(number), page
        if before is not None:
            before.dismiss("another page has taken this telephone")
        handset.on_frame = page.play
        handset.on_change = lambda: page.show(dict(handset.shown()))
        handset.on_change()
        self._written_to(number)
        return handset

    def held(self) -> list[str]:
        """The numbers whose telephones are held by a page."""
        return sorted(self._pages)

    def _written_to(self, number: str) -> None:
        """Shows the page what messages this number has."""
        kept = self.network.messages.kept.values()
        got = [each for each in kept if each.to == number and each.status == "delivered"]
        if got and number in self._pages:
            self._pages[number].read([self._text(each) for each in got[-SHOWN:]])

    def _text(self, message: Message) -> dict[str, str]:
        """A message as its page shows it; `at`: where what it links really is, "" for no link."""
        link = _LINK.search(message.body)
        at = self.network.services.hosts.local(link[0]) if link else ""
        return {"from": message.from_, "body": message.body, "at": at}

    def leave(self, number: str, page: Page) -> None:
        """The page is gone. A call waits `LINGER` seconds for a page that comes back, and is hung up then."""
        if self._pages.get(number) is not page:
            return
        del self._pages[number]
        handset = self._handsets[number]
        handset.on_frame = _nobody_hears
        handset.on_change = _nobody_sees
        if handset.at == "idle":
            self._remove(number)
        else:
            self.network.trace.note("handset", number=number, what="has lost its page")
            loop = asyncio.get_running_loop()
            self._lingering[number] = loop.call_later(LINGER, self._remove, number)

    def _remove(self, number: str) -> None:
        self._lingering.pop(number, None)
        self._handsets.pop(number).hang_up()
        self.network.phones.hands.pop(number, None)
        self.network.trace.note("handset", number=number, what="has left")


def _nobody_hears(_frame: bytes) -> None:
    """A page that is gone plays nothing."""


def _nobody_sees() -> None:
    """A page that is gone shows nothing."""
