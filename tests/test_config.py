"""Configuration: everything wrong is said at once, and what is right is read with its type."""

from __future__ import annotations

import dataclasses
import itertools
from pathlib import Path
from typing import Any

import pytest

from warmtransfer.config import KEYS, Settings, database, from_environment, load
from warmtransfer.core.call import Style
from warmtransfer.core.rules import Human
from warmtransfer.core.words import Show
from warmtransfer.errors import ConfigError

GOOD: dict[str, str] = {
    "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
    "TWILIO_AUTH_TOKEN": "0123456789",
    "TWILIO_APP_SID": "AP" + "0" * 32,
    "TWILIO_NUMBER": "+15550100000",
    "OPENAI_API_KEY": "sk-test",
    "WARMTRANSFER_PUBLIC_URL": "https://warmtransfer.test",
    "WARMTRANSFER_HUMANS": "sam=+15550100001,kim=+15550100002",
}


def faults(**changed: Any) -> list[str]:
    """What is said about the good configuration with these keys changed."""
    with pytest.raises(ConfigError) as caught:
        load({**GOOD, **changed})
    return list(caught.value.faults)


def test_a_good_environment_is_read_with_its_types() -> None:
    given = {"WARMTRANSFER_RING_SECONDS": "12.5", "PORT": "5001", "WARMTRANSFER_BRIEFING": "announce"}
    settings = load({**GOOD, **given, "SOMEBODY_ELSES": "key"})
    assert settings.ring_seconds == 12.5
    assert settings.port == 5001
    assert settings.humans == (
        Human("sam", "+15550100001", style=Style.ANNOUNCE, ring=12.5),
        Human("kim", "+15550100002", style=Style.ANNOUNCE, ring=12.5),
    )
    assert settings.rules().humans == settings.humans


def test_text_that_looks_like_a_number_stays_text() -> None:
    settings = load({**GOOD, "TWILIO_AUTH_TOKEN": "12e5", "OPENAI_API_KEY": "007"})
    assert (settings.auth_token, settings.openai_key) == ("12e5", "007")


def test_every_fault_is_told_at_once_with_what_the_key_is_for() -> None:
    with pytest.raises(ConfigError) as caught:
        load({"TWILIO_NUMBER": "123", "WARMTRANSFER_HUMANS": "sam", "PORT": "many"})
    told = str(caught.value)
    for key in KEYS:
        if key.required or key.name == "PORT":
            assert key.name in told
        if key.required and key.name not in ("TWILIO_NUMBER", "WARMTRANSFER_HUMANS"):
            assert f"{key.name} is missing. {key.sentence}" in told
    assert len(caught.value.faults) == len([key for key in KEYS if key.required]) + 1


def test_empty_text_counts_as_not_given() -> None:
    assert load({**GOOD, "PORT": " ", "WARMTRANSFER_COMPANY": ""}).port == 8000
    assert faults(TWILIO_AUTH_TOKEN="  ")[0].startswith("TWILIO_AUTH_TOKEN is missing")


def test_the_environment_is_taken_as_text_and_only_our_keys() -> None:
    environ = {**GOOD, "HOME": "/root", "PORT": "80", "WARMTRANSFER_COMPANY": ""}
    assert from_environment(environ) == {**GOOD, "PORT": "80"}


def test_without_an_argument_it_is_the_environment_of_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WARMTRANSFER_COMPANY", "Environment & Sons")
    assert from_environment()["WARMTRANSFER_COMPANY"] == "Environment & Sons"


def test_where_calls_are_kept_can_be_read_by_itself() -> None:
    assert database({}) == "sqlite:///warmtransfer.sqlite3"
    assert database({"DATABASE_URL": " postgres://u@h/d "}) == "postgres://u@h/d"
    with pytest.raises(ConfigError, match="DATABASE_URL is wrong"):
        database({"DATABASE_URL": "mysql://h/d"})


def test_a_settings_field_belongs_to_every_key_and_the_other_way_round() -> None:
    of_humans = {"departments", "ask_humans", "usual"}  # what else WARMTRANSFER_HUMANS comes to
    names = [field.name for field in dataclasses.fields(Settings) if field.name not in of_humans]
    assert names == sorted((key.field for key in KEYS), key=names.index)
    assert len({key.name for key in KEYS}) == len({key.field for key in KEYS}) == len(KEYS)


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key.name)
def test_every_key_says_what_it_is_for_and_has_a_default_its_reader_takes(key: Any) -> None:
    assert key.sentence.endswith(".")
    assert len(key.sentence.split()) > 2
    if key.default not in ("", (), frozenset()):
        assert key.parse(key.default) == key.default


def test_secrets_and_numbers_are_not_in_the_settings_text() -> None:
    secrets = {
        "TWILIO_AUTH_TOKEN": "tokentokentoken",
        "TWILIO_AUTH_TOKEN_SECONDARY": "othertokenothertoken",
        "OPENAI_API_KEY": "sk-secretsecret",
        "TWILIO_API_KEY": "SK" + "0" * 32,
        "TWILIO_API_SECRET": "hushhushhushhush",
        "WARMTRANSFER_API_TOKEN": "bearerbearerbearer",
        "WARMTRANSFER_CONSOLE_PASSWORD": "horsehorsehorse",
        "WARMTRANSFER_METRICS_TOKEN": "promepromeprome1",
        "WARMTRANSFER_EVENTS_SECRET": "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
        "DATABASE_URL": "postgres://u:passpass@host/db",
    }
    address = {"WARMTRANSFER_EVENTS_URL": "https://crm.test/hooks?key=keykeykey"}
    text = repr(load({**GOOD, **secrets, **address}))
    hidden = [value for name, value in secrets.items() if name != "TWILIO_API_KEY"]
    hidden += ["keykeykey", repr(bytes(range(8)))[2:-1]]
    assert not [value for value in [*hidden, "+1555"] if value in text]
    assert {key.name for key in KEYS if key.secret} == set(secrets) - {"TWILIO_API_KEY"}


def test_events_have_an_address_and_a_secret_or_neither() -> None:
    secret = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
    url = "https://crm.test/hooks/"
    for lonely in ({"WARMTRANSFER_EVENTS_URL": url}, {"WARMTRANSFER_EVENTS_SECRET": secret}):
        (fault,) = faults(**lonely)
        assert "belong together" in fault
    both = {"WARMTRANSFER_EVENTS_URL": url, "WARMTRANSFER_EVENTS_SECRET": f"{secret}, {secret[:-12]}"}
    settings = load({**GOOD, **both})
    assert settings.events_url == url, "a slash at the end is kept"
    assert settings.events_secret[0] == bytes(range(32))
    assert len(settings.events_secret) == 2


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("TWILIO_ACCOUNT_SID", "AC12"),
        ("TWILIO_ACCOUNT_SID", "AP" + "0" * 32),
        ("TWILIO_APP_SID", "PN" + "0" * 32),
        ("TWILIO_NUMBER", "0123456"),
        ("TWILIO_NUMBER", "+1555"),
        ("WARMTRANSFER_PUBLIC_URL", "warmtransfer.test"),
        ("WARMTRANSFER_PUBLIC_URL", "https://warmtransfer.test/?a=b"),
        ("WARMTRANSFER_PUBLIC_URL", "https://user:pass@warmtransfer.test"),
        ("WARMTRANSFER_PUBLIC_URL", "https://"),
        ("WARMTRANSFER_PUBLIC_URL", "https:// /"),
        ("WARMTRANSFER_PUBLIC_URL", "https://:443"),
        ("WARMTRANSFER_PUBLIC_URL", "https://*"),
        ("WARMTRANSFER_PUBLIC_URL", "https://*.warmtransfer.test"),
        ("WARMTRANSFER_PUBLIC_URL", "https://warm transfer.test"),
        ("WARMTRANSFER_PUBLIC_URL", "https://wärm.test"),
        ("WARMTRANSFER_PUBLIC_URL", "https://-a.test"),
        ("WARMTRANSFER_PUBLIC_URL", "https://999.1.1.1"),
        ("WARMTRANSFER_PUBLIC_URL", "https://a..test"),
        ("WARMTRANSFER_PUBLIC_URL", "https://warmtransfer.test/a b"),
        ("WARMTRANSFER_PUBLIC_URL", "https://warmtransfer.test/a/../b"),
        ("WARMTRANSFER_PUBLIC_URL", "https://warmtransfer.test/warmtransfer/voice"),
        ("WARMTRANSFER_URL_PREFIX", "no slash"),
        ("WARMTRANSFER_URL_PREFIX", "/.."),
        ("WARMTRANSFER_URL_PREFIX", "/a/./b"),
        ("WARMTRANSFER_REALTIME_URL", "https://api.openai.com"),
        ("WARMTRANSFER_RING_SECONDS", "nan"),
        ("WARMTRANSFER_RING_SECONDS", "1"),
        ("WARMTRANSFER_GATE_SECONDS", "2.5"),
        ("WARMTRANSFER_BRIEFING", "shout"),
        ("WARMTRANSFER_COUNTRIES", "US,XX"),
        ("WARMTRANSFER_LIMITS", "briefing=soon"),
        ("WARMTRANSFER_LIMITS", "patience=3"),
        ("WARMTRANSFER_API_TOKEN", "short"),
        ("WARMTRANSFER_EVENTS_URL", "crm.example.test/hooks"),
        ("WARMTRANSFER_EVENTS_URL", "https://user:pass@crm.example.test/hooks"),
        ("WARMTRANSFER_EVENTS_SECRET", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="),
        ("WARMTRANSFER_EVENTS_SECRET", "whsec_AAEC"),
        ("WARMTRANSFER_EVENTS_SECRET", "whsec_not base64 at all, but long enough"),
        ("WARMTRANSFER_LANGUAGE", "english"),
        ("WARMTRANSFER_MAX_CALLS", "0"),
        ("WARMTRANSFER_CPS", "0"),
        ("WARMTRANSFER_CPS", "-1"),
        ("WARMTRANSFER_CPS", "one"),
        ("WARMTRANSFER_CPS", "nan"),
        ("WARMTRANSFER_CPS", "501"),
        ("WARMTRANSFER_INSTRUCTIONS", "nowhere/to/be/found.txt"),
        ("DATABASE_URL", "mysql://host/db"),
        ("WARMTRANSFER_COMPANY", "Caf\udce9"),
        ("PORT", "70000"),
    ],
)
def test_a_wrong_value_is_refused_and_its_key_named(key: str, value: str) -> None:
    (fault,) = faults(**{key: value})
    assert fault.startswith(f"{key} is wrong: ")


def test_an_unknown_provider_is_refused_by_a_list_of_those_there_are() -> None:
    with pytest.raises(ConfigError, match="'parot' is none of openai, parrot"):
        load({**GOOD, "WARMTRANSFER_PROVIDER": "parot"}, ("parrot", "openai"))


def test_a_key_that_one_provider_needs_is_asked_for_by_no_other() -> None:
    keyless = {name: value for name, value in GOOD.items() if name != "OPENAI_API_KEY"}
    assert load({**keyless, "WARMTRANSFER_PROVIDER": "parrot"}, ("parrot", "openai")).provider == "parrot"
    with pytest.raises(ConfigError, match="OPENAI_API_KEY is missing"):
        load(keyless, ("parrot", "openai"))


def test_an_api_key_needs_its_secret() -> None:
    assert "belong together" in faults(TWILIO_API_KEY="SK" + "0" * 32)[0]


@pytest.mark.parametrize("url", ["http://warmtransfer.test", "https://localhost", "https://127.0.0.1:5000"])
def test_a_public_url_that_twilio_cannot_use_is_refused_unless_simulated(url: str) -> None:
    assert faults(WARMTRANSFER_PUBLIC_URL=url)[0].startswith("WARMTRANSFER_PUBLIC_URL")
    simulated = {"WARMTRANSFER_PUBLIC_URL": url, "TWILIO_API_BASE_URL": "http://127.0.0.1:9000"}
    assert load({**GOOD, **simulated}).public_url == url


@pytest.mark.parametrize("port", ["99999", "0", "x", "", "-1"])
def test_an_impossible_port_is_told_as_such(port: str) -> None:
    (fault,) = faults(WARMTRANSFER_PUBLIC_URL=f"https://warmtransfer.test:{port}")
    assert "its port is no number from 1 to 65535" in fault


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("HTTPS://Warmtransfer.TEST/Base", "https://warmtransfer.test/Base"),
        ("https://calls.example.com.:8443", "https://calls.example.com.:8443"),
        ("https://a_b.example.com", "https://a_b.example.com"),
        ("https://[2001:DB8::1]:8443", "https://[2001:db8::1]:8443"),
        ("https://192.0.2.7", "https://192.0.2.7"),
    ],
)
def test_a_public_url_is_read_as_clients_send_it(given: str, read: str) -> None:
    """Twilio signs the URL that it requests, and there a host is written small."""
    assert load({**GOOD, "WARMTRANSFER_PUBLIC_URL": given}).public_url == read


def test_a_url_that_python_cannot_take_apart_is_told_in_our_words() -> None:
    assert "a bracket is open" in faults(WARMTRANSFER_PUBLIC_URL="https://[::1")[0]


def test_the_public_url_loses_its_last_slash() -> None:
    assert (
        load({**GOOD, "WARMTRANSFER_PUBLIC_URL": "https://a.test/base/"}).public_url == "https://a.test/base"
    )


def test_several_processes_need_postgres_and_are_told_why() -> None:
    (fault,) = faults(WEB_CONCURRENCY="2")
    assert "WEB_CONCURRENCY=1" in fault
    assert "DATABASE_URL" in fault
    assert load({**GOOD, "WEB_CONCURRENCY": "2", "DATABASE_URL": "postgres://u@h/d"}).processes == 2


def test_time_limits_change_the_rules() -> None:
    rules = load({**GOOD, "WARMTRANSFER_LIMITS": "briefing=40, connecting=10"}).rules()
    assert (rules.briefing, rules.connecting, rules.joining) == (40.0, 10.0, 5.0)


def test_a_gate_that_waits_longer_gives_the_briefing_more_time() -> None:
    """Else the limit would end the leg of a human who is still being asked."""
    rules = load({**GOOD, "WARMTRANSFER_GATE_SECONDS": "30"}).rules()
    assert rules.briefing == load(GOOD).rules().briefing + 50.0
    given = {"WARMTRANSFER_GATE_SECONDS": "30", "WARMTRANSFER_LIMITS": "briefing=70"}
    assert load({**GOOD, **given}).rules().briefing == 70.0


def test_instructions_may_stand_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "shop.txt").write_text("You sell tea.\nBe kind.\n")
    assert load({**GOOD, "WARMTRANSFER_INSTRUCTIONS": str(tmp_path / "shop.txt")}).instructions == (
        "You sell tea.\nBe kind."
    )


# Humans ---------------------------------------------------------------------------------------------


def test_humans_may_stand_in_a_toml_file(tmp_path: Path) -> None:
    path = tmp_path / "humans.toml"
    path.write_text(
        '[[human]]\nname = "sam"\nnumber = "+15550100001"\n'
        'department = "sales"\ndescription = "invoices"\nring = 20\nbriefing = "redirect"\n'
        '[[human]]\nname = "kim"\nnumber = "+1 (555) 010-0002"\n'
    )
    sam, kim = load({**GOOD, "WARMTRANSFER_HUMANS": str(path)}).humans
    assert sam == Human(
        "sam", "+15550100001", "invoices", Style.REDIRECT, 20.0, departments=("sales",)
    )
    assert kim == Human("kim", "+15550100002")


def test_humans_may_be_given_in_python() -> None:
    for given in (
        [Human("sam", "+15550100001")],
        [{"name": "sam", "number": "+15550100001"}],
        {"sam": "+15550100001"},
    ):
        assert load({**GOOD, "WARMTRANSFER_HUMANS": given}).humans == (Human("sam", "+15550100001"),)


@pytest.mark.parametrize(
    ("humans", "said"),
    [
        ("sam", "name=+15550100001"),
        ("sam=+1555", "digits"),
        ("sam=5550100001", "E.164"),
        ("sam=+15550100001,Sam=+15550100002", "twice"),
        ("sam=+19005550100", "premium"),
        ("sam=+18765551234", "JM"),
        ("sam=+442079460000", "GB"),
        ("nowhere.toml", "cannot be read"),
        ([{"name": "sam", "number": "+15550100001", "ringing": 3}], "ringing"),
        ([{"name": "sam", "number": "+15550100001", "ring": True}], "ring is True"),
        ([{"name": "sam", "number": "+15550100001", "briefing": "loud"}], "loud"),
        ([{"number": "+15550100001"}], "name"),
        ([7], "neither"),
        ([{"name": "s\x07am", "number": "+15550100001"}], "control character"),
        ([{"name": "sam", "number": "+15550100001", "description": "\ufffe"}], "control character"),
        (f"sam={GOOD['TWILIO_NUMBER']}", "TWILIO_NUMBER itself"),
        (7, "a list of humans"),
        (",,,", "names nobody"),
        (" , ", "names nobody"),
        ([], "names nobody"),
        ({}, "names nobody"),
        ([{"name": ["sam"], "number": "+15550100001"}], "name is no text"),
        ([{"name": "sam", "number": 15550100001}], 'put it in quotes, as in number = "+15550100001"'),
        ([{"name": "sam", "number": "+15550100001", "description": ["a", "b"]}], "description is no text"),
    ],
)
def test_wrong_humans_are_refused(humans: object, said: str) -> None:
    (fault,) = faults(WARMTRANSFER_HUMANS=humans)
    assert fault.startswith("WARMTRANSFER_HUMANS: ")
    assert said in fault


@pytest.mark.parametrize("number", ["+447012345678", "+447640123456"])
def test_personal_and_pager_numbers_are_dear_and_have_to_be_allowed(number: str) -> None:
    british = {"WARMTRANSFER_HUMANS": f"sam={number}", "WARMTRANSFER_COUNTRIES": "GB"}
    (fault,) = faults(**british)
    assert "dear to dial" in fault
    assert "PREMIUM" in fault
    assert len(load({**GOOD, **british, "WARMTRANSFER_COUNTRIES": "GB,PREMIUM"}).humans) == 1


@pytest.mark.parametrize("number", ["+447701234567", "+447912345678"])
def test_british_mobiles_are_not_dear(number: str) -> None:
    british = {"WARMTRANSFER_HUMANS": f"sam={number}", "WARMTRANSFER_COUNTRIES": "GB"}
    assert [human.number for human in load({**GOOD, **british}).humans] == [number]


def test_a_file_of_humans_that_is_nested_too_deeply_is_told_as_such(tmp_path: Path) -> None:
    path = tmp_path / "humans.toml"
    path.write_text(f"human = {'[' * 5000}{']' * 5000}")
    (fault,) = faults(WARMTRANSFER_HUMANS=str(path))
    assert "nested too deeply" in fault


def test_several_wrong_humans_are_told_together_and_their_numbers_are_not() -> None:
    told = faults(WARMTRANSFER_HUMANS="sam=+442079460000,kim=+493012345678")
    assert len(told) == 2
    assert not [number for number in ("442079460000", "493012345678") if number in "".join(told)]


def test_listed_countries_and_premium_numbers_are_allowed() -> None:
    humans = "sam=+442079460000,kim=+19005550100"
    settings = load({**GOOD, "WARMTRANSFER_HUMANS": humans, "WARMTRANSFER_COUNTRIES": "us, gb, premium"})
    assert settings.countries == frozenset({"US", "GB", "PREMIUM"})
    assert [human.name for human in settings.humans] == ["sam", "kim"]


def test_the_default_country_is_that_of_our_own_number() -> None:
    german = {"TWILIO_NUMBER": "+4930123456", "WARMTRANSFER_HUMANS": "sam=+4930123457"}
    assert load({**GOOD, **german}).countries == frozenset({"DE"})
    for mine, theirs in itertools.permutations(["+4930123456", "+15550100001"]):
        assert len(faults(TWILIO_NUMBER=mine, WARMTRANSFER_HUMANS=f"sam={theirs}")) == 1


def test_our_sentences_are_given_as_a_mapping_or_in_a_file(tmp_path: Path) -> None:
    path = tmp_path / "words.toml"
    path.write_text('moment = "Un momento"\n', encoding="utf-8")
    for given in ({"moment": "Un momento"}, str(path), path):
        settings = load({**GOOD, "WARMTRANSFER_LANGUAGE": "es", "WARMTRANSFER_WORDS": given})
        ours = settings.rules().words
        assert (ours.moment, ours.locale) == ("Un momento", "es-ES")


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ({"hello": "Hi"}, "'hello' is none of"),
        ({"moment": 1}, "give text"),
        ("missing.toml", "the file cannot be read"),
        (5, "give a mapping of names to sentences"),
    ],
)
def test_sentences_that_cannot_be_said_are_a_fault(given: Any, fault: str) -> None:
    (told,) = faults(WARMTRANSFER_WORDS=given)
    assert told.startswith(f"WARMTRANSFER_WORDS is wrong: {fault}")


def test_what_a_human_is_shown_is_one_of_four() -> None:
    assert load(GOOD).show is Show.OWN
    assert load({**GOOD, "WARMTRANSFER_SHOW": "both"}).show.said
    (told,) = faults(WARMTRANSFER_SHOW="theirs")
    assert "none of own, said, caller, both" in told
