# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plot, as SVG: wall time by workload, and how it grows."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from xml.sax.saxutils import escape

from .contenders import BOTO3, CLI, COMMUNITY, OURS
from .report import Measured, number
from .results import Results
from .workloads import Workload

COLOURS = {OURS: "#0b62a4", COMMUNITY: "#d1495b", CLI: "#3d8f5f", BOTO3: "#9a6fb0"}
WIDTH, PANEL, LINE, LEFT, RIGHT = 860, 260, 26, 330, 40
GREY = "#8a8a8a"

Scale = Callable[[float], float]


def logarithmic(low: float, high: float, start: float, end: float) -> Scale:
    """From a value to a place between start and end."""
    span = math.log(high / low)
    return lambda value: start + (end - start) * math.log(value / low) / span


def decades(values: Sequence[float]) -> list[float]:
    """The powers of ten that enclose the values."""
    first, last = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    return [10.0**power for power in range(first, max(last, first + 1) + 1)]


def text(x: float, y: float, says: str, anchor: str = "start", **style: str) -> str:
    attributes = "".join(f' {name.replace("_", "-")}="{value}"' for name, value in style.items())
    return f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}"{attributes}>{escape(says)}</text>'


def line(x1: float, y1: float, x2: float, y2: float, colour: str, width: float = 1) -> str:
    ends = f'x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"'
    return f'<line {ends} stroke="{colour}" stroke-width="{width}"/>'


def dot(x: float, y: float, colour: str, title: str) -> str:
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="{colour}"><title>{escape(title)}</title></circle>'


def short(workload: Workload) -> str:
    return workload.title.partition(",")[0]


def points(measured: Measured) -> Iterator[float]:
    for dummy, results in measured:
        for size in results.sizes:
            for contender in COLOURS:
                if results.runs(contender, size):
                    yield results.median("wall", contender, size)


def legend(y: float) -> Iterator[str]:
    for number_, (contender, colour) in enumerate(COLOURS.items()):
        x = 20 + 210 * number_
        yield dot(x, y - 4, colour, contender)
        yield text(x + 12, y, contender)


def comparison(measured: Measured, top: float) -> Iterator[str]:
    """A line a workload, a dot a contender."""
    ticks = decades(list(points(measured)))
    scale = logarithmic(ticks[0], ticks[-1], LEFT, WIDTH - RIGHT)
    bottom = top + LINE * len(measured)
    for tick in ticks:
        yield line(scale(tick), top, scale(tick), bottom, "#dddddd")
        yield text(scale(tick), bottom + 16, f"{tick:g} s", "middle", fill=GREY)
    for place, (workload, results) in enumerate(measured):
        y = top + LINE * (place + 0.5)
        yield text(LEFT - 12, y + 4, f"({workload.key}) {short(workload)}", "end")
        for contender, colour in reversed(COLOURS.items()):
            if results.runs(contender):
                spread = results.spread("wall", contender)
                yield line(scale(spread.low), y, scale(spread.high), y, colour, 2)
                yield dot(scale(spread.median), y, colour, f"{contender}: {number(spread.median)} s")


def growth(workload: Workload, results: Results, top: float, left: float) -> Iterator[str]:
    """Wall time over size, a curve a contender."""
    right, bottom = left + 340, top + PANEL - 60
    seconds = decades(list(points([(workload, results)])))
    x = logarithmic(results.sizes[0], results.sizes[-1], left, right)
    y = logarithmic(seconds[0], seconds[-1], bottom, top)
    yield text(left, top - 12, f"({workload.key}) {short(workload)}", font_weight="bold")
    for size in results.sizes:
        yield line(x(size), top, x(size), bottom, "#dddddd")
        yield text(x(size), bottom + 16, f"{size:,}", "middle", fill=GREY)
    for tick in seconds:
        yield line(left, y(tick), right, y(tick), "#dddddd")
        yield text(left - 6, y(tick) + 4, f"{tick:g} s", "end", fill=GREY)
    for contender, colour in COLOURS.items():
        known = [
            (x(size), y(results.median("wall", contender, size)))
            for size in results.sizes
            if results.runs(contender, size)
        ]
        path = " ".join(f"{across:.1f},{up:.1f}" for across, up in known)
        yield f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>'
        yield from (dot(across, up, colour, contender) for across, up in known)


def svg(measured: Measured) -> str:
    compared = [one for one in measured if len(one[1].sizes) == 1]
    grown = [one for one in measured if len(one[1].sizes) > 1]
    parts = [*legend(28)]
    height = 56.0
    if compared:
        parts += comparison(compared, height)
        height += LINE * len(compared) + 72
    for number_, (workload, results) in enumerate(grown):
        parts += growth(workload, results, height, 60 + number_ * 420)
    height += PANEL if grown else 0
    drawn = "\n".join(parts)
    style = 'font-family="sans-serif" font-size="13"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:.0f}" {style}>\n'
        f'<rect width="100%" height="100%" fill="white"/>\n{drawn}\n</svg>\n'
    )
