"""Error bodies of the REST API: code, message, more_info, status."""

from __future__ import annotations

#: code -> (HTTP status, message). A status that Twilio does not document is 400, as for refused parameters.
ERRORS: dict[int, tuple[int, str]] = {
    10002: (400, "Trial accounts do not support the feature you tried to use"),
    16001: (400, "Participant is not connected to the conference"),
    16003: (400, "Conference SID or friendly name not recognised"),
    16020: (400, "Conference is full"),
    16022: (400, "Conference does not exist or has completed"),
    16024: (400, "Invalid participant label"),
    16026: (400, "Participant label is already in use"),
    16027: (400, "The participant to coach is on hold"),
    16028: (400, "The participant to coach is not in the conference"),
    16099: (400, "Unexpected conference status"),
    20001: (400, "Invalid parameter"),
    20003: (401, "Authenticate"),
    20004: (405, "Method not allowed"),
    20005: (403, "Account not active"),
    20404: (404, "The requested resource was not found"),
    20429: (429, "Too Many Requests"),
    20500: (500, "An internal server error has occurred"),
    20503: (503, "Service Unavailable"),
    21201: (400, "No 'To' number is specified"),
    21205: (400, "Url is not a valid URL"),
    21206: (400, "Invalid SendDigits"),
    21210: (400, "'From' phone number not verified"),
    21211: (400, "The phone number you are attempting to call is not valid"),
    21212: (400, "The 'From' number is not a valid phone number, shortcode, or alphanumeric sender ID"),
    21213: (400, "'From' phone number is required"),
    21214: (400, "'To' phone number cannot be reached"),
    21215: (400, "Account not authorized to call. Perhaps you need to enable some international permissions"),
    21217: (400, "Phone number does not appear to be valid"),
    21218: (400, "Invalid ApplicationSid"),
    21219: (400, "'To' phone number not verified"),
    21220: (400, "Call is not in-progress. Cannot redirect."),
    21262: (400, "AmdStatusCallback is required for asynchronous machine detection"),
    21402: (400, "Invalid Url"),
    21403: (400, "Invalid Method"),
    21405: (400, "Cannot set VoiceFallbackUrl without setting Url"),
    21406: (400, "Cannot set SmsFallbackUrl without setting SmsUrl"),
    21420: (400, "ApplicationSid is not accessible"),
    21421: (400, "PhoneNumber is invalid"),
    21422: (400, "PhoneNumber is not available"),
    21449: (400, "Number already can be used for outgoing calls and messages"),
    21450: (400, "Phone number already validated on your account"),
    21451: (400, "Invalid area code"),
    21452: (400, "No phone numbers found in area code"),
    21454: (400, "Invalid CallDelay"),
    21458: (400, "PhoneNumber Provisioning Type Mismatch"),
    21475: (400, "Unable to update Status, invalid Status."),
    21477: (400, "Unable to update Status for parent accounts"),
    21602: (400, "Message body is required"),
    21603: (400, "A 'From' or 'MessagingServiceSid' parameter is required to send a message"),
    21604: (400, "The destination 'To' phone number is required to send an SMS"),
    21606: (400, "The 'From' phone number provided is not a valid message-capable Twilio phone number"),
    21608: (400, "The 'to' phone number provided is not yet verified for this account"),
    21609: (400, "Invalid 'StatusCallback'"),
    21610: (400, "Attempt to send to unsubscribed recipient"),
    21617: (400, "The concatenated message body exceeds the 1600 character limit"),
    22003: (400, "A queue with this name already exists"),
    30409: (409, "This message cannot be canceled"),
    70051: (403, "Authorization Failed"),
}


class RestError(Exception):
    """A refused request: the code, and its body with `body(path)`."""

    def __init__(self, code: int, message: str = "", status: int = 0) -> None:
        known, text = ERRORS.get(code, (400, "Invalid request"))
        self.code = code
        self.status = status or known
        self.message = message or text
        super().__init__(f"{self.status} {code} {self.message}")

    def body(self) -> dict[str, object]:
        """Returns the JSON body."""
        return {
            "code": self.code,
            "message": self.message,
            "more_info": f"https://www.twilio.com/docs/errors/{self.code}",
            "status": self.status,
        }


def not_found(path: str) -> RestError:
    """Returns the 404 for a resource path."""
    return RestError(20404, f"The requested resource {path} was not found")
