"""Starts an application as it is, with TLS fronts for the hosts that the simulator stands for."""

from warmtransfer.simulator import extra

extra.require("cryptography")
