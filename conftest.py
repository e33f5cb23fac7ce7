"""The package's own pytest plugin, where the package is not installed: in a checkout."""

from importlib.metadata import entry_points

pytest_plugins = [] if entry_points(group="pytest11", name="warmtransfer") else ["warmtransfer.testing.plugin"]
