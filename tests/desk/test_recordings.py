"""A message is fetched, kept, put into words and told until that is done, and deleted when asked."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.desk.parts import Told
from tests.ports.store.databases import create
from warmtransfer import errors
from warmtransfer.clock import Clock
from warmtransfer.core.call import Call
from warmtransfer.desk.recordings import MOST, Fetching, Wishes
from warmtransfer.ports.store.recordings import LEASE, Recording, Recordings
from warmtransfer.ports.store.store import Store, here

URL = f"https://api.example.test/Recordings/RE{'0' * 32}"
SOUND = b"RIFF of a message"


class At(Clock):
    """A clock that is set."""

    time = 50_000.0

    def now(self) -> float:
        return self.time


class Room:
    """The chore of one process, which is done when the test says."""

    def __init__(self, folder: Path, wishes: Wishes = Wishes(), **answers: Any) -> None:  # noqa: B008
        self.store = Store(f"sqlite:///{folder / 'calls.sqlite3'}", here)
        self.media = Told(**{"fetch_recording": SOUND, "delete_recording": None, **answers})
        self.clock = At()
        self.told: list[tuple[Recording, bytes]] = []
        self.fault: Exception | None = None
        self.kept = Recordings(self.store)
        self.fetching = Fetching(self.kept, self.media, self.clock, wishes, self.store.load, self._tell)

    def _tell(self, call: Call, found: Recording, sound: io.BytesIO | None) -> None:
        self.told.append((found, sound.read() if sound else b""))
        if self.fault:
            raise self.fault

    def left(self) -> Room:
        """A message has been left in call c1."""
        create(self.store, "c1")
        self.fetching.note("c1", URL, 7)
        self.fetching.note("c1", URL, 7)
        return self

    @property
    def it(self) -> Recording:
        (found,) = self.kept.of_call("c1")
        return found


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    made = Room(tmp_path)
    yield made.left()
    made.store.close()


def test_a_message_is_told_once_with_its_sound_and_stays_where_it_is(room: Room) -> None:
    room.fetching.look()
    room.fetching.look()
    assert [sound for _, sound in room.told] == [SOUND]
    assert (room.it.told_at, room.it.next_at) == (room.clock.now(), 0.0)
    assert room.media.names() == ["fetch_recording"]
    assert room.media.wait("fetch_recording")[0] == (URL, MOST)


def test_it_is_kept_where_the_host_wants_it_and_deleted_only_after_it_was_told(tmp_path: Path) -> None:
    room = Room(tmp_path, Wishes(str(tmp_path / "kept"), delete=True)).left()
    room.fetching.look()
    path = Path(room.it.kept)
    assert path.read_bytes() == SOUND
    assert path.stat().st_mode & 0o077 == 0
    assert room.told[0][0].kept == str(path)
    assert room.media.names() == ["fetch_recording", "delete_recording"]
    room.store.close()


def test_a_folder_that_cannot_be_written_keeps_no_message_from_whoever_listens(tmp_path: Path) -> None:
    """It is told once, kept once the folder can be written, and not deleted at the carrier before that."""
    (tmp_path / "taken").write_text("a file")
    room = Room(tmp_path, Wishes(str(tmp_path / "taken" / "kept"), delete=True)).left()
    room.fetching.look()
    assert [(found.kept, sound) for found, sound in room.told] == [("", SOUND)]
    assert room.it.told_at
    assert "it was not kept in" in room.it.fault
    (tmp_path / "taken").unlink()
    room.clock.time = room.it.next_at
    room.fetching.look()
    assert Path(room.it.kept).read_bytes() == SOUND
    assert (len(room.told), room.it.fault, room.it.next_at) == (1, "", 0.0)
    assert room.media.names() == ["fetch_recording", "fetch_recording", "delete_recording"]
    room.store.close()


def test_what_cannot_be_had_yet_is_tried_again_and_what_was_told_is_not(tmp_path: Path) -> None:
    gone, unsure = errors.CarrierGone("not yet", status=404), errors.CarrierUnsure("slow")
    room = Room(tmp_path, Wishes(delete=True), fetch_recording=[gone, SOUND], delete_recording=[unsure, None])
    room.left().fetching.look()
    assert (room.told, room.it.tries) == ([], 1)
    assert room.it.next_at > room.clock.now()
    for _ in range(2):
        room.clock.time = room.it.next_at
        room.fetching.look()
    assert len(room.told) == 1
    assert (room.it.next_at, room.it.fault) == (0.0, "")
    assert room.media.names().count("delete_recording") == 2
    room.store.close()


def test_a_listener_that_fails_is_told_again(room: Room) -> None:
    room.fault = RuntimeError("ValueError")
    room.fetching.look()
    assert (room.it.told_at, room.it.fault) == (0.0, "a listener raised ValueError")
    room.fault = None
    room.clock.time = room.it.next_at
    room.fetching.look()
    assert len(room.told) == 2
    assert room.it.told_at


def test_what_never_comes_is_given_up_loudly_and_told_without_sound(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    room = Room(tmp_path, fetch_recording=errors.CarrierGone("never", status=404)).left()
    for _ in range(60):
        if not room.it.next_at:
            break
        room.clock.time = room.it.next_at
        room.fetching.look()
    assert (room.it.next_at, [sound for _, sound in room.told]) == (0.0, [b""])
    assert "is given up" in caplog.text
    room.store.close()


def test_words_are_kept_with_it_and_a_model_that_fails_loses_no_message(tmp_path: Path) -> None:
    def deaf(sound: bytes) -> str:
        raise errors.ModelGone("HTTP 404")

    (tmp_path / "deaf").mkdir()
    silent = Room(tmp_path / "deaf", Wishes(transcribe=deaf)).left()
    silent.fetching.look()
    assert [(found.words, sound) for found, sound in silent.told] == [("", SOUND)]
    silent.store.close()
    room, noted = Room(tmp_path, Wishes(transcribe=lambda sound: "It is Mrs Lee.")), []
    room.fetching.worded(lambda call_id, words: noted.append((call_id, words)))
    room.left().fetching.look()
    assert room.told[0][0].words == room.it.words == "It is Mrs Lee."
    assert noted == [("c1", "It is Mrs Lee.")]
    room.store.close()


def test_one_that_a_killed_process_had_begun_is_taken_up_by_the_next(room: Room) -> None:
    claimed = room.kept.claim(room.clock.now())
    assert claimed is not None
    assert room.kept.claim(room.clock.now()) is None, "nobody else has it meanwhile"
    room.clock.time += LEASE
    room.fetching.look()
    assert len(room.told) == 1
