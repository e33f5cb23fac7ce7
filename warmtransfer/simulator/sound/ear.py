"""What a phone can tell of what it hears: whether somebody speaks, and for how long it has been quiet."""

from __future__ import annotations

from collections import deque

import numpy as np

from warmtransfer.simulator.sound.audio import SAMPLES, SILENCE, TICK, Frame

_WINDOW, _ENOUGH = 6, 3
_PEAKS, _TONAL = 6, 0.985
_HANN = np.hanning(SAMPLES)
_LOUD = float(np.dot(_HANN, _HANN)) * (32768 * 10 ** (-45 / 20)) ** 2
"""Power of a windowed frame at -45 dBFS; what is fainter is no speech."""


def is_voice(frame: Frame) -> bool:
    """Whether a frame sounds, and is not a mere tone or chord such as ringing or plain music.

    A tone has nearly all its power in a few bins of the spectrum; speech does so only for
    a frame here and there.
    """
    if frame is SILENCE:
        return False
    wave = frame * _HANN
    if float(np.dot(wave, wave)) < _LOUD:
        return False
    spectrum = np.fft.rfft(wave)
    power = spectrum.real**2 + spectrum.imag**2
    power.partition(-_PEAKS)
    return float(power[-_PEAKS:].sum()) < _TONAL * float(power.sum())


class Ear:
    """Listens to every second frame, which is half the work and enough to tell speech.

    All times are in ticks heard, so that they hold at any speed.
    """

    def __init__(self) -> None:
        self._recent: deque[bool] = deque(maxlen=_WINDOW)
        self._quiet = 0
        self._spoken_to = self._answered = False
        self._skip = False

    def hear(self, frame: Frame) -> None:
        """One more tick."""
        self._skip = not self._skip
        if not self._skip:
            self._recent.append(is_voice(frame))
        if sum(self._recent) >= _ENOUGH:
            self._spoken_to = self._answered = True
            self._quiet = 0
        else:
            self._quiet += 1

    def forget(self) -> None:
        """Begin anew to wait for speech."""
        self._spoken_to = False

    def ask(self) -> None:
        """Something has been said to the others: what they answer counts from now on."""
        self._answered = False

    @property
    def answered(self) -> bool:
        """Whether speech has been heard since ask(), or at all."""
        return self._answered

    @property
    def spoken_to(self) -> bool:
        """Whether speech has been heard since forget()."""
        return self._spoken_to

    @property
    def quiet(self) -> float:
        """Seconds since speech was last heard."""
        return self._quiet * TICK
