"""What is said in a recording, as the model's maker tells it (OpenAI: POST audio/transcriptions)."""

from __future__ import annotations

import json
import secrets
import urllib.error
import urllib.request
from http.client import HTTPException
from urllib.parse import urlsplit, urlunsplit

from warmtransfer.errors import ModelGone
from warmtransfer.ports.model.openai.dialect import OpenAISettings

#: Real seconds that an answer may take.
TIMEOUT = 60.0
#: Bytes of an answer that are read.
MOST = 1 << 20


def transcribed(settings: OpenAISettings, wav: bytes) -> str:
    """The words; ModelGone when they cannot be had."""
    body, kind = _form(
        {"model": settings.transcription_model, "language": settings.language, "response_format": "json"}, wav
    )
    key = f"{settings.scheme} {settings.key}".strip()
    headers = {settings.header: key, "Content-Type": kind}
    request = urllib.request.Request(_address(settings.url), body, headers, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:
            text = json.loads(answer.read(MOST)).get("text")
    except urllib.error.HTTPError as fault:
        fault.close()
        raise ModelGone(f"the recording was not transcribed: HTTP {fault.code}") from None
    except (OSError, HTTPException, ValueError, AttributeError) as fault:
        raise ModelGone(f"the recording was not transcribed: {type(fault).__name__}") from None
    if not isinstance(text, str):
        raise ModelGone("the recording was not transcribed: the answer holds no text")
    return text.strip()


def _address(realtime: str) -> str:
    """Beside the realtime API of the same server."""
    parts = urlsplit(realtime)
    scheme = "http" if parts.scheme == "ws" else "https"
    path = f"{parts.path.rstrip('/').removesuffix('/realtime')}/audio/transcriptions"
    return urlunsplit((scheme, parts.netloc, path, "", ""))


def _form(fields: dict[str, str], wav: bytes) -> tuple[bytes, str]:
    """A form with one file, and its content type."""
    edge = secrets.token_hex(16)
    parts = [
        f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
        if value
    ]
    head = 'Content-Disposition: form-data; name="file"; filename="message.wav"\r\nContent-Type: audio/wav'
    file = f"--{edge}\r\n{head}\r\n\r\n".encode() + wav + b"\r\n"
    return b"".join([*parts, file, f"--{edge}--\r\n".encode()]), f"multipart/form-data; boundary={edge}"
