"""Imported by Python itself as it starts: the fronted hosts resolve to the simulator's front.

Any Python 3 has to be able to read this: the application's, not the simulator's.
"""

import _socket
import importlib.machinery
import importlib.util
import os
import socket
import sys
from typing import Any

#: Where the front listens, and the hosts that it stands for: `*.` begins one that has others below it.
FRONT = os.environ.get("WARMTRANSFER_FRONT", "")
HOSTS = tuple(os.environ.get("WARMTRANSFER_FRONTED", "").split())
HTTPS = (443, "443", b"443", "https", b"https")


def fronted(host: object) -> bool:
    """Whether a host is one that the simulator stands for."""
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    name = str(host).rstrip(".").lower()
    return any(name == each or (each[:2] == "*." and name.endswith(each[1:])) for each in HOSTS)


def _redirect() -> None:
    resolve: Any = _socket.getaddrinfo
    address, _, port = FRONT.rpartition(":")

    def getaddrinfo(host: Any, service: Any, *args: Any, **more: Any) -> Any:
        if host and service in HTTPS and fronted(host):
            return [(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (address, int(port)))]
        return resolve(host, service, *args, **more)

    # Below `socket`, which looks it up here at each call, and so do those who replace `socket`.
    setattr(_socket, "getaddrinfo", getaddrinfo)  # noqa: B010 (the types of any Python)


def _next_one() -> None:
    """Runs the sitecustomize that this one has taken the place of, if there is one."""
    here = os.path.dirname(os.path.abspath(__file__))
    others = [path for path in sys.path if os.path.abspath(path) != here]
    spec = importlib.machinery.PathFinder.find_spec("sitecustomize", others)
    if spec is not None and spec.loader is not None:
        module = importlib.util.module_from_spec(spec)
        sys.modules["sitecustomize"] = module
        spec.loader.exec_module(module)


if FRONT:
    _redirect()
    if __name__ == "sitecustomize":
        _next_one()
