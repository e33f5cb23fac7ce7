"""Things to be done. The table names them bare; `for_call` fills in legs and numbers, or says there is
nothing to do. One file for each leg that they are about."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from warmtransfer.core import versions
from warmtransfer.core.call import Style
from warmtransfer.core.order import Lane as Lane
from warmtransfer.core.order import Order as Order
from warmtransfer.core.orders.ai import AddAI as AddAI
from warmtransfer.core.orders.ai import AIOrder as AIOrder
from warmtransfer.core.orders.ai import EndAI as EndAI
from warmtransfer.core.orders.ai import LimitAI as LimitAI
from warmtransfer.core.orders.ai import LookForAI as LookForAI
from warmtransfer.core.orders.ai import RemoveAI as RemoveAI
from warmtransfer.core.orders.bridge import BridgeOrder as BridgeOrder
from warmtransfer.core.orders.bridge import LookAgain as LookAgain
from warmtransfer.core.orders.bridge import LookAtBridge as LookAtBridge
from warmtransfer.core.orders.bridge import MendBridge as MendBridge
from warmtransfer.core.orders.caller import CallerOrder as CallerOrder
from warmtransfer.core.orders.caller import ComfortCaller as ComfortCaller
from warmtransfer.core.orders.caller import EndCaller as EndCaller
from warmtransfer.core.orders.caller import LookForCaller as LookForCaller
from warmtransfer.core.orders.caller import LookForLoneCaller as LookForLoneCaller
from warmtransfer.core.orders.caller import LookForRoom as LookForRoom
from warmtransfer.core.orders.caller import LookWhoLeft as LookWhoLeft
from warmtransfer.core.orders.caller import RedirectCaller as RedirectCaller
from warmtransfer.core.orders.card import SendCard as SendCard
from warmtransfer.core.orders.human import BriefOnHold as BriefOnHold
from warmtransfer.core.orders.human import DialHuman as DialHuman
from warmtransfer.core.orders.human import EndHuman as EndHuman
from warmtransfer.core.orders.human import EndOthers as EndOthers
from warmtransfer.core.orders.human import EndStray as EndStray
from warmtransfer.core.orders.human import HumanOrder as HumanOrder
from warmtransfer.core.orders.human import LetHumanIn as LetHumanIn
from warmtransfer.core.orders.human import ListenToLeg as ListenToLeg
from warmtransfer.core.orders.human import LookForDial as LookForDial
from warmtransfer.core.orders.human import LookForLeg as LookForLeg
from warmtransfer.core.orders.human import TellHuman as TellHuman
from warmtransfer.core.orders.human import ring_seconds as ring_seconds
from warmtransfer.core.orders.relay import CloseModel as CloseModel
from warmtransfer.core.orders.relay import HaveAISay as HaveAISay
from warmtransfer.core.orders.relay import Introduce as Introduce
from warmtransfer.core.orders.relay import LetAIKnow as LetAIKnow
from warmtransfer.core.orders.relay import LetAISpeak as LetAISpeak
from warmtransfer.core.orders.relay import Local as Local
from warmtransfer.core.orders.relay import Overhear as Overhear
from warmtransfer.core.orders.relay import PlayComfort as PlayComfort
from warmtransfer.core.orders.relay import PrepareModel as PrepareModel
from warmtransfer.core.orders.relay import RelayOrder as RelayOrder
from warmtransfer.core.orders.relay import TellAI as TellAI
from warmtransfer.core.orders.relay import TellInPause as TellInPause
from warmtransfer.core.orders.supervisor import DialSupervisor as DialSupervisor
from warmtransfer.core.orders.supervisor import EndSupervisor as EndSupervisor
from warmtransfer.core.orders.supervisor import LookForSupervisor as LookForSupervisor
from warmtransfer.core.orders.supervisor import SetRole as SetRole
from warmtransfer.core.orders.supervisor import SupervisorOrder as SupervisorOrder
from warmtransfer.core.plain import Unreadable


def _by_name(root: type[Order]) -> dict[str, type[Order]]:
    found = {root.__name__: root}
    for each in root.__subclasses__():
        found.update(_by_name(each))
    return found


#: Every order by its name, to read an outbox back.
BY_NAME = _by_name(Order)


def from_dict(data: dict[str, Any]) -> Order:
    """The order that `Order.to_dict` gave, now or in the releases next to this one.

    Unreadable for an order, or a word in it, that is not known here.
    """
    try:
        data = versions.order(data)
        kind = BY_NAME[data["order"]]
        values = {each.name: data[each.name] for each in fields(kind) if each.name in data}
        if "style" in values:
            values["style"] = Style(values["style"])
    except Unreadable:
        raise
    except (KeyError, TypeError, ValueError, AttributeError) as exc:
        raise Unreadable(f"{type(exc).__name__}: {exc}") from None
    return kind(**values)
