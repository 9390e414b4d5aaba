# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tables under a rate limit, by concurrency, and of the tools that are better."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from ansible_collections.edgeworks.cloudfront.tests.benchmark import report
from ansible_collections.edgeworks.cloudfront.tests.benchmark.commands import Processes, Script
from ansible_collections.edgeworks.cloudfront.tests.benchmark.contenders import BOTO3, OURS
from ansible_collections.edgeworks.cloudfront.tests.benchmark.measure import Run, Traffic
from ansible_collections.edgeworks.cloudfront.tests.benchmark.results import Results
from ansible_collections.edgeworks.cloudfront.tests.benchmark.workloads import (
    CONCURRENCIES,
    CONCURRENCY,
    RATE_LIMIT,
    WORKLOADS,
    Limit,
    Workload,
)

LIMITED = next(workload for workload in WORKLOADS if workload.key == RATE_LIMIT)


def a_run(wall: float = 1.0, memory: float = 50.0, traffic: Traffic | None = None) -> Run:
    return Run(wall, wall, memory, traffic or Traffic(), output="")


def all_results(workload: Workload) -> Results:
    results, size = Results(), workload.sizes[-1]
    traffic = Traffic(Counter(List=3 * size), throttled=2 * size, seconds=12.0, succeeded=size - 1, most=4)
    for place, contender in enumerate(workload.contenders):
        results.add(size, contender, a_run(1.0 + place, traffic=traffic))
    return results


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
    traffic = Traffic.of({"ListInvalidationsForDistributionTenant": 4}, 2, requests)
    assert (traffic.seconds, traffic.succeeded, traffic.most, traffic.first_pages) == (1.5, 1, 3, 1)
    assert (traffic.requests, traffic.throttled, traffic.per_success) == (4, 2, 4.0)


def test_traffic_can_be_empty() -> None:
    assert Traffic.of({}, 0, []) == Traffic()


@pytest.mark.parametrize(("requests", "seconds"), [(60, 10.0), (5, 0.0)])
def test_ideal_time_leaves_out_the_burst(requests: int, seconds: float) -> None:
    assert Limit(5, 10).ideal(requests) == seconds


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
    (workload,) = (workload for workload in WORKLOADS if workload.key == "b")
    results = Results()
    for contender, wall, memory in ((OURS, 2.0, 60.0), (BOTO3, 1.0, 90.0), ("community.aws", 3.0, 90.0)):
        results.add(10_000, contender, a_run(wall, memory))
    (row,) = report.better_rows([(workload, results)])
    assert row == ["(b) A whole history, 10,000 invalidations", BOTO3, "0.50", "1.50"]


def test_page_has_a_section_for_every_workload(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report, "setting", lambda: {"system": "Linux"})  # The contenders may not be installed.
    page = report.markdown([(workload, all_results(workload)) for workload in WORKLOADS if workload.key != "h"], [], 0)
    for key in "abcdefgij":
        assert f"## ({key}) " in page
    for workload in WORKLOADS:
        assert all(gain.goal in page for gain in workload.gains) or workload.key == "h"


def test_processes_start_together(tmp_path: Path) -> None:
    dummy, dummy, script = Processes([Script("a.py", ["1 2"]), Script("a.py", ["3"])]).argv(tmp_path)
    first, second, wait = script.splitlines()
    assert first.endswith("a.py '1 2' &")
    assert second.endswith("a.py 3 &")
    assert wait == "wait"
