"""The picture of a call: lanes for its legs, in systems one below the other like a score."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from warmtransfer.simulator.witness.evidence import Evidence
from warmtransfer.simulator.witness.hearing import Span
from warmtransfer.simulator.witness.lanes import Block, Lane, Mark, lanes

if TYPE_CHECKING:  # loaded once there is something to draw: who starts a demo waits for its call alone
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: Seconds a system has at most. Inches: width of the figure and its margin; height of a lane, of the strip
#: of stages, of the gap between systems, and of the headline.
SYSTEM = 18.0
WIDTH, MARGIN, LANE, STRIP, GAP, HEAD = 13.0, 1.3, 0.96, 0.32, 0.44, 0.48
DPI = 110
COLOURS = {"caller": "#1f5fa8", "ai": "#7a3f9d", "human": "#1d7a46"}
RING, READ, CUT, INK, FAINT = "#e8a33d", "#fff7d6", "#c0392b", "#222222", "#9aa0a6"
STAGES = ("#dfe7f3", "#eef2f7")
#: Font sizes tried for words in a block, in points.
SIZES = (9.5, 8.5, 7.5, 6.5, 5.5)
#: Width of a letter and height of a line, in font sizes.
LETTER, LINE = 0.56, 1.22


def draw(evidence: Evidence, stages: Sequence[tuple[float, str]], names: dict[str, str], path: Path) -> None:
    """Write the picture as PNG; `stages` may be empty."""
    import matplotlib
    from matplotlib.figure import Figure

    matplotlib.use("Agg")
    rows = lanes(evidence, names)
    begin = min((leg.dialled for leg in evidence.legs), default=0.0)
    end = max((leg.ended or begin for leg in evidence.legs), default=begin) + 0.6
    count = max(1, math.ceil((end - begin) / SYSTEM))
    systems = [(span, [lane for lane in rows if lane.up(span)]) for span in parts(rows, begin, end, count)]
    height = HEAD + sum(STRIP + LANE * len(shown) + GAP for _, shown in systems)
    figure = Figure(figsize=(WIDTH, height), dpi=DPI, facecolor="white")
    top = height - HEAD
    for span, shown in systems:
        tall = STRIP + LANE * len(shown)
        box = (MARGIN / WIDTH, (top - tall) / height, (WIDTH - MARGIN - 0.2) / WIDTH, tall / height)
        _system(figure.add_axes(box), shown, stages, span, end)
        top -= tall + GAP
    figure.text(
        MARGIN / WIDTH, 1 - 0.22 / height, _headline(evidence), size=11, color=INK, weight="bold", va="center"
    )
    _legend(figure, height)
    figure.savefig(path)


def parts(rows: list[Lane], begin: float, end: float, count: int) -> list[Span]:
    """A call's time in parts of about the same length, which part nobody's words if that can be had."""
    length = max(end - begin, 1.0) / count
    cuts = [begin]
    for number in range(1, count):
        wanted = begin + number * length
        near = sorted((wanted + step * 0.1 for step in range(-25, 26)), key=lambda at: abs(at - wanted))
        spoken = [block for lane in rows for block in lane.blocks]
        free = (at for at in near if not any(each.start - 0.1 < at < each.end + 0.1 for each in spoken))
        cuts.append(next(free, wanted))
    cuts.append(begin + count * length)
    return list(pairwise(cuts))


def _headline(evidence: Evidence) -> str:
    caller = evidence.caller
    length = (caller.ended or 0) - (caller.answered or 0) if caller else 0.0
    return f"One call of {length:.0f} s, as the phone network heard it"


def _system(
    axes: Axes, rows: list[Lane], stages: Sequence[tuple[float, str]], span: Span, end: float
) -> None:
    top = LANE * len(rows) + STRIP
    axes.set_xlim(*span)
    axes.set_ylim(0, top)
    for side in ("top", "right", "left", "bottom"):
        axes.spines[side].set_visible(False)
    axes.set_yticks([])
    ticks = [
        second for second in range(math.ceil(span[0]), math.floor(min(span[1], end)) + 1) if second % 2 == 0
    ]
    axes.set_xticks(ticks, [f"{tick} s" for tick in ticks], size=7, color=FAINT)
    axes.tick_params(length=2, color=FAINT, pad=1)
    _stages(axes, stages, span, top, end)
    for number, lane in enumerate(rows):
        _lane(axes, lane, top - STRIP - LANE * (number + 1), span)


def _stages(axes: Axes, stages: Sequence[tuple[float, str]], span: Span, top: float, end: float) -> None:
    from matplotlib.patches import Rectangle

    for number, (begin, name) in enumerate(stages):
        after = stages[number + 1][0] if number + 1 < len(stages) else end
        left, right = max(begin, span[0]), min(after, span[1])
        if right <= left:
            continue
        axes.add_patch(
            Rectangle((left, top - STRIP + 0.05), right - left, STRIP - 0.07, color=STAGES[number % 2])
        )
        letters = int((right - left) * _inch(span) * 72 / (8.5 * LETTER))
        if letters >= len(name):
            axes.text(
                (left + right) / 2,
                top - STRIP / 2 + 0.01,
                name,
                size=8.5,
                ha="center",
                va="center",
                color=INK,
            )


def _inch(span: Span) -> float:
    """Inches in a second."""
    return (WIDTH - MARGIN - 0.2) / (span[1] - span[0])


def _lane(axes: Axes, lane: Lane, base: float, span: Span) -> None:
    colour = COLOURS[lane.kind]
    left = span[0] - 0.12 / _inch(span)
    style: dict[str, Any] = {"size": 8.5, "ha": "right", "va": "center", "weight": "bold"}
    axes.text(left, base + LANE / 2, lane.title, color=colour, linespacing=1.15, **style)
    axes.plot(span, (base, base), color="#e3e3e3", lw=0.6)
    _bars(axes, lane.line, base + 0.05, LANE - 0.1, span, color=colour, alpha=0.05)
    _bars(axes, lane.room, base + 0.05, LANE - 0.1, span, color=colour, alpha=0.08)
    _bars(axes, lane.rings, base + 0.32, 0.36, span, facecolor="none", edgecolor=RING, hatch="////", lw=0.8)
    _bars(axes, lane.voices, base + 0.07, 0.07, span, color="#5f6b7a", lw=0)
    _bars(axes, lane.tones, base + 0.07, 0.07, span, color=RING, lw=0)
    for block in lane.blocks:
        low, high = room_for(block, lane.blocks)
        _block(axes, block, base + 0.17 + low, high - low, span, colour)
    _marks(axes, lane.marks, base, span, colour)


def _bars(axes: Axes, spans: list[Span], base: float, height: float, view: Span, **style: Any) -> None:
    from matplotlib.patches import Rectangle

    for begin, end in spans:
        left, right = max(begin, view[0]), min(end, view[1])
        if right > left:
            axes.add_patch(Rectangle((left, base), right - left, height, **style))


def _block(axes: Axes, block: Block, base: float, height: float, view: Span, colour: str) -> None:
    from matplotlib.patches import FancyBboxPatch

    left, right = max(block.start, view[0]), min(block.end, view[1])
    if right <= left:
        return
    face, ink, edge = (READ, INK, RING) if block.read else (colour, "white", colour)
    axes.add_patch(
        FancyBboxPatch(
            (left, base), right - left, height, boxstyle="round,pad=0,rounding_size=0.05",
            mutation_aspect=1, facecolor=face, edgecolor=edge, lw=0.8,
        )
    )  # fmt: skip
    if block.cut and block.end <= view[1]:
        axes.plot(
            (right, right), (base - 0.02, base + height + 0.02), color=CUT, lw=2.5, solid_capstyle="butt"
        )
    if right - left < (block.end - block.start) / 2 - 1e-6:
        return  # the words stand in the longer part, in the next system or the one before
    words, size = fitted(block.text + (" ..." if block.cut else ""), (right - left) * _inch(view), height)
    axes.text(
        (left + right) / 2, base + height / 2, words, size=size, ha="center", va="center", color=ink,
        style="italic" if block.read else "normal", linespacing=1.05, clip_on=True,
    )  # fmt: skip


def room_for(block: Block, others: list[Block]) -> Span:
    """Lower and upper edge of a block in its lane: about half where somebody speaks while being read to."""
    whole = LANE - 0.36
    overlaps = any(
        other.read != block.read and other.start < block.end and block.start < other.end for other in others
    )
    if not overlaps:
        return 0.0, whole
    return (0.0, whole * 0.58) if block.read else (whole * 0.62, whole)


def fitted(text: str, width: float, height: float) -> tuple[str, float]:
    """The text in lines that fit a box of so many inches, and its size; what is too much is left out."""
    size = SIZES[-1]
    for size in SIZES:
        letters = max(1, int((width - 0.06) * 72 / (size * LETTER)))
        most = max(1, int(height * 72 / (size * LINE)))
        lines = textwrap.wrap(text, letters, break_long_words=False)
        if len(lines) <= most and all(len(line) <= letters for line in lines):
            return "\n".join(lines), size
    return "\n".join(textwrap.wrap(text, letters, max_lines=most, placeholder=" …")), size


def _marks(axes: Axes, marks: list[Mark], base: float, view: Span, colour: str) -> None:
    shown = -1e9
    for mark in marks:
        if not view[0] <= mark.at <= view[1]:
            continue
        axes.plot(
            (mark.at, mark.at), (base + 0.06, base + LANE - 0.03), color=colour, lw=0.9, ls=(0, (2, 1.5))
        )
        wide = len(mark.text) * 7.5 * LETTER / 72 / _inch(view)
        left = max(mark.at, shown)
        late = left + wide > view[1]
        axes.text(
            view[1] if late else left + 0.04 / _inch(view), base + LANE - 0.1, mark.text, size=7.5,
            va="center", ha="right" if late else "left", color=colour,
        )  # fmt: skip
        shown = left + wide + 0.1 / _inch(view)


def _legend(figure: Figure, height: float) -> None:
    parts = [
        ("■ ", "#5f6b7a", "hears a voice"), ("■ ", RING, "hears ringing"), ("▨ ", RING, "phone rings"),
        ("■ ", READ, "read to this leg alone"), ("| ", CUT, "cut off"),
    ]  # fmt: skip
    place = WIDTH - 0.2
    for sign, colour, text in reversed(parts):
        place -= (len(text) + 3) * 7.5 * LETTER / 72
        at = 1 - 0.22 / height
        shown = RING if colour == READ else colour
        sign = "□ " if colour == READ else sign
        figure.text(place / WIDTH, at, sign, size=9, color=shown, va="center", weight="bold")
        figure.text((place + 0.16) / WIDTH, at, text, size=7.5, color=INK, va="center")
