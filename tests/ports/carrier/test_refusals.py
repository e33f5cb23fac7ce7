"""What Twilio's codes mean for the one who deploys."""

from __future__ import annotations

import re

import pytest

from warmtransfer.config import KEYS
from warmtransfer.errors import CarrierGone, CarrierRefused
from warmtransfer.ports.carrier.refusals import MEANS, advice, refusal


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (10004, "WARMTRANSFER_MAX_CALLS"),
        (20003, "TWILIO_AUTH_TOKEN"),
        (20005, "TWILIO_ACCOUNT_SID"),
        (21205, "WARMTRANSFER_PUBLIC_URL"),
        (21210, "TWILIO_NUMBER"),
        (21215, "Geographic permissions"),
        (21218, "TWILIO_APP_SID"),
        (21219, "verify this human's number"),
        (21606, "WARMTRANSFER_CARDS_FROM"),
        (21608, "verify this human's number"),
        (21610, "START"),
        (30007, "A2P 10DLC"),
        (30034, "A2P 10DLC"),
        (573002, "TWILIO_NUMBER"),
        (573005, "finish the verification"),
    ],
)
def test_a_code_says_what_to_look_at_and_where_to_read_more(code: int, words: str) -> None:
    told = refusal("dial", 400, code, gone=False).advice
    assert words in told
    assert told.endswith(f". https://www.twilio.com/docs/api/errors/{code}")


@pytest.mark.parametrize("code", MEANS)
def test_what_a_code_means_names_only_keys_that_there_are(code: int) -> None:
    named = set(re.findall(r"\b(?:TWILIO|WARMTRANSFER|OPENAI)_[A-Z_]+\b", advice(code)))
    assert named <= {key.name for key in KEYS}


def test_a_code_of_which_we_know_nothing_has_its_page_all_the_same() -> None:
    assert advice(99999) == "https://www.twilio.com/docs/api/errors/99999"


def test_no_code_has_no_page() -> None:
    assert refusal("dial", 502, 0, gone=False).advice == ""


def test_a_trial_accounts_refusals_are_not_asked_again() -> None:
    assert type(refusal("dial", 400, 573005, gone=False)) is CarrierRefused
    assert type(refusal("end_call", 404, 20404, gone=True)) is CarrierGone
