"""The relay's mouth: sends audio and marks to one stream, and knows what of it was heard."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from warmtransfer.ports.audio import BYTES_PER_MS, milliseconds
from warmtransfer.relay import tones
from warmtransfer.relay.playback import OWN, Cut, Ledger
from warmtransfer.relay.silence import Silence
from warmtransfer.relay.stream import Stream
from warmtransfer.relay.tap import Tap, decoded

#: Milliseconds of audio between marks.
MARK_EVERY = 200.0
#: Seconds of ring tone sent ahead; it stops at once, by `clear`.
AHEAD = 0.8
#: Seconds a mark may come late before the clock is believed alone.
MARK_PATIENCE = 1.5


class Speaker:
    """Output of one stream."""

    def __init__(self, stream: Stream, clock: Callable[[], float]) -> None:
        self._stream = stream
        self._clock = clock
        self._silence = Silence(clock)
        self._ledger = Ledger(f"{stream.generation}.", self._silence.sounded)
        self._unmarked = 0.0
        self._unreturned: set[str] = set()
        self._tone: Iterator[bytes] | None = None
        self._playing: Callable[[], Iterator[bytes]] | None = None  #: what made the tone
        self.tap: Tap | None = None  #: while somebody listens in a page
        self.last_sound = clock()  #: when the model was last heard

    # The model's audio ------------------------------------------------------------------------------

    def play(self, item: str, content: int, payload: bytes) -> None:
        """Play this after what came before; our own tones end."""
        self.stop_tone()
        now = self._clock()
        ms = milliseconds(payload)
        self._ledger.sent(item, content, ms, now, payload)
        if self.tap is not None:
            self.tap.ai(payload)
        self.last_sound = now + self._ledger.left(now)
        self._unmarked += ms
        media = self._stream.spelling.media(payload)
        if self._unmarked >= MARK_EVERY:
            self._stream.send_with(media, self._next_mark())
        else:
            self._stream.offer(media)

    def mark(self) -> None:
        """Have the carrier tell when all of this has been played."""
        if self._unmarked > 0:
            self._stream.send(self._next_mark())

    def returned(self, name: str) -> None:
        """A mark came back."""
        if self._ledger.returned(name, self._clock()):
            self._unreturned.discard(name)

    def hush(self) -> Cut:
        """Be silent now; what the model has to be told about it."""
        cut = self._ledger.interrupt(self._clock())
        self._tone = None
        self._unmarked = 0.0
        self._unreturned.clear()
        if cut.clear:
            self.last_sound = self._clock()
            self._stream.send(self._stream.spelling.clear())
            if self.tap is not None:
                self.tap.hush()
        return cut

    def lost(self) -> Cut:
        """The stream is gone: as `hush`, with nobody to tell."""
        return self._ledger.interrupt(self._clock())

    def overheard(self, tap: Tap | None) -> None:
        """Somebody listens in a page, from where the carrier plays now; None when nobody does any more."""
        self.tap = tap
        if tap is not None:
            unheard = self._ledger.unheard(self._clock())
            tap.begin(decoded(sound)[int(ms * BYTES_PER_MS) :] for sound, ms in unheard)

    # What has been heard ------------------------------------------------------------------------------

    def speaking(self) -> bool:
        """Whether something of the model's is still to be heard."""
        return self._ledger.speaking(self._clock())

    def heard(self, item: str) -> bool:
        """Whether all that was sent of the item has been heard."""
        return self._ledger.finished(item, self._clock())

    def all_heard(self) -> bool:
        """Whether everything of the model's was heard, by marks, or by the clock when marks stay away."""
        now = self._clock()
        if self._ledger.speaking(now):
            return False
        return not self._unreturned or now - self.last_sound > MARK_PATIENCE

    # What has not been heard --------------------------------------------------------------------------

    def caller(self, talking: bool) -> None:
        """Whether the caller speaks: what they say themselves is no silence."""
        if talking is not self._silence.talking:
            self._silence.caller(talking, self._ledger.heard_until(self._clock()))

    def follow(self, counts: bool, announced: float) -> None:
        """Whether silence counts now, and until when the carrier announces something."""
        self._silence.follow(counts, announced, self._ledger.heard_until(self._clock()))

    def longest_silence(self) -> float:
        """Seconds for which the caller heard nothing of ours and said nothing, at most."""
        return self._silence.longest(self._ledger.heard_until(self._clock()))

    # Our own sounds -----------------------------------------------------------------------------------

    def ring(self) -> None:
        """Play the ring tone, or go on playing it; called every fraction of a second."""
        self._sound(tones.ring)

    def hum(self) -> None:
        """As `ring`, with the quiet tone."""
        self._sound(tones.hum)

    def say(self, line: str) -> None:
        """Play a recorded line now."""
        self.hush()
        for piece in tones.pieces(line):
            self._own(piece)
        now = self._clock()
        self.last_sound = now + self._ledger.left(now)

    def stop_tone(self) -> None:
        """End our own sounds at once; the model's are not touched."""
        if self._tone is not None and not self.speaking():
            self.hush()
        self._tone = None

    def _sound(self, tone: Callable[[], Iterator[bytes]]) -> None:
        if self._tone is not None and self._playing is not tone:
            self.stop_tone()
        if self._tone is None:
            self._tone, self._playing = tone(), tone
        now = self._clock()
        while self._ledger.left(now) < AHEAD:
            self._own(next(self._tone))

    def _next_mark(self) -> bytes:
        self._unmarked = 0.0
        name = self._ledger.mark()
        self._unreturned.add(name)
        return self._stream.spelling.mark(name)

    def _own(self, payload: bytes) -> None:
        self._stream.offer(self._stream.spelling.media(payload))
        self._ledger.sent(OWN, 0, milliseconds(payload), self._clock(), payload)
        if self.tap is not None:
            self.tap.ai(payload)
