"""Ears: what turns an utterance into words, and the ears that listen in a process of their own."""

from __future__ import annotations

import asyncio
import base64
import itertools
import json
import sys
from typing import Any, Protocol

UNCLEAR = "(unclear)"


class Hearing(Protocol):
    """One utterance being listened to."""

    def feed(self, mulaw: bytes) -> None:
        """Take the next piece of the utterance."""

    async def words(self) -> str:
        """The utterance has ended: what was said."""

    def drop(self) -> None:
        """Nobody wants to know any more."""


class Ears(Protocol):
    """A recogniser for any number of utterances at once."""

    def begin(self) -> Hearing:
        """Start to listen to a new utterance."""

    async def close(self) -> None:
        """Stop, with any process that belongs to it."""


class SphinxHearing:
    """One utterance on its way to the recogniser's process."""

    def __init__(self, ears: SphinxEars, key: str) -> None:
        self._ears = ears
        self._key = key

    def feed(self, mulaw: bytes) -> None:
        """Take the next piece of the utterance."""
        self._ears.tell(self._key, audio=base64.b64encode(mulaw).decode())

    async def words(self) -> str:
        """What was recognised; "(unclear)" for nothing."""
        answer = self._ears.expect(self._key)
        self._ears.tell(self._key, end=True)
        return str((await answer)["words"]) or UNCLEAR

    def drop(self) -> None:
        """Forget the utterance."""
        self._ears.tell(self._key, drop=True)


class SphinxEars:
    """Talks to the recogniser's process; its steps of up to 150 ms never stall audio here."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._keys = itertools.count(1)
        self._asked: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._reader = asyncio.create_task(self._read())

    @classmethod
    async def start(cls, phrases: list[str]) -> SphinxEars:
        """Start the process and wait until its decoders are loaded."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "warmtransfer.simulator.model.sphinx",
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
            start_new_session=True,  # an interrupt from the terminal is for us; the child ends with its stdin
        )  # fmt: skip
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(phrases).encode() + b"\n")
        ready = await asyncio.wait_for(process.stdout.readline(), 60)
        if not ready:
            raise RuntimeError("the recogniser's process ended before it was ready")
        return cls(process)

    def begin(self) -> SphinxHearing:
        """Start to listen to a new utterance."""
        return SphinxHearing(self, str(next(self._keys)))

    def tell(self, key: str, **fields: object) -> None:
        """Send one message to the process."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"key": key, **fields}).encode() + b"\n")

    def expect(self, key: str) -> asyncio.Future[dict[str, Any]]:
        """A future for the answer to an utterance."""
        self._asked[key] = asyncio.get_running_loop().create_future()
        return self._asked[key]

    async def close(self) -> None:
        """End the process."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            await asyncio.wait_for(self._process.wait(), 5)
        except TimeoutError:
            self._process.kill()
            await self._process.wait()
        await self._reader

    async def _read(self) -> None:
        assert self._process.stdout is not None
        while line := await self._process.stdout.readline():
            answer = json.loads(line)
            future = self._asked.pop(str(answer["key"]), None)
            if future is not None and not future.done():
                future.set_result(answer)
        for future in self._asked.values():
            if not future.done():
                future.set_result({"words": ""})
