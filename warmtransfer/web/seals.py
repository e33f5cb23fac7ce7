"""Links that nobody can make but us: a human's own page, and the card of one call that rings.

Whoever has such a link may do what stands on its page, so it is as good as a password: 128 bits, and never in
the log.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

#: Bytes of a seal: short enough for a text message, and more than anybody can guess.
SEAL = 16


@dataclass(frozen=True, slots=True)
class Seals:
    """By one secret, which every process has; without one, links are good within this process alone."""

    secret: str = field(default_factory=lambda: secrets.token_hex(32), repr=False)

    def card(self, call_id: str, n: int) -> str:
        """The end of the link to the card of attempt `n`: letters, digits and two strokes."""
        return f"{call_id}-{n}-{self._seal('card', call_id, str(n))}"

    def read_card(self, told: str) -> tuple[str, int] | None:
        """The call and the attempt of this link; None for one that we have not made."""
        call_id, _, rest = told.partition("-")
        number, _, seal = rest.partition("-")
        if not number.isascii() or not number.isdigit():
            return None
        good = hmac.compare_digest(seal.encode(), self._seal("card", call_id, number).encode())
        return (call_id, int(number)) if good else None

    def page(self, name: str, turn: int) -> str:
        """The end of the link to a human's own page; another `turn` makes it another."""
        return self._seal("page", name, str(turn))

    def read_page(self, told: str, turns: Mapping[str, int], names: Iterable[str]) -> str:
        """Whose page this is, of those who have a link; "" for nobody's."""
        seals = {name: self.page(name, turns[name]).encode() for name in names if name in turns}
        return next((name for name, seal in seals.items() if hmac.compare_digest(told.encode(), seal)), "")

    def form(self, link: str) -> str:
        """What a form on the page of this link carries."""
        return self._seal("form", link)

    def same(self, told: str, seal: str) -> bool:
        """Whether this is that seal; how much of it is right takes no longer, or shorter, to find out."""
        return hmac.compare_digest(told.encode(), seal.encode())

    def _seal(self, *of: str) -> str:
        # Lengths stand in front: no two lists of words are one text.
        text = "".join(f"{len(each)}:{each}" for each in of)
        made = hmac.digest(self.secret.encode(), text.encode(), hashlib.sha256)[:SEAL]
        return base64.b32encode(made).decode().rstrip("=").lower()
