"""What a deployment decides about documents, and how a sentence of ours is said."""

from __future__ import annotations

from dataclasses import dataclass, replace

from twilio.twiml.voice_response import Gather, VoiceResponse

from warmtransfer.core.words import ENGLISH, Words, words

#: Voices that bring their language along; of others, Twilio takes it from an attribute.
#: https://www.twilio.com/docs/voice/twiml/say/text-speech
NAMED_VOICES = ("Polly.", "Google.")


@dataclass(frozen=True, slots=True)
class Phrasing:
    """What a deployment decides about documents. `call_limit` in seconds."""

    company: str = ""
    voice: str = ""
    number: str = ""
    last_resort: str = ""
    gate_seconds: int = 5
    call_limit: int = 14400
    words: Words = ENGLISH
    says_number: bool = False  #: whether a human hears the caller's number

    def for_whom(self, language: str, voice: str) -> Phrasing:
        """The same in somebody's own language and voice; a voice of the deployment's speaks its language."""
        theirs = words(language) if language else self.words
        # Perhaps in words of the deployment's own, and in a language that only it has words for.
        if self.words.are_in(language) or theirs.locale == self.words.locale:
            return replace(self, voice=voice or self.voice)
        return replace(self, words=theirs, voice=voice)

    def say(self, verb: VoiceResponse | Gather, line: str, times: int = 1) -> None:
        """Have `verb` say this line, again and again with a second between."""
        language = None if self.voice.startswith(NAMED_VOICES) else self.words.locale
        loop = times if times > 1 else None
        said = verb.say(line, voice=self.voice or None, language=language or None, loop=loop)
        if loop:
            said.break_(time="1s")
