"""The public names, each with its home: the one list of them, for type checkers and for `__init__.py`."""

from warmtransfer.config import from_environment as from_environment
from warmtransfer.core.call import Attempt as Attempt
from warmtransfer.core.call import Call as Call
from warmtransfer.core.call import Handoff as Handoff
from warmtransfer.core.call import Outcome as Outcome
from warmtransfer.core.call import Stage as Stage
from warmtransfer.core.call import Style as Style
from warmtransfer.core.callbacks.callback import Callback as Callback
from warmtransfer.core.rules import Human as Human
from warmtransfer.desk.desk import UnknownCall as UnknownCall
from warmtransfer.errors import ConfigError as ConfigError
from warmtransfer.errors import StoreBusy as StoreBusy
from warmtransfer.errors import UnknownTarget as UnknownTarget
from warmtransfer.errors import WarmTransferError as WarmTransferError
from warmtransfer.extension import WarmTransfer as WarmTransfer
from warmtransfer.extension import create_app as create_app
from warmtransfer.relay.tools import CallInfo as CallInfo
from warmtransfer.signals import call_over as call_over
from warmtransfer.signals import call_started as call_started
from warmtransfer.signals import callback_ended as callback_ended
from warmtransfer.signals import callback_taken as callback_taken
from warmtransfer.signals import handoff_asked as handoff_asked
from warmtransfer.signals import handoff_ended as handoff_ended
from warmtransfer.signals import human_joined as human_joined
from warmtransfer.signals import message_left as message_left

__version__: str
