"""What the model is told besides the deployment's own instructions: who it is, its limits, what day it is."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from warmtransfer.config import GREETING, Settings
from warmtransfer.ports.model.protocol import ModelSettings

#: Languages by their English names, which models follow best.
NAMES = {
    "de": "German", "en": "English", "es": "Spanish", "fr": "French", "it": "Italian", "ja": "Japanese",
    "nl": "Dutch", "pt": "Portuguese", "zh": "Chinese",
}  # fmt: skip

RULES = (
    "You are an AI. Never deny it: whoever asks is told so plainly.",
    "Do not invent anything: what stands neither here nor in what a tool has said, you do not know. Say so, "
    "and offer a person.",
    "When what you heard is unclear, cut off, or noise, do not guess: ask once more, in a few words.",
    "Read numbers, names that are spelled, dates and amounts back, digit by digit, before you use them.",
)


def instructions(settings: Settings) -> str:
    """The instructions of every session: the deployment's own, then ours."""
    company = f"You speak for {settings.company}." if settings.company else ""
    return "\n".join(filter(None, (settings.instructions, company, *RULES, _language(settings.language))))


def _language(language: str) -> str:
    if not language:
        return "Speak the language that the caller speaks."
    name = NAMES.get(language, f"the language with the code {language}")
    return f"Speak {name}, unless the caller speaks another language."


def disclosure(settings: Settings) -> str:
    """The AI's fixed first line: that it is one."""
    ours = settings.rules().words
    return (ours.ai_of if settings.company else ours.ai).format(company=settings.company)


def greeting(settings: Settings) -> str:
    """What the AI is told to say first: that it is one, word for word, then what the deployment wants."""
    line = disclosure(settings)
    if settings.greeting == GREETING:
        words = f"{line} {settings.rules().words.help}"
        return f'Greet the caller with exactly these words and no others: "{words}"'
    return f'Greet the caller. Begin with exactly this sentence: "{line}" After it: {settings.greeting}'


def now(zone: str, at: float) -> str:
    """The day and time at `at`, seconds of the wall clock, as the model is told them."""
    here = datetime.fromtimestamp(at, ZoneInfo(zone))
    return f"It is now {here:%A}, {here.day} {here:%B %Y}, {here:%H:%M} ({zone})."


def model_settings(settings: Settings) -> ModelSettings:
    """What the model is told, and how it is reached, in every call."""
    return ModelSettings(
        url=settings.realtime_url,
        key=settings.openai_key,
        model=settings.realtime_model,
        voice=settings.voice,
        instructions=instructions(settings),
        transcription_model=settings.transcription_model,
        language=settings.language,
        speed=settings.speed,
        noise_reduction=settings.noise_reduction,
        vad=settings.turn_detection,
        vad_threshold=settings.vad_threshold,
        vad_silence_ms=settings.vad_silence_ms,
        vad_eagerness=settings.vad_eagerness,
    )
