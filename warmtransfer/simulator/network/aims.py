"""What a fault's `match` may aim at, so that one which can never match is refused when it is given."""

from __future__ import annotations

import itertools
import re

#: Every request that the API serves, as faults see it: method and path below the account.
SUBJECTS = (
    "GET", "POST Calls", "GET Calls", "GET Calls/{call}", "POST Calls/{call}", "GET Conferences",
    "GET Conferences/{room}", "POST Conferences/{room}", "POST Conferences/{room}/Participants",
    "GET Conferences/{room}/Participants", "GET Conferences/{room}/Participants/{who}",
    "POST Conferences/{room}/Participants/{who}", "DELETE Conferences/{room}/Participants/{who}",
    "POST", "GET Accounts", "GET Balance",
    "GET Applications", "POST Applications", "GET Applications/{app}", "POST Applications/{app}",
    "DELETE Applications/{app}", "GET IncomingPhoneNumbers", "POST IncomingPhoneNumbers",
    "GET IncomingPhoneNumbers/{number}", "POST IncomingPhoneNumbers/{number}",
    "DELETE IncomingPhoneNumbers/{number}", "GET IncomingPhoneNumbers/Local",
    "POST IncomingPhoneNumbers/Local", "GET IncomingPhoneNumbers/Mobile", "POST IncomingPhoneNumbers/Mobile",
    "GET IncomingPhoneNumbers/TollFree", "POST IncomingPhoneNumbers/TollFree",
    "GET AvailablePhoneNumbers", "GET AvailablePhoneNumbers/{iso}", "GET AvailablePhoneNumbers/{iso}/Local",
    "GET AvailablePhoneNumbers/{iso}/TollFree", "GET AvailablePhoneNumbers/{iso}/Mobile",
    "GET OutgoingCallerIds", "POST OutgoingCallerIds", "GET OutgoingCallerIds/{number}",
    "POST OutgoingCallerIds/{number}", "DELETE OutgoingCallerIds/{number}",
    "GET Messages", "POST Messages", "GET Messages/{message}", "POST Messages/{message}",
    "DELETE Messages/{message}",
    "GET Queues", "POST Queues", "GET Queues/{queue}", "POST Queues/{queue}", "DELETE Queues/{queue}",
    "GET Queues/{queue}/Members", "GET Queues/{queue}/Members/{who}", "POST Queues/{queue}/Members/{who}",
    "GET Recordings", "GET Recordings/{recording}", "DELETE Recordings/{recording}",
    "POST Calls/{call}/Recordings", "GET Calls/{call}/Recordings", "GET Calls/{call}/Recordings/{recording}",
    "POST Calls/{call}/Recordings/{recording}", "DELETE Calls/{call}/Recordings/{recording}",
    "GET Conferences/{room}/Recordings", "GET Conferences/{room}/Recordings/{recording}",
    "POST Conferences/{room}/Recordings/{recording}", "DELETE Conferences/{room}/Recordings/{recording}",
    "GET DialingPermissions/Countries", "GET DialingPermissions/Countries/{iso}",
    "GET DialingPermissions/Countries/{iso}/HighRiskSpecialPrefixes",
    "POST DialingPermissions/BulkCountryUpdates", "GET Settings", "POST Settings",
)  # fmt: skip
_SAMPLES = {
    "call": "CA", "room": "CF", "who": "CA", "app": "AP", "number": "PN", "iso": "US", "message": "SM",
    "recording": "RE", "queue": "QU",
}  # fmt: skip
_METHODS = frozenset({"get", "post", "put", "delete", "patch"})
_RESOURCES = frozenset(
    word.casefold()
    for subject in SUBJECTS
    for word in re.split(r"[\s/]+", subject)[1:]
    if not word.startswith("{")
)
_NAME = re.compile(r"[\w.:+@-]+")
_IN_URL = re.compile(r"[!#-;=?-Z\[\]_a-z~%]+")


def matches(match: str, subject: str) -> bool:
    """Whether a subject has every word of `match`, in order."""
    at = 0
    for word in match.split():
        at = subject.find(word, at)
        if at < 0:
            return False
        at += len(word)
    return True


def can_match(where: str, match: str) -> bool:
    """Whether any request (`rest`), URL (`stream`) or label (`room`) could have these words in this order.

    For requests, a word with a digit, `-` or `_`, or one behind a resource's name, may be a SID, a
    conference's name or a label; any other must be of the paths themselves.
    """
    if where == "room":
        return all(_NAME.fullmatch(word) and word.casefold() not in _METHODS for word in match.split())
    if where == "stream":
        return all(_IN_URL.fullmatch(word) and word.casefold() not in _METHODS for word in match.split())
    names = _names(match)
    return any(matches(match, subject) for template in SUBJECTS for subject in _filled(template, names))


def _names(match: str) -> set[str]:
    pieces = [piece for piece in re.split(r"[\s/]+", match) if piece]
    found: set[str] = set()
    for before, piece in zip(["", *pieces], pieces, strict=False):
        word = piece.casefold()
        usable = _NAME.fullmatch(piece) and word not in _METHODS | _RESOURCES and not word.endswith(".json")
        if usable and (re.search(r"[\d_-]", piece) or before.casefold() in _RESOURCES):
            found.add(piece)
    return found


def _filled(template: str, names: set[str]) -> list[str]:
    holes = re.findall(r"{(\w+)}", template)
    choices = [[_SAMPLES[hole] + "0123456789abcdef" * 2, *names] for hole in holes]
    fillings = (dict(zip(holes, chosen, strict=True)) for chosen in itertools.product(*choices))
    return [template.format(**filling) for filling in fillings]
