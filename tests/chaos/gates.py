"""A world in which processes are killed and frozen, and the ways to Twilio and the database are cut."""

from __future__ import annotations

import contextlib
import signal
import socket
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import NullPool, create_engine, make_url, text

from tests.calls.door import Door
from tests.calls.maker import Made
from tests.calls.world import free_port
from tests.chaos.weather import Blow
from tests.chaos.worlds import ChaosWorld


class Gate(Door):
    """A door that may be shut: who comes then is turned away without a word."""

    def __init__(self, port: int, apps: list[int]) -> None:
        self.shut = False
        super().__init__(port, apps)

    def _next(self) -> socket.socket | None:
        return None if self.shut else super()._next()


class StormWorld(ChaosWorld):
    """A world with gates on the ways to Twilio's API and back."""

    def __init__(self, folder: Path, speed: float, database_url: str) -> None:
        super().__init__(folder, speed=speed, database_url=database_url)
        self.outwards: Gate | None = None

    def opened(self) -> Door:
        """A gate, also before a single process."""
        if not self.two:
            self.ports = [free_port()]
        self.inwards = Gate(self.port, self.ports)
        return self.inwards

    def start_app(self) -> Made:
        """Start what is not up; the app reaches the API through a gate of its own."""
        if self.outwards is None:
            port = free_port()
            self.outwards = Gate(port, [int(self.base.rpartition(":")[2])])
            self.environment["TWILIO_API_BASE_URL"] = f"http://127.0.0.1:{port}"
            self.environment["WARMTRANSFER_REST_TIMEOUT"] = "2"
        return super().start_app()

    def stop(self) -> None:
        """End everything."""
        super().stop()
        if self.outwards:
            self.outwards.close()

    # Blows ------------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def under(self, blow: Blow) -> Iterator[None]:
        """Within it the blow lasts; at its end all is as before."""
        port = self.ports[blow.port % len(self.ports)]
        gates = {
            "cut the network to Twilio's API": self.outwards,
            "cut the network from Twilio": self.inwards,
        }
        if blow.what == "kill":
            self.kill(port)
            yield
            self.make(port)
        elif blow.what == "freeze":
            self._signal(port, signal.SIGSTOP)
            yield
            self._signal(port, signal.SIGCONT)
        elif blow.what == "cut the database":
            with self._no_database():
                yield
        else:
            gate = gates[blow.what]
            assert gate is not None
            gate.shut = True
            yield
            gate.shut = False

    def _signal(self, port: int, what: signal.Signals) -> None:
        if self.alive(port):
            self.up[port].send_signal(what)

    @contextlib.contextmanager
    def _no_database(self) -> Iterator[None]:
        """PostgreSQL lets nobody in, and throws out who is there; SQLite's file is locked."""
        url = make_url(self.environment["DATABASE_URL"])
        if url.drivername.startswith("sqlite"):
            lock = sqlite3.connect(
                str(url.database), timeout=5.0, isolation_level=None, check_same_thread=False
            )
            with contextlib.suppress(sqlite3.OperationalError):
                lock.execute("BEGIN IMMEDIATE")
            yield
            lock.close()
            return
        engine = create_engine(
            url.set(drivername="postgresql+psycopg", database="postgres"), poolclass=NullPool
        )
        name = str(url.database)
        out = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name")
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as db:
            db.execute(text(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false"))
            db.execute(out, {"name": name})
            yield
            db.execute(text(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true"))
