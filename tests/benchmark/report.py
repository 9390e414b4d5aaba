# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tables: for a person at a terminal, and for docs/benchmark.md."""

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
from .contenders import OURS
from .figures import Spread
from .results import Results
from .workloads import Workload

Row = Sequence[str]
Measured = Sequence[tuple[Workload, Results]]
Summaries = Sequence[Mapping[str, Any]]

HEADINGS = ("", "wall s", "x ours", "CPU s", "x ours", "MB", "rounds", "requests")
WAITING_HEADINGS = ("for", "", "lag s: mean", "median", "95 %", "requests", "most a look")
GAIN_HEADINGS = ("", "gain", "expected", "measured", "")


def number(value: float) -> str:
    """Three digits that matter."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def told(spread: Spread) -> str:
    if spread.rounds == 1:
        return number(spread.median)
    return f"{number(spread.median)} ({number(spread.low)}..{number(spread.high)})"


def rows(results: Results, size: int) -> Iterator[Row]:
    """A line a contender, in which `x ours` is how many times as much as ours it took."""
    for contender in results.contenders(size):
        cells = [contender]
        for figure in ("wall", "cpu"):
            cells.append(told(results.spread(figure, contender, size)))
            cells.append("" if contender == OURS else told(results.ratio(figure, contender, OURS, size)))
        runs = results.runs(contender, size)
        requests = ", ".join(f"{count:,} {operation}" for operation, count in sorted(runs[-1].calls.items()))
        yield [*cells, number(results.median("memory", contender, size)), str(len(runs)), requests or "none"]


def gain_row(key: str, claim: str, value: float, at_most: float | None = None, at_least: float | None = None) -> Row:
    """What was expected and what was measured."""
    if at_most is not None:
        expected, holds = f"at most {at_most:g}", value <= at_most
    else:
        assert at_least is not None
        expected, holds = f"at least {at_least:g}", value >= at_least
    return [f"({key})", claim, expected, number(value), "holds" if holds else "does not hold"]


def gain_rows(measured: Measured, summaries: Summaries) -> Iterator[Row]:
    """The gains that were measured at the size for which they are expected."""
    for workload, results in measured:
        if results.sizes[-1] == workload.sizes[-1]:
            for claim, measure, at_most, at_least in workload.gains:
                yield gain_row(workload.key, claim, measure(results), at_most, at_least)
    for one in summaries:
        if one["contender"].startswith(OURS):
            claim = f"requests a look, awaiting {one['invalidations']}"
            yield gain_row("f", claim, one["requests_a_look"], at_most=1)


def waiting_rows(summaries: Summaries) -> Iterator[Row]:
    for one in summaries:
        lags = [number(one[name]) for name in ("lag_mean", "lag_median", "lag_95")]
        requests = number(one["requests_mean"])
        yield [str(one["invalidations"]), one["contender"], *lags, requests, str(one["requests_a_look"])]


def as_text(headings: Row, lines: Iterable[Row]) -> str:
    table = [headings, *lines]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    return "\n".join("  ".join(map(str.ljust, line, widths)).rstrip() for line in table)


def as_markdown(headings: Row, lines: Iterable[Row]) -> str:
    return "\n".join(f"| {' | '.join(line)} |" for line in [headings, ["---"] * len(headings), *lines])


def setting() -> dict[str, str]:
    """The machine and the versions that the figures come from."""
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


def heading(workload: Workload, size: int) -> str:
    return f"{workload.title}: {amount(workload, size)}"


def amount(workload: Workload, size: int) -> str:
    return f"{size:,} {workload.unit if size != 1 else workload.unit.removesuffix('s')}"


def markdown(measured: Measured, summaries: Summaries, draws: int) -> str:
    parts = [
        INTRODUCTION,
        as_markdown(("", ""), [[name, value] for name, value in setting().items()]),
        "![Wall time by workload and contender, and how it grows](benchmark.svg)",
        "## The gains",
        as_markdown(GAIN_HEADINGS, gain_rows(measured, summaries)),
        WHAT_IS_LEFT,
    ]
    for workload, results in measured:
        parts.append(f"## ({workload.key}) {workload.title}")
        for size in results.sizes:
            parts += [f"{amount(workload, size)}:", as_markdown(HEADINGS, rows(results, size))]
    if summaries:
        parts += [WAITING.format(draws=draws), as_markdown(WAITING_HEADINGS, waiting_rows(summaries))]
    return "\n\n".join(parts) + "\n"


INTRODUCTION = """\
# The benchmark

<!-- Written by `./dev bench --write`. -->

The same work done by the collection and by what people use otherwise, each in its own best way, by turns on one machine
against one emulated CloudFront over HTTP on loopback. Run it yourself with `./dev bench`. What each does exactly is in
[`tests/benchmark/workloads.py`](https://github.com/edgeworks/cloudfront/blob/main/tests/benchmark/workloads.py).

- *wall* and *CPU* are of the whole command with all the processes it starts; for Ansible that is a whole run of
  `ansible-playbook` with one task, of which a module that does nothing shows what Ansible itself takes.
- *MB* is the resident memory of the largest of these processes at its peak.
- *x ours* is how many times as much as ours it took, compared round by round.
- Each figure is the median (lowest..highest) of its *rounds*. A contender that is slow is asked fewer times.
- A gain that was expected and is not there stands in the table of gains too.
- Where there are 50 ms a request, the emulator takes them, as a network would. Otherwise a request takes about 1 ms.
- community.aws is its module `cloudfront_distribution_info`. It knows no distribution tenants, so it gets distributions
  with the same number of invalidations."""

WHAT_IS_LEFT = """\
## What the rest goes to

- **Ansible's own start.** Before a module of any kind has begun, `ansible-playbook` takes what *module that does
  nothing* shows. That is most of a run that sends one request, and a bound to what (c) can gain, and (d) beside a
  script. Where it is counted with neither, the gain of (c) is in the table, too.
- **The start of boto3.** Python, boto3 and a client of it are most of what *its module without Ansible* takes for one
  page, and are in *boto3 script* as well. In (b) they are most of what the pager takes. Beyond them, nearly all is
  botocore's work on the wire (HTTP, XML); what its paginator takes on top is dateutil's, for the timestamps.
- **The pace of (d).** Eight requests at once and 50 ms each are 160 a second. More at once is faster, and
  is throttled sooner at AWS; it is yours to say.
- **Memory in (h).** The largest process is Ansible's own on the controller, which reads the module's answer. While that
  is small it fits into what the process has in stock already, so what is large looks steeper. The module by itself,
  where the pages are gathered, grows by the same for each invalidation.
- **Chance in (h).** Between 10 and 100 tenants lies a tenth of a second of CPU time, about as much as one run differs
  from the next. What one more tenant takes beyond that is compared with so little that it swings from one benchmark to
  another."""

WAITING = """\
## (f) Waiting, simulated

How long after the last completion a wait ends (its lag), and what it costs, over {draws:,} draws of completion times
from a log-normal distribution with a 95th percentile of 25 s, which is what AWS has published, and a median of 10 s,
which is an assumption. Requests take no time here, a run of a module takes 1 s. See
[`tests/benchmark/waiting.py`](https://github.com/edgeworks/cloudfront/blob/main/tests/benchmark/waiting.py)."""
