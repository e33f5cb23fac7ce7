"""The house keeps its floors: who may import what, how large things get, and what the pages say."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import warmtransfer
from tools.tables import PAGES, filled, places, tables
from warmtransfer.config import KEYS
from warmtransfer.core.call import Outcome, Stage, Style

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "warmtransfer"
MODULES = sorted(PACKAGE.rglob("*.py"))
OURS = [path for path in MODULES if not {"simulator", "demo", "testing"} & set(path.parts)]

#: What each floor may import of the others; `web` never the ports, `console` the stored
#: calls alone, the core nothing above it.
FLOORS = {
    "core": {"core"},
    "ports": {"core", "ports", "errors", "vocabulary", "sparing"},
    "desk": {"core", "ports", "desk", "errors", "clock", "sparing"},
    "relay": {"core", "ports", "relay", "errors", "clock"},
    "setup": {"core", "ports", "web", "setup", "errors", "config", "guidance", "numbers", "parsing"},
    "web": {"core", "desk", "relay", "web", "errors", "config", "clock", "vocabulary", "sparing", "visible"},
    "console": {"core", "desk", "ports", "web", "console", "errors", "config", "clock", "numbers"},
    "simulator": {"simulator"},
    "demo": {"demo", "simulator"},
    "testing": {"testing", "demo", "simulator", "core", "web", "config"},
}

#: The one file (or folder) that imports each outside library; its exceptions end there. Nobody
#: imports a driver that another library loads.
OWNERS: dict[str, set[str]] = {
    "twilio.rest": {"ports/carrier/connecting.py"},
    "twilio.http": {"ports/carrier/connecting.py"},
    "twilio.base": {"ports/carrier/connecting.py"},
    "twilio.request_validator": {"web/guard.py"},
    "twilio.twiml": {"web/twiml/", "web/check.py"},
    "sqlalchemy": {"ports/store/"},
    "alembic": {"ports/store/migrating.py"},
    "psycopg": set(),
    "websocket": {"ports/model/connecting.py"},
    "websockets": {"ports/websocket/frames.py"},
    "gevent": {"ports/loop/hub.py", "serving.py"},
    "simple_websocket": set(),
    "flask_sock": {"web/media.py"},
    "phonenumbers": {"numbers.py"},
    "holidays": {"calendars.py"},
    "dotenv": {"keyfile.py"},
    "pydantic": {"relay/signature.py"},
    "asyncio": {"ports/loop/coroutines.py"},
    "itsdangerous": {"console/access.py"},
    "jinja2": {"console/pages.py"},
    "markupsafe": {"console/pages.py"},
    "prometheus_client": {"console/metrics.py"},
}


@cache
def tree(path: Path) -> ast.Module:
    """A file, parsed once."""
    return ast.parse(path.read_text())


@cache
def imports(path: Path) -> tuple[str, ...]:
    """Every module that a file imports, also inside functions."""
    return tuple(_imports(path))


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def floor(module: str) -> str:
    """The floor of one of our modules: the part after `warmtransfer.`."""
    return module.split(".")[1] if "." in module else ""


@pytest.mark.parametrize("name", FLOORS)
def test_imports_go_down_only(name: str) -> None:
    assert list((PACKAGE / name).rglob("*.py")), "there is no such floor"
    wrong = [
        f"{path.relative_to(ROOT)} imports {module}"
        for path in (PACKAGE / name).rglob("*.py")
        for module in imports(path)
        if module.startswith("warmtransfer.") and floor(module) not in FLOORS[name]
    ]
    assert not wrong


def test_the_core_uses_the_standard_library_only_and_touches_nothing() -> None:
    banned = {
        "time",
        "datetime",
        "random",
        "secrets",
        "threading",
        "socket",
        "os",
        "logging",
        "queue",
        "asyncio",
    }
    for path in (PACKAGE / "core").rglob("*.py"):
        for module in imports(path):
            top = module.split(".")[0]
            if path.name == "hours.py" and top == "datetime":
                continue  # it reckons with times that it is given: the test below
            assert top not in banned, f"{path.name} imports {module}"
            assert top in {"warmtransfer", *_standard()}, f"{path.name} imports {module}"


def test_whoever_reckons_with_dates_in_the_core_never_asks_what_time_it_is() -> None:
    tree = ast.parse((PACKAGE / "core" / "hours.py").read_text())
    named = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    assert "fromtimestamp" in named
    assert not named & {"now", "today", "utcnow"}


def _standard() -> set[str]:
    return set(sys.stdlib_module_names)


def test_simulator_and_app_share_nothing_but_the_wire() -> None:
    for path in OURS:
        for apart in ("warmtransfer.simulator", "warmtransfer.demo", "warmtransfer.testing"):
            assert not any(module.startswith(apart) for module in imports(path)), path
    for path in (PACKAGE / "simulator").rglob("*.py"):
        assert not any(module.split(".")[0] in {"twilio", "flask", "gevent"} for module in imports(path)), (
            path
        )


def graph() -> dict[str, set[str]]:
    """Which of our modules each of them imports, for types too; a package's `__init__` is a module."""
    names = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
        for path in MODULES
    }
    return {name: {each for each in imports(path) if each in names} - {name} for name, path in names.items()}


def circles(edges: dict[str, set[str]]) -> list[list[str]]:
    """The groups of modules that import each other, however far round."""

    def reached(start: str) -> set[str]:
        seen: set[str] = set()
        ahead = [start]
        while ahead:
            new = edges[ahead.pop()] - seen
            seen |= new
            ahead += new
        return seen

    reach = {name: reached(name) for name in edges}
    rings = {frozenset(each for each in reach[name] if name in reach[each]) for name in edges}
    return sorted(sorted(ring) for ring in rings if ring)


def test_a_circle_is_found_however_long() -> None:
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"d"}, "d": {"b"}, "e": {"a"}}) == [["b", "c", "d"]]


def test_imports_for_types_count(tmp_path: Path) -> None:
    path = tmp_path / "some.py"
    path.write_text("from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    from a.b import C\n")
    assert "a.b" in set(imports(path))


def test_no_modules_import_each_other_for_types_neither() -> None:
    assert not circles(graph())


def loaded(command: str) -> set[str]:
    """The modules of ours that a fresh interpreter has after a statement, and Flask and Twilio's SDK."""
    script = f"{command}; import sys; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    return {
        name
        for name in run.stdout.split()
        if name.split(".")[0] in {"warmtransfer", "flask", "twilio", "gevent"}
    }


@pytest.mark.parametrize("command", ["import warmtransfer.simulator", "from warmtransfer import simulator"])
def test_the_simulator_loads_nothing_of_the_app(command: str) -> None:
    own = {"warmtransfer", "warmtransfer.simulator", "warmtransfer.simulator.extra"}
    assert loaded(command) == own


def test_all_of_the_simulator_loads_nothing_of_the_app() -> None:
    names = [name for name in graph() if name.startswith("warmtransfer.simulator")]
    found = loaded("import " + ", ".join(names))
    assert found == {"warmtransfer", *names}


@pytest.mark.parametrize("library", OWNERS)
def test_every_outside_library_has_one_owner(library: str) -> None:
    users = [
        path.relative_to(PACKAGE).as_posix()
        for path in OURS
        if any(module == library or module.startswith(library + ".") for module in imports(path))
    ]
    for owner in OWNERS[library]:
        assert any(user.startswith(owner) for user in users), f"{owner} imports no {library}"
    for user in users:
        assert any(user.startswith(owner) for owner in OWNERS[library]), f"{user} imports {library}"


#: Words of Twilio's wire: its forms' fields and events, its statuses, verbs, error codes and fragments.
WIRE = re.compile(
    r"twilio|twiml|CallStatus|AnsweredBy|in-progress|no-answer|participant-(join|leave)|conference-(start|end)"
    r"|<(Dial|Connect|Gather|Conference|Redirect)\b|#rc=|\b(16\d{3}|20404|20429|212[0-9]{2})\b",
    re.IGNORECASE,
)
#: Where they may stand, and why.
WIRED = {
    "ports/carrier/": "asks and streams",
    "web/": "is asked, and told",
    "vocabulary.py": "what both of these need",
    "core/legs.py": "our own words for legs, some of which are spelled alike",
    "setup/": "sets what stands in Twilio's console",
    "commands/": "tells the owner of it",
    "config.py": "tells the owner what to look up at Twilio",
    "agreement.py": "tells the owner which keys do not go together at Twilio",
    "parsing.py": "knows the shape of the ids that the owner copies",
}


def test_twilios_wire_is_spoken_by_the_carriers_port_and_the_web_alone() -> None:
    foreign = [path for path in OURS if not path.relative_to(PACKAGE).as_posix().startswith(tuple(WIRED))]
    assert len(foreign) > 100
    for path in foreign:
        text = re.sub(r"TWILIO_[A-Z_]+|warmtransfer\.web\.twiml", "", path.read_text())
        assert [found[0] for found in WIRE.finditer(text)] == [], path


def test_no_place_is_allowed_twilios_words_without_need() -> None:
    for place in WIRED:
        here = [path for path in OURS if path.relative_to(PACKAGE).as_posix().startswith(place)]
        assert any(WIRE.search(path.read_text()) for path in here), place


def test_modules_and_functions_stay_small() -> None:
    assert len(MODULES) > 300
    for path in MODULES:
        assert path.read_text().count("\n") <= 350, path
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or 0) - node.body[0].lineno + 1
                assert length <= 40, f"{path}: {node.name} has {length} lines"


def test_every_module_and_public_thing_says_what_it_is() -> None:
    for path in MODULES:
        assert ast.get_docstring(tree(path)), f"{path}: no module docstring"
        for node in tree(path).body:
            if isinstance(
                node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
            ) and not node.name.startswith("_"):
                assert ast.get_docstring(node), f"{path}: {node.name} has no docstring"


def test_the_public_names_are_listed() -> None:
    for name in warmtransfer.__all__:
        assert getattr(warmtransfer, name).__doc__
    public = {name for name in vars(warmtransfer) if not name.startswith("_")}
    modules = {path.stem for path in PACKAGE.iterdir()}
    assert set(warmtransfer.__all__) == public - modules
    assert set(warmtransfer.__all__) <= set(dir(warmtransfer))


def test_a_name_that_is_not_public_is_missed_as_any_other() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'transfer'"):
        _ = warmtransfer.transfer  # type: ignore[attr-defined]


DOCS = ROOT / "docs"


def test_the_documents_tables_are_as_the_code_has_them() -> None:
    for page, made in places(PAGES, tables()).items():
        text = page.read_text()
        assert filled(text, made) == text, f"{page.name}: run python -m tools.tables"


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key.name)
def test_every_configuration_key_stands_in_the_documents(key: object) -> None:
    assert f"| `{key.name}` |" in (DOCS / "configuration.md").read_text()  # type: ignore[attr-defined]


@pytest.mark.parametrize("word", [*Stage, *Outcome])
def test_every_stage_and_outcome_stands_in_the_documents(word: str) -> None:
    assert f"| `{word}` |" in (DOCS / "calls.md").read_text()


@pytest.mark.parametrize("style", Style)
def test_every_style_of_briefing_stands_in_the_documents(style: Style) -> None:
    assert f"\n| `{style}` " in (DOCS / "calls.md").read_text()


def test_no_exception_is_logged_with_what_it_says() -> None:
    """It may be a caller's number or their words: `errors.log_fault` tells names and lines."""
    for path in OURS:
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call):
                called = node.func.attr if isinstance(node.func, ast.Attribute) else ""
                assert called not in {"exception", "print_exc", "format_exc"}, f"{path}:{node.lineno}"
                assert not any(each.arg == "exc_info" for each in node.keywords), f"{path}:{node.lineno}"


def test_no_module_of_ours_is_named_after_a_pattern() -> None:
    banned = re.compile(r"\b\w*(Manager|Handler|Helper)\b")
    for path in MODULES:
        names = [node.name for node in ast.walk(tree(path)) if isinstance(node, ast.ClassDef)]
        assert not [name for name in names if banned.fullmatch(name)], path
