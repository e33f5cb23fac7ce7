"""Several processes: which there are, who has a call's stream, and whose an order is, in which lane."""

from __future__ import annotations

from sqlalchemy import Column, Double, Integer, String, text

from warmtransfer.ports.store.migrating import Change

revision = "0003"
down_revision = "0002"

#: In which lane each order of 0.1.0 waits; they were written without it.
LANES = {
    "caller": ("ComfortCaller", "RedirectCaller"),
    "ai": ("AddAI",),
    "human": ("DialHuman", "BriefOnHold", "LetHumanIn", "LookForDial"),
    "look": ("LookForAI", "LookForCaller", "LookForLeg", "LookForRoom"),
    "end": ("EndAI", "EndCaller", "EndHuman", "EndStray", "RemoveAI", "TellHuman"),
    "relay": ("CloseModel", "Introduce", "LetAISpeak", "PlayComfort", "PrepareModel", "TellAI"),
}


def _word(name: str) -> Column[str]:
    return Column(name, String, nullable=False, server_default=text("''"))


def upgrade(change: Change) -> None:
    """Orders that are open get their lanes: others of the same lane wait for them."""
    outbox = "warmtransfer_outbox"
    change.table(
        "warmtransfer_process",
        Column("id", String, primary_key=True),
        Column("place", String, nullable=False),
        Column("pid", Integer, nullable=False),
        Column("until", Double, nullable=False, server_default=text("0")),
    )
    change.column("warmtransfer_call", _word("holder"))
    change.column(outbox, _word("lane"))
    change.column(outbox, _word("process"))
    change.column(outbox, Column("taken", Integer, nullable=False, server_default=text("0")))
    change.index(outbox, "process", name="open", where="done_at = 0")
    for lane, orders in LANES.items():
        named = ", ".join(f"'{name}'" for name in orders)
        change.fill(
            f"UPDATE {outbox} SET lane = '{lane}' "
            f"WHERE done_at = 0 AND lane = '' AND {change.within('order', 'order')} IN ({named})"
        )
