"""What a provider of realtime models offers, and all that it may assume about us.

Everything runs in the loop and none of it may block. Audio is base64 mu-law at 8000 samples a second, which
is passed on as it is. A provider is one file, or one folder, beside this one, and a line in `choose.py`; a
host app brings its own as `WarmTransfer(providers={...})`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

from warmtransfer.ports.loop.protocols import Loop


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """What a deployment says about the model. Empty text, or 0, leaves the choice to the provider."""

    url: str = ""
    key: str = field(default="", repr=False)
    model: str = ""
    voice: str = ""
    instructions: str = field(default="", repr=False)
    transcription_model: str = ""
    language: str = ""  #: ISO 639-1, a hint for the transcription
    speed: float = 0.0
    noise_reduction: str = ""  #: near_field or far_field
    vad: str = ""  #: server_vad or semantic_vad
    vad_threshold: float = 0.0
    vad_silence_ms: int = 0
    vad_eagerness: str = ""


@dataclass(frozen=True, slots=True)
class Want:
    """A response to ask for. `note` is put into the conversation just before it; `instructions` replace the
    session's own for this response only.
    """

    purpose: str
    note: str = ""
    instructions: str = ""
    tools: bool = True


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A tool the model called, completely. `spoken`: it said something in the same breath."""

    call_id: str
    name: str
    arguments: Mapping[str, Any] | None  #: None when they were no JSON object
    spoken: bool = False


class Listener(Protocol):
    """What comes out of a session, in the loop."""

    def model_ready(self, expires_at: float) -> None:
        """The session has taken our settings; it ends at `expires_at` (unix seconds, 0 unknown)."""

    def model_audio(self, item: str, content: int, payload: bytes) -> None:
        """Base64 mu-law to be played after what came before."""

    def model_audio_done(self, item: str) -> None:
        """All audio of the item has come."""

    def model_words(self, item: str, text: str, final: bool) -> None:
        """More words of the item (a delta), or, when final, all of them."""

    def caller_started(self) -> None:
        """The caller began to speak."""

    def caller_stopped(self) -> None:
        """The caller ended a turn."""

    def caller_turn(self, item: str) -> None:
        """The caller's turn has its place in the conversation; its words will come."""

    def caller_words(self, item: str, text: str) -> None:
        """What the caller said in that turn; empty when it could not be written down."""

    def tool_called(self, call: ToolCall) -> None:
        """Run this tool, once, and `answer` it."""

    def turn_done(self, purpose: str, status: str) -> None:
        """A response ended: completed, cancelled, incomplete or failed. `purpose` is ours, or empty."""

    def model_lost(self, reason: str, fatal: bool) -> None:
        """The session is gone; nothing else will come. `fatal`: another one would go the same way."""


class Model(Protocol):
    """A session being opened, then open. When it is lost, a new one is opened and told what was said.

    `close` may come at any time; a closed session tells its listener nothing more.
    """

    listener: Listener

    @property
    def ready(self) -> bool:
        """Whether it can be spoken to: after `model_ready`, until it is lost or closed."""

    @property
    def busy(self) -> bool:
        """Whether a response runs or has been asked for."""

    def append(self, pieces: Sequence[bytes]) -> None:
        """The caller's audio; dropped while the session is not ready."""

    def say(self, want: Want) -> None:
        """Have it respond as soon as no other response runs; the same purpose twice is one response.

        May come before it is ready: then it is asked as early as the session can take it.
        """

    def know(self, text: str) -> None:
        """Put a fact into the conversation without asking for speech."""

    def remember(self, who: str, text: str) -> None:
        """Tell what was said in an earlier session by `caller` or `ai`."""

    def answer(self, call_id: str, text: str) -> bool:
        """Answer a tool call; False when it was not this session that made it."""

    def cut(self, truncate: tuple[str, int, int] | None, delete: Sequence[str]) -> None:
        """Make it forget what the caller did not hear: an item beyond these milliseconds, and whole items.

        `truncate`: item, content index as it came with the audio, milliseconds heard.
        """

    def interrupted(self) -> None:
        """The caller speaks over the running response: its late audio counts no more."""

    def deafen(self, keep: str) -> None:
        """Forget unanswered caller audio and end every response but those of purpose `keep`, until `hear`."""

    def hear(self) -> None:
        """The caller may be answered again."""

    def check(self, now: float, patience: float) -> None:
        """Called now and then: lose the session when a response has been silent for `patience` seconds."""

    def close(self) -> None:
        """End the session. Nothing is reported."""


@runtime_checkable
class Renewable(Protocol):
    """What a session may offer besides: its tools change while it is open. Without it, they are told as news.

    `tools` as for `Provider.open`.
    """

    def renew(self, tools: Sequence[Mapping[str, Any]]) -> None:
        """These are the tools from now on; harmless before it is ready."""


class Provider(Protocol):
    """Opens sessions, as many as there are calls and more."""

    def open(
        self, loop: Loop, tools: Sequence[Mapping[str, Any]], listener: Listener, timeout: float
    ) -> Model:
        """Begin a session; `model_ready`, or `model_lost` after real `timeout` seconds or so, will follow.

        `tools`: name, description and parameters (JSON Schema) of what the model may call.
        """


@runtime_checkable
class Readiness(Protocol):
    """What a provider may offer besides: the next session's connection is made before a call needs it."""

    def keep_ready(self, loop: Loop) -> None:
        """Have a connection at hand from now on, on which nothing has been asked. Harmless when repeated."""

    def let_go(self) -> None:
        """Have none any more. Harmless when repeated."""


@runtime_checkable
class Transcriber(Protocol):
    """What a provider may offer besides: recordings put into words."""

    def transcribe(self, wav: bytes) -> str:
        """What is said in it. Blocks; raises ModelGone when that cannot be had."""


#: Makes a provider for a deployment, without touching the network.
Factory = Callable[[ModelSettings], Provider]
