"""Reads what answers a text message: messages, and where to ask instead."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import dataclass
from urllib.parse import urljoin

from warmtransfer.simulator.twiml.grammar import CONTENT_TYPES, MAX_BYTES, TwimlError, kind_of

ATTRIBUTES = {
    "Message": frozenset({"to", "from", "action", "method", "statusCallback"}),
    "Redirect": frozenset({"method"}),
}


@dataclass(frozen=True)
class Reply:
    """One message of a response; nobody named is the one who wrote."""

    body: str
    to: str = ""
    from_: str = ""
    status_callback: str = ""
    media: tuple[str, ...] = ()


@dataclass(frozen=True)
class Forward:
    """The next document: where it is."""

    url: str
    method: str = "POST"


def read(body: str, url: str, content_type: str) -> tuple[list[Reply], Forward | None, list[str]]:
    """The messages, the redirect if there is one, what was ignored; raises TwimlError as voice TwiML does."""
    if len(body.encode()) > MAX_BYTES:
        raise TwimlError(11750, "TwiML response body too large")
    kind = kind_of(content_type)
    if not body.strip():
        return [], None, []
    if kind == "text/plain":
        return [Reply(body.strip())], None, []
    if kind not in CONTENT_TYPES:
        raise TwimlError(12300, f"invalid Content-Type {content_type!r}")
    try:
        root = ET.fromstring(body.strip())
    except ET.ParseError as exc:
        raise TwimlError(12100, f"document parse failure: {exc}") from exc
    if root.tag != "Response":
        raise TwimlError(12100, f"the document element is <{root.tag}>, not <Response>")
    return _verbs(root, url)


def _verbs(root: ET.Element, url: str) -> tuple[list[Reply], Forward | None, list[str]]:
    replies: list[Reply] = []
    warnings: list[str] = []
    for element in root:
        known = ATTRIBUTES.get(element.tag)
        if known is None:
            warnings.append(f"<{element.tag}> does not belong in <Response>; it is ignored")
            continue
        odd = sorted(set(element.attrib) - known)
        warnings += [f"<{element.tag}> has no attribute {name!r}; it is ignored" for name in odd]
        if element.tag == "Redirect":
            target = Forward(urljoin(url, (element.text or "").strip()), element.get("method", "POST"))
            return replies, target, warnings
        replies.append(_message(element))
    return replies, None, warnings


def _message(element: ET.Element) -> Reply:
    inner = element.find("Body")
    text = (inner.text if inner is not None else element.text) or ""
    media = tuple((each.text or "").strip() for each in element.findall("Media"))
    return Reply(text.strip(), element.get("to", ""), element.get("from", ""),
                 element.get("statusCallback", "") or element.get("action", ""), media)  # fmt: skip
