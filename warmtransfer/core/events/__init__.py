"""Facts that happened to a call: what the carrier, the model, the host app and our own clock tell us.

One file for each actor that they are about.
"""

from __future__ import annotations

from warmtransfer.core.event import Event as Event
from warmtransfer.core.events.ai import AIAdded as AIAdded
from warmtransfer.core.events.ai import AIAsked as AIAsked
from warmtransfer.core.events.ai import AIIdle as AIIdle
from warmtransfer.core.events.ai import AIJoined as AIJoined
from warmtransfer.core.events.ai import AILeft as AILeft
from warmtransfer.core.events.ai import AIUp as AIUp
from warmtransfer.core.events.ai import Disclosed as Disclosed
from warmtransfer.core.events.ai import LastResortReached as LastResortReached
from warmtransfer.core.events.ai import LineHeard as LineHeard
from warmtransfer.core.events.ai import ModelLost as ModelLost
from warmtransfer.core.events.ai import SilenceHeard as SilenceHeard
from warmtransfer.core.events.ai import StreamEnded as StreamEnded
from warmtransfer.core.events.ai import StreamFailed as StreamFailed
from warmtransfer.core.events.ai import StreamUp as StreamUp
from warmtransfer.core.events.caller import STOPPED as STOPPED
from warmtransfer.core.events.caller import UNKNOWN as UNKNOWN
from warmtransfer.core.events.caller import AnnouncementEnded as AnnouncementEnded
from warmtransfer.core.events.caller import CallArrived as CallArrived
from warmtransfer.core.events.caller import CallbackPromised as CallbackPromised
from warmtransfer.core.events.caller import CallerCameBack as CallerCameBack
from warmtransfer.core.events.caller import CallerJoined as CallerJoined
from warmtransfer.core.events.caller import CallerLeft as CallerLeft
from warmtransfer.core.events.caller import CallerPresent as CallerPresent
from warmtransfer.core.events.caller import LineLeft as LineLeft
from warmtransfer.core.events.caller import MessageLeft as MessageLeft
from warmtransfer.core.events.caller import MessageTaken as MessageTaken
from warmtransfer.core.events.caller import RoomLost as RoomLost
from warmtransfer.core.events.human import BridgeSeen as BridgeSeen
from warmtransfer.core.events.human import BriefingHeard as BriefingHeard
from warmtransfer.core.events.human import CallNoted as CallNoted
from warmtransfer.core.events.human import CardAccepted as CardAccepted
from warmtransfer.core.events.human import CardDeclined as CardDeclined
from warmtransfer.core.events.human import CardLost as CardLost
from warmtransfer.core.events.human import HandoffAsked as HandoffAsked
from warmtransfer.core.events.human import HumanAccepted as HumanAccepted
from warmtransfer.core.events.human import HumanAnswered as HumanAnswered
from warmtransfer.core.events.human import HumanDeclined as HumanDeclined
from warmtransfer.core.events.human import HumanDialled as HumanDialled
from warmtransfer.core.events.human import HumanEnded as HumanEnded
from warmtransfer.core.events.human import HumanJoined as HumanJoined
from warmtransfer.core.events.human import HumanLeft as HumanLeft
from warmtransfer.core.events.human import HumanRang as HumanRang
from warmtransfer.core.events.human import LegPresent as LegPresent
from warmtransfer.core.events.human import LegSpoke as LegSpoke
from warmtransfer.core.events.human import MachineHeard as MachineHeard
from warmtransfer.core.events.human import PlaceSeen as PlaceSeen
from warmtransfer.core.events.human import TurnCame as TurnCame
from warmtransfer.core.events.ourselves import OrderFailed as OrderFailed
from warmtransfer.core.events.ourselves import Restarted as Restarted
from warmtransfer.core.events.ourselves import TimedOut as TimedOut
from warmtransfer.core.events.ourselves import TurnAwaited as TurnAwaited
from warmtransfer.core.events.supervisor import EndAIAsked as EndAIAsked
from warmtransfer.core.events.supervisor import HangUpAsked as HangUpAsked
from warmtransfer.core.events.supervisor import NextAsked as NextAsked
from warmtransfer.core.events.supervisor import OverhearAsked as OverhearAsked
from warmtransfer.core.events.supervisor import ReturnAsked as ReturnAsked
from warmtransfer.core.events.supervisor import StopAsked as StopAsked
from warmtransfer.core.events.supervisor import SuperviseAsked as SuperviseAsked
from warmtransfer.core.events.supervisor import SupervisorAccepted as SupervisorAccepted
from warmtransfer.core.events.supervisor import SupervisorDialled as SupervisorDialled
from warmtransfer.core.events.supervisor import SupervisorEnded as SupervisorEnded
from warmtransfer.core.events.supervisor import SupervisorJoined as SupervisorJoined
from warmtransfer.core.events.supervisor import SupervisorUnwanted as SupervisorUnwanted
from warmtransfer.core.events.supervisor import TakeNextAsked as TakeNextAsked
from warmtransfer.core.events.supervisor import TakeOutAsked as TakeOutAsked
from warmtransfer.core.events.supervisor import TellAsked as TellAsked
