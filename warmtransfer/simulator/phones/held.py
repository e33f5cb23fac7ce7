"""A phone that a person holds: frames come from their microphone, and go to their ear."""

from __future__ import annotations

from collections.abc import Callable

from warmtransfer.simulator.clock import Clock
from warmtransfer.simulator.phones.jitter import Jitter
from warmtransfer.simulator.phones.keys import key_tone
from warmtransfer.simulator.phones.phone import Phone
from warmtransfer.simulator.sound.audio import RATE, SAMPLES, SILENCE, Frame, decode, encode, mixed
from warmtransfer.simulator.trace import Trace


class Held(Phone):
    """To the network a phone like any other: it speaks, hears, presses keys, and can be given steps.

    `ear` is called with what is heard, a frame of mu-law a tick; `on_stop` when the line is gone.
    """

    def __init__(
        self, clock: Clock, trace: Trace, ear: Callable[[bytes], object], on_stop: Callable[[], object],
        *, voice: str = "",
    ) -> None:  # fmt: skip
        super().__init__(clock, trace, (), voice=voice)
        self._earpiece, self._on_stop = ear, on_stop
        self._microphone = Jitter()

    def spoken(self, data: bytes) -> None:
        """A frame of the microphone, mu-law; ValueError for any other length."""
        if len(data) != SAMPLES:
            raise ValueError(f"a frame is {SAMPLES} bytes of mu-law, not {len(data)}")
        self._microphone.put(decode(data))

    async def _press(self, keys: str) -> None:
        for key in keys:
            if key == "w":
                await self.clock.sleep(0.5)
            else:
                self.key(key)
                await self.clock.sleep(len(key_tone(key)) / RATE)

    def speak(self) -> Frame:
        """What the person says, types and presses."""
        parts = (super().speak(), self._microphone.take())
        loud = [part for part in parts if part is not SILENCE]
        return mixed(loud) if loud else SILENCE

    def hear(self, frame: Frame) -> None:
        """What the person hears."""
        super().hear(frame)
        self._earpiece(encode(frame))

    def stop(self) -> None:
        """The line is gone."""
        super().stop()
        self._tones.clear()
        self._on_stop()
