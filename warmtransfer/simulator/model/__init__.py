"""A realtime speech model on loopback: the OpenAI Realtime GA protocol, with ears and a rule book."""

from warmtransfer.simulator import extra

extra.require("pocketsphinx", "webrtcvad")
