"""The app for servers that are told a module."""

import logging

from tests.hosts.apps import make

logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s")
app = make()
