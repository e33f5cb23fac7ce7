"""What the model's server refuses: which key of the deployment to set, and what goes without it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

from warmtransfer.errors import ModelGone
from warmtransfer.ports.model.openai.dialect import FATAL, OpenAISettings

_CREDIT = "the project of OPENAI_API_KEY has no credit left: top it up, or set the key of another one"
_SPENT = (
    "the spend limit that was set for the project of OPENAI_API_KEY, or its organization, is reached: raise "
    "it, or set the key of another one"
)
_KEY = "set OPENAI_API_KEY to a key that is valid"
_MODEL = "set WARMTRANSFER_REALTIME_MODEL to a model that the project of OPENAI_API_KEY may use"
#: What the operator can do about an error code, or the status of a refused upgrade.
ADVICE: dict[str, str] = {
    "invalid_api_key": _KEY,
    "account_deactivated": "its account is closed; set OPENAI_API_KEY to a key of another one",
    "insufficient_quota": _CREDIT,
    "credit_balance_exhausted": _CREDIT,
    "billing_hard_limit_reached": _CREDIT,
    "project_spend_limit_exceeded": _SPENT,
    "organization_spend_limit_exceeded": _SPENT,
    "organization_usage_limit_exceeded": (
        "the organization of OPENAI_API_KEY has used what it was granted for the month: ask for more, or set "
        "the key of another one"
    ),
    "model_not_found": _MODEL,
    "beta_api_shape_disabled": "set WARMTRANSFER_REALTIME_URL to a server of the GA protocol",
    "401": _KEY,
    "403": f"the key may not use it; {_MODEL}, or set another key",
    "404": f"{_MODEL}, or correct WARMTRANSFER_REALTIME_URL",
}
#: Upgrade answers that say the same next time: the key, the access, the model's name.
FATAL_STATUS = frozenset({400, 401, 403, 404})
#: Both the type of every billing error and the code of some.
TYPE = "insufficient_quota"
#: Close codes that stand for an error.
CLOSES = {3000: "invalid_api_key", 4000: "beta_api_shape_disabled"}
_DEFAULTS = OpenAISettings()


def told(what: str, code: str) -> str:
    """What has happened, with what to do about it when that is known."""
    advice = ADVICE.get(code)
    return f"{what}: {advice}" if advice else what


def refused(status: int, body: bytes) -> ModelGone:
    """What an upgrade that was not granted means for us."""
    there = [code for code in sorted(FATAL) if code.encode() in body]
    # The code says more than the type, which an error of its kind may have beside it.
    code = min(there, key=lambda each: each == TYPE, default="")
    what = f"the model's server answered {status} {code}".strip()
    return ModelGone(told(what, code or str(status)), fatal=status in FATAL_STATUS or bool(code))


@dataclass(frozen=True, slots=True)
class Setting:
    """A part of `session.update` that a server may refuse: the words in `param`, and our fields and key."""

    part: str
    fields: tuple[str, ...]
    key: str


SETTINGS = (
    Setting("voice", ("voice",), "WARMTRANSFER_VOICE"),
    Setting("speed", ("speed",), "the speed"),
    Setting("language", ("language",), "WARMTRANSFER_LANGUAGE"),
    Setting("transcription", ("transcription_model", "language"), "WARMTRANSFER_TRANSCRIPTION_MODEL"),
    Setting("noise_reduction", ("noise_reduction",), "the noise reduction"),
    Setting(
        "turn_detection",
        tuple(field.name for field in fields(OpenAISettings) if field.name.startswith("vad")),
        "the turn detection",
    ),
)


def without(settings: OpenAISettings, error: Mapping[str, object]) -> tuple[OpenAISettings, str] | None:
    """The settings with what this error refuses left to its default, and a line for the log.

    None when it is nothing that a call can do without, or is the default already.
    """
    where = str(error.get("param") or error.get("message") or "")
    for setting in SETTINGS:
        if setting.part not in where:
            continue
        default = {name: getattr(_DEFAULTS, name) for name in setting.fields}
        changed = replace(settings, **default)
        if changed == settings and setting.part == "transcription":
            changed = replace(settings, transcription_model="")
        if changed == settings:
            return None
        name = next(each for each in setting.fields if getattr(settings, each) != getattr(changed, each))
        refused, instead = getattr(settings, name), getattr(changed, name) or "none"
        return changed, f"the model refuses {refused!r}: {instead!r} is used instead; set {setting.key}"
    return None
