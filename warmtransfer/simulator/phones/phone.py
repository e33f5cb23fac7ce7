"""Phones of people: they speak recorded or spoken lines, press keys, wait for things, and hang up."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from warmtransfer.simulator.clock import Clock
from warmtransfer.simulator.phones.keys import key_tone
from warmtransfer.simulator.phones.steps import UNTIL_SECONDS, check_steps
from warmtransfer.simulator.sound.audio import SILENCE, Frame, beep, frames, mixed
from warmtransfer.simulator.sound.ear import Ear
from warmtransfer.simulator.sound.player import Player
from warmtransfer.simulator.sound.speech import say
from warmtransfer.simulator.trace import Row, Trace

_KEY_SECONDS = 0.1


class Phone:
    """A port that runs a script from the answer on; after the last step it stays on the line.

    `on_press` is called with each digit, `on_hangup` when the script hangs up. The label is
    taken from start() and then from the trace's leg rows of this call.
    """

    def __init__(
        self,
        clock: Clock,
        trace: Trace,
        steps: Sequence[Mapping[str, Any]],
        *,
        voice: str = "",
        talks_over: Mapping[str, Any] | str | None = None,
    ) -> None:
        check_steps(steps)
        self.clock, self.trace, self.steps, self.voice = clock, trace, list(steps), voice
        self.talks_over = {"say": talks_over} if isinstance(talks_over, str) else talks_over
        self.on_press: Callable[[str], object] | None = None
        self.on_hangup: Callable[[], object] | None = None
        self.call_sid = self.label = ""
        self.finished = asyncio.Event()
        """Set when the script has run to its end or was stopped."""
        self._mouth, self._second_mouth, self._ear = Player(), Player(), Ear()
        self._tones: deque[Frame] = deque()  #: of keys, still to sound
        self._events: list[tuple[str, str | None]] = []
        self._rooms: set[str] = set()
        self._keys = ""
        self._done = 0
        self._test: Callable[[], bool] | None = None
        self._met: asyncio.Future[None] | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._unwatch: Callable[[], None] | None = None

    def start(self, call_sid: str = "", label: str = "") -> None:
        """Begin the script; to be called at the answer, once."""
        self.call_sid, self.label = call_sid, label
        self._unwatch = self.trace.watch(self._look)
        self._begin(self._run(), "script")
        if self.talks_over is not None:
            self._begin(self._talk(self.talks_over), "talk")

    def go_on(self, steps: Sequence[Mapping[str, Any]]) -> None:
        """Do this too, after what the script has still to do; ValueError for what no phone can do."""
        check_steps(steps)
        self.steps.extend(steps)
        if self.finished.is_set() and self._unwatch is not None:
            self.finished.clear()
            self._begin(self._run(), "script")

    def stop(self) -> None:
        """The line is gone: the script ends where it is."""
        for task in self._tasks:
            task.cancel()
        self._mouth.stop()
        self._second_mouth.stop()
        if self._unwatch is not None:
            self._unwatch()
            self._unwatch = None
        self.finished.set()

    def speak(self) -> Frame:
        """What the person says, and the keys they press."""
        tone = self._tones.popleft() if self._tones else SILENCE
        parts = (self._mouth.speak(), self._second_mouth.speak(), tone)
        loud = [part for part in parts if part is not SILENCE]
        return (loud[0] if len(loud) == 1 else mixed(loud)) if loud else SILENCE

    def key(self, key: str) -> None:
        """Presses a key: its tone is on the line, and the network is told of it."""
        self._tones.extend(frames(key_tone(key)))
        if self.on_press is not None:
            self.on_press(key)

    def mute_keys(self) -> None:
        """Whatever carries the line takes the tones of keys out of it."""
        self._tones.clear()

    def hear(self, frame: Frame) -> None:
        """What the person hears."""
        self._ear.hear(frame)
        self._check()

    def take(self, tone: str) -> None:
        """A tone comes in over the line: a menu, or an ear, counts all that came since the answer."""
        self._keys += tone
        self.notice(f"keys:{self._keys}")

    def notice(self, event: str, room: str | None = None) -> None:
        """Something happened: `joined:human-2`, `left:ai-1`, `heard:words`, `heard-end:words`, `ringing:+1…`,
        `keys:123`.

        With a room (conference SID), only phones that have been in that room are told.
        """
        self._events.append((event, room))
        self._check()

    def _look(self, row: Row) -> None:
        """Turn the trace's rows into events."""
        if row["kind"] == "leg":
            event, label, own = row.get("event"), row.get("label"), row.get("call_sid") == self.call_sid
            if own and label:
                self.label = str(label)
            if own and event == "joined" and row.get("conference_sid"):
                self._rooms.add(str(row["conference_sid"]))
            if event == "ringing":
                self.notice(f"ringing:{row.get('to', '')}")
            elif event in ("joined", "left"):
                self.notice(f"{event}:{label}", row.get("conference_sid"))
        elif row["kind"] == "note" and row.get("who") == "network" and row.get("call_sid") == self.call_sid:
            if row.get("event") == "say":
                self.notice(f"heard:{row.get('text', '')}")
            elif row.get("event") == "speech":
                self.notice(f"heard-end:{row.get('text', '')}")

    def _begin(self, work: Any, name: str) -> None:
        task: asyncio.Task[None] = asyncio.create_task(work, name=f"{name} of {self.label}")
        task.add_done_callback(self._ended)
        self._tasks.append(task)

    def _ended(self, task: asyncio.Task[None]) -> None:
        fault = None if task.cancelled() else task.exception()
        if fault is not None:
            self._note(f"the script broke: {fault!r}")
            self.finished.set()

    async def _run(self) -> None:
        while self._done < len(self.steps):
            self._done += 1
            await self._step(self.steps[self._done - 1])
        self.finished.set()

    async def _step(self, step: Mapping[str, Any]) -> None:
        if "wait" in step:
            await self.clock.sleep(float(step["wait"]))
        elif "say" in step:
            await self._say(self._mouth, str(step["say"]), str(step.get("voice", self.voice)))
        elif "press" in step:
            await self._press(str(step["press"]))
        elif "until" in step:
            await self._until(str(step["until"]), float(step.get("timeout", UNTIL_SECONDS)))
        elif "beep" in step:
            await self._mouth.play(beep())
        elif "hangup" in step and self.on_hangup is not None:
            self.trace.note("hangup", who=self.label, call_sid=self.call_sid)
            self.on_hangup()

    async def _say(self, mouth: Player, words: str, voice: str = "") -> None:
        text, pcm = await say(words, voice)
        start = self.clock.now()
        self.trace.note("say", who=self.label, call_sid=self.call_sid, text=text)
        try:
            await mouth.play(pcm)
        finally:
            self._ear.ask()
            end = self.clock.now()
            times = {"start": round(start, 3), "end": round(end, 3)}
            self.trace.note("speech", who=self.label, call_sid=self.call_sid, text=text, **times)

    async def _talk(self, over: Mapping[str, Any]) -> None:
        await self.clock.sleep(float(over.get("after", 0.5)))
        for _ in range(int(over.get("times", 1))):
            await self._say(self._second_mouth, str(over["say"]), str(over.get("voice", self.voice)))
            await self.clock.sleep(float(over.get("every", 3.0)))

    async def _press(self, keys: str) -> None:
        for key in keys:
            if key != "w":
                self.key(key)
            await self.clock.sleep(0.5 if key == "w" else _KEY_SECONDS)

    async def _until(self, condition: str, limit: float) -> None:
        self._ear.forget()
        self._met = asyncio.get_running_loop().create_future()
        self._test = self._condition(condition)
        self._check()
        try:
            await self.clock.wait_for(self._met, limit)
        except TimeoutError:
            self._note(f"waited {limit:g} s in vain for {condition}")
        finally:
            self._test = self._met = None

    def _condition(self, condition: str) -> Callable[[], bool]:
        kind, _, detail = condition.partition(":")
        if kind == "speech":
            return lambda: self._ear.spoken_to
        if kind == "quiet":
            seconds = float(detail or 1.0)
            return lambda: self._ear.spoken_to and self._ear.quiet >= seconds
        if kind == "turn":
            pause = float(detail or 1.0)
            return lambda: self._ear.answered and self._ear.quiet >= pause
        return lambda: self._consume(kind, detail)

    def _consume(self, kind: str, detail: str) -> bool:
        """Whether this has happened since the answer, and no earlier step has waited for it."""
        for index, (event, room) in enumerate(self._events):
            if room is not None and room not in self._rooms:
                continue
            what, _, text = event.partition(":")
            if what == kind and (detail.casefold() in text.casefold() if "heard" in kind else detail == text):
                del self._events[index]
                return True
        return False

    def _check(self) -> None:
        if self._test is not None and self._met is not None and not self._met.done() and self._test():
            self._met.set_result(None)

    def _note(self, text: str) -> None:
        self.trace.note("script", who=self.label, call_sid=self.call_sid, text=text)
