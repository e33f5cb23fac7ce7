"""Reads TwiML: a strict grammar, and what a document that breaks it costs."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass, field

from warmtransfer.simulator.twiml.beyond import BEYOND
from warmtransfer.simulator.twiml.values import wrong

MAX_BYTES = 64 * 1024
CONTENT_TYPES = ("text/xml", "application/xml", "text/html")
#: Sound that may stand for a whole document; what of it plays is the decoder's to say.
AUDIO_TYPES = frozenset(
    f"audio/{kind}"
    for kind in (
        "mpeg", "mp3", "wav", "wave", "x-wav", "vnd.wave", "aiff", "x-aifc", "x-aiff", "x-gsm", "gsm", "ulaw",
        "basic",
    )
)  # fmt: skip

_ACTION = frozenset({"action", "method"})
_RECORDING = frozenset(
    {"recordingStatusCallback", "recordingStatusCallbackMethod", "recordingStatusCallbackEvent", "trim"}
)
_STATUS = frozenset({"statusCallback", "statusCallbackMethod", "statusCallbackEvent"})
_CALLEE = _STATUS | {
    "url", "method", "byoc", "machineDetection", "amdStatusCallback", "amdStatusCallbackMethod",
    "machineDetectionTimeout", "machineDetectionSpeechThreshold", "machineDetectionSpeechEndThreshold",
    "machineDetectionSilenceTimeout",
}  # fmt: skip
_SSML = frozenset({"break", "emphasis", "lang", "p", "phoneme", "prosody", "s", "say-as", "sub", "w"})
_STREAM = frozenset({"name", "connectorName", "url", "track", "statusCallback", "statusCallbackMethod"})

ATTRIBUTES: dict[str, frozenset[str]] = {
    "Response": frozenset(),
    "Say": frozenset({"voice", "language", "loop"}),
    "Play": frozenset({"loop", "digits"}),
    "Pause": frozenset({"length"}),
    "Gather": _ACTION | {
        "input", "timeout", "finishOnKey", "numDigits", "actionOnEmptyResult", "speechTimeout",
        "maxSpeechTime",
        "partialResultCallback", "partialResultCallbackMethod", "language", "hints", "bargeIn",
        "profanityFilter", "debug", "speechModel", "enhanced",
    },
    "Dial": _ACTION | _RECORDING | {
        "timeout", "hangupOnStar", "timeLimit", "callerId", "record", "answerOnBridge", "ringTone",
        "recordingTrack", "sequential", "referUrl", "referMethod", "events",
    },
    "Number": _CALLEE | {"sendDigits", "phoneNumberSid"},
    "Client": _CALLEE,
    "Sip": _CALLEE | {"username", "password"},
    "Identity": frozenset(),
    "Conference": _STATUS | _RECORDING | {
        "muted", "beep", "startConferenceOnEnter", "endConferenceOnExit", "participantLabel",
        "jitterBufferSize",
        "waitUrl", "waitMethod", "maxParticipants", "record", "region", "coach", "recordingConfigurationId",
        "eventCallbackUrl",
    },
    "Queue": frozenset({"url", "method", "reservationSid", "postWorkActivitySid"}),
    "Enqueue": _ACTION | {"waitUrl", "waitUrlMethod", "workflowSid"},
    "Leave": frozenset(),
    "Connect": _ACTION,
    "Start": _ACTION,
    "Stop": frozenset(),
    "Stream": _STREAM,
    "Recording": _RECORDING | {"name", "track", "channels"},
    "Parameter": frozenset({"name", "value"}),
    "Redirect": frozenset({"method"}),
    "Hangup": frozenset(),
    "Reject": frozenset({"reason"}),
    "Record": _ACTION | _RECORDING | {
        "timeout", "finishOnKey", "maxLength", "playBeep", "transcribe", "transcribeCallback",
    },
}  # fmt: skip

CHILDREN: dict[str, frozenset[str]] = {
    "Response": frozenset(
        {
            "Say",
            "Play",
            "Pause",
            "Gather",
            "Dial",
            "Connect",
            "Start",
            "Stop",
            "Redirect",
            "Hangup",
            "Reject",
            "Record",
            "Enqueue",
            "Leave",
        }
    ),
    "Gather": frozenset({"Say", "Play", "Pause"}),
    "Dial": frozenset({"Number", "Client", "Conference", "Queue", "Sip"}),
    "Client": frozenset({"Identity", "Parameter"}),
    "Connect": frozenset({"Stream"}),
    "Start": frozenset({"Stream", "Recording"}),
    "Stop": frozenset({"Stream", "Recording"}),
    "Stream": frozenset({"Parameter"}),
}


#: What Twilio would act on and the simulator does not; a value other than these is noted.
NOT_SIMULATED: dict[str, frozenset[str]] = {
    "Dial": frozenset({"answerOnBridge", "ringTone", "referUrl"}),
    "Number": frozenset({"machineDetection"}),
    "Client": frozenset({"machineDetection"}),
    "Sip": frozenset({"machineDetection"}),
    "Conference": frozenset({"recordingConfigurationId", "eventCallbackUrl"}),
    "Enqueue": frozenset({"workflowSid"}),
    "Queue": frozenset({"reservationSid", "postWorkActivitySid"}),
    "Record": frozenset({"transcribe", "transcribeCallback"}),
}
_OFF = ("", "false", "do-not-record")


class TwimlError(Exception):
    """A document that cannot be run; `code` is Twilio's error code."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(f"{code}: {text}")
        self.code = code


@dataclass(frozen=True)
class Verb:
    """One element: its name, attributes, text and the elements inside it."""

    name: str
    attrs: dict[str, str] = field(default_factory=dict)
    text: str = ""
    children: tuple[Verb, ...] = ()
    sound: bytes = b""  #: of a <Play> that stands for a document which is sound itself

    def flag(self, name: str, default: bool) -> bool:
        """Returns a boolean attribute."""
        return self.attrs.get(name, str(default)).strip().lower() == "true"

    def number(self, name: str, default: int) -> int:
        """Returns a whole-number attribute, the default when it is none."""
        value = self.attrs.get(name, "").strip()
        return int(value) if value.isdigit() else default

    def child(self, name: str) -> Verb | None:
        """Returns the first element of that name inside this one."""
        return next((c for c in self.children if c.name == name), None)


@dataclass(frozen=True)
class Document:
    """The verbs of one response, where it came from, what was ignored in it (12200) or is not simulated."""

    verbs: tuple[Verb, ...]
    url: str = ""
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def kind_of(content_type: str) -> str:
    """A content type without its parameters."""
    return content_type.partition(";")[0].strip().lower()


def document_of(body: bytes, url: str, content_type: str) -> Document:
    """Reads what a URL returned: TwiML, or text to be said, or sound to be played; raises as `parse` does."""
    kind = kind_of(content_type)
    text = body.decode("utf-8", errors="replace")
    if kind == "text/plain":
        return Document((Verb("Say", text=" ".join(text.split())),), url)
    if kind in AUDIO_TYPES:
        return Document((Verb("Play", {"type": kind}, url, sound=body),), url)
    return parse(text, url, content_type)


def parse(body: str, url: str = "", content_type: str = "text/xml") -> Document:
    """Reads a response; raises TwimlError 11750, 12300 or 12100.

    An unknown verb, attribute or nesting is a warning at Twilio (12200): the element or attribute is ignored;
    and so is, here, an attribute with a value that it cannot have.
    """
    if len(body.encode()) > MAX_BYTES:
        raise TwimlError(11750, "TwiML response body too large")
    if kind_of(content_type) not in CONTENT_TYPES:
        raise TwimlError(12300, f"invalid Content-Type {content_type!r}")
    try:
        root = ET.fromstring(body.strip())
    except ET.ParseError as exc:
        raise TwimlError(12100, f"document parse failure: {exc}") from exc
    if root.tag != "Response":
        raise TwimlError(12100, f"the document element is <{root.tag}>, not <Response>")
    warnings: list[str] = []
    notes: list[str] = []
    verbs = tuple(_verbs(root, warnings, notes))
    return Document(verbs, url, tuple(warnings), tuple(notes))


def _verbs(parent: ET.Element, warnings: list[str], notes: list[str]) -> Iterator[Verb]:
    allowed = CHILDREN.get(parent.tag, frozenset())
    for element in parent:
        if element.tag not in allowed:
            if element.tag in BEYOND.get(parent.tag, ()):
                notes.append(f"<{element.tag}> in <{parent.tag}> is not simulated; it is passed over")
            elif not (parent.tag == "Say" and element.tag in _SSML):
                warnings.append(f"<{element.tag}> does not belong in <{parent.tag}>; it is ignored")
            continue
        attrs = {}
        for name, value in element.attrib.items():
            if name not in ATTRIBUTES[element.tag]:
                warnings.append(f"<{element.tag}> has no attribute {name!r}; it is ignored")
            elif fault := wrong(element.tag, name, value):
                warnings.append(fault)
            else:
                attrs[name] = value
        odd = NOT_SIMULATED.get(element.tag, frozenset()) & attrs.keys()
        notes.extend(f"<{element.tag} {n}> is not simulated" for n in sorted(odd) if attrs[n] not in _OFF)
        whole = element.itertext() if element.tag == "Say" else (element.text or "",)
        text = " ".join("".join(whole).split())
        yield Verb(element.tag, attrs, text, tuple(_verbs(element, warnings, notes)))
