"""What hosts are given: app.json, Procfile, Dockerfile, compose.yaml, .env.example, and how they agree."""

from __future__ import annotations

import io
import json
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml
from dotenv import dotenv_values

from tests.ports.test_tunnels import ngrok, tunnel
from tests.test_commands import environment
from tests.test_config import GOOD
from tests.test_packaging import pins
from tests.test_serving import Process, free_port
from tests.told import telling
from tools.hosting import FILES
from warmtransfer import address, keyfile
from warmtransfer.commands import group
from warmtransfer.config import KEYS, load
from warmtransfer.ports import tunnels

ROOT = Path(__file__).parent.parent
APP = json.loads((ROOT / "app.json").read_text())
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
PROCFILE = dict(re.findall(r"^(\w+): (.+)$", (ROOT / "Procfile").read_text(), re.MULTILINE))
EXAMPLE = (ROOT / ".env.example").read_text()
REQUIRED = [key for key in KEYS if key.required]


def dockerfile() -> list[tuple[str, str]]:
    """The Dockerfile's instructions, each with the rest of its line, or lines."""
    text = re.sub(r"^#.*\n", "", (ROOT / "Dockerfile").read_text(), flags=re.MULTILINE)
    lines = [line for line in re.sub(r"\\\n\s*", "", text).splitlines() if line]
    return [(word, rest) for word, _, rest in (line.partition(" ") for line in lines)]


def given(instruction: str) -> list[str]:
    """What follows an instruction, each time."""
    return [rest for word, rest in dockerfile() if word == instruction]


@pytest.mark.parametrize("name", FILES)
def test_what_is_generated_is_as_the_keys_are(name: str) -> None:
    assert (ROOT / name).read_text() == FILES[name](), "run python -m tools.hosting"


# A Heroku-style host --------------------------------------------------------------------------------


def test_the_button_asks_for_every_required_key_with_its_sentence() -> None:
    asked = {name: each for name, each in APP["env"].items() if each.get("required")}
    assert asked == {key.name: {"description": key.sentence, "required": True} for key in REQUIRED}
    assert {name: each["value"] for name, each in APP["env"].items() if name not in asked} == {
        keyfile.SKIP: "1"
    }


def test_the_button_brings_a_database_and_the_process_that_the_procfile_has() -> None:
    assert [each["plan"].partition(":")[0] for each in APP["addons"]] == ["heroku-postgresql"]
    assert set(APP["formation"]) == set(PROCFILE) - {"release"}
    assert PROCFILE["release"] == "flask --app wsgi warmtransfer db upgrade"
    assert APP["success_url"] == "/warmtransfer/health"


# A container ----------------------------------------------------------------------------------------


def test_the_image_has_the_python_that_hosts_are_given() -> None:
    (version,) = given("ARG")
    assert version == f"PYTHON={(ROOT / '.python-version').read_text().strip()}"
    assert given("FROM") == ["python:${PYTHON}-slim AS wheels", "python:${PYTHON}-slim"]


def test_the_image_serves_as_the_procfile_does_and_not_as_root() -> None:
    words = [word for word, _ in dockerfile()]
    (user,) = given("USER")
    assert user == "app"
    assert f"useradd --system --no-create-home --uid 10001 {user}" in given("RUN")[-1]
    assert words.index("USER") > max(n for n, word in enumerate(words) if word == "RUN")
    (command,) = given("CMD")
    assert json.loads(command) == shlex.split(PROCFILE["web"])  # a list: it gets signals itself


def test_the_images_health_check_runs() -> None:
    (check,) = given("HEALTHCHECK")
    options, _, command = check.partition(" CMD ")
    python, *arguments = json.loads(command)
    assert python == "python"
    assert "--timeout=5s" in options
    environ = {"PORT": str(free_port())}
    done = subprocess.run([sys.executable, *arguments], cwd=ROOT, env=environ, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (1, f"port {environ['PORT']}: ConnectionRefusedError\n")


def copied(folder: Path) -> Path:
    """What the image holds, as .dockerignore and the Dockerfile's COPY lines have it."""
    rules = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line[:1] not in ("", "#")]
    assert rules[0] == "*"
    let_in = {rule[1:] for rule in rules if rule[0] == "!"}
    left_out = {ROOT / rule for rule in rules[1:] if rule[0] != "!" and "*" not in rule}
    sources = {line.split()[0] for line in given("COPY")}
    assert sources == let_in

    def ignored(inside: str, names: list[str]) -> set[str]:
        return {name for name in names if Path(inside, name) in left_out or name == "__pycache__"}

    for name in sources:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=ignored)
        else:
            shutil.copy(ROOT / name, folder)
    return folder


def test_the_image_holds_the_app_and_neither_keys_nor_simulator(tmp_path: Path) -> None:
    held = copied(tmp_path)
    assert {each.name for each in held.iterdir()} == {"requirements.txt", "warmtransfer", "wsgi.py"}
    assert not (held / "warmtransfer/simulator").exists()
    assert not (held / "warmtransfer/demo").exists()


def test_what_the_image_holds_serves_and_is_healthy_and_takes_no_env_file(tmp_path: Path) -> None:
    """By the image's own commands and environment, without an image."""
    held = copied(tmp_path)
    (held / ".env").write_text("WARMTRANSFER_URL_PREFIX=/elsewhere\n")
    said = dict(each.split("=", 1) for line in given("ENV") for each in line.split())
    port = str(free_port())
    environ = {**environment(tmp_path), keyfile.SKIP: said[keyfile.SKIP], "PORT": port}
    command = json.loads(given("CMD")[0])
    process = Here(tmp_path, command[1:], int(port), held, environ)
    try:
        process.ready()
        alive = [sys.executable, "-m", "warmtransfer.alive"]
        assert subprocess.run(alive, cwd=held, env=environ, timeout=60).returncode == 0
        assert requests.get(f"http://127.0.0.1:{port}/warmtransfer/health", timeout=5).json()["ok"] is True
        assert ".env" not in process.log.read_text()
    finally:
        process.close()


def test_calls_are_kept_in_the_volume_where_no_database_is_named() -> None:
    said = dict(each.split("=", 1) for line in given("ENV") for each in line.split())
    assert given("VOLUME") == ["/data"]
    assert load({**GOOD, "DATABASE_URL": said["DATABASE_URL"]}).database_url.startswith("sqlite:////data/")
    assert said["PORT"] == given("EXPOSE")[0] == "8000"


def test_compose_upgrades_the_tables_between_the_database_and_the_app() -> None:
    services = COMPOSE["services"]
    assert "pg_isready" in services["db"]["healthcheck"]["test"][1]
    assert services["upgrade"]["depends_on"] == {"db": {"condition": "service_healthy"}}
    assert services["app"]["depends_on"]["upgrade"] == {"condition": "service_completed_successfully"}
    assert services["upgrade"]["command"] == shlex.split(PROCFILE["release"])
    assert services["upgrade"]["image"] == services["app"]["image"]


def test_composes_database_is_kept_and_reached_with_the_password_of_the_env_file() -> None:
    services = COMPOSE["services"]
    (volume,) = services["db"]["volumes"]
    assert volume.split(":") == ["calls", "/var/lib/postgresql/data"]
    assert "calls" in COMPOSE["volumes"]
    for name in ("app", "upgrade"):
        assert services[name]["env_file"] == ".env"
        url = re.sub(r"\$\{\w+:\?[^}]*\}", "word", services[name]["environment"]["DATABASE_URL"])
        assert url == "postgres://warmtransfer:word@db/warmtransfer"
    asked = set(re.findall(r"\$\{(\w+)", (ROOT / "compose.yaml").read_text()))
    assert asked == set(dotenv_values(stream=io.StringIO(EXAMPLE))) - {key.name for key in REQUIRED}


def test_compose_gives_the_app_the_time_that_it_takes_to_leave() -> None:
    assert float(COMPOSE["services"]["app"]["stop_grace_period"].removesuffix("s")) > 10


def test_nobody_is_sent_to_a_registry_of_his_own() -> None:
    images = [each["image"] for each in COMPOSE["services"].values()]
    for image in (*images, *(line.split()[0] for line in given("FROM"))):
        assert "/" not in image


# .env -----------------------------------------------------------------------------------------------


def test_the_example_asks_for_what_is_required_and_names_every_other_key() -> None:
    found = dotenv_values(stream=io.StringIO(EXAMPLE))
    assert [*found] == [*(key.name for key in REQUIRED), "POSTGRES_PASSWORD"]
    assert set(found.values()) == {""}
    more = re.findall(r"^#(\w+)=", EXAMPLE, re.MULTILINE)
    assert more == [key.name for key in KEYS if not key.required]


def test_the_defaults_in_the_example_are_the_defaults() -> None:
    told = dotenv_values(stream=io.StringIO(re.sub(r"^#(?=\w+=)", "", EXAMPLE, flags=re.MULTILINE)))
    written = {name: value for name, value in told.items() if value}
    assert len(written) > 20
    assert load({**written, **GOOD}) == load(GOOD)


def test_keys_for_developing_stay_out_of_the_repository_and_are_read_by_what_is_installed() -> None:
    assert ".env" in (ROOT / ".gitignore").read_text().splitlines()
    assert "python-dotenv" in pins("requirements.txt", "3.13")


class Here(Process):
    """`wsgi.py` in another folder, with nothing in its environment but what is given."""

    def __init__(
        self, folder: Path, command: list[str], port: int, cwd: Path, environ: dict[str, str]
    ) -> None:
        self.port = port
        self.log = folder / "server.log"
        self.sockets = []
        with self.log.open("a") as log:
            self.process = subprocess.Popen([sys.executable, *command], cwd=cwd, stderr=log, env=environ)


def developing(folder: Path, public_url: str, **more: str) -> dict[str, str]:
    """A folder with wsgi.py and a `.env` that has every key; the environment, which has none."""
    shutil.copy(ROOT / "wsgi.py", folder)
    full = environment(folder, WARMTRANSFER_PUBLIC_URL=public_url, **more)
    ours = {name: full[name] for name in {key.name for key in KEYS} & set(full)}
    (folder / ".env").write_text("".join(f"{name}='{value}'\n" for name, value in ours.items()))
    rest = {name: value for name, value in full.items() if name not in ours}
    return {**rest, "PYTHONPATH": str(ROOT), keyfile.SKIP: "0"}


def test_wsgi_serves_by_the_env_file_beside_it_and_the_tunnels_url(tmp_path: Path) -> None:
    port = free_port()
    with telling(ngrok(tunnel("https://a.test", f"localhost:{port}"))) as here:
        environ = developing(tmp_path, f"auto:{here}", PORT=str(port))
        process = Here(tmp_path, [str(tmp_path / "wsgi.py")], port, ROOT, environ)
        try:
            process.ready()
            log = process.says("listening on port")
        finally:
            process.close()
    count = len(dotenv_values(tmp_path / ".env"))
    assert f".env: {count} of its {count} keys are taken, which the environment has not" in log
    assert log.count(f"{address.KEY} is https://a.test, as told by ngrok at {here}") == 1
    assert f"listening on port {port} as https://a.test" in log


def test_flasks_commands_read_the_same_file_from_any_folder(tmp_path: Path) -> None:
    environ = developing(tmp_path, "https://warmtransfer.test")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    command = [sys.executable, "-m", "flask", "--app", str(tmp_path / "wsgi.py"), "warmtransfer", "calls"]
    done = subprocess.run(command, cwd=elsewhere, env=environ, capture_output=True, text=True, timeout=60)
    assert f"there is no database {tmp_path / 'calls.sqlite3'}" in done.stderr


def test_a_wrong_env_file_is_named_before_the_faults(tmp_path: Path) -> None:
    environ = developing(tmp_path, "http://warmtransfer.test")
    done = subprocess.run(
        [sys.executable, "wsgi.py"], cwd=tmp_path, env=environ, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 2
    first, second, fault = done.stderr.splitlines()
    assert first.startswith(".env: ")
    assert second == "warmtransfer cannot start:"
    assert "does not start with https://" in fault


def test_several_workers_have_what_their_parent_has_found(tmp_path: Path) -> None:
    """The parent alone asks the tunnel: who is started later would perhaps find another."""
    port = free_port()
    with telling(ngrok(tunnel("https://a.test", f"localhost:{port}"))) as here:
        database = "postgres://nobody@127.0.0.1:9/none"
        environ = developing(tmp_path, f"auto:{here}", PORT=str(port), DATABASE_URL=database)
        done = subprocess.run(
            [sys.executable, "wsgi.py"], cwd=tmp_path, env={**environ, "WEB_CONCURRENCY": "2"},
            capture_output=True, text=True, timeout=60,
        )  # fmt: skip
    assert done.stderr.count(f"{address.KEY} is https://a.test, as told by ngrok at {here}") == 1
    assert done.stderr.count(".env: ") == 1
    assert done.stderr.count("worker 1 is started") == 1


# The page -------------------------------------------------------------------------------------------

PAGE = (ROOT / "docs/going-live.md").read_text()
README = (ROOT / "README.md").read_text()


def test_the_readme_leads_to_the_page_and_what_the_page_points_to_is_there() -> None:
    assert "](docs/going-live.md)" in README
    for name in ("requirements.txt", "wsgi.py", ".env.example", "app.json", "Dockerfile", "Procfile"):
        assert f"`{name}`" in PAGE
        assert (ROOT / name).exists(), name


def test_every_command_on_the_page_is_one() -> None:
    named = set(re.findall(r"flask --app wsgi warmtransfer (\w+)", PAGE))
    assert {"provision", "doctor", "show", "calls", "db"} <= named <= set(group.commands)
    options = {name for each in group.commands["provision"].params for name in each.opts}
    assert set(re.findall(r"`provision (--\w+)`", PAGE)) <= options


def test_every_key_on_the_page_is_one() -> None:
    named = set(re.findall(r"\b(?:TWILIO|WARMTRANSFER|OPENAI)_[A-Z_]+", PAGE))
    assert named <= {key.name for key in KEYS}


def test_the_page_tells_the_places_that_are_asked_and_the_pythons_version() -> None:
    assert f"`{tunnels.NGROK[0]}/api/tunnels`" in PAGE
    ports = [place.rpartition(":")[2] for place in tunnels.CLOUDFLARED]
    assert f"`/quicktunnel` at ports {ports[0]} to {ports[-1]} of 127.0.0.1" in PAGE
    assert f"`python:{given('ARG')[0].partition('=')[2]}-slim`" in PAGE
