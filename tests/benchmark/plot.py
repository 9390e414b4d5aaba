# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Draw the tables of docs/benchmark.md as SVG: wall time by task, and by size."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple
from xml.sax.saxutils import escape

from .contenders import BOTO3, CLI, COMMUNITY, OURS
from .report import HEADINGS, as_markdown, number
from .results import Spread


class Look(NamedTuple):
    """How a tool is drawn: the CSS class of its color, and its marker around (0, 0)."""

    color: str
    marker: str


LOOKS = {
    OURS: Look("ours", "M-5 0a5 5 0 1 0 10 0a5 5 0 1 0 -10 0z"),
    COMMUNITY: Look("community", "M-5 -5h10v10h-10z"),
    CLI: Look("cli", "M0 -6l6 11h-12z"),
    BOTO3: Look("boto3", "M0 -7l6 7l-6 7l-6 -7z"),
}
WIDTH, LEFT, RIGHT = 480, 64, 456
ROW, PANEL = 64, 190
STYLE = """\
svg { --background: #ffffff; --text: #1f2328; --muted: #59636e; --grid: #d8dee4;
      --ours: #0b62a4; --community: #b8324a; --cli: #2f7d4f; --boto3: #7d4f9a; }
@media (prefers-color-scheme: dark) {
  svg { --background: #0d1117; --text: #e6edf3; --muted: #9ea7b3; --grid: #30363d;
        --ours: #6cb6ff; --community: #ff8a9a; --cli: #6fd196; --boto3: #cfa3ea; }
}
text { font: 14px system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
text { fill: var(--text); }
.title { font-size: 18px; font-weight: bold; }
.heading { font-size: 15px; font-weight: bold; }
.muted { fill: var(--muted); }
.grid { stroke: var(--grid); }
.ours { fill: var(--ours); stroke: var(--ours); }
.community { fill: var(--community); stroke: var(--community); }
.cli { fill: var(--cli); stroke: var(--cli); }
.boto3 { fill: var(--boto3); stroke: var(--boto3); }
.marker { stroke: var(--background); }
.curve { fill: none; stroke-width: 2; }"""

Scale = Callable[[float], float]


class Chart(NamedTuple):
    """The wall times of a workload in seconds, by size and tool."""

    key: str
    title: str
    unit: str
    walls: dict[int, dict[str, Spread]]

    @property
    def sizes(self) -> list[int]:
        return sorted(self.walls)

    @property
    def largest(self) -> dict[str, Spread]:
        """The wall times at the largest size."""
        return self.walls[self.sizes[-1]]

    @property
    def medians(self) -> list[float]:
        return [spread.median for walls in self.walls.values() for spread in walls.values()]


def charts(markdown: str) -> list[Chart]:
    """Read the tables of wall times in docs/benchmark.md."""
    found = []
    for section in re.split(r"^## ", markdown, flags=re.MULTILINE)[1:]:
        heading = re.match(r"\((\w+)\) (.+)", section)
        unit, walls = "", {}
        for amount, unit_, rows in re.findall(rf"^([\d,]+) (\w+):\n\n{_TABLE}", section, re.MULTILINE):
            unit = unit_
            walls[int(amount.replace(",", ""))] = dict(_walls(rows))
        if heading and walls:
            found.append(Chart(heading[1], heading[2], unit, walls))
    return found


_TABLE = re.escape(as_markdown(HEADINGS, [])) + r"\n((?:\|.*\n?)+)"


def _walls(rows: str) -> Iterator[tuple[str, Spread]]:
    for row in rows.splitlines():
        tool, wall, *dummy = row.strip("| ").split(" | ")
        if tool in LOOKS:
            median, *ends = [float(figure) for figure in re.findall(r"\d+(?:\.\d+)?", wall.replace(",", ""))]
            low, high = ends or (median, median)
            yield tool, Spread(median, low, high, 0)


def logarithmic(low: float, high: float, start: float, end: float) -> Scale:
    """Return the function from a value to its position between start and end."""
    span = math.log(high / low)
    return lambda value: start + (end - start) * math.log(value / low) / span


def decades(values: Sequence[float]) -> list[float]:
    """Return the powers of ten that enclose the values."""
    first, last = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    return [10.0**power for power in range(first, max(last, first + 1) + 1)]


def text(x: float, y: float, content: str, style: str = "", anchor: str = "start") -> str:
    return f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}" class="{style}">{escape(content)}</text>'


def line(x1: float, y1: float, x2: float, y2: float, style: str = "grid", width: float = 1) -> str:
    return f'<path class="{style}" stroke-width="{width}" d="M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}"/>'


def marker(x: float, y: float, tool: str, title: str) -> str:
    look = LOOKS[tool]
    place = f'transform="translate({x:.1f} {y:.1f})"'
    return f'<path class="{look.color} marker" {place} d="{look.marker}"><title>{escape(title)}</title></path>'


def legend(top: float) -> Iterator[str]:
    for index, tool in enumerate(LOOKS):
        x, y = 30 + 220 * (index % 2), top + 24 * (index // 2)
        yield marker(x, y, tool, tool)
        yield text(x + 14, y + 5, tool)
    yield text(20, top + 54, "Median; a line spans the lowest to the highest round.", "muted")


def comparison(compared: Sequence[Chart], top: float) -> Iterator[str]:
    """Draw a row for each workload, with a marker for each tool."""
    ticks = decades([median for chart in compared for median in chart.medians])
    x = logarithmic(ticks[0], ticks[-1], 30, RIGHT - 10)
    bottom = top + ROW * len(compared) + 4
    yield text(20, top - 14, "Wall time by task", "heading")
    for tick in ticks:
        yield line(x(tick), top, x(tick), bottom)
        yield text(x(tick), bottom + 18, f"{tick:,g}", "muted", "middle")
    yield text(WIDTH / 2, bottom + 40, "wall time in seconds (logarithmic; less is better)", "muted", "middle")
    for index, chart in enumerate(compared):
        y = top + ROW * index
        yield text(30, y + 17, f"({chart.key}) {chart.title.partition(',')[0]}")
        for place, tool in enumerate(LOOKS):
            if tool in chart.largest:
                wall, height = chart.largest[tool], y + 29 + 8 * place  # Equal times do not hide each other.
                yield line(x(wall.low), height, x(wall.high), height, LOOKS[tool].color, 2)
                yield marker(x(wall.median), height, tool, f"{tool}: {number(wall.median)} s")


def growth(chart: Chart, top: float) -> Iterator[str]:
    """Draw the wall time by size, a curve for each tool."""
    bottom = top + PANEL
    ticks = decades(chart.medians)
    x = logarithmic(chart.sizes[0], chart.sizes[-1], LEFT, RIGHT - 20)
    y = logarithmic(ticks[0], ticks[-1], bottom, top)
    yield text(20, top - 36, f"({chart.key}) {chart.title}", "heading")
    yield text(20, top - 14, "wall time in seconds (logarithmic)", "muted")
    for size in chart.sizes:
        yield line(x(size), top, x(size), bottom)
        yield text(x(size), bottom + 18, f"{size:,}", "muted", "middle")
    for tick in ticks:
        yield line(LEFT, y(tick), RIGHT - 20, y(tick))
        yield text(LEFT - 8, y(tick) + 5, f"{tick:,g}", "muted", "end")
    yield text((LEFT + RIGHT) / 2, bottom + 40, f"number of {chart.unit} (logarithmic)", "muted", "middle")
    for tool, look in LOOKS.items():
        known = [(x(size), y(chart.walls[size][tool].median)) for size in chart.sizes if tool in chart.walls[size]]
        points = " ".join(f"{across:.1f},{up:.1f}" for across, up in known)
        yield f'<polyline class="{look.color} curve" points="{points}"/>'
        yield from (marker(across, up, tool, tool) for across, up in known)


def svg(measured: Sequence[Chart]) -> str:
    compared = [chart for chart in measured if len(chart.sizes) == 1]
    grown = [chart for chart in measured if len(chart.sizes) > 1]
    parts = [text(20, 34, "Benchmark: wall time by tool", "title"), *legend(60)]
    height = 164.0
    if compared:
        parts += comparison(compared, height)
        height += ROW * len(compared) + 120
    for chart in grown:
        parts += growth(chart, height)
        height += PANEL + 112
    height -= 56
    drawn = "\n".join(parts)
    size = f'width="{WIDTH}" height="{height:.0f}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="0 0 {WIDTH} {height:.0f}" '
        'role="img" aria-labelledby="title description">\n'
        '<title id="title">Benchmark: wall time by tool</title>\n'
        f'<desc id="description">{escape(description(compared, grown))}</desc>\n'
        f"<style>\n{STYLE}\n</style>\n"
        f'<rect {size} rx="8" fill="var(--background)"/>\n{drawn}\n</svg>\n'
    )


def description(compared: Sequence[Chart], grown: Sequence[Chart]) -> str:
    """Say in words what is drawn, for readers who cannot see it."""
    sentences = [
        f"({chart.key}) {chart.title}: "
        + ", ".join(f"{tool} {number(wall.median)} s" for tool, wall in chart.largest.items())
        + "."
        for chart in compared
    ]
    sentences += [f"({chart.key}) {chart.title}: wall time by number of {chart.unit}." for chart in grown]
    return " ".join(sentences)
