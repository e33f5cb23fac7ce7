"""What several requests to Twilio carry alike."""

from __future__ import annotations

from typing import Any

from warmtransfer.vocabulary import LEG_EVENTS, OFF, ROOM_EVENTS, TUNED


def room_news(callback: str) -> dict[str, Any]:
    """What every leg that we add to a room has in common: the defaults beep, delay and play music."""
    return {
        "beep": "false",
        "early_media": False,
        "start_conference_on_enter": False,
        "end_conference_on_exit": False,
        "jitter_buffer_size": "small",
        "conference_status_callback": callback,
        "conference_status_callback_method": "POST",
        "conference_status_callback_event": list(ROOM_EVENTS),
    }


def tuned(detection: str) -> dict[str, Any]:
    """The parameters of what is tuned, as `speech_threshold=3000 timeout=20` says."""
    pairs = (each.partition("=") for each in detection.split() if "=" in each)
    return {TUNED[name][0]: int(value) for name, _, value in pairs if name in TUNED}


def detected(callback: str, detection: str = "") -> dict[str, Any]:
    """Who answers is found out while the leg goes on, and told to this address, unless that is off."""
    if detection == OFF:
        return {}
    return {
        **tuned(detection),
        "machine_detection": "Enable",
        "async_amd": "true",
        "async_amd_status_callback": callback,
        "async_amd_status_callback_method": "POST",
    }


def heard_out(to: str, digits: str, callback: str, detection: str = "") -> dict[str, Any]:
    """Tones for a switchboard, or the detection of machines; neither for what is no telephone."""
    if digits:
        return {"send_digits": digits}
    return detected(callback, detection) if callback and to[:1] == "+" else {}


def leg_news(callback: str, call_token: str = "") -> dict[str, Any]:
    """Every stage of a leg, told to this address; a CallToken lends its caller's number as From."""
    return {
        **({"call_token": call_token} if call_token else {}),
        "status_callback": callback,
        "status_callback_method": "POST",
        "status_callback_event": list(LEG_EVENTS),
    }


def whole_ring(seconds: float) -> int:
    """Whole seconds within what Twilio takes; it adds five of its own."""
    return max(5, min(600, round(seconds)))
