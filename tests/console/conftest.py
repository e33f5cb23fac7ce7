"""An app with a console and a few calls in its database."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.console import believable
from tests.console.believable import Diary, Visit
from tests.web.site import Site

PASSWORD = "correct horse battery"
METRICS = "a-token-for-prometheus"
SETTINGS = {
    "WARMTRANSFER_CONSOLE_PASSWORD": PASSWORD,
    "WARMTRANSFER_METRICS_TOKEN": METRICS,
    "WARMTRANSFER_COMPANY": "Harbour Street Bookshop",
    "WARMTRANSFER_HUMANS": "sam=+15550100001,kim=+15550100002,Mrs Okafor=+442079460018",
    "WARMTRANSFER_COUNTRIES": "US,GB",
}
AT = "/warmtransfer/console"


class Room:
    """A site with somebody who looks at it."""

    def __init__(self, folder: Path, **config: str) -> None:
        self.site = Site(folder, **{**SETTINGS, **config})
        self.diary = Diary(self.site.parts.settings.database_url, self.site.store.mine)
        self.client = self.site.client

    def login(self, client: FlaskClient | None = None, name: str = "Anna") -> TestResponse:
        """Give the right password."""
        client = client or self.client
        form = {"name": name, "password": PASSWORD, "token": token(client, "/login")}
        return client.post(f"{AT}/login", data=form)

    def get(self, path: str = "") -> str:
        """A page that there is."""
        answer = self.client.get(AT + path)
        assert answer.status_code == 200, (path, answer.status_code)
        return answer.text

    def live(self) -> list[Visit]:
        """Calls in several stages."""
        return believable.live(self.diary, time.time(), random.Random(1))

    def close(self) -> None:
        """End everything."""
        self.diary.close()
        self.site.close()


def token(client: FlaskClient, path: str = "/login") -> str:
    """What a form of this page carries."""
    found = re.search(r'name="token" value="([0-9a-f]+)"', client.get(AT + path, follow_redirects=True).text)
    assert found
    return found[1]


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    """Nobody has logged in."""
    found = Room(tmp_path)
    yield found
    found.close()


@pytest.fixture
def inside(room: Room) -> Room:
    """Anna has."""
    assert room.login().status_code == 303
    return room
