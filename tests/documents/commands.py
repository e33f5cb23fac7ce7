"""Reads the commands that documents print, and holds each to the command line that it is for."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path

import click

from tests.documents.markdown import blocks, spans
from tools.tables import ROOT
from warmtransfer.commands import group

MAKEFILE = (ROOT / "Makefile").read_text()
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
EXTRAS, SCRIPTS = PROJECT["optional-dependencies"], PROJECT["scripts"]
#: Languages of blocks that hold commands; "" is none.
SHELLS = {"", "sh", "bash", "console"}
#: Options of programs that are not ours, by the program.
FOREIGN = {
    "--preload": "gunicorn", "--threads": "gunicorn", "--max-requests": "gunicorn",
    "--build-arg": "docker", "--stop-timeout": "docker", "--env-file": "docker", "--metrics": "cloudflared",
}  # fmt: skip
#: Runs modules up to their parsing of a command line; prints what each has refused.
PARSE = """
import argparse, contextlib, io, json, runpy, sys

class Parsed(BaseException):
    pass

original = argparse.ArgumentParser.parse_args

def parse_args(self, args=None, namespace=None):
    original(self, args, namespace)
    raise Parsed

argparse.ArgumentParser.parse_args = parse_args
for module, arguments in json.load(sys.stdin):
    sys.argv = [module, *arguments]
    said, why = io.StringIO(), "it never came to its command line"
    with contextlib.redirect_stderr(said):
        try:
            runpy.run_module(module, run_name="__main__", alter_sys=True)
        except Parsed:
            why = ""
        except SystemExit:
            why = said.getvalue().strip().rpartition("\\n")[2]
    print(json.dumps(why))
"""


def lines(text: str) -> Iterator[list[str]]:
    """The words of every line that is written as code and may be a command."""
    for block in blocks(text):
        if block.language in SHELLS:
            for line in re.sub(r"\\\n\s*", " ", block.text).splitlines():
                yield from _words(line)
    for span in spans(text):
        yield from _words(span)


def _words(line: str) -> Iterator[list[str]]:
    """The words of a line, without its remark; nothing where they are not a shell's."""
    try:
        words = shlex.split(line, comments=True)
    except ValueError:
        return
    while words and re.fullmatch(r"(export|\$|[A-Z][A-Z0-9_]*=.*)", words[0]):
        del words[0]
    if words:
        yield words
    # What is run by another: `eval "$(python -m …)"`, `release: flask …`, `docker … flask …`.
    for n, word in enumerate(words):
        if inner := re.fullmatch(r"\$\((.*)\)", word):
            yield from _words(inner[1])
        elif n and word in ("flask", "python", "make"):
            yield words[n:]


# Ours ----------------------------------------------------------------------------------------------


def make(words: list[str]) -> Iterator[str]:
    """What is wrong with `make X`; its ARGS are those of the module that X runs."""
    targets = re.search(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE)
    assert targets
    for word in words[1:]:
        key, equals, value = word.partition("=")
        if not equals and word not in targets[1].split():
            yield f"there is no target {word}"
        elif equals and not re.search(rf"\$\({key}\)|\(if \$\({key}\)", MAKEFILE):
            yield f"the Makefile has no {key}"
        elif key == "PYTEST":
            shlex.split(value)


def modules(words: list[str]) -> Iterator[tuple[str, list[str]]]:
    """The modules that a command runs, with their arguments."""
    if words[:2] == ["python", "-m"] and len(words) > 2:
        yield words[2], words[3:]
    elif words[0] in SCRIPTS and len(words) > 1:
        yield SCRIPTS[words[0]].partition(":")[0].removesuffix(".__main__"), words[1:]
    elif words[0] == "make" and len(words) > 1:
        given = dict(word.split("=", 1) for word in words[1:] if "=" in word)
        recipe = re.search(rf"^{re.escape(words[1])}\b[^\n]*:.*\n((?:\t.*\n)+)", MAKEFILE, re.MULTILINE)
        found = re.search(r"python -m (\S+)([^\n]*\$\(ARGS\))", recipe[1]) if recipe else None
        if found and "ARGS" in given and "$(if" not in found[1]:
            own = [word for word in shlex.split(found[2]) if word != "$(ARGS)"]
            yield found[1], [_filled(word, given) for word in own] + shlex.split(given["ARGS"])
        elif words[1] == "chaos" and "ARGS" in given:
            module = "tests.chaos.kills" if "KILLS" in given else "tests.chaos.storm"
            yield module, shlex.split(given["ARGS"])


def _filled(word: str, given: dict[str, str]) -> str:
    """A word of a recipe with its variable as it was given, or as the Makefile has it."""
    if not (key := re.fullmatch(r"\$\((\w+)\)", word)):
        return word
    usual = re.search(rf"^{key[1]} \?= (.*)$", MAKEFILE, re.MULTILINE)
    return given.get(key[1], usual[1] if usual else "")


def refused(runs: Iterable[tuple[str, list[str]]]) -> list[str]:
    """What modules say against these arguments. One without a command line takes none."""
    asked, wrong = [], []
    for module, arguments in runs:
        path = _source(module)
        if path is None:
            wrong.append(f"there is no module {module}")
        elif "parse_args(" in path.read_text():
            asked.append((module, arguments))
        elif arguments:
            wrong.append(f"{module} takes no {' '.join(arguments)}")
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", PARSE], cwd=ROOT, timeout=100,
        input=json.dumps(asked), capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(answers) == len(asked)
    told = zip(asked, answers, strict=True)
    return wrong + [f"python -m {module} {' '.join(words)}: {why}" for (module, words), why in told if why]


def _source(module: str) -> Path | None:
    path = ROOT.joinpath(*module.split("."))
    return next((each for each in (path.with_suffix(".py"), path / "__main__.py") if each.exists()), None)


def flask(words: list[str]) -> Iterator[str]:
    """What is wrong with `flask … warmtransfer …`."""
    if "warmtransfer" in words:
        yield from click_refuses(words[words.index("warmtransfer") + 1 :])


def click_refuses(words: list[str]) -> Iterator[str]:
    """What our own command line says against these words, if anything."""
    given = [word.replace("+1555…", "+15550100009") for word in words if word not in ("…", "&&", "|")]
    context = click.Context(group, info_name=group.name)
    command: click.Command = group
    try:
        while given and isinstance(command, click.Group):
            found = command.get_command(context, given[0])
            if found is None:
                yield f"there is no command {given[0]}"
                return
            name, command, given = given[0], found, given[1:]
            if not isinstance(command, click.Group):
                command.make_context(name, given, parent=context)
    except click.UsageError as fault:
        yield fault.format_message()


def short(words: list[str]) -> Iterator[str]:
    """What is wrong with a command that is named by its own word: `doctor --fix`."""
    named = group.commands.get(words[0])
    if named is not None and len(words) > 1 and any(word.startswith("-") for word in words):
        known = {name for each in _all(named) for param in each.params for name in param.opts}
        strange = [word for word in words if word.startswith("--") and word not in known]
        yield from (f"{words[0]} has no {word}" for word in strange)


def _all(command: click.Command) -> Iterator[click.Command]:
    yield command
    if isinstance(command, click.Group):
        for each in command.commands.values():
            yield from _all(each)


# Files and options ---------------------------------------------------------------------------------


def files(words: list[str]) -> Iterator[str]:
    """What a command names that is not there: a script, a requirements file, an extra."""
    if words[0] == "python" and len(words) > 1 and words[1].endswith(".py"):
        yield from _missing(words[1:2])
    if words[0] == "cp":
        yield from _missing(words[1:2])
    if words[:2] == ["pip", "install"]:
        yield from _missing(word for flag, word in pairwise(words) if flag == "-r")
        for named in re.findall(r"\[([\w,]+)\]", " ".join(words)):
            yield from (f"there is no extra {extra}" for extra in named.split(",") if extra not in EXTRAS)


def _missing(paths: Iterable[str]) -> Iterator[str]:
    yield from (f"there is no {path}" for path in paths if not (ROOT / path).exists())


@cache
def options() -> frozenset[str]:
    """Every long option that any command line in the repository has."""
    ours = {name for command in _all(group) for param in command.params for name in param.opts}
    for folder in ("warmtransfer", "bench", "tests", "tools"):
        for path in (ROOT / folder).rglob("*.py"):
            text = path.read_text()
            if "ArgumentParser" in text:
                ours |= set(re.findall(r'"(--[a-z-]+)"', text))
    return frozenset(ours | set(FOREIGN))
