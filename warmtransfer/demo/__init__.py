"""Runs our own app on the simulator through a whole call, shows it, and proves what the product promises."""

from warmtransfer.simulator import extra

extra.require("matplotlib")
