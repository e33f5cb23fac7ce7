"""Keys from `.env`: read while developing, never over what the environment says."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.test_config import GOOD
from tests.test_packaging import WITHOUT, subprocess, sys
from warmtransfer import keyfile
from warmtransfer.config import KEYS, PROVIDER
from warmtransfer.worker import MARK

ROOT = Path(__file__).parent.parent


def beside(folder: Path, environ: dict[str, str], text: str = "A=1\nB='two words'\n# C=3\n") -> str:
    """What is said of a file with this text."""
    (folder / ".env").write_text(text)
    return keyfile.beside(str(folder / "wsgi.py"), environ)


def test_what_the_environment_has_not_is_taken(tmp_path: Path) -> None:
    environ: dict[str, str] = {"A": "own"}
    assert beside(tmp_path, environ) == (".env: 1 of its 2 keys are taken, which the environment has not")
    assert environ == {"A": "own", "B": "two words"}


def test_a_key_that_is_set_to_nothing_stays_so(tmp_path: Path) -> None:
    environ = {"A": ""}
    beside(tmp_path, environ)
    assert environ["A"] == ""


def test_without_a_file_nothing_is_said(tmp_path: Path) -> None:
    assert keyfile.beside(str(tmp_path / "wsgi.py"), {}) == ""


def test_an_environment_with_every_key_that_is_needed_takes_nothing_of_a_forgotten_file(
    tmp_path: Path,
) -> None:
    environ = dict(GOOD)
    line = beside(tmp_path, environ, "WARMTRANSFER_API_TOKEN=forgotten-in-the-folder\n")
    assert line == ".env is not read: the environment has every key that is needed"
    assert environ == GOOD


def test_the_models_key_is_needed_by_its_provider_only(tmp_path: Path) -> None:
    environ = {**GOOD, "OPENAI_API_KEY": ""}
    assert "2 of its 2" in beside(tmp_path, environ)
    assert "not read" in beside(tmp_path, {**environ, "WARMTRANSFER_PROVIDER": "mine"})


def test_the_keys_that_are_needed_are_the_required_ones() -> None:
    required = [key for key in KEYS if key.required]
    assert set(keyfile.NEEDED) == {key.name for key in required}
    assert [key.name for key in required if key.provider == PROVIDER] == [keyfile.NEEDED[-1]]


@pytest.mark.parametrize(("switch", "read"), [("1", False), ("true", False), ("0", True), ("", True)])
def test_flasks_own_switch_counts_here_too(tmp_path: Path, switch: str, read: bool) -> None:
    environ = {keyfile.SKIP: switch}
    assert bool(beside(tmp_path, environ)) is read
    assert ("A" in environ) is read


def test_a_worker_has_its_parents_keys(tmp_path: Path) -> None:
    environ = {MARK: "1:3:4:1"}
    assert beside(tmp_path, environ) == ""
    assert environ == {MARK: "1:3:4:1"}


def test_a_file_that_cannot_be_read_is_said_and_keeps_nobody_from_starting(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"A=\xff\n")
    environ: dict[str, str] = {}
    assert keyfile.beside(str(tmp_path / "wsgi.py"), environ) == ".env is not read: UnicodeDecodeError"
    assert environ == {}


def test_without_python_dotenv_a_line_says_so(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("A=1\n")
    (tmp_path / "asking.py").write_text(
        "from warmtransfer import keyfile\nprint(keyfile.beside(__file__, {}))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT, "dotenv", "asking"],
        cwd=tmp_path, env={"PYTHONPATH": f"{ROOT}:{tmp_path}"}, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.stdout == ".env is not read: python-dotenv is not installed (requirements.txt has it)\n"
