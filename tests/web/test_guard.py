"""Nothing gets in that Twilio has not signed for the configured address."""

from __future__ import annotations

import io
import json
import logging
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, Request
from werkzeug.test import EnvironBuilder, run_wsgi_app

from tests.web.site import PUBLIC, Site, signature
from warmtransfer.web.doorstep import possible_host
from warmtransfer.web.guard import FORM_LIMIT, Guard

#: (URL, fields, what Twilio's own libraries compute with the token 12345 for it).
KNOWN = [
    (
        "https://mycompany.com/myapp.php?foo=1&bar=2",
        {"CallSid": "CA1234567890ABCDE", "Digits": "1234", "From": "+14158675309", "To": "+18005551212",
         "Caller": "+14158675309"},
        "RSOYDt4T1cUTdK1PDd93/VVr8B8=",
    ),
]  # fmt: skip


def request(url: str, form: dict[str, Any] | None = None, method: str = "POST", **headers: str) -> Request:
    """A request as it arrives behind a proxy that has taken TLS away."""
    path = "/" + url.split("://")[1].partition("/")[2]
    builder = EnvironBuilder(path=path, method=method, data=form, headers=headers)
    return Request(builder.get_environ())


@pytest.mark.parametrize(("url", "form", "sign"), KNOWN)
def test_our_own_signing_agrees_with_the_known_ones(url: str, form: dict[str, str], sign: str) -> None:
    assert signature(url, form, "12345") == sign


@pytest.mark.parametrize(("url", "form", "sign"), KNOWN)
def test_a_known_signature_is_admitted(url: str, form: dict[str, str], sign: str) -> None:
    guard = Guard("https://mycompany.com", "12345")
    assert guard.admits(request(url, form, **{"X-Twilio-Signature": sign}))


@pytest.mark.parametrize("asked", ["MyCompany.com", "mycompany.com", "MYCOMPANY.COM"])
def test_a_host_typed_in_other_letters_is_the_same_host(asked: str) -> None:
    """Twilio signs the URL as it was typed into its console, and asks for the host in the same letters."""
    url = f"https://{asked}/myapp.php"
    sign = signature(url, {"CallSid": "CA1"}, "12345")
    guard = Guard("https://mycompany.com", "12345")
    assert guard.admits(request(url, {"CallSid": "CA1"}, Host=asked, **{"X-Twilio-Signature": sign}))
    elsewhere = {"Host": "mycompany.com.evil.test", "X-Twilio-Signature": sign}
    assert guard.admits(request(url, {"CallSid": "CA1"}, **elsewhere)) is (asked == "mycompany.com")


@pytest.mark.parametrize("token", ["12345", "the other one"])
def test_both_tokens_of_an_account_sign_while_they_are_changed(token: str) -> None:
    guard = Guard("https://good.test", "12345", "the other one")
    url, form = "https://good.test/voice", {"CallSid": "CA1"}
    assert guard.admits(request(url, form, **{"X-Twilio-Signature": signature(url, form, token)}))
    media = {"X-Twilio-Signature": signature("wss://good.test/media", token=token)}
    assert guard.admits_stream(request("https://good.test/media", method="GET", **media))
    third = {"X-Twilio-Signature": signature(url, form, "a third one")}
    assert not guard.admits(request(url, form, **third))


def test_no_secondary_token_is_not_an_empty_one() -> None:
    url = "https://good.test/voice"
    forged = {"X-Twilio-Signature": signature(url, {"CallSid": "CA1"}, "")}
    assert not Guard("https://good.test", "12345").admits(request(url, {"CallSid": "CA1"}, **forged))


HOSTS = ["x:99999", "[::1", "[x]", "a b", "x:abc", "a\tb", "x:", "\x1b[2J", "]", ":80", "[::1]:70000"]


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("sign", ["", "A" * 27 + "="])
def test_an_impossible_host_is_refused_without_a_traceback(
    site: Site, host: str, sign: str, caplog: pytest.LogCaptureFixture
) -> None:
    environ = EnvironBuilder("/warmtransfer/voice", method="POST").get_environ()
    environ.update(HTTP_HOST=host, HTTP_X_TWILIO_SIGNATURE=sign, HTTP_X_FORWARDED_HOST=host)
    _, status, _ = run_wsgi_app(site.app, environ)
    assert status == ("403 FORBIDDEN" if host == "x:" else "400 Bad Request")
    assert not [each for each in caplog.records if each.exc_info]


@pytest.mark.parametrize("host", ["x:99999", "[::1", "[x]"])
def test_an_impossible_forwarded_host_is_not_tried(host: str) -> None:
    guard = Guard("https://good.test", "12345")
    headers = {"X-Forwarded-Host": host, "X-Twilio-Signature": "A" * 27 + "="}
    assert not guard.admits(request("https://good.test/voice", {"CallSid": "CA1"}, **headers))


@pytest.mark.parametrize("host", ["a.test", "a.test:8000", "[::1]:5000", "127.0.0.1", "", "a_b.test", "x:"])
def test_a_possible_host_is_no_matter(host: str) -> None:
    assert possible_host(host)


def test_repeated_fields_count_once_and_in_order() -> None:
    form = {"Sid": "CA123", "SidAccount": "AC123", "Digits": ["5678", "1234", "1234"]}
    sign = {"X-Twilio-Signature": "IK+Dwps556ElfBT0I3Rgjkr1wJU="}
    assert Guard("https://mycompany.com", "12345").admits(
        request("https://mycompany.com/myapp.php?foo=1&bar=2", form, **sign)
    )


def test_a_port_in_the_public_url_is_not_part_of_what_is_signed() -> None:
    url, form, sign = KNOWN[0]
    guard = Guard("https://mycompany.com:1234", "12345")
    assert guard.admits(request(url, form, **{"X-Twilio-Signature": sign}))


@pytest.mark.parametrize(
    "changed",
    [
        {"token": "12346"},
        {"url": "https://mycompany.com/myapp.php?foo=1&bar=3"},
        {"url": "https://mycompany.com/otherapp.php?foo=1&bar=2"},
        {"form": {"Digits": "1"}},
        {"form": {}},
        {"sign": ""},
        {"sign": "x" * 28},
        {"sign": "A" * 27 + "="},
        {"sign": KNOWN[0][2] + "\u00e9"},
    ],
)
def test_anything_changed_is_refused(changed: dict[str, Any]) -> None:
    url, form, sign = KNOWN[0]
    guard = Guard("https://mycompany.com", changed.get("token", "12345"))
    headers = {"X-Twilio-Signature": changed.get("sign", sign)}
    assert not guard.admits(request(changed.get("url", url), changed.get("form", form), **headers))


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.test"},
        {"Host": "evil.test", "X-Forwarded-Proto": "https"},
        {"X-Forwarded-Host": "evil.test"},
        {"X-Original-Host": "evil.test", "Forwarded": "host=evil.test;proto=https"},
    ],
)
def test_no_header_changes_the_address_that_is_checked(headers: dict[str, str]) -> None:
    guard = Guard("https://good.test", "12345")
    theirs = signature("https://evil.test/voice", {"CallSid": "CA1"}, "12345")
    ours = signature("https://good.test/voice", {"CallSid": "CA1"}, "12345")
    bad = request("https://evil.test/voice", {"CallSid": "CA1"}, **headers, **{"X-Twilio-Signature": theirs})
    good = request("https://evil.test/voice", {"CallSid": "CA1"}, **headers, **{"X-Twilio-Signature": ours})
    assert not guard.admits(bad)
    assert guard.admits(good)


@pytest.mark.parametrize("scheme", ["wss", "https"])
@pytest.mark.parametrize("slash", ["", "/"])
def test_a_handshake_is_admitted_in_all_four_spellings(scheme: str, slash: str) -> None:
    guard = Guard("https://good.test", "12345")
    sign = {"X-Twilio-Signature": signature(f"{scheme}://good.test/warmtransfer/media{slash}", token="12345")}
    assert guard.admits_stream(request("https://good.test/warmtransfer/media", method="GET", **sign))


@pytest.mark.parametrize(
    "url", ["wss://evil.test/media", "wss://good.test/other", "ws://good.test/media", ""]
)
def test_a_handshake_signed_for_anything_else_is_refused(url: str) -> None:
    guard = Guard("https://good.test", "12345")
    sign = {"X-Twilio-Signature": signature(url, token="12345")} if url else {}
    assert not guard.admits_stream(request("https://good.test/media", method="GET", **sign))


# What the log says ----------------------------------------------------------------------------------


def test_a_wrong_public_url_is_told_once_with_the_right_one(caplog: pytest.LogCaptureFixture) -> None:
    guard = Guard("https://old.test", "12345")
    sign = signature("https://new.test/voice", {"CallSid": "CA1"}, "12345")
    headers = {"Host": "new.test", "X-Twilio-Signature": sign}
    with caplog.at_level(logging.ERROR, "warmtransfer"):
        for _ in range(3):
            assert not guard.admits(request("https://new.test/voice", {"CallSid": "CA1"}, **headers))
    (record,) = caplog.records
    text = record.getMessage()
    assert "WARMTRANSFER_PUBLIC_URL" in text
    assert "https://old.test" in text
    assert "https://new.test" in text


def test_a_wrong_public_url_is_told_for_streams_too(caplog: pytest.LogCaptureFixture) -> None:
    guard = Guard("https://old.test", "12345")
    headers = {"Host": "new.test", "X-Twilio-Signature": signature("wss://new.test/media", token="12345")}
    assert not guard.admits_stream(request("https://new.test/media", method="GET", **headers))
    assert "https://new.test" in caplog.text


def test_a_forged_signature_is_told_once_and_shows_nothing_of_the_request(
    caplog: pytest.LogCaptureFixture,
) -> None:
    guard = Guard("https://good.test", "12345")
    headers = {"Host": "evil.test", "X-Twilio-Signature": "A" * 27 + "="}
    for _ in range(3):
        assert not guard.admits(
            request("https://good.test/voice?secret=1", {"From": "+15550109999"}, **headers)
        )
    (record,) = caplog.records
    assert "TWILIO_AUTH_TOKEN" in record.getMessage()
    assert not [word for word in ("evil", "secret", "15550109999", "12345") if word in record.getMessage()]


# Every route ----------------------------------------------------------------------------------------


def webhooks(app: Flask) -> list[str]:
    """Paths of all routes that Twilio posts to."""
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("warmtransfer.")]
    return [
        rule.rule.removeprefix("/warmtransfer")
        .replace("<call_id>", "c1")
        .replace("<int:n>", "1")
        .replace("<int:k>", "1")
        .replace("<int:room>", "1")
        for rule in rules
    ]


def test_every_webhook_refuses_what_is_unsigned_or_wrongly_signed_and_nothing_happens(site: Site) -> None:
    paths = webhooks(site.app)
    assert len(paths) >= 17
    form = {
        "CallSid": "CA1",
        "From": "+15550109999",
        "To": "+15550100000",
        "Digits": "1",
        "call": "c1",
        "leg": "1",
    }
    for path in paths:
        for signed in ("", "A" * 27 + "=", signature(PUBLIC + "/warmtransfer/other", form)):
            assert site.send(path, form, signed=signed).status_code == 403, path
        # What is entered at Twilio may have been set to GET.
        refused = 403 if path in ("/voice", "/status", "/ai") else 405
        assert site.client.get(f"/warmtransfer{path}").status_code == refused, path
    assert site.parts.desk.calls() == []
    assert site.carrier.names() == []


def test_an_unsigned_body_is_never_read(site: Site) -> None:
    class Watched(io.BytesIO):
        touched = False

        def read(self, size: int | None = -1) -> bytes:
            Watched.touched = True
            return super().read(size)

        def readinto(self, buffer: Any) -> int:
            Watched.touched = True
            return super().readinto(buffer)

    environ = EnvironBuilder("/warmtransfer/voice", method="POST").get_environ()
    environ.update({"CONTENT_LENGTH": "10", "CONTENT_TYPE": "application/x-www-form-urlencoded"})
    for sign in ("", "nonsense", "A" * 27 + "="):
        environ["wsgi.input"] = Watched(b"CallSid=CA")
        environ["HTTP_X_TWILIO_SIGNATURE"] = sign
        assert site.client.open(environ).status_code == 403
        assert Watched.touched == (sign not in ("", "nonsense"))


def test_a_form_that_is_too_large_is_refused(site: Site) -> None:
    form = {"CallSid": "CA1", "Filler": "x" * FORM_LIMIT}
    assert site.send("/voice", form).status_code == 413
    assert site.parts.desk.calls() == []


def test_a_form_with_too_many_fields_or_another_kind_of_body_is_refused(site: Site) -> None:
    body = json.dumps({"CallSid": "CA1"})
    sign = {"X-Twilio-Signature": signature(f"{PUBLIC}/warmtransfer/voice")}
    answer = site.client.post("/warmtransfer/voice", data=body, headers=sign, content_type="application/json")
    assert answer.status_code == 400
    assert site.parts.desk.calls() == []


def test_the_public_url_may_have_a_path_of_its_own(tmp_path: Path) -> None:
    site = Site(tmp_path, WARMTRANSFER_PUBLIC_URL="https://front.test/behind")
    try:
        form = {"CallSid": "CA1", "From": "+15550109999", "To": "+15550100000"}
        sign = signature("https://front.test/behind/warmtransfer/voice", form)
        answer = site.client.post("/warmtransfer/voice", data=form, headers={"X-Twilio-Signature": sign})
        assert answer.status_code == 200
        assert b"https://front.test/behind/warmtransfer/room/" in answer.data
    finally:
        site.close()
