"""What a deployment says becomes OpenAI's settings, and what it leaves out OpenAI's own choice."""

from __future__ import annotations

import pytest

from warmtransfer.config import KEYS
from warmtransfer.ports.model.openai.dialect import OpenAISettings, session_update
from warmtransfer.ports.model.openai.provider import settings
from warmtransfer.ports.model.protocol import ModelSettings


def test_what_is_left_empty_is_this_providers_choice() -> None:
    assert settings(ModelSettings()) == OpenAISettings()
    made = settings(ModelSettings(voice="cedar", language="de"))
    assert (made.voice, made.language, made.model) == ("cedar", "de", OpenAISettings().model)


@pytest.mark.parametrize(
    ("url", "how"),
    [
        ("wss://api.openai.com/v1/realtime", ("Authorization", "Bearer")),
        ("wss://r.openai.azure.com/openai/v1/realtime", ("api-key", "")),
        ("wss://azure.com.evil.example/v1/realtime", ("Authorization", "Bearer")),
    ],
)
def test_azure_takes_the_key_in_a_header_of_its_own(url: str, how: tuple[str, str]) -> None:
    made = settings(ModelSettings(url=url, key="k"))
    assert (made.header, made.scheme) == how


@pytest.mark.parametrize("field", ["url", "model", "voice", "transcription_model"])
def test_the_configuration_says_what_the_choice_is(field: str) -> None:
    key = next(key for key in KEYS if key.field in (field, f"realtime_{field}"))
    assert getattr(OpenAISettings(), field) in key.sentence
    assert key.default == ""


def test_what_a_deployment_sets_of_hearing_and_speaking_reaches_the_session() -> None:
    made = settings(
        ModelSettings(speed=1.2, noise_reduction="far_field", vad_threshold=0.7, vad_silence_ms=700)
    )
    audio = session_update(made, [])["session"]["audio"]
    assert audio["output"]["speed"] == 1.2
    assert audio["input"]["noise_reduction"] == {"type": "far_field"}
    turns = audio["input"]["turn_detection"]
    assert (turns["type"], turns["threshold"], turns["silence_duration_ms"]) == ("server_vad", 0.7, 700)
    by_meaning = settings(ModelSettings(vad="semantic_vad", vad_eagerness="low"))
    turns = session_update(by_meaning, [])["session"]["audio"]["input"]["turn_detection"]
    assert (turns["type"], turns["eagerness"]) == ("semantic_vad", "low")
