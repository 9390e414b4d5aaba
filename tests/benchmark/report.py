# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Build the tables, for the terminal and for docs/benchmark.md."""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
import sysconfig
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from .commands import CHECKOUT
from .contenders import BOTO3, BOTO3_THREADS, CLI, COMMUNITY, MODULE, OURS, PAGER
from .results import Results, Spread
from .workloads import CONCURRENCIES, CONCURRENCY, RATE_LIMIT, Workload, at_concurrency

Row = Sequence[str]
Measured = Sequence[tuple[Workload, Results]]
Summaries = Sequence[Mapping[str, Any]]

HEADINGS = ("", "wall time (s)", "times ours", "CPU time (s)", "times ours", "memory (MB)", "rounds", "requests")
LIMIT_HEADINGS = ("", "seconds", "times ideal", "requests", "per success", "most per target", "targets lost", "rounds")
WAITING_HEADINGS = ("invalidations", "", "lag (s): mean", "median", "95 %", "requests", "most per poll")
GAIN_HEADINGS = ("", "figure", "goal", "measured", "achieved")
BETTER_HEADINGS = ("", "tool", "wall time, times ours", "memory, times ours")
PEERS = (COMMUNITY, CLI, BOTO3, BOTO3_THREADS)


def number(value: float) -> str:
    """Format with three significant digits."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def with_range(spread: Spread) -> str:
    if spread.rounds == 1:
        return number(spread.median)
    return f"{number(spread.median)} ({number(spread.low)}..{number(spread.high)})"


def rows(results: Results, size: int) -> Iterator[Row]:
    """A row for each contender, with its figures relative to this collection."""
    for contender in results.contenders(size):
        cells = [contender]
        for figure in ("wall", "cpu"):
            cells.append(with_range(results.spread(figure, contender, size)))
            cells.append("" if contender == OURS else with_range(results.ratio(figure, contender, OURS, size)))
        runs = results.runs(contender, size)
        requests = ", ".join(f"{count:,} {operation}" for operation, count in sorted(runs[-1].traffic.calls.items()))
        yield [*cells, number(results.median("memory", contender, size)), str(len(runs)), requests or "none"]


def limit_rows(workload: Workload, results: Results, size: int) -> Iterator[Row]:
    """A row for each contender under a rate limit, below a row for the ideal."""
    assert workload.limit
    ideal = workload.limit.ideal(size)
    yield ["ideal", number(ideal), number(1), f"{size:,}", number(1), "1", "0", ""]
    for contender in results.contenders(size):
        seconds = results.spread("seconds", contender, size)
        yield [
            contender,
            with_range(seconds),
            number(seconds.median / ideal),
            f"{results.median('requests', contender, size):,.0f}",
            number(results.median("per_success", contender, size)),
            f"{results.median('most', contender, size):.0f}",
            f"{size - results.median('succeeded', contender, size):.0f}",
            str(seconds.rounds),
        ]


def concurrency_table(measured: Measured) -> tuple[Row, Sequence[Row]]:
    """A row for each concurrency, with its speed relative to boto3 and the requests that are throttled."""
    (dummy, unlimited), *limited = measured
    labels = {OURS: "task", MODULE: "module", PAGER: "script"}
    headings = ["concurrency"]
    for label in labels.values():
        headings += [f"{label} (s)", "times as fast"]
    headings += [f"throttled, {workload.title}" for workload, dummy in limited]
    lines = []
    for concurrency in CONCURRENCIES:
        cells = [str(concurrency)]
        for name in labels:
            contender = at_concurrency(name, concurrency)
            cells.append(with_range(unlimited.spread("wall", contender)))
            cells.append(number(unlimited.median("wall", BOTO3) / unlimited.median("wall", contender)))
        cells += [f"{results.median('throttled', str(concurrency)):.0f}" for dummy, results in limited]
        lines.append(cells)
    return headings, lines


def tables(workload: Workload, results: Results) -> Iterator[tuple[str, Row, Iterable[Row]]]:
    """The amount of work, headings and rows for each size. Concurrency has a separate table."""
    for size in results.sizes if workload.key != CONCURRENCY else []:
        if workload.limit:
            yield amount(workload, size), LIMIT_HEADINGS, limit_rows(workload, results, size)
        else:
            yield amount(workload, size), HEADINGS, rows(results, size)


def plain(measured: Measured) -> Measured:
    """Return those with the standard tables."""
    return [one for one in measured if one[0].key not in (RATE_LIMIT, CONCURRENCY)]


def better_rows(measured: Measured) -> Iterator[Row]:
    """The tools that are at least 5 % faster or smaller than this collection at the largest size."""
    for workload, results in measured:
        size = results.sizes[-1]
        for peer in PEERS:
            if OURS in results.contenders(size) and peer in results.contenders(size):
                ratios = [results.ratio(figure, peer, OURS) for figure in ("wall", "memory")]
                if any(ratio.median <= 0.95 for ratio in ratios):
                    case = f"({workload.key}) {workload.title}, {amount(workload, size)}"
                    yield [case, peer, *(number(ratio.median) for ratio in ratios)]


def gain_row(key: str, figure: str, value: float, at_most: float | None = None, at_least: float | None = None) -> Row:
    """A goal, and whether it was achieved."""
    if at_most is not None:
        goal, achieved = f"at most {at_most:g}", value <= at_most
    else:
        assert at_least is not None
        goal, achieved = f"at least {at_least:g}", value >= at_least
    return [f"({key})", figure, goal, number(value), "yes" if achieved else "no"]


def gain_rows(measured: Measured, summaries: Summaries) -> Iterator[Row]:
    """The goals that were measured at the size to which they apply."""
    for workload, results in measured:
        if results.sizes[-1] == workload.sizes[-1]:
            for figure, measure, at_most, at_least in workload.gains:
                yield gain_row(workload.key, figure, measure(results), at_most, at_least)
    for one in summaries:
        if one["contender"].startswith(OURS):
            figure = f"most requests per poll, invalidations: {one['invalidations']}"
            yield gain_row("f", figure, one["requests_per_poll"], at_most=1)


def waiting_rows(summaries: Summaries) -> Iterator[Row]:
    for one in summaries:
        lags = [number(one[name]) for name in ("lag_mean", "lag_median", "lag_95")]
        requests = number(one["requests_mean"])
        yield [str(one["invalidations"]), one["contender"], *lags, requests, str(one["requests_per_poll"])]


def as_text(headings: Row, lines: Iterable[Row]) -> str:
    table = [headings, *lines]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    return "\n".join("  ".join(map(str.ljust, line, widths)).rstrip() for line in table)


def as_markdown(headings: Row, lines: Iterable[Row]) -> str:
    return "\n".join(f"| {' | '.join(line)} |" for line in [headings, ["---"] * len(headings), *lines])


def setting() -> dict[str, str]:
    """The machine, and the versions of the contenders."""
    model = next((line for line in _lines("/proc/cpuinfo") if line.startswith("model name")), platform.machine())
    packages = ("ansible-core", "boto3", "botocore", "awscli")
    collections = Path(sysconfig.get_path("purelib"), "ansible_collections")
    versions = {name: importlib.metadata.version(name) for name in packages}
    for name in ("amazon", "community"):
        manifest = json.loads((collections / name / "aws" / "MANIFEST.json").read_text())
        versions[f"{name}.aws"] = manifest["collection_info"]["version"]
    ours = next(line for line in _lines(str(CHECKOUT / "galaxy.yml")) if line.startswith("version:"))
    return {
        "date": date.today().isoformat(),
        "processor": f"{model.partition(':')[2].strip() or model}, {os.cpu_count()} cores",
        "system": platform.system(),
        "Python": platform.python_version(),
        "edgeworks.cloudfront": ours.partition(":")[2].strip(),
        **versions,
    }


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text().splitlines()
    except OSError:
        return []


def amount(workload: Workload, size: int) -> str:
    return f"{size:,} {workload.unit if size != 1 else workload.unit.removesuffix('s')}"


def markdown(measured: Measured, summaries: Summaries, draws: int, *, quick: bool = False) -> str:
    size = "quick: fewer rounds and smaller sizes" if quick else "full"
    parts = [
        INTRODUCTION,
        as_markdown(("", ""), [[name, value] for name, value in {**setting(), "run": size}.items()]),
        "![Wall time by workload and contender, and by size](benchmark.svg)",
        "## Goals",
        as_markdown(GAIN_HEADINGS, gain_rows(measured, summaries)),
        BETTER,
        as_markdown(BETTER_HEADINGS, better_rows(plain(measured))),
        EXPLANATIONS,
    ]
    for workload, results in plain(measured):
        parts.append(f"## ({workload.key}) {workload.title}")
        for work, headings, lines in tables(workload, results):
            parts += [f"{work}:", as_markdown(headings, lines)]
    if summaries:
        parts += [WAITING.format(draws=draws), as_markdown(WAITING_HEADINGS, waiting_rows(summaries))]
    limited = [one for one in measured if one[0].key == RATE_LIMIT]
    if limited:
        parts.append(UNDER_A_RATE_LIMIT)
        for workload, results in limited:
            for work, headings, lines in tables(workload, results):
                parts += [f"{workload.title}, {work}:", as_markdown(headings, lines)]
    concurrent = [one for one in measured if one[0].key == CONCURRENCY]
    if concurrent:
        parts += [DEFAULT_CONCURRENCY, as_markdown(*concurrency_table(concurrent))]
    return "\n\n".join(parts) + "\n"


INTRODUCTION = """\
# Benchmark

<!-- Written by `./dev bench --write`. -->

This page compares the collection with other tools. All of them do the same work, each used in its most efficient way.
They run in turn on one machine, against one emulated CloudFront over HTTP on the loopback interface. Run `./dev bench`
to repeat it.
[`tests/benchmark/workloads.py`](https://github.com/edgeworks/cloudfront/blob/main/tests/benchmark/workloads.py) defines
what each tool does.

- *Wall time* and *CPU time* are those of the whole command, including all processes that it starts. For Ansible, it is
  a run of `ansible-playbook` with one task. The *empty module* shows how much of that Ansible itself takes.
- *Memory* is the peak resident memory of the largest of these processes.
- *Times ours* is the figure relative to that of this collection, compared round by round.
- Each figure is the median (lowest..highest) of its *rounds*. Slow tools run fewer rounds.
- If a title contains "50 ms per request", the emulator delays each response by 50 ms, as a network would. Otherwise,
  a request takes about 1 ms.
- community.aws is represented by its module `cloudfront_distribution_info`. It does not support distribution tenants,
  so it lists distributions with the same number of invalidations."""

BETTER = """\
## Where other tools are faster or smaller

Outside a playbook, the AWS CLI and boto3 do not pay for Ansible's start-up, and the AWS CLI reads a long list with less
CPU time. If you list invalidations outside a playbook, they are the better choice. The table lists all cases in which
a tool takes at least 5 % less wall time or memory. For rate limits (i), see the goals relative to boto3's adaptive
mode."""

EXPLANATIONS = """\
## Where the rest of the time goes

- **Ansible's start-up.** The *empty module* shows what `ansible-playbook` takes before any module starts. That is most
  of a task that sends one request, and it limits the gains in (c) and, compared with a script, in (d). The table of
  goals has the gain in (c) without it, too.
- **The start-up of boto3.** Starting Python, importing boto3 and creating a client is most of what the *module without
  Ansible* and the *boto3 script* take for one page, and most of what the pager takes in (b). Nearly all of the rest is
  spent by botocore on HTTP and XML. In addition, botocore's paginator spends time in dateutil, which parses timestamps.
- **Concurrency in (d).** The option `concurrency` limits the requests in flight. Sixteen concurrent requests of 50 ms
  each allow at most 320 requests per second.
- **Memory in (h).** The largest process is Ansible's own on the controller, which reads the module's result. A small
  result fits into memory that this process has already allocated, so that the memory per invalidation seems to grow.
  In the module itself, which collects the pages, it is constant.
- **Noise in (h).** 10 and 100 tenants differ by a tenth of a second of CPU time, about as much as two runs of the same
  task. The CPU time per additional tenant is relative to that, so it varies between runs of the benchmark."""

WAITING = """\
## (f) Waiting, simulated

The lag is the time from the last completion to the end of the wait. It is simulated for {draws:,} sets of completion
times, drawn from a log-normal distribution. Its 95th percentile is 25 s, as published by AWS; its median, 10 s, is an
assumption. Requests take no time, and running a module takes 1 s. See
[`tests/benchmark/waiting.py`](https://github.com/edgeworks/cloudfront/blob/main/tests/benchmark/waiting.py)."""

UNDER_A_RATE_LIMIT = """\
## (i) Under a rate limit

AWS throttles the requests of an account, but does not publish its limits. Here, all requests share a token bucket,
which allows a number of requests per second after a burst. Each request takes 50 ms. Each tool lists the invalidations
of a number of distribution tenants, or creates one for each. The collection runs as a module without Ansible. The boto3
script uses one client, and as many threads as the concurrency. It sends each request up to 8 times, in botocore's retry
mode `adaptive` or `standard`.

- *Seconds* is the time from the first to the last request. The *ideal* is (requests - burst) / rate.
- *Per success* is the number of requests per target that succeeded, *most per target* the maximum for one target.
- A target is *lost* if none of its requests succeeded.

In the last case, 16 processes start at the same time, and each lists the invalidations of one tenant."""

DEFAULT_CONCURRENCY = """\
## (j) Concurrency

The table shows how fast 200 tenants are listed with 50 ms per request, compared with a boto3 script that lists one
after another, and how many requests are throttled under two rate limits (200 listed, 25 created). *Task* is a run of
`ansible-playbook`, *module* the module without Ansible, and *script* a script that uses the collection's
`module_utils`."""
