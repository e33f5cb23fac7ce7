"""What a phone can tell of what it hears: whether somebody speaks, and for how long it has been quiet."""

from __future__ import annotations

from collections import deque

import numpy as np

from .audio import SAMPLES, SILENCE, TICK, Frame, loudness

_LOUD = -45.0
_WINDOW, _ENOUGH = 12, 5
_PEAKS, _TONAL = 6, 0.985
_HANN = np.hanning(SAMPLES)


def is_voice(frame: Frame) -> bool:
    """Whether a frame sounds, and is not a mere tone or chord such as ringing or plain music.

    A tone has nearly all its power in a few bins of the spectrum; speech does so only for
    a frame here and there.
    """
    if frame is SILENCE or loudness(frame) < _LOUD:
        return False
    power = np.abs(np.fft.rfft(frame * _HANN)) ** 2
    strongest = np.partition(power, -_PEAKS)[-_PEAKS:]
    return bool(strongest.sum() < _TONAL * power.sum())


class Ear:
    """Listens frame by frame; all times are in ticks heard, so that they hold at any speed."""

    def __init__(self) -> None:
        self._recent: deque[bool] = deque(maxlen=_WINDOW)
        self._quiet = 0
        self._spoken_to = False

    def hear(self, frame: Frame) -> None:
        """One more tick."""
        self._recent.append(frame is not SILENCE and is_voice(frame))
        if sum(self._recent) >= _ENOUGH:
            self._spoken_to = True
            self._quiet = 0
        else:
            self._quiet += 1

    def forget(self) -> None:
        """Begin anew to wait for speech."""
        self._spoken_to = False

    @property
    def spoken_to(self) -> bool:
        """Whether speech has been heard since forget()."""
        return self._spoken_to

    @property
    def quiet(self) -> float:
        """Seconds since speech was last heard."""
        return self._quiet * TICK
