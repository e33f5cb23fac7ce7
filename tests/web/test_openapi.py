"""The API's description: what is written there is what is answered, and the other way round."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from referencing import Registry
from referencing.jsonschema import DRAFT202012

import warmtransfer
from tests.desk.parts import eventually
from tests.web.site import Site
from tests.web.test_api import TOKEN
from warmtransfer.web.asking import FILTERS

BEARER = {"Authorization": f"Bearer {TOKEN}"}
API = "/warmtransfer/api"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """An app whose API is on."""
    site = Site(tmp_path, WARMTRANSFER_API_TOKEN=TOKEN)
    yield site
    site.close()


@pytest.fixture
def described(site: Site) -> dict[str, Any]:
    """What is served."""
    answer = site.client.get(f"{API}/openapi.json", headers=BEARER)
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json
    return found


def faults(described: dict[str, Any], path: str, method: str, status: int, data: Any) -> list[str]:
    """Where this answer is not as described."""
    answers = described["paths"][path][method]["responses"]
    schema = answers[str(status)]["content"]["application/json"]["schema"]
    registry: Any = Registry().with_resource("urn:api", DRAFT202012.create_resource(described))
    found = Draft202012Validator(within(schema), registry=registry).iter_errors(data)
    return [f"{each.json_path}: {each.message}" for each in found]


def within(schema: Any) -> Any:
    """The schema with its references into the description."""
    if isinstance(schema, dict):
        return {name: f"urn:api{it}" if name == "$ref" else within(it) for name, it in schema.items()}
    return [within(each) for each in schema] if isinstance(schema, list) else schema


def test_a_call_with_all_that_can_be_told_of_it_is_as_described(site: Site, described: Any) -> None:
    call_id = site.briefing()
    site.send(f"/human/{call_id}/1/gate", {"Digits": "2"})
    path = f"{API}/calls/{call_id}"
    eventually(lambda: site.client.get(path, headers=BEARER).json["attempts"][0]["told"])
    story = site.client.get(path, headers=BEARER)
    assert story.json["journal"]
    assert story.json["handoff"]
    assert faults(described, "/calls/{id}", "get", 200, story.json) == []
    site.send("/status", {"CallSid": site.call(call_id).caller_sid, "CallStatus": "completed"})
    listed = site.client.get(f"{API}/calls?limit=1", headers=BEARER)
    assert listed.json["calls"]
    assert faults(described, "/calls", "get", 200, listed.json) == []


def test_a_handoff_asked_for_and_its_refusals_are_as_described(site: Site, described: Any) -> None:
    call_id = site.arrive()
    site.join(call_id)
    path, url = "/calls/{id}/handoff", f"{API}/calls/{call_id}/handoff"
    for status, body in ((400, {"target": 7}), (400, {"who": "sam"}), (202, {"reason": "a refund"})):
        answer = site.client.post(url, headers=BEARER, json=body)
        assert answer.status_code == status
        assert faults(described, path, "post", status, answer.json) == []
    for status, where, headers in ((401, url, {}), (404, f"{API}/calls/none/handoff", BEARER)):
        answer = site.client.post(where, headers=headers)
        assert answer.status_code == status
        assert faults(described, path, "post", status, answer.json) == []


def test_whatever_goes_wrong_is_described_of_every_request(described: Any) -> None:
    """As docs/api.md promises of everything under the API."""
    for path, of in described["paths"].items():
        for method, operation in of.items():
            missing = {"400", "401", "404", "405", "413", "429", "500"} - {*operation["responses"]}
            assert not missing, (path, method)


def test_a_field_that_is_not_described_is_found(site: Site, described: Any) -> None:
    call_id = site.arrive()
    story = {**site.client.get(f"{API}/calls/{call_id}", headers=BEARER).json, "more": 1}
    assert "more" in " ".join(faults(described, "/calls/{id}", "get", 200, story))


def test_every_route_is_described_and_everything_described_is_a_route(site: Site, described: Any) -> None:
    rules = [each for each in site.app.url_map.iter_rules() if each.endpoint.startswith("warmtransfer_api.")]
    served = {
        (re.sub(r"<call(back)?_id>", "{id}", rule.rule.removeprefix(API)), method.lower())
        for rule in rules
        if not re.search(r"\.(not_|nothing)", rule.endpoint)
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert served == {(path, method) for path, of in described["paths"].items() for method in of}


def test_the_lists_parameters_are_those_that_are_taken(site: Site, described: Any) -> None:
    parameters = {each["name"]: each["schema"] for each in described["paths"]["/calls"]["get"]["parameters"]}
    assert {*parameters} == {*FILTERS}
    for name, schema in parameters.items():
        for value in schema.get("enum", ()):
            assert site.client.get(f"{API}/calls?{name}={value}", headers=BEARER).status_code == 200
    most = parameters["limit"]["maximum"]
    for limit, status in ((1, 200), (most, 200), (most + 1, 400), (0, 400)):
        assert site.client.get(f"{API}/calls?limit={limit}", headers=BEARER).status_code == status


def test_it_says_where_the_api_is_and_nothing_to_strangers(site: Site, described: Any) -> None:
    assert described["openapi"] == "3.1.0"
    assert described["info"]["version"] == warmtransfer.__version__
    assert described["servers"] == [{"url": f"{site.parts.settings.public_url}{API}"}]
    assert site.client.get(f"{API}/openapi.json").status_code == 401
    Draft202012Validator.check_schema(described["components"]["schemas"]["Story"])
    assert all(part.get("description") for part in fields(described["components"]["schemas"]))


def fields(schema: Any) -> Iterator[Any]:
    """Every field of every object, to whatever depth, but references and lists of them."""
    if isinstance(schema, list):
        for each in schema:
            yield from fields(each)
    elif isinstance(schema, dict):
        found = schema.get("properties", {}).values()
        yield from (each for each in found if each.get("type") in ("string", "number"))
        for each in schema.values():
            yield from fields(each)
