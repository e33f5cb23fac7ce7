"""Says in a sentence what is not installed, where Python would say it in a traceback."""

from __future__ import annotations

import sys
from importlib.util import find_spec


def require(*modules: str) -> None:
    """Raise ImportError unless these can be imported; `python -m` ends with the sentence alone."""
    missing = [name for name in modules if not find_spec(name)]
    if not missing:
        return
    sentence = (
        f"This part of warmtransfer needs {', '.join(missing)}, which the extra named simulator brings: "
        "pip install 'warmtransfer[simulator]' (in a checkout: pip install -r requirements-simulator.txt)."
    )
    # Python's own mark of `-m`, for as long as it looks for the module.
    if sys.argv[:1] == ["-m"]:
        raise SystemExit(sentence)
    raise ImportError(sentence)
