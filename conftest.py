"""The package's own pytest plugin, where the package is not installed: in a checkout."""

from importlib.metadata import entry_points

INSTALLED = entry_points(group="pytest11", name="warmtransfer")
pytest_plugins = [] if INSTALLED else ["warmtransfer.testing.plugin"]
