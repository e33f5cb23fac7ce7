"""Which loop fits this process."""

from __future__ import annotations

import sys

from warmtransfer.ports.loop.protocols import Loop
from warmtransfer.ports.loop.selecting import SelectorLoop


def make_loop() -> Loop:
    """The loop that fits this process: gevent's hub when gevent has patched sockets."""
    if "gevent.monkey" in sys.modules and sys.modules["gevent.monkey"].is_module_patched("socket"):
        from warmtransfer.ports.loop.hub import HubLoop  # it imports gevent, which others may do without

        return HubLoop()
    return SelectorLoop()
