"""Somebody who listens to a call on a telephone of ours: the last of them, and what they may do."""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any

from warmtransfer.core.plain import word


class Role(StrEnum):
    """What a supervisor does in the room. They are let in muted, whatever it is to be."""

    LISTEN = "listen"  #: is heard by nobody
    WHISPER = "whisper"  #: is heard by the human who has the caller, alone
    JOIN = "join"  #: is heard by all


@dataclass(frozen=True, slots=True)
class Supervisor:
    """One leg of theirs, the `n`th of the call. Never the human whom the caller was handed to."""

    n: int
    by: str  #: who asked for it
    name: str  #: whose telephone it is
    number: str
    digits: str = ""
    role: Role = Role.LISTEN  #: what they want to do
    given: Role = Role.LISTEN  #: and what the room was told last
    call_sid: str = ""
    accepted: bool = False  #: key 1: so it is no mailbox that listens
    joined_at: float = 0.0
    ended: bool = False

    @property
    def label(self) -> str:
        """The leg's participant label."""
        return f"supervisor-{self.n}"

    @property
    def seat(self) -> int:
        """What their seat at the telephone is held by, beside the attempts, which count up from 1."""
        return -self.n


def read(data: dict[str, Any] | None) -> Supervisor | None:
    """The supervisor of a stored call."""
    if not data:
        return None
    known: dict[str, Any] = {each.name: data[each.name] for each in fields(Supervisor) if each.name in data}
    # Of a role that only another release knows the room has been told by it: nothing is changed there.
    known |= {name: word(Role, known[name], Role.LISTEN) for name in ("role", "given") if name in known}
    return Supervisor(**known)
