"""Reads what numbers and applications are set to, and says it again."""

from __future__ import annotations

from dataclasses import asdict, fields, replace
from typing import Any

from warmtransfer.simulator.network.holdings import Settings
from warmtransfer.simulator.rest.errors import RestError
from warmtransfer.simulator.rest.forms import Params


def parameter(field: str) -> str:
    """The API's name of a field: `VoiceUrl` for `voice_url`."""
    return field.title().replace("_", "")


#: Every parameter that sets one of them.
PARAMETERS = frozenset(parameter(each.name) for each in fields(Settings))


def changed(settings: Settings, params: Params, *, application: bool = False) -> Settings:
    """The settings with what a request gives; raises 21402, 21403; 21405, 21406 for a fallback of nothing."""
    given: dict[str, Any] = {}
    for each in fields(Settings):
        name = parameter(each.name)
        if name not in params:
            continue
        if each.name.endswith("_method"):
            given[each.name] = params.method(name, code=21403)
        elif each.name.endswith("_lookup"):
            given[each.name] = params.flag(name, False)
        else:
            given[each.name] = params.url(name, code=21402)
    found = replace(settings, **given)
    if given.get("voice_fallback_url") and not (found.voice_url or application):
        raise RestError(21405)
    if given.get("sms_fallback_url") and not (found.sms_url or application):
        raise RestError(21406)
    return found


def shown(settings: Settings, *, unset: tuple[str, ...]) -> dict[str, Any]:
    """The fields of a resource; those whose names begin with one of `unset` are null when they are empty."""
    return {
        name: None if value == "" and name.startswith(unset) else value
        for name, value in asdict(settings).items()
    }
