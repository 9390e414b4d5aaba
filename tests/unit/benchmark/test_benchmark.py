# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The benchmark's arithmetic, tables and plot."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

import pytest
from ansible_collections.edgeworks.cloudfront.tests.benchmark import plot, report, waiting
from ansible_collections.edgeworks.cloudfront.tests.benchmark.commands import Processes, Script
from ansible_collections.edgeworks.cloudfront.tests.benchmark.contenders import BOTO3, COMMUNITY, MODULE, OURS
from ansible_collections.edgeworks.cloudfront.tests.benchmark.measure import Run, Traffic
from ansible_collections.edgeworks.cloudfront.tests.benchmark.results import Results, Spread
from ansible_collections.edgeworks.cloudfront.tests.benchmark.workloads import (
    CONCURRENCIES,
    CONCURRENCY,
    RATE_LIMIT,
    WORKLOADS,
    Limit,
    Workload,
    beyond,
    differing,
    steepening,
    times,
)

HISTORY = next(workload for workload in WORKLOADS if workload.key == "b")
LIMITED = next(workload for workload in WORKLOADS if workload.key == RATE_LIMIT)
PAGE = Traffic(Counter(ListInvalidations=100), first_pages=1)


def a_run(wall: float = 1.0, memory: float = 50.0, traffic: Traffic = PAGE, output: str = "") -> Run:
    return Run(wall, wall, memory, traffic, output)


def results_of(walls: dict[tuple[int, str], list[float]]) -> Results:
    results = Results()
    for (size, contender), values in walls.items():
        for value in values:
            results.add(size, contender, a_run(wall=value, output=contender))
    return results


def all_results(workload: Workload, size: int = 0) -> Results:
    """A run of each contender, at the full size by default, one after another slower by a second."""
    results, size = Results(), size or workload.sizes[-1]
    traffic = Traffic(Counter(List=3 * size), throttled=2 * size, seconds=12.0, succeeded=size - 1, most=4)
    for place, contender in enumerate(workload.contenders):
        results.add(size, contender, a_run(1.0 + place, traffic=traffic))
    return results


# What is measured.


def a_request(target: str, at: float, status: int, marker: str = "") -> dict[str, object]:
    operation = "ListInvalidationsForDistributionTenant"
    return {"operation": operation, "target": target, "at": at, "status": status, "params": {"Marker": marker}}


def test_traffic_counts_targets_and_their_requests() -> None:
    requests = [
        a_request("dt_1", 100.0, 200),
        a_request("dt_1", 100.5, 400, "I1"),
        a_request("dt_2", 101.0, 400),
        a_request("dt_1", 101.5, 200, "I1"),
    ]
    operation = "ListInvalidationsForDistributionTenant"
    traffic = Traffic.of({operation: 4}, {operation: 2}, requests)
    assert (traffic.seconds, traffic.succeeded, traffic.most, traffic.first_pages) == (1.5, 1, 3, 1)
    assert (traffic.requests, traffic.throttled, traffic.per_success) == (4, 2, 4.0)
    assert Traffic.of({}, {}, []) == Traffic()


def test_processes_start_together(tmp_path: Path) -> None:
    dummy, dummy, script = Processes([Script("a.py", ["1 2"]), Script("a.py", ["3"])]).argv(tmp_path)
    first, second, wait = script.splitlines()
    assert first.endswith("a.py '1 2' &")
    assert second.endswith("a.py 3 &")
    assert wait == "wait"


def test_every_workload_has_a_world_and_commands_at_every_size() -> None:
    for workload in WORKLOADS:
        for size in (*workload.sizes, *workload.quick_sizes):
            assert workload.world(size)["distributions"]
            assert all(contender.command(size) for contender in workload.contenders.values())


def test_every_simulated_wait_ends_when_all_are_completed() -> None:
    summaries = list(waiting.simulate(5))
    cases = [(number, contender) for number in (1, 20) for contender in waiting.CONTENDERS]
    assert [(one.invalidations, one.contender) for one in summaries] == cases
    assert all(0 <= one.lag_mean < 20 for one in summaries)
    assert [one.requests_per_poll for one in summaries if one.contender.startswith(OURS)] == [1, 1]


# The arithmetic.


def test_spread_has_median_and_extremes() -> None:
    results = results_of({(1, "a"): [3.0, 1.0, 10.0], (2, "a"): [1.0, 2.0]})
    assert results.spread("wall", "a", 1) == Spread(3.0, 1.0, 10.0, 3)
    assert results.spread("wall", "a") == Spread(1.5, 1.0, 2.0, 2)


def test_ratio_is_computed_round_by_round_for_common_rounds() -> None:
    # The machine was twice as slow in the second round, for both.
    results = results_of({(1, "a"): [2.0, 4.0], (1, "b"): [1.0, 2.0, 100.0]})
    assert results.ratio("wall", "a", "b") == Spread(2.0, 2.0, 2.0, 2)


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


@pytest.mark.parametrize(("requests", "seconds"), [(60, 10.0), (5, 0.0)])
def test_ideal_time_leaves_out_the_burst(requests: int, seconds: float) -> None:
    assert Limit(5, 10).ideal(requests) == seconds


# The tables.


def test_numbers_have_three_significant_digits() -> None:
    assert [report.number(value) for value in (0.123, 12.34, 123.4, 12345.6)] == ["0.12", "12.3", "123", "12,346"]


def test_row_compares_a_contender_with_ours() -> None:
    results = results_of({(100, OURS): [1.0, 3.0], (100, BOTO3): [2.0, 6.0]})
    ours, boto3 = report.rows(results, 100)
    assert ours == [OURS, "2.00 (1.00..3.00)", "", "2.00 (1.00..3.00)", "", "50.0", "2", "100 ListInvalidations"]
    assert boto3[2] == "2.00 (2.00..2.00)"


def test_rate_limited_contenders_are_compared_with_the_ideal() -> None:
    ideal, ours, *dummy = report.limit_rows(LIMITED, all_results(LIMITED), 60)
    assert ideal == ["ideal", "10.0", "1.00", "60", "1.00", "1", "0", ""]
    assert ours == [OURS, "12.0", "1.20", "180", "3.05", "4", "1", "1"]


def test_concurrency_is_compared_with_sequential_requests() -> None:
    headings, rows = report.concurrency_table([(one, all_results(one)) for one in WORKLOADS if one.key == CONCURRENCY])
    assert [row[0] for row in rows] == [str(concurrency) for concurrency in CONCURRENCIES]
    assert rows[0] == ["8", "2.00", "0.50", "7.00", "0.14", "12.0", "0.08", "400", "50"]
    assert len(headings) == len(rows[0])


def test_tools_that_are_faster_or_smaller_are_reported() -> None:
    results = Results()
    for contender, wall, memory in ((OURS, 2.0, 60.0), (BOTO3, 1.0, 90.0), (COMMUNITY, 3.0, 90.0)):
        results.add(10_000, contender, a_run(wall, memory))
    (row,) = report.better_rows([(HISTORY, results)])
    assert row == ["(b) A whole history, 10,000 invalidations", BOTO3, "0.50", "1.50"]


def test_gains_are_reported_only_at_the_full_size() -> None:
    full, smaller = all_results(HISTORY), all_results(HISTORY, HISTORY.sizes[-1] // 10)
    assert len(list(report.gain_rows([(HISTORY, full)], []))) == len(HISTORY.gains)
    assert not list(report.gain_rows([(HISTORY, smaller)], []))


@pytest.mark.parametrize(("value", "achieved"), [(1.0, "yes"), (1.01, "no")])
def test_missed_gain_is_reported(value: float, achieved: str) -> None:
    assert report.gain_row("a", "figure", value, at_most=1.0)[-1] == achieved
    assert report.gain_row("a", "figure", 1 / value, at_least=1.0)[-1] == achieved


def test_text_table_aligns_columns() -> None:
    assert report.as_text(("", "s"), [["short", "1"], ["a long one", "2"]]) == (
        "            s\nshort       1\na long one  2"
    )


def test_page_has_a_section_for_every_workload(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report, "setting", lambda: {"system": "Linux"})  # The contenders may not be installed.
    page = report.markdown([(workload, all_results(workload)) for workload in WORKLOADS if workload.key != "h"], [], 0)
    for key in "abcdefgij":
        assert f"## ({key}) " in page
    for workload in WORKLOADS:
        assert all(gain.goal in page for gain in workload.gains) or workload.key == "h"


# The plot.


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
