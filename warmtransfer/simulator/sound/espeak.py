"""The espeak-ng library through ctypes, kept from harm."""

from __future__ import annotations

import ctypes
import re
import threading
import unicodedata

import espeakng_loader
import numpy as np

from warmtransfer.simulator.sound.audio import PCM

_SYNCHRONOUS = 2
"""Samples come through the callback, in the caller's thread; the other modes start one of their own."""
_UTF8 = 1
_CHARACTERS = 1
_SPOKEN_KINDS = ("L", "M", "N", "P", "Z", "Sc")
_LONGEST_WORD = 60

_PEOPLE = {
    "f3": "woman alice joanna salli kimberly kendra ivy ruth danielle amy emma olivia nicole aditi raveena "
    "vicki marlene hannah celine lea lucia conchita mia lupe penelope carla bianca camila vitoria ines",
    "m3": "man matthew joey justin kevin gregory stephen brian arthur russell hans daniel mathieu remi "
    "enrique sergio miguel giorgio adriano ricardo thiago cristiano",
}
_VARIANTS = {name: variant for variant, names in _PEOPLE.items() for name in names.split()}
_SPEAKS = {
    "vicki": "de", "marlene": "de", "hannah": "de", "hans": "de", "daniel": "de",
    "celine": "fr", "lea": "fr", "mathieu": "fr", "remi": "fr",
    "lucia": "es", "conchita": "es", "enrique": "es", "sergio": "es",
    "mia": "es-419", "lupe": "es-419", "penelope": "es-419", "miguel": "es-419",
    "carla": "it", "bianca": "it", "giorgio": "it", "adriano": "it",
    "camila": "pt-br", "vitoria": "pt-br", "ricardo": "pt-br", "thiago": "pt-br",
    "ines": "pt", "cristiano": "pt", "amy": "en-gb", "emma": "en-gb", "brian": "en-gb", "arthur": "en-gb",
}  # fmt: skip


def voice_for(voice: str = "", language: str = "") -> str:
    """The espeak voice for a Twilio voice name and language tag, such as Polly.Joanna and en-US."""
    words = voice.casefold().replace("-", " ").replace(".", " ").split()
    person = next((word for word in words if word in _VARIANTS), "woman")
    tag = re.sub(r"[^a-z0-9-]", "", language.casefold()) or _SPEAKS.get(person, "en-us")
    return f"{tag}+{_VARIANTS[person]}"


def speakable(text: str) -> str:
    """The text without what a synthesiser cannot say: controls, surrogates, pictures, endless words."""
    clean = unicodedata.normalize("NFKC", text)
    kept = "".join(each if unicodedata.category(each).startswith(_SPOKEN_KINDS) else " " for each in clean)
    return " ".join(word[:_LONGEST_WORD] for word in kept.split())


class _Event(ctypes.Structure):
    """What happens at a sample: a word begins, for one. Only the fields that are read have names of ours."""

    _fields_ = (
        ("type", ctypes.c_int), ("identifier", ctypes.c_uint), ("text_position", ctypes.c_int),
        ("length", ctypes.c_int), ("audio_position", ctypes.c_int), ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p), ("id", ctypes.c_char * 8),
    )  # fmt: skip


_LIST_END, _WORD = 0, 1
_CALLBACK = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event)
)


class _Synthesiser:
    """The espeak-ng of this process; calls wait for each other, because the library has one state.

    There must be no second one: use `synthesise`.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._library: ctypes.CDLL | None = None
        self._rate = 22050
        self._parts: list[PCM] = []
        self._words: dict[int, int] = {}
        self._callback = _CALLBACK(self._take)

    def synthesise(self, text: str, voice: str) -> tuple[PCM, int, dict[int, int]]:
        """Samples, their rate, and at which sample each word begins, by its place in `speakable(text)`.

        Empty when there is nothing to say. Any thread may call.
        """
        clean = speakable(text)
        with self._lock:
            library = self._library or self._open()
            self._parts, self._words = [], {}
            if clean:
                self._choose(library, voice)
                raw = clean.encode("utf-8") + b"\0"
                library.espeak_Synth(raw, len(raw), 0, _CHARACTERS, 0, _UTF8, None, None)
            parts, self._parts = self._parts, []
            words, self._words = self._words, {}
        return (np.concatenate(parts) if parts else np.zeros(0, dtype=np.int16)), self._rate, words

    def _open(self) -> ctypes.CDLL:
        library = ctypes.CDLL(espeakng_loader.get_library_path())
        library.espeak_Synth.argtypes = [
            ctypes.c_char_p, ctypes.c_size_t, ctypes.c_uint, ctypes.c_int, ctypes.c_uint, ctypes.c_uint,
            ctypes.c_void_p, ctypes.c_void_p,
        ]  # fmt: skip
        rate = library.espeak_Initialize(_SYNCHRONOUS, 0, espeakng_loader.get_data_path().encode(), 0)
        if rate <= 0:
            raise RuntimeError(f"espeak-ng cannot start: {rate}")
        library.espeak_SetSynthCallback(self._callback)
        self._library, self._rate = library, rate
        return library

    def _choose(self, library: ctypes.CDLL, voice: str) -> None:
        tag, _, variant = voice.partition("+")
        for name in (tag, tag.partition("-")[0], "en-us"):
            if library.espeak_SetVoiceByName(f"{name}+{variant}".encode()) == 0:
                return

    def _take(
        self, samples: ctypes._Pointer[ctypes.c_short], count: int, events: ctypes._Pointer[_Event]
    ) -> int:
        place = 0
        while events and events[place].type != _LIST_END:
            if events[place].type == _WORD:
                self._words.setdefault(events[place].text_position - 1, events[place].sample)
            place += 1
        if samples and count > 0:
            self._parts.append(np.ctypeslib.as_array(samples, shape=(count,)).astype(np.int16, copy=True))
        return 0


synthesise = _Synthesiser().synthesise
