"""`flask warmtransfer humans`: who could be rung, now or then, and why the others could not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, current_app

from tests.commands.parts import run, saved
from tests.test_config import GOOD
from tests.web.site import Site
from warmtransfer import WarmTransfer
from warmtransfer.clock import Clock
from warmtransfer.config import load
from warmtransfer.directory import Directory
from warmtransfer.setup.doctor.duty import duty
from warmtransfer.setup.doctor.line import Line, Verdict

TEAM = """
time_zone = "Europe/Berlin"
[[department]]
name = "billing"
description = "invoices"
hours = "mon-fri 9:00-17:00"
[[human]]
name = "sam"
number = "+15550100001x12"
department = "billing"
[[human]]
name = "kim"
number = "client:kim"
hours = "daily 12-20"
[[human]]
name = "pat"
number = "+15550100003"
away = true
"""


@pytest.fixture
def stopping() -> Iterator[list[Flask]]:
    """Apps to be stopped."""
    apps: list[Flask] = []
    yield apps
    for app in apps:
        app.extensions["warmtransfer"].life.stop()


def made(stopping: list[Flask], tmp_path: Path, humans: Any, **more: str) -> Flask:
    """An app with these humans."""
    app = Flask("host")
    app.config.update({**GOOD, "DATABASE_URL": f"sqlite:///{tmp_path}/calls.sqlite3"})
    app.config.update(more, WARMTRANSFER_HUMANS=humans)
    WarmTransfer(app)
    stopping.append(app)
    return app


def printed(app: Flask, *arguments: str, status: int = 0) -> str:
    """What the command prints."""
    done = app.test_cli_runner().invoke(args=["warmtransfer", "humans", *arguments])
    assert done.exit_code == status, done.output
    return str(done.output)


def test_everybody_is_told_with_the_reason(stopping: list[Flask], tmp_path: Path) -> None:
    path = tmp_path / "team.toml"
    path.write_text(TEAM)
    app = made(stopping, tmp_path, str(path))
    at, *lines = printed(app, "--at", "2026-12-07T18:00+01:00").splitlines()
    assert at == "at 2026-12-07 17:00:00 +0000 (UTC)"
    assert lines == [
        "",
        "departments",
        "  billing  Billing opens tomorrow at 9:00 Berlin time.  (sam)",
        "",
        "humans",
        "  sam      Sam is there again tomorrow at 9:00 Berlin time.  (+15550100001, then wwww12)",
        "  kim      can be rung until 20:00 Berlin time  (client:kim)",
        "  pat      Pat is away.  (+15550100003)",
    ]


def test_times_are_read_and_told_in_the_zone_of_the_deployment(
    stopping: list[Flask], tmp_path: Path
) -> None:
    human = [{"name": "sam", "number": "+15550100001", "hours": "never"}]
    app = made(stopping, tmp_path, human, WARMTRANSFER_TIME_ZONE="Asia/Tokyo")
    told = printed(app, "--at", "2026-12-07T18:00")
    assert told.splitlines()[0] == "at 2026-12-07 18:00:00 +0900 (Asia/Tokyo)"
    for beyond in ("9999-12-31T23:00", "0001-01-01"):
        assert "is no time" in printed(app, "--at", beyond, status=2)


def test_a_program_gets_the_same(stopping: list[Flask], tmp_path: Path) -> None:
    path = tmp_path / "team.toml"
    path.write_text(TEAM)
    found = json.loads(
        printed(made(stopping, tmp_path, str(path)), "--at", "2026-12-07T18:00+01:00", "--json")
    )
    assert found["at"] == 1796662800.0
    (billing,) = found["departments"]
    assert billing == {
        "name": "billing",
        "humans": ["sam"],
        "reachable": False,
        "why": "closed",
        "reason": "Billing opens tomorrow at 9:00 Berlin time.",
        "until": 1796716800.0,
    }
    assert [each["reachable"] for each in found["humans"]] == [False, True, False]
    assert found["humans"][2] == {
        "name": "pat",
        "number": "+15550100003",
        "numbers": ["+15550100003"],
        "departments": [],
        "reachable": False,
        "why": "away",
        "reason": "Pat is away.",
    }


def test_a_function_is_asked_within_the_app_and_its_fault_is_told(
    stopping: list[Flask], tmp_path: Path
) -> None:
    answers: list[Any] = [[{"name": "zoe", "number": "+15550100004"}], [{"name": "zoe"}]]

    def people() -> Any:
        assert current_app.name == "host"
        return answers.pop(0)

    app = made(stopping, tmp_path, people)
    assert "zoe  can be rung  (+15550100004)" in printed(app)
    told = printed(app, status=1)
    assert "Nobody: callers are offered to leave a message." in told
    assert "The list could not be asked for anew: human 1 (zoe): a number is needed." in told


def test_a_time_that_is_none_is_refused(stopping: list[Flask], tmp_path: Path) -> None:
    app = made(stopping, tmp_path, "sam=+15550100001")
    assert "noon is no time: give a date as 2026-12-24" in printed(app, "--at", "noon", status=2)


def test_somebody_is_taken_off_duty_and_back_by_name(stopping: list[Flask], tmp_path: Path) -> None:
    app = made(stopping, tmp_path, "sam=+15550100001,kim=+15550100002")
    app.extensions["warmtransfer"].records.open()
    assert "sam  Sam is away.  (+15550100001)" in printed(app, "--away", "Sam")
    assert [each.by for each in app.extensions["warmtransfer"].records.duty.away()] == ["the command line"]
    told = printed(app, "--back", "sam", "--away", "kim")
    assert "sam  can be rung" in told
    assert "Kim is away." in told


def test_a_humans_own_page_has_a_link_and_another_voids_it(stopping: list[Flask], tmp_path: Path) -> None:
    app = made(stopping, tmp_path, "sam=+15550100001,kim=+15550100002")
    app.extensions["warmtransfer"].records.open()
    links, client = app.extensions["warmtransfer"].links, app.test_client()
    assert printed(app, "--link", "Sam").strip() == links.page("sam", 1)
    assert printed(app, "--link", "sam").strip() == links.page("sam", 1)
    assert client.get(f"/warmtransfer/my/{links.seals.page('sam', 1)}").status_code == 200
    assert printed(app, "--new-link", "sam").strip() == links.page("sam", 2)
    assert client.get(f"/warmtransfer/my/{links.seals.page('sam', 2)}").status_code == 200
    assert client.get(f"/warmtransfer/my/{links.seals.page('sam', 1)}").status_code == 404
    assert "eve is not one of the humans" in printed(app, "--link", "eve", status=2)


def test_a_department_that_nobody_is_in_is_listed_with_that(stopping: list[Flask], tmp_path: Path) -> None:
    human = {"name": "sam", "number": "+15550100001"}
    app = made(stopping, tmp_path, {"department": [{"name": "legal"}], "human": [human]})
    assert "  legal  Nobody of Legal is there now." in printed(app).splitlines()
    (legal,) = json.loads(printed(app, "--json"))["departments"]
    told = {"why": "empty", "reason": "Nobody of Legal is there now."}
    assert legal == {"name": "legal", "humans": [], "reachable": False, **told}


def test_a_name_that_nobody_bears_changes_nothing(stopping: list[Flask], tmp_path: Path) -> None:
    app = made(stopping, tmp_path, "sam=+15550100001,kim=+15550100002")
    app.extensions["warmtransfer"].records.open()
    told = printed(app, "--away", "sam", "--away", "zoe", status=2)
    assert "zoe is not one of the humans: sam, kim" in told
    assert app.extensions["warmtransfer"].records.duty.away() == ()


# The doctor's part ----------------------------------------------------------------------------------


def looked(humans: Any, **more: Any) -> list[Line]:
    """What the doctor says of these."""
    people = Directory(load({**GOOD, **more, "WARMTRANSFER_HUMANS": humans}), Clock())
    people.renew()
    return list(duty(people))


def test_the_doctor_names_who_may_be_rung() -> None:
    [line] = looked("sam=+15550100001,kim=+15550100002")
    assert line.verdict is Verdict.OK
    assert line.found == "sam, kim may be rung, in this order; now sam, kim"


def test_the_doctor_warns_when_nobody_is_on_duty() -> None:
    [line] = looked([{"name": "sam", "number": "+15550100001", "away": True}])
    assert (line.verdict, line.what) == (Verdict.WARNING, "nobody on duty")
    assert line.found == "whoever asks is offered to leave a message: Sam is away"
    [line] = looked(list)
    assert (line.verdict, line.what) == (Verdict.WARNING, "nobody on duty")


def test_the_doctor_warns_of_a_department_without_anybody_and_of_hours_that_never_begin() -> None:
    lines = looked(
        {
            "department": [{"name": "billing"}],
            "human": [
                {"name": "sam", "number": "+15550100001"},
                {"name": "kim", "number": "+15550100002", "hours": "never"},
            ],
        }
    )
    assert [(line.verdict, line.what) for line in lines] == [
        (Verdict.WARNING, "the department billing"),
        (Verdict.WARNING, "kim"),
        (Verdict.OK, "WARMTRANSFER_HUMANS"),
    ]


def test_the_doctor_warns_of_a_plan_for_a_department_that_nobody_is_in() -> None:
    human = {"name": "sam", "number": "+15550100001", "department": "Billing"}
    plans = [{"department": "billing", "ring": "all at once"}, {"department": "sales"}, {"ring": "in turn"}]
    lines = looked({"human": [human], "plan": plans})
    assert [(line.verdict, line.what) for line in lines] == [
        (Verdict.WARNING, "the plan of sales"),
        (Verdict.OK, "WARMTRANSFER_HUMANS"),
    ]


def test_the_doctor_warns_of_a_language_in_which_our_sentences_are_not_written() -> None:
    humans = [
        {"name": name, "number": f"+1555010001{n}", "language": language}
        for n, (name, language) in enumerate((("sam", "de"), ("kim", "ja"), ("lee", "xx"), ("zoe", "ja")))
    ]
    found = [line for line in looked(humans) if line.verdict is Verdict.WARNING]
    assert [line.what for line in found] == ["the language of kim, zoe", "the language of lee"]
    assert found[0].found == "is ja, in which our own sentences are not written: they are said in English"
    words = {"WARMTRANSFER_LANGUAGE": "ja", "WARMTRANSFER_WORDS": {"locale": "ja-JP"}}
    assert [line.what for line in looked(humans, **words) if line.verdict is Verdict.WARNING] == [
        "the language of lee"
    ], "the deployment has its own words for it"


def test_the_doctor_tells_the_fault_of_a_function() -> None:
    [line] = looked(lambda: 7)
    assert line.verdict is Verdict.FAULT
    assert "give `name=+15550100001" in line.found


def test_who_is_on_a_call_or_off_duty_is_told_now_and_not_of_another_time(tmp_path: Path) -> None:
    site = Site(tmp_path, WARMTRANSFER_HUMANS="sam=+15550100001,kim=+15550100002")
    try:
        site.briefing()
        saved(site)
        site.store.duty.leaves("kim")
        told = run(site, "humans")
        assert "sam  Sam is on another call.  (+15550100001)" in told
        assert "kim  Kim is away.  (+15550100002)" in told
        assert "sam  can be rung" in run(site, "humans", "--at", "2026-12-07T18:00")
    finally:
        site.close()
