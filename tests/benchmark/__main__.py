# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compare the collection with other tools."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from . import plot, report
from .commands import CHECKOUT
from .measure import Emulator, emulator, environment, run
from .results import Results
from .workloads import CONCURRENCY, WORKLOADS, Workload


class Effort:
    """The number of rounds, and the sizes."""

    def __init__(self, quick: bool) -> None:
        self.quick = quick
        self.rounds, self.draws = (2, 100) if quick else (5, 1000)

    def sizes(self, workload: Workload) -> list[int]:
        return list(workload.quick_sizes if self.quick else workload.sizes)

    def seconds(self, workload: Workload) -> float:
        return 3.0 if self.quick else workload.seconds


def measure(workload: Workload, effort: Effort, cloudfront: Emulator, folder: Path) -> Results:
    """Run all contenders in turn, round by round, at each size."""
    results, may_lose_targets = Results(), workload.limit is not None
    for size in effort.sizes(workload):
        world, work = workload.world(size), f"({workload.key}) {workload.title}, {report.amount(workload, size)}"
        for round_ in range(effort.rounds):
            report_progress(f"{work}: round {round_ + 1} of {effort.rounds}")
            for name, (command, up_to) in workload.contenders.items():
                if (up_to is None or size <= up_to) and results.seconds(name, size) < effort.seconds(workload):
                    one = run(command(size), world, cloudfront, folder, may_lose_targets=may_lose_targets)
                    results.add(size, name, one)
    return results


def warm_up(cloudfront: Emulator, folder: Path) -> None:
    """Compile all Python code before the first measurement."""
    report_progress("Warming up")
    first = WORKLOADS[0]
    for command, dummy in first.contenders.values():
        run(command(first.sizes[0]), first.world(first.sizes[0]), cloudfront, folder)


def simulate(draws: int) -> list[dict[str, Any]]:
    """Simulate the waits in another process, because this one must stay small."""
    report_progress(f"(f) simulated, {draws:,} times")
    simulation = subprocess.run(
        [sys.executable, "-m", "tests.benchmark.waiting", str(draws)],
        cwd=CHECKOUT,
        env=environment("http://127.0.0.1:9"),
        stdout=subprocess.PIPE,
        check=True,
    )
    summaries: list[dict[str, Any]] = json.loads(simulation.stdout)
    return summaries


def report_progress(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def show(title: str, headings: report.Row, rows: Iterable[report.Row]) -> None:
    """Print a table, unless it is empty."""
    lines = list(rows)
    if lines:
        print(f"\n{title}\n{report.as_text(headings, lines)}", flush=True)


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./dev bench", description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="fewer rounds, smaller sizes: four minutes instead of forty"
    )
    parser.add_argument("--only", default="", metavar="a,c", help="run these workloads only")
    parser.add_argument("--write", action="store_true", help="also write docs/benchmark.md and its plot")
    parser.add_argument("--draw", action="store_true", help="only draw the plot from the tables in docs/benchmark.md")
    return parser.parse_args()


def draw() -> None:
    """Draw docs/benchmark.svg from the tables in docs/benchmark.md."""
    docs = CHECKOUT / "docs"
    (docs / "benchmark.svg").write_text(plot.svg(plot.charts((docs / "benchmark.md").read_text())))


def main() -> None:
    arguments = parse_arguments()
    if arguments.draw:
        draw()
        return
    effort = Effort(arguments.quick)
    keys = set(filter(None, arguments.only.split(",")))
    unknown = keys - {workload.key for workload in WORKLOADS}
    if unknown:
        sys.exit(f"Unknown workload: {', '.join(sorted(unknown))}")
    wanted = [workload for workload in WORKLOADS if (not keys or workload.key in keys) and effort.sizes(workload)]

    measured = []
    with emulator() as cloudfront, tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
        warm_up(cloudfront, Path(folder))
        for workload in wanted:
            results = measure(workload, effort, cloudfront, Path(folder))
            measured.append((workload, results))
            for work, headings, rows in report.tables(workload, results):
                show(f"({workload.key}) {workload.title}, {work}", headings, rows)
    summaries = simulate(effort.draws) if not keys or "f" in keys else []
    show("(f) Waiting, simulated", report.WAITING_HEADINGS, report.waiting_rows(summaries))
    concurrent = [one for one in measured if one[0].key == CONCURRENCY]
    if concurrent:
        show("(j) Concurrency", *report.concurrency_table(concurrent))
    show("Goals", report.GAIN_HEADINGS, report.gain_rows(measured, summaries))
    if arguments.write:
        page = report.markdown(measured, summaries, effort.draws, quick=effort.quick)
        (CHECKOUT / "docs/benchmark.md").write_text(page)
        draw()


if __name__ == "__main__":
    main()
