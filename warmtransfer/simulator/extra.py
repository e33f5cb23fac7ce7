"""Says in a sentence what is not installed, where Python would say it in a traceback."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

#: What the package installs as a command.
COMMAND = "warmtransfer-simulator"


def require(*modules: str) -> None:
    """Raise ImportError unless these can be imported; `python -m` and our command end with it alone."""
    missing = [name for name in modules if not find_spec(name)]
    if not missing:
        return
    sentence = (
        f"This part of warmtransfer needs {', '.join(missing)}, which the extra named simulator brings: "
        "pip install 'warmtransfer[simulator]' (in a checkout: pip install -r requirements-simulator.txt)."
    )
    # Python's own mark of `-m`, for as long as it looks for the module; or the command's name.
    called = Path(sys.argv[0]).stem if sys.argv else ""
    if called in ("-m", COMMAND):
        raise SystemExit(sentence)
    raise ImportError(sentence)
