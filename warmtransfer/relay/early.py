"""A greeting that was asked for before anybody could hear it, kept until it may be played."""

from __future__ import annotations

from collections.abc import Callable

from warmtransfer.core.call import Stage
from warmtransfer.ports.model.protocol import Model, Want
from warmtransfer.relay.settings import RelaySettings

#: Item, content index and audio, as the model sent them.
Piece = tuple[str, int, bytes]

#: Stages in which the first greeting can be made, and those in which it may still be waited for.
UNHEARD = frozenset({Stage.ARRIVING, Stage.CONNECTING})
GREETABLE = UNHEARD | {Stage.AI}


class Early:
    """One call's early greeting. Nothing of it counts as heard before it is played."""

    __slots__ = ("_items", "_model", "_over", "_pieces", "_wanted")

    _model: Model | None  #: the session that was asked for it
    _pieces: list[Piece]
    _items: dict[str, None]
    _over: bool  #: the response has ended
    _wanted: bool

    def __init__(self) -> None:
        self._end()

    def ask(self, model: Model, stage: Stage, settings: RelaySettings) -> None:
        """Have this session, which may be on its way, make it, if the call has not begun to be heard."""
        if settings.early and stage in UNHEARD:
            self._end()
            self._model = model
            model.say(Want("greeting", note=settings.greeting))

    def session(self, model: Model | None) -> None:
        """This session is the current one: a greeting of another one is gone with it."""
        if model is not self._model:
            self._end()

    def follow(self, stage: Stage) -> None:
        """The call is in this stage."""
        if stage not in GREETABLE:
            self.drop()

    def keeps(self, item: str, content: int, payload: bytes) -> bool:
        """Whether this is not to be played now; kept, if it is still wanted."""
        if self._model is None:
            return False
        self._items[item] = None
        if self._wanted:
            self._pieces.append((item, content, payload))
        return True

    def ended(self) -> None:
        """A response has ended."""
        self._over = True
        if not self._wanted:
            self.drop()

    def play(self, sound: Callable[[str, int, bytes], object]) -> bool:
        """It may be heard from now on: give what has come; False when there is none, and none to come."""
        if self._model is None or not self._wanted or not (self._pieces or self._model.busy):
            return False
        pieces = self._pieces
        self._end()
        for piece in pieces:
            sound(*piece)
        return True

    def drop(self) -> None:
        """Nobody is to hear it: the model forgets it, once it has ended."""
        self._wanted = self._model is None
        self._pieces = []
        if self._model is None or not self._over:
            return
        if self._items:
            self._model.cut(None, list(self._items))
        self._end()

    def _end(self) -> None:
        self._model, self._pieces, self._items = None, [], {}
        self._over, self._wanted = False, True
