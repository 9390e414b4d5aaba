# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The benchmark's arithmetic and tables."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

import pytest
from ansible_collections.edgeworks.cloudfront.tests.benchmark import plot, report
from ansible_collections.edgeworks.cloudfront.tests.benchmark.contenders import BOTO3, MODULE, OURS
from ansible_collections.edgeworks.cloudfront.tests.benchmark.figures import Spread, ratio, slope, spread
from ansible_collections.edgeworks.cloudfront.tests.benchmark.measure import Run, Traffic
from ansible_collections.edgeworks.cloudfront.tests.benchmark.results import Results
from ansible_collections.edgeworks.cloudfront.tests.benchmark.workloads import (
    WORKLOADS,
    beyond,
    differing,
    steepening,
    times,
)

HISTORY = next(workload for workload in WORKLOADS if workload.key == "b")


def a_run(wall: float = 1.0, cpu: float = 1.0, memory: float = 50.0, output: str = "") -> Run:
    return Run(wall, cpu, memory, Traffic(Counter(ListInvalidations=100), first_pages=1), output)


def results_of(walls: dict[tuple[int, str], list[float]]) -> Results:
    results = Results()
    for (size, contender), values in walls.items():
        for value in values:
            results.add(size, contender, a_run(wall=value, cpu=value, output=contender))
    return results


def test_spread_has_median_and_extremes() -> None:
    assert spread([3.0, 1.0, 10.0]) == Spread(3.0, 1.0, 10.0, 3)
    assert spread([1.0, 2.0]) == Spread(1.5, 1.0, 2.0, 2)


def test_ratio_is_computed_round_by_round() -> None:
    # The machine was twice as slow in the second round, for both.
    assert ratio([2.0, 4.0], [1.0, 2.0]) == Spread(2.0, 2.0, 2.0, 2)


def test_ratio_uses_only_common_rounds() -> None:
    assert ratio([8.0], [2.0, 100.0, 100.0]) == Spread(4.0, 4.0, 4.0, 1)


def test_slope_is_the_cost_of_one_more() -> None:
    assert slope((100, 1.0), (1100, 3.0)) == pytest.approx(0.002)


def test_gain_can_exclude_a_common_cost() -> None:
    results = results_of({(1, "floor"): [1.0], (1, "a"): [2.0], (1, "b"): [5.0]})
    assert times("wall", "b", "a")(results) == pytest.approx(2.5)
    assert beyond("floor", "wall", "b", "a")(results) == pytest.approx(4.0)


@pytest.mark.parametrize(("last", "expected"), [(11.0, 1.0), (20.0, 2.0)])
def test_linear_growth_has_a_constant_slope(last: float, expected: float) -> None:
    results = results_of({(0, OURS): [1.0], (10, OURS): [2.0], (100, OURS): [last]})
    assert steepening("wall")(results) == pytest.approx(expected)


def test_outputs_are_compared_exactly() -> None:
    results = results_of({(1, "a"): [1.0, 1.0], (1, "b"): [1.0]})
    assert differing("a", "a")(results) == 0
    assert differing("a", "b")(results) == 1


@pytest.mark.parametrize(("value", "text"), [(0.123, "0.12"), (12.34, "12.3"), (123.4, "123"), (12345.6, "12,346")])
def test_numbers_have_three_significant_digits(value: float, text: str) -> None:
    assert report.number(value) == text


def test_row_compares_a_contender_with_ours() -> None:
    results = results_of({(100, OURS): [1.0, 3.0], (100, BOTO3): [2.0, 6.0]})
    ours, boto3 = report.rows(results, 100)
    assert ours == [OURS, "2.00 (1.00..3.00)", "", "2.00 (1.00..3.00)", "", "50.0", "2", "100 ListInvalidations"]
    assert boto3[2] == "2.00 (2.00..2.00)"


def test_text_table_aligns_columns() -> None:
    assert report.as_text(("", "s"), [["short", "1"], ["a long one", "2"]]) == (
        "            s\nshort       1\na long one  2"
    )


def test_gains_are_reported_only_at_the_full_size() -> None:
    seconds = {name: [1.0 + place] for place, name in enumerate(HISTORY.contenders)}
    full = results_of({(HISTORY.sizes[-1], name): values for name, values in seconds.items()})
    smaller = results_of({(HISTORY.sizes[-1] // 10, name): values for name, values in seconds.items()})
    assert len(list(report.gain_rows([(HISTORY, full)], []))) == len(HISTORY.gains)
    assert not list(report.gain_rows([(HISTORY, smaller)], []))


@pytest.mark.parametrize(("value", "achieved"), [(1.0, "yes"), (1.01, "no")])
def test_missed_gain_is_reported(value: float, achieved: str) -> None:
    assert report.gain_row("a", "figure", value, at_most=1.0)[-1] == achieved
    assert report.gain_row("a", "figure", 1 / value, at_least=1.0)[-1] == achieved


def a_page(*sections: tuple[str, Results]) -> str:
    """The part of docs/benchmark.md that has the tables of these results."""
    parts = ["# The benchmark"]
    for heading, results in sections:
        parts.append(f"## {heading}")
        for size in results.sizes:
            parts += [f"{size:,} invalidations:", report.as_markdown(report.HEADINGS, report.rows(results, size))]
    return "\n\n".join(parts) + "\n"


def test_plot_reads_the_tables_of_the_page() -> None:
    compared = results_of({(10_000, OURS): [1.0, 1.2], (10_000, BOTO3): [1234.0], (10_000, MODULE): [1.0]})
    (chart,) = plot.charts(a_page(("(b) A whole history", compared)))
    assert chart[:3] == ("b", "A whole history", "invalidations")
    assert chart.walls == {10_000: {OURS: Spread(1.1, 1.0, 1.2, 0), BOTO3: Spread(1234.0, 1234.0, 1234.0, 0)}}


def test_plot_shows_each_workload() -> None:
    compared = results_of({(10_000, OURS): [1.0, 1.2], (10_000, BOTO3): [0.5]})
    grown = results_of({(size, OURS): [size / 100] for size in (100, 1_000)})
    drawn = plot.svg(plot.charts(a_page(("(b) A whole history", compared), ("(h) Growth", grown))))
    image = ElementTree.fromstring(drawn)
    titles = [element.text or "" for element in image.iter("{http://www.w3.org/2000/svg}title")]
    assert f"{OURS}: 1.10 s" in titles
    texts = [element.text or "" for element in image.iter("{http://www.w3.org/2000/svg}text")]
    assert "(h) Growth" in texts
    assert "number of invalidations (logarithmic)" in texts


def test_plot_in_the_documentation_is_up_to_date() -> None:
    docs = Path(__file__).parents[3] / "docs"
    assert (docs / "benchmark.svg").read_text() == plot.svg(plot.charts((docs / "benchmark.md").read_text()))


def test_every_workload_has_a_world_and_commands_at_every_size() -> None:
    for workload in WORKLOADS:
        for size in (*workload.sizes, *workload.quick_sizes):
            assert workload.world(size)["distributions"]
            assert all(contender.command(size) for contender in workload.contenders.values())
