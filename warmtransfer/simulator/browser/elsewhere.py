"""Where another device on the same network finds this machine."""

from __future__ import annotations

import ipaddress
import socket

#: An address of documentation (RFC 5737): a datagram socket that is told of it sends nothing.
FAR = ("192.0.2.1", 9)


def split(text: str) -> tuple[str, int]:
    """`HOST[:PORT]`, an IPv6 address in brackets; without a port a free one. ValueError for another text."""
    host, colon, port = text.rpartition(":") if not text.endswith("]") else (text, "", "")
    if not colon:
        host, port = text, "0"
    if not host or not port.isdigit() or int(port) > 65535:
        raise ValueError(f"--phones-at {text!r}: write HOST or HOST:PORT, such as 0.0.0.0:9443")
    return host.strip("[]"), int(port)


def reached(host: str) -> str:
    """The host for a link: for `every address` the one by which this machine reaches others."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if not address.is_unspecified:
        return f"[{host}]" if address.version == 6 else host
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(FAR)
            return str(probe.getsockname()[0])
        except OSError:
            return "127.0.0.1"
