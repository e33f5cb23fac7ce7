"""How machines are detected at a human's telephone, as it is written, and what is wrong with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.test_humans import NUMBER, read, refused
from warmtransfer.core.rules import Human
from warmtransfer.vocabulary import TUNED


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("standard", ""),
        ("off", "off"),
        ("timeout=20 speech_threshold=3000", "timeout=20 speech_threshold=3000"),
        ("speech_end_threshold=500, silence_timeout=10000", "speech_end_threshold=500 silence_timeout=10000"),
        ("timeout=3 timeout=59", "timeout=59"),
    ],
)
def test_it_is_read_from_tables_and_from_python(given: str, kept: str) -> None:
    for humans in (
        [{"name": "sam", "number": NUMBER, "detection": given}],
        [Human("sam", NUMBER, detection=given)],
    ):
        assert read(humans).humans[0].detection == kept


@pytest.mark.parametrize("name", TUNED)
def test_each_has_the_limits_that_the_carrier_has(name: str) -> None:
    _, least, most = TUNED[name]
    for number in (least, most):
        human = {"name": "sam", "number": NUMBER, "detection": f"{name}={number}"}
        assert read([human]).humans[0].detection == f"{name}={number}"
    for wrong in (least - 1, most + 1, "soon", "", "1.5"):
        human = {"name": "sam", "number": NUMBER, "detection": f"{name}={wrong}"}
        assert f"from {least} to {most}" in refused([human])


def test_a_wrong_file_names_its_line_and_key(tmp_path: Path) -> None:
    path = tmp_path / "humans.toml"
    path.write_text(f'[[human]]\nname = "sam"\nnumber = "{NUMBER}"\ndetection = "sometimes"\n')
    fault = refused(str(path))
    assert "line 4" in fault
    assert "detection: 'sometimes' is neither standard nor off" in fault


def test_a_human_who_is_announced_needs_it() -> None:
    human = {"name": "sam", "number": NUMBER, "detection": "off", "briefing": "announce"}
    assert "it cannot be off; set briefing" in refused([human])


@pytest.mark.parametrize("number", ["client:sam", "sip:sam@example.com", f"{NUMBER}x12"])
def test_what_is_tuned_has_a_telephone_to_listen_to(number: str) -> None:
    human = {"name": "sam", "number": number, "detection": "timeout=20"}
    assert "detection: machines are detected at telephones by their number alone" in refused([human])
    for other in ({"number": [number, "+15550100009"]}, {"detection": "standard"}, {"detection": "off"}):
        (made,) = read([{**human, **other}]).rules().humans
        assert made.name == "sam"
