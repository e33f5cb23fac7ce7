"""Writes the pictures and the table of docs/house.md from the imports: `python -m tools.house`."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tools.tables import ROOT, filled, table

PAGE = ROOT / "docs/house.md"
#: Folders that are several rooms: a folder in them is one of its own.
WINGS = ("ports", "simulator")
#: The package's own files, outside every room: those that no room imports, and those that rooms may use.
ENTRANCE, SHELF = "the entrance", "the shelf"
SENTENCES = {
    ENTRANCE: "Joins the rooms, and is what a host app, or the command line, holds in its hands.",
    SHELF: "What any room may use.",
}
#: Rooms that are drawn apart from the app: a phone network, and what shows our app, or a host's, on it.
OUTSIDE = ("simulator", "demo", "testing")

Arrows = dict[str, set[str]]


class House:
    """The rooms of a package, and who imports whom. A room is named by its folder: `desk`, `ports/store`."""

    def __init__(self, package: Path) -> None:
        self.package = package
        self.files = {_module(package, path): path for path in sorted(package.rglob("*.py"))}
        self._imports = {name: set(self._imported(path)) for name, path in self.files.items()}
        own = {name for name in self.files if not self._folder(name)}
        users = {name for name in self.files if self._folder(name)}
        used = set().union(*(self._imports[name] for name in users)) & own
        more = used
        while more:  # what the shelf's own files use lies on the shelf too
            more = (set().union(*(self._imports[name] for name in more)) & own) - used
            used |= more
        self._own = {name: SHELF if name in used else ENTRANCE for name in own}

    def room(self, name: str) -> str:
        """The room of a module."""
        return self._own.get(name) or self._folder(name)

    def rooms(self) -> dict[str, list[str]]:
        """Every room with its modules; a wing's own `__init__` alone makes no room."""
        found: dict[str, list[str]] = {}
        for name in self.files:
            found.setdefault(self.room(name), []).append(name)
        empty = [room for room in WINGS if found.get(room) == [f"{self.package.name}.{room}"]]
        return {room: names for room, names in sorted(found.items()) if room not in empty}

    def arrows(self) -> Arrows:
        """Whom each room imports, itself left out."""
        return {
            room: {self.room(other) for name in names for other in self._imports[name]} - {room}
            for room, names in self.rooms().items()
        }

    def sentence(self, room: str) -> str:
        """What a room says of itself: the first line of its `__init__`."""
        if room in SENTENCES:
            return SENTENCES[room]
        path = self.package / room / "__init__.py"
        text = ast.get_docstring(ast.parse(path.read_text())) if path.exists() else ""
        return (text or "").partition("\n")[0]

    def _folder(self, name: str) -> str:
        parts = self.files[name].relative_to(self.package).parts[:-1]
        return "/".join(parts[: 2 if parts[:1] and parts[0] in WINGS else 1])

    def _imported(self, path: Path) -> Iterator[str]:
        """Modules of the package that a file imports, also inside functions and for types alone."""
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names if alias.name in self.files)
            elif isinstance(node, ast.ImportFrom) and node.module:
                inner = [f"{node.module}.{alias.name}" for alias in node.names]
                found = [name for name in inner if name in self.files]
                yield from found
                if node.module in self.files and len(found) < len(inner):
                    yield node.module


def _module(package: Path, path: Path) -> str:
    parts = path.relative_to(package.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def outside(room: str) -> bool:
    """Whether a room is no part of the app."""
    return room.split("/")[0] in OUTSIDE


def picture(arrows: Arrows) -> str:
    """Rooms and arrows as a Mermaid diagram; arrows to the shelf, which everybody may use, are left out."""
    rooms = [room for room in arrows if room != SHELF]
    lines = ["```mermaid", "flowchart TD"]
    for wing in sorted({room.split("/")[0] for room in rooms}):
        inside = [room for room in rooms if room.split("/")[0] == wing]
        boxes = [f'{_id(room)}["{room}"]' for room in inside]
        if len(inside) > 1:
            boxes = [f"subgraph {_id(wing)}_wing [{wing}]", *(f"    {box}" for box in boxes), "end"]
        lines += [f"    {box}" for box in boxes]
    for room in rooms:
        lines += [f"    {_id(room)} --> {_id(other)}" for other in sorted(arrows[room]) if other in rooms]
    return "\n".join([*lines, "```"])


def _id(room: str) -> str:
    return room.replace("/", "_").replace(" ", "_")


def rows(house: House) -> str:
    """A table of the rooms: what each is for, its files, and whom it imports."""
    arrows = house.arrows()
    made = []
    for room, names in house.rooms().items():
        stems = [house.files[name].relative_to(house.package).as_posix() for name in names]
        prefix = "" if room in (ENTRANCE, SHELF) else f"{room}/"
        files = ", ".join(
            f"`{stem.removeprefix(prefix)}`" for stem in stems if not stem.endswith("__init__.py")
        )
        others = ", ".join(sorted(arrows[room])) or "nothing"
        made.append(f"| {room} | {house.sentence(room)} | {files} | {others} |")
    return table("| room | what it is | its files | imports |", made)


def written(text: str, house: House) -> str:
    """The page with its pictures and its table as they should be."""
    arrows = house.arrows()
    ours = {room: others for room, others in arrows.items() if not outside(room)}
    theirs = {room: others for room, others in arrows.items() if outside(room)}
    return filled(text, {"app": picture(ours), "simulator": picture(theirs), "rooms": rows(house)})


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text(), House(ROOT / "warmtransfer")))
