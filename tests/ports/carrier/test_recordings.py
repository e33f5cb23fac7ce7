"""Recordings are asked of our own account, by their SID alone, whole or not at all."""

from __future__ import annotations

import base64

import pytest
import requests
import responses

from warmtransfer import errors
from warmtransfer.ports.carrier.connecting import Account
from warmtransfer.ports.carrier.recordings import HOST, Recordings

SID = f"RE{'a' * 32}"
MEDIA = f"{HOST}/2010-04-01/Accounts/AC1/Recordings/{SID}.wav"
ITSELF = MEDIA.replace(".wav", ".json")


@pytest.fixture
def recordings() -> Recordings:
    return Recordings(Account("AC1", "secret"))


@responses.activate
def test_the_sound_is_fetched_with_the_accounts_key_from_twilio_alone(recordings: Recordings) -> None:
    responses.get(MEDIA, body=b"RIFF")
    assert recordings.fetch(f"https://elsewhere.example/{SID}", 100) == b"RIFF"
    sent = responses.calls[0].request
    assert sent.headers["Authorization"] == "Basic " + base64.b64encode(b"AC1:secret").decode()


@responses.activate
def test_what_is_too_large_or_names_no_recording_is_refused(recordings: Recordings) -> None:
    responses.get(MEDIA, body=b"x" * 101)
    with pytest.raises(errors.CarrierRefused):
        recordings.fetch(SID, 100)
    with pytest.raises(errors.CarrierRefused):
        recordings.fetch("https://elsewhere.example/file.wav", 100)
    assert len(responses.calls) == 1


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (404, errors.CarrierGone),
        (401, errors.CarrierRefused),
        (429, errors.CarrierBusy),
        (503, errors.CarrierBusy),
    ],
)
@responses.activate
def test_an_answer_that_is_no_sound_says_what_to_do(
    recordings: Recordings, status: int, kind: type[errors.CarrierError]
) -> None:
    responses.get(MEDIA, status=status)
    with pytest.raises(kind):
        recordings.fetch(SID, 100)


@responses.activate
def test_a_connection_that_breaks_is_ours_without_its_address(recordings: Recordings) -> None:
    responses.get(MEDIA, body=requests.ConnectionError(f"to {MEDIA}"))
    with pytest.raises(errors.CarrierUnsure) as caught:
        recordings.fetch(SID, 100)
    assert SID not in str(caught.value)


@responses.activate
def test_deleting_one_that_is_gone_is_done(recordings: Recordings) -> None:
    responses.delete(ITSELF, status=204)
    responses.delete(ITSELF, status=404)
    recordings.delete(SID)
    recordings.delete(SID)
    assert len(responses.calls) == 2
