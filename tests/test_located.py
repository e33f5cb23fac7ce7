"""A key of a TOML file is found on its line, however the file is written."""

from __future__ import annotations

import pytest

from warmtransfer.located import line_of

FILE = '''# humans
time_zone = "Europe/Berlin"

[[human]]
name = "sam"   # name = "kim"
number = "+15550100001"
description = """
[[human]]
ring = 3
"""
hours = [
  "mon-fri 9-17",  # ]
  "sat 10-14",
]
ring = 20

[[human]]
"name" = 'kim # not a comment'
[human.extra]
ring = 5

[[department]]
name = "billing"
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("time_zone",), 2),
        (("human", 0), 4),
        (("human", 0, "name"), 5),
        (("human", 0, "description"), 7),
        (("human", 0, "hours"), 11),
        (("human", 0, "ring"), 15),
        (("human", 1), 17),
        (("human", 1, "name"), 18),
        (("human", 1, "extra"), 19),
        (("human", 1, "extra", "ring"), 20),
        (("department", 0, "name"), 23),
        (("human", 1, "ring"), 0),
        (("nobody",), 0),
        (("time_zone", "Europe"), 0),
    ],
)
def test_the_line_of_a_key_is_where_its_statement_begins(path: tuple[str | int, ...], line: int) -> None:
    assert line_of(FILE, path) == line
    assert line_of(FILE.replace("\n", "\r\n"), path) == line


def test_humans_written_in_one_statement_are_on_its_line() -> None:
    text = 'x = 1\nhuman = [\n  {name = "sam", ring = 1},\n  {name = "kim", ring = 2},\n]\n'
    assert line_of(text, ("human", 1, "ring")) == 2


def test_a_file_of_many_lines_is_searched_quickly() -> None:
    text = "".join(f'[[human]]\nname = "human {n}"\n' for n in range(2000))
    assert line_of(text, ("human", 1500, "name")) == 3002
