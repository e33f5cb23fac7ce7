"""The app with its console on our HTTP server, calls and all: `python -m tests.console.served PORT DATABASE`.

Nobody phones it, and it takes up no call: what stands in the database stays as it is until a test changes it.
"""

from gevent import monkey

monkey.patch_all()

import logging  # noqa: E402
import os  # noqa: E402
import sys  # noqa: E402

from tests.console.conftest import SETTINGS  # noqa: E402
from tests.desk.parts import Told  # noqa: E402
from tests.test_config import GOOD  # noqa: E402
from warmtransfer import create_app  # noqa: E402
from warmtransfer.serving import Server  # noqa: E402
from warmtransfer.visible import log_plainly  # noqa: E402

#: Keys that a test may give by the environment.
MORE = ("WARMTRANSFER_HUMANS", "WARMTRANSFER_SHOW")


def main(port: int, database: str) -> None:
    """Serve until killed."""
    log_plainly(logging.WARNING)
    environment = {
        **GOOD,
        **SETTINGS,
        **{name: os.environ[name] for name in MORE if name in os.environ},
        "DATABASE_URL": database,
        "WARMTRANSFER_REALTIME_URL": "ws://127.0.0.1:9/v1/realtime",
    }
    app = create_app(environment, carrier=Told(add_ai="CAai1", dial="CAhuman1"))
    Server(("127.0.0.1", port), app).serve_forever()


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
