"""A phone network in a box: Twilio's side of the wire, and a realtime model, on loopback."""

from warmtransfer.simulator import extra

extra.require("aiohttp", "numpy", "espeakng_loader", "segno")
