"""Ids in the shape of the real server's."""

from __future__ import annotations

import secrets
import string

ALPHABET = string.ascii_letters + string.digits


def fresh(prefix: str) -> str:
    """A new id, as in `item_DEabc…` with 21 characters after the prefix."""
    return f"{prefix}_" + "".join(secrets.choice(ALPHABET) for _ in range(21))
